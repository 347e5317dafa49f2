//! Balls: sets `[m - r, m + r] * 2^e` that are sure to hold a real number.
//!
//! `m` is an integer of about as many bits as the working precision, `r` a natural
//! number of about 30 bits, `e` an integer. Every operation returns a ball that holds
//! the result for all members of its operands. Rounding happens in one place,
//! [`Ball::rounded`]: dropping `s` bits of `m` errs by less than one new unit, so
//! the radius becomes `ceil(r / 2^s) + 1`. Because `r` is kept short, a ball that
//! has lost accuracy also gets short, and cheap.
//!
//! Radii are computed in machine integers from the leading 32 bits of what they
//! depend on, rounded up (or down, in a denominator).
//!
//! Exponents are bounded: a result beyond `2^(2^40)` is [`BallFault::OutOfRange`],
//! one below `2^-(2^40)` is enclosed by a ball around zero. Balls that large or small
//! cost no more than others, and have signs; only where digits are written, or an end is
//! made a fraction, the bound is `2^(2^22)`, so that no argument makes the numbers
//! outgrow the memory.

use dashu_int::UBig;

use super::integer::{bit_length, power_of_two, shift, unsigned};
use super::{Integer, Rational, Sign};

/// Largest binary exponent of a ball's magnitude.
pub(super) const MAX_EXPONENT: i64 = 1 << 40;
/// The same for a ball that is written as a fraction or a decimal.
pub(super) const WRITTEN_EXPONENT: i64 = 1 << 22;
/// Bits that a radius keeps when it is rounded.
const RADIUS_BITS: i64 = 30;
/// Fractions longer than this many times the precision are cut before dividing.
const LONG: i64 = 4;

/// Why a ball could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BallFault {
    /// The operand's ball is too wide; a higher precision may help.
    Coarse,
    /// The result exceeds every exponent that is worked with.
    OutOfRange,
}

/// An error of at most `size * 2^exp` units of the midpoint.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) size: u128,
    pub(super) exp: i64,
}

impl Spread {
    pub(super) fn new(size: impl Into<u128>, exp: i64) -> Self {
        Spread { size: size.into(), exp }
    }

    /// The exponent of the next power of two.
    fn top(self) -> i64 {
        let bits = 128 - i64::from(self.size.leading_zeros());
        if self.size == 0 { i64::MIN } else { self.exp.saturating_add(bits) }
    }

    /// The error in units of `2^drop`, rounded up. It has about 30 bits, since `drop`
    /// was chosen so.
    fn in_units(self, drop: i64) -> u64 {
        let by = self.exp.saturating_sub(drop);
        let places = u32::try_from(by.unsigned_abs()).unwrap_or(u32::MAX);
        let rounded = if self.size == 0 {
            0
        } else if by >= 0 {
            self.size.checked_shl(places).unwrap_or(u128::MAX)
        } else {
            (self.size - 1).checked_shr(places).unwrap_or(0) + 1
        };
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }
}

/// A midpoint and a rigorous radius.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ball {
    pub(super) mid: Integer,
    pub(super) rad: u64,
    pub(super) exp: i64,
}

impl Ball {
    /// The ball of radius zero around an integer.
    pub(super) fn from_integer(value: Integer) -> Self {
        Ball { mid: value, rad: 0, exp: 0 }
    }

    /// A ball of relative radius about `2^-bits` around a fraction.
    pub(super) fn from_rational(value: &Rational, bits: u32) -> Result<Self, BallFault> {
        let numerator = Self::truncated(value.numerator(), bits)?;
        if value.is_int() {
            return Ok(numerator);
        }
        let denominator = Self::truncated(value.denominator().as_ibig(), bits)?;
        numerator.div(&denominator, bits)
    }

    /// An integer, shortened only where it is much longer than the precision.
    fn truncated(value: &Integer, bits: u32) -> Result<Self, BallFault> {
        let length = bit_length(value);
        if length <= LONG * i64::from(bits) {
            return Ok(Self::from_integer(value.clone()));
        }
        if length > MAX_EXPONENT {
            return Err(BallFault::OutOfRange);
        }
        let drop = length - i64::from(bits) - 8;
        Ok(Ball { mid: shift(value, -drop), rad: 1, exp: drop })
    }

    /// The ball around `mid * 2^exp` with an error of `units`, rounded outward.
    pub(super) fn enclosing(
        mid: Integer,
        units: u64,
        exp: i64,
        bits: u32,
    ) -> Result<Self, BallFault> {
        Self::rounded(mid, &[Spread::new(units, 0)], exp, bits)
    }

