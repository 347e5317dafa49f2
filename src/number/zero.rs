//! Multiplying out what the form left in brackets.
//!
//! Forms keep squares in brackets and seal what is long, so a sum may be zero without
//! looking so: `(e + 1)^2 - e^2 - 2e - 1`. Here denominators are cleared, brackets and
//! seals are replaced by their contents, and everything is multiplied out, within a
//! budget. If nothing is left, the number was zero. What is left may be far easier to
//! enclose: `1 - (1 - 2s)^2` is `4s - 4s^2`, which keeps its digits however small `s` is.

use std::collections::BTreeMap;

use super::Rational;
use super::atom::{Atom, Digest, Function};
use super::expand::{Budget, Exhausted, expand};
use super::normal::Normal;
use super::sum::{Factor, Sum, Term, collect};

/// Layers of brackets that are opened.
const MAX_LAYERS: usize = 8;
/// Longest sum that is gone on with.
const MAX_TERMS: usize = 512;
/// Largest power that is multiplied out.
const MAX_POWER: i32 = 8;

/// A number as `numerator / product of denominators`.
#[derive(Debug)]
pub(super) struct Cleared {
    pub(super) numerator: Normal,
    /// None of them is zero.
    pub(super) denominators: Vec<Factor>,
}

/// A sum multiplied out, as far as the budget goes; `None` where nothing was to be done.
pub(super) fn clear(sum: &Sum) -> Option<Cleared> {
    let mut budget = Budget::generous();
    let mut terms = sum.terms().to_vec();
    let mut denominators = Vec::new();
    let mut changed = false;
    for _ in 0..MAX_LAYERS {
        let below = brackets_below(&terms);
        let opened = clear_denominators(&terms, &below, &mut budget)
            .and_then(|cleared| open_brackets(&cleared, &mut budget));
        match opened {
            Ok(Some(next)) if next.len() <= MAX_TERMS => terms = next,
            _ => break,
        }
        changed = true;
        denominators.extend(below);
        if terms.is_empty() {
            break;
        }
    }
    changed.then(|| Cleared { numerator: unsealed(terms), denominators })
}

/// The number with these terms, however many.
fn unsealed(mut terms: Vec<Term>) -> Normal {
    match terms.as_mut_slice() {
        [] => Normal::zero(),
        [only] if only.is_rational() => Normal::rational(std::mem::take(&mut only.coefficient)),
        _ => Normal::from_sum(Sum::new(terms)),
    }
}

fn is_bracket(atom: &Atom) -> bool {
    matches!(atom.function(), Function::Group | Function::Sealed)
}

/// The brackets that stand in denominators, with their largest powers.
fn brackets_below(terms: &[Term]) -> Vec<Factor> {
    let mut powers: BTreeMap<Digest, Factor> = BTreeMap::new();
    for factor in terms.iter().flat_map(|term| &*term.monomial) {
        if is_bracket(&factor.atom) && factor.power < 0 {
            let inverse = Factor::new(&factor.atom, -factor.power);
            let known = powers.entry(factor.atom.digest()).or_insert_with(|| inverse.clone());
            known.power = known.power.max(inverse.power);
        }
    }
    // Digests are the order of atoms, so the monomial is sorted.
    powers.into_values().collect()
}

/// Multiplies by the brackets that stand in denominators.
fn clear_denominators(
    terms: &[Term],
    below: &[Factor],
    budget: &mut Budget,
) -> Result<Vec<Term>, Exhausted> {
    if below.is_empty() {
        return Ok(terms.to_vec());
    }
    expand(terms, &[Term::new(Rational::ONE, below.into())], budget)
}

/// Replaces the outermost brackets by what they hold; `None` where there are none.
fn open_brackets(terms: &[Term], budget: &mut Budget) -> Result<Option<Vec<Term>>, Exhausted> {
    let mut opened = Vec::new();
    let mut found = terms.is_empty();
    for term in terms {
        let (brackets, others): (Vec<&Factor>, Vec<&Factor>) =
            term.monomial.iter().partition(|factor| is_bracket(&factor.atom));
        found |= !brackets.is_empty();
        let monomial = others.into_iter().cloned().collect();
        let mut product = vec![Term::new(term.coefficient.clone(), monomial)];
        for bracket in brackets {
            if !(0..=MAX_POWER).contains(&bracket.power) {
                return Err(Exhausted);
            }
            for _ in 0..bracket.power {
                product = expand(&product, &bracket.atom.argument().terms(), budget)?;
            }
        }
        opened.extend(product);
    }
    Ok(found.then(|| collect(opened)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_denominators_are_opened() {
        let e = Normal::one().exp().unwrap();
        let (two, s) = (Normal::from(2), Normal::from(3).sin().unwrap());
        let square = (&e + Normal::one()).pow(2).unwrap();
        let sum = &e + &s;
        let table = [
            (&square - &e * &e - &two * &e - Normal::one(), true),
            (&square - &e * &e - &two * &e, false),
            (e.checked_div(&sum).unwrap() + s.checked_div(&sum).unwrap() - Normal::one(), true),
            (e.checked_div(&sum).unwrap() - s.checked_div(&sum).unwrap() - Normal::one(), false),
        ];
        for (value, zero) in table {
            assert!(!value.is_zero_form());
            let cleared = clear(value.as_sum().unwrap()).unwrap();
            assert_eq!(cleared.numerator.is_zero_form(), zero, "{value:?}");
        }
    }
}
