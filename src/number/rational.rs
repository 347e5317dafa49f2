//! Arithmetic of fractions: in machine integers where they are short, which most are.
//!
//! ```text
//! a/b ± c/d = (ad ± cb)/(bd)      a/b c/d = (ac)/(bd)      a/b : c/d = (ad)/(bc)
//! ```
//!
//! With parts of a word each, the right sides have double words. What is longer is left to the
//! library, which takes common divisors before it multiplies.

use dashu_base::Sign as IntegerSign;

use super::Rational;

/// A fraction whose parts are words.
#[derive(Clone, Copy)]
struct Short {
    above: i64,
    below: u64,
}

impl Short {
    fn of(value: &Rational) -> Option<Self> {
        let above = i64::try_from(value.numerator()).ok()?;
        let below = u64::try_from(value.denominator()).ok()?;
        Some(Short { above, below })
    }

    /// The numerator times the other's denominator.
    fn cross(self, other: Self) -> i128 {
        i128::from(self.above) * i128::from(other.below)
    }

    /// The product of both denominators.
    fn below(self, other: Self) -> u128 {
        u128::from(self.below) * u128::from(other.below)
    }
}

/// Both as short fractions, if they are.
fn short(a: &Rational, b: &Rational) -> Option<(Short, Short)> {
    Some((Short::of(a)?, Short::of(b)?))
}

/// The fraction in lowest terms; its denominator is not zero.
fn fraction(above: i128, below: u128) -> Rational {
    let sign = if above < 0 { IntegerSign::Negative } else { IntegerSign::Positive };
    Rational::from_parts_const(sign, above.unsigned_abs(), below)
}

/// `a + b`
pub(super) fn add(a: &Rational, b: &Rational) -> Rational {
    let sum = short(a, b)
        .and_then(|(x, y)| Some(fraction(x.cross(y).checked_add(y.cross(x))?, x.below(y))));
    sum.unwrap_or_else(|| a + b)
}

/// `a - b`
pub(super) fn subtract(a: &Rational, b: &Rational) -> Rational {
    let difference = short(a, b)
        .and_then(|(x, y)| Some(fraction(x.cross(y).checked_sub(y.cross(x))?, x.below(y))));
    difference.unwrap_or_else(|| a - b)
}

/// `a b`
pub(super) fn multiply(a: &Rational, b: &Rational) -> Rational {
    match short(a, b) {
        Some((x, y)) => fraction(i128::from(x.above) * i128::from(y.above), x.below(y)),
        None => a * b,
    }
}

/// `a / b`; `b` is not zero.
pub(super) fn divide(a: &Rational, b: &Rational) -> Rational {
    let Some((x, y)) = short(a, b).filter(|(_, y)| y.above != 0) else { return a / b };
    let below = u128::from(x.below) * u128::from(y.above.unsigned_abs());
    let above = x.cross(y);
    fraction(if y.above < 0 { -above } else { above }, below)
}

/// The nearest double, where both parts are doubles themselves.
#[expect(clippy::cast_precision_loss, reason = "below 2^53 none is lost")]
pub(super) fn to_f64(value: &Rational) -> Option<f64> {
    const LARGEST: u64 = 1 << f64::MANTISSA_DIGITS;
    let Short { above, below } = Short::of(value)?;
    let exact = above.unsigned_abs() <= LARGEST && below <= LARGEST;
    exact.then(|| above as f64 / below as f64)
}

#[cfg(test)]
mod tests {
    use super::super::parse_exact;
    use super::*;

    #[test]
    fn short_and_long_fractions_agree_with_the_library() {
        let words = ["0", "1", "-1", "3/4", "-9223372036854775808", "9223372036854775807"];
        let long = [
            "1/18446744073709551615",
            "-9223372036854775808/18446744073709551615",
            "9223372036854775807/3",
            "9223372036854775808/5",
            "-7/18446744073709551617",
            "18446744073709551615/18446744073709551617",
        ];
        let numbers: Vec<Rational> =
            words.into_iter().chain(long).map(|text| parse_exact(text).unwrap()).collect();
        for a in &numbers {
            for b in &numbers {
                assert_eq!(add(a, b), a + b, "{a} + {b}");
                assert_eq!(subtract(a, b), a - b, "{a} - {b}");
                assert_eq!(multiply(a, b), a * b, "{a} * {b}");
                if !b.is_zero() {
                    assert_eq!(divide(a, b), a / b, "{a} / {b}");
                }
            }
        }
    }
}
