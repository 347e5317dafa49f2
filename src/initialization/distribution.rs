//! The distribution of one entry: family, moments, bounds, and its formula.
//!
//! ```text
//! U(a, b)            mean (a + b)/2, variance (b − a)²/12
//! N cut at α, β      mean μ + σ δ, variance σ² s; δ and s are those of N(0, 1) cut there
//! orthogonal         mean 0, variance gain²/max(n, m), since max(n, m) squares sum to gain²
//! sparse             k = ⌈fraction · n⌉ of n entries are 0: variance (1 − k/n) std²
//! ```

use super::exact::{Fraction, Number};
use super::normal;
use super::scheme::{Correction, Fan, Gain, Scheme, Shape, Spread, Tails};
use super::statistics::real;

/// What family the entries belong to, with what is needed to draw one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// Nothing is drawn.
    Fixed,
    /// `N(mean, std²)`.
    Normal,
    /// `U(low, high)`.
    Uniform {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A normal distribution cut on both sides.
    Truncated {
        /// The parent's mean.
        center: f64,
        /// The parent's standard deviation.
        scale: f64,
        /// The lower cut in multiples of `scale`.
        low: f64,
        /// The upper cut in multiples of `scale`.
        high: f64,
    },
    /// Entries of a matrix with orthonormal rows or columns; they depend on each other.
    Orthogonal,
    /// `N(0, std²)` but for this many zeros a column.
    Sparse {
        /// The zeros of a column.
        zeros: usize,
        /// The standard deviation of the others.
        std: f64,
    },
}

/// The distribution of one entry of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    /// The family.
    pub family: Family,
    /// The expected value; for `identity` that of an entry off the diagonal.
    pub mean: f64,
    /// The variance of an entry.
    pub variance: f64,
    /// The variance as a fraction, where it is one.
    pub exact_variance: Option<Fraction>,
    /// The smallest and the largest possible value, where there are such.
    pub bounds: Option<(f64, f64)>,
}

impl Distribution {
    /// The standard deviation.
    #[must_use]
    pub fn std(&self) -> f64 {
        self.variance.sqrt()
    }

    fn fixed(value: f64) -> Self {
        Self {
            family: Family::Fixed,
            mean: value,
            variance: 0.0,
            exact_variance: Some(Fraction::ZERO),
            bounds: Some((value, value)),
        }
    }

    fn normal(mean: f64, variance: f64, exact_variance: Option<Fraction>) -> Self {
        Self { family: Family::Normal, mean, variance, exact_variance, bounds: None }
    }

    fn uniform(low: f64, high: f64, exact_variance: Option<Fraction>) -> Self {
        Self {
            family: Family::Uniform { low, high },
            mean: f64::midpoint(low, high),
            variance: exact_variance.map_or((high - low) * (high - low) / 12.0, Fraction::value),
            exact_variance,
            bounds: Some((low, high)),
        }
    }

    fn truncated(mean: f64, std: f64, cuts: (f64, f64), correction: Correction) -> Self {
        let (low, high) = cuts;
        let (shift, spread) = normal::truncated_moments(low, high);
        let scale = match correction {
            Correction::None => std,
            Correction::Variance => std / spread.sqrt(),
        };
        Self {
            family: Family::Truncated { center: mean, scale, low, high },
            mean: mean + scale * shift,
            variance: scale * scale * spread,
            exact_variance: None,
            bounds: Some((mean + scale * low, mean + scale * high)),
        }
    }
}

impl Scheme {
    /// The distribution of an entry of a parameter of this shape.
    #[must_use]
    pub fn distribution(&self, shape: Shape) -> Distribution {
        if let Some((gain, fan, spread)) = self.scaling() {
            return scaled(gain, fan, spread, shape);
        }
        match *self {
            Self::Ones => Distribution::fixed(1.0),
            Self::Constant { value } => Distribution::fixed(value.value()),
            Self::Normal { mean, std } => {
                let square = std.square();
                let variance = square.map_or(std.value() * std.value(), Fraction::value);
                Distribution::normal(mean.value(), variance, square)
            }
            Self::Uniform { low, high } => {
                Distribution::uniform(low.value(), high.value(), uniform_variance(low, high))
            }
            Self::TruncatedNormal { mean, std, low, high, correction } => {
                let cuts = (low.value(), high.value());
                let exact_variance = match correction {
                    Correction::None => None,
                    Correction::Variance => std.square(),
                };
                let drawn = Distribution::truncated(mean.value(), std.value(), cuts, correction);
                Distribution { exact_variance, ..drawn }
            }
            Self::Orthogonal { gain } => orthogonal(gain.number(), shape),
            Self::Sparse { fraction, std } => sparse(fraction, std, shape.rows),
            Self::Identity { gain } => identity(gain, shape),
            _ => Distribution::fixed(0.0),
        }
    }
}

fn uniform_variance(low: Number, high: Number) -> Option<Fraction> {
    let (Number::Fraction(low), Number::Fraction(high)) = (low, high) else {
        return None;
    };
    let width = high.minus(low)?;
    width.times(width)?.over(Fraction::new(12, 1)?)
}

