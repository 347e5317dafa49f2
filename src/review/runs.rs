//! What a run did that another convention, or floating point, would have done otherwise.

use crate::code::{Place, compare};
use crate::formula::Expression;
use crate::scenario::{Scenario, Setup};
use crate::trace::{Branch, Trace};

use super::{Found, Rule, Written};

/// Kinks that were met exactly, where the derivative that is chosen there mattered.
pub(super) fn kinks(scenario: &Scenario, trace: &Trace, written: &Written<'_>, found: &mut Found) {
    for setup in &scenario.setups {
        let Some(record) = trace.setups.get(&setup.name) else { continue };
        let mut told: Vec<(&str, &str)> = Vec::new();
        for (run, record) in record.runs.iter() {
            for iteration in &record.iterations {
                let branches = iteration.examples.iter().flat_map(|example| &example.branches);
                for branch in branches {
                    let mattered = branch.convention.as_ref().is_some_and(|one| one.mattered);
                    let here = (branch.node.as_str(), branch.function);
                    if !mattered || told.contains(&here) || is_chosen(setup, branch) {
                        continue;
                    }
                    told.push(here);
                    let message = format!(
                        "in `{run}`, iteration {}, `{}` is exactly on its kink, and with another \
                         derivative there the gradient would be another one",
                        iteration.t, branch.function
                    );
                    let problem = written.at_line(&setup.name, &branch.node, message);
                    let help = "tell the reader, or choose the derivative with `at_kink=`";
                    found.push((Rule::Kink, problem.with_help(help)));
                }
            }
        }
    }
}

/// Whether the author chose the derivative.
fn is_chosen(setup: &Setup, branch: &Branch) -> bool {
    setup.definition(&branch.node).is_some_and(|expression| {
        expression.any(&mut |part| match part {
            Expression::Call(call) => {
                call.function.name == branch.function && call.at_kink.is_some()
            }
            _ => false,
        })
    })
}

/// Runs that take another branch in double precision.
pub(super) fn in_double_precision(
    scenario: &Scenario,
    trace: &Trace,
    written: &Written<'_>,
    found: &mut Found,
) {
    for setup in scenario.setups.iter().filter(|setup| !setup.is_symbolic()) {
        let Some(record) = trace.setups.get(&setup.name) else { continue };
        for run in &setup.runs {
            let Some(record) = record.runs.get(&run.name) else { continue };
            let comparison = compare(setup, run, record);
            let Some(first) = comparison.differences.first() else { continue };
            let what = match &first.place {
                Place::Node { node, function, .. } => format!("`{function}` in `{node}`"),
                Place::Line { line, parameter } => format!("the rule's `{line}` of `{parameter}`"),
            };
            let message = format!(
                "in double precision {what} takes another branch in iteration {} than exactly, so \
                 a program that repeats this run gets other numbers",
                first.t
            );
            let problem = written.at(&["setups", &setup.name, "optimizers", &run.name], message);
            let help = "`code: numpy` in a cell shows both, or choose numbers that are binary \
                        fractions";
            found.push((Rule::DoublePrecision, problem.with_help(help)));
        }
    }
}
