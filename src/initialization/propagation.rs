//! How the scale of a signal changes with depth: the theory beside the experiments.
//!
//! Infinite width. With weights of mean 0 and variance `σ_w²/n`, biases of variance `σ_b²`, and
//! `q` the mean square of the pre-activations:
//!
//! ```text
//! q₁ = σ_w² |x|²/n + σ_b²         q_{l+1} = σ_w² E φ(√q_l z)² + σ_b²         z ~ N(0, 1)
//! mean square of an adjoint, from layer l+1 to l:   σ_w² E φ'(√q_l z)²       (square matrices)
//! ```
//!
//! Sources: Poole et al. (2016); Schoenholz et al. (2017); for ReLU He et al. (2015).
//!
//! Finite width, ReLU, no biases, weights `N(0, v)`. Given the layer below, the `m`
//! pre-activations are independent `N(0, v |h|²)`, so the squared length is multiplied by
//! `v χ²_K`, where `K ~ Binomial(m, 1/2)` counts the active units, independently of the layers
//! below. As `E ln χ²_k = ψ(k/2) + ln 2` and `Var ln χ²_k = ψ'(k/2)`, exactly:
//!
//! ```text
//! mean of ln   ln v + ln 2 + E[ψ(K/2) | K > 0]
//! variance     E[ψ'(K/2) | K > 0] + Var[ψ(K/2) | K > 0]
//! ```
//!
//! For `v = 2/m` that is about `−5/(2m)` and `5/m`: `E ξ⁴/2 − 1/4 = 5/4` for `ξ² [ξ > 0]`, times
//! `4/m`. Those are the constants of Hanin and Nica (2020), Products of many large random
//! matrices and gradients in deep neural networks.
//!
//! Quadrature: the trapezoidal rule. Its error falls like `exp(−2π d/h)`, `d` the distance of the
//! nearest pole, here `π/(2√q)` for tanh; Gauss and Hermite's rule falls only like
//! `exp(−2d√(2n))`, which large `q` makes useless.

use super::normal::density;
use super::statistics::real;
use std::f64::consts::{LN_2, PI};

/// The activation of every layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// `max(0, z)`.
    Relu,
    /// `z` above 0, the slope times `z` below.
    LeakyRelu(f64),
    /// The hyperbolic tangent.
    Tanh,
    /// `z`.
    Linear,
}

/// The signal at one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The mean square of the pre-activations, `q`.
    pub pre_activation: f64,
    /// The mean square of the activations, `E φ(√q z)²`.
    pub activation: f64,
    /// By how much an adjoint's mean square grows on its way from the next layer's
    /// pre-activations to this one's.
    pub backward: f64,
}

/// The levels of `depth` layers, given the mean square of the inputs.
///
/// `weights` is the weights' variance times the fan-in, `biases` the biases' variance.
#[must_use]
pub fn propagate(
    activation: Activation,
    input: f64,
    weights: f64,
    biases: f64,
    depth: usize,
) -> Vec<Level> {
    let mut below = input;
    (0..depth)
        .map(|_| {
            let pre_activation = weights * below + biases;
            let (square, slope) = mean_squares(activation, pre_activation);
            below = square;
            Level { pre_activation, activation: square, backward: weights * slope }
        })
        .collect()
}

/// `E φ(√q z)²` and `E φ'(√q z)²` for a standard normal `z`.
#[must_use]
pub fn mean_squares(activation: Activation, q: f64) -> (f64, f64) {
    match activation {
        Activation::Linear => (q, 1.0),
        Activation::Relu => (0.5 * q, 0.5),
        Activation::LeakyRelu(slope) => {
            let share = 0.5 * (1.0 + slope * slope);
            (share * q, share)
        }
        Activation::Tanh => {
            let scale = q.sqrt();
            let tanh = |z: f64| libm::tanh(scale * z);
            let slope = |z: f64| 1.0 - tanh(z) * tanh(z);
            let square = expectation(scale, |z| tanh(z) * tanh(z));
            (square, expectation(scale, |z| slope(z) * slope(z)))
        }
    }
}

/// `E f(z)` for an even `f` whose nearest pole is at `π/(2·scale)` from the real axis.
fn expectation(scale: f64, f: impl Fn(f64) -> f64) -> f64 {
    // 2π d/h = 60 at h = π²/(60 scale), which leaves room for the pole's order; the density itself
    // asks for h ≤ 0.6. No more than a quarter of a million points: beyond, tanh is a step to the digits that matter.
    let step = (PI * PI / (60.0 * scale)).clamp(4e-5, 0.5);
    let mut sum = 0.5 * f(0.0) * density(0.0);
    let mut z = step;
    let mut count = 1;
    while z < 9.0 {
        sum += f(z) * density(z);
        count += 1;
        z = step * real(count);
    }
    2.0 * step * sum
}

/// Mean and variance of the logarithm of the factor by which a ReLU layer of this width multiplies
/// the squared length of its input, given that a unit is active; and the probability that none is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogGrowth {
    /// The mean of the natural logarithm.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// The probability `2^(−width)` that the signal ends here.
    pub extinction: f64,
}

