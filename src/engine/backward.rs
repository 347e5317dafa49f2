//! The backward pass: reverse-mode differentiation over the graph.
//!
//! The adjoint of a node is the derivative of the loss by its value, and has its shape.
//! It is complete once every consumer has added its share, therefore nodes are visited
//! in reverse order:
//!
//! ```text
//! v̄ = Σ over consumers c of v:  c̄ · ∂c/∂v
//!
//! c = a @ b      ā += c̄ bᵀ      b̄ += aᵀ c̄
//! c = aᵀ         ā += c̄ᵀ
//! c = f(a, b)    entry by entry; a repeated row or number gets the sum of its copies
//! c = sum(a)     every entry of ā += c̄        norm: ā += c̄ a/‖a‖, and 0 at a = 0
//! loss(a, b)     c̄, or c̄ divided by the number of entries, entry by entry
//! p = softmax(a) ā += p ⊙ (p̄ − Σ p̄ ⊙ p), by rows; the other row functions alike
//! ```

use std::slice;

use crate::formula::function::{Reduction, Row};
use crate::formula::{Decide, Evaluator, Expression, Failure, Operator, ZeroOverZero};
use crate::number::{Real, Sign};
use crate::trace::{Tensor, Value};

use super::forward::{Pass, Stop, log_probabilities, probabilities, row_share, settle, share};
use super::graph::{Graph, Node, Operation};
use super::tensor::{Counts, difference, product, total};

/// How the derivative of a function is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slope {
    /// As it is; on a kink from this side, where `Sign::Zero` is the convention's own.
    Own(Sign),
    /// As if the function were the identity, which is a mistake that students make.
    One,
}

/// The adjoint of every node, given that of `root`; `slope` answers how the derivative of a
/// node's function is taken.
pub(super) fn backward(
    graph: &Graph<'_>,
    pass: &Pass,
    (root, seed): (usize, Tensor),
    decide: &mut dyn Decide,
    slope: &dyn Fn(usize) -> Slope,
) -> Result<Vec<Tensor>, Stop> {
    // What has no value has no derivative.
    if let Some(cause) = pass.values[root].undefined() {
        let undefined = Value::Undefined(cause.clone());
        let all = pass.values.iter().map(|value| Tensor::filled(value.shape(), &undefined));
        return Ok(all.collect());
    }
    // Nothing is known yet of nodes through which the root does not pass: an operation
    // that it does not use may be undefined without harm.
    let mut adjoints: Vec<Option<Tensor>> = vec![None; graph.nodes.len()];
    adjoints[root] = Some(seed);
    let evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    let mut sweep = Sweep { graph, pass, evaluator, slope };
    for index in (0..=root).rev() {
        // Inputs come before what uses them, so this one is not written to any more.
        let (inputs, rest) = adjoints.split_at_mut(index);
        let Some(adjoint) = rest.first().and_then(Option::as_ref) else { continue };
        for position in 0..graph.nodes[index].inputs.len() {
            let input = graph.nodes[index].inputs[position];
            if graph.passive[input] {
                continue;
            }
            let share = sweep.share(index, position, adjoint)?;
            match &mut inputs[input] {
                Some(sum) => sum.add(&share),
                none => *none = Some(share),
            }
        }
    }
    let zero = |(adjoint, value): (Option<Tensor>, &Tensor)| {
        adjoint.unwrap_or_else(|| Tensor::zeros(value.shape()))
    };
    Ok(adjoints.into_iter().zip(&pass.values).map(zero).collect())
}

struct Sweep<'a, 'd> {
    graph: &'a Graph<'a>,
    pass: &'a Pass,
    evaluator: Evaluator<'d>,
    slope: &'a dyn Fn(usize) -> Slope,
}

