//! Factors that all terms of a sum share: `m a + m b = m (a + b)`.

use std::sync::Arc;

use super::atom::Function;
use super::sum::{Factor, Monomial, Term};

/// The product of the powers of atoms that all terms share, sorted.
pub(super) fn common_factors(terms: &[Term]) -> Vec<Factor> {
    let Some((first, others)) = terms.split_first() else {
        return Vec::new();
    };
    let shared = |factor: &Factor| {
        let power = others.iter().try_fold(factor.power, |least, term| {
            let other = power_in(&term.monomial, factor)?;
            let nearer = if other.abs() < least.abs() { other } else { least };
            // A bracket must not be left with power 1, which is no normal form.
            let whole = factor.atom.function() != Function::Group || other == least;
            (other.signum() == least.signum() && whole).then_some(nearer)
        })?;
        Some(Factor::new(&factor.atom, power))
    };
    first.monomial.iter().filter_map(shared).collect()
}

fn power_in(monomial: &Monomial, factor: &Factor) -> Option<i32> {
    let found = monomial.iter().find(|other| other.atom == factor.atom)?;
    Some(found.power)
}

/// The terms divided by factors that they share; not sorted.
pub(super) fn without(terms: &[Term], common: &[Factor]) -> Vec<Term> {
    let divide = |factor: &Factor| {
        let removed = common.iter().find(|removed| removed.atom == factor.atom);
        let power = factor.power - removed.map_or(0, |removed| removed.power);
        (power != 0).then(|| Factor::new(&factor.atom, power))
    };
    let rest = |term: &Term| {
        let monomial = term.monomial.iter().filter_map(divide).collect();
        Term::new(term.coefficient.clone(), monomial)
    };
    terms.iter().map(rest).collect()
}

/// A sorted monomial with one more factor, whose atom it does not hold.
pub(super) fn with(mut factors: Vec<Factor>, atom: &Arc<super::atom::Atom>) -> Monomial {
    let place = factors.partition_point(|factor| factor.atom < *atom);
    factors.insert(place, Factor::new(atom, 1));
    Monomial::from(factors)
}
