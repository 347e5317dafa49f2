//! Arithmetic of fractions: in machine words where they are short, which most are.
//!
//! ```text
//! a/b ± c/d = (ad ± cb)/(bd)      a/b c/d = (ac)/(bd)      a/b : c/d = (ad)/(bc)
//! ```
//!
//! With parts of a word each, the right sides have double words. What is longer is left to the
//! library, which takes common divisors before it multiplies.

use std::cmp::Ordering;
use std::num::NonZeroU64;

use dashu_base::{Gcd, Sign as IntegerSign};

use super::{Integer, Rational, Sign};

/// A fraction in lowest terms whose parts are words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Short {
    above: i64,
    below: NonZeroU64,
}

/// A fraction whose parts are double words; below is not zero.
type Double = (i128, u128);

impl Short {
    pub(super) const ZERO: Self = Self::integer(0);
    pub(super) const ONE: Self = Self::integer(1);

    pub(super) const fn integer(value: i64) -> Self {
        Short { above: value, below: NonZeroU64::MIN }
    }

    /// A fraction, if it is short.
    pub(super) fn of(value: &Rational) -> Option<Self> {
        let above = i64::try_from(value.numerator()).ok()?;
        let below = u64::try_from(value.denominator()).ok()?;
        Some(Short { above, below: NonZeroU64::new(below)? })
    }

    /// A fraction in lowest terms, if it is short then.
    fn lowest((above, below): Double) -> Option<Self> {
        if below == 1 {
            return i64::try_from(above).ok().map(Self::integer);
        }
        // A common divisor of words takes a fraction of the time.
        let (above, below) = match (u64::try_from(above.unsigned_abs()), u64::try_from(below)) {
            (Ok(size), Ok(below)) => {
                let common = size.gcd(below);
                (above.signum() * i128::from(size / common), below / common)
            }
            _ => {
                let size = above.unsigned_abs();
                let common = size.gcd(below);
                let reduced = i128::try_from(size / common).ok()?;
                (above.signum() * reduced, u64::try_from(below / common).ok()?)
            }
        };
        Some(Short { above: i64::try_from(above).ok()?, below: NonZeroU64::new(below)? })
    }

    pub(super) fn rational(self) -> Rational {
        let above = Integer::from(self.above);
        if self.is_integer() {
            above.into()
        } else {
            Rational::from_parts(above, self.below.get().into())
        }
    }

    pub(super) fn is_zero(self) -> bool {
        self.above == 0
    }

    pub(super) fn is_integer(self) -> bool {
        self.below == NonZeroU64::MIN
    }

    pub(super) fn sign(self) -> Sign {
        match self.above.cmp(&0) {
            Ordering::Less => Sign::Negative,
            Ordering::Equal => Sign::Zero,
            Ordering::Greater => Sign::Positive,
        }
    }

    pub(super) fn order(self, other: Self) -> Ordering {
        self.cross(other).cmp(&other.cross(self))
    }

    /// `-a`, if it is short.
    pub(super) fn negative(self) -> Option<Self> {
        Some(Short { above: self.above.checked_neg()?, ..self })
    }

