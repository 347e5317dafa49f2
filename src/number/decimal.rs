//! Decimals: the only place that rounds.
//!
//! A rounded decimal is the correctly rounded value of the true number. A fraction is
//! rounded by integer arithmetic, where ties are seen; any other number by its ball:
//! rounding is monotone, so when both ends round alike, so does all between them.
//! Where they differ the precision is doubled, and in the end the digit is reported as
//! undecided, never chosen.
//!
//! What ends within the digits asked for is exact, printed without trailing zeros, and
//! an integer is always exact; zero is `0`. What is not zero, but would round to zero,
//! gets one significant digit.

use dashu_base::{BitTest, DivRem};
use dashu_int::UBig;

use super::ball::{Ball, BallFault, MAX_EXPONENT};
use super::decide::{MAX_BITS, MIN_BITS, ladder};
use super::evaluate::evaluate;
use super::fault::{Fault, OutOfRange, Sign, Undecided};
use super::integer::{power_of_ten, power_of_two, scale_by_ten, unsigned};
use super::real::Real;
use super::{Integer, Rational};

/// Most digits that are written.
const MAX_DIGITS: u32 = 10_000;

/// How many digits are asked for; beyond 10,000 is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Digits after the decimal point.
    Decimals(u32),
    /// Digits from the first that is not zero; 0 counts as 1.
    Significant(u32),
}

/// Where a tie goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Away from zero: 0.125 to 0.13, -0.125 to -0.13.
    HalfUp,
    /// To the even digit: 0.125 to 0.12.
    HalfEven,
}

/// A decimal, exact or rounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The decimal itself.
    pub value: Rational,
    /// Whether the decimal is the number that was to be written.
    pub exact: bool,
    pub(super) digits: Integer,
    pub(super) places: i64,
}

/// `digits / 10^places`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    digits: Integer,
    places: i64,
}

impl Decimal {
    fn new(candidate: Candidate, exact: bool) -> Self {
        let Candidate { digits, places } = candidate;
        let value = scale_by_ten(&Rational::from(digits.clone()), -places);
        Decimal { value, exact, digits, places }
    }

    /// An exact decimal, without trailing zeros after the point.
    pub(super) fn exact(value: &Rational) -> Option<Self> {
        let places = places_needed(value.denominator())?;
        let digits = scale_by_ten(value, places).numerator().clone();
        Some(Decimal { value: value.clone(), exact: true, digits, places })
    }
}

impl Decimal {
    /// Half a unit of the last digit.
    ///
    /// ```
    /// use gradsheet::number::{Precision, Real, Rounding, parse_exact, round};
    ///
    /// let third = Real::from(parse_exact("1/3")?);
    /// let shown = round(&third, Precision::Decimals(2), Rounding::HalfUp)?;
    /// assert_eq!(shown.half_unit(), parse_exact("0.005")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn half_unit(&self) -> Rational {
        scale_by_ten(&Rational::ONE, -self.places) / Rational::from(2)
    }

    /// Digits without leading zeros, and digits after the mark.
    pub(super) fn length(&self) -> (u64, u64) {
        let digits = unsigned(&self.digits).to_string().len();
        let places = u64::try_from(self.places).unwrap_or(0);
        (u64::try_from(digits).unwrap_or(u64::MAX), places)
    }
}

/// Writes a number with the digits asked for.
///
/// # Errors
/// [`Fault::Undecided`] where a sign or a digit stays open, [`Fault::OutOfRange`] where
/// the number is too large for the digits asked for, or too small.
pub fn round(value: &Real, precision: Precision, rounding: Rounding) -> Result<Decimal, Fault> {
    let (Precision::Decimals(count) | Precision::Significant(count)) = precision;
    if count > MAX_DIGITS {
        return Err(OutOfRange.into());
    }
    let Some(rational) = value.as_rational() else {
        return round_irrational(value, precision, rounding);
    };
    match Decimal::exact(rational) {
        Some(decimal) if rational.is_int() || decimal.fits(precision) => Ok(decimal),
        _ => Ok(round_rational(rational, precision, rounding)),
    }
}

/// As [`round`], but integers too are cut to the number of digits.
pub(super) fn significant(value: &Real, digits: u32) -> Result<Decimal, Fault> {
    let precision = Precision::Significant(digits);
    match value.as_rational() {
        None => round_irrational(value, precision, Rounding::HalfEven),
        Some(rational) => Ok(match Decimal::exact(rational) {
            Some(decimal) if decimal.fits(precision) => decimal,
            _ => round_rational(rational, precision, Rounding::HalfEven),
        }),
    }
}

impl Decimal {
    fn fits(&self, precision: Precision) -> bool {
        match precision {
            Precision::Decimals(places) => self.places <= i64::from(places),
            Precision::Significant(count) => {
                let text = unsigned(&self.digits).to_string();
                text.trim_end_matches('0').len() <= usize::try_from(count.max(1)).unwrap_or(0)
            }
        }
    }
}

fn round_rational(value: &Rational, precision: Precision, rounding: Rounding) -> Decimal {
    let candidate = candidate(value.numerator(), value.denominator(), precision, rounding);
    let decimal = Decimal::new(candidate, false);
    if decimal.value == *value { Decimal { exact: true, ..decimal } } else { decimal }
}

