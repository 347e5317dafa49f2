//! The forward pass: every node's value, every branch taken.

use std::slice;

use crate::formula::function::{Reduction, Row};
use crate::formula::{Branch, Decide, Evaluator, Expression, Failure, Operator, ZeroOverZero};
use crate::number::{Fault, Rational, Real};
use crate::trace::{Tensor, Value};

use super::graph::{Graph, Node, Operation};
use super::tensor::{product, total};

/// What a forward pass leaves behind for the backward pass.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    /// The value of each node.
    pub values: Vec<Tensor>,
    /// The nodes that have branches, in order, with those of each entry.
    branches: Vec<(usize, Vec<Option<Branch>>)>,
}

impl Pass {
    /// The branches of a node, entry by entry; none of a node without any.
    pub(super) fn branches_of(&self, node: usize) -> &[Option<Branch>] {
        let place = self.branches.binary_search_by_key(&node, |(node, _)| *node);
        place.map_or(&[], |place| &self.branches[place].1)
    }
}

/// A failure that is not a value: the sign is undecided, or a number is out of range. In a box,
/// since every result of the engine leaves room for one.
#[derive(Debug, Clone)]
pub(super) struct Stop(Box<(Failure, String)>);

impl Stop {
    /// What failed, in a definition or a line of the rule.
    pub(super) fn new(failure: Failure, within: &str) -> Self {
        Self(Box::new((failure, within.to_owned())))
    }

    /// What failed, and in which definition or line.
    pub(super) fn parts(self) -> (Failure, String) {
        *self.0
    }

    /// What failed.
    pub(super) fn failure(self) -> Failure {
        self.0.0
    }
}

/// Evaluates every node once; leaves are looked up.
pub(super) fn forward(
    graph: &Graph<'_>,
    leaf: &dyn Fn(&str) -> Tensor,
    decide: &mut dyn Decide,
) -> Result<Pass, Stop> {
    forward_with(graph, leaf, &|_, value| value, decide)
}

/// The same with the values of some nodes replaced, by number; what follows goes on from them.
pub(super) fn forward_with(
    graph: &Graph<'_>,
    leaf: &dyn Fn(&str) -> Tensor,
    replace: &dyn Fn(usize, Tensor) -> Tensor,
    decide: &mut dyn Decide,
) -> Result<Pass, Stop> {
    let values = Vec::with_capacity(graph.nodes.len());
    let mut pass = Pass { values, branches: Vec::new() };
    let mut branches = Vec::new();
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    for (index, node) in graph.nodes.iter().enumerate() {
        let value = operate(node, &pass.values, leaf, &mut evaluator, &mut branches)?;
        pass.values.push(replace(index, value));
        if !branches.is_empty() {
            pass.branches.push((index, std::mem::take(&mut branches)));
        }
    }
    Ok(pass)
}

/// Tells an undefined value, which is a result, from a failure, which is not.
pub(super) fn settle(result: Result<Real, Failure>, within: &str) -> Result<Value, Stop> {
    match result {
        Ok(value) => Ok(Value::Real(value)),
        Err(Failure::Undefined { cause, expression }) => {
            Ok(Value::Undefined(format!("{cause} in {expression}").into()))
        }
        Err(failure) => Err(Stop::new(failure, within)),
    }
}

fn operate(
    node: &Node<'_>,
    values: &[Tensor],
    leaf: &dyn Fn(&str) -> Tensor,
    evaluator: &mut Evaluator<'_>,
    branches: &mut Vec<Option<Branch>>,
) -> Result<Tensor, Stop> {
    let input = |position: usize| &values[node.inputs[position]];
    match node.operation {
        Operation::Leaf(name) => Ok(leaf(name)),
        Operation::Constant(ref number) => Ok(Tensor::from(Real::from(number.clone()))),
        Operation::Negate => Ok(input(0).each(|value| -value)),
        Operation::Same => Ok(input(0).clone()),
        Operation::Transpose => Ok(input(0).transposed()),
        Operation::Binary(Operator::MatMul) => Ok(input(0).times(input(1))),
        Operation::Binary(operator) => {
            let within = node.definition.unwrap_or_default();
            input(0).zip(input(1), |left, right| {
                settle(evaluator.binary(operator, left, right, &node.expression), within)
            })
        }
        Operation::Call(call) => {
            let within = node.definition.unwrap_or_default();
            if let Some(kind) = call.function.reduces() {
                return reduce(kind, &node.expression, within, input(0));
            }
            if let Some(row) = call.function.row() {
                return rows(row, node, values);
            }
            let inputs: Vec<&Tensor> = (0..node.inputs.len()).map(input).collect();
            let entries = entries(&inputs, within, |numbers| {
                branches.push(None);
                let (value, taken) = evaluator.call(call, numbers?)?;
                if let Some(last) = branches.last_mut() {
                    *last = taken;
                }
                Ok(value)
            })?;
            match call.function.total {
                Some(kind) => reduce(kind, &node.expression, within, &entries),
                None => Ok(entries),
            }
        }
    }
}