impl Sweep<'_, '_> {
    /// What node `index` adds to the adjoint of its input at `position`.
    fn share(&mut self, index: usize, position: usize, adjoint: &Tensor) -> Result<Tensor, Stop> {
        let node = &self.graph.nodes[index];
        let input = |position: usize| &self.pass.values[node.inputs[position]];
        match (&node.operation, position) {
            (Operation::Same, _) => Ok(adjoint.clone()),
            (Operation::Transpose, _) => Ok(adjoint.transposed()),
            (Operation::Call(_), 0) if (self.slope)(index) == Slope::One => Ok(adjoint.clone()),
            (Operation::Binary(Operator::MatMul), 0) => Ok(adjoint.times(&input(1).transposed())),
            (Operation::Binary(Operator::MatMul), _) => Ok(input(0).transposed().times(adjoint)),
            (Operation::Call(call), _) if call.function.reduces().is_some() => {
                let kind = call.function.reduces().unwrap_or(Reduction::Sum);
                self.reduction(kind, index, input(0), adjoint)
            }
            (Operation::Call(call), _) => match (call.function.row(), call.function.total) {
                (Some(row), _) => self.rows(row, index, position, adjoint),
                (None, Some(kind)) => {
                    let shape = Tensor::common((0..node.inputs.len()).map(input));
                    let spread = spread(kind, shape, adjoint.at(0, 0));
                    self.entries(index, position, &spread)
                }
                (None, None) => self.entries(index, position, adjoint),
            },
            _ => self.entries(index, position, adjoint),
        }
    }

    /// What a function of each row adds.
    fn rows(
        &mut self,
        row: Row,
        index: usize,
        position: usize,
        adjoint: &Tensor,
    ) -> Result<Tensor, Stop> {
        let node = &self.graph.nodes[index];
        let within = node.definition.unwrap_or_default();
        let logits = &self.pass.values[node.inputs[0]];
        let columns = logits.columns();
        let mut entries = Vec::with_capacity(logits.entries().len());
        for index in 0..logits.rows() {
            let of_row =
                |tensor: &Tensor| tensor.entries()[index * columns..(index + 1) * columns].to_vec();
            let times = |left: &[Value], right: &[Value]| -> Vec<Value> {
                left.iter().zip(right).map(|(left, right)| product(left, right)).collect()
            };
            let scaled = |factor: &Value, row: &[Value]| -> Vec<Value> {
                row.iter().map(|entry| product(factor, entry)).collect()
            };
            let minus = |left: &[Value], right: &[Value]| -> Vec<Value> {
                left.iter().zip(right).map(|(left, right)| difference(left, right)).collect()
            };
            let p = probabilities(node, logits, index, within)?;
            let share = || Real::from(row_share(logits));
            entries.extend(match (row, position) {
                (Row::Softmax, _) => {
                    let above = of_row(adjoint);
                    let sum = total(times(&above, &p).into_iter());
                    times(&p, &minus(&above, &vec![sum; columns]))
                }
                (Row::LogSoftmax, _) => {
                    let above = of_row(adjoint);
                    let sum = total(above.iter().cloned());
                    minus(&above, &scaled(&sum, &p))
                }
                (Row::CrossEntropy, 0) => {
                    let goal = of_row(&self.pass.values[node.inputs[1]]);
                    let sum = total(goal.iter().cloned());
                    let above = product(adjoint.at(0, 0), &Value::Real(share()));
                    scaled(&above, &minus(&scaled(&sum, &p), &goal))
                }
                (Row::CrossEntropy, _) => {
                    let logarithms = log_probabilities(node, logits, index, within)?;
                    let above = product(adjoint.at(0, 0), &Value::Real(-share()));
                    scaled(&above, &logarithms)
                }
            });
        }
        Ok(Tensor::new(logits.shape(), entries))
    }

    fn reduction(
        &mut self,
        kind: Reduction,
        index: usize,
        input: &Tensor,
        adjoint: &Tensor,
    ) -> Result<Tensor, Stop> {
        let node = &self.graph.nodes[index];
        let above = adjoint.at(0, 0);
        input.map(|entry| {
            Ok(match kind {
                Reduction::Sum => above.clone(),
                Reduction::Mean => product(above, &share(input)),
                Reduction::Norm => product(above, &self.norm_slope(entry, index, node)?),
            })
        })
    }

    /// a/‖a‖, and 0 where the norm is 0 (the convention of PyTorch).
    fn norm_slope(&mut self, entry: &Value, index: usize, node: &Node<'_>) -> Result<Value, Stop> {
        let within = node.definition.unwrap_or_default();
        let (entry, norm) = match (entry, self.pass.values[index].at(0, 0)) {
            (Value::Real(entry), Value::Real(norm)) => (entry, norm),
            (undefined @ Value::Undefined(_), _) | (_, undefined) => return Ok(undefined.clone()),
        };
        if norm.is_zero_form() {
            return Ok(Value::Real(Real::zero()));
        }
        settle(self.evaluator.binary(Operator::Divide, entry, norm, &node.expression), within)
    }

