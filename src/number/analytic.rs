//! Transcendental functions of balls.
//!
//! The midpoint is reduced to the small range of a kernel in `series`, and the
//! radius `r` is carried over by a bound on the derivative:
//!
//! ```text
//! e^(m±r)   = e^m (1 ± 2r)                  for r <= 1, since e^r - 1 <= 2r there
//! ln(m±r)   = ln m ± r/(m-r)
//! sin(m±r)  = sin m ± r, and so for cos
//! sigmoid x = 1/(1 + e^-x) = e^x/(1 + e^x)   the form whose exponential is at most 1
//! tanh x    = (1 - e^-2x)/(1 + e^-2x), and -tanh(-x)
//! ```
//!
//! Near their zero at 0, `sin x` and `tanh x` are enclosed by `x ± |x|^3`, which holds
//! for all `x` (the next Taylor terms are `x^3/6` and `x^3/3`, with alternating signs
//! for `|x| <= 1`) and is sharp enough below `2^(-bits/2)`. Reduction of the argument
//! uses `ln 2` and `pi` with as many further bits as the quotient has.

use dashu_base::{BitTest, DivEuclid};

use super::ball::{Ball, BallFault, MAX_EXPONENT};
use super::integer::{bit_length, power_of_two, shift, unsigned};
use super::series::{self, ERROR};
use super::{Integer, Sign};

/// Beyond `2^24` the exponential leaves the range of balls, whatever the sign.
const EXP_LIMIT: i64 = 24;
/// Largest binary exponent of an angle: enough for every number that is written
/// down, and a few milliseconds of work.
const ANGLE_LIMIT: i64 = 1 << 16;
/// Guard bits of the final rounding.
const GUARD: i64 = 8;

/// Rounded quotient and the remainder's fixed-point value.
struct Reduced {
    quotient: Integer,
    rest: Integer,
    /// Precision of `rest`.
    precision: i64,
}

impl Ball {
    /// The exponential function.
    pub(super) fn exp(&self, bits: u32) -> Result<Ball, BallFault> {
        if self.radius_ball().magnitude_bits() > 0 {
            return self.exp_of_ends(bits);
        }
        let one = Ball::from_integer(Integer::ONE);
        let spread = one.widen(&self.radius_ball().scale(1), bits)?;
        self.center().exp_of_point(bits)?.mul(&spread, bits)
    }

    /// The exponential of a wide ball: from end to end.
    fn exp_of_ends(&self, bits: u32) -> Result<Ball, BallFault> {
        let point = |(mid, exp): (Integer, i64)| Ball::from_integer(mid).scale(exp);
        let low = point(self.lower_parts()).exp_of_point(bits)?;
        let high = point(self.upper_parts()).exp_of_point(bits).map_err(|_| BallFault::Coarse)?;
        if high.magnitude_bits() > low.magnitude_bits() + 256 {
            return Err(BallFault::Coarse);
        }
        let spread = high.add(&low.neg(), bits)?;
        high.widen(&spread, bits)
    }

    /// The exponential of a midpoint. The argument in fixed point errs by one unit,
    /// the multiple of `ln 2` by two for each of its units: together below one unit
    /// of the kernel's precision, two after rounding. With `e^t <= 1.5` that is 3
    /// units, and [`ERROR`] more.
    fn exp_of_point(&self, bits: u32) -> Result<Ball, BallFault> {
        let (mid, _) = self.parts();
        if self.magnitude_bits() > EXP_LIMIT {
            return if *mid > Integer::ZERO {
                Err(BallFault::OutOfRange)
            } else {
                Ok(Ball::around_zero(-MAX_EXPONENT))
            };
        }
        let reduced = self.reduce(i64::from(bits) + GUARD, 0, series::ln_2);
        let value = series::exp(&reduced.rest, reduced.precision);
        let power = i64::try_from(reduced.quotient).map_err(|_| BallFault::OutOfRange)?;
        Ball::rounded(value, (ERROR + 4).into(), power - reduced.precision, bits)
    }

    /// Divides the midpoint by `constant / 2^halves`.
    fn reduce(&self, precision: i64, halves: i64, constant: fn(i64) -> Integer) -> Reduced {
        let (mid, exp) = self.parts();
        let inner = precision + self.magnitude_bits().max(0) + 4;
        let argument = shift(mid, exp + inner + halves);
        let divisor = constant(inner);
        let doubled = shift(&argument, 1) + &divisor;
        let quotient = doubled.div_euclid(shift(&divisor, 1));
        let rest = argument - &quotient * divisor;
        Reduced { quotient, rest: shift(&rest, precision - inner - halves), precision }
    }

