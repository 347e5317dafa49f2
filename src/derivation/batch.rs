//! What the examples of a batch give together.

use crate::formula::{Expression, Operator};
use crate::scenario::Reduction;

/// Marks the name of one example's share inside an expression.
const PART: &str = "part ";

/// The mean, or the sum, of what so many examples give.
pub(crate) fn of_batch(reduction: Reduction, count: usize) -> Expression {
    let one = |index: usize| Expression::Name(format!("{PART}{index}"));
    let sum =
        (1..count).fold(one(0), |sum, index| Expression::binary(Operator::Add, sum, one(index)));
    of_sum(reduction, count, sum)
}

/// The mean, or the sum itself, from the sum of what so many examples give.
pub(crate) fn of_sum(reduction: Reduction, count: usize, sum: Expression) -> Expression {
    let share = Expression::binary(
        Operator::Divide,
        Expression::integer(1),
        Expression::integer(i64::try_from(count).unwrap_or(1)),
    );
    match reduction {
        Reduction::Mean => Expression::binary(Operator::Multiply, share, sum),
        Reduction::Sum => sum,
    }
}

/// The example, from 0, that a name in such an expression belongs to.
pub(crate) fn part(name: &str) -> Option<usize> {
    name.strip_prefix(PART)?.parse().ok()
}
