//! The initializers: what each kind draws, with its options.
//!
//! Convention: a weight `W` has `n` rows and `m` columns and is applied as `y = x W`, so that
//! `fan_in = n` and `fan_out = m`. (PyTorch stores the transpose.)
//!
//! ```text
//! variance scaling    Var W_ij = gain² / fan      fan = n, m or (n + m)/2
//!   normal            W_ij ~ N(0, Var)            uniform   W_ij ~ U(−√(3 Var), √(3 Var))
//! LeCun    fan = n, gain = 1                      LeCun et al. (1998), Efficient BackProp
//! Xavier   fan = (n + m)/2                        Glorot and Bengio (2010)
//! Kaiming  fan = n unless asked otherwise         He et al. (2015)
//! ```
//!
//! A truncated normal has its cuts in multiples of its standard deviation `σ`. What it leaves has
//! less variance than `σ²`; the correction widens the parent so that the variance is `σ²` again
//! (for cuts at ±2 by the factor 1/0.87962566103423978).
//!
//! `sparse` zeroes ⌈fraction · n⌉ entries of each column of `W`: the weights into one unit, which
//! is what Martens (2010) asks for. (PyTorch does the same to the columns of its transpose.)

use super::exact::{Fraction, Number};

/// The size of a parameter, `rows × columns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The number of rows, `fan_in` of a weight.
    pub rows: usize,
    /// The number of columns, `fan_out` of a weight.
    pub columns: usize,
}

impl Shape {
    /// `rows × columns`.
    #[must_use]
    pub fn new(rows: usize, columns: usize) -> Self {
        Self { rows, columns }
    }

    /// The number of entries; it saturates rather than wraps.
    #[must_use]
    pub fn size(self) -> usize {
        self.rows.saturating_mul(self.columns)
    }
}

/// Which number of connections the variance is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fan {
    /// The inputs of a unit, `n`.
    In,
    /// The outputs that an input goes to, `m`.
    Out,
    /// `(n + m)/2`.
    Average,
}

/// The factor by which an activation's shrinking of its input is undone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gain {
    /// `√2`.
    Relu,
    /// `√(2/(1 + a²))` for the slope `a`.
    LeakyRelu(Number),
    /// `5/3`, PyTorch's recommendation.
    Tanh,
    /// `1`.
    Linear,
    /// `1`.
    Sigmoid,
    /// `3/4`, PyTorch's recommendation.
    Selu,
    /// A number of the author's own.
    Number(Number),
}

impl Gain {
    /// The gain as a number, exact where it can be.
    #[must_use]
    pub fn number(self) -> Number {
        match self {
            Self::Relu => Number::Root(Fraction::ONE.plus(Fraction::ONE).unwrap_or(Fraction::ONE)),
            Self::LeakyRelu(slope) => leaky(slope),
            Self::Tanh => Number::ratio(5, 3),
            Self::Linear | Self::Sigmoid => Number::ONE,
            Self::Selu => Number::ratio(3, 4),
            Self::Number(number) => number,
        }
    }
}

fn leaky(slope: Number) -> Number {
    let square = slope
        .square()
        .and_then(|square| Fraction::ONE.plus(square))
        .and_then(|sum| Fraction::new(2, 1)?.over(sum));
    match square {
        Some(square) => Number::Root(square),
        None => Number::Real((2.0 / (1.0 + slope.value() * slope.value())).sqrt()),
    }
}

/// Whether the tails of a normal distribution beyond ±2σ are drawn again (Keras does).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tails {
    /// A normal distribution.
    Full,
    /// Cut at ±2σ of the parent, whose `σ` is corrected so that the variance is as asked.
    Truncated,
}

/// Whether a truncated normal's parent is widened so that the variance is `std²`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// `std` is the parent's; the variance is smaller.
    None,
    /// `std` is the result's.
    Variance,
}

