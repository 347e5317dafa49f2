//! Arithmetic of balls.
//!
//! The bounds, with `a = A + x`, `b = B + y`, `|x| <= r`, `|y| <= s`:
//!
//! ```text
//! |ab - AB|    <= |A| s + |B| r + r s
//! |a/b - A/B|  <= (r + |A/B| s) / (|B| - s)             where |B| > s
//! |sqrt(a) - sqrt(A)| = |x| / (sqrt(a) + sqrt(A)) <= r / sqrt(A)
//! ```
//!
//! Midpoints are cut to integers, which costs one more unit where it is not exact.

use dashu_base::SquareRoot;

use super::ball::{Ball, BallFault, Spread};
use super::integer::{bit_length, leading, shift, size, unsigned};
use super::{Integer, Rational};

/// Longest fraction that balls are multiplied by in two steps, in bits.
const SHORT: usize = 128;

impl Ball {
    /// The ball widened by every member of `[-by, by]`, `by` being its largest magnitude.
    pub(super) fn widen(&self, by: &Ball, bits: u32) -> Result<Self, BallFault> {
        if by.mid.is_zero() && by.rad == 0 {
            let errors = [Spread::new(self.rad, 0)];
            return Self::rounded(self.mid.clone(), &errors, self.exp, bits);
        }
        // A short midpoint gets finer units first, or one of them would be too much.
        let room = (i64::from(bits) - bit_length(&self.mid)).max(0);
        let exp = self.exp.saturating_sub(room);
        let (size, size_exp) = leading(&by.mid);
        let gap = by.exp.saturating_sub(exp);
        let errors = [
            Spread::new(self.rad, room),
            Spread::new(size, size_exp.saturating_add(gap)),
            Spread::new(by.rad, gap),
        ];
        Self::rounded(shift(&self.mid, room), &errors, exp, bits)
    }

    /// The sum.
    pub(super) fn add(&self, other: &Ball, bits: u32) -> Result<Self, BallFault> {
        let (high, low) = if self.exp >= other.exp { (self, other) } else { (other, self) };
        let gap = high.exp - low.exp;
        let room = (i64::from(bits) + 4 - bit_length(&high.mid)).max(0);
        if gap > room + i64::from(bits) + bit_length(&low.mid) {
            return high.add_negligible(low, room, bits);
        }
        let mid = shift(&high.mid, gap) + &low.mid;
        let errors = [Spread::new(high.rad, gap), Spread::new(low.rad, 0)];
        Self::rounded(mid, &errors, low.exp, bits)
    }

    /// The sum with a ball so small that only the radius notices it.
    fn add_negligible(&self, low: &Ball, room: i64, bits: u32) -> Result<Self, BallFault> {
        if self.mid.is_zero() && self.rad == 0 {
            return low.widen(self, bits);
        }
        let errors = [
            Spread::new(self.rad, room),
            Spread::new(1_u64, low.magnitude_bits() - (self.exp - room)),
        ];
        Self::rounded(shift(&self.mid, room), &errors, self.exp - room, bits)
    }

    /// The product.
    pub(super) fn mul(&self, other: &Ball, bits: u32) -> Result<Self, BallFault> {
        let (a, a_exp) = leading(&self.mid);
        let (b, b_exp) = leading(&other.mid);
        let (r, s) = (u128::from(self.rad), u128::from(other.rad));
        let errors = [
            Spread::new(u128::from(a) * s, a_exp),
            Spread::new(u128::from(b) * r, b_exp),
            Spread::new(r * s, 0),
        ];
        Self::rounded(&self.mid * &other.mid, &errors, self.exp.saturating_add(other.exp), bits)
    }

    /// The product with a fraction; where that is short, without working out its digits.
    pub(super) fn mul_rational(&self, by: &Rational, bits: u32) -> Result<Self, BallFault> {
        if by.is_one() {
            return Self::rounded(self.mid.clone(), &[Spread::new(self.rad, 0)], self.exp, bits);
        }
        if size(by) > SHORT {
            return self.mul(&Self::from_rational(by, bits)?, bits);
        }
        let above = self.mul(&Self::from_integer(by.numerator().clone()), bits)?;
        if by.is_int() {
            return Ok(above);
        }
        above.div(&Self::from_integer(by.denominator().as_ibig().clone()), bits)
    }

