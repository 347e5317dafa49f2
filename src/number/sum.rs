//! Sums of terms: the normal form of an irrational number.
//!
//! A *monomial* is a product of powers of atoms, sorted by atom; a *term* is a
//! rational coefficient, not zero, times a monomial; a *sum* is a list of terms,
//! sorted by monomial, in which no monomial stands twice. The rational part is the
//! term with the empty monomial and comes first.
//!
//! Forms are kept small, or a long run would drown in them. A sum of more than
//! [`MAX_TERMS`] terms, or with a coefficient above [`COEFFICIENT_BITS`], is *sealed*:
//!
//! ```text
//! c + q1 m1 + q2 m2 + ...   becomes   c + q1 * Sealed(m1 + q2/q1 m2 + ...)
//! ```
//!
//! The rational part and the leading coefficient stay outside, so that two numbers
//! that moved by multiples of the same amount still share it: `w = 1 + k S` and
//! `b = -k S` add up to 1.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use super::atom::{Atom, Digest, Function, hash_length, hash_monomial, hash_rational};
use super::evaluate::Memo;
use super::integer::size;
use super::real::Real;
use super::{Rational, Sign};

/// Longest sum that is not sealed.
pub(super) const MAX_TERMS: usize = 16;
/// Largest coefficient of an irrational monomial, in bits.
pub(super) const COEFFICIENT_BITS: usize = 1 << 10;
/// Largest rational number, in bits.
pub(super) const RATIONAL_BITS: usize = 1 << 20;

/// A power of an atom; the exponent is not zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Factor {
    pub(super) atom: Arc<Atom>,
    pub(super) power: i32,
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
    /// A rational term.
    pub(super) fn rational(coefficient: Rational) -> Self {
        Term { coefficient, monomial: Monomial::default() }
    }

    /// A multiple of one atom.
    pub(super) fn atom(coefficient: Rational, atom: Arc<Atom>) -> Self {
        Term { coefficient, monomial: Arc::new([Factor { atom, power: 1 }]) }
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
                let coefficient = &a.coefficient + map(&b.coefficient);
                if !coefficient.is_zero() {
                    merged.push(Term { coefficient, monomial: Arc::clone(&a.monomial) });
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
    Term { coefficient: map(&term.coefficient), monomial: Arc::clone(&term.monomial) }
}

/// Every coefficient times a number other than zero.
pub(super) fn scaled(terms: &[Term], by: &Rational) -> Vec<Term> {
    terms.iter().map(|term| mapped(term, |coefficient| coefficient * by)).collect()
}

/// Sorts terms and adds up those of one monomial.
pub(super) fn collect(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_by(|a, b| order(&a.monomial, &b.monomial));
    let mut collected: Vec<Term> = Vec::with_capacity(terms.len());
    for term in terms {
        match collected.last_mut() {
            Some(last) if order(&last.monomial, &term.monomial) == Ordering::Equal => {
                last.coefficient += term.coefficient;
            }
            _ => {
                if collected.last().is_some_and(|last| last.coefficient.is_zero()) {
                    collected.pop();
                }
                collected.push(term);
            }
        }
    }
    if collected.last().is_some_and(|last| last.coefficient.is_zero()) {
        collected.pop();
    }
    collected
}

/// The number with these terms, sorted and merged; sealed where they exceed a limit.
pub(super) fn from_terms(mut terms: Vec<Term>) -> Real {
    match terms.as_mut_slice() {
        [] => return Real::zero(),
        [only] if only.is_rational() => {
            return from_rational(std::mem::take(&mut only.coefficient));
        }
        _ => {}
    }
    let too_long = |term: &Term| {
        let limit = if term.is_rational() { RATIONAL_BITS } else { COEFFICIENT_BITS };
        size(&term.coefficient) > limit
    };
    if terms.len() > MAX_TERMS || terms.iter().any(too_long) {
        seal(terms)
    } else {
        Real::from_sum(Sum::new(terms))
    }
}

/// A rational number, sealed where it exceeds the limit.
pub(super) fn from_rational(value: Rational) -> Real {
    if size(&value) <= RATIONAL_BITS {
        return Real::rational(value);
    }
    let atom = Atom::new(Function::Sealed, Real::rational(value));
    Real::from_sum(Sum::new(vec![Term::atom(Rational::ONE, atom)]))
}

/// Puts all but the rational part into one atom.
pub(super) fn seal(mut terms: Vec<Term>) -> Real {
    let constant = match terms.first() {
        Some(first) if first.is_rational() => Some(terms.remove(0).coefficient),
        _ => None,
    };
    let mut sealed = Vec::new();
    if !is_sealed(&terms) {
        let (scale, primitive) = primitive(&terms);
        let argument = Real::from_sum(Sum::new(primitive));
        terms = vec![Term::atom(scale, Atom::new(Function::Sealed, argument))];
    }
    sealed.append(&mut terms);
    match constant.map(from_rational) {
        Some(constant) => sealed.extend_from_slice(&constant.terms()),
        None => {}
    }
    Real::from_sum(Sum::new(collect(sealed)))
}

/// Whether a sum is a short multiple of one sealed atom already.
fn is_sealed(terms: &[Term]) -> bool {
    match terms {
        [only] => {
            size(&only.coefficient) <= COEFFICIENT_BITS
                && matches!(&*only.monomial, [Factor { atom, power: 1 }]
                    if atom.function() == Function::Sealed)
        }
        _ => false,
    }
}

/// Splits a sum into a coefficient and a sum whose first irrational coefficient is 1.
pub(super) fn primitive(terms: &[Term]) -> (Rational, Vec<Term>) {
    let lead = terms.iter().find(|term| !term.is_rational()).map(|term| &term.coefficient);
    match lead {
        Some(lead) if !lead.is_one() && size(lead) <= COEFFICIENT_BITS => {
            let divide = |coefficient: &Rational| coefficient / lead;
            (lead.clone(), terms.iter().map(|term| mapped(term, divide)).collect())
        }
        _ => (Rational::ONE, terms.to_vec()),
    }
}

/// The number `q` with `left = q * right`, where the forms show it.
pub(super) fn ratio(left: &[Term], right: &[Term]) -> Option<Rational> {
    let (first, other) = (left.first()?, right.first()?);
    let alike = |(a, b): (&Term, &Term)| order(&a.monomial, &b.monomial) == Ordering::Equal;
    if left.len() != right.len() || !left.iter().zip(right).all(alike) {
        return None;
    }
    let quotient = &first.coefficient / &other.coefficient;
    left.iter()
        .zip(right)
        .all(|(a, b)| a.coefficient == &b.coefficient * &quotient)
        .then_some(quotient)
}

/// Whether all atoms are square roots of integers.
pub(super) fn is_multiquadratic(terms: &[Term]) -> bool {
    terms.iter().flat_map(|term| &*term.monomial).all(|factor| factor.atom.function().is_surd())
}
