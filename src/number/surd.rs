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

use dashu_int::UBig;

use super::atom::{Atom, Function};
use super::factor::{Kind, factor};
use super::integer::{reciprocal, size};
use super::product::{Budget, expand};
use super::real::Real;
use super::sum::{COEFFICIENT_BITS, Factor, Monomial, Term, is_multiquadratic, scaled};
use super::{Integer, Rational};

/// Roots that a reciprocal is freed from.
const MAX_ROOTS: usize = 4;

/// A number `n = outside^2 * product of inside`.
struct Split {
    outside: UBig,
    inside: Vec<(UBig, Kind)>,
}

fn split(n: &UBig) -> Split {
    let mut outside = UBig::ONE;
    let mut inside = Vec::new();
    for factor in factor(n) {
        outside *= factor.base.pow(factor.multiplicity / 2);
        if factor.multiplicity % 2 == 1 {
            inside.push((factor.base, factor.kind));
        }
    }
    Split { outside, inside }
}

/// The square root of a positive fraction, as one term.
pub(super) fn root_of_rational(value: &Rational) -> Term {
    let above = split(&super::integer::unsigned(value.numerator()));
    let below = split(value.denominator());
    let radicand = below.inside.iter().fold(UBig::ONE, |product, (base, _)| product * base);
    let coefficient = Rational::from_parts(Integer::from(above.outside), below.outside * radicand);
    let mut factors: Vec<Factor> =
        above.inside.into_iter().chain(below.inside).map(|(base, kind)| surd(base, kind)).collect();
    factors.sort();
    Term { coefficient, monomial: Monomial::from(factors) }
}

fn surd(radicand: UBig, kind: Kind) -> Factor {
    let function = match kind {
        Kind::Prime => Function::Prime,
        Kind::Cofactor => Function::Cofactor,
    };
    let argument = Real::rational(Rational::from(radicand));
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
            let short = |term: &Term| size(&term.coefficient) <= COEFFICIENT_BITS;
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
        Term { coefficient, monomial: Arc::clone(&term.monomial) }
    };
    terms.iter().map(turn).collect()
}

/// The squarefree radicand of a monomial of square roots, and whether it is known to be so.
pub(super) fn radicand(monomial: &Monomial) -> Option<Integer> {
    monomial.iter().try_fold(Integer::ONE, |product, factor| {
        let known = factor.atom.function() == Function::Prime && factor.power == 1;
        let base = factor.atom.argument().as_rational()?;
        known.then(|| product * base.numerator())
    })
}
