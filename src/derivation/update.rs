//! Lines of an update rule as they are told: norms of numbers, norms of everything, and
//! the case that was taken.

use crate::catalogue::{Condition, Line, Relation};
use crate::formula::{Call, Expression, Operator, function};
use crate::number::Sign;
use crate::trace::{Named, Tensor};

/// Marks the gradient of one parameter inside an expression.
pub(crate) const GRADIENT: &str = "gradient ";

/// The norm of a number is written as its absolute value.
pub(crate) fn of_numbers(expression: &Expression) -> Expression {
    expression.map(&mut |node| match node {
        Expression::Call(call) if call.function.layout == function::Layout::Norm => {
            let inner = of_numbers(call.arguments.first()?);
            called("abs", inner)
        }
        _ => None,
    })
}

/// The root of the sum of all squared gradients.
pub(crate) fn norm_of_all(gradient: &Named<Tensor>) -> Expression {
    let square = |(parameter, value): (&str, &Tensor)| {
        let name = Expression::Name(format!("{GRADIENT}{parameter}"));
        let whole = match value.shape() {
            None => name,
            Some(_) => called("norm", name.clone()).unwrap_or(name),
        };
        Expression::binary(Operator::Power, whole, Expression::integer(2))
    };
    let squares = gradient.iter().map(square);
    let sum = squares.reduce(|sum, one| Expression::binary(Operator::Add, sum, one));
    let sum = sum.unwrap_or_else(|| Expression::integer(0));
    called("sqrt", sum.clone()).unwrap_or(sum)
}

fn called(name: &str, argument: Expression) -> Option<Expression> {
    let function = function::find(name)?;
    Some(Expression::Call(Call {
        function,
        arguments: vec![argument],
        constants: Vec::new(),
        at_kink: None,
        matrix: false,
        unit_target: false,
    }))
}

/// How the sides of a condition that was met compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// One that the rule itself makes.
    Met(Relation),
    /// `>=`, what the others leave.
    AtLeast,
    /// `!=`, what the others leave.
    Unequal,
}

impl Comparison {
    /// The sign in LaTeX.
    pub(crate) fn latex(self) -> &'static str {
        match self {
            Self::Met(relation) => relation.latex(),
            Self::AtLeast => r"\ge",
            Self::Unequal => r"\ne",
        }
    }

    /// The sign in the scenario language.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Met(relation) => relation.symbol(),
            Self::AtLeast => ">=",
            Self::Unequal => "!=",
        }
    }
}

/// The condition under which a case of the line was taken; of the last one, what is left
/// where the others compare the same numbers.
pub(crate) fn condition(
    line: &Line,
    case: Option<usize>,
) -> Option<(&Expression, Comparison, &Expression)> {
    if let Some(index) = case {
        let Condition { left, relation, right } = &line.cases.get(index)?.condition;
        return Some((left, Comparison::Met(*relation), right));
    }
    let Condition { left, right, .. } = &line.cases.first()?.condition;
    let same = |other: &Condition| other.left == *left && other.right == *right;
    if !line.cases.iter().all(|case| same(&case.condition)) {
        return None;
    }
    let open = |sign: Sign| !line.cases.iter().any(|case| case.condition.relation.holds(sign));
    let comparison = match [Sign::Negative, Sign::Zero, Sign::Positive].map(open) {
        [false, false, true] => Comparison::Met(Relation::Greater),
        [true, true, false] => Comparison::Met(Relation::AtMost),
        [true, false, false] => Comparison::Met(Relation::Less),
        [false, true, false] => Comparison::Met(Relation::Equal),
        [false, true, true] => Comparison::AtLeast,
        [true, false, true] => Comparison::Unequal,
        _ => return None,
    };
    Some((left, comparison, right))
}
