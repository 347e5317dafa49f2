//! Adjoints in symbols, for matrices and numbers alike.
//!
//! The adjoint of an expression is handed down to a name inside it. With adjoint ē of an
//! expression e of the same shape:
//!
//! ```text
//! e = a + b      a: ē                 b: ē (summed over what was repeated)
//! e = a ⊙ b      a: ē ⊙ b             b: ē ⊙ a
//! e = a @ b      a: ē bᵀ              b: aᵀ ē
//! e = aᵀ         a: ēᵀ
//! e = f(a)       a: ē ⊙ f′(a)
//! e = sum(a)     a: ē in every entry  mean(a): ē/N     norm(a): ē a/‖a‖
//! ```
//!
//! A row that was repeated over the rows of a matrix gets 1ᵀē, the sum over these rows; a
//! number that was repeated gets the sum of all entries. Numbers are collected in front.
//!
//! What a sum hands down is the same in every entry. It stays a number until an operation,
//! or the end, needs the matrix 1 beside it.

use std::collections::BTreeMap;

use super::coefficient::Coefficient;
use super::function::{Reduction, Row};
use super::shape::{Shape, Size, infer, shape_of};
use super::{Call, Expression, Operator};
use crate::number::Rational;

/// The name of the matrix of ones; with its blank, no scenario can have it.
pub const ONES: &str = "all ones";

/// An adjoint while it is handed down.
#[derive(Debug, Clone)]
struct Share {
    coefficient: Coefficient,
    /// What follows the coefficient; nothing stands for 1.
    body: Option<Expression>,
    /// Whether the body is a matrix; a number is the same in every entry.
    matrix: bool,
}

/// The shapes of names.
pub type Shapes = BTreeMap<String, Shape>;

/// What an expression with the given adjoint (`None` for 1) hands to a name inside it:
/// one summand for each place where the name stands.
pub fn shares(
    expression: &Expression,
    adjoint: Option<&Expression>,
    target: &str,
    shapes: &Shapes,
) -> Vec<Expression> {
    let matrix = adjoint.is_some() && is_matrix(expression, shapes);
    let top = Share { coefficient: Coefficient::one(), body: adjoint.cloned(), matrix };
    let mut found = Vec::new();
    pull(expression, top, target, shapes, &mut found);
    found
}

/// The sum of summands, subtracting the negative ones; 0 for none.
pub fn total(summands: Vec<Expression>) -> Expression {
    let add = |sum: Expression, term: Expression| match term {
        Expression::Negate(inner) => Expression::binary(Operator::Subtract, sum, *inner),
        other => Expression::binary(Operator::Add, sum, other),
    };
    summands.into_iter().reduce(add).unwrap_or_else(|| Expression::integer(0))
}

fn shape(expression: &Expression, shapes: &Shapes) -> Shape {
    shape_of(expression, shapes).unwrap_or(Shape::Scalar)
}

fn is_matrix(expression: &Expression, shapes: &Shapes) -> bool {
    shape(expression, shapes) != Shape::Scalar
}

fn pull(
    expression: &Expression,
    share: Share,
    target: &str,
    shapes: &Shapes,
    found: &mut Vec<Expression>,
) {
    if !expression.mentions(target) {
        return;
    }
    match expression {
        Expression::Number(_) | Expression::Shown(_) | Expression::Derivative(..) => {}
        Expression::Name(_) => found.push(share.finish(is_matrix(expression, shapes))),
        Expression::Negate(inner) => pull(inner, share.negated(), target, shapes, found),
        Expression::Transpose(inner) => {
            pull(inner, share.transposed(), target, shapes, found);
        }
        Expression::Binary(operator, left, right) => {
            let whole = shape(expression, shapes);
            for (side, other, first) in [(left, right, true), (right, left, false)] {
                if side.mentions(target) {
                    let beside = shape(other, shapes);
                    let share = match (operator, first) {
                        (Operator::Multiply | Operator::Hadamard, _) | (Operator::Divide, true) => {
                            share.clone().spread_beside(&beside, &whole)
                        }
                        _ => share.clone(),
                    };
                    let share = binary(*operator, share, (side, other), first, shapes);
                    // A matrix product repeats nothing, even where it is taller than its sides.
                    let share = match operator {
                        Operator::MatMul => share,
                        _ => gathered(share, &whole, &shape(side, shapes)),
                    };
                    pull(side, share, target, shapes, found);
                }
            }
        }
        Expression::Call(call) => through(call, &share, target, shapes, found),
    }
}

