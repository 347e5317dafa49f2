//! The value of a single derivative such as ReLU′(xW + b), for worked solutions.

use crate::formula::{Call, Evaluator, Expression, Failure, Prove, ZeroOverZero};
use crate::trace::Tensor;

use super::forward::{Stop, entries, forward};
use super::graph::Graph;

/// The partial derivative of a call by one of its arguments, entry by entry, where the
/// names have the values that `scope` answers.
///
/// # Errors
///
/// A branch that is undecided, or a number out of range.
pub fn slope(
    call: &Call,
    index: usize,
    scope: &dyn Fn(&str) -> Option<Tensor>,
) -> Result<Tensor, Failure> {
    let mut prove = Prove;
    let names: Vec<String> = (0..call.arguments.len()).map(|k| format!("argument {k}")).collect();
    let mut leaves: Vec<String> = Vec::new();
    for argument in &call.arguments {
        argument.any(&mut |node| {
            if let Expression::Name(name) = node
                && !leaves.contains(name)
            {
                leaves.push(name.clone());
            }
            false
        });
    }
    let definitions = names.iter().map(String::as_str).zip(&call.arguments);
    let graph = Graph::new(leaves.iter().map(String::as_str), definitions);
    let leaf = |name: &str| scope(name).unwrap_or_else(|| Tensor::zeros(None));
    let pass = forward(&graph, &leaf, &mut prove).map_err(Stop::failure)?;
    let inputs: Vec<&Tensor> =
        names.iter().map(|name| &pass.values[graph.names[name.as_str()]]).collect();
    let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero: ZeroOverZero::Undefined };
    let slopes = entries(&inputs, call.function.name, |numbers| {
        let numbers = numbers?;
        let case = evaluator.branch(call, numbers)?.map_or(0, |branch| branch.case);
        evaluator.derivative(call, index, numbers, case)
    });
    slopes.map_err(Stop::failure)
}
