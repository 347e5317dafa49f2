//! Sums of terms: the normal form of an irrational number.
//!
//! A *monomial* is a product of powers of atoms, sorted by atom; a *term* is a
//! rational coefficient, not zero, times a monomial; a *sum* is a list of terms,
//! sorted by monomial, in which no monomial stands twice. The rational part is the
//! term with the empty monomial and comes first.
//!
//! Forms are kept small, or a long run would drown in them. A sum of too many irrational
//! terms, or with too long a coefficient (see [`Limits`]), is *sealed*:
//!
//! ```text
//! c + q1 m1 + q2 m2 + ...   becomes   c + q * Sealed(n1 m1 + n2 m2 + ...)
//! ```
//!
//! with coprime integers `n`. The rational part `c` and the content `q` stay outside,
//! so that two numbers that moved by multiples of the same amount still share it:
//! `w = 1 + k S` and `b = -k S` add up to 1.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use dashu_base::Gcd;
use dashu_int::UBig;
use sha2::{Digest as _, Sha256};

use super::atom::{Atom, Digest, Function, hash_length, hash_monomial, hash_rational};
use super::evaluate::Memo;
use super::integer::{is_negative, size, unsigned};
use super::normal::Normal;
use super::{Rational, Sign, rational};

/// Largest rational number that is computed, in bits; what was read may be longer.
///
/// Two layers under SGD treble the length in each iteration, so that a limit costs one
/// iteration of exact fractions for each factor of three; above this one a single
/// greatest common divisor takes a millisecond, and a long run has hundreds of thousands.
pub(super) const RATIONAL_BITS: usize = 1 << 15;

/// How long a sum may be that is not sealed.
struct Limits {
    /// Irrational terms.
    terms: usize,
    /// Bits of their coefficients.
    bits: usize,
}

/// Where all atoms are square roots of integers: long runs are not of this kind, so that
/// exactness may cost more.
const SURDS: Limits = Limits { terms: 32, bits: 1 << 14 };
/// All others.
const MIXED: Limits = Limits { terms: 12, bits: 1 << 10 };

/// Longest factor that is taken out of a sum, in bits.
const CONTENT_BITS: usize = 1 << 10;

/// A power of an atom; the exponent is not zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Factor {
    pub(super) atom: Arc<Atom>,
    pub(super) power: i32,
}

impl Factor {
    pub(super) fn new(atom: &Arc<Atom>, power: i32) -> Self {
        let atom = Arc::clone(atom);
        Factor { atom, power }
    }
}

/// A product of powers of distinct atoms, sorted.
pub(super) type Monomial = Arc<[Factor]>;

/// A coefficient times a monomial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) coefficient: Rational,
    pub(super) monomial: Monomial,
}

impl Term {
    pub(super) fn new(coefficient: Rational, monomial: Monomial) -> Self {
        Term { coefficient, monomial }
    }

    /// A rational term.
    pub(super) fn rational(coefficient: Rational) -> Self {
        Term::new(coefficient, Monomial::default())
    }

    /// A multiple of one atom.
    pub(super) fn atom(coefficient: Rational, atom: Arc<Atom>) -> Self {
        Term { coefficient, monomial: Arc::new([Factor { atom, power: 1 }]) }
    }

    /// A multiple of a power of one atom.
    pub(super) fn power(coefficient: Rational, atom: &Arc<Atom>, power: i32) -> Self {
        Term::new(coefficient, Arc::new([Factor::new(atom, power)]))
    }

    pub(super) fn is_rational(&self) -> bool {
        self.monomial.is_empty()
    }
}

/// A sum that is not rational by its form.
#[derive(Debug)]
pub(super) struct Sum {
    terms: Vec<Term>,
    digest: OnceLock<Digest>,
    sign: OnceLock<Sign>,
    memo: Memo,
}

impl Sum {
    pub(super) fn new(terms: Vec<Term>) -> Self {
        Sum { terms, digest: OnceLock::new(), sign: OnceLock::new(), memo: Memo::default() }
    }

    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    pub(super) fn into_terms(self) -> Vec<Term> {
        self.terms
    }

