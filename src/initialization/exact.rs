//! Options as they were written: fractions and square roots of fractions, for formulas.
//!
//! Drawing needs no more than a double, but a printed variance `2/512` or `(1/3)²` does. A number
//! is therefore kept as a fraction or as the square root of one where it is such, and gives its
//! double, its square and its LaTeX on request.
//!
//! Exactness: fractions live in `i128`. What overflows is no longer a fraction: the operations
//! answer `None` and the caller falls back on the double.

/// A fraction in lowest terms; the denominator is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// Zero.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// The fraction in lowest terms, unless the denominator is zero or a sign does not fit.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = greatest_common_divisor(numerator, denominator)?;
        let divisor = if denominator < 0 { -divisor } else { divisor };
        let denominator = denominator.checked_div(divisor)?;
        (denominator > 0).then_some(())?;
        Some(Self { numerator: numerator.checked_div(divisor)?, denominator })
    }

    /// A whole number; a count that does not fit has no fraction.
    #[must_use]
    pub fn whole(count: usize) -> Option<Self> {
        Some(Self { numerator: i128::try_from(count).ok()?, denominator: 1 })
    }

    /// The numerator, which carries the sign.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator, at least 1.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The product, where it fits.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let numerator = self.numerator.checked_mul(other.numerator)?;
        Self::new(numerator, self.denominator.checked_mul(other.denominator)?)
    }

    /// The sum, where it fits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// The difference, where it fits.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { numerator: other.numerator.checked_neg()?, ..other })
    }

    /// The quotient, unless the divisor is zero or the result does not fit.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.denominator, other.numerator)?)
    }

    /// The nearest double, within one unit of its last place.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the rounding is what is asked for")]
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// A decimal where it ends within 30 digits, otherwise `\frac{p}{q}`.
    #[must_use]
    pub fn latex(self) -> String {
        self.decimal().unwrap_or_else(|| {
            let sign = if self.numerator < 0 { "-" } else { "" };
            format!("{sign}\\frac{{{}}}{{{}}}", self.numerator.unsigned_abs(), self.denominator)
        })
    }

    fn decimal(self) -> Option<String> {
        let (mut scale, mut places) = (1_i128, 0_usize);
        while scale % self.denominator != 0 {
            scale = scale.checked_mul(10)?;
            places += 1;
            (places <= 30).then_some(())?;
        }
        let digits = self.numerator.checked_mul(scale / self.denominator)?.unsigned_abs();
        let sign = if self.numerator < 0 { "-" } else { "" };
        if places == 0 {
            return Some(format!("{sign}{digits}"));
        }
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, rest) = digits.split_at(digits.len() - places);
        Some(format!("{sign}{whole}.{rest}"))
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> Option<i128> {
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (a != 0).then_some(a)
}

/// An option's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A fraction.
    Fraction(Fraction),
    /// The square root of a fraction that is not negative, such as `√2`.
    Root(Fraction),
    /// Anything else, known to double precision only.
    Real(f64),
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self::Fraction(Fraction::ZERO);
    /// One.
    pub const ONE: Self = Self::Fraction(Fraction::ONE);

    /// The fraction `numerator / denominator`, or its double where it is not one.
    #[must_use]
    pub fn ratio(numerator: i128, denominator: i128) -> Self {
        Fraction::new(numerator, denominator).map_or(Self::Real(f64::NAN), Self::Fraction)
    }

    /// As a double.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Fraction(fraction) => fraction.value(),
            Self::Root(square) => square.value().sqrt(),
            Self::Real(value) => value,
        }
    }

    /// The square as a fraction, where it is one.
    #[must_use]
    pub fn square(self) -> Option<Fraction> {
        match self {
            Self::Fraction(fraction) => fraction.times(fraction),
            Self::Root(square) => Some(square),
            Self::Real(_) => None,
        }
    }

    /// The value as LaTeX, exact for all but [`Number::Real`], which prints its shortest decimal.
    #[must_use]
    pub fn latex(self) -> String {
        match self {
            Self::Fraction(fraction) => fraction.latex(),
            Self::Root(square) => format!("\\sqrt{{{}}}", square.latex()),
            Self::Real(value) => format!("{value}"),
        }
    }

    /// The square as LaTeX: `0.05^2`, `\left(\frac{1}{3}\right)^2`, `2` for `√2`, `1` for 1.
    #[must_use]
    pub fn squared_latex(self) -> String {
        match self {
            Self::Root(square) => square.latex(),
            Self::Fraction(fraction) if fraction.times(fraction) == Some(fraction) => {
                fraction.latex()
            }
            Self::Fraction(_) | Self::Real(_) => {
                let base = self.latex();
                let plain = base.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                if plain { format!("{base}^2") } else { format!("\\left({base}\\right)^2") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_prints_as_a_decimal_where_it_ends() {
        let table = [
            ((1, 10), "0.1", "0.1^2"),
            ((-7, 2), "-3.5", r"\left(-3.5\right)^2"),
            ((1, 3), r"\frac{1}{3}", r"\left(\frac{1}{3}\right)^2"),
            ((-2, 6), r"-\frac{1}{3}", r"\left(-\frac{1}{3}\right)^2"),
            ((4, 4), "1", "1"),
            ((0, 5), "0", "0"),
            ((3, -4), "-0.75", r"\left(-0.75\right)^2"),
        ];
        for ((numerator, denominator), latex, squared) in table {
            let number = Number::ratio(numerator, denominator);
            assert_eq!(number.latex(), latex, "{numerator}/{denominator}");
            assert_eq!(number.squared_latex(), squared, "{numerator}/{denominator}");
        }
    }

    #[test]
    fn what_does_not_fit_is_not_a_fraction() {
        assert_eq!(Fraction::new(1, 0), None);
        assert_eq!(Fraction::new(i128::MIN, 1), None);
        let large = Fraction::new(i128::MAX, 1).unwrap();
        assert_eq!(large.times(large), None);
        assert_eq!(large.plus(Fraction::ONE), None);
        assert_eq!(Fraction::ONE.over(Fraction::ZERO), None);
    }
}