    /// The natural logarithm of the positive members, all of them.
    ///
    /// With `x = 2^k m`, `3/4 <= m < 3/2`, the kernel's argument errs by one unit
    /// (times at most 4/3), the kernel by [`ERROR`], `k ln 2` by `2|k|`.
    pub(super) fn ln(&self, bits: u32) -> Result<Ball, BallFault> {
        if self.sign() != Some(Sign::Positive) {
            return Err(BallFault::Coarse);
        }
        let (mid, exp) = self.parts();
        let mut length = bit_length(mid);
        if mid * 4 < power_of_two(length) * 3 {
            length -= 1;
        }
        let k = exp + length;
        let mut precision = i64::from(bits) + GUARD;
        if k == 0 {
            // Near 1 the logarithm is as small as the distance to 1.
            precision += (length - bit_length(&(mid - power_of_two(length)))).max(0);
        }
        let value = series::ln(&shift(mid, precision - length), precision);
        let sum = value + series::ln_2(precision) * k;
        let error = Integer::from(ERROR + 2) + Integer::from(k.unsigned_abs()) * 2;
        let center = Ball::rounded(sum, unsigned(&error), -precision, bits)?;
        let (low, low_exp) = self.lower_parts();
        let lower = Ball::from_integer(low).scale(low_exp);
        center.widen(&self.radius_ball().div(&lower, 32)?, bits)
    }

    /// The logistic function.
    pub(super) fn sigmoid(&self, bits: u32) -> Result<Ball, BallFault> {
        let one = Ball::from_integer(Integer::ONE);
        let negative = *self.parts().0 < Integer::ZERO;
        let power = if negative { self.clone() } else { self.clone().neg() }.exp(bits + 4)?;
        let below = one.add(&power, bits + 4)?;
        let above = if negative { power } else { one };
        above.div(&below, bits)
    }

    /// The hyperbolic tangent.
    pub(super) fn tanh(&self, bits: u32) -> Result<Ball, BallFault> {
        if let Some(ball) = self.near_identity(bits)? {
            return Ok(ball);
        }
        if *self.parts().0 < Integer::ZERO {
            return Ok(self.clone().neg().tanh(bits)?.neg());
        }
        // The difference loses at most the bits/2 digits that near_identity leaves.
        let finer = bits + bits / 2 + 4;
        let one = Ball::from_integer(Integer::ONE);
        let power = self.clone().neg().scale(1).exp(finer)?;
        one.add(&power.clone().neg(), finer)?.div(&one.add(&power, finer)?, bits)
    }

    /// `x ± |x|^3`, where that is sharp enough.
    fn near_identity(&self, bits: u32) -> Result<Option<Ball>, BallFault> {
        if self.magnitude_bits() > -i64::from(bits) / 2 {
            return Ok(None);
        }
        let cube = self.mul(self, 32)?.mul(self, 32)?;
        self.widen(&cube, bits).map(Some)
    }

    /// The sine.
    pub(super) fn sin(&self, bits: u32) -> Result<Ball, BallFault> {
        match self.near_identity(bits)? {
            Some(ball) => Ok(ball),
            None => self.circular(0, bits + bits / 2, bits),
        }
    }

    /// The cosine.
    pub(super) fn cos(&self, bits: u32) -> Result<Ball, BallFault> {
        self.circular(1, bits, bits)
    }

    /// `sin(x + quarters * pi/2)`, worked out to `finer` bits. The rest of the
    /// reduction errs by at most two units, as for the exponential, and the
    /// derivatives are at most 1.
    fn circular(&self, quarters: u8, finer: u32, bits: u32) -> Result<Ball, BallFault> {
        if self.magnitude_bits() > ANGLE_LIMIT {
            return Err(BallFault::OutOfRange);
        }
        let reduced = self.reduce(i64::from(finer) + GUARD, 1, series::pi);
        let (sin, cos) = series::sin_cos(&reduced.rest, reduced.precision);
        // A quarter turn swaps sine and cosine, a half turn changes the sign.
        let quadrant = reduced.quotient + quarters;
        let value = if quadrant.bit(0) { cos } else { sin };
        let value = if quadrant.bit(1) { -value } else { value };
        let center = Ball::rounded(value, (ERROR + 3).into(), -reduced.precision, finer)?;
        center.widen(&self.radius_ball(), bits)
    }
}