    fn entries(&mut self, index: usize, position: usize, adjoint: &Tensor) -> Result<Tensor, Stop> {
        let node = &self.graph.nodes[index];
        let pass = self.pass;
        let within = node.definition.unwrap_or_default();
        let columns = adjoint.columns();
        let shape = pass.values[node.inputs[position]].shape();
        if shape == adjoint.shape() {
            match (&node.operation, position) {
                (Operation::Binary(Operator::Add), _)
                | (Operation::Binary(Operator::Subtract), 0) => return Ok(adjoint.clone()),
                (Operation::Binary(Operator::Subtract), _) => {
                    return Ok(adjoint.each(|entry| -entry));
                }
                _ => {}
            }
        }
        let terms = Tensor::built(adjoint.shape(), |row, column| {
            let number = |input: &usize| pass.values[*input].at(row, column).number();
            let place = (index, row * columns + column);
            let slope = match node.inputs.as_slice() {
                [only] => number(only).map(|only| self.slope(node, place, position, &[only])),
                [left, right] => number(left).and_then(|left| {
                    Ok(self.slope(node, place, position, &[left, number(right)?]))
                }),
                inputs => {
                    let numbers = inputs.iter().map(number).collect::<Result<Vec<_>, _>>();
                    numbers.map(|numbers| self.slope(node, place, position, &numbers))
                }
            };
            match slope {
                Ok(slope) => Ok(product(adjoint.at(row, column), &settle(slope, within)?)),
                Err(undefined) => Ok(undefined),
            }
        })?;
        if shape == terms.shape() {
            return Ok(terms);
        }
        // A repeated row or number gets the sum of its copies.
        let mut share = Tensor::zeros(shape);
        for (entry, term) in terms.entries().iter().enumerate() {
            let place = share.place(entry / columns, entry % columns);
            share.add_at(place, term);
        }
        Ok(share)
    }

    /// ∂(entry of the node)/∂(the same entry of the input at `position`).
    fn slope(
        &mut self,
        node: &Node<'_>,
        (index, entry): (usize, usize),
        position: usize,
        values: &[&Real],
    ) -> Result<Real, Failure> {
        match &node.operation {
            Operation::Leaf(_) | Operation::Constant(_) | Operation::Transpose => Ok(Real::zero()),
            Operation::Same => Ok(Real::one()),
            Operation::Negate => Ok(-Real::one()),
            Operation::Binary(operator) => {
                binary_slope(*operator, position, values, &node.expression, &mut self.evaluator)
            }
            Operation::Call(call) => {
                let taken = self.pass.branches_of(index).get(entry).and_then(Option::as_ref);
                let side = match (self.slope)(index) {
                    Slope::Own(side) => side,
                    Slope::One => return Ok(Real::one()),
                };
                let case = taken.map_or(0, |branch| branch.beside(side));
                if let [only] = values {
                    return self.evaluator.derivative(call, position, slice::from_ref(*only), case);
                }
                let values: Vec<Real> = values.iter().copied().cloned().collect();
                self.evaluator.derivative(call, position, &values, case)
            }
        }
    }
}

/// What a sum or a mean over entries hands to each of them.
fn spread(kind: Reduction, shape: Counts, above: &Value) -> Tensor {
    let all = Tensor::filled(shape, above);
    if kind != Reduction::Mean {
        return all;
    }
    Tensor::filled(shape, &product(above, &share(&all)))
}

fn binary_slope(
    operator: Operator,
    position: usize,
    inputs: &[&Real],
    whole: &Expression,
    evaluator: &mut Evaluator<'_>,
) -> Result<Real, Failure> {
    let (left, right) = (inputs[0], inputs[1]);
    match (operator, position) {
        (Operator::Add, _) | (Operator::Subtract, 0) => Ok(Real::one()),
        (Operator::Subtract, _) => Ok(-Real::one()),
        (Operator::Multiply | Operator::Hadamard | Operator::MatMul, 0) => Ok(right.clone()),
        (Operator::Multiply | Operator::Hadamard | Operator::MatMul, _) => Ok(left.clone()),
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
