//! Decimals: the only place that rounds.
//!
//! A rounded decimal is the correctly rounded value of the true number. A fraction is
//! rounded by integer arithmetic, where ties are seen; any other number by its ball:
//! rounding is monotone, so when both ends round alike, so does all between them.
//! Where they differ the precision is doubled. In the end the sign of the number less the
//! border between both decimals is asked for, which may be proved where no ball tells it;
//! else the digit is reported as undecided, never chosen.
//!
//! What ends within the digits asked for is exact, printed without trailing zeros, and
//! an integer is always exact; zero is `0`. What is not zero, but would round to zero,
//! gets one significant digit.

use std::cmp::Ordering;

use dashu_base::{BitTest, DivRem};
use dashu_int::UBig;

use super::ball::{Ball, BallFault, WRITTEN_EXPONENT};
use super::decide::{PROOF_BITS, evaluate_cleared, ladder, max_bits};
use super::double::Double;
use super::evaluate::{evaluate, known_bits};
use super::fault::{Fault, OutOfRange, Question, Sign, Undecided};
use super::integer::{
    bit_length, magnitude_text, power_of_ten, power_of_two, scale_by_ten, sign_of, size, unsigned,
};
use super::lazy::Lazy;
use super::normal::Normal;
use super::real::{Kind, Real};
use super::zero::clear;
use super::{Integer, Rational};

/// Most digits that are written.
const MAX_DIGITS: u32 = 10_000;
/// Fractions above this many bits are rounded by balls first, which look at their leading
/// digits only.
const LONG: usize = 1 << 12;
/// Balls that are tried before a number's form is worked out.
const TRIES: usize = 2;
/// Further bits of the balls that are rounded first.
const SPARE_BITS: u32 = 16;

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
        let scale = power_of_ten(places.unsigned_abs()) / value.denominator();
        let digits = value.numerator() * scale;
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
        scale_by_ten(&Rational::from_parts(Integer::ONE, 2_u8.into()), -self.places)
    }

    /// Digits without leading zeros, and digits after the mark.
    pub(super) fn length(&self) -> (u64, u64) {
        let digits = match u64::try_from(&unsigned(&self.digits)) {
            Ok(word) => u64::from(word.checked_ilog10().unwrap_or(0)) + 1,
            Err(_) => u64::try_from(magnitude_text(&self.digits).len()).unwrap_or(u64::MAX),
        };
        (digits, u64::try_from(self.places).unwrap_or(0))
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
    let value = match value.kind() {
        Kind::Normal(normal) => normal,
        Kind::Lazy(lazy) => match round_by_balls(lazy, precision, rounding.into()) {
            Some(decimal) => return Ok(decimal),
            None => lazy.form(),
        },
    };
    let Some(rational) = &value.as_rational() else {
        return round_irrational(value, precision, rounding);
    };
    match Decimal::within(rational, precision) {
        Some(decimal) if rational.is_int() || decimal.fits(precision) => Ok(decimal),
        _ => Ok(round_rational(rational, precision, rounding.into())),
    }
}

/// Rounds a number whose form is not known, if a ball tells the digits and that they are not all
/// of it: it holds neither the decimal itself nor an integer, which would print as they are.
fn round_by_balls(lazy: &Lazy, precision: Precision, ties: Ties) -> Option<Decimal> {
    let known = precision.bits().max(lazy.known_bits());
    ladder(known).take(TRIES).find_map(|bits| {
        let ball = lazy.evaluate(bits).ok()?;
        let decimal = Decimal::new(agreed_of_long(&ball, precision, ties)?, false);
        let (low, high) = (ball.lower(), ball.upper());
        let is_decimal = low <= decimal.value && decimal.value <= high;
        (!is_decimal && low.ceil() > high.floor()).then_some(decimal)
    })
}

/// As [`round`], but integers too are cut to the number of digits.
pub(super) fn significant(value: &Real, digits: u32) -> Result<Decimal, Fault> {
    let precision = Precision::Significant(digits);
    if let Kind::Lazy(lazy) = value.kind()
        && let Some(decimal) = round_by_balls(lazy, precision, Ties::Even)
    {
        return Ok(decimal);
    }
    let value = value.normal();
    match &value.as_rational() {
        None => round_irrational(value, precision, Rounding::HalfEven),
        Some(rational) => Ok(match Decimal::within(rational, precision) {
            Some(decimal) if decimal.fits(precision) => decimal,
            _ => round_rational(rational, precision, Ties::Even),
        }),
    }
}

impl Decimal {
    /// An exact decimal, if there can be one with so many digits: the denominator divides a
    /// power of ten with as many zeros as there are decimals, and what is no integer has at
    /// least the digits of its numerator.
    fn within(value: &Rational, precision: Precision) -> Option<Self> {
        let part = match precision {
            Precision::Decimals(_) => value.denominator().as_ibig(),
            Precision::Significant(_) => value.numerator(),
        };
        let long = bit_length(part) > 4 * i64::from(precision.count()) + 4;
        if long && !value.is_int() { None } else { Self::exact(value) }
    }

