//! Exact numbers as the shortest Python literals that are faithful to them.
//!
//! A decimal that a double's own text gives back is written as it is (`0.1`), a short
//! fraction as a quotient (`1/3`), a sum of square roots as such (`math.sqrt(2)/2`), and
//! anything else as the text of the nearest double.

use crate::formula::{Expression, parse};
use crate::number::{Rational, Real, parse_decimal};

/// The most characters of a fraction that is written as one.
const SHORT: usize = 16;

/// A number in Python, and whether it is an atom: a quotient or a sign may need brackets.
pub(super) fn number(value: &Rational) -> (String, bool) {
    let text = value.to_string();
    let double = float(value);
    let own = shortest(double);
    let faithful = parse_decimal(&own).is_ok_and(|parsed| parsed == *value);
    if value.is_int() && (text.len() <= own.len() || (!faithful && text.len() <= SHORT)) {
        let atom = !text.starts_with('-');
        return (text, atom);
    }
    if !faithful && double.is_finite() && text.len() <= SHORT {
        return (text, false);
    }
    if !double.is_finite() {
        return (if double < 0.0 { "-math.inf" } else { "math.inf" }.to_owned(), double > 0.0);
    }
    let atom = !own.starts_with('-');
    (own, atom)
}

/// A number in Python, in brackets where it is no atom.
pub(super) fn atom(value: &Rational) -> String {
    let (text, atom) = number(value);
    if atom { text } else { format!("({text})") }
}

/// A number as a Python float, with a point where it would read as an integer.
pub(super) fn decimal(value: &Real) -> String {
    let text = match expression(value) {
        Expression::Number(number) => self::number(&number).0,
        other => super::python::plain(&other),
    };
    let digits = text.trim_start_matches('-');
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text}.0") } else { text }
}

/// An exact number as an expression of the scenario language.
pub(super) fn expression(value: &Real) -> Expression {
    if let Some(number) = value.as_rational() {
        return Expression::Number(number.into_owned());
    }
    let form = value.closed_form().and_then(|form| parse(&form.to_text()).ok());
    match form {
        Some(parsed) => parsed.expression,
        None => Expression::Number(Rational::try_from(value.to_f64()).unwrap_or(Rational::ZERO)),
    }
}

/// The double nearest to a fraction.
pub(super) fn float(value: &Rational) -> f64 {
    value.to_f64().value()
}

/// The shortest text that gives the double back.
fn shortest(double: f64) -> String {
    let text = format!("{double:?}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::parse_exact;

    #[test]
    fn literals_are_short_and_faithful() {
        let table = [
            ("0.1", "0.1", "0.1"),
            ("1/3", "1/3", "1/3"),
            ("-1/3", "-1/3", "-1/3"),
            ("3", "3", "3.0"),
            ("-2", "-2", "-2.0"),
            ("1e-8", "1e-8", "1e-8"),
            ("0.0001", "0.0001", "0.0001"),
            ("1e20", "1e20", "1e20"),
            ("123456789", "123456789", "123456789.0"),
            // More digits than a double has: the text of the nearest one.
            ("0.1000000000000000000000001", "0.1", "0.1"),
            ("0.3333333333333333333333333", "0.3333333333333333", "0.3333333333333333"),
        ];
        for (text, plain, float) in table {
            let value = parse_exact(text).unwrap();
            assert_eq!(number(&value).0, plain, "{text}");
            assert_eq!(decimal(&Real::from(value)), float, "{text}");
        }
        let root =
            Real::from(2).sqrt().unwrap() * Real::from(Rational::from_parts(1.into(), 2u8.into()));
        assert_eq!(decimal(&root), "1/2*math.sqrt(2)");
        assert_eq!(decimal(&Real::one().exp().unwrap()), "2.718281828459045");
    }
}
