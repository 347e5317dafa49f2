//! Proofs of zero by multiplying out.
//!
//! Forms keep squares in brackets and seal what is long, so a sum may be zero without
//! looking so: `(e + 1)^2 - e^2 - 2e - 1`. Here denominators are cleared, which keeps
//! zero zero, brackets and seals are replaced by their contents, and everything is
//! multiplied out, within a budget. If nothing is left, the number was zero.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Rational;
use super::atom::{Atom, Function};
use super::product::{Budget, Exhausted, expand};
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
    let mut powers: BTreeMap<Arc<Atom>, i32> = BTreeMap::new();
    for factor in terms.iter().flat_map(|term| &*term.monomial) {
        if is_bracket(&factor.atom) && factor.power < 0 {
            let power = powers.entry(Arc::clone(&factor.atom)).or_default();
            *power = (*power).max(-factor.power);
        }
    }
    if powers.is_empty() {
        return Ok(terms.to_vec());
    }
    let monomial = powers.into_iter().map(|(atom, power)| Factor { atom, power }).collect();
    expand(terms, &[Term { coefficient: Rational::ONE, monomial }], budget)
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
        let mut product = vec![Term { coefficient: term.coefficient.clone(), monomial }];
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