/// An initializer with its options.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the options are documented in the table of kinds")]
pub enum Scheme {
    /// Every entry 0.
    Zeros,
    /// Every entry 1.
    Ones,
    /// Every entry the same.
    Constant { value: Number },
    /// `N(mean, std²)`.
    Normal { mean: Number, std: Number },
    /// `U(low, high)`.
    Uniform { low: Number, high: Number },
    /// `N(mean, std²)` cut at `mean + low·std` and `mean + high·std`.
    TruncatedNormal { mean: Number, std: Number, low: Number, high: Number, correction: Correction },
    /// Variance `1/n`.
    LecunNormal { tails: Tails },
    /// Variance `1/n`.
    LecunUniform,
    /// Variance `2 gain²/(n + m)`.
    XavierNormal { gain: Gain, tails: Tails },
    /// Variance `2 gain²/(n + m)`.
    XavierUniform { gain: Gain },
    /// Variance `gain²/fan`.
    KaimingNormal { fan: Fan, gain: Gain, tails: Tails },
    /// Variance `gain²/fan`.
    KaimingUniform { fan: Fan, gain: Gain },
    /// `gain` times a matrix with orthonormal columns, or rows where there are fewer of them;
    /// uniform over all such matrices.
    Orthogonal { gain: Gain },
    /// `N(0, std²)` with ⌈fraction · rows⌉ zeros in each column.
    Sparse { fraction: Number, std: Number },
    /// `gain` on the diagonal, 0 elsewhere.
    Identity { gain: Gain },
}

/// How a variance-scaling kind spreads its variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    Normal(Tails),
    Uniform,
}

impl Scheme {
    /// Gain, fan and spread of the kinds whose variance is `gain²/fan`.
    pub(super) fn scaling(&self) -> Option<(Number, Fan, Spread)> {
        Some(match *self {
            Self::LecunNormal { tails } => (Number::ONE, Fan::In, Spread::Normal(tails)),
            Self::LecunUniform => (Number::ONE, Fan::In, Spread::Uniform),
            Self::XavierNormal { gain, tails } => {
                (gain.number(), Fan::Average, Spread::Normal(tails))
            }
            Self::XavierUniform { gain } => (gain.number(), Fan::Average, Spread::Uniform),
            Self::KaimingNormal { fan, gain, tails } => (gain.number(), fan, Spread::Normal(tails)),
            Self::KaimingUniform { fan, gain } => (gain.number(), fan, Spread::Uniform),
            Self::Zeros
            | Self::Ones
            | Self::Constant { .. }
            | Self::Normal { .. }
            | Self::Uniform { .. }
            | Self::TruncatedNormal { .. }
            | Self::Orthogonal { .. }
            | Self::Sparse { .. }
            | Self::Identity { .. } => return None,
        })
    }

