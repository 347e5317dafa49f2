//! Where a run in double precision takes another branch than the exact one.

use crate::catalogue::Line;
use crate::number::Sign;
use crate::trace::{Branch, Example, Iteration};

use super::double::{Difference, Place, Ways, same};
use super::float::{Taken, size};

/// The branches of an example that are other ones.
pub(super) fn turned(
    t: usize,
    example: Option<usize>,
    exact: &Example,
    double: &[Taken],
) -> Vec<Difference> {
    if exact.branches.len() != double.len() {
        return Vec::new();
    }
    let pairs = exact.branches.iter().zip(double);
    let other = pairs.filter(|(exact, double)| case(exact) != double.case);
    other
        .map(|(exact, double)| Difference {
            t,
            place: Place::Node {
                node: exact.node.clone(),
                function: exact.function,
                example,
                entry: exact.index,
            },
            double: Some(double.argument),
            exact: Some(exact.argument.clone()),
        })
        .collect()
}

/// The case of a recorded branch.
fn case(branch: &Branch) -> usize {
    2 * branch.kink
        + match branch.sign {
            Sign::Negative => 0,
            Sign::Zero => 1,
            Sign::Positive => 2,
        }
}

/// Whether a line of the rule goes another way; with the number that decides, where a
/// function's sign does.
pub(super) fn rule_turned(
    record: &Iteration,
    line: &Line,
    parameter: &str,
    (cases, branches): &Ways,
) -> Option<Option<f64>> {
    let exact = record.cases.get(&line.name).and_then(|list| list.get(parameter));
    if let Some(exact) = exact {
        let way = |case: &Option<usize>| case.map_or(-1.0, size);
        let turned = |(exact, double): (&Option<usize>, &f64)| !same(way(exact), *double);
        if exact.len() == cases.len() && exact.iter().zip(cases).any(turned) {
            return Some(None);
        }
    }
    let exact = record.rule_branches.get(&line.name).and_then(|list| list.get(parameter))?;
    if exact.len() != branches.len() {
        return None;
    }
    let mut pairs = exact.iter().zip(branches);
    let other = pairs.find(|(exact, double)| **exact != double.case);
    other.map(|(_, double)| Some(double.argument))
}
