//! How decimals print: positional, scientific, in LaTeX, in the trace.

use super::decimal::{Decimal, significant};
use super::fault::Fault;
use super::integer::{is_negative, magnitude, magnitude_text};
use super::real::Real;
use super::{Integer, Rational};

/// Exponents that LaTeX writes out.
const LATEX_EXPONENTS: std::ops::RangeInclusive<i64> = -4..=15;
/// Exponents that the trace writes out.
const TRACE_EXPONENTS: std::ops::RangeInclusive<i64> = -7..=20;
/// Significant digits in the trace.
const TRACE_DIGITS: u32 = 40;
/// Longest input that prints as a decimal.
const INPUT_DIGITS: i64 = 60;

impl Decimal {
    /// The decimal with all its digits before and after the mark: `-0.40`.
    #[must_use]
    pub fn to_plain(&self, mark: char) -> String {
        self.positional(mark.encode_utf8(&mut [0; 4]))
    }

    /// The decimal with one digit before the mark: `1.2e-9`.
    #[must_use]
    pub fn to_scientific(&self, mark: char) -> String {
        let (mantissa, exponent) = self.mantissa(&mark.to_string());
        format!("{}{mantissa}e{exponent}", self.sign())
    }

    /// LaTeX: positional, or `1.2 \cdot 10^{-9}` where the exponent is below -4 or
    /// above 15. A mark other than the point stands in braces, which keeps TeX from
    /// setting space after it.
    #[must_use]
    pub fn to_latex(&self, mark: char) -> String {
        let mark = latex_mark(mark);
        if self.digits.is_zero() || LATEX_EXPONENTS.contains(&self.exponent()) {
            return self.positional(&mark);
        }
        let (mantissa, exponent) = self.mantissa(&mark);
        match mantissa.as_str() {
            "1" if self.exact => format!("{}10^{{{exponent}}}", self.sign()),
            _ => format!("{}{mantissa} \\cdot 10^{{{exponent}}}", self.sign()),
        }
    }

    /// As a scenario writes it: positional, or `1.2e-9` where the exponent is below -4 or
    /// above 15.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.digits.is_zero() || LATEX_EXPONENTS.contains(&self.exponent()) {
            return self.to_plain('.');
        }
        self.to_scientific('.')
    }

    fn sign(&self) -> &'static str {
        if self.digits < Integer::ZERO { "-" } else { "" }
    }

    /// All digits, leading zeros not counted.
    fn digit_text(&self) -> String {
        magnitude_text(&self.digits)
    }

    /// The power of ten of the first digit.
    fn exponent(&self) -> i64 {
        i64::try_from(self.length().0).unwrap_or(i64::MAX) - 1 - self.places
    }

    /// The sign and all digits, with the mark among them.
    fn positional(&self, mark: &str) -> String {
        let digits = self.digit_text();
        let length = digits.len().max(usize::try_from(self.places).unwrap_or(0));
        // Room for the sign, a zero in front and the mark.
        let mut text = String::with_capacity(length + 2 + mark.len());
        text += self.sign();
        let Some(places) = usize::try_from(self.places).ok().filter(|places| *places > 0) else {
            let zeros = usize::try_from(self.places.unsigned_abs()).unwrap_or(0);
            return text + &digits + &"0".repeat(zeros);
        };
        let whole = digits.len().saturating_sub(places);
        text += if whole == 0 { "0" } else { &digits[..whole] };
        text += mark;
        text.extend(std::iter::repeat_n('0', places.saturating_sub(digits.len())));
        text + &digits[whole..]
    }

    /// Digits with the mark after the first, and the exponent. An exact decimal drops
    /// its trailing zeros, a rounded one keeps those that were asked for.
    fn mantissa(&self, mark: &str) -> (String, i64) {
        let digits = self.digit_text();
        let kept = if self.exact { digits.trim_end_matches('0') } else { &digits };
        if kept.is_empty() {
            return ("0".to_owned(), 0);
        }
        let (first, others) = kept.split_at(1);
        let separator = if others.is_empty() { "" } else { mark };
        (format!("{first}{separator}{others}"), self.exponent())
    }
}

fn latex_mark(mark: char) -> String {
    if mark == '.' { ".".to_owned() } else { format!("{{{mark}}}") }
}

/// An input as a scenario writes it, always exactly: as a decimal where it ends within 60
/// digits, as a fraction else.
#[must_use]
pub fn exact_input_text(value: &Rational) -> String {
    let decimal = Decimal::exact(value).filter(|decimal| {
        let digits = decimal.digit_text().trim_end_matches('0').len();
        i64::try_from(digits).is_ok_and(|digits| digits <= INPUT_DIGITS)
    });
    decimal.map_or_else(|| value.to_string(), |decimal| decimal.to_text())
}