    fn fits(&self, precision: Precision) -> bool {
        match precision {
            Precision::Decimals(places) => self.places <= i64::from(places),
            Precision::Significant(count) => {
                let text = magnitude_text(&self.digits);
                text.trim_end_matches('0').len() <= usize::try_from(count.max(1)).unwrap_or(0)
            }
        }
    }
}

fn round_rational(value: &Rational, precision: Precision, ties: Ties) -> Decimal {
    let leading = if size(value) > LONG { round_leading(value, precision, ties) } else { None };
    let found = leading
        .unwrap_or_else(|| candidate(value.numerator(), value.denominator(), precision, ties));
    let decimal = Decimal::new(found, false);
    if decimal.value == *value { Decimal { exact: true, ..decimal } } else { decimal }
}

/// Rounds a fraction by its leading digits, if they tell.
fn round_leading(value: &Rational, precision: Precision, ties: Ties) -> Option<Candidate> {
    let ball = Ball::from_rational(value, precision.bits().saturating_add(64)).ok()?;
    agreed(&ball, precision, ties)
}

fn round_irrational(
    value: &Normal,
    precision: Precision,
    rounding: Rounding,
) -> Result<Decimal, Fault> {
    let sign = value.sign()?;
    if sign == Sign::Zero {
        return Ok(Decimal::new(Candidate { digits: Integer::ZERO, places: 0 }, true));
    }
    let ties = Ties::from(rounding);
    if precision.bits() < f64::MANTISSA_DIGITS
        && let Some(ball) = Double::of(value).and_then(Double::ball)
        && ball.sign() == Some(sign)
        && let Some(found) = agreed(&ball, precision, ties)
    {
        return Ok(Decimal::new(found, false));
    }
    let mut cleared = None;
    let mut last = None;
    for bits in ladder(precision.bits().max(known_bits(value))) {
        let mut ball = evaluate(value, bits);
        if ball == Err(BallFault::OutOfRange) {
            return Err(OutOfRange.into());
        }
        if bits >= PROOF_BITS && !ball.as_ref().is_ok_and(|ball| ball.sign() == Some(sign)) {
            let cleared = cleared.get_or_insert_with(|| value.as_sum().and_then(clear));
            if let Some(cleared) = cleared {
                ball = evaluate_cleared(cleared, bits);
            }
        }
        let Ok(ball) = ball else { continue };
        if ball.sign() == Some(sign) {
            if let Some(found) = agreed_of_long(&ball, precision, ties) {
                return Ok(Decimal::new(found, false));
            }
            last = Some(ball);
        }
    }
    let writable = |ball: &Ball| {
        let size = ball.magnitude_bits();
        size <= i64::from(max_bits()) && size > -WRITTEN_EXPONENT
    };
    let Some(ball) = last.filter(|ball| writable(ball)) else { return Err(OutOfRange.into()) };
    match beside_border(value, &ball, precision, ties)? {
        Some(decimal) => Ok(decimal),
        None => Err(Undecided { bits: max_bits(), question: Question::Digit }.into()),
    }
}

/// Rounds a number whose ball holds a border between two decimals, by the side on which
/// it lies; `None` where the ball holds more than one border.
fn beside_border(
    value: &Normal,
    ball: &Ball,
    precision: Precision,
    ties: Ties,
) -> Result<Option<Decimal>, Fault> {
    let Some((low, high)) = ends(ball, precision, ties) else { return Ok(None) };
    let value_of = |end: &Candidate| Decimal::new(end.clone(), false).value;
    let half = Rational::ONE / Rational::from(2);
    let middle = (value_of(&low) + value_of(&high)) * &half;
    // Below this, what would round to zero has a digit more than its neighbour.
    let least = scale_by_ten(&half, -i64::from(precision.count()));
    let borders = [middle, least.clone(), -least];
    let inside = |border: &&Rational| ball.lower() <= **border && **border <= ball.upper();
    for border in borders.iter().filter(inside).filter(|border| !border.is_zero()) {
        let open = |_| Fault::from(Undecided { bits: max_bits(), question: Question::Digit });
        let side = (value - Normal::from(border.clone())).sign().map_err(open)?;
        if side == Sign::Zero {
            return Ok(Some(round_rational(border, precision, ties)));
        }
        // All between the border and the end on that side rounds to what both round to.
        let outwards = side == sign_of(border);
        let ties = if outwards { Ties::Away } else { Ties::Inward };
        let at = candidate(border.numerator(), border.denominator(), precision, ties);
        let end = if side == Sign::Positive { &high } else { &low };
        if at == *end {
            return Ok(Some(Decimal::new(at, false)));
        }
    }
    Ok(None)
}

/// Where a tie goes, the side that a number near one is known to lie on included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ties {
    Away,
    Even,
    Inward,
}

impl From<Rounding> for Ties {
    fn from(rounding: Rounding) -> Self {
        match rounding {
            Rounding::HalfUp => Ties::Away,
            Rounding::HalfEven => Ties::Even,
        }
    }
}

