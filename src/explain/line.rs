//! Lines: a path, its formula, the same with numbers put in, the result, remarks.

use crate::engine::slope;
use crate::formula::{Call, Expression, Failure, Shown};
use crate::number::Fault;
use crate::trace::Tensor;

use super::course::Course;
use super::formula::{Formula, Meaning, plain};
use super::numbers::{Numbers, Step};
use super::quantity::Quantity;

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub left: String,
    pub steps: Vec<Step>,
    pub remarks: Vec<String>,
}

impl Line {
    pub(super) fn new(left: String) -> Self {
        Self { left, steps: Vec::new(), remarks: Vec::new() }
    }

    /// Adds a step, unless it would only repeat the one before.
    pub(super) fn step(&mut self, step: Step) {
        if self.steps.last().is_none_or(|last| last.text != step.text) {
            self.steps.push(step);
        }
    }

    /// The line, its left side filled up to a width.
    pub(super) fn text(&self, width: usize) -> String {
        let mut text = format!("  {:width$}", self.left);
        for step in &self.steps {
            let relation = if step.exact { "=" } else { "≈" };
            text.push_str(&format!(" {relation} {}", step.text));
        }
        if !self.remarks.is_empty() {
            text.push_str(&format!("   ({})", self.remarks.join("; ")));
        }
        text
    }
}

/// The steps from a formula to its value.
pub(super) struct Steps<'a> {
    pub course: &'a Course<'a>,
    pub numbers: &'a Numbers<'a>,
    /// The quantity that the formula gives.
    pub of: &'a Quantity,
    pub formula: &'a Formula,
}

impl Steps<'_> {
    /// The formula, and the formula with numbers put in.
    pub(super) fn written(&self) -> Result<Vec<Step>, Fault> {
        let Some(expression) = &self.formula.expression else { return Ok(Vec::new()) };
        let put_in = self.put_in(expression)?;
        let symbols = Step { text: plain(expression).to_string(), exact: true };
        if self.undefined_elsewhere(&put_in) {
            return Ok(vec![symbols]);
        }
        let rounded =
            put_in.any(&mut |node| matches!(node, Expression::Shown(shown) if !shown.exact));
        Ok(vec![symbols, Step { text: put_in.to_string(), exact: !rounded }])
    }

    /// Whether a derivative is undefined because the loss is, though its own formula would
    /// give a number.
    fn undefined_elsewhere(&self, put_in: &Expression) -> bool {
        let derivative = matches!(
            self.of,
            Quantity::Gradient { .. } | Quantity::Part { .. } | Quantity::Adjoint { .. }
        );
        let value = self.course.value(self.of);
        let nothing = self.numbers.no_value();
        derivative
            && value.is_some_and(|value| value.undefined().is_some())
            && !put_in.any(&mut |node| *node == Expression::Shown(nothing.clone()))
    }

    /// The expression with numbers in the place of names and of derivatives.
    fn put_in(&self, expression: &Expression) -> Result<Expression, Fault> {
        let mut fault = None;
        let mut take = |result: Result<Shown, Fault>| match result {
            Ok(shown) => Some(Expression::Shown(shown)),
            Err(error) => {
                fault.get_or_insert(error);
                None
            }
        };
        let numeric = expression.map(&mut |node| match node {
            Expression::Name(name) => self.number(name).and_then(&mut take),
            Expression::Derivative(call, index) => take(self.slope(call, *index)),
            _ => None,
        });
        fault.map_or(Ok(plain(&numeric)), Err)
    }

    fn meaning(&self, name: &str) -> Option<&Meaning> {
        self.formula.names.iter().find(|(known, _)| known == name).map(|(_, meaning)| meaning)
    }

    /// The number that stands for a name; none for what stands for itself.
    fn number(&self, name: &str) -> Option<Result<Shown, Fault>> {
        match self.meaning(name)? {
            Meaning::Literal => None,
            Meaning::Number(number) => Some(self.numbers.given(&Tensor::from(number.clone()))),
            Meaning::Quantity(quantity) => Some(match self.value(quantity) {
                None => Ok(self.numbers.no_value()),
                Some(value) if self.course.is_input(quantity) => self.numbers.given(&value),
                Some(value) => self.numbers.put_in(&value),
            }),
        }
    }

    /// The value with which the iteration computes: an earlier one as it was carried over.
    fn value(&self, quantity: &Quantity) -> Option<Tensor> {
        if quantity.iteration() < self.of.iteration() {
            self.course.carried(quantity)
        } else {
            self.course.value(quantity)
        }
    }

    /// The value of a derivative such as relu'(z).
    fn slope(&self, call: &Call, index: usize) -> Result<Shown, Fault> {
        let tensor = |name: &str| match self.meaning(name)? {
            Meaning::Literal => None,
            Meaning::Number(number) => Some(Tensor::from(number.clone())),
            Meaning::Quantity(quantity) => self.value(quantity),
        };
        match slope(call, index, &tensor) {
            Ok(value) => self.numbers.put_in(&value),
            Err(Failure::Undecided { reached, .. }) => Err(Fault::Undecided(reached)),
            Err(_) => Ok(self.numbers.no_value()),
        }
    }
}