fn scaled(gain: Number, fan: Fan, spread: Spread, shape: Shape) -> Distribution {
    let Shape { rows, columns } = shape;
    // The fan is (rows + columns)/2 or a single count: numerator over denominator.
    let (doubled, halves) = match fan {
        Fan::In => (rows, 1),
        Fan::Out => (columns, 1),
        Fan::Average => (rows.saturating_add(columns), 2),
    };
    let exact = gain.square().and_then(|square| {
        square.times(Fraction::new(halves, 1)?)?.over(Fraction::whole(doubled.max(1))?)
    });
    let halves = if halves == 2 { 2.0 } else { 1.0 };
    let approximate = || gain.value() * gain.value() * halves / real(doubled.max(1));
    let variance = exact.map_or_else(approximate, Fraction::value);
    match spread {
        Spread::Normal(Tails::Full) => Distribution::normal(0.0, variance, exact),
        Spread::Normal(Tails::Truncated) => {
            let cuts = (-2.0, 2.0);
            let drawn = Distribution::truncated(0.0, variance.sqrt(), cuts, Correction::Variance);
            Distribution { variance, exact_variance: exact, ..drawn }
        }
        Spread::Uniform => {
            let bound = (3.0 * variance).sqrt();
            let drawn = Distribution::uniform(-bound, bound, exact);
            Distribution { variance, ..drawn }
        }
    }
}

fn orthogonal(gain: Number, shape: Shape) -> Distribution {
    let longer = shape.rows.max(shape.columns).max(1);
    let square = gain.square();
    let exact = square.and_then(|square| square.over(Fraction::whole(longer)?));
    let variance = exact.map_or(gain.value() * gain.value() / real(longer), Fraction::value);
    let bound = gain.value().abs();
    Distribution {
        family: Family::Orthogonal,
        bounds: Some((-bound, bound)),
        ..Distribution::normal(0.0, variance, exact)
    }
}

fn sparse(fraction: Number, std: Number, rows: usize) -> Distribution {
    let zeros = zeros_of_a_column(fraction, rows);
    let kept = Fraction::whole(rows - zeros)
        .and_then(|kept| kept.over(Fraction::whole(rows.max(1))?))
        .unwrap_or(Fraction::ZERO);
    let exact = std.square().and_then(|square| square.times(kept));
    let approximate = kept.value() * std.value() * std.value();
    Distribution {
        family: Family::Sparse { zeros, std: std.value() },
        ..Distribution::normal(0.0, exact.map_or(approximate, Fraction::value), exact)
    }
}

/// ⌈fraction · rows⌉, exactly: in doubles 0.07 · 100 is more than 7.
fn zeros_of_a_column(fraction: Number, rows: usize) -> usize {
    let exact = match fraction {
        Number::Fraction(fraction) => Some(fraction),
        Number::Root(_) | Number::Real(_) => None,
    };
    let exact = exact.and_then(|share| share.times(Fraction::whole(rows)?));
    let least = |count: usize| match (exact, Fraction::whole(count)) {
        (Some(wanted), Some(count)) => {
            count.minus(wanted).is_none_or(|excess| excess.numerator() >= 0)
        }
        _ => real(count) >= fraction.value() * real(rows),
    };
    let (mut low, mut high) = (0, rows);
    while low < high {
        let middle = low.midpoint(high);
        if least(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

fn identity(gain: Gain, shape: Shape) -> Distribution {
    let value = gain.number().value();
    let bounds = if shape.size() == 1 { (value, value) } else { (value.min(0.0), value.max(0.0)) };
    Distribution { bounds: Some(bounds), ..Distribution::fixed(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() <= 4e-16 * right.abs().max(1e-300)
    }

    #[test]
    fn variances_are_the_papers_fractions() {
        let relu = Gain::Relu;
        let (full, half) = (Tails::Full, Number::ratio(1, 2));
        let table = [
            (Scheme::LecunNormal { tails: full }, (1, 512)),
            (Scheme::XavierUniform { gain: Gain::Linear }, (2, 768)),
            (Scheme::XavierNormal { gain: Gain::Tanh, tails: full }, (50, 9 * 768)),
            (Scheme::KaimingNormal { fan: Fan::In, gain: relu, tails: full }, (2, 512)),
            (Scheme::KaimingUniform { fan: Fan::Out, gain: relu }, (2, 256)),
            (Scheme::KaimingUniform { fan: Fan::Average, gain: relu }, (4, 768)),
            (Scheme::Uniform { low: Number::ratio(-1, 2), high: half }, (1, 12)),
            (Scheme::Normal { mean: half, std: half }, (1, 4)),
            (Scheme::Orthogonal { gain: relu }, (2, 512)),
            (Scheme::Sparse { fraction: half, std: half }, (1, 8)),
            (Scheme::Constant { value: half }, (0, 1)),
        ];
        for (scheme, (numerator, denominator)) in table {
            let distribution = scheme.distribution(Shape::new(512, 256));
            let expected = Fraction::new(numerator, denominator);
            assert_eq!(distribution.exact_variance, expected, "{scheme:?}");
            assert!(close(distribution.variance, expected.unwrap().value()), "{scheme:?}");
        }
    }

    #[test]
    fn the_zeros_of_a_sparse_column_are_counted_exactly() {
        let table = [((7, 100), 100, 7), ((1, 10), 31, 4), ((0, 1), 7, 0), ((1, 1), 7, 7)];
        for ((numerator, denominator), rows, zeros) in table {
            let fraction = Number::ratio(numerator, denominator);
            assert_eq!(zeros_of_a_column(fraction, rows), zeros, "{fraction:?} of {rows}");
        }
    }
}