/// Applies an operation entry by entry; it hears of an undefined input as a failure.
pub(super) fn entries(
    inputs: &[&Tensor],
    within: &str,
    mut operate: impl FnMut(Result<&[Real], Failure>) -> Result<Real, Failure>,
) -> Result<Tensor, Stop> {
    Tensor::built(Tensor::common(inputs.iter().copied()), |row, column| {
        let value = match inputs {
            [only] => only.at(row, column).number().map(|one| operate(Ok(slice::from_ref(one)))),
            _ => {
                let numbers = inputs.iter().map(|input| input.at(row, column).number().cloned());
                numbers.collect::<Result<Vec<_>, _>>().map(|numbers| operate(Ok(&numbers)))
            }
        };
        match value {
            Ok(value) => settle(value, within),
            Err(undefined) => {
                // The failure only tells the operation that there is nothing to do.
                let _ = operate(Err(Failure::OutOfRange(String::new())));
                Ok(undefined)
            }
        }
    })
}

pub(super) fn reduce(
    kind: Reduction,
    whole: &Expression,
    within: &str,
    input: &Tensor,
) -> Result<Tensor, Stop> {
    let value = match kind {
        Reduction::Sum => input.sum(),
        Reduction::Mean => product(&input.sum(), &share(input)),
        Reduction::Norm => match input.each(|entry| entry * entry).sum() {
            Value::Real(sum) => {
                let root = sum.sqrt().map_err(|fault| Failure::of(fault, whole));
                settle(root, within)?
            }
            undefined @ Value::Undefined(_) => undefined,
        },
    };
    Ok(Tensor::from(value))
}

/// A function of each row.
fn rows(row: Row, node: &Node<'_>, values: &[Tensor]) -> Result<Tensor, Stop> {
    let (logits, within) = (&values[node.inputs[0]], node.definition.unwrap_or_default());
    let mut entries = Vec::with_capacity(logits.entries().len());
    for index in 0..logits.rows() {
        let values = match row {
            Row::Softmax => probabilities(node, logits, index, within)?,
            Row::LogSoftmax | Row::CrossEntropy => log_probabilities(node, logits, index, within)?,
        };
        entries.extend(values);
    }
    if row != Row::CrossEntropy {
        return Ok(Tensor::new(logits.shape(), entries));
    }
    let target = values[node.inputs[1]].entries();
    let terms = entries.iter().zip(target).map(|(entry, target)| product(entry, target));
    let share = Value::Real(Real::from(-row_share(logits)));
    Ok(Tensor::from(product(&total(terms), &share)))
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
    node: &Node<'_>,
    logits: &Tensor,
    index: usize,
    within: &str,
) -> Result<Vec<Value>, Stop> {
    of_row(node, logits, index, within, &|row| Exponentials::of(row)?.shares())
}

/// Row number `index` of the logarithm of softmax: zⱼ − ln Σ exp(zₖ).
pub(super) fn log_probabilities(
    node: &Node<'_>,
    logits: &Tensor,
    index: usize,
    within: &str,
) -> Result<Vec<Value>, Stop> {
    of_row(node, logits, index, within, &|row| {
        let found = Exponentials::of(row)?;
        let logarithm = found.sum.log()?;
        Ok(found.gaps.iter().map(|gap| gap - &logarithm).collect())
    })
}

type RowFunction<'a> = &'a dyn Fn(&[Real]) -> Result<Vec<Real>, Fault>;

fn of_row(
    node: &Node<'_>,
    logits: &Tensor,
    index: usize,
    within: &str,
    compute: RowFunction<'_>,
) -> Result<Vec<Value>, Stop> {
    let columns = logits.columns();
    let row = &logits.entries()[index * columns..(index + 1) * columns];
    let numbers: Result<Vec<Real>, _> = row.iter().map(|entry| entry.number().cloned()).collect();
    let numbers = match numbers {
        Ok(numbers) => numbers,
        // One entry without a value leaves the whole row without one.
        Err(undefined) => return Ok(vec![undefined; columns]),
    };
    match compute(&numbers) {
        Ok(values) => Ok(values.into_iter().map(Value::Real).collect()),
        Err(fault) => {
            let undefined = settle(Err(Failure::of(fault, &node.expression)), within)?;
            Ok(vec![undefined; columns])
        }
    }
}

/// One divided by the number of rows.
pub(super) fn row_share(input: &Tensor) -> Rational {
    Rational::ONE / Rational::from(input.rows())
}

/// One divided by the number of entries.
pub(super) fn share(input: &Tensor) -> Value {
    let share = Rational::ONE / Rational::from(input.entries().len().max(1));
    Value::Real(Real::from(share))
}