    /// The kind's name in a scenario.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Zeros => "zeros",
            Self::Ones => "ones",
            Self::Constant { .. } => "constant",
            Self::Normal { .. } => "normal",
            Self::Uniform { .. } => "uniform",
            Self::TruncatedNormal { .. } => "truncated_normal",
            Self::LecunNormal { .. } => "lecun_normal",
            Self::LecunUniform => "lecun_uniform",
            Self::XavierNormal { .. } => "xavier_normal",
            Self::XavierUniform { .. } => "xavier_uniform",
            Self::KaimingNormal { .. } => "kaiming_normal",
            Self::KaimingUniform { .. } => "kaiming_uniform",
            Self::Orthogonal { .. } => "orthogonal",
            Self::Sparse { .. } => "sparse",
            Self::Identity { .. } => "identity",
        }
    }

    /// Whether anything is drawn.
    #[must_use]
    pub fn is_random(&self) -> bool {
        let fixed = matches!(
            self,
            Self::Zeros | Self::Ones | Self::Constant { .. } | Self::Identity { .. }
        );
        !fixed
    }

    /// The rules that the options break, each a field and what it must be.
    ///
    /// Drawing from a scheme that breaks one gives numbers without meaning, never a panic.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut rule = |holds: bool, field, must: &'static str| {
            if !holds {
                found.push(Violation { field, must });
            }
        };
        let finite = |number: Number| number.value().is_finite();
        let length = |number: Number| finite(number) && number.value() >= 0.0;
        match *self {
            Self::Constant { value } => rule(finite(value), "value", FINITE),
            Self::Normal { mean, std } => {
                rule(finite(mean), "mean", FINITE);
                rule(length(std), "std", LENGTH);
            }
            Self::Uniform { low, high } => {
                rule(finite(low) && finite(high) && low.value() <= high.value(), "low", ORDER);
            }
            Self::TruncatedNormal { mean, std, low, high, .. } => {
                rule(finite(mean), "mean", FINITE);
                rule(length(std), "std", LENGTH);
                let cuts = [low.value(), high.value()];
                rule(cuts[0] < cuts[1], "low", "lie below high");
                rule(cuts[0] <= 8.0 && cuts[1] >= -8.0, "low", "leave a part within 8 std");
            }
            Self::Sparse { fraction, std } => {
                rule((0.0..=1.0).contains(&fraction.value()), "fraction", "lie in [0, 1]");
                rule(length(std), "std", LENGTH);
            }
            Self::XavierNormal { gain, .. }
            | Self::XavierUniform { gain }
            | Self::KaimingNormal { gain, .. }
            | Self::KaimingUniform { gain, .. } => rule(length(gain.number()), "gain", LENGTH),
            Self::Orthogonal { gain } | Self::Identity { gain } => {
                rule(finite(gain.number()), "gain", FINITE);
            }
            Self::Zeros | Self::Ones | Self::LecunNormal { .. } | Self::LecunUniform => {}
        }
        found
    }
}

const FINITE: &str = "be finite";
const LENGTH: &str = "be finite and at least 0";
const ORDER: &str = "be finite and at most high";

/// An option that breaks a rule; reads as "std must be finite and at least 0".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The option's name.
    pub field: &'static str,
    /// What it must do or be.
    pub must: &'static str,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} must {}", self.field, self.must)
    }
}

impl std::error::Error for Violation {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_those_of_the_papers_and_frameworks() {
        // torch.nn.init.calculate_gain, squared.
        let table = [
            (Gain::Relu, (2, 1)),
            (Gain::LeakyRelu(Number::ratio(1, 100)), (20_000, 10_001)),
            (Gain::LeakyRelu(Number::ratio(1, 5)), (50, 26)),
            (Gain::LeakyRelu(Number::Root(Fraction::new(5, 1).unwrap())), (1, 3)),
            (Gain::Tanh, (25, 9)),
            (Gain::Selu, (9, 16)),
            (Gain::Sigmoid, (1, 1)),
        ];
        for (gain, (numerator, denominator)) in table {
            assert_eq!(gain.number().square(), Fraction::new(numerator, denominator), "{gain:?}");
        }
    }

    #[test]
    fn every_broken_option_is_reported() {
        let (minus, nan) = (Number::ratio(-1, 1), Number::Real(f64::NAN));
        let table = [
            (Scheme::Normal { mean: nan, std: minus }, vec!["mean", "std"]),
            (Scheme::Uniform { low: Number::ONE, high: Number::ZERO }, vec!["low"]),
            (Scheme::Sparse { fraction: minus, std: Number::ONE }, vec!["fraction"]),
            (Scheme::XavierUniform { gain: Gain::Number(minus) }, vec!["gain"]),
            (Scheme::Identity { gain: Gain::Number(minus) }, vec![]),
        ];
        for (scheme, fields) in table {
            let found: Vec<_> = scheme.violations().iter().map(|broken| broken.field).collect();
            assert_eq!(found, fields, "{scheme:?}");
        }
    }
}