    /// The quotient; [`BallFault::Coarse`] where the divisor's ball holds zero.
    pub(super) fn div(&self, other: &Ball, bits: u32) -> Result<Self, BallFault> {
        if other.holds_zero() {
            return Err(BallFault::Coarse);
        }
        if self.mid.is_zero() && self.rad == 0 {
            return Ok(self.clone());
        }
        let places = (i64::from(bits) + 2 + bit_length(&other.mid) - bit_length(&self.mid)).max(0);
        let quotient = shift(&self.mid, places) / &other.mid;
        let (size, exp) = leading(&quotient);
        let smallest = Integer::from(unsigned(&other.mid) - other.rad);
        // The quotient was cut, so it may be one more than it says.
        let errors = [
            Spread::new(1_u64, 0),
            Spread::new(self.rad, places).over(&smallest),
            Spread::new(u128::from(size + 1) * u128::from(other.rad), exp).over(&smallest),
        ];
        let exp = self.exp.saturating_sub(other.exp).saturating_sub(places);
        Self::rounded(quotient, &errors, exp, bits)
    }

    /// The square root of the members that are not negative.
    pub(super) fn sqrt(&self, bits: u32) -> Result<Self, BallFault> {
        if self.holds_zero() || self.mid <= Integer::ZERO {
            return self.sqrt_of_top(bits);
        }
        let mut places = (2 * i64::from(bits) + 4 - bit_length(&self.mid)).max(0);
        places += (self.exp - places).rem_euclid(2);
        let root = Integer::from(unsigned(&shift(&self.mid, places)).sqrt());
        let errors = [Spread::new(1_u64, 0), Spread::new(self.rad, places).over(&root)];
        Self::rounded(root, &errors, (self.exp - places) / 2, bits)
    }

    /// The roots of `[0, top]` lie in `[-sqrt(top), sqrt(top)]`.
    fn sqrt_of_top(&self, bits: u32) -> Result<Self, BallFault> {
        let top = self.upper_parts().0.max(Integer::ZERO);
        let places = 64 + self.exp.rem_euclid(2);
        let root = Integer::from(unsigned(&shift(&top, places)).sqrt() + 1_u8);
        let (size, size_exp) = leading(&root);
        let errors = [Spread::new(size, size_exp)];
        Self::rounded(Integer::ZERO, &errors, (self.exp - places) / 2, bits)
    }

    /// An integer power.
    pub(super) fn powi(&self, exponent: i64, bits: u32) -> Result<Self, BallFault> {
        let mut left = exponent.unsigned_abs();
        let mut result: Option<Ball> = None;
        let mut square = self.clone();
        while left > 0 {
            if left % 2 == 1 {
                result = Some(match result {
                    None => square.clone(),
                    Some(result) => result.mul(&square, bits)?,
                });
            }
            left /= 2;
            if left > 0 {
                square = square.mul(&square, bits)?;
            }
        }
        let one = Ball::from_integer(Integer::ONE);
        let result = result.unwrap_or_else(|| one.clone());
        if exponent < 0 { one.div(&result, bits) } else { Ok(result) }
    }
}

impl Spread {
    /// An upper bound of the error divided by a positive integer, from the divisor's
    /// leading 32 bits.
    fn over(self, divisor: &Integer) -> Spread {
        let (above, exp) = leading(divisor);
        // Rounded up it is; a divisor must be rounded down.
        let below = u128::from(if exp > 0 { above - 1 } else { above }).max(1);
        Spread::new((self.size << 32).div_ceil(below), self.exp - exp - 32)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ball::MAX_EXPONENT;
    use super::*;
    use dashu_int::UBig;

    fn ball(mid: i64, rad: u64, exp: i64) -> Ball {
        Ball { mid: mid.into(), rad, exp }
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
    fn widening_an_exact_number_costs_no_more_than_it_must() {
        let widened = ball(1, 0, 0).widen(&ball(3, 1, -70), 64).unwrap();
        assert!(widened.upper() >= Rational::ONE + ball(4, 0, -70).midpoint());
        assert!(widened.radius() < ball(1, 0, -60).midpoint());
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
