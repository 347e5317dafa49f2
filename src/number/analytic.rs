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
use super::integer::{bit_length, power_of_two, shift};
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
        Ball::enclosing(value, ERROR + 4, power - reduced.precision, bits)
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
        let error = ERROR + 2 + 2 * k.unsigned_abs();
        let center = Ball::enclosing(sum, error, -precision, bits)?;
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

    /// The number pi; the series errs by less than the units taken for it.
    pub(super) fn pi(bits: u32) -> Result<Ball, BallFault> {
        let precision = i64::from(bits) + GUARD;
        Ball::enclosing(series::pi(precision), 4, -precision, bits)
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
        let center = Ball::enclosing(value, ERROR + 3, -reduced.precision, finer)?;
        center.widen(&self.radius_ball(), bits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse_decimal, parse_exact};
    use super::*;

    /// Function, argument, 50 digits by mpmath.
    const VALUES: &str = "\
exp 1/3 1.3956124250860895286281253196025868375979065151994
sigmoid 1/3 5.8257020646231467686639461396122955905284651044926e-1
tanh 1/3 3.2151273753163434471940622242520646600529200250208e-1
sin 1/3 3.2719469679615224417334408526762060606430140689376e-1
cos 1/3 9.4495694631473766438828400767588060784585269956514e-1
exp -7/2 3.0197383422318500739786292363619845071660532247657e-2
sigmoid -7/2 2.9312230751356318865289558114181583894182129798380e-2
tanh -7/2 -9.9817789761119870928427335245061171735170387947736e-1
sin -7/2 3.5078322768961984812036880004363558508498173594058e-1
cos -7/2 -9.3645668729079633769865762667176046301995776578196e-1
exp 355/113 2.3140698805888196914023108231128403095368537283633e+1
sigmoid 355/113 9.5857617842628116541338128524099526096607260700182e-1
tanh 355/113 9.9627207820599521153258937732771725620074405295614e-1
sin 355/113 -2.6676418906241914840637452887346888682210542662127e-7
cos 355/113 -9.9999999999996441843371693431297142520323245807918e-1
exp 1/1000000000000 1.0000000000010000000000005000000000001666666666667
sigmoid 1/1000000000000 5.0000000000024999999999999999999999997916666666667e-1
tanh 1/1000000000000 9.9999999999999999999999966666666666666666666666680e-13
sin 1/1000000000000 9.9999999999999999999999983333333333333333333333334e-13
cos 1/1000000000000 9.9999999999999999999999950000000000000000000000004e-1
exp -1/10000000000000000000000000000000000000000 9.9999999999999999999999999999999999999990000000000e-1
sigmoid -1/10000000000000000000000000000000000000000 4.9999999999999999999999999999999999999997500000000e-1
tanh -1/10000000000000000000000000000000000000000 -1.0000000000000000000000000000000000000000000000000e-40
sin -1/10000000000000000000000000000000000000000 -1.0000000000000000000000000000000000000000000000000e-40
cos -1/10000000000000000000000000000000000000000 1.0000000000000000000000000000000000000000000000000
exp 1000/1 1.9700711140170469938888793522433231253169379853238e+434
sigmoid 1000/1 1.0000000000000000000000000000000000000000000000000
tanh 1000/1 1.0000000000000000000000000000000000000000000000000
sin 1000/1 8.2687954053200256025588742910921814121272496784779e-1
cos 1000/1 5.6237907629070299107824922660539596875581182173820e-1
ln 1/3 -1.0986122886681096913952452369225257046474905578227
ln 3/1 1.0986122886681096913952452369225257046474905578227
ln 2/1 6.9314718055994530941723212145817656807550013436026e-1
ln 1000000000001/1000000000000 9.9999999999950000000000033333333333308333333333353e-13
ln 1000000000000000000000000000000/7 6.7131642640766057215434390897087746498395959929281e+1
ln 1/10000000000000000000000000000000000000000 -9.2103403719761827360719658187374568304044059545151e+1
ln 3/4 -2.8768207245178092743921900599382743150350971089776e-1
ln 3/2 4.0546510810816438197801311546434913657199042346249e-1";

    #[test]
    fn balls_hold_the_values_and_are_small() {
        for row in VALUES.lines() {
            let [name, argument, digits] = *row.split(' ').collect::<Vec<_>>() else {
                panic!("{row}")
            };
            let argument = parse_exact(argument).unwrap();
            let value = parse_decimal(digits).unwrap();
            for bits in [64, 100, 150] {
                let ball = Ball::from_rational(&argument, bits).unwrap();
                let image = match name {
                    "exp" => ball.exp(bits),
                    "sigmoid" => ball.sigmoid(bits),
                    "tanh" => ball.tanh(bits),
                    "sin" => ball.sin(bits),
                    "cos" => ball.cos(bits),
                    _ => ball.ln(bits),
                }
                .unwrap();
                let message = format!("{name}({argument}) at {bits}: {image:?}");
                assert!(image.lower() <= value && value <= image.upper(), "{message}");
                // Arguments near 1000 cost ten bits, those near a zero of the function
                // what cancels.
                let cancelled = if matches!(name, "ln" | "sin") { 42 } else { 16 };
                assert!(image.accuracy() >= i64::from(bits) - cancelled, "{message}");
            }
        }
    }

    #[test]
    fn wide_arguments_give_wide_balls() {
        let x =
            Ball::from_integer(Integer::from(3)).widen(&Ball::from_integer(2.into()), 64).unwrap();
        let image = x.exp(64).unwrap();
        for end in [1, 5] {
            let point = Ball::from_integer(end.into()).exp(64).unwrap();
            assert!(image.lower() <= point.lower() && point.upper() <= image.upper());
        }
        assert_eq!(x.clone().neg().ln(64), Err(BallFault::Coarse));
        let straddling = Ball::around_zero(3);
        assert_eq!(straddling.ln(64), Err(BallFault::Coarse));
        let bounded = straddling.tanh(64).unwrap();
        assert!(bounded.upper() >= Ball::from_integer(8.into()).tanh(64).unwrap().lower());
    }

    #[test]
    fn extremes_are_answered() {
        let huge = Ball::from_integer(1.into()).scale(200);
        assert_eq!(huge.exp(64), Err(BallFault::OutOfRange));
        assert_eq!(huge.clone().neg().exp(64).unwrap().sign(), None);
        assert!(huge.sigmoid(64).unwrap().upper() >= Ball::from_integer(1.into()).lower());
        assert!(huge.sin(64).is_ok());
        assert_eq!(huge.scale(1 << 20).sin(64), Err(BallFault::OutOfRange));
    }
}