/// An input as LaTeX, always exactly: as a decimal where it ends within 60 digits, as a
/// power of ten where it is one digit and far from 1 (`10^{-8}`), as a fraction else.
#[must_use]
pub fn exact_input_latex(value: &Rational, mark: char) -> String {
    if let Some(decimal) = Decimal::exact(value) {
        let text = decimal.digit_text();
        let single = text.trim_end_matches('0').len() <= 1;
        let short = decimal.places <= INPUT_DIGITS && decimal.exponent() < INPUT_DIGITS;
        if single {
            return decimal.to_latex(mark);
        }
        if short {
            return decimal.to_plain_latex(mark);
        }
        if i64::try_from(text.trim_end_matches('0').len()).is_ok_and(|n| n <= INPUT_DIGITS) {
            return decimal.to_latex(mark);
        }
    }
    let sign = if is_negative(value) { "-" } else { "" };
    let size = magnitude(value);
    if size.is_int() {
        return format!("{sign}{size}");
    }
    format!("{sign}\\frac{{{}}}{{{}}}", size.numerator(), size.denominator())
}

impl Decimal {
    fn to_plain_latex(&self, mark: char) -> String {
        self.positional(&latex_mark(mark))
    }
}

/// A value as the trace has it: all digits where it ends within 40 significant ones,
/// else 40 correctly rounded ones; positional for exponents from -7 to 20.
///
/// # Errors
/// As [`super::round`].
pub fn trace_decimal(value: &Real) -> Result<String, Fault> {
    let decimal = significant(value, TRACE_DIGITS)?;
    if decimal.digits.is_zero() || TRACE_EXPONENTS.contains(&decimal.exponent()) {
        Ok(decimal.to_plain('.'))
    } else {
        Ok(decimal.to_scientific('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Precision, Rounding, parse_exact, round};
    use super::*;

    #[test]
    fn decimals_print_in_every_notation() {
        let table = [
            ("0", 3, "0", "0", "0e0"),
            ("-2", 3, "-2", "-2", "-2e0"),
            ("2/5", 3, "0,4", "0{,}4", "4e-1"),
            ("1/3", 3, "0,333", "0{,}333", "3,33e-1"),
            ("0.39999", 3, "0,400", "0{,}400", "4,00e-1"),
            ("-1/80001", 2, "-0,000012", "-1{,}2 \\cdot 10^{-5}", "-1,2e-5"),
            ("1e-8", 2, "0,00000001", "10^{-8}", "1e-8"),
            ("-1e-8", 2, "-0,00000001", "-10^{-8}", "-1e-8"),
            ("3e-8", 2, "0,00000003", "3 \\cdot 10^{-8}", "3e-8"),
            ("1.00001e-8", 1, "0,00000001", "1 \\cdot 10^{-8}", "1e-8"),
            ("1e16", 2, "10000000000000000", "10^{16}", "1e16"),
            ("2e15", 2, "2000000000000000", "2000000000000000", "2e15"),
            ("123456.7", 2, "120000", "120000", "1,2e5"),
            ("0.0001", 2, "0,0001", "0{,}0001", "1e-4"),
        ];
        for (text, digits, plain, latex, scientific) in table {
            let value = Real::from(parse_exact(text).unwrap());
            let decimal = round(&value, Precision::Significant(digits), Rounding::HalfUp).unwrap();
            assert_eq!(decimal.to_plain(','), plain);
            assert_eq!(decimal.to_latex(','), latex);
            assert_eq!(decimal.to_scientific(','), scientific);
        }
    }

    #[test]
    fn inputs_print_exactly() {
        let table = [
            ("0.1", "0.1"),
            ("-3", "-3"),
            ("1/3", "\\frac{1}{3}"),
            ("-22/7", "-\\frac{22}{7}"),
            ("1e-8", "10^{-8}"),
            ("-2e-12", "-2 \\cdot 10^{-12}"),
            ("1.5e-8", "0.000000015"),
            ("0.0001", "0.0001"),
            ("1e20", "10^{20}"),
            ("12345678901234567890", "12345678901234567890"),
            ("1.5e-3000", "1.5 \\cdot 10^{-3000}"),
            ("0", "0"),
        ];
        for (text, latex) in table {
            assert_eq!(exact_input_latex(&parse_exact(text).unwrap(), '.'), latex);
        }
    }

    #[test]
    fn inputs_print_as_a_scenario_has_them() {
        let table = [
            ("0.1", "0.1"),
            ("-3", "-3"),
            ("1/3", "1/3"),
            ("-22/7", "-22/7"),
            ("1e-8", "1e-8"),
            ("-1.5e-8", "-1.5e-8"),
            ("0.0001", "0.0001"),
            ("1e20", "1e20"),
            ("0", "0"),
        ];
        for (text, expected) in table {
            assert_eq!(exact_input_text(&parse_exact(text).unwrap()), expected);
        }
    }

    #[test]
    fn traces_keep_forty_digits() {
        let table = [
            ("1/3", "0.3333333333333333333333333333333333333333"),
            ("-0.5", "-0.5"),
            ("1/8", "0.125"),
            ("1e-7", "0.0000001"),
            ("1e-8", "1e-8"),
            ("1.25e-9", "1.25e-9"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1e21"),
            ("1234567890123456789012", "1.234567890123456789012e21"),
            (
                "12345678901234567890123456789012345678905/100",
                "1.234567890123456789012345678901234567890e38",
            ),
        ];
        for (text, expected) in table {
            let value = Real::from(parse_exact(text).unwrap());
            assert_eq!(trace_decimal(&value).as_deref(), Ok(expected), "{text}");
        }
    }
}
