//! Numbers of a scenario: exact, whatever their notation.

use std::borrow::Cow;

use crate::formula::shape::Shape;
use crate::formula::{Evaluator, Expression, Failure, ParseError, Prove, ZeroOverZero, parse};
use crate::limits::Limit;
use crate::number::{Rational, Real, parse_decimal};
use crate::trace::{Tensor, Value};

use super::field::has_decimal_comma;
use super::schema::Holds;
use super::{Field, Problem, initial, suggest};

/// A decimal number as written, or an exact expression in a string (`"sqrt(2)/2"`).
pub(super) fn real(field: &Field<'_>) -> Option<Real> {
    field.is_read_as("an exact number", &|holds| matches!(holds, Holds::Exact(_)));
    let Some(scalar) = field.node().scalar().filter(|scalar| !scalar.is_null()) else {
        return field.expected("a number");
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
        let help = if has_decimal_comma(text) {
            format!("write the decimal point as `.`: {}", text.replace(',', "."))
        } else {
            "write it in decimal digits, or quote an exact expression such as \"1/3\"".to_owned()
        };
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
    let report = field.report();
    let unknown = parsed.names.iter().find(|mention| report.variable(&mention.name).is_none());
    if let Some(mention) = unknown {
        let message = format!("there is no number `{}`", mention.name);
        let problem = Problem::new(field.node().place_of(mention.offset), message)
            .in_field(field.path())
            .with_width(mention.name.len());
        let variable = suggest(&mention.name, report.variable_names());
        let help = match (variable, initial::nearest(&mention.name)) {
            (Some(name), _) => format!("did you mean the variable `{name}`?"),
            (None, Some(kind)) => format!("did you mean the initializer `{kind}`?"),
            (None, None) => "names for numbers stand under `variables`".to_owned(),
        };
        report.push(problem.with_help(help));
        return None;
    }
    evaluate(field, &parsed.expression)
}

/// A number, which fills the shape that is asked for, or a matrix as nested lists; a flat
/// list is a row.
pub(super) fn tensor(field: &Field<'_>, shape: Option<&Shape>) -> Option<Tensor> {
    let counts = match shape {
        Some(shape @ Shape::Matrix(..)) => {
            let Some(counts) = shape.counts() else {
                let problem = field.problem(format!("the shape {shape} has no values to fill"));
                field.report().push(problem.with_help("give each size one in `dimensions`"));
                return None;
            };
            Some(counts)
        }
        Some(Shape::Scalar) | None => None,
    };
    if field.node().is_map() {
        field.refuse("expected a number or a matrix, found a mapping");
        return None;
    }
    if !field.node().is_list() {
        let real = real(field)?;
        let (rows, columns) = counts.unwrap_or((1, 1));
        if !within_entries(field, rows.saturating_mul(columns)) {
            return None;
        }
        return Some(Tensor::new(counts, vec![Value::Real(real); rows * columns]));
    }
    let rows = field.items()?;
    let nested = rows.iter().any(|row| row.node().is_list());
    let rows =
        if nested { rows.iter().map(Field::items).collect::<Option<_>>()? } else { vec![rows] };
    let columns = rows.first().map_or(0, Vec::len);
    if columns == 0 || rows.iter().any(|row| row.len() != columns) {
        field.refuse("the rows of a matrix have the same length, and at least one entry");
        return None;
    }
    let found = (rows.len(), columns);
    if !within_entries(field, found.0.saturating_mul(found.1)) {
        return None;
    }
    if let (Some(shape), Some(counts)) = (shape, counts)
        && counts != found
    {
        field.refuse(format!("the value is {} x {}, but the shape is {shape}", found.0, found.1));
        return None;
    }
    let entries: Vec<_> = rows.iter().flatten().map(|entry| real(entry).map(Value::Real)).collect();
    Some(Tensor::new(Some(found), entries.into_iter().collect::<Option<_>>()?))
}

/// Whether a matrix in exact arithmetic may have so many entries, which is reported otherwise.
pub(super) fn within_entries(field: &Field<'_>, count: usize) -> bool {
    let may = count <= Limit::Entries.count();
    if !may {
        let what = format!("the {count} entries of this matrix in exact arithmetic");
        field.exceeds(Limit::Entries, what, u64::try_from(count).ok());
    }
    may
}

/// A number that must be a fraction.
pub(super) fn rational(field: &Field<'_>) -> Option<Rational> {
    let real = real(field)?;
    let number = real.as_rational().map(Cow::into_owned);
    if number.is_none() {
        let found = field.node().describe();
        field.refuse(format!("expected a decimal number or a fraction, found {found}"));
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
    let value = evaluator.evaluate(expression, &|name| {
        let known = field.report().variable(name).cloned();
        known.ok_or_else(|| Failure::OutOfRange(name.to_owned()))
    });
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
