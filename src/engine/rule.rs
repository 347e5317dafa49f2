//! Lines of an update rule, carried out on whole tensors.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::catalogue::{Condition, Line};
use crate::formula::{Call, Decide, Evaluator, Expression, Failure, Operator, ZeroOverZero};
use crate::number::{Real, Sign};
use crate::trace::{Tensor, Value};

use super::forward::{Stop, entries, reduce, settle};
use super::tensor::Counts;

/// The names that a line may use, a few dozen at most.
#[derive(Clone, Default)]
pub(super) struct Known<'a> {
    /// What was known before.
    outer: &'a [(&'a str, Cow<'a, Tensor>)],
    own: Vec<(&'a str, Cow<'a, Tensor>)>,
}

impl<'a> Known<'a> {
    /// Makes a value known, in the place of an earlier one of that name.
    pub(super) fn insert(&mut self, name: &'a str, value: Cow<'a, Tensor>) {
        self.own.push((name, value));
    }

    /// The same for a number.
    pub(super) fn insert_number(&mut self, name: &'a str, number: Real) {
        self.insert(name, Cow::Owned(Tensor::from(number)));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Tensor> {
        let mut latest_first = self.own.iter().rev().chain(self.outer.iter().rev());
        latest_first.find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The same values, lent to a list that more are added to; they are no such list themselves.
    pub(super) fn lent(&'a self) -> Self {
        Self { outer: &self.own, own: Vec::with_capacity(8) }
    }
}

/// Carries out one line.
pub(super) struct Executor<'a> {
    pub decide: &'a mut dyn Decide,
    pub zero_over_zero: ZeroOverZero,
    /// The line's name, for messages.
    pub within: &'a str,
    /// The cases that piecewise functions took so far, in the order of evaluation.
    pub branches: Vec<usize>,
}

impl Executor<'_> {
    /// What a line computes; each entry takes the case whose condition it meets.
    pub(super) fn line(&mut self, line: &Line, known: &Known<'_>) -> Result<Computed, Stop> {
        let mut chosen: Option<Vec<Option<usize>>> = None;
        let mut shape = None;
        for (index, case) in line.cases.iter().enumerate() {
            let met = self.condition(&case.condition, known)?;
            shape = shape.or(met.shape);
            let before = chosen.take();
            let one = |entry: usize| match before.as_ref().and_then(|list| list[entry % list.len()])
            {
                Some(earlier) => Some(earlier),
                None => met.holds[entry % met.holds.len()].then_some(index),
            };
            chosen = Some((0..count(shape)).map(one).collect());
        }
        let Some(chosen) = chosen else {
            let value = self.evaluate(&line.expression, known)?.into_owned();
            return Ok(Computed { value, chosen: None });
        };
        let mut parts: BTreeMap<Option<usize>, Cow<'_, Tensor>> = BTreeMap::new();
        for case in &chosen {
            if !parts.contains_key(case) {
                let expression =
                    case.map_or(&line.expression, |index| &line.cases[index].expression);
                let part = self.evaluate(expression, known)?;
                shape = shape.or(part.shape());
                parts.insert(*case, part);
            }
        }
        let pick = |entry: usize| {
            let part = &parts[&chosen[entry % chosen.len()]];
            part.entries()[entry % part.entries().len()].clone()
        };
        let value = Tensor::new(shape, (0..count(shape)).map(pick).collect());
        Ok(Computed { value, chosen: Some(chosen) })
    }

    fn condition(&mut self, condition: &Condition, known: &Known<'_>) -> Result<Met, Stop> {
        let left = self.evaluate(&condition.left, known)?;
        let right = self.evaluate(&condition.right, known)?;
        let difference =
            left.zip(&right, |left, right| Ok::<_, Stop>(Value::Real(left - right)))?;
        let mut holds = Vec::new();
        for entry in difference.entries() {
            // An undefined side leaves the line's own expression, which then is undefined too.
            let sign = match entry {
                Value::Real(value) => Some(self.sign(value, condition)?),
                Value::Undefined(_) => None,
            };
            holds.push(sign.is_some_and(|sign| condition.relation.holds(sign)));
        }
        Ok(Met { shape: difference.shape(), holds })
    }

    fn sign(&mut self, value: &Real, condition: &Condition) -> Result<Sign, Stop> {
        self.decide.sign(value).map_err(|reached| {
            let (left, right) = (condition.left.clone(), condition.right.clone());
            let expression = Expression::binary(Operator::Subtract, left, right).to_string();
            let failure = Failure::Undecided { reached, expression, value: Some(value.clone()) };
            Stop::new(failure, self.within)
        })
    }

    /// The value of an expression.
    pub(super) fn evaluate<'k>(
        &mut self,
        expression: &Expression,
        known: &'k Known<'_>,
    ) -> Result<Cow<'k, Tensor>, Stop> {
        let value = match expression {
            Expression::Number(number) => Tensor::from(Real::from(number.clone())),
            Expression::Name(name) => match known.get(name) {
                Some(value) => return Ok(Cow::Borrowed(value)),
                None => Tensor::zeros(None),
            },
            Expression::Negate(inner) => self.evaluate(inner, known)?.each(|value| -value),
            Expression::Transpose(inner) => self.evaluate(inner, known)?.transposed(),
            Expression::Binary(operator, left, right) => {
                let left = self.evaluate(left, known)?;
                let right = self.evaluate(right, known)?;
                if *operator == Operator::MatMul {
                    return Ok(Cow::Owned(left.times(&right)));
                }
                let zero_over_zero = self.zero_over_zero;
                let mut evaluator = Evaluator { decide: &mut *self.decide, zero_over_zero };
                left.zip(&right, |left, right| {
                    settle(evaluator.binary(*operator, left, right, expression), self.within)
                })?
            }
            Expression::Call(call) => self.call(call, expression, known)?,
            // Rules have no derivatives, and what is printed is never evaluated.
            Expression::Derivative(..) | Expression::Shown(_) => Tensor::zeros(None),
        };
        Ok(Cow::Owned(value))
    }

    fn call(
        &mut self,
        call: &Call,
        expression: &Expression,
        known: &Known<'_>,
    ) -> Result<Tensor, Stop> {
        let arguments = call
            .arguments
            .iter()
            .map(|argument| self.evaluate(argument, known))
            .collect::<Result<Vec<_>, _>>()?;
        match (call.function.reduces(), arguments[0].shape()) {
            (Some(kind), Some(_)) => reduce(kind, expression, self.within, &arguments[0]),
            // The norm of a number is its absolute value, without a root.
            _ => {
                let inputs: Vec<&Tensor> = arguments.iter().map(|argument| &**argument).collect();
                let Self { decide, zero_over_zero, within, branches } = self;
                let mut evaluator =
                    Evaluator { decide: &mut **decide, zero_over_zero: *zero_over_zero };
                entries(&inputs, within, |numbers| {
                    let (value, branch) = evaluator.call(call, numbers?)?;
                    branches.extend(branch.map(|branch| branch.case));
                    Ok(value)
                })
            }
        }
    }
}

/// What a line computed.
pub(super) struct Computed {
    pub value: Tensor,
    /// The case that each entry took, of a line that has cases.
    pub chosen: Option<Vec<Option<usize>>>,
}

/// The entries for which a condition holds.
struct Met {
    shape: Counts,
    holds: Vec<bool>,
}

fn count(shape: Counts) -> usize {
    shape.map_or(1, |(rows, columns)| rows * columns)
}
