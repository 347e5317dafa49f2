//! Square roots of fractions, and reciprocals of sums of such roots.
//!
//! ```text
//! sqrt(n/d) = (s/(t e)) * prod sqrt(p) * prod sqrt(q)      n = s^2 prod p,  d = t^2 prod q,
//!                                                          e = prod q
//! ```
//!
//! with distinct primes `p`, `q`. Products of square roots of distinct primes are
//! linearly independent over the rationals (Besicovitch 1940), so sums of them have
//! one form; a cofactor that was not split keeps this sound but incomplete.
//!
//! A sum `U + V sqrt(p)` has the reciprocal `(U - V sqrt(p)) / (U^2 - p V^2)`, whose
//! denominator has one root less.

use std::sync::Arc;

use dashu_base::Gcd;
use dashu_int::UBig;

use super::atom::{Atom, Function, Split};
use super::expand::{Budget, expand};
use super::factor::{Effort, Kind, factor};
use super::integer::{exact_root, reciprocal, size, unsigned};
use super::normal::Normal;
use super::sum::{Factor, Monomial, Term, coefficient_limit, is_multiquadratic, scaled};
use super::{Integer, Rational};

/// Roots that a reciprocal is freed from.
const MAX_ROOTS: usize = 4;

/// A number `n = outside^2 * product of inside`.
struct Parts {
    outside: UBig,
    inside: Vec<(UBig, Kind)>,
}

fn split(n: &UBig) -> Parts {
    let mut outside = UBig::ONE;
    let mut inside = Vec::new();
    for factor in factor(n, Effort::Quick) {
        outside *= factor.base.pow(factor.multiplicity / 2);
        if factor.multiplicity % 2 == 1 {
            inside.push((factor.base, factor.kind));
        }
    }
    Parts { outside, inside }
}

/// The square root of a positive fraction, as one term.
pub(super) fn root_of_rational(value: &Rational) -> Term {
    let above = split(&unsigned(value.numerator()));
    let below = split(value.denominator());
    let radicand = below.inside.iter().fold(UBig::ONE, |product, (base, _)| product * base);
    let coefficient = Rational::from_parts(Integer::from(above.outside), below.outside * radicand);
    let mut factors: Vec<Factor> =
        above.inside.into_iter().chain(below.inside).map(|(base, kind)| surd(base, kind)).collect();
    factors.sort();
    Term::new(coefficient, Monomial::from(factors))
}

/// The same without splitting anything, `sqrt(n/d) = sqrt(n d)/d`: irrational unless both parts of the
/// fraction, which is in lowest terms, are squares.
pub(super) fn whole_root_of_rational(value: &Rational) -> Term {
    let (above, below) = (unsigned(value.numerator()), value.denominator());
    if let (Some(above), Some(below)) = (exact_root(&above), exact_root(below)) {
        return Term::rational(Rational::from_parts(Integer::from(above), below));
    }
    let coefficient = Rational::from_parts(Integer::ONE, below.clone());
    Term::atom(coefficient, surd(above * below, Kind::Cofactor).atom)
}

fn surd(radicand: UBig, kind: Kind) -> Factor {
    let function = match kind {
        Kind::Prime => Function::Prime,
        Kind::Cofactor => Function::Cofactor,
    };
    let argument = Normal::rational(Rational::from(radicand));
    Factor { atom: Atom::new(function, argument), power: 1 }
}

/// The reciprocal of a sum of square roots of integers, where it stays small.
pub(super) fn rationalised_reciprocal(terms: &[Term]) -> Option<Vec<Term>> {
    if !is_multiquadratic(terms) {
        return None;
    }
    let mut budget = Budget::ordinary();
    let mut above = vec![Term::rational(Rational::ONE)];
    let mut below = terms.to_vec();
    for _ in 0..=MAX_ROOTS {
        let Some(root) = below.iter().find_map(|term| term.monomial.first()) else {
            let denominator = below.first().and_then(|term| reciprocal(&term.coefficient))?;
            let quotient = scaled(&above, &denominator);
            let limit = coefficient_limit(terms);
            let short = |term: &Term| size(&term.coefficient) <= limit;
            return quotient.iter().all(short).then_some(quotient);
        };
        let conjugate = conjugate(&below, &root.atom);
        above = expand(&above, &conjugate, &mut budget).ok()?;
        below = expand(&below, &conjugate, &mut budget).ok()?;
    }
    None
}

/// The sum with the sign of one root turned.
fn conjugate(terms: &[Term], root: &Arc<Atom>) -> Vec<Term> {
    let turn = |term: &Term| {
        let holds = term.monomial.iter().any(|factor| factor.atom == *root);
        let coefficient = if holds { -&term.coefficient } else { term.coefficient.clone() };
        Term::new(coefficient, Arc::clone(&term.monomial))
    };
    terms.iter().map(turn).collect()
}

/// A product of square roots of integers as `outside * sqrt(radicand)` with a squarefree
/// radicand, where that can be had with some effort.
pub(super) fn squarefree(monomial: &Monomial) -> Option<(UBig, Integer)> {
    let mut outside = UBig::ONE;
    let mut radicand = UBig::ONE;
    for part in &**monomial {
        let argument = part.atom.argument().as_rational()?;
        let splits = match part.atom.function() {
            Function::Prime => vec![(unsigned(argument.numerator()), 1)],
            Function::Cofactor => part.atom.split(|| thorough_factors(&argument)).clone()?,
            _ => return None,
        };
        for (base, multiplicity) in splits {
            outside *= base.pow(multiplicity / 2);
            if multiplicity % 2 == 1 {
                // A prime may come from several cofactors.
                let common = (&radicand).gcd(&base);
                radicand = &radicand / &common * (base / &common);
                outside *= common;
            }
        }
    }
    Some((outside, Integer::from(radicand)))
}

fn thorough_factors(radicand: &Rational) -> Split {
    let factors = factor(&unsigned(radicand.numerator()), Effort::Thorough);
    let known = factors.iter().all(|factor| factor.kind == Kind::Prime);
    known.then(|| factors.into_iter().map(|factor| (factor.base, factor.multiplicity)).collect())
}