    /// The ball around `mid * 2^exp` with the sum of the errors, rounded outward.
    pub(super) fn rounded(
        mid: Integer,
        errors: &[Spread],
        exp: i64,
        bits: u32,
    ) -> Result<Self, BallFault> {
        let length = bit_length(&mid);
        let error = errors.iter().map(|error| error.top()).max().unwrap_or(i64::MIN);
        let drop = (length - i64::from(bits)).max(error.saturating_sub(RADIUS_BITS)).max(0);
        let top = exp.saturating_add(length.max(error));
        if top > MAX_EXPONENT {
            return Err(BallFault::OutOfRange);
        }
        if top < -MAX_EXPONENT && !(mid.is_zero() && error == i64::MIN) {
            // The midpoint and up to three errors, each below 2^top, come to 2^(top + 2).
            return Ok(Self::around_zero(2 - MAX_EXPONENT));
        }
        let rad = errors.iter().map(|error| error.in_units(drop)).fold(0, u64::saturating_add);
        if drop == 0 {
            return Ok(Ball { mid, rad, exp });
        }
        let places = usize::try_from(drop).unwrap_or(usize::MAX);
        Ok(Ball { mid: mid >> places, rad: rad.saturating_add(1), exp: exp + drop })
    }

    /// The ball with so many bits of its midpoint.
    pub(super) fn shortened(&self, bits: u32) -> Result<Self, BallFault> {
        Self::rounded(self.mid.clone(), &[Spread::new(self.rad, 0)], self.exp, bits)
    }

    /// The ball `[-1, 1] * 2^exp`.
    pub(super) fn around_zero(exp: i64) -> Self {
        Ball { mid: Integer::ZERO, rad: 1, exp }
    }

    /// Midpoint.
    #[must_use]
    pub fn midpoint(&self) -> Rational {
        scaled(&self.mid, self.exp)
    }

    /// Radius.
    #[must_use]
    pub fn radius(&self) -> Rational {
        scaled(&Integer::from(self.rad), self.exp)
    }

    /// Lower end.
    #[must_use]
    pub fn lower(&self) -> Rational {
        scaled(&self.lower_parts().0, self.exp)
    }

    /// Upper end.
    #[must_use]
    pub fn upper(&self) -> Rational {
        scaled(&self.upper_parts().0, self.exp)
    }

    /// The lower end as `integer * 2^exponent`.
    pub(super) fn lower_parts(&self) -> (Integer, i64) {
        (&self.mid - self.rad, self.exp)
    }

    /// The upper end as `integer * 2^exponent`.
    pub(super) fn upper_parts(&self) -> (Integer, i64) {
        (&self.mid + self.rad, self.exp)
    }

    /// The sign that all members share, if they do.
    #[must_use]
    pub fn sign(&self) -> Option<Sign> {
        if self.rad == 0 && self.mid.is_zero() {
            Some(Sign::Zero)
        } else if self.holds_zero() {
            None
        } else if self.mid > Integer::ZERO {
            Some(Sign::Positive)
        } else {
            Some(Sign::Negative)
        }
    }

    pub(super) fn holds_zero(&self) -> bool {
        bit_length(&self.mid) <= 64 && unsigned(&self.mid) <= UBig::from(self.rad)
    }

    /// An `n` with `|x| < 2^n` for every member `x`.
    pub(super) fn magnitude_bits(&self) -> i64 {
        let largest = unsigned(&self.mid) + self.rad;
        self.exp.saturating_add(bit_length(largest.as_ibig()))
    }

    /// Bits of the midpoint that the radius leaves meaningful.
    pub(super) fn accuracy(&self) -> i64 {
        if self.rad == 0 {
            return i64::MAX;
        }
        bit_length(&self.mid) - 64 + i64::from(self.rad.leading_zeros())
    }

    /// The midpoint as a double; infinite beyond the range, zero below it.
    pub(super) fn to_f64(&self) -> f64 {
        let size = self.exp.saturating_add(bit_length(&self.mid));
        if size > 1100 {
            return if self.mid > Integer::ZERO { f64::INFINITY } else { f64::NEG_INFINITY };
        }
        if size < -1100 {
            return 0.0;
        }
        self.leading_double().unwrap_or_else(|| self.midpoint().to_f64().value())
    }