fn binary(
    operator: Operator,
    share: Share,
    (side, other): (&Expression, &Expression),
    first: bool,
    shapes: &Shapes,
) -> Share {
    let integer = Expression::integer;
    match (operator, first) {
        (Operator::Add, _) | (Operator::Subtract, true) => share,
        (Operator::Subtract, false) => share.negated(),
        (Operator::Multiply | Operator::Hadamard, _) => share.times(other, shapes),
        (Operator::MatMul, true) => {
            share.matmul_right(Expression::Transpose(Box::new(other.clone())))
        }
        (Operator::MatMul, false) => {
            share.matmul_left(Expression::Transpose(Box::new(other.clone())))
        }
        (Operator::Divide, true) => match other {
            Expression::Number(number) if *number != Rational::ZERO => {
                share.scaled(&(Rational::ONE / number), false)
            }
            _ => share
                .times(&Expression::binary(Operator::Divide, integer(1), other.clone()), shapes),
        },
        (Operator::Divide, false) => {
            let square = Expression::binary(Operator::Power, side.clone(), integer(2));
            let outer = Expression::binary(Operator::Divide, other.clone(), square);
            share.negated().times(&outer, shapes)
        }
        (Operator::Power, true) => {
            let lowered = match other {
                Expression::Number(number) => Expression::Number(number - Rational::ONE),
                _ => Expression::binary(Operator::Subtract, other.clone(), integer(1)),
            };
            let rest = match &lowered {
                Expression::Number(one) if *one == Rational::ONE => side.clone(),
                _ => Expression::binary(Operator::Power, side.clone(), lowered),
            };
            share.times(other, shapes).times(&rest, shapes)
        }
        (Operator::Power, false) => {
            let whole = Expression::binary(Operator::Power, other.clone(), side.clone());
            let logarithm = Expression::call("log", vec![other.clone()]);
            share.times(&whole, shapes).times(&logarithm, shapes)
        }
    }
}

fn through(call: &Call, share: &Share, target: &str, shapes: &Shapes, found: &mut Vec<Expression>) {
    if let Some(kind) = call.function.reduces() {
        let argument = &call.arguments[0];
        let share = match kind {
            Reduction::Sum => share.clone(),
            Reduction::Mean => averaged(share.clone(), &shape(argument, shapes), shapes),
            Reduction::Norm => {
                let norm = Expression::Call(call.clone());
                let direction = Expression::binary(Operator::Divide, argument.clone(), norm);
                share.clone().times(&direction, shapes)
            }
        };
        pull(argument, share, target, shapes, found);
        return;
    }
    if let Some(row) = call.function.row() {
        return through_rows(row, call, share, target, shapes, found);
    }
    let whole = call.arguments.iter().fold(Shape::Scalar, |whole, argument| {
        match (whole, shape(argument, shapes)) {
            (Shape::Scalar, other) => other,
            (Shape::Matrix(one, _), Shape::Matrix(rows, columns)) if one.is_one() => {
                Shape::Matrix(rows, columns)
            }
            (whole, _) => whole,
        }
    });
    let share = match call.function.total {
        Some(Reduction::Mean) => averaged(share.clone(), &whole, shapes),
        _ => share.clone(),
    };
    for (index, argument) in call.arguments.iter().enumerate() {
        if !argument.mentions(target) {
            continue;
        }
        let (negative, factors) = super::chain::slope(call, index);
        let start = if negative { share.clone().negated() } else { share.clone() };
        let share = factors.iter().fold(start, |share, factor| {
            // Of matrices, the products of the function's formula are entry by entry.
            let fitted = infer(factor, shapes).map(|(_, fitted)| fitted);
            share.times(fitted.as_ref().unwrap_or(factor), shapes)
        });
        pull(argument, gathered(share, &whole, &shape(argument, shapes)), target, shapes, found);
    }
}

