//! Balls: sets `[m - r, m + r] * 2^e` that are sure to hold a real number.
//!
//! `m` is an integer of about as many bits as the working precision, `r` a natural
//! number below `2^30`, `e` an integer. Every operation returns a ball that holds
//! the result for all members of its operands. Rounding moves in one place,
//! [`Ball::rounded`]: dropping `s` bits of `m` errs by less than one new unit, so
//! the radius becomes `ceil(r / 2^s) + 1`. Because `r` is kept short, a ball that
//! has lost accuracy also gets short, and cheap.
//!
//! The bounds, with `a = A + x`, `b = B + y`, `|x| <= r`, `|y| <= s`:
//!
//! ```text
//! |ab - AB|    <= |A| s + |B| r + r s
//! |a/b - A/B|  <= (r + |A/B| s) / (|B| - s)             where |B| > s
//! |sqrt(a) - sqrt(A)| = |x| / (sqrt(a) + sqrt(A)) <= r / sqrt(A)
//! ```
//!
//! Exponents are bounded: a result beyond `2^(2^22)` is [`BallFault::OutOfRange`],
//! one below `2^-(2^22)` is enclosed by a ball around zero, so that no argument
//! makes the numbers outgrow the memory.

use dashu_base::SquareRoot;
use dashu_int::UBig;

use super::integer::{bit_length, power_of_two, shift, unsigned};
use super::{Integer, Rational, Sign};

/// Largest binary exponent of a ball's magnitude.
pub(super) const MAX_EXPONENT: i64 = 1 << 22;
/// Bits that a radius keeps.
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

/// A midpoint and a rigorous radius.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ball {
    mid: Integer,
    rad: UBig,
    exp: i64,
}

impl Ball {
    /// The ball of radius zero around an integer.
    pub(super) fn from_integer(value: Integer) -> Self {
        Ball { mid: value, rad: UBig::ZERO, exp: 0 }
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
        let whole = Self::from_integer(value.clone());
        if bit_length(value) <= LONG * i64::from(bits) {
            return Ok(whole);
        }
        Self::rounded(whole.mid, whole.rad, 0, bits + 8)
    }

    /// The ball `[mid - rad, mid + rad] * 2^exp`, rounded outward to `bits` bits.
    pub(super) fn rounded(mid: Integer, rad: UBig, exp: i64, bits: u32) -> Result<Self, BallFault> {
        let radius_bits = bit_length(rad.as_ibig());
        let drop = (bit_length(&mid) - i64::from(bits)).max(radius_bits - RADIUS_BITS).max(0);
        let top = exp.saturating_add(bit_length(&mid).max(radius_bits));
        if top > MAX_EXPONENT {
            return Err(BallFault::OutOfRange);
        }
        if top < -MAX_EXPONENT && !(mid.is_zero() && rad.is_zero()) {
            return Ok(Self::around_zero(-MAX_EXPONENT));
        }
        if drop == 0 {
            return Ok(Ball { mid, rad, exp });
        }
        let (rad, places) = (Integer::from(rad), usize::try_from(drop).unwrap_or(usize::MAX));
        // Two units: one for the radius' own lost bits, one for the midpoint's.
        let rad = unsigned(&(rad >> places)) + 2_u8;
        Ok(Ball { mid: mid >> places, rad, exp: exp + drop })
    }

    /// The ball `[-1, 1] * 2^exp`.
    pub(super) fn around_zero(exp: i64) -> Self {
        Ball { mid: Integer::ZERO, rad: UBig::ONE, exp }
    }

    /// Midpoint.
    #[must_use]
    pub fn midpoint(&self) -> Rational {
        scaled(&self.mid, self.exp)
    }

    /// Radius.
    #[must_use]
    pub fn radius(&self) -> Rational {
        scaled(self.rad.as_ibig(), self.exp)
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
        (&self.mid - &self.rad, self.exp)
    }

    /// The upper end as `integer * 2^exponent`.
    pub(super) fn upper_parts(&self) -> (Integer, i64) {
        (&self.mid + &self.rad, self.exp)
    }

    /// The sign that all members share, if they do.
    #[must_use]
    pub fn sign(&self) -> Option<Sign> {
        if self.rad.is_zero() && self.mid.is_zero() {
            Some(Sign::Zero)
        } else if unsigned(&self.mid) <= self.rad {
            None
        } else if self.mid > Integer::ZERO {
            Some(Sign::Positive)
        } else {
            Some(Sign::Negative)
        }
    }

    /// An `n` with `|x| < 2^n` for every member `x`.
    pub(super) fn magnitude_bits(&self) -> i64 {
        let largest = unsigned(&self.mid) + &self.rad;
        self.exp.saturating_add(bit_length(largest.as_ibig()))
    }

