//! Shapes: what is a number, what a matrix, and which operations fit.
//!
//! A size is a number, a name such as `n`, or both: a named size prints by its name even
//! where it has a value. Two sizes are the same if their names or their values are.
//!
//! | operation | shapes |
//! |---|---|
//! | `a @ b` | (r × k)(k × c) → r × c |
//! | `x.T` | r × c → c × r |
//! | `+ - * /`, entry by entry | equal shapes; a scalar, or a row 1 × c, is repeated |
//! | `^` | the base's shape; the exponent is a scalar |
//! | `sum mean norm` | a scalar |
//! | `softmax log_softmax` | the argument's, a matrix of rows with several entries |
//! | losses | a scalar, of two equal shapes, or of a matrix and a scalar |
//! | other functions | the argument's shape |

use std::collections::BTreeMap;
use std::fmt;

use crate::limits::Limit;

use super::{Expression, Function, Operator};

/// The number of rows or columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its value, if it has one.
    pub value: Option<usize>,
}

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Scalar,
    /// A matrix; a row vector has one row.
    Matrix(Size, Size),
}

impl Size {
    /// A size that is just a number.
    pub fn number(value: usize) -> Self {
        Self { name: None, value: Some(value) }
    }

    /// Whether two sizes are the same.
    pub fn matches(&self, other: &Self) -> bool {
        match (self.value, other.value) {
            (Some(left), Some(right)) => left == right,
            _ => self.name.is_some() && self.name == other.name,
        }
    }

    /// Whether it is known to be 1.
    pub fn is_one(&self) -> bool {
        self.value == Some(1)
    }
}

impl Shape {
    /// Rows and columns, where both have values; a scalar counts as 1 × 1.
    pub fn counts(&self) -> Option<(usize, usize)> {
        match self {
            Self::Scalar => Some((1, 1)),
            Self::Matrix(rows, columns) => Some((rows.value?, columns.value?)),
        }
    }

    /// The shape of the transpose.
    fn turned(self) -> Self {
        match self {
            Self::Scalar => Self::Scalar,
            Self::Matrix(rows, columns) => Self::Matrix(columns, rows),
        }
    }

    /// Whether both are scalars, or matrices of the same sizes.
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar, Self::Scalar) => true,
            (Self::Matrix(a, b), Self::Matrix(c, d)) => a.matches(c) && b.matches(d),
            _ => false,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.value) {
            (Some(name), _) => out.write_str(name),
            (None, Some(value)) => write!(out, "{value}"),
            (None, None) => out.write_str("?"),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar => out.write_str("a number"),
            Self::Matrix(rows, columns) => write!(out, "{rows} x {columns}"),
        }
    }
}

/// An operation whose shapes don't fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The operation, in the scenario language.
    pub expression: String,
    /// What is wrong, naming both shapes.
    pub message: String,
}

/// The shape of an expression over names of known shape.
///
/// # Errors
///
/// The first operation whose shapes don't fit.
pub fn shape_of(expression: &Expression, names: &BTreeMap<String, Shape>) -> Result<Shape, Misfit> {
    match expression {
        Expression::Number(_) | Expression::Shown(_) => Ok(Shape::Scalar),
        Expression::Name(name) => Ok(names.get(name).cloned().unwrap_or(Shape::Scalar)),
        Expression::Negate(inner) => shape_of(inner, names),
        Expression::Transpose(inner) => Ok(shape_of(inner, names)?.turned()),
        Expression::Binary(operator, left, right) => {
            binary(*operator, &shape_of(left, names)?, &shape_of(right, names)?, expression)
        }
        Expression::Call(call) | Expression::Derivative(call, _) => {
            let shapes = call.arguments.iter().map(|argument| shape_of(argument, names));
            called(call.function, &shapes.collect::<Result<Vec<_>, _>>()?, expression)
        }
    }
}

