//! The standard normal distribution: density, distribution function and quantiles.
//!
//! ```text
//! φ(x) = e^(−x²/2)/√(2π)        Φ(x) = erfc(−x/√2)/2
//! cut at α and β:               Z = Φ(β) − Φ(α)
//!     mean δ = (φ(α) − φ(β))/Z, variance s = 1 + (α φ(α) − β φ(β))/Z − δ²
//! ```
//!
//! Source of the quantiles: Wichura (1988), Algorithm AS 241, PPND16: three rational functions,
//! about 16 digits everywhere. Of the truncated moments: Johnson, Kotz and Balakrishnan (1994),
//! Continuous Univariate Distributions 1, section 10.1.
//!
//! Portability: products, sums, `sqrt` and `libm` only, so the bits are the same everywhere.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// The density `φ(x)`.
#[must_use]
pub fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / TAU.sqrt()
}

/// `Φ(x)`, the probability of a value below `x`; in the lower tail with a relative error of
/// about `x²` units of the last place.
#[must_use]
pub fn cumulative(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// The probability of a value between two bounds, without cancellation in either tail.
#[must_use]
pub fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 {
        cumulative(-low) - cumulative(-high)
    } else {
        cumulative(high) - cumulative(low)
    }
}

/// The value below which a standard normal variable lies with probability `p` in (0, 1).
#[must_use]
pub fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * horner(&CENTER.0, r) / horner(&CENTER.1, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(tail)).sqrt();
    let value = if r <= 5.0 {
        horner(&MIDDLE.0, r - 1.6) / horner(&MIDDLE.1, r - 1.6)
    } else {
        horner(&FAR.0, r - 5.0) / horner(&FAR.1, r - 5.0)
    };
    if q < 0.0 { -value } else { value }
}

/// Mean and variance of a standard normal variable given that it lies between the cuts.
#[must_use]
pub fn truncated_moments(low: f64, high: f64) -> (f64, f64) {
    // An infinite cut has density 0, and 0 · ∞ would be NaN.
    let weighted = |x: f64| if x.is_finite() { x * density(x) } else { 0.0 };
    let mass = between(low, high);
    let shift = (density(low) - density(high)) / mass;
    let spread = 1.0 + (weighted(low) - weighted(high)) / mass - shift * shift;
    (shift, spread)
}

fn horner(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

type Ratio = ([f64; 8], [f64; 8]);

#[expect(clippy::excessive_precision, reason = "the digits are those of the source")]
#[rustfmt::skip]
const CENTER: Ratio = (
    [
        3.387_132_872_796_366_608, 1.331_416_678_917_843_774_5e2, 1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4, 4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4, 3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0, 4.231_333_070_160_091_125_2e1, 6.871_870_074_920_579_083e2,
        5.394_196_021_424_751_107_7e3, 2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061e4, 2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561e3,
    ],
);

#[expect(clippy::excessive_precision, reason = "the digits are those of the source")]
#[rustfmt::skip]
const MIDDLE: Ratio = (
    [
        1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_9, 5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04, 1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1, 2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1, 1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2, 5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
);

#[expect(clippy::excessive_precision, reason = "the digits are those of the source")]
#[rustfmt::skip]
const FAR: Ratio = (
    [
        6.657_904_643_501_103_777_2, 5.463_784_911_164_114_369_9, 1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1, 2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3, 2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0, 5.998_322_065_558_879_376_9e-1, 1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2, 7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5, 1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `Φ` by mpmath at 40 digits.
    const TABLE: [(f64, f64); 10] = [
        (-20.0, 2.753_624_118_606_233_7e-89),
        (-8.5, 9.479_534_822_203_318e-18),
        (-5.0, 2.866_515_718_791_939e-7),
        (-2.5, 0.006_209_665_325_776_135),
        (-1.0, 0.158_655_253_931_457_05),
        (-0.1, 0.460_172_162_722_971),
        (0.0, 0.5),
        (0.3, 0.617_911_422_188_952_6),
        (1.0, 0.841_344_746_068_542_9),
        (3.0, 0.998_650_101_968_369_9),
    ];

    #[test]
    fn the_distribution_function_matches_mpmath() {
        for (x, expected) in TABLE {
            let error = (cumulative(x) / expected - 1.0).abs();
            assert!(error < 4e-16 * (1.0 + x * x), "Φ({x}) is off by {error:e}");
        }
    }

    #[test]
    fn quantiles_invert_the_table() {
        // dx = dp/φ(x): what p's rounding costs is allowed for; above 1/2 that is most.
        for (x, p) in TABLE {
            let slack = 1e-15 * (1.0 + x.abs()) + f64::EPSILON * p / density(x);
            assert!((quantile(p) - x).abs() < slack, "{x}: {}", quantile(p));
        }
        // Wichura's own check values: p = 0.25, 0.001 and 1e-20.
        let published = [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_409),
        ];
        for (p, x) in published {
            assert!((quantile(p) - x).abs() < 1e-15 * 9.0, "{p}: {}", quantile(p));
        }
    }

    #[test]
    fn far_intervals_do_not_cancel() {
        let (left, right) = (between(-9.0, -8.5), between(8.5, 9.0));
        assert!((left - right).abs() <= f64::EPSILON * left);
        assert!(left > 9.3e-18);
    }

    #[test]
    fn truncation_matches_mpmath_and_the_constant_of_keras() {
        // mpmath at 40 digits; the first is the constant that Keras divides by, squared.
        let keras = 0.879_625_661_034_239_8_f64;
        let table = [
            (-2.0, 2.0, 0.0, 0.773_741_303_549_923_2),
            (-1.0, 1.0, 0.0, 0.291_125_094_772_793_2),
            (0.0, 3.0, 0.791_156_826_063_416_8, 0.347_407_801_235_802),
            (-0.5, 2.0, 0.445_743_778_272_514_8, 0.376_593_836_136_835_9),
            (1.0, 2.0, 1.383_169_046_631_552_8, 0.072_742_886_100_601_29),
            (f64::NEG_INFINITY, f64::INFINITY, 0.0, 1.0),
        ];
        assert!((truncated_moments(-2.0, 2.0).1 - keras * keras).abs() < 3e-16);
        for (low, high, mean, variance) in table {
            let (found_mean, found_variance) = truncated_moments(low, high);
            assert!((found_mean - mean).abs() < 1e-14, "{low} {high}: {found_mean}");
            assert!((found_variance - variance).abs() < 2e-14, "{low} {high}: {found_variance}");
        }
    }
}