fn round_irrational(
    value: &Real,
    precision: Precision,
    rounding: Rounding,
) -> Result<Decimal, Fault> {
    if evaluate(value, MIN_BITS) == Err(BallFault::OutOfRange) {
        return Err(OutOfRange.into());
    }
    let sign = value.sign()?;
    if sign == Sign::Zero {
        return Ok(Decimal::new(Candidate { digits: Integer::ZERO, places: 0 }, true));
    }
    let (Precision::Decimals(count) | Precision::Significant(count)) = precision;
    let mut last = None;
    for bits in ladder(count.saturating_mul(10) / 3 + 16) {
        match evaluate(value, bits) {
            Err(BallFault::OutOfRange) => return Err(OutOfRange.into()),
            Err(BallFault::Coarse) => {}
            Ok(ball) => {
                if ball.sign() == Some(sign)
                    && let Some(found) = agreed(&ball, precision, rounding)
                {
                    return Ok(Decimal::new(found, false));
                }
                last = Some(ball);
            }
        }
    }
    let hopeless = |ball: &Ball| {
        let size = ball.magnitude_bits();
        size > i64::from(MAX_BITS) || size <= -MAX_EXPONENT / 2
    };
    if last.as_ref().is_none_or(hopeless) {
        return Err(OutOfRange.into());
    }
    Err(Undecided { bits: MAX_BITS }.into())
}

/// What both ends of a ball round to, if they agree.
fn agreed(ball: &Ball, precision: Precision, rounding: Rounding) -> Option<Candidate> {
    let round_end = |(mid, exp): (Integer, i64)| {
        if exp >= 0 {
            candidate(&(mid * power_of_two(exp)), &UBig::ONE, precision, rounding)
        } else {
            candidate(&mid, &unsigned(&power_of_two(-exp)), precision, rounding)
        }
    };
    // Ends that differ in more than the last digits cannot agree.
    if ball.accuracy() < 3 {
        return None;
    }
    let low = round_end(ball.lower_parts());
    (low == round_end(ball.upper_parts())).then_some(low)
}

/// Rounds a fraction other than zero.
fn candidate(
    numerator: &Integer,
    denominator: &UBig,
    precision: Precision,
    rounding: Rounding,
) -> Candidate {
    match precision {
        Precision::Decimals(places) => {
            let places = i64::from(places);
            let digits = round_at(numerator, denominator, places, rounding);
            if digits.is_zero() {
                significant_digits(numerator, denominator, 1, rounding)
            } else {
                Candidate { digits, places }
            }
        }
        Precision::Significant(count) => {
            significant_digits(numerator, denominator, i64::from(count.max(1)), rounding)
        }
    }
}

fn significant_digits(
    numerator: &Integer,
    denominator: &UBig,
    count: i64,
    rounding: Rounding,
) -> Candidate {
    let places = count - 1 - floor_log10(&unsigned(numerator), denominator);
    let digits = round_at(numerator, denominator, places, rounding);
    // Rounding up may carry into a new digit: 9.996 becomes 10.0, not 10.00.
    if unsigned(&digits) == power_of_ten(count.unsigned_abs()) {
        return Candidate { digits: digits / 10_u8, places: places - 1 };
    }
    Candidate { digits, places }
}

/// `n/d * 10^places`, rounded to an integer.
fn round_at(numerator: &Integer, denominator: &UBig, places: i64, rounding: Rounding) -> Integer {
    let power = power_of_ten(places.unsigned_abs());
    let (sign, size) = numerator.clone().into_parts();
    let (above, below) =
        if places >= 0 { (size * power, denominator.clone()) } else { (size, denominator * power) };
    let (mut quotient, rest) = above.div_rem(&below);
    let away = match ((rest << 1).cmp(&below), rounding) {
        (std::cmp::Ordering::Less, _) => false,
        (std::cmp::Ordering::Greater, _) | (_, Rounding::HalfUp) => true,
        (std::cmp::Ordering::Equal, Rounding::HalfEven) => quotient.bit(0),
    };
    if away {
        quotient += 1_u8;
    }
    Integer::from_parts(sign, quotient)
}

/// The `e` with `10^e <= n/d < 10^(e+1)`.
fn floor_log10(numerator: &UBig, denominator: &UBig) -> i64 {
    let length = |value: &UBig| i64::try_from(value.bit_len()).unwrap_or(i64::MAX / 4);
    // n/d > 2^(difference - 1); the estimate errs by less than two, always downwards.
    let bits = length(numerator) - length(denominator) - 1;
    let mut exponent = (bits * 30_103).div_euclid(100_000) - 1;
    while reaches(numerator, denominator, exponent + 1) {
        exponent += 1;
    }
    exponent
}

/// Whether `n/d >= 10^exponent`.
fn reaches(numerator: &UBig, denominator: &UBig, exponent: i64) -> bool {
    let power = power_of_ten(exponent.unsigned_abs());
    if exponent >= 0 {
        *numerator >= denominator * power
    } else {
        numerator * power >= *denominator
    }
}

/// How many decimals a fraction with this denominator needs, if it ends.
fn places_needed(denominator: &UBig) -> Option<i64> {
    let mut rest = denominator.clone();
    let twos = rest.remove(&UBig::from(2_u8)).unwrap_or(0);
    let fives = rest.remove(&UBig::from(5_u8)).unwrap_or(0);
    if rest.is_one() { i64::try_from(twos.max(fives)).ok() } else { None }
}
