//! Expressions in double precision, operation by operation as a script has them.
//!
//! Nothing that is computed here is a result: it only tells where rounding errors would
//! decide.

use crate::formula::function::{Body, Reduction, Row};
use crate::formula::{Call, Expression, Function, Operator, ZeroOverZero};

use super::{literal, ones};

/// A number (shape `None`) or a matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    pub shape: Option<(usize, usize)>,
    pub entries: Vec<f64>,
}

/// A branch that was taken: the case of the function's formulas, and the number whose sign
/// decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taken {
    pub case: usize,
    pub argument: f64,
}

/// Evaluates expressions.
pub(super) struct Evaluator<'a> {
    pub scope: &'a dyn Fn(&str) -> Option<Matrix>,
    pub zero_over_zero: ZeroOverZero,
    /// Whether a product and the sum that it stands in are rounded once, together.
    pub fused: bool,
    /// The branches taken so far, in the order of evaluation.
    pub branches: Vec<Taken>,
}

impl Matrix {
    pub(super) fn number(value: f64) -> Self {
        Self { shape: None, entries: vec![value] }
    }

    pub(super) fn filled(shape: Option<(usize, usize)>, value: f64) -> Self {
        let (rows, columns) = shape.unwrap_or((1, 1));
        Self { shape, entries: vec![value; rows * columns] }
    }

    /// A number in every entry of a shape.
    pub(super) fn filling(self, shape: Option<(usize, usize)>) -> Self {
        match (self.shape, shape) {
            (None, Some(_)) => Self::filled(shape, self.first()),
            _ => self,
        }
    }

    pub(super) fn first(&self) -> f64 {
        self.entries.first().copied().unwrap_or(f64::NAN)
    }

    fn counts(&self) -> (usize, usize) {
        self.shape.unwrap_or((1, 1))
    }

    /// An entry; a number, a row and a column are repeated where more is asked.
    fn at(&self, row: usize, column: usize) -> f64 {
        let (rows, columns) = self.counts();
        let row = if rows == 1 { 0 } else { row };
        let column = if columns == 1 { 0 } else { column };
        self.entries.get(row * columns + column).copied().unwrap_or(f64::NAN)
    }

    pub(super) fn map(self, change: impl FnMut(f64) -> f64) -> Self {
        Self { shape: self.shape, entries: self.entries.into_iter().map(change).collect() }
    }

    fn transposed(&self) -> Self {
        let (rows, columns) = self.counts();
        let places = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
        Self {
            shape: self.shape.map(|_| (columns, rows)),
            entries: places.map(|(row, column)| self.at(row, column)).collect(),
        }
    }

    fn times(&self, other: &Self) -> Self {
        let ((rows, inner), (_, columns)) = (self.counts(), other.counts());
        let entry = |row: usize, column: usize| {
            (0..inner).map(|k| self.at(row, k) * other.at(k, column)).sum()
        };
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        Self {
            shape: Some((rows, columns)),
            entries: places.map(|(row, column)| entry(row, column)).collect(),
        }
    }

    /// The Euclidean norm.
    pub(super) fn norm(&self) -> f64 {
        self.entries.iter().map(|entry| entry * entry).sum::<f64>().sqrt()
    }

    fn reduced(&self, kind: Reduction) -> f64 {
        let sum: f64 = self.entries.iter().sum();
        match kind {
            Reduction::Sum => sum,
            Reduction::Mean => sum / size(self.entries.len()),
            Reduction::Norm => self.norm(),
        }
    }
}

/// Applies an operation entry by entry.
pub(super) fn zip(inputs: &[&Matrix], mut operate: impl FnMut(&[f64]) -> f64) -> Matrix {
    let shape = inputs.iter().fold(None, |common: Option<(usize, usize)>, input| {
        match (common, input.shape) {
            (None, shape) | (shape, None) => shape,
            (Some((a, b)), Some((c, d))) => Some((a.max(c), b.max(d))),
        }
    });
    let (rows, columns) = shape.unwrap_or((1, 1));
    let mut entries = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let values: Vec<f64> = inputs.iter().map(|input| input.at(row, column)).collect();
            entries.push(operate(&values));
        }
    }
    Matrix { shape, entries }
}

