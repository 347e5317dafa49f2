//! Proofs of zero by multiplying out.
//!
//! Forms keep squares in brackets and seal what is long, so a sum may be zero without
//! looking so: `(e + 1)^2 - e^2 - 2e - 1`. Here denominators are cleared, which keeps
//! zero zero, brackets and seals are replaced by their contents, and everything is
//! multiplied out, within a budget. If nothing is left, the number was zero.

use std::collections::BTreeMap;

use super::Rational;
use super::atom::{Atom, Digest, Function};
use super::expand::{Budget, Exhausted, expand};
use super::sum::{Factor, Sum, Term, collect};

/// Layers of brackets that are opened.
const MAX_LAYERS: usize = 8;
/// Longest sum that is gone on with.
const MAX_TERMS: usize = 512;
/// Largest power that is multiplied out.
const MAX_POWER: i32 = 8;

/// Whether a sum is seen to be zero once it is multiplied out.
pub(super) fn is_zero(sum: &Sum) -> bool {
    let mut budget = Budget::generous();
    let mut terms = sum.terms().to_vec();
    for _ in 0..MAX_LAYERS {
        let opened = clear_denominators(&terms, &mut budget)
            .and_then(|cleared| open_brackets(&cleared, &mut budget));
        match opened {
            Ok(Some(next)) if next.is_empty() => return true,
            Ok(Some(next)) if next.len() <= MAX_TERMS => terms = next,
            _ => return false,
        }
    }
    false
}

fn is_bracket(atom: &Atom) -> bool {
    matches!(atom.function(), Function::Group | Function::Sealed)
}

/// Multiplies by the brackets that stand in denominators.
fn clear_denominators(terms: &[Term], budget: &mut Budget) -> Result<Vec<Term>, Exhausted> {
    let mut powers: BTreeMap<Digest, Factor> = BTreeMap::new();
    for factor in terms.iter().flat_map(|term| &*term.monomial) {
        if is_bracket(&factor.atom) && factor.power < 0 {
            let inverse = Factor::new(&factor.atom, -factor.power);
            let known = powers.entry(factor.atom.digest()).or_insert_with(|| inverse.clone());
            known.power = known.power.max(inverse.power);
        }
    }
    if powers.is_empty() {
        return Ok(terms.to_vec());
    }
    // Digests are the order of atoms, so the monomial is sorted.
    let monomial = powers.into_values().collect();
    expand(terms, &[Term::new(Rational::ONE, monomial)], budget)
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
    use super::super::Real;
    use super::*;

    #[test]
    fn brackets_and_denominators_are_opened() {
        let e = Real::one().exp().unwrap();
        let (two, s) = (Real::from(2), Real::from(3).sin().unwrap());
        let square = (&e + Real::one()).pow(2).unwrap();
        let sum = &e + &s;
        let table = [
            (&square - &e * &e - &two * &e - Real::one(), true),
            (&square - &e * &e - &two * &e, false),
            (e.checked_div(&sum).unwrap() + s.checked_div(&sum).unwrap() - Real::one(), true),
            (e.checked_div(&sum).unwrap() - s.checked_div(&sum).unwrap() - Real::one(), false),
        ];
        for (value, zero) in table {
            assert!(!value.is_zero_form());
            assert_eq!(is_zero(value.as_sum().unwrap()), zero, "{value:?}");
        }
    }
}