/// The shape of an expression over names of known shape, and the expression itself with
/// its elementwise products told from its scalar ones.
///
/// # Errors
///
/// The first operation whose shapes don't fit.
pub fn infer(
    expression: &Expression,
    names: &BTreeMap<String, Shape>,
) -> Result<(Shape, Expression), Misfit> {
    match expression {
        Expression::Number(_) | Expression::Shown(_) => Ok((Shape::Scalar, expression.clone())),
        Expression::Name(name) => {
            Ok((names.get(name).cloned().unwrap_or(Shape::Scalar), expression.clone()))
        }
        Expression::Negate(inner) => {
            let (shape, inner) = infer(inner, names)?;
            Ok((shape, Expression::Negate(Box::new(inner))))
        }
        Expression::Transpose(inner) => {
            let (shape, inner) = infer(inner, names)?;
            Ok((shape.turned(), Expression::Transpose(Box::new(inner))))
        }
        Expression::Binary(operator, left, right) => {
            let (left_shape, left) = infer(left, names)?;
            let (right_shape, right) = infer(right, names)?;
            let shape = binary(*operator, &left_shape, &right_shape, expression)?;
            let both = left_shape != Shape::Scalar && right_shape != Shape::Scalar;
            let operator = match operator {
                Operator::Multiply if both => Operator::Hadamard,
                other => *other,
            };
            Ok((shape, Expression::binary(operator, left, right)))
        }
        Expression::Call(call) | Expression::Derivative(call, _) => {
            let mut arguments = Vec::new();
            let mut shapes = Vec::new();
            for argument in &call.arguments {
                let (shape, argument) = infer(argument, names)?;
                arguments.push(argument);
                shapes.push(shape);
            }
            let shape = called(call.function, &shapes, expression)?;
            let matrix = shapes.iter().any(|shape| *shape != Shape::Scalar);
            let call = super::Call { arguments, matrix, ..call.clone() };
            let new = match expression {
                Expression::Derivative(_, index) => Expression::Derivative(call, *index),
                _ => Expression::Call(call),
            };
            Ok((shape, new))
        }
    }
}

/// The shape of a function's value.
fn called(function: &Function, shapes: &[Shape], whole: &Expression) -> Result<Shape, Misfit> {
    let misfit = |message: String| Err(Misfit { expression: whole.to_string(), message });
    let name = function.called();
    if function.row().is_some() {
        match &shapes[0] {
            Shape::Matrix(_, columns) if !columns.is_one() => {}
            Shape::Matrix(..) => {
                return misfit(format!(
                    "`{name}` works along a row, but each row of {} has one entry alone",
                    shapes[0]
                ));
            }
            Shape::Scalar => {
                return misfit(format!("`{name}` takes a row, such as 1 x 3, but not a number"));
            }
        }
    }
    if function.is_loss() {
        let (prediction, target) = (&shapes[0], &shapes[1]);
        let number =
            function.row().is_none() && (*prediction == Shape::Scalar || *target == Shape::Scalar);
        if !prediction.matches(target) && !number {
            return misfit(format!(
                "`{name}` compares entry by entry, but the prediction is {prediction} and the target is {target}"
            ));
        }
    }
    let mut shape = shapes[0].clone();
    for other in &shapes[1..] {
        shape = binary(Operator::Add, &shape, other, whole)?;
    }
    Ok(if function.gives_number() { Shape::Scalar } else { shape })
}