    pub(super) fn memo(&self) -> &Memo {
        &self.memo
    }

    /// The sign, once it was found.
    pub(super) fn sign(&self) -> &OnceLock<Sign> {
        &self.sign
    }

    pub(super) fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let mut hash = Sha256::new();
            hash.update([b'+']);
            hash_length(&mut hash, self.terms.len());
            for term in &self.terms {
                hash_rational(&mut hash, &term.coefficient);
                hash_monomial(&mut hash, &term.monomial);
            }
            hash.finalize().into()
        })
    }
}

/// The order of terms in a sum: the empty monomial first.
pub(super) fn order(left: &Monomial, right: &Monomial) -> Ordering {
    if Arc::ptr_eq(left, right) { Ordering::Equal } else { left.cmp(right) }
}

/// Merges two sorted sums, `map` being applied to the coefficients of the second.
pub(super) fn merge(
    left: &[Term],
    right: &[Term],
    map: impl Fn(&Rational) -> Rational,
) -> Vec<Term> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        match order(&a.monomial, &b.monomial) {
            Ordering::Less => {
                merged.push(a.clone());
                i += 1;
            }
            Ordering::Greater => {
                merged.push(mapped(b, &map));
                j += 1;
            }
            Ordering::Equal => {
                let coefficient = rational::add(&a.coefficient, &map(&b.coefficient));
                if !coefficient.is_zero() {
                    merged.push(Term::new(coefficient, Arc::clone(&a.monomial)));
                }
                i += 1;
                j += 1;
            }
        }
    }
    merged.extend(left.iter().skip(i).cloned());
    merged.extend(right.iter().skip(j).map(|term| mapped(term, &map)));
    merged
}

fn mapped(term: &Term, map: impl Fn(&Rational) -> Rational) -> Term {
    Term::new(map(&term.coefficient), Arc::clone(&term.monomial))
}

/// Every coefficient times a number other than zero.
pub(super) fn scaled(terms: &[Term], by: &Rational) -> Vec<Term> {
    terms.iter().map(|term| mapped(term, |one| rational::multiply(one, by))).collect()
}

/// Sorts terms and adds up those of one monomial.
pub(super) fn collect(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_by(|a, b| order(&a.monomial, &b.monomial));
    let mut collected: Vec<Term> = Vec::with_capacity(terms.len());
    for term in terms {
        match collected.last_mut() {
            Some(last) if order(&last.monomial, &term.monomial) == Ordering::Equal => {
                last.coefficient = rational::add(&last.coefficient, &term.coefficient);
            }
            _ => collected.push(term),
        }
    }
    collected.retain(|term| !term.coefficient.is_zero());
    collected
}

/// The number with these terms, sorted and merged; sealed where they exceed a limit.
pub(super) fn from_terms(mut terms: Vec<Term>) -> Normal {
    match terms.as_mut_slice() {
        [] => return Normal::zero(),
        [only] if only.is_rational() => {
            return from_rational(std::mem::take(&mut only.coefficient));
        }
        _ => {}
    }
    let limits = Limits::of(&terms);
    let most = |term: &Term| if term.is_rational() { RATIONAL_BITS } else { limits.bits };
    let irrational = terms.iter().filter(|term| !term.is_rational()).count();
    if irrational > limits.terms || terms.iter().any(|term| size(&term.coefficient) > most(term)) {
        seal(terms)
    } else {
        Normal::from_sum(Sum::new(terms))
    }
}

impl Limits {
    fn of(terms: &[Term]) -> Self {
        if is_multiquadratic(terms) { SURDS } else { MIXED }
    }
}

/// A rational number, sealed where it exceeds the limit.
pub(super) fn from_rational(value: Rational) -> Normal {
    if size(&value) <= RATIONAL_BITS {
        return Normal::rational(value);
    }
    Normal::from_sum(Sum::new(vec![sealed_rational(value)]))
}

