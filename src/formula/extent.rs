//! How long a formula becomes where what it stands for is written out, without writing it.
//!
//! A name may stand for a definition that has another name twice, a function for a formula that has
//! its argument twice, and a derivative has the adjoint above it twice where it goes through a
//! softmax. So what is written out can be exponentially longer than its text. Here its parts are
//! counted: numbers, names and operations, rather too many than too few.

use std::collections::BTreeMap;

use super::function::Reduction;
use super::{Call, Expression, Operator, function::Row};

/// The measure of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many parts it has, its functions written out.
    pub parts: u64,
    /// How many operations are within one another, its functions as they are.
    pub depth: u64,
}

/// A number or a name.
const LEAF: Extent = Extent { parts: 1, depth: 0 };

/// The measure of an expression in which some names stand for what is as long.
pub fn extent(expression: &Expression, names: &dyn Fn(&str) -> Option<Extent>) -> Extent {
    let inner: Vec<Extent> = match expression {
        Expression::Name(name) => return names(name).unwrap_or(LEAF),
        Expression::Number(_) | Expression::Shown(_) => return LEAF,
        _ => expression.children().into_iter().map(|child| extent(child, names)).collect(),
    };
    let depth = inner.iter().map(|child| child.depth).max().unwrap_or(0).saturating_add(1);
    let written = match expression {
        Expression::Call(call) => call.function.written_out(call.matrix).map(|text| (call, text)),
        _ => None,
    };
    let parts = match written {
        Some((call, formula)) => put_in(formula, call, &inner),
        None => inner.iter().fold(1_u64, |sum, child| sum.saturating_add(child.parts)),
    };
    Extent { parts, depth }
}

/// The parts of a function's formula with arguments of these measures in it.
fn put_in(formula: &Expression, call: &Call, arguments: &[Extent]) -> u64 {
    let parameters = call.function.parameters;
    let argument = |name: &str| {
        let place = parameters.iter().position(|known| *known == name)?;
        arguments.get(place).copied()
    };
    extent(formula, &argument).parts
}

/// The name by which the derivative of an expression is longest, and how many parts it has.
///
/// It counts as [`super::adjoint::shares`] writes.
pub fn longest_derivative(expression: &Expression) -> Option<(&str, u64)> {
    let mut found = BTreeMap::new();
    hand(expression, 1, &mut found);
    found.into_iter().max_by_key(|(_, parts)| *parts)
}

fn parts(expression: &Expression) -> u64 {
    extent(expression, &|_| None).parts
}

/// Adds what a share of so many parts becomes at every name.
fn hand<'e>(expression: &'e Expression, share: u64, found: &mut BTreeMap<&'e str, u64>) {
    let with = |more: &[u64]| more.iter().fold(share, |sum, part| sum.saturating_add(*part));
    match expression {
        Expression::Number(_) | Expression::Shown(_) | Expression::Derivative(..) => {}
        Expression::Name(name) => {
            let sum = found.entry(name).or_default();
            *sum = sum.saturating_add(with(&[1]));
        }
        Expression::Negate(inner) | Expression::Transpose(inner) => hand(inner, with(&[1]), found),
        Expression::Binary(operator, left, right) => {
            let (one, two) = (parts(left), parts(right));
            let (first, second) = match operator {
                Operator::Add | Operator::Subtract => (share, with(&[1])),
                Operator::Multiply | Operator::Hadamard | Operator::MatMul => {
                    (with(&[two, 2]), with(&[one, 2]))
                }
                Operator::Divide => (with(&[two, 3]), with(&[one, two, 5])),
                Operator::Power => (with(&[one, two, two, 4]), with(&[one, one, two, 5])),
            };
            hand(left, first, found);
            hand(right, second, found);
        }
        Expression::Call(call) => through(call, share, found),
    }
}

fn through<'e>(call: &'e Call, share: u64, found: &mut BTreeMap<&'e str, u64>) {
    let inner: Vec<Extent> =
        call.arguments.iter().map(|argument| extent(argument, &|_| None)).collect();
    let all = inner.iter().fold(0_u64, |sum, one| sum.saturating_add(one.parts));
    let plus = |more: u64| share.saturating_add(more);
    for (index, argument) in call.arguments.iter().enumerate() {
        let share = match (call.function.row(), call.function.reduces()) {
            // The share above stands in it twice.
            (Some(Row::Softmax), _) => plus(share).saturating_add(all.saturating_mul(2) + 8),
            (Some(Row::LogSoftmax), _) => plus(share).saturating_add(all + 8),
            (Some(Row::CrossEntropy), _) => plus(all.saturating_mul(2) + 8),
            (None, Some(Reduction::Norm)) => plus(all.saturating_mul(2) + 4),
            (None, Some(Reduction::Sum | Reduction::Mean)) => plus(2),
            (None, None) => plus(match call.function.symbol(index) {
                Some(formula) => put_in(formula, call, &inner),
                None => all.saturating_add(2),
            }),
        };
        hand(argument, share, found);
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn parts_are_counted_as_they_are_written_out() {
        // `bce(a, b)` is -b*log(a) - (1 - b)*log(1 - a): 6 names and numbers, 7 operations.
        let table = [("x", 1, 0), ("w*x + b", 5, 2), ("relu(x)", 2, 1), ("bce(x, y)", 14, 1)];
        for (text, parts, depth) in table {
            let expression = parse(text).unwrap().expression;
            assert_eq!(extent(&expression, &|_| None), Extent { parts, depth }, "{text}");
        }
        let long = |name: &str| (name == "h").then_some(Extent { parts: 7, depth: 3 });
        let expression = parse("h*h - x").unwrap().expression;
        assert_eq!(extent(&expression, &long), Extent { parts: 17, depth: 5 });
    }

    #[test]
    fn what_doubles_is_seen_without_being_written() {
        let nested = format!("{}x{}", "softmax(".repeat(30), ")".repeat(30));
        let table = [(nested, 1 << 30), (vec!["x"; 190].join("*"), 190 * 189)];
        for (text, least) in table {
            let expression = parse(&text).unwrap().expression;
            let (name, parts) = longest_derivative(&expression).unwrap();
            assert_eq!(name, "x");
            assert!(parts >= least, "{parts} parts of {text}");
        }
        assert!(longest_derivative(&parse("relu(w*x + b)").unwrap().expression).unwrap().1 < 20);
    }
}