fn binary(
    operator: Operator,
    left: &Shape,
    right: &Shape,
    whole: &Expression,
) -> Result<Shape, Misfit> {
    let misfit = |message: String| Err(Misfit { expression: whole.to_string(), message });
    match (operator, left, right) {
        (Operator::MatMul, Shape::Matrix(rows, inner), Shape::Matrix(outer, columns)) => {
            if inner.matches(outer) {
                let product = Shape::Matrix(rows.clone(), columns.clone());
                let counts = product.counts();
                let size = counts.map_or(0, |(rows, columns)| rows.saturating_mul(columns));
                if size > Limit::Product.count() {
                    let what = format!("the {size} entries of the product of {left} and {right}");
                    let needed = u64::try_from(size).ok();
                    return misfit(Limit::Product.exceeded_with_advice(what, needed));
                }
                return Ok(product);
            }
            misfit(format!(
                "the matrix product of {left} and {right} does not fit: {inner} columns meet {outer} rows"
            ))
        }
        (Operator::MatMul, ..) => misfit(format!(
            "`@` takes two matrices, but stands between {left} and {right}; a number multiplies with `*`"
        )),
        (Operator::Power, shape, Shape::Scalar) => Ok(shape.clone()),
        (Operator::Power, ..) => misfit(format!("the exponent must be a number, but is {right}")),
        (_, shape, Shape::Scalar) | (_, Shape::Scalar, shape) => Ok(shape.clone()),
        (_, Shape::Matrix(a, b), Shape::Matrix(c, d)) => {
            if !b.matches(d) || !(a.matches(c) || a.is_one() || c.is_one()) {
                return misfit(format!(
                    "{left} and {right} don't fit together in `{}`",
                    operator.symbol()
                ));
            }
            let rows = if a.is_one() { c } else { a };
            Ok(Shape::Matrix(rows.clone(), b.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn matrix(rows: &str, columns: &str) -> Shape {
        let size = |text: &str| match text.parse() {
            Ok(value) => Size::number(value),
            Err(_) => Size { name: Some(text.into()), value: None },
        };
        Shape::Matrix(size(rows), size(columns))
    }

    #[test]
    fn shapes_follow_the_rules_of_matrix_algebra() {
        let names = BTreeMap::from([
            ("x".to_owned(), matrix("1", "n")),
            ("W".to_owned(), matrix("n", "m")),
            ("b".to_owned(), matrix("1", "m")),
            ("H".to_owned(), matrix("3", "m")),
            ("c".to_owned(), Shape::Scalar),
        ]);
        let table = [
            ("x @ W + b", "1 x m"),
            ("H + b", "3 x m"),
            ("b*H", "3 x m"),
            ("x.T @ b", "n x m"),
            ("2*c*W", "n x m"),
            ("relu(x @ W)^2", "1 x m"),
            ("sum(x @ W)", "a number"),
            ("c - 1", "a number"),
        ];
        for (text, shape) in table {
            let expression = parse(text).unwrap().expression;
            let (found, _) = infer(&expression, &names).unwrap();
            assert_eq!(found.to_string(), shape, "{text}");
            assert_eq!(shape_of(&expression, &names), Ok(found), "{text}");
        }
        let wrong = [
            ("W @ x", "the matrix product of n x m and 1 x n does not fit: m columns meet 1 rows"),
            ("x + b", "1 x n and 1 x m don't fit together in `+`"),
            (
                "c @ W",
                "`@` takes two matrices, but stands between a number and n x m; a number multiplies with `*`",
            ),
            ("2^b", "the exponent must be a number, but is 1 x m"),
        ];
        for (text, message) in wrong {
            let expression = parse(text).unwrap().expression;
            let misfit = infer(&expression, &names).unwrap_err();
            assert_eq!(misfit.message, message, "{text}");
            assert_eq!(shape_of(&expression, &names), Err(misfit), "{text}");
        }
    }

    #[test]
    fn products_of_two_matrices_are_told_from_products_with_a_number() {
        let names =
            BTreeMap::from([("x".to_owned(), matrix("1", "n")), ("c".to_owned(), Shape::Scalar)]);
        let (_, product) = infer(&parse("c*x*x").unwrap().expression, &names).unwrap();
        let Expression::Binary(Operator::Hadamard, left, _) = product else { panic!("{product}") };
        assert!(matches!(*left, Expression::Binary(Operator::Multiply, ..)));
    }
}
