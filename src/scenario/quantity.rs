//! Numbers of a scenario: exact, whatever their notation.

use crate::formula::{Evaluator, Expression, Failure, ParseError, Prove, ZeroOverZero, parse};
use crate::number::{Rational, Real, parse_decimal};

use super::{Field, Problem};

/// A decimal number as written, or an exact expression in a string (`"sqrt(2)/2"`).
pub(super) fn real(field: &Field<'_>) -> Option<Real> {
    let Some(scalar) = field.node().scalar().filter(|scalar| !scalar.is_null()) else {
        return field
            .expected("a number (matrices and generators are not offered by this version)");
    };
    if scalar.is_number() {
        return match parse_decimal(&scalar.text) {
            Ok(value) => Some(Real::from(value)),
            Err(reason) => {
                field.refuse(format!("{reason}"));
                None
            }
        };
    }
    let text = scalar.text.as_str();
    if scalar.is_plain() && looks_like_a_number(text) {
        let problem = field.problem(format!("`{text}` can't be kept as an exact number"));
        let help = "write it in decimal digits, or quote an exact expression such as \"1/3\"";
        field.report().push(problem.with_help(help));
        return None;
    }
    let parsed = match parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            field.report().push(parse_problem(field, 0, error));
            return None;
        }
    };
    if let Some(mention) = parsed.names.first() {
        let message = format!("there is no number `{}`", mention.name);
        let problem = Problem::new(field.node().place_of(mention.offset), message)
            .in_field(field.path())
            .with_width(mention.name.len());
        field.report().push(problem.with_help("variables are not offered by this version"));
        return None;
    }
    evaluate(field, &parsed.expression)
}

/// A number that must be a fraction.
pub(super) fn rational(field: &Field<'_>) -> Option<Rational> {
    let real = real(field)?;
    let number = real.as_rational().cloned();
    if number.is_none() {
        field.refuse("expected a decimal number or a fraction");
    }
    number
}

fn looks_like_a_number(text: &str) -> bool {
    let rest = text.trim_start_matches(['+', '-']);
    rest.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
        && rest.chars().all(|letter| letter.is_ascii_alphanumeric() || "._:,".contains(letter))
}

fn evaluate(field: &Field<'_>, expression: &Expression) -> Option<Real> {
    let mut prove = Prove;
    let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero: ZeroOverZero::Undefined };
    let value = evaluator.evaluate(expression, &|name| Err(Failure::OutOfRange(name.to_owned())));
    match value {
        Ok(value) => Some(value),
        Err(Failure::Undefined { cause, expression }) => {
            field.refuse(format!("{cause} in `{expression}`"));
            None
        }
        Err(Failure::Undecided { reached, expression, .. }) => {
            field.refuse(format!("undecided: `{expression}` is {reached}"));
            None
        }
        Err(Failure::OutOfRange(expression)) => {
            field
                .refuse(format!("`{expression}` leaves the range of the numbers that can be kept"));
            None
        }
    }
}

/// An expression's error at its place in the field's text, which begins at `start`.
pub(super) fn parse_problem(field: &Field<'_>, start: usize, error: ParseError) -> Problem {
    let problem = Problem::new(field.node().place_of(start + error.offset), error.message)
        .in_field(field.path())
        .with_width(error.width);
    match error.help {
        Some(help) => problem.with_help(help),
        None => problem,
    }
}
