//! Enclosures in double precision: rough, but nearly free.
//!
//! Most signs show in the first digits, and most digits that a sheet prints are certain from a
//! machine's. So before balls are worked out, a number is enclosed by `m ± r` with doubles `m`
//! and `r`. With `e = 2^-52`, which is twice the unit roundoff, an operation `m` of
//! doubles differs by at most `|m| e` from the true one, and so
//!
//! ```text
//! a ± r times b ± s   lies within |a| s + |b| r + r s + |m| e     of m = ab
//! a ± r plus b ± s    lies within r + s + |m| e                   of m = a + b
//! sqrt(a ± r)         lies within r/m + m e                       of m = sqrt(a), for a > r
//! n/d                 lies within 5 |m| e                         of m, the quotient of doubles
//! ```
//!
//! since `|sqrt(x) - sqrt(a)| = |x - a| / (sqrt(x) + sqrt(a)) <= r / sqrt(a)`, and since `n` and `d`
//! err by a rounding each, and by less than one more where only their leading words are looked at.
//! The radii are sums and products of at most eight roundings of positive numbers, and a factor of
//! `1 + 8 e` makes up for all of them. All numbers stay between `2^-600` and `2^600`, so that
//! nothing underflows.

use dashu_base::Sign as IntegerSign;

use super::atom::Function;
use super::ball::{Ball, Spread};
use super::normal::Normal;
use super::sum::{Factor, Term};
use super::{Integer, Rational, Sign};

/// Terms that are looked at, those below roots included.
const MAX_TERMS: u32 = 64;
/// Longest integer that is looked at, in words.
const MAX_WORDS: usize = 9;
/// Between its inverse and this lie the numbers that are worked with: `2^600`.
const LARGEST: f64 = f64::from_bits((1023 + 600) << 52);
/// More than all roundings of a radius together.
const OUTWARD: f64 = 1.0 + 8.0 * f64::EPSILON;
/// The digit that an integer's words are of, `2^64`.
const WORD: f64 = 18_446_744_073_709_551_616.0;

const _: () = assert!(dashu_int::Word::BITS == u64::BITS, "the bounds are those of 64-bit words");

/// The numbers within `rad` of `mid`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Double {
    mid: f64,
    rad: f64,
}

impl Double {
    /// An enclosure of a number, if it is made of few roots and of numbers that are not extreme.
    pub(super) fn of(value: &Normal) -> Option<Self> {
        of_real(value, &mut { MAX_TERMS })
    }

    /// The sign that all members share, if they do.
    pub(super) fn sign(self) -> Option<Sign> {
        match self.mid {
            mid if mid > self.rad => Some(Sign::Positive),
            mid if mid < -self.rad => Some(Sign::Negative),
            _ => None,
        }
    }

    /// The ball with the same members, and perhaps more.
    pub(super) fn ball(self) -> Option<Ball> {
        let (mid, exp) = parts(self.mid);
        let (rad, rad_exp) = parts(self.rad);
        let sign = if self.mid < 0.0 { IntegerSign::Negative } else { IntegerSign::Positive };
        let mid = Integer::from_parts(sign, mid.into());
        Ball::rounded(mid, &[Spread::new(rad, rad_exp - exp)], exp, u64::BITS).ok()
    }

    /// What was computed with an error of `rad` but for roundings.
    fn rounded(mid: f64, rad: f64) -> Self {
        Double { mid, rad: (rad + mid.abs() * f64::EPSILON) * OUTWARD }
    }

    /// The same, if it is not extreme.
    fn within_range(self) -> Option<Self> {
        let size = self.mid.abs();
        (size < LARGEST && size > 1.0 / LARGEST && self.rad < LARGEST).then_some(self)
    }

    fn plus(self, other: Self) -> Self {
        Self::rounded(self.mid + other.mid, self.rad + other.rad)
    }

    fn times(self, other: Self) -> Option<Self> {
        let crossed = self.mid.abs() * other.rad + other.mid.abs() * self.rad;
        Self::rounded(self.mid * other.mid, crossed + self.rad * other.rad).within_range()
    }

    fn sqrt(self) -> Option<Self> {
        if self.sign() != Some(Sign::Positive) {
            return None;
        }
        let root = self.mid.sqrt();
        Self::rounded(root, self.rad / root).within_range()
    }
}

fn of_real(value: &Normal, left: &mut u32) -> Option<Double> {
    match (value.as_sum(), value.as_rational()) {
        (Some(sum), _) => {
            let mut total = Double { mid: 0.0, rad: 0.0 };
            for term in sum.terms() {
                total = total.plus(of_term(term, left)?);
            }
            Some(total)
        }
        (None, rational) => of_rational(&*rational?),
    }
}

fn of_term(term: &Term, left: &mut u32) -> Option<Double> {
    *left = left.checked_sub(1)?;
    let coefficient = of_rational(&term.coefficient)?;
    term.monomial.iter().try_fold(coefficient, |product, factor| {
        let root = root_below(factor)?;
        product.times(of_real(root, left)?.sqrt()?)
    })
}

/// The number that a factor is the square root of.
fn root_below(factor: &Factor) -> Option<&Normal> {
    let is_root = matches!(
        (factor.atom.function(), factor.power),
        (Function::Prime | Function::Cofactor | Function::Root, 1)
    );
    is_root.then(|| factor.atom.argument())
}

