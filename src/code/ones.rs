//! Matrices of ones, whose sizes adjoints leave open.
//!
//! In an adjoint [`ONES`] stands for a matrix of ones of whatever size fits. Here it gets
//! its size from what stands beside it, and from the shape that the whole must have. A size
//! that nothing asks for is 1: it is repeated where more is needed.

use crate::formula::adjoint::ONES;
use crate::formula::{Call, Expression, Operator};

/// Rows and columns as far as they are known; a number has none.
type Sizes = Option<(Option<usize>, Option<usize>)>;

/// The shape of a name: `None` for a number.
pub(super) type Shapes<'a> = &'a dyn Fn(&str) -> Option<(usize, usize)>;

/// The name of a matrix of ones with these sizes.
fn sized(rows: usize, columns: usize) -> Expression {
    Expression::Name(format!("{ONES} {rows} {columns}"))
}

/// The sizes in such a name.
pub(super) fn sizes(name: &str) -> Option<(usize, usize)> {
    let (rows, columns) = name.strip_prefix(ONES)?.trim_start().split_once(' ')?;
    Some((rows.parse().ok()?, columns.parse().ok()?))
}

/// The same expression with a size for every matrix of ones, for a result of that shape.
pub(super) fn resolve(
    expression: &Expression,
    shape: Option<(usize, usize)>,
    shapes: Shapes<'_>,
) -> Expression {
    inside(expression, shape.map(|(rows, columns)| (Some(rows), Some(columns))), shapes)
}

fn inside(expression: &Expression, wanted: Sizes, shapes: Shapes<'_>) -> Expression {
    match expression {
        Expression::Name(name) if name == ONES => match wanted {
            Some((rows, columns)) => sized(rows.unwrap_or(1), columns.unwrap_or(1)),
            None => Expression::integer(1),
        },
        Expression::Number(_) | Expression::Name(_) | Expression::Shown(_) => expression.clone(),
        Expression::Negate(inner) => Expression::Negate(Box::new(inside(inner, wanted, shapes))),
        Expression::Transpose(inner) => {
            let turned = wanted.map(|(rows, columns)| (columns, rows));
            Expression::Transpose(Box::new(inside(inner, turned, shapes)))
        }
        Expression::Binary(Operator::MatMul, left, right) => {
            let (first, second) = (open(left, shapes), open(right, shapes));
            let (wanted_rows, wanted_columns) = wanted.unwrap_or_default();
            let inner = first.1.or(second.0);
            let left = inside(left, Some((first.0.or(wanted_rows), inner)), shapes);
            let right = inside(right, Some((inner, second.1.or(wanted_columns))), shapes);
            Expression::binary(Operator::MatMul, left, right)
        }
        Expression::Binary(operator, left, right) => {
            let (rows, columns) = known(expression, shapes).unwrap_or_default();
            let (wanted_rows, wanted_columns) = wanted.unwrap_or_default();
            let both = (rows.or(wanted_rows), columns.or(wanted_columns));
            let side = |side: &Expression| match (known(side, shapes), sums_rows(side)) {
                (None, _) => inside(side, None, shapes),
                // The sum of each row is repeated along it.
                (Some((rows, None)), true) => {
                    inside(side, Some((rows.or(both.0), Some(1))), shapes)
                }
                (Some(_), _) => inside(side, Some(both), shapes),
            };
            Expression::binary(*operator, side(left), side(right))
        }
        Expression::Call(call) => Expression::Call(arguments(call, shapes)),
        Expression::Derivative(call, index) => {
            Expression::Derivative(arguments(call, shapes), *index)
        }
    }
}

fn arguments(call: &Call, shapes: Shapes<'_>) -> Call {
    let inside = |argument: &Expression| inside(argument, known(argument, shapes), shapes);
    Call { arguments: call.arguments.iter().map(inside).collect(), ..call.clone() }
}

fn sums_rows(expression: &Expression) -> bool {
    matches!(expression, Expression::Binary(Operator::MatMul, _, right)
        if matches!(&**right, Expression::Name(name) if name == ONES))
}

fn open(expression: &Expression, shapes: Shapes<'_>) -> (Option<usize>, Option<usize>) {
    known(expression, shapes).unwrap_or_default()
}

/// The sizes of an expression as far as they follow from its names.
fn known(expression: &Expression, shapes: Shapes<'_>) -> Sizes {
    match expression {
        Expression::Number(_) | Expression::Shown(_) => None,
        Expression::Name(name) if name == ONES => Some((None, None)),
        Expression::Name(name) => shapes(name).map(|(rows, columns)| (Some(rows), Some(columns))),
        Expression::Negate(inner) => known(inner, shapes),
        Expression::Transpose(inner) => known(inner, shapes).map(|(rows, columns)| (columns, rows)),
        Expression::Binary(Operator::MatMul, left, right) => {
            Some((open(left, shapes).0, open(right, shapes).1))
        }
        Expression::Binary(Operator::Power, left, _) => known(left, shapes),
        Expression::Binary(_, left, right) => wider(known(left, shapes), known(right, shapes)),
        Expression::Call(call) if call.function.gives_number() => None,
        Expression::Call(call) | Expression::Derivative(call, _) => {
            call.arguments.iter().fold(None, |sizes, one| wider(sizes, known(one, shapes)))
        }
    }
}

/// What is repeated along the other: a number everywhere, one row or column.
fn wider(left: Sizes, right: Sizes) -> Sizes {
    let axis = |one: Option<usize>, other: Option<usize>| match (one, other) {
        (Some(one), Some(other)) => Some(one.max(other)),
        (Some(1) | None, None) | (None, Some(1)) => None,
        (Some(size), None) | (None, Some(size)) => Some(size),
    };
    match (left, right) {
        (None, other) | (other, None) => other,
        (Some((a, b)), Some((c, d))) => Some((axis(a, c), axis(b, d))),
    }
}
