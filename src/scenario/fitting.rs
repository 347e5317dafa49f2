//! Whether an update rule fits the parameters that it is to train, by their shapes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::{Extent, Line, Over, Rule};
use crate::formula::shape::{Shape, shape_of};

use super::Field;
use super::definition::Run;

/// Refuses a rule with an operation whose shapes don't fit, for the first such parameter.
pub(super) fn check(
    field: &Field<'_>,
    run: &Run,
    shapes: &BTreeMap<String, Shape>,
    parameters: &[&str],
) {
    let mut fitting: Vec<(Arc<Rule>, Shape)> = Vec::new();
    for parameter in parameters {
        let shape = shapes.get(*parameter).cloned().unwrap_or(Shape::Scalar);
        let rule = run.rule_of(parameter);
        // Parameters of one shape and without options of their own are trained alike.
        if fitting.iter().any(|(known, of)| Arc::ptr_eq(known, &rule) && *of == shape) {
            continue;
        }
        let first = rule.first.as_deref().map(|lines| misfit(&rule, lines, &shape));
        let message = first.flatten().or_else(|| misfit(&rule, &rule.lines, &shape));
        if let Some(message) = message {
            let problem = field.problem(format!(
                "the rule of `{}` does not fit the parameter `{parameter}`, {shape}: {message}",
                run.optimizer.kind
            ));
            let help = format!("`frozen: [{parameter}]` leaves `{parameter}` as it is");
            field.report().push(problem.with_help(help));
            return;
        }
        fitting.push((rule, shape));
    }
}

/// What does not fit in the lines, for a parameter of that shape.
fn misfit(rule: &Rule, lines: &[Line], shape: &Shape) -> Option<String> {
    let mut known = BTreeMap::from(["theta", "g"].map(|name| (name.to_owned(), shape.clone())));
    for state in rule.states.iter().filter(|state| state.extent == Extent::Entries) {
        known.insert(state.name.clone(), shape.clone());
    }
    for line in lines {
        let mut whole = Shape::Scalar;
        if line.over == Over::Parameter {
            for expression in line.expressions() {
                match shape_of(expression, &known) {
                    Ok(Shape::Scalar) => {}
                    Ok(other) if whole == Shape::Scalar => whole = other,
                    Ok(other) if whole.matches(&other) => {}
                    Ok(other) => {
                        return Some(format!("`{}` would be {whole} and {other}", line.name));
                    }
                    Err(misfit) => return Some(misfit.message),
                }
            }
        }
        let own = line.name == "theta"
            || rule.state(&line.name).is_some_and(|state| state.extent == Extent::Entries);
        if own && whole != Shape::Scalar && !whole.matches(shape) {
            return Some(format!("`{}` would become {whole}", line.name));
        }
        known.insert(line.name.clone(), if own { shape.clone() } else { whole });
    }
    None
}
