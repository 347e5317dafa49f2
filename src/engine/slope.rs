//! The value of a single derivative such as ReLU′(xW + b), for worked solutions.

use crate::formula::{Call, Evaluator, Expression, Failure, Prove, ZeroOverZero};
use crate::number::Real;
use crate::trace;

use super::forward::{forward, settle};
use super::graph::Graph;
use super::tensor::Tensor;

/// The partial derivative of a call by one of its arguments, entry by entry, where the
/// names have the values that `scope` answers.
///
/// # Errors
///
/// A branch that is undecided, or a number out of range.
pub fn slope(
    call: &Call,
    index: usize,
    scope: &dyn Fn(&str) -> Option<trace::Tensor>,
) -> Result<trace::Tensor, Failure> {
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
    let leaf = |name: &str| {
        scope(name).map_or_else(|| Tensor::zeros(None), |value| Tensor::from_record(&value))
    };
    let pass = forward(&graph, &leaf, &mut prove).map_err(|stop| *stop.failure)?;
    let inputs: Vec<&Tensor> = names.iter().map(|name| &pass.values[graph.names[name]]).collect();
    let shape = Tensor::common(&inputs);
    let (rows, columns) = shape.unwrap_or((1, 1));
    let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero: ZeroOverZero::Undefined };
    let mut entries = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let values: Result<Vec<Real>, _> =
                inputs.iter().map(|input| input.at(row, column).clone()).collect();
            entries.push(match values {
                Err(cause) => Err(cause),
                Ok(values) => {
                    let case = evaluator.branch(call, &values)?.map_or(0, |branch| branch.case);
                    let slope = evaluator.derivative(call, index, &values, case);
                    settle(slope, call.function.name).map_err(|stop| *stop.failure)?
                }
            });
        }
    }
    Ok(Tensor { shape, entries }.record())
}