/// With p = softmax(z), row by row:
///
/// ```text
/// p:                  z̄ = p ⊙ (p̄ − Σ p̄ ⊙ p)
/// l = log_softmax(z)  z̄ = l̄ − (Σ l̄) p
/// cross_entropy(z, y) z̄ = (Σ y) p − y, which is p − y where y sums to 1      ȳ = −l
/// ```
///
/// The sum over a row of a matrix is its product with **1**.
fn through_rows(
    row: Row,
    call: &Call,
    share: &Share,
    target: &str,
    shapes: &Shapes,
    found: &mut Vec<Expression>,
) {
    let Shape::Matrix(rows, _) = shape(&call.arguments[0], shapes) else { return };
    let of = |name: &str| match Expression::call(name, vec![call.arguments[0].clone()]) {
        Expression::Call(call) => Expression::Call(Call { matrix: true, ..call }),
        other => other,
    };
    let sums = |entries: Expression| {
        if rows.is_one() {
            return (Expression::call("sum", vec![entries]), Operator::Multiply);
        }
        let ones = Expression::name(ONES);
        (Expression::binary(Operator::MatMul, entries, ones), Operator::Hadamard)
    };
    let times =
        |left: Expression, right: Expression| Expression::binary(Operator::Hadamard, left, right);
    let minus = |left, right| Expression::binary(Operator::Subtract, left, right);
    let above = || share.clone().spread();
    let body = match row {
        Row::Softmax => {
            let (sum, _) = sums(times(above(), of("softmax")));
            times(of("softmax"), minus(above(), sum))
        }
        Row::LogSoftmax => {
            let (sum, operator) = sums(above());
            minus(above(), Expression::binary(operator, sum, of("softmax")))
        }
        Row::CrossEntropy => {
            let share = match count(&[&rows]) {
                Expression::Number(count) => share.clone().scaled(&(Rational::ONE / count), false),
                count => {
                    let part = Expression::binary(Operator::Divide, Expression::integer(1), count);
                    share.clone().times(&part, shapes)
                }
            };
            if call.arguments[0].mentions(target) {
                let (logits, goal) = (&call.arguments[0], &call.arguments[1]);
                let above = if call.unit_target {
                    of("softmax")
                } else {
                    let (sum, operator) = sums(goal.clone());
                    Expression::binary(operator, sum, of("softmax"))
                };
                let share = share.clone().times_matrix(minus(above, goal.clone()));
                pull(logits, share, target, shapes, found);
            }
            if call.arguments[1].mentions(target) {
                let share = share.negated().times_matrix(of("log_softmax"));
                pull(&call.arguments[1], share, target, shapes, found);
            }
            return;
        }
    };
    let share = Share { body: Some(body), matrix: true, ..share.clone() };
    pull(&call.arguments[0], share, target, shapes, found);
}

/// The mean over N entries divides by N.
fn averaged(share: Share, shape: &Shape, shapes: &Shapes) -> Share {
    let Shape::Matrix(rows, columns) = shape else { return share };
    match count(&[rows, columns]) {
        Expression::Number(count) => share.scaled(&(Rational::ONE / count), false),
        count => {
            let part = Expression::binary(Operator::Divide, Expression::integer(1), count);
            share.times(&part, shapes)
        }
    }
}

/// The product of sizes, which may have names: a number if all have values.
fn count(sizes: &[&Size]) -> Expression {
    if let Some(values) = sizes.iter().map(|size| size.value).collect::<Option<Vec<_>>>() {
        return Expression::Number(Rational::from(values.into_iter().product::<usize>()));
    }
    let sizes =
        sizes.iter().filter(|size| !size.is_one()).map(|size| match (&size.name, size.value) {
            (Some(name), _) => Expression::name(name),
            (None, value) => Expression::Number(Rational::from(value.unwrap_or(1))),
        });
    sizes
        .reduce(|left, right| Expression::binary(Operator::Multiply, left, right))
        .unwrap_or_else(|| Expression::integer(1))
}

/// Sums over what was repeated to give a side the shape of the whole.
fn gathered(share: Share, whole: &Shape, side: &Shape) -> Share {
    match (whole, side) {
        (Shape::Matrix(rows, columns), Shape::Scalar) => share.summed(&[rows, columns]),
        (Shape::Matrix(rows, _), Shape::Matrix(one, _)) if one.is_one() && !rows.is_one() => {
            share.over_rows(rows)
        }
        _ => share,
    }
}

impl Share {
    fn negated(mut self) -> Self {
        self.coefficient.negate();
        self
    }

