//! Products of numbers.
//!
//! Sums are multiplied out (see `expand`), with two exceptions.
//!
//! A sum times a multiple of itself keeps its brackets, `a * q a = q Group(a)^2`, unless
//! all its atoms are square roots of integers: it is shorter so, its ball is sharper,
//! and its root is seen to be `|a|`, on which the first step of Adam depends.
//!
//! Where multiplying out would take too long, the longer factor is sealed, or both:
//! sealed atoms are subject to no rule, so that their product always succeeds.

use std::sync::Arc;

use super::Rational;
use super::atom::{Atom, Function};
use super::expand::{Budget, Exhausted, cancel, expand};
use super::integer::size;
use super::normal::{Normal, of_short};
use super::rational::{self, Short};
use super::sum::{
    Sum, Term, coefficient_limit, from_rational, from_terms, is_multiquadratic, primitive, ratio,
    scaled, seal, sealed_rational,
};

/// Longest product of two sums that is multiplied out.
const MAX_PRODUCT: usize = 64;

/// The product of two numbers.
pub(super) fn multiply(left: &Normal, right: &Normal) -> Normal {
    if let Some(product) = of_short(left, right, Short::times) {
        return product;
    }
    match (left.as_rational(), right.as_rational()) {
        (Some(one), _) if one.is_one() => right.clone(),
        (_, Some(one)) if one.is_one() => left.clone(),
        (Some(a), Some(b)) => from_rational(rational::multiply(&a, &b)),
        (Some(factor), None) => scale(right, &factor),
        (None, Some(factor)) => scale(left, &factor),
        (None, None) => multiply_sums(left, right),
    }
}

fn scale(value: &Normal, factor: &Rational) -> Normal {
    if factor.is_zero() {
        return Normal::zero();
    }
    let terms = value.terms();
    if size(factor) > coefficient_limit(&terms) {
        // As an atom it costs one digest instead of a long multiplication in each term.
        let sealed = Normal::from_sum(Sum::new(vec![sealed_rational(factor.clone())]));
        return multiply_sums(value, &sealed);
    }
    from_terms(scaled(&terms, factor))
}

fn multiply_sums(left: &Normal, right: &Normal) -> Normal {
    let (a, b) = (left.terms(), right.terms());
    if let Some(power) = square(&a, &b) {
        return power;
    }
    let mut budget = Budget::ordinary();
    if a.len() * b.len() <= MAX_PRODUCT || (is_multiquadratic(&a) && is_multiquadratic(&b)) {
        if let Ok(terms) = expand(&a, &b, &mut budget) {
            return from_terms(terms);
        }
    } else if let Some(Ok(terms)) = cancel(&a, &b, &mut budget) {
        return from_terms(terms);
    }
    let (longer, shorter) = if a.len() >= b.len() { (left, right) } else { (right, left) };
    let sealed = seal(longer.terms().to_vec());
    if a.len() != b.len()
        && let Ok(terms) = expand(&sealed.terms(), &shorter.terms(), &mut Budget::ordinary())
    {
        return from_terms(terms);
    }
    multiply_sealed(&sealed, &seal(shorter.terms().to_vec()))
}

/// Sealed atoms are subject to no rule, and there are at most two terms on each side.
fn multiply_sealed(left: &Normal, right: &Normal) -> Normal {
    let (a, b) = (left.terms(), right.terms());
    match expand(&a, &b, &mut Budget::ordinary()) {
        Ok(terms) => from_terms(terms),
        // Only a power beyond the limit leads here; a fresh atom starts again at 1.
        Err(Exhausted) => multiply_sealed(&bury(left), &bury(right)),
    }
}

/// One atom for the whole number.
fn bury(value: &Normal) -> Normal {
    Normal::from_atom(Atom::new(Function::Sealed, value.clone()))
}

/// The product of a sum and a multiple of itself.
fn square(a: &[Term], b: &[Term]) -> Option<Normal> {
    if a.len() < 2 || a.len() != b.len() || is_multiquadratic(a) {
        return None;
    }
    let quotient = ratio(b, a)?;
    let (content, group) = group(a);
    let coefficient = content.sqr() * quotient;
    Some(from_terms(vec![Term::power(coefficient, &group, 2)]))
}

/// A sum as a coefficient times an atom in brackets.
pub(super) fn group(terms: &[Term]) -> (Rational, Arc<Atom>) {
    let (content, primitive) = primitive(terms);
    (content, Atom::new(Function::Group, Normal::from_sum(Sum::new(primitive))))
}

#[cfg(test)]
mod tests {
    use super::super::Sign;
    use super::*;

    fn root(n: i64) -> Normal {
        Normal::from(n).sqrt().unwrap()
    }

    fn exp(n: i64) -> Normal {
        Normal::from(n).exp().unwrap()
    }

    #[test]
    fn products_reach_their_normal_form() {
        let nested = (Normal::one() + exp(1)).sqrt().unwrap();
        let sum = root(2) + exp(1);
        let table = [
            (root(2) * root(2), Normal::from(2)),
            (root(6) * root(10), Normal::from(2) * root(15)),
            ((root(2) + root(3)) * (root(2) - root(3)), Normal::from(-1)),
            (exp(1) * exp(-1), Normal::one()),
            (exp(1) * exp(1), exp(2)),
            (&nested * &nested, Normal::one() + exp(1)),
            (&sum * &sum * &sum, sum.pow(3).unwrap()),
            (sum.pow(-3).unwrap() * sum.pow(2).unwrap() * &sum, Normal::one()),
            (
                (&sum * Normal::from(6)) * (sum.pow(-2).unwrap() + Normal::one())
                    - &sum * Normal::from(6),
                Normal::from(6).checked_div(&sum).unwrap(),
            ),
        ];
        for (place, (found, expected)) in table.into_iter().enumerate() {
            assert_eq!(found, expected, "row {place}");
        }
    }

    #[test]
    fn long_products_stay_short_and_right() {
        let long = |from: i64| {
            (from..from + 11).fold(Normal::one(), |sum, n| sum + Normal::from(n).sin().unwrap())
        };
        let (a, b) = (long(1), long(30));
        let product = &a * &b;
        assert!(product.terms().len() <= 14);
        assert_eq!((&product - &b * &a).sign(), Ok(Sign::Zero));
        let quotient = product.checked_div(&a).unwrap();
        assert_eq!((quotient - &b).sign(), Ok(Sign::Zero));
    }

    #[test]
    fn products_of_many_atoms_are_sealed() {
        let product =
            (1..40).fold(Normal::one(), |product, n| product * Normal::from(n).cos().unwrap());
        assert_eq!(product.terms().len(), 1);
        // cos n is negative for 19 of the first 39 numbers.
        assert_eq!(product.sign(), Ok(Sign::Negative));
    }
}
