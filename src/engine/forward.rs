//! The forward pass: every node's value, every branch taken.

use crate::formula::function::Reduction;
use crate::formula::{Branch, Decide, Evaluator, Expression, Failure, Operator, ZeroOverZero};
use crate::number::{Rational, Real};

use super::graph::{Graph, Node, Operation};
use super::tensor::{Outcome, Tensor};

/// What a forward pass leaves behind for the backward pass.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    /// The value of each node.
    pub values: Vec<Tensor>,
    /// The branches of each node that has some, entry by entry.
    pub branches: Vec<Vec<Option<Branch>>>,
}

/// A failure that is not a value: the sign is undecided, or a number is out of range.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// What failed.
    pub failure: Box<Failure>,
    /// In which definition or line of the rule.
    pub within: String,
}

/// Evaluates every node once; leaves are looked up.
pub(super) fn forward(
    graph: &Graph,
    leaf: &dyn Fn(&str) -> Tensor,
    decide: &mut dyn Decide,
) -> Result<Pass, Stop> {
    let count = graph.nodes.len();
    let mut pass = Pass { values: Vec::with_capacity(count), branches: vec![Vec::new(); count] };
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    for (index, node) in graph.nodes.iter().enumerate() {
        let inputs: Vec<&Tensor> = node.inputs.iter().map(|input| &pass.values[*input]).collect();
        let value = operate(node, &inputs, leaf, &mut evaluator, &mut pass.branches[index])?;
        pass.values.push(value);
    }
    Ok(pass)
}

/// Tells an undefined value, which is a result, from a failure, which is not.
pub(super) fn settle(result: Result<Real, Failure>, within: &str) -> Result<Outcome, Stop> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Failure::Undefined { cause, expression }) => {
            Ok(Err(format!("{cause} in {expression}").into()))
        }
        Err(failure) => Err(Stop { failure: Box::new(failure), within: within.to_owned() }),
    }
}

fn operate(
    node: &Node,
    inputs: &[&Tensor],
    leaf: &dyn Fn(&str) -> Tensor,
    evaluator: &mut Evaluator<'_>,
    branches: &mut Vec<Option<Branch>>,
) -> Result<Tensor, Stop> {
    match &node.operation {
        Operation::Leaf(name) => Ok(leaf(name)),
        Operation::Constant(number) => Ok(Tensor::scalar(Ok(Real::from(number.clone())))),
        Operation::Negate => entries(node, inputs, |values| values.map(|values| -&values[0])),
        Operation::Same => Ok(inputs[0].clone()),
        Operation::Transpose => Ok(inputs[0].transposed()),
        Operation::Binary(Operator::MatMul) => Ok(inputs[0].times(inputs[1])),
        Operation::Binary(operator) => entries(node, inputs, |values| {
            let values = values?;
            evaluator.binary(*operator, &values[0], &values[1], &node.expression)
        }),
        Operation::Call(call) => match call.function.reduces() {
            Some(kind) => {
                let within = node.definition.as_deref().unwrap_or_default();
                reduce(kind, &node.expression, within, inputs[0])
            }
            None => entries(node, inputs, |values| {
                branches.push(None);
                let (value, taken) = evaluator.call(call, values?)?;
                if let Some(last) = branches.last_mut() {
                    *last = taken;
                }
                Ok(value)
            }),
        },
    }
}

/// Applies an operation entry by entry; it hears of an undefined input as a failure.
fn entries(
    node: &Node,
    inputs: &[&Tensor],
    mut operate: impl FnMut(Result<&[Real], Failure>) -> Result<Real, Failure>,
) -> Result<Tensor, Stop> {
    let shape = Tensor::common(inputs);
    let (rows, columns) = shape.unwrap_or((1, 1));
    let within = node.definition.as_deref().unwrap_or_default();
    let mut list = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let values: Result<Vec<Real>, _> =
                inputs.iter().map(|input| input.at(row, column).clone()).collect();
            list.push(match values {
                Ok(values) => settle(operate(Ok(&values)), within)?,
                Err(cause) => {
                    // The failure only tells the operation that there is nothing to do.
                    let _ = operate(Err(Failure::OutOfRange(String::new())));
                    Err(cause)
                }
            });
        }
    }
    Ok(Tensor { shape, entries: list })
}

pub(super) fn reduce(
    kind: Reduction,
    whole: &Expression,
    within: &str,
    input: &Tensor,
) -> Result<Tensor, Stop> {
    let outcome = match kind {
        Reduction::Sum => input.sum(),
        Reduction::Mean => input.sum().map(|sum| &sum * &Real::from(share(input))),
        Reduction::Norm => {
            let squares = Tensor {
                shape: input.shape,
                entries: input
                    .entries
                    .iter()
                    .map(|entry| entry.clone().map(|entry| &entry * &entry))
                    .collect(),
            };
            match squares.sum() {
                Err(cause) => Err(cause),
                Ok(sum) => {
                    let root = sum.sqrt().map_err(|fault| Failure::of(fault, whole));
                    settle(root, within)?
                }
            }
        }
    };
    Ok(Tensor::scalar(outcome))
}

/// One divided by the number of entries.
pub(super) fn share(input: &Tensor) -> Rational {
    Rational::ONE / Rational::from(input.entries.len().max(1))
}
