//! `P(z > 0)` for a normal `z`, as a power of ten however small.
//!
//! For `z ~ N(b, v)` and `x = |b|/√v`, below `x = 2` by `erfc`, from there by the Mills ratio:
//!
//! ```text
//! Φ(−x) = φ(x) M(x)        M(x) = 1/(x + 1/(x + 2/(x + 3/(x + …))))      (Laplace)
//! log₁₀ Φ(−x) = −b²/(2v) · log₁₀ e + log₁₀(M(x)/√(2π))
//! ```
//!
//! Source: Abramowitz and Stegun (1964), 26.2.14.
//!
//! Exactness: the first term is what is large; it is carried as a sum of two doubles (Dekker
//! 1971), with about 31 digits. So the power's fractional part, and with it the mantissa, keeps
//! 14 digits while `b²/(2v)` stays below 10¹⁶, and `error` says how many where it does not.

use super::normal;
use std::f64::consts::{LN_10, SQRT_2, TAU};

/// A probability with its decimal logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability {
    /// The probability; 0 where it underflows.
    pub value: f64,
    /// Its decimal logarithm to the precision of a double.
    pub log10: f64,
    /// The whole power of ten, so that the probability is `mantissa · 10^exponent`; `None` where
    /// the logarithm leaves the whole numbers that a double holds.
    pub exponent: Option<i64>,
    /// The factor of the power of ten, in [1, 10).
    pub mantissa: f64,
    /// A bound on the mantissa's relative error.
    pub error: f64,
}

/// The probability that a normal variable of this mean and variance is above zero.
///
/// Mean and variance are taken as exact. A variance of 0 gives 1 or 0.
#[must_use]
pub fn positive(mean: f64, variance: f64) -> Probability {
    let x = -mean / variance.sqrt();
    if !(variance > 0.0 && mean.is_finite()) {
        return plain(f64::from(u8::from(mean > 0.0)));
    }
    if x < 2.0 {
        return plain(0.5 * libm::erfc(x / SQRT_2));
    }
    // −b²/(2v) · log₁₀ e in two doubles; e's logarithm to 32 digits.
    let square = product(mean, mean);
    let quotient = divide(square, 2.0 * variance);
    let power = multiply(quotient, LOG10_E);
    let rest = libm::log10(mills_ratio(x) / TAU.sqrt());
    split(-power.0, rest - power.1)
}

/// `(1 − Φ(x))/φ(x)` for `x ≥ 2`.
fn mills_ratio(x: f64) -> f64 {
    // The remainder after k levels falls like exp(−2x√(2k)): at x = 2, k = 100 below 10⁻²⁴.
    let levels = (1..=100).rev().map(f64::from);
    1.0 / levels.fold(x, |below, level| x + level / below)
}

fn plain(value: f64) -> Probability {
    let log10 = libm::log10(value);
    let exponent = whole(log10.floor());
    let mantissa = libm::pow(10.0, log10 - log10.floor());
    Probability { value, log10, exponent, mantissa, error: 4.0 * f64::EPSILON }
}

/// A logarithm `large + small` as a power of ten.
fn split(large: f64, small: f64) -> Probability {
    let log10 = large + small;
    if !log10.is_finite() {
        let error = f64::INFINITY;
        return Probability { value: 0.0, log10, exponent: None, mantissa: 1.0, error };
    }
    let floor = large.floor();
    // `large − floor` is exact, so the fraction is as good as `small`.
    let fraction = (large - floor) + small;
    let carry = fraction.floor();
    let mantissa = libm::pow(10.0, fraction - carry);
    let value = libm::pow(10.0, log10);
    let error = 1e-14 + large.abs() * 1e-30;
    Probability { value, log10, exponent: whole(floor + carry), mantissa, error }
}

/// A whole double as an integer, where doubles still hold every integer.
#[expect(clippy::cast_possible_truncation, reason = "the bound is checked first")]
fn whole(value: f64) -> Option<i64> {
    (value.abs() < 9.0e15).then_some(value as i64)
}

/// A sum of two doubles, the second below half a unit of the first one's last place.
type Double = (f64, f64);

const LOG10_E: Double = (std::f64::consts::LOG10_E, LOG10_E_REST);
const LOG10_E_REST: f64 = 1.098_319_650_216_765e-17;

fn product(a: f64, b: f64) -> Double {
    let high = a * b;
    (high, libm::fma(a, b, -high))
}

fn multiply(a: Double, b: Double) -> Double {
    let (high, low) = product(a.0, b.0);
    renormalize(high, low + (a.0 * b.1 + a.1 * b.0))
}

fn divide(a: Double, b: f64) -> Double {
    let first = a.0 / b;
    let (high, low) = product(first, b);
    let rest = ((a.0 - high) - low) + a.1;
    renormalize(first, rest / b)
}

fn renormalize(high: f64, low: f64) -> Double {
    let sum = high + low;
    (sum, low - (sum - high))
}

/// `ln Φ(x)`, by [`positive`].
#[must_use]
pub fn log_cumulative(x: f64) -> f64 {
    if x > 2.0 { libm::log1p(-normal::cumulative(-x)) } else { positive(x, 1.0).log10 * LN_10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_match_mpmath() {
        // Mean and variance; exponent, mantissa and logarithm by mpmath at 60 digits.
        let table = [
            (-1.0, 2.0, -1, 2.397_500_610_934_767, -0.620_241_273_489_701_5),
            (-4.0, 2.0, -3, 2.338_867_490_523_633, -2.630_994_382_622_040_5),
            (-40.0, 1.0, -350, 3.655_893_540_915_029_7, -349.437_006_459_345_85),
            (-1e3, 3.0, -72_386, 2.665_746_504_078_588, -72_385.574_181_151_66),
            (-1e6, 2.0, -108_573_620_483, 8.678_969_274_489_007, -108_573_620_482.061_53),
            (-1e8, 0.7, -3_102_103_442_166_094, 6.973_249_632_625_76, -3_102_103_442_166_093.2),
        ];
        for (mean, variance, exponent, mantissa, log10) in table {
            let found = positive(mean, variance);
            assert_eq!(found.exponent, Some(exponent), "{mean} {variance}");
            let error = (found.mantissa / mantissa - 1.0).abs();
            assert!(error <= found.error, "{mean} {variance}: {error:e} > {:e}", found.error);
            assert!((found.log10 / log10 - 1.0).abs() < 4e-16, "{mean}: {}", found.log10);
        }
    }

    #[test]
    fn both_ways_of_computing_meet() {
        let (below, above) = (positive(-1.999_999_999, 1.0), positive(-2.000_000_001, 1.0));
        let density = normal::density(2.0);
        assert!(((below.value - above.value) / (2e-9 * density) - 1.0).abs() < 1e-5);
        assert!((positive(-2.5, 1.0).value / normal::cumulative(-2.5) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn a_certain_outcome_has_probability_one_or_zero() {
        let table = [(1.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (50.0, 1.0, 1.0)];
        for (mean, variance, value) in table {
            assert!((positive(mean, variance).value - value).abs() < 1e-300, "{mean} {variance}");
        }
        assert_eq!(positive(-1e200, 1.0).exponent, None);
        assert!((log_cumulative(-3.0) - libm::log(normal::cumulative(-3.0))).abs() < 1e-14);
    }
}
