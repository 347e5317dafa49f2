//! The backward pass: reverse-mode differentiation over the graph.
//!
//! The adjoint of a node is the derivative of the loss by its value. It is complete once
//! every consumer has added its share, therefore nodes are visited in reverse order:
//!
//! ```text
//! v̄ = Σ over consumers c of v:  c̄ · ∂c/∂v
//! ```

use crate::formula::{Decide, Evaluator, Expression, Failure, Operator, ZeroOverZero};
use crate::number::{Real, Sign};

use super::forward::{Outcome, Pass, Stop, operands, settle};
use super::graph::{Graph, Node, Operation};

/// The adjoint of every node, seeded with 1 at `root`.
///
/// `side` answers, for a node that sits on a kink, from which side its derivative is
/// taken; `Sign::Zero` is the convention's own derivative.
pub(super) fn backward(
    graph: &Graph,
    pass: &Pass,
    root: usize,
    decide: &mut dyn Decide,
    side: &dyn Fn(usize) -> Sign,
) -> Result<Vec<Outcome>, Stop> {
    let mut adjoints: Vec<Outcome> = vec![Ok(Real::zero()); graph.nodes.len()];
    adjoints[root] = Ok(Real::one());
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    for index in (0..=root).rev() {
        let node = &graph.nodes[index];
        for (position, input) in node.inputs.iter().enumerate() {
            if matches!(graph.nodes[*input].operation, Operation::Constant(_)) {
                continue;
            }
            let local = match operands(node, &pass.values) {
                Err(cause) => Err(cause),
                Ok(inputs) => {
                    let slope = slope(node, index, position, &inputs, pass, &mut evaluator, side);
                    settle(slope, node.definition.as_deref().unwrap_or_default())?
                }
            };
            let share = adjoints[index].clone().and_then(|adjoint| Ok(&adjoint * &local?));
            let sum = adjoints[*input].clone().and_then(|sum| Ok(&sum + &share?));
            adjoints[*input] = sum;
        }
    }
    Ok(adjoints)
}

/// ∂(node)/∂(input at `position`).
fn slope(
    node: &Node,
    index: usize,
    position: usize,
    inputs: &[Real],
    pass: &Pass,
    evaluator: &mut Evaluator<'_>,
    side: &dyn Fn(usize) -> Sign,
) -> Result<Real, Failure> {
    match &node.operation {
        Operation::Leaf(_) | Operation::Constant(_) => Ok(Real::zero()),
        Operation::Negate => Ok(-Real::one()),
        Operation::Binary(operator) => {
            binary_slope(*operator, position, inputs, &node.expression, evaluator)
        }
        Operation::Call(call) => {
            let sign = pass.branches[index].as_ref().map(|branch| match branch.sign {
                Sign::Zero => side(index),
                other => other,
            });
            evaluator.derivative(call, position, inputs, sign)
        }
    }
}

fn binary_slope(
    operator: Operator,
    position: usize,
    inputs: &[Real],
    whole: &Expression,
    evaluator: &mut Evaluator<'_>,
) -> Result<Real, Failure> {
    let (left, right) = (&inputs[0], &inputs[1]);
    match (operator, position) {
        (Operator::Add, _) | (Operator::Subtract, 0) => Ok(Real::one()),
        (Operator::Subtract, _) => Ok(-Real::one()),
        (Operator::Multiply, 0) => Ok(right.clone()),
        (Operator::Multiply, _) => Ok(left.clone()),
        (Operator::Divide, 0) => evaluator.binary(Operator::Divide, &Real::one(), right, whole),
        (Operator::Divide, _) => {
            let square = right * right;
            evaluator.binary(Operator::Divide, &-left, &square, whole)
        }
        (Operator::Power, 0) => {
            // d(x⁰)/dx is 0 also at x = 0, where x⁻¹ is not defined.
            if right.is_zero_form() {
                return Ok(Real::zero());
            }
            let lowered = right - &Real::one();
            let power = evaluator.binary(Operator::Power, left, &lowered, whole)?;
            Ok(right * &power)
        }
        (Operator::Power, _) => {
            let power = evaluator.binary(Operator::Power, left, right, whole)?;
            let logarithm = left.log().map_err(|fault| Failure::of(fault, whole))?;
            Ok(&power * &logarithm)
        }
    }
}