/// A fraction other than zero.
fn of_rational(value: &Rational) -> Option<Double> {
    let above = of_words(value.numerator())?;
    let below = of_words(value.denominator().as_ibig())?;
    let mid = above / below;
    Double::rounded(mid, 4.0 * mid.abs() * f64::EPSILON).within_range()
}

/// The integer with a relative error of less than two units: one is that of rounding its two
/// leading words, the words after them are less than `2^-64` of it.
#[expect(clippy::cast_precision_loss, reason = "what is lost stands in the radius")]
fn of_words(value: &Integer) -> Option<f64> {
    let (sign, words) = value.as_sign_words();
    let size = match words {
        [] => return None,
        [word] => *word as f64,
        [others @ .., next, last] if words.len() <= MAX_WORDS => {
            let leading = u128::from(*last) << 64 | u128::from(*next);
            others.iter().fold(leading as f64, |size, _| size * WORD)
        }
        _ => return None,
    };
    Some(if sign == IntegerSign::Negative { -size } else { size })
}

/// The magnitude of a double as `integer * 2^exponent`.
fn parts(value: f64) -> (u64, i64) {
    const DIGITS: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = value.abs().to_bits();
    let fraction = bits & ((1 << DIGITS) - 1);
    match i64::try_from(bits >> DIGITS).unwrap_or(i64::MAX) {
        0 => (fraction, 1 - 1075),
        exponent => (fraction | 1 << DIGITS, exponent - 1075),
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::evaluate;
    use super::super::integer::magnitude;
    use super::super::{Precision, Rounding, parse_exact, round};
    use super::*;

    fn real(text: &str) -> Normal {
        Normal::from(parse_exact(text).unwrap())
    }

    /// Sums of roots: plain and nested, of long fractions, and nearly zero.
    fn sums() -> Vec<Normal> {
        let numbers = ["2", "-3/7", "1e-8", "12345678901234567890123/1000000007", "-1e40"];
        let root = |text: &str| real(text).sqrt().unwrap();
        let roots = [root("2"), root("3/5"), root("1000000007"), root("10"), root("2e-16")];
        let mut sums = Vec::new();
        for number in numbers {
            for (place, root) in roots.iter().enumerate() {
                let sum = real(number) + root * &roots[place / 2] * real(numbers[place]) + root;
                let size = if sum.sign() == Ok(Sign::Negative) { -&sum } else { sum.clone() };
                sums.push(size.sqrt().unwrap() - root);
                sums.push(&sum - &roots[4 - place]);
                sums.push(sum);
            }
        }
        // p/q with p^2 - 2 q^2 = 1, which comes nearer and nearer to the root.
        let (mut p, mut q) = (Normal::from(3), Normal::from(2));
        for _ in 0..25 {
            sums.push(p.checked_div(&q).unwrap() - &roots[0]);
            let next = &p * Normal::from(3) + &q * Normal::from(4);
            q = &p * Normal::from(2) + &q * Normal::from(3);
            p = next;
        }
        sums
    }

    #[test]
    fn enclosures_hold_the_number_and_are_sharp() {
        let (mut enclosed, mut decided) = (0, 0);
        for value in sums().iter().filter(|value| value.as_sum().is_some()) {
            let fine = evaluate(value, 1024).unwrap();
            let Some(double) = Double::of(value) else { continue };
            let ball = double.ball().unwrap();
            assert!(ball.lower() <= fine.lower() && fine.upper() <= ball.upper(), "{value:?}");
            assert!(double.sign().is_none() || double.sign() == fine.sign(), "{value:?}");
            assert_eq!(double.sign().is_some(), ball.sign().is_some(), "{value:?}");
            for digits in 1..=8 {
                let shown =
                    round(&value.clone().into(), Precision::Significant(digits), Rounding::HalfUp)
                        .unwrap();
                let gap = magnitude(&(fine.midpoint() - &shown.value));
                assert!(gap <= shown.half_unit() + fine.radius(), "{value:?} to {digits}");
            }
            enclosed += 1;
            decided += usize::from(double.sign().is_some());
        }
        assert!(enclosed > 90 && decided > 80, "{enclosed}, {decided}");
    }

    #[test]
    fn what_is_extreme_is_left_to_balls() {
        let table = [
            real("1e300") * real("2").sqrt().unwrap(),
            real("1e-200") + real("2").sqrt().unwrap(),
            real("2").exp().unwrap(),
            (real("2").sqrt().unwrap() + Normal::one().exp().unwrap()).sqrt().unwrap(),
        ];
        for value in table {
            assert!(Double::of(&value).is_none(), "{value:?}");
        }
    }

    #[test]
    fn doubles_are_taken_apart_exactly() {
        for value in [0.0, 1.0, -0.1, 1e300, f64::MIN_POSITIVE, f64::from_bits(1)] {
            let (size, exp) = parts(value);
            let ball = Ball::from_integer(size.into()).scale(exp);
            let back = ball.midpoint().to_f64().value();
            assert_eq!(back.to_bits(), value.abs().to_bits(), "{value}");
        }
    }
}