impl Precision {
    fn count(self) -> u32 {
        let (Precision::Decimals(count) | Precision::Significant(count)) = self;
        count
    }

    /// Bits that so many digits take, and some more.
    fn bits(self) -> u32 {
        self.count().saturating_mul(10) / 3 + 16
    }
}

/// What both ends of a ball round to, if they agree: of one with no more bits than it takes, if
/// that one tells.
fn agreed_of_long(ball: &Ball, precision: Precision, ties: Ties) -> Option<Candidate> {
    let short = ball.shortened(precision.bits().saturating_add(SPARE_BITS)).ok();
    short
        .and_then(|short| agreed(&short, precision, ties))
        .or_else(|| agreed(ball, precision, ties))
}

/// What both ends of a ball round to, if they agree.
fn agreed(ball: &Ball, precision: Precision, ties: Ties) -> Option<Candidate> {
    let (low, high) = ends(ball, precision, ties)?;
    (low == high).then_some(low)
}

/// What the ends of a ball round to, where it is small enough and can be written.
fn ends(ball: &Ball, precision: Precision, ties: Ties) -> Option<(Candidate, Candidate)> {
    let round_end = |(mid, exp): (Integer, i64)| {
        if exp >= 0 {
            candidate(&(mid * power_of_two(exp)), &UBig::ONE, precision, ties)
        } else {
            candidate(&mid, &unsigned(&power_of_two(-exp)), precision, ties)
        }
    };
    // Ends that differ in more than the last digits cannot agree.
    if ball.accuracy() < 3 || ball.magnitude_bits().abs() > WRITTEN_EXPONENT {
        return None;
    }
    Some((round_end(ball.lower_parts()), round_end(ball.upper_parts())))
}

/// Rounds a fraction other than zero.
fn candidate(
    numerator: &Integer,
    denominator: &UBig,
    precision: Precision,
    ties: Ties,
) -> Candidate {
    match precision {
        Precision::Decimals(places) => {
            let places = i64::from(places);
            let digits = round_at(numerator, denominator, places, ties);
            if digits.is_zero() {
                significant_digits(numerator, denominator, 1, ties)
            } else {
                Candidate { digits, places }
            }
        }
        Precision::Significant(count) => {
            significant_digits(numerator, denominator, i64::from(count.max(1)), ties)
        }
    }
}

fn significant_digits(
    numerator: &Integer,
    denominator: &UBig,
    count: i64,
    ties: Ties,
) -> Candidate {
    let places = count - 1 - floor_log10(&unsigned(numerator), denominator);
    let digits = round_at(numerator, denominator, places, ties);
    // Rounding up may carry into a new digit: 9.996 becomes 10.0, not 10.00.
    if unsigned(&digits) == power_of_ten(count.unsigned_abs()) {
        return Candidate { digits: digits / 10_u8, places: places - 1 };
    }
    Candidate { digits, places }
}

/// `n/d * 10^places`, rounded to an integer.
fn round_at(numerator: &Integer, denominator: &UBig, places: i64, ties: Ties) -> Integer {
    let power = power_of_ten(places.unsigned_abs());
    let (sign, size) = numerator.clone().into_parts();
    let (above, below) =
        if places >= 0 { (size * power, denominator.clone()) } else { (size, denominator * power) };
    let (mut quotient, rest) = above.div_rem(&below);
    let away = match ((rest << 1).cmp(&below), ties) {
        (Ordering::Less, _) | (Ordering::Equal, Ties::Inward) => false,
        (Ordering::Greater, _) | (Ordering::Equal, Ties::Away) => true,
        (Ordering::Equal, Ties::Even) => quotient.bit(0),
    };
    if away {
        quotient += 1_u8;
    }
    Integer::from_parts(sign, quotient)
}

/// The `e` with `10^e <= n/d < 10^(e+1)`.
fn floor_log10(numerator: &UBig, denominator: &UBig) -> i64 {
    let length = |value: &UBig| i64::try_from(value.bit_len()).unwrap_or(i64::MAX / 4);
    // n/d > 2^bits, and log10(2) lies between the two, so that the estimate errs downwards.
    let bits = length(numerator) - length(denominator) - 1;
    let log = if bits < 0 { 301_029_996 } else { 301_029_995 };
    let mut exponent = bits.saturating_mul(log).div_euclid(1_000_000_000);
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
    let twos = denominator.trailing_zeros().unwrap_or(0);
    let fives = exponent_of_five(denominator >> twos)?;
    i64::try_from(twos.max(fives)).ok()
}

/// The exponent of a power of five.
fn exponent_of_five(mut power: UBig) -> Option<usize> {
    let Ok(mut word) = u64::try_from(&power) else {
        let exponent = power.remove(&UBig::from(5_u8));
        return exponent.filter(|_| power.is_one());
    };
    let mut exponent = 0;
    while word > 1 && word.is_multiple_of(5) {
        word /= 5;
        exponent += 1;
    }
    (word == 1).then_some(exponent)
}
