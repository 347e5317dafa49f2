//! Numbers as they are written in a scenario: exact, whatever their length.
//!
//! ```text
//! decimal := [+-] (digits [. [digits]] | . digits) [(e|E) [+-] digits]
//! exact   := decimal | [+-] digits / digits
//! ```
//!
//! `0.1` is one tenth and `1e-8` ten to the minus eighth; nothing passes through
//! floating point.

use std::error::Error;
use std::fmt;

use dashu_int::UBig;

use crate::limits::Limit;

use super::integer::scale_by_ten;
use super::{Integer, Rational};

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseNumberError {
    /// There is nothing to read.
    Empty,
    /// The text has more characters than the limit `number_length` allows.
    TooLong,
    /// The exponent, in either direction, is more than the limit `exponent` allows.
    ExponentTooLarge,
    /// A character that does not belong into a number.
    Unexpected(char),
    /// A sign, a point, an exponent or a bar without the digits it needs.
    MissingDigits,
    /// The denominator of a fraction is zero.
    ZeroDenominator,
}

impl fmt::Display for ParseNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a number is missing"),
            Self::TooLong => {
                let what = "the characters of this number";
                f.write_str(&Limit::NumberLength.exceeded_with_advice(what, None))
            }
            Self::ExponentTooLarge => {
                let most = Limit::Exponent.get();
                let advice = Limit::Exponent.advice(None);
                write!(f, "an exponent must lie between -{most} and {most}; {advice}")
            }
            Self::Unexpected(found) => write!(f, "`{found}` does not belong into a number"),
            Self::MissingDigits => f.write_str("digits are missing"),
            Self::ZeroDenominator => f.write_str("the denominator is zero"),
        }
    }
}

impl Error for ParseNumberError {}

/// Reads a decimal such as `3`, `-0.10`, `.5` or `1e-8`.
///
/// # Errors
/// Says what keeps the text from being a decimal.
pub fn parse_decimal(text: &str) -> Result<Rational, ParseNumberError> {
    check_length(text)?;
    let (negative, rest) = split_sign(text);
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    check_digits(whole)?;
    check_digits(fraction)?;
    if whole.is_empty() && fraction.is_empty() {
        return Err(ParseNumberError::MissingDigits);
    }
    let places = i64::try_from(fraction.len()).map_err(|_| ParseNumberError::TooLong)?;
    let digits = read_digits(&[whole, fraction].concat())?;
    let value = scale_by_ten(&Rational::from(digits), exponent - places);
    Ok(if negative { -value } else { value })
}

/// Reads a decimal or a fraction such as `1/3`.
///
/// # Errors
/// Says what keeps the text from being a number.
pub fn parse_exact(text: &str) -> Result<Rational, ParseNumberError> {
    check_length(text)?;
    let Some((above, below)) = text.split_once('/') else {
        return parse_decimal(text);
    };
    let (negative, above) = split_sign(above.trim_end());
    let numerator = read_whole(above)?;
    let denominator = read_whole(below.trim_start())?;
    if denominator.is_zero() {
        return Err(ParseNumberError::ZeroDenominator);
    }
    let value = Rational::from_parts(Integer::from(numerator), denominator);
    Ok(if negative { -value } else { value })
}

fn check_length(text: &str) -> Result<(), ParseNumberError> {
    match text.len() {
        0 => Err(ParseNumberError::Empty),
        length if length > Limit::NumberLength.count() => Err(ParseNumberError::TooLong),
        _ => Ok(()),
    }
}

/// Splits a leading sign off; true where it is a minus.
fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn check_digits(text: &str) -> Result<(), ParseNumberError> {
    match text.chars().find(|character| !character.is_ascii_digit()) {
        Some(found) => Err(ParseNumberError::Unexpected(found)),
        None => Ok(()),
    }
}

fn read_exponent(text: &str) -> Result<i64, ParseNumberError> {
    let (negative, digits) = split_sign(text);
    check_digits(digits)?;
    if digits.is_empty() {
        return Err(ParseNumberError::MissingDigits);
    }
    // Leading zeros are harmless; what does not fit into 64 bits is too large anyway.
    let size = digits.parse::<i64>().unwrap_or(i64::MAX);
    if size > i64::try_from(Limit::Exponent.get()).unwrap_or(i64::MAX) {
        return Err(ParseNumberError::ExponentTooLarge);
    }
    Ok(if negative { -size } else { size })
}

fn read_whole(text: &str) -> Result<UBig, ParseNumberError> {
    check_digits(text)?;
    if text.is_empty() { Err(ParseNumberError::MissingDigits) } else { read_digits(text) }
}

/// Reads digits that were checked before.
fn read_digits(text: &str) -> Result<UBig, ParseNumberError> {
    UBig::from_str_radix(text, 10).map_err(|_| ParseNumberError::MissingDigits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fraction(numerator: i64, denominator: u64) -> Rational {
        Rational::from_parts(numerator.into(), denominator.into())
    }

    #[test]
    fn decimals_are_exact() {
        let table = [
            ("3", 3, 1),
            ("-0.10", -1, 10),
            (".5", 1, 2),
            ("5.", 5, 1),
            ("1e-8", 1, 100_000_000),
            ("+2.5E3", 2500, 1),
            ("-0", 0, 1),
            ("1e0000000000000000000000002", 100, 1),
            ("0.1000000000000000055", 200_000_000_000_000_011, 2_000_000_000_000_000_000),
        ];
        for (text, numerator, denominator) in table {
            assert_eq!(parse_decimal(text), Ok(fraction(numerator, denominator)), "{text}");
        }
        assert_eq!(parse_exact("-2/6"), Ok(fraction(-1, 3)));
        assert_eq!(parse_exact("1 / 3"), Ok(fraction(1, 3)));
        assert_eq!(parse_exact("0.25"), Ok(fraction(1, 4)));
    }

    #[test]
    fn refusals_say_why() {
        use ParseNumberError::{
            Empty, ExponentTooLarge, MissingDigits, TooLong, Unexpected, ZeroDenominator,
        };
        let long = "1".repeat(10_001);
        let table = [
            ("", Empty),
            ("1_000", Unexpected('_')),
            ("0x10", Unexpected('x')),
            ("1,5", Unexpected(',')),
            ("٣", Unexpected('٣')),
            ("--1", Unexpected('-')),
            ("1.2.3", Unexpected('.')),
            (".", MissingDigits),
            ("-", MissingDigits),
            ("1e", MissingDigits),
            ("1e10001", ExponentTooLarge),
            ("1e-99999999999999999999999", ExponentTooLarge),
            ("1/0", ZeroDenominator),
            ("1/", MissingDigits),
            ("1/-2", Unexpected('-')),
            ("1.5/2", Unexpected('.')),
            (&long, TooLong),
        ];
        for (text, error) in table {
            assert_eq!(parse_exact(text), Err(error), "{text}");
        }
    }
}