    /// The midpoint as a double, from its leading 64 bits, the last of which is set where more
    /// follow: they round as the whole does. `None` where the result might be at an end of the
    /// range.
    #[expect(clippy::cast_precision_loss, reason = "this is the rounding that is wanted")]
    fn leading_double(&self) -> Option<f64> {
        let drop = (bit_length(&self.mid) - 64).max(0);
        let exp = self.exp.saturating_add(drop);
        if !(-1022..=900).contains(&exp) {
            return None;
        }
        let places = usize::try_from(drop).ok()?;
        let size = unsigned(&self.mid);
        let follows = size.trailing_zeros().is_some_and(|zeros| zeros < places);
        let leading = u64::try_from(&(size >> places)).ok()? | u64::from(follows);
        let unit = f64::from_bits(u64::try_from(exp + 1023).ok()? << 52);
        let size = leading as f64 * unit;
        Some(if self.mid < Integer::ZERO { -size } else { size })
    }

    /// The midpoint alone, as a ball of radius zero.
    pub(super) fn center(&self) -> Ball {
        Ball { mid: self.mid.clone(), rad: 0, exp: self.exp }
    }

    /// The radius alone, as a ball of radius zero.
    pub(super) fn radius_ball(&self) -> Ball {
        Ball { mid: self.rad.into(), rad: 0, exp: self.exp }
    }

    /// Midpoint and exponent.
    pub(super) fn parts(&self) -> (&Integer, i64) {
        (&self.mid, self.exp)
    }

    /// The ball with its sign turned.
    pub(super) fn neg(mut self) -> Self {
        self.mid = -self.mid;
        self
    }

    /// Whether every member is at least `2^exponent`.
    pub(super) fn is_at_least_power(&self, exponent: i64) -> bool {
        let (low, exp) = self.lower_parts();
        low > Integer::ZERO && exp.saturating_add(bit_length(&low)) > exponent
    }

    /// The ball times `2^by`.
    pub(super) fn scale(mut self, by: i64) -> Self {
        self.exp = self.exp.saturating_add(by);
        self
    }
}

fn scaled(value: &Integer, exp: i64) -> Rational {
    if exp >= 0 {
        Rational::from(shift(value, exp))
    } else {
        Rational::from_parts(value.clone(), unsigned(&power_of_two(-exp)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_outward() {
        for mid in [-1023_i64, -1000, -513, 1, 511, 513, 1023] {
            for units in [0_u64, 1, 7, 900, 1 << 40] {
                let exact = Ball { mid: mid.into(), rad: units, exp: -3 };
                for bits in [1, 2, 5, 9, 64] {
                    let rounded = Ball::enclosing(mid.into(), units, -3, bits).unwrap();
                    assert!(rounded.lower() <= exact.lower(), "{exact:?} to {bits}");
                    assert!(rounded.upper() >= exact.upper(), "{exact:?} to {bits}");
                    assert!(bit_length(&rounded.mid) <= i64::from(bits) + 1);
                }
            }
        }
    }

    #[test]
    fn doubles_are_rounded_as_fractions_are() {
        let tie = Integer::from((1_i64 << 53) + 1);
        let high = shift(&tie, 80);
        let long = [&high + Integer::ONE, &high - Integer::ONE, -Integer::ONE - &high, high];
        let mids = [Integer::ZERO, tie.clone(), -tie, Integer::from(u64::MAX), (-7).into()];
        for mid in mids.into_iter().chain(long) {
            for exp in [-1300, -1100, -1074, -1000, -64, 0, 3, 700, 960] {
                let ball = Ball { mid: mid.clone(), rad: 0, exp };
                let expected = ball.midpoint().to_f64().value();
                let size = exp + bit_length(&mid);
                if (-1100..=1024).contains(&size) {
                    assert_eq!(ball.to_f64().to_bits(), expected.to_bits(), "{ball:?}");
                }
            }
        }
    }

    #[test]
    fn what_underflows_stays_enclosed() {
        let spreads = [Spread::new(3_u64, 0), Spread::new(3_u64, 0)];
        let exp = -MAX_EXPONENT - 3;
        let ball = Ball::rounded(3.into(), &spreads, exp, 64).unwrap();
        // As fractions both would fill the memory.
        let largest = scaled(&Integer::from(9), exp + MAX_EXPONENT);
        let ball = ball.scale(MAX_EXPONENT);
        assert!(ball.upper() >= largest && ball.lower() <= -largest);
    }
}