    /// Bits of the midpoint that the radius leaves meaningful.
    pub(super) fn accuracy(&self) -> i64 {
        if self.rad.is_zero() {
            return i64::MAX;
        }
        bit_length(&self.mid) - bit_length(self.rad.as_ibig())
    }

    /// The midpoint as a double; infinite beyond the range, zero below it.
    pub(super) fn to_f64(&self) -> f64 {
        let size = self.exp.saturating_add(bit_length(&self.mid));
        if size > 1100 {
            return if self.mid > Integer::ZERO { f64::INFINITY } else { f64::NEG_INFINITY };
        }
        if size < -1100 { 0.0 } else { self.midpoint().to_f64().value() }
    }

    /// The midpoint alone, as a ball of radius zero.
    pub(super) fn center(&self) -> Ball {
        Ball { mid: self.mid.clone(), rad: UBig::ZERO, exp: self.exp }
    }

    /// The radius alone, as a ball of radius zero.
    pub(super) fn radius_ball(&self) -> Ball {
        Ball { mid: Integer::from(self.rad.clone()), rad: UBig::ZERO, exp: self.exp }
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

    /// The ball times `2^by`.
    pub(super) fn scale(mut self, by: i64) -> Self {
        self.exp = self.exp.saturating_add(by);
        self
    }

    /// The ball widened by every member of `[-by, by]`, `by` being its largest magnitude.
    pub(super) fn widen(&self, by: &Ball, bits: u32) -> Result<Self, BallFault> {
        let rad = unsigned(&by.mid) + &by.rad;
        self.add(&Ball { mid: Integer::ZERO, rad, exp: by.exp }, bits)
    }

    /// The sum.
    pub(super) fn add(&self, other: &Ball, bits: u32) -> Result<Self, BallFault> {
        let (high, low) = if self.exp >= other.exp { (self, other) } else { (other, self) };
        let gap = high.exp - low.exp;
        let room = i64::from(bits) + 4 - bit_length(&high.mid);
        if gap > room.max(0) + i64::from(bits) + bit_length(&low.mid) {
            return high.add_negligible(low, room.max(0), bits);
        }
        let mid = shift(&high.mid, gap) + &low.mid;
        let rad = unsigned(&shift(high.rad.as_ibig(), gap)) + &low.rad;
        Self::rounded(mid, rad, low.exp, bits)
    }

    /// The sum with a ball so small that only the radius notices it.
    fn add_negligible(&self, low: &Ball, room: i64, bits: u32) -> Result<Self, BallFault> {
        if self.mid.is_zero() && self.rad.is_zero() {
            return Self::rounded(low.mid.clone(), low.rad.clone(), low.exp, bits);
        }
        // The unit after the shift is 2^(exp - room), and `low` lies below it: its
        // exponent is smaller by more than `room` and both of its lengths.
        let exp = self.exp - room;
        let size = low.magnitude_bits();
        let extra = if size <= exp { 0 } else { size - exp };
        let rad = unsigned(&shift(self.rad.as_ibig(), room)) + unsigned(&power_of_two(extra));
        Self::rounded(shift(&self.mid, room), rad, exp, bits)
    }

    /// The product.
    pub(super) fn mul(&self, other: &Ball, bits: u32) -> Result<Self, BallFault> {
        let rad = match (self.rad.is_zero(), other.rad.is_zero()) {
            (true, true) => UBig::ZERO,
            _ => unsigned(&self.mid) * &other.rad + (unsigned(&other.mid) + &other.rad) * &self.rad,
        };
        Self::rounded(&self.mid * &other.mid, rad, self.exp.saturating_add(other.exp), bits)
    }

    /// The quotient; [`BallFault::Coarse`] where the divisor's ball holds zero.
    pub(super) fn div(&self, other: &Ball, bits: u32) -> Result<Self, BallFault> {
        let divisor = unsigned(&other.mid);
        if divisor <= other.rad {
            return Err(BallFault::Coarse);
        }
        let places = (i64::from(bits) + 2 + bit_length(&other.mid) - bit_length(&self.mid)).max(0);
        let quotient = shift(&self.mid, places) / &other.mid;
        let mut rad = UBig::ONE;
        if !(self.rad.is_zero() && other.rad.is_zero()) {
            let error = unsigned(&shift(self.rad.as_ibig(), places))
                + (unsigned(&quotient) + 1_u8) * &other.rad;
            rad += quotient_bound(&error, &(divisor - &other.rad));
        }
        let exp = self.exp.saturating_sub(other.exp).saturating_sub(places);
        Self::rounded(quotient, rad, exp, bits)
    }

    /// The square root of the members that are not negative.
    pub(super) fn sqrt(&self, bits: u32) -> Result<Self, BallFault> {
        let (mut mid, mut rad) = (self.mid.clone(), self.rad.clone());
        if unsigned(&mid) <= rad || mid <= Integer::ZERO {
            // Roots of [0, top] lie in [-sqrt(top), sqrt(top)].
            let top = &mid + &rad;
            rad = unsigned(&top.max(Integer::ZERO));
            mid = Integer::ZERO;
        }
        let length = bit_length(&mid).max(bit_length(rad.as_ibig()));
        let mut places = (2 * i64::from(bits) + 4 - length).max(0);
        places += (self.exp - places).rem_euclid(2);
        let root = unsigned(&shift(&mid, places)).sqrt();
        let rad = shift(rad.as_ibig(), places);
        let error = if rad.is_zero() {
            UBig::ONE
        } else if root.is_zero() {
            unsigned(&rad).sqrt() + 1_u8
        } else {
            quotient_bound(&unsigned(&rad), &root) + 1_u8
        };
        Self::rounded(Integer::from(root), error, (self.exp - places) / 2, bits)
    }

    /// An integer power.
    pub(super) fn powi(&self, exponent: i64, bits: u32) -> Result<Self, BallFault> {
        let mut left = exponent.unsigned_abs();
        let mut result = Ball::from_integer(Integer::ONE);
        let mut square = self.clone();
        while left > 0 {
            if left % 2 == 1 {
                result = result.mul(&square, bits)?;
            }
            left /= 2;
            if left > 0 {
                square = square.mul(&square, bits)?;
            }
        }
        if exponent < 0 { Ball::from_integer(Integer::ONE).div(&result, bits) } else { Ok(result) }
    }
}

/// An upper bound of `error / divisor`, from the divisor's leading 64 bits.
fn quotient_bound(error: &UBig, divisor: &UBig) -> UBig {
    let cut = usize::try_from((bit_length(divisor.as_ibig()) - 64).max(0)).unwrap_or(usize::MAX);
    // Shortening the divisor makes the bound larger; shortening the error is
    // mended by the one that is added.
    ((error >> cut) + 1_u8) / (divisor >> cut) + 1_u8
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

    fn ball(mid: i64, rad: u64, exp: i64) -> Ball {
        Ball { mid: mid.into(), rad: rad.into(), exp }
    }

    fn holds(ball: &Ball, value: &Rational) -> bool {
        ball.lower() <= *value && *value <= ball.upper()
    }

    #[test]
    fn results_hold_every_combination_of_ends() {
        let operands =
            [ball(5, 1, 0), ball(-7, 2, -1), ball(3, 0, 4), ball(1, 0, -40), ball(9, 4, 3)];
        for a in &operands {
            for b in &operands {
                let sum = a.add(b, 8).unwrap();
                let product = a.mul(b, 8).unwrap();
                let quotient = a.div(b, 8).unwrap();
                for x in [a.lower(), a.upper()] {
                    for y in [b.lower(), b.upper()] {
                        assert!(holds(&sum, &(&x + &y)), "{x} + {y}");
                        assert!(holds(&product, &(&x * &y)), "{x} * {y}");
                        assert!(holds(&quotient, &(&x / &y)), "{x} / {y}");
                    }
                }
            }
        }
    }

    #[test]
    fn roots_hold_the_roots_of_both_ends() {
        for a in [ball(5, 1, 0), ball(5, 1, 1), ball(1 << 40, 3, -7), ball(2, 3, -3), ball(0, 1, 5)]
        {
            let root = a.sqrt(20).unwrap();
            let (low, high) = (root.lower(), root.upper());
            assert!(high.sqr() >= a.upper(), "{a:?}");
            assert!(low <= Rational::ZERO || low.sqr() <= a.lower(), "{a:?}");
        }
    }

    #[test]
    fn what_lies_far_below_only_widens() {
        let sum = ball(1, 0, 0).add(&ball(-3, 1, -100_000), 64).unwrap();
        assert!(sum.lower() < Rational::ONE && sum.upper() >= Rational::ONE);
        assert!(sum.radius() < Rational::from_parts(1.into(), UBig::ONE << 60));
    }

    #[test]
    fn extremes_neither_hang_nor_lie() {
        let huge = ball(1, 0, MAX_EXPONENT - 2);
        assert_eq!(huge.mul(&huge, 64), Err(BallFault::OutOfRange));
        let tiny = ball(1, 0, 2 - MAX_EXPONENT);
        assert_eq!(tiny.mul(&tiny, 64).unwrap().sign(), None);
        assert_eq!(ball(1, 0, 0).div(&ball(1, 2, 0), 64), Err(BallFault::Coarse));
    }
}