impl LogGrowth {
    /// The growth over a layer of `width` units with normal weights of this variance.
    ///
    /// A sum of `width` terms.
    #[must_use]
    pub fn relu(width: usize, weight_variance: f64) -> Self {
        let m = real(width);
        let extinction = libm::exp(-m * LN_2);
        let (mut mean, mut second, mut trigamma_mean, mut mass) = (0.0, 0.0, 0.0, 0.0);
        // ψ and ψ' at k/2, for odd and even k by their recurrences.
        let mut digamma = [-EULER_GAMMA - 2.0 * LN_2, -EULER_GAMMA];
        let mut trigamma = [PI * PI / 2.0, PI * PI / 6.0];
        // ψ(k/2) is measured from its value near the middle, so that the variance keeps its digits.
        let center = libm::log((m / 4.0).max(0.25));
        for k in 1..=width {
            let parity = (k + 1) % 2;
            let half = 0.5 * real(k);
            let choose = libm::lgamma(m + 1.0)
                - libm::lgamma(real(k) + 1.0)
                - libm::lgamma(m - real(k) + 1.0);
            let weight = libm::exp(choose - m * LN_2);
            let shifted = digamma[parity] - center;
            mass += weight;
            mean += weight * shifted;
            second += weight * shifted * shifted;
            trigamma_mean += weight * trigamma[parity];
            digamma[parity] += 1.0 / half;
            trigamma[parity] -= 1.0 / (half * half);
        }
        let (mean, second, trigamma_mean) = (mean / mass, second / mass, trigamma_mean / mass);
        Self {
            mean: libm::log(weight_variance) + LN_2 + center + mean,
            variance: trigamma_mean + second - mean * mean,
            extinction,
        }
    }

    /// Mean and variance over so many layers of the same kind, and the probability that the
    /// signal ends in one of them.
    #[must_use]
    pub fn over(self, layers: usize) -> Self {
        let layers = real(layers);
        Self {
            mean: self.mean * layers,
            variance: self.variance * layers,
            extinction: -libm::expm1(layers * libm::log1p(-self.extinction)),
        }
    }
}

const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_squares_of_tanh_match_mpmath() {
        // mpmath.quad at 30 digits: q, E tanh(√q z)², E (1 − tanh(√q z)²)².
        let table = [
            (0.01, 0.009805468755532405, 0.9806702434649816),
            (0.5, 0.2736763079367389, 0.5924257933717963),
            (1.0, 0.3942944903978412, 0.46440290244826826),
            (4.0, 0.6352612342569399, 0.25595044322520893),
            (100.0, 0.9205368634305167, 0.053106787748115836),
            (10000.0, 0.992021482480513, 0.0053191446440146225),
        ];
        for (q, square, slope) in table {
            let found = mean_squares(Activation::Tanh, q);
            assert!((found.0 / square - 1.0).abs() < 1e-13, "{q}: {found:?}");
            assert!((found.1 / slope - 1.0).abs() < 1e-12, "{q}: {found:?}");
        }
    }

    #[test]
    fn kaiming_keeps_the_scale_and_xavier_halves_it() {
        let table = [
            (Activation::Relu, 2.0, 2.0),
            (Activation::Relu, 1.0, 1.0 / 512.0),
            (Activation::Linear, 1.0, 1.0),
            (Activation::LeakyRelu(0.5), 1.6, 1.6),
        ];
        for (activation, weights, last) in table {
            let levels = propagate(activation, 1.0, weights, 0.0, 10);
            assert!((levels[9].pre_activation / last - 1.0).abs() < 1e-14, "{activation:?}");
        }
    }

    #[test]
    fn the_drift_of_the_logarithm_is_that_of_hanin_and_nica() {
        for width in [64, 256, 1024, 4096] {
            let growth = LogGrowth::relu(width, 2.0 / real(width));
            let m = real(width);
            assert!((growth.mean * m + 2.5).abs() < 12.0 / m, "{width}: {}", growth.mean * m);
            assert!((growth.variance * m - 5.0).abs() < 40.0 / m, "{width}: {}", growth.variance);
        }
    }

    #[test]
    fn the_logarithm_of_a_single_layer_matches_mpmath() {
        // Σ over k of the binomial weights with mpmath's psi, 30 digits; v = 2/m.
        let table = [
            (1, -0.5772156649015329, 4.934802200544679),
            (2, -0.8082647250881813, 4.265248835017596),
            (10, -0.30746101069185716, 0.8667342530526032),
            (256, -0.009828659363802925, 0.01981870890979853),
        ];
        for (width, mean, variance) in table {
            let growth = LogGrowth::relu(width, 2.0 / real(width));
            assert!((growth.mean - mean).abs() < 1e-12, "{width}: {}", growth.mean);
            assert!((growth.variance / variance - 1.0).abs() < 1e-10, "{width}: {growth:?}");
        }
    }
}