    fn scaled(mut self, factor: &Rational, decimal: bool) -> Self {
        self.coefficient.multiply(factor, decimal);
        self
    }

    /// Entry by entry, or as a number times a matrix.
    fn times(self, factor: &Expression, shapes: &Shapes) -> Self {
        if let Some((value, decimal)) = super::chain::number(factor) {
            return self.scaled(&value, decimal);
        }
        let matrix = is_matrix(factor, shapes);
        let operator = if self.matrix && matrix { Operator::Hadamard } else { Operator::Multiply };
        let body = match self.body {
            None => factor.clone(),
            Some(body) => Expression::binary(operator, body, factor.clone()),
        };
        Self { body: Some(body), matrix: self.matrix || matrix, ..self }
    }

    /// A number times a matrix.
    fn times_matrix(self, factor: Expression) -> Self {
        let body = match self.body {
            None => factor,
            Some(body) => Expression::binary(Operator::Multiply, body, factor),
        };
        Self { body: Some(body), matrix: true, ..self }
    }

    /// The body as a matrix: a number stands in every entry.
    fn spread(self) -> Expression {
        let ones = Expression::name(ONES);
        match self.body {
            None => ones,
            Some(body) if self.matrix => body,
            Some(body) => Expression::binary(Operator::Multiply, body, ones),
        }
    }

    /// A row that is repeated to the shape of the whole needs a matrix beside it.
    fn spread_beside(self, other: &Shape, whole: &Shape) -> Self {
        match (whole, other) {
            (Shape::Matrix(rows, _), Shape::Matrix(one, _))
                if !self.matrix && one.is_one() && !rows.is_one() =>
            {
                Self { body: Some(self.clone().spread()), matrix: true, ..self }
            }
            _ => self,
        }
    }

    fn matmul_right(self, factor: Expression) -> Self {
        let body = Expression::binary(Operator::MatMul, self.clone().spread(), factor);
        Self { body: Some(body), matrix: true, ..self }
    }

    fn matmul_left(self, factor: Expression) -> Self {
        let body = Expression::binary(Operator::MatMul, factor, self.clone().spread());
        Self { body: Some(body), matrix: true, ..self }
    }

    fn transposed(self) -> Self {
        if !self.matrix {
            return self;
        }
        let body = self.body.map(|body| Expression::Transpose(Box::new(body)));
        Self { body, ..self }
    }

    fn over_rows(self, rows: &Size) -> Self {
        if !self.matrix {
            return self.times(&count(&[rows]), &Shapes::new());
        }
        let ones = Expression::Transpose(Box::new(Expression::name(ONES)));
        let body = Expression::binary(Operator::MatMul, ones, self.clone().spread());
        Self { body: Some(body), matrix: true, ..self }
    }

    fn summed(self, sizes: &[&Size]) -> Self {
        if !self.matrix {
            return self.times(&count(sizes), &Shapes::new());
        }
        let body = Expression::call("sum", vec![self.clone().spread()]);
        Self { body: Some(body), matrix: false, ..self }
    }

