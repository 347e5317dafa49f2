//! The forward pass: every node's value, every branch taken.

use crate::formula::function::{Reduction, Row};
use crate::formula::{Branch, Decide, Evaluator, Expression, Failure, Operator, ZeroOverZero};
use crate::number::{Fault, Rational, Real};

use super::graph::{Graph, Node, Operation};
use super::tensor::{Outcome, Tensor, product, total};

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
    forward_with(graph, leaf, &|_, value| value, decide)
}

/// The same with the values of some nodes replaced, by number; what follows goes on from them.
pub(super) fn forward_with(
    graph: &Graph,
    leaf: &dyn Fn(&str) -> Tensor,
    replace: &dyn Fn(usize, Tensor) -> Tensor,
    decide: &mut dyn Decide,
) -> Result<Pass, Stop> {
    let count = graph.nodes.len();
    let mut pass = Pass { values: Vec::with_capacity(count), branches: vec![Vec::new(); count] };
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    for (index, node) in graph.nodes.iter().enumerate() {
        let inputs: Vec<&Tensor> = node.inputs.iter().map(|input| &pass.values[*input]).collect();
        let value = operate(node, &inputs, leaf, &mut evaluator, &mut pass.branches[index])?;
        pass.values.push(replace(index, value));
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
        Operation::Negate => Ok(inputs[0].map(|value| -value)),
        Operation::Same => Ok(inputs[0].clone()),
        Operation::Transpose => Ok(inputs[0].transposed()),
        Operation::Binary(Operator::MatMul) => Ok(inputs[0].times(inputs[1])),
        Operation::Binary(operator) => {
            let within = node.definition.as_deref().unwrap_or_default();
            inputs[0].zip(inputs[1], |left, right| {
                settle(evaluator.binary(*operator, left, right, &node.expression), within)
            })
        }
        Operation::Call(call) => {
            let within = node.definition.as_deref().unwrap_or_default();
            if let Some(kind) = call.function.reduces() {
                return reduce(kind, &node.expression, within, inputs[0]);
            }
            if let Some(row) = call.function.row() {
                return rows(row, node, inputs);
            }
            let values = entries(node, inputs, |values| {
                branches.push(None);
                let (value, taken) = evaluator.call(call, values?)?;
                if let Some(last) = branches.last_mut() {
                    *last = taken;
                }
                Ok(value)
            })?;
            match call.function.total {
                Some(kind) => reduce(kind, &node.expression, within, &values),
                None => Ok(values),
            }
        }
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

/// A function of each row.
fn rows(row: Row, node: &Node, inputs: &[&Tensor]) -> Result<Tensor, Stop> {
    let (logits, within) = (inputs[0], node.definition.as_deref().unwrap_or_default());
    let mut entries = Vec::with_capacity(logits.entries.len());
    for index in 0..logits.rows() {
        let values = match row {
            Row::Softmax => probabilities(node, logits, index, within)?,
            Row::LogSoftmax | Row::CrossEntropy => log_probabilities(node, logits, index, within)?,
        };
        entries.extend(values);
    }
    if row != Row::CrossEntropy {
        return Ok(Tensor { shape: logits.shape, entries });
    }
    let target = inputs[1].entries.iter();
    let terms = entries.iter().zip(target).map(|(entry, target)| product(entry, target));
    let sum = total(terms).map(|sum| sum * Real::from(-row_share(logits)));
    Ok(Tensor::scalar(sum))
}

/// Of a row: each entry less the greatest, the exponentials of those, so that none is too
/// large, and their sum.
struct Exponentials {
    gaps: Vec<Real>,
    powers: Vec<Real>,
    sum: Real,
    /// The entry that was taken for the greatest, which decides on forms alone, not on values.
    greatest: usize,
}

impl Exponentials {
    fn of(row: &[Real]) -> Result<Self, Fault> {
        let sizes: Vec<f64> = row.iter().map(Real::to_f64).collect();
        let larger = |one, other| if sizes[other] > sizes[one] { other } else { one };
        let greatest = (0..row.len()).reduce(larger).unwrap_or(0);
        let top = row.get(greatest).cloned().unwrap_or_default();
        let gaps: Vec<Real> = row.iter().map(|entry| entry - &top).collect();
        let powers = gaps.iter().map(Real::exp).collect::<Result<Vec<_>, _>>()?;
        let sum = powers.iter().fold(Real::zero(), |sum, power| sum + power);
        Ok(Self { gaps, powers, sum, greatest })
    }

    /// Whether all but the greatest are so far below it that its probability is 1 but for a
    /// small number.
    fn saturates(&self) -> bool {
        let far = |(index, gap): (usize, &Real)| index == self.greatest || gap.to_f64() < SATURATED;
        self.gaps.len() > 1 && self.gaps.iter().enumerate().all(far)
    }

    /// The powers, each divided by their sum. A saturated row's greatest is 1 less the others,
    /// so that what it is short of 1 keeps its digits.
    fn shares(&self) -> Result<Vec<Real>, Fault> {
        let mut shares = self
            .powers
            .iter()
            .map(|power| power.checked_div(&self.sum))
            .collect::<Result<Vec<_>, _>>()?;
        if self.saturates() {
            let others = shares.iter().enumerate().filter(|(index, _)| *index != self.greatest);
            let rest = others.fold(Real::zero(), |sum, (_, share)| sum + share);
            shares[self.greatest] = Real::one() - rest;
        }
        Ok(shares)
    }
}

/// Distance from the greatest entry at which the others' probabilities are small numbers.
const SATURATED: f64 = -64.0;

/// Row number `index` of softmax: exp(zⱼ)/Σ exp(zₖ).
pub(super) fn probabilities(
    node: &Node,
    logits: &Tensor,
    index: usize,
    within: &str,
) -> Result<Vec<Outcome>, Stop> {
    of_row(node, logits, index, within, &|row| Exponentials::of(row)?.shares())
}

/// Row number `index` of the logarithm of softmax: zⱼ − ln Σ exp(zₖ).
pub(super) fn log_probabilities(
    node: &Node,
    logits: &Tensor,
    index: usize,
    within: &str,
) -> Result<Vec<Outcome>, Stop> {
    of_row(node, logits, index, within, &|row| {
        let found = Exponentials::of(row)?;
        let logarithm = found.sum.log()?;
        Ok(found.gaps.iter().map(|gap| gap - &logarithm).collect())
    })
}

type RowFunction<'a> = &'a dyn Fn(&[Real]) -> Result<Vec<Real>, Fault>;

fn of_row(
    node: &Node,
    logits: &Tensor,
    index: usize,
    within: &str,
    compute: RowFunction<'_>,
) -> Result<Vec<Outcome>, Stop> {
    let columns = logits.columns();
    let row = &logits.entries[index * columns..(index + 1) * columns];
    let values: Result<Vec<Real>, _> = row.iter().cloned().collect();
    let values = match values {
        Ok(values) => values,
        // One entry without a value leaves the whole row without one.
        Err(cause) => return Ok(vec![Err(cause); columns]),
    };
    match compute(&values) {
        Ok(values) => Ok(values.into_iter().map(Ok).collect()),
        Err(fault) => {
            let failure = settle(Err(Failure::of(fault, &node.expression)), within)?;
            Ok(vec![failure; columns])
        }
    }
}

/// One divided by the number of rows.
pub(super) fn row_share(input: &Tensor) -> Rational {
    Rational::ONE / Rational::from(input.rows())
}

/// One divided by the number of entries.
pub(super) fn share(input: &Tensor) -> Rational {
    Rational::ONE / Rational::from(input.entries.len().max(1))
}