#[expect(clippy::cast_precision_loss, reason = "no matrix has 2^53 entries")]
pub(super) fn size(count: usize) -> f64 {
    count as f64
}

impl Evaluator<'_> {
    /// The value of an expression; what is not defined is not a number.
    pub(super) fn evaluate(&mut self, expression: &Expression) -> Matrix {
        match expression {
            Expression::Number(value) => Matrix::number(literal::float(value)),
            Expression::Name(name) => match ones::sizes(name) {
                Some(sizes) => Matrix::filled(Some(sizes), 1.0),
                None if name == "pi" => Matrix::number(std::f64::consts::PI),
                None => (self.scope)(name).unwrap_or_else(|| Matrix::number(f64::NAN)),
            },
            Expression::Negate(inner) => self.evaluate(inner).map(|value| -value),
            Expression::Transpose(inner) => self.evaluate(inner).transposed(),
            Expression::Binary(operator, left, right)
                if self.fused && matches!(operator, Operator::Add | Operator::Subtract) =>
            {
                self.fused_sum(*operator, left, right)
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.evaluate(left), self.evaluate(right));
                if *operator == Operator::MatMul {
                    return left.times(&right);
                }
                let no_move = self.zero_over_zero == ZeroOverZero::NoMove;
                zip(&[&left, &right], |values| binary(*operator, values[0], values[1], no_move))
            }
            Expression::Call(call) => self.call(call),
            Expression::Derivative(call, index) => self.derivative(call, *index),
            Expression::Shown(_) => Matrix::number(f64::NAN),
        }
    }

    /// `a ± b·c` and `b·c ± a`, rounded once.
    fn fused_sum(&mut self, operator: Operator, left: &Expression, right: &Expression) -> Matrix {
        let sign: f64 = if operator == Operator::Subtract { -1.0 } else { 1.0 };
        let product = |side: &Expression| match side {
            Expression::Binary(Operator::Multiply, first, second) => {
                Some((first.clone(), second.clone()))
            }
            _ => None,
        };
        let (sum, (first, second), of_sum, of_product) = match (product(left), product(right)) {
            (_, Some(factors)) => (left, factors, 1.0, sign),
            (Some(factors), None) => (right, factors, sign, 1.0),
            (None, None) => {
                let (left, right) = (self.evaluate(left), self.evaluate(right));
                return zip(&[&left, &right], |pair| sign.mul_add(pair[1], pair[0]));
            }
        };
        let values = [self.evaluate(sum), self.evaluate(&first), self.evaluate(&second)];
        zip(&[&values[0], &values[1], &values[2]], |three| {
            (of_product * three[1]).mul_add(three[2], of_sum * three[0])
        })
    }

    fn arguments(&mut self, call: &Call) -> Vec<Matrix> {
        call.arguments.iter().map(|argument| self.evaluate(argument)).collect()
    }

    fn call(&mut self, call: &Call) -> Matrix {
        let arguments = self.arguments(call);
        let Some(first) = arguments.first() else { return Matrix::number(f64::NAN) };
        let function = call.function;
        if let Some(kind) = function.reduces() {
            return Matrix::number(first.reduced(kind));
        }
        if let Some(row) = function.row() {
            let target = arguments.get(1).unwrap_or(first);
            return rows(row, first, target);
        }
        let inputs: Vec<&Matrix> = arguments.iter().collect();
        let mut taken = Vec::new();
        let entries = zip(&inputs, |values| {
            let (value, branch) = value(call, values);
            taken.extend(branch);
            value
        });
        self.branches.extend(taken);
        match function.total {
            Some(kind) => Matrix::number(entries.reduced(kind)),
            None => entries,
        }
    }

    fn derivative(&mut self, call: &Call, index: usize) -> Matrix {
        let arguments = self.arguments(call);
        let inputs: Vec<&Matrix> = arguments.iter().collect();
        if let (Some(Reduction::Norm), Some(argument)) =
            (call.function.reduces(), arguments.first())
        {
            let length = argument.norm();
            let zero = length == 0.0;
            return argument.clone().map(|entry| if zero { 0.0 } else { entry / length });
        }
        zip(&inputs, |values| slope(call, index, values))
    }
}