    fn finish(self, matrix: bool) -> Expression {
        let body = if matrix && !self.matrix { Some(self.clone().spread()) } else { self.body };
        let (coefficient, body) = self.coefficient.folded(Vec::from_iter(body));
        let (negative, size) = coefficient.written();
        let product = size
            .into_iter()
            .chain(body)
            .reduce(|front, body| Expression::binary(Operator::Multiply, front, body))
            .unwrap_or_else(|| Expression::integer(1));
        if negative { Expression::Negate(Box::new(product)) } else { product }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn adjoints_follow_the_rules_of_matrix_calculus() {
        let size = |name: &str| match name.parse() {
            Ok(value) => Size::number(value),
            Err(_) => Size { name: Some(name.into()), value: None },
        };
        let matrix = |rows: &str, columns: &str| Shape::Matrix(size(rows), size(columns));
        let shapes = Shapes::from([
            ("x".to_owned(), matrix("1", "n")),
            ("X".to_owned(), matrix("k", "n")),
            ("W".to_owned(), matrix("n", "m")),
            ("b".to_owned(), matrix("1", "m")),
            ("c".to_owned(), Shape::Scalar),
            ("t".to_owned(), matrix("1", "m")),
            ("H".to_owned(), matrix("k", "m")),
        ]);
        // The expected column was derived by hand; e stands for the adjoint.
        let table = [
            ("relu(x @ W + b)", "W", "x.T @ (e*relu'(x @ W + b))"),
            ("relu(x @ W + b)", "x", "e*relu'(x @ W + b) @ W.T"),
            ("relu(x @ W + b)", "b", "e*relu'(x @ W + b)"),
            ("X @ W + b", "b", "all ones.T @ e"),
            ("c*W", "c", "sum(e*W)"),
            ("c*W", "W", "e*c"),
            ("x.T @ b", "x", "(e @ b.T).T"),
            ("x.T @ b", "b", "x.T.T @ e"),
            ("b*b", "b", "e*b + e*b"),
            ("b - t", "t", "-e"),
        ];
        for (text, target, expected) in table {
            let (_, expression) = infer(&parse(text).unwrap().expression, &shapes).unwrap();
            let adjoint = Expression::name("e");
            let found = total(shares(&expression, Some(&adjoint), target, &shapes));
            assert_eq!(found.to_string(), expected, "{text} by {target}");
        }
        let losses = [
            ("1/2*sum((b - t)^2)", "b", "b - t"),
            ("mean((b - t)^2)", "b", "2*(1/m*(b - t))"),
            ("sum(W)", "W", "all ones"),
            ("norm(b)", "b", "b/norm(b)"),
            ("half_squared_error(b, t)", "b", "b - t"),
            ("half_squared_error(b, t)", "t", "-(b - t)"),
            ("mse(b, t)", "b", "2*(1/m*(b - t))"),
            ("c*mae(b, t)", "b", "c*(1/m)*abs'(b - t)"),
            ("hinge(b, t)", "b", "-1/m*t*relu'(1 - t*b)"),
            ("cross_entropy(b, t)", "b", "sum(t)*softmax(b) - t"),
            ("cross_entropy(b, t)", "t", "-log_softmax(b)"),
            (
                "c*cross_entropy(H, H)",
                "H",
                "c*(1/k)*(H @ all ones*softmax(H) - H) - c*(1/k)*log_softmax(H)",
            ),
            ("sum(t*softmax(b))", "b", "softmax(b)*(t - sum(t*softmax(b)))"),
            ("sum(t*log_softmax(b))", "b", "t - sum(t)*softmax(b)"),
            (
                "sum(H*softmax(x @ W))",
                "W",
                "x.T @ (softmax(x @ W)*(all ones.T @ H - sum(all ones.T @ H*softmax(x @ W))))",
            ),
            ("sum(x @ W)", "W", "x.T @ all ones"),
            // What a sum hands down is a number in every entry.
            ("c*sum(W)", "W", "c*all ones"),
            ("sum(c*W)", "W", "c*all ones"),
            ("c*sum(x @ W)", "W", "x.T @ (c*all ones)"),
            ("c*sum(x @ W)", "x", "c*all ones @ W.T"),
            ("c*sum(W.T)", "W", "c*all ones"),
            ("c*sum(relu(W))", "W", "c*relu'(W)"),
            // It is counted where entries were repeated.
            ("sum(W + c)", "c", "n*m"),
            ("c*sum(H + b)", "b", "c*k*all ones"),
            ("sum(H*b)", "H", "all ones*b"),
            ("sum(H/b)", "H", "all ones*(1/b)"),
            ("sum(H*b)", "b", "all ones.T @ H"),
            // Numbers of several factors become one.
            ("1/2*c*sum(W^2)", "W", "c*W"),
            ("c/2*sum(W^2)", "W", "c*W"),
            ("1/2*sum((2*X @ W)^2)", "W", "4*(X.T @ (X @ W))"),
            ("sum((2*x).T @ (-3*b))", "b", "-6*(x.T.T @ all ones)"),
            ("1/2*sum((c*b/3)^2)", "b", "1/9*(c*b*c)"),
            // A norm's direction, which is 0 at 0, keeps its form.
            ("3*c*norm(2*b)", "b", "6*(c*(2*b/norm(2*b)))"),
        ];
        for (text, target, expected) in losses {
            let (_, expression) = infer(&parse(text).unwrap().expression, &shapes).unwrap();
            let found = total(shares(&expression, None, target, &shapes));
            assert_eq!(found.to_string(), expected, "{text} by {target}");
        }
    }
}
