//! The forward pass: every node's value, every branch taken.

use std::sync::Arc;

use crate::formula::{Branch, Decide, Evaluator, Failure, ZeroOverZero};
use crate::number::Real;

use super::graph::{Graph, Node, Operation};

/// A number, or the cause why it is undefined.
pub(super) type Outcome = Result<Real, Arc<str>>;

/// What a forward pass leaves behind for the backward pass.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    /// The value of each node.
    pub values: Vec<Outcome>,
    /// The branch of each node that has one.
    pub branches: Vec<Option<Branch>>,
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
    leaf: &dyn Fn(&str) -> Real,
    decide: &mut dyn Decide,
) -> Result<Pass, Stop> {
    let count = graph.nodes.len();
    let mut pass = Pass { values: Vec::with_capacity(count), branches: vec![None; count] };
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    for (index, node) in graph.nodes.iter().enumerate() {
        let outcome = match operands(node, &pass.values) {
            Err(cause) => Err(cause),
            Ok(inputs) => {
                let result =
                    operate(node, &inputs, leaf, &mut evaluator, &mut pass.branches[index]);
                settle(result, node.definition.as_deref().unwrap_or_default())?
            }
        };
        pass.values.push(outcome);
    }
    Ok(pass)
}

/// The values of a node's inputs, or the first cause why one is undefined.
pub(super) fn operands(node: &Node, values: &[Outcome]) -> Result<Vec<Real>, Arc<str>> {
    node.inputs.iter().map(|input| values[*input].clone()).collect()
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
    inputs: &[Real],
    leaf: &dyn Fn(&str) -> Real,
    evaluator: &mut Evaluator<'_>,
    branch: &mut Option<Branch>,
) -> Result<Real, Failure> {
    match &node.operation {
        Operation::Leaf(name) => Ok(leaf(name)),
        Operation::Constant(number) => Ok(Real::from(number.clone())),
        Operation::Negate => Ok(-&inputs[0]),
        Operation::Binary(operator) => {
            evaluator.binary(*operator, &inputs[0], &inputs[1], &node.expression)
        }
        Operation::Call(call) => {
            let (value, taken) = evaluator.call(call, inputs)?;
            *branch = taken;
            Ok(value)
        }
    }
}