fn binary(operator: Operator, left: f64, right: f64, no_move: bool) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply | Operator::Hadamard | Operator::MatMul => left * right,
        Operator::Divide if no_move && left == 0.0 && right == 0.0 => 0.0,
        Operator::Divide => left / right,
        Operator::Power => power(left, right),
    }
}

/// A square is a product, as in the libraries.
fn power(base: f64, exponent: f64) -> f64 {
    let square = exponent.to_bits() == 2.0_f64.to_bits();
    if square { base * base } else { libm::pow(base, exponent) }
}

/// The case that the signs of the kinks decide on.
fn branch(call: &Call, values: &[f64]) -> Option<Taken> {
    let mut last = None;
    for (index, kink) in call.function.kinks().iter().enumerate() {
        let argument = bound(call, values, kink);
        if argument.is_nan() {
            return None;
        }
        if argument < 0.0 {
            return last.or(Some(Taken { case: 0, argument }));
        }
        if argument <= 0.0 {
            return Some(Taken { case: 2 * index + 1, argument });
        }
        last = Some(Taken { case: 2 * index + 2, argument });
    }
    last
}

fn value(call: &Call, values: &[f64]) -> (f64, Option<Taken>) {
    let function = call.function;
    if let Body::Primitive(primitive) = function.body {
        return (primitive.double(values.first().copied().unwrap_or(f64::NAN)), None);
    }
    let taken = branch(call, values);
    let undecided = taken.is_none() && !function.kinks().is_empty();
    let formula = function.value(taken.map_or(0, |taken| taken.case));
    match formula {
        Some(formula) if !undecided => (bound(call, values, formula), taken),
        _ => (f64::NAN, None),
    }
}

fn slope(call: &Call, index: usize, values: &[f64]) -> f64 {
    let case = branch(call, values).map_or(0, |taken| taken.case);
    let chosen = call.function.chosen_slope(index).filter(|_| case % 2 == 1);
    let formula = match (chosen, &call.at_kink) {
        (Some(formula), Some(_)) => formula,
        _ => call.function.derivative(index, case),
    };
    bound(call, values, formula)
}

/// A formula of the function's at given arguments.
fn bound(call: &Call, values: &[f64], formula: &Expression) -> f64 {
    let function: &Function = call.function;
    let scope = |name: &str| {
        let place = function.parameters.iter().position(|known| *known == name);
        if let Some(value) = place.and_then(|place| values.get(place)) {
            return Some(Matrix::number(*value));
        }
        let constant = function.constants.iter().position(|known| known.name == name);
        let constant = constant.and_then(|place| call.constants.get(place));
        let slope = call.at_kink.as_ref().filter(|_| name == "slope");
        constant.or(slope).map(|value| Matrix::number(literal::float(value)))
    };
    let zero_over_zero = ZeroOverZero::Undefined;
    Evaluator { scope: &scope, zero_over_zero, fused: false, branches: Vec::new() }
        .evaluate(formula)
        .first()
}

/// A function of each row, with the greatest entry taken off.
fn rows(row: Row, logits: &Matrix, target: &Matrix) -> Matrix {
    let (count, columns) = logits.counts();
    let mut entries = Vec::with_capacity(logits.entries.len());
    for line in logits.entries.chunks(columns.max(1)) {
        let greatest = line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let gaps = line.iter().map(|entry| entry - greatest);
        let sum: f64 = gaps.clone().map(libm::exp).sum();
        match row {
            Row::Softmax => entries.extend(gaps.map(|gap| libm::exp(gap) / sum)),
            Row::LogSoftmax | Row::CrossEntropy => {
                entries.extend(gaps.map(|gap| gap - libm::log(sum)));
            }
        }
    }
    let values = Matrix { shape: logits.shape, entries };
    match row {
        Row::Softmax | Row::LogSoftmax => values,
        Row::CrossEntropy => {
            let terms = zip(&[target, &values], |pair| pair[0] * pair[1]);
            Matrix::number(-terms.reduced(Reduction::Sum) / size(count))
        }
    }
}