/// Puts all but the rational part into one atom.
pub(super) fn seal(mut terms: Vec<Term>) -> Normal {
    let constant = match terms.first() {
        Some(first) if first.is_rational() => terms.remove(0).coefficient,
        _ => Rational::ZERO,
    };
    if !is_sealed(&terms) {
        let (scale, primitive) = primitive(&terms);
        let argument = Normal::from_sum(Sum::new(primitive));
        terms = vec![Term::atom(scale, Atom::new(Function::Sealed, argument))];
    }
    // A rational part beyond the limit becomes an atom too.
    if size(&constant) > RATIONAL_BITS {
        terms.push(sealed_rational(constant));
    } else if !constant.is_zero() {
        terms.push(Term::rational(constant));
    }
    Normal::from_sum(Sum::new(collect(terms)))
}

/// A rational number as an atom.
pub(super) fn sealed_rational(value: Rational) -> Term {
    Term::atom(Rational::ONE, Atom::new(Function::Sealed, Normal::rational(value)))
}

/// Whether a sum is a short multiple of one sealed atom already.
fn is_sealed(terms: &[Term]) -> bool {
    match terms {
        [only] => {
            size(&only.coefficient) <= CONTENT_BITS
                && matches!(&*only.monomial, [Factor { atom, power: 1 }]
                    if atom.function() == Function::Sealed)
        }
        _ => false,
    }
}

/// Splits a sum into its content and a primitive sum: one with integer coefficients
/// without a common divisor, the first irrational one positive.
pub(super) fn primitive(terms: &[Term]) -> (Rational, Vec<Term>) {
    let content = content(terms);
    if content.is_one() || size(&content) > CONTENT_BITS {
        return (Rational::ONE, terms.to_vec());
    }
    // Both quotients are integers.
    let divide = |coefficient: &Rational| {
        let above = coefficient.numerator() / content.numerator();
        Rational::from(above * (content.denominator() / coefficient.denominator()))
    };
    let primitive = terms.iter().map(|term| mapped(term, divide)).collect();
    (content, primitive)
}

/// The greatest common divisor of the numerators over the least common multiple of the
/// denominators, with the sign of the first irrational coefficient.
fn content(terms: &[Term]) -> Rational {
    let mut above = UBig::ZERO;
    let mut below = UBig::ONE;
    for term in terms {
        above = above.gcd(unsigned(term.coefficient.numerator()));
        let denominator = term.coefficient.denominator();
        below = &below / (&below).gcd(denominator) * denominator;
    }
    let lead = terms.iter().find(|term| !term.is_rational());
    let negative = lead.is_some_and(|term| is_negative(&term.coefficient));
    let content = Rational::from_parts(above.into(), below);
    if negative { -content } else { content }
}

/// The number `q` with `left = q * right`, where the forms show it.
pub(super) fn ratio(left: &[Term], right: &[Term]) -> Option<Rational> {
    let (first, other) = (left.first()?, right.first()?);
    let alike = |(a, b): (&Term, &Term)| order(&a.monomial, &b.monomial) == Ordering::Equal;
    if left.len() != right.len() || !left.iter().zip(right).all(alike) {
        return None;
    }
    if std::ptr::eq(left, right) {
        return Some(Rational::ONE);
    }
    let quotient = rational::divide(&first.coefficient, &other.coefficient);
    left.iter()
        .zip(right)
        .all(|(a, b)| a.coefficient == rational::multiply(&b.coefficient, &quotient))
        .then_some(quotient)
}

/// The largest coefficient that is not sealed, in bits.
pub(super) fn coefficient_limit(terms: &[Term]) -> usize {
    Limits::of(terms).bits
}

/// Whether all atoms are square roots of integers.
pub(super) fn is_multiquadratic(terms: &[Term]) -> bool {
    terms.iter().flat_map(|term| &*term.monomial).all(|factor| factor.atom.function().is_surd())
}