    /// `a + b`, if it and what leads to it are short.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        if let (true, true) = (self.is_integer(), other.is_integer()) {
            return self.above.checked_add(other.above).map(Self::integer);
        }
        Self::lowest(self.sum(other)?)
    }

    /// `a - b`, likewise.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        if let (true, true) = (self.is_integer(), other.is_integer()) {
            return self.above.checked_sub(other.above).map(Self::integer);
        }
        Self::lowest(self.difference(other)?)
    }

    /// `a b`, if it is short.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        Self::lowest(self.product(other))
    }

    /// `a / b`, if it is short; there is none by zero.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        Self::lowest(self.quotient(other)?)
    }

    /// `a^n`, if it is short: powers have no common divisor either.
    pub(super) fn power(self, exponent: u32) -> Option<Self> {
        let above = self.above.checked_pow(exponent)?;
        Some(Short { above, below: self.below.checked_pow(exponent)? })
    }

    /// The nearest double, where both parts are doubles themselves.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 none is lost")]
    pub(super) fn to_f64(self) -> Option<f64> {
        const LARGEST: u64 = 1 << f64::MANTISSA_DIGITS;
        let (above, below) = (self.above, self.below.get());
        let exact = above.unsigned_abs() <= LARGEST && below <= LARGEST;
        exact.then(|| above as f64 / below as f64)
    }

    fn sum(self, other: Self) -> Option<Double> {
        Some((self.cross(other).checked_add(other.cross(self))?, self.common_denominator(other)))
    }

    fn difference(self, other: Self) -> Option<Double> {
        Some((self.cross(other).checked_sub(other.cross(self))?, self.common_denominator(other)))
    }

    fn product(self, other: Self) -> Double {
        (i128::from(self.above) * i128::from(other.above), self.common_denominator(other))
    }

    fn quotient(self, other: Self) -> Option<Double> {
        let below = u128::from(self.below.get()) * u128::from(other.above.unsigned_abs());
        let above = self.cross(other);
        (below != 0).then_some((if other.above < 0 { -above } else { above }, below))
    }

    /// The numerator times the other's denominator.
    fn cross(self, other: Self) -> i128 {
        i128::from(self.above) * i128::from(other.below.get())
    }

    /// The product of both denominators.
    fn common_denominator(self, other: Self) -> u128 {
        u128::from(self.below.get()) * u128::from(other.below.get())
    }
}

/// Both as short fractions, if they are.
fn short(a: &Rational, b: &Rational) -> Option<(Short, Short)> {
    Some((Short::of(a)?, Short::of(b)?))
}

/// The fraction in lowest terms.
fn fraction((above, below): Double) -> Rational {
    let sign = if above < 0 { IntegerSign::Negative } else { IntegerSign::Positive };
    Rational::from_parts_const(sign, above.unsigned_abs(), below)
}

/// `a + b`
pub(super) fn add(a: &Rational, b: &Rational) -> Rational {
    short(a, b).and_then(|(x, y)| x.sum(y)).map_or_else(|| a + b, fraction)
}

/// `a - b`
pub(super) fn subtract(a: &Rational, b: &Rational) -> Rational {
    short(a, b).and_then(|(x, y)| x.difference(y)).map_or_else(|| a - b, fraction)
}

/// `a b`
pub(super) fn multiply(a: &Rational, b: &Rational) -> Rational {
    short(a, b).map_or_else(|| a * b, |(x, y)| fraction(x.product(y)))
}

/// `a / b`; `b` is not zero.
pub(super) fn divide(a: &Rational, b: &Rational) -> Rational {
    short(a, b).and_then(|(x, y)| x.quotient(y)).map_or_else(|| a / b, fraction)
}

#[cfg(test)]
mod tests {
    use super::super::integer::size;
    use super::super::parse_exact;
    use super::*;

    #[test]
    fn short_and_long_fractions_agree_with_the_library() {
        let words = [
            "0",
            "1",
            "-1",
            "12",
            "3/4",
            "-9/2",
            "5/6",
            "-9223372036854775808",
            "9223372036854775807",
            "4294967296/9",
            "-2097151",
        ];
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
                let Some((x, y)) = short(a, b) else { continue };
                let is_long = |part: &Rational| size(part) > 62;
                let same = |found: Option<Short>, exact: Rational| match found {
                    // In lowest terms, or equal numbers would have unequal forms.
                    Some(found) => {
                        assert!(Short::of(&exact) == Some(found), "{a} and {b}");
                        assert_eq!(found.rational(), exact);
                    }
                    // Sums of long words may not even fit double ones.
                    None => assert!(Short::of(&exact).is_none() || is_long(a) || is_long(b)),
                };
                same(x.plus(y), a + b);
                same(x.minus(y), a - b);
                same(x.times(y), a * b);
                same(x.negative(), -a);
                same(x.power(3), a * a * a);
                assert_eq!(x.order(y), a.cmp(b), "{a} and {b}");
                match y.is_zero() {
                    true => assert!(x.over(y).is_none()),
                    false => same(x.over(y), a / b),
                }
            }
        }
    }
}
