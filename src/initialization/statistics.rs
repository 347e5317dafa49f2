//! Means, spreads, intervals and histograms, each reduced in one fixed order.
//!
//! ```text
//! one value x      n ← n + 1,  δ = x − mean,  mean ← mean + δ/n,  M ← M + δ (x − mean)
//! two groups       δ = mean_b − mean_a,  mean = mean_a + δ n_b/n,  M = M_a + M_b + δ² n_a n_b/n
//! standard error   √(M/(n − 1))/√n
//! Wilson           (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
//! ```
//!
//! Sources: Welford (1962); Chan, Golub and LeVeque (1983); Wilson (1927).

/// A count as a double.
#[expect(clippy::cast_precision_loss, reason = "counts above 2⁵³ only round")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

/// A sum of pairwise halves: the shape depends on the length alone.
pub(super) fn sum(values: &[f64]) -> f64 {
    if values.len() <= 64 {
        return values.iter().sum();
    }
    let (left, right) = values.split_at(values.len() / 2);
    sum(left) + sum(right)
}

/// Count, mean and spread of what was pushed so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// The moments of a block, in two passes.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let count = real(values.len());
        let mean = sum(values) / count;
        let squares = squares_about(values, mean);
        Self { count, mean, squares }
    }

    /// Adds one value.
    pub fn push(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    /// Adds a group.
    pub fn merge(&mut self, other: Self) {
        let count = self.count + other.count;
        if count > 0.0 {
            let shift = other.mean - self.mean;
            self.mean += shift * (other.count / count);
            self.squares += other.squares + shift * shift * (self.count * other.count / count);
            self.count = count;
        }
    }

    /// How many values.
    #[must_use]
    pub fn count(&self) -> f64 {
        self.count
    }

    /// Their mean; NaN where there are none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.count > 0.0 { self.mean } else { f64::NAN }
    }

    /// The standard deviation of these very values (divided by n).
    #[must_use]
    pub fn population_std(&self) -> f64 {
        (self.squares / self.count).sqrt()
    }

    /// The estimate of the standard deviation of what they were drawn from (divided by n − 1);
    /// NaN below two values.
    #[must_use]
    pub fn sample_std(&self) -> f64 {
        if self.count < 2.0 { f64::NAN } else { (self.squares / (self.count - 1.0)).sqrt() }
    }

    /// The standard error of the mean; NaN below two values.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        self.sample_std() / self.count.sqrt()
    }

    /// The mean of the squares.
    #[must_use]
    pub fn mean_square(&self) -> f64 {
        self.mean * self.mean + self.squares / self.count
    }
}

fn squares_about(values: &[f64], mean: f64) -> f64 {
    if values.len() <= 64 {
        return values.iter().map(|value| (value - mean) * (value - mean)).sum();
    }
    let (left, right) = values.split_at(values.len() / 2);
    squares_about(left, mean) + squares_about(right, mean)
}

/// The standard normal quantile of a two-sided interval of 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Wilson's score interval for a fraction of `n` independent draws.
#[must_use]
pub fn wilson(fraction: f64, n: f64, z: f64) -> (f64, f64) {
    let square = z * z / n;
    let center = fraction + 0.5 * square;
    let half = z * (fraction * (1.0 - fraction) / n + 0.25 * square / n).sqrt();
    let scale = 1.0 + square;
    // At the ends the two terms cancel exactly, but for rounding.
    let low = if fraction > 0.0 { ((center - half) / scale).max(0.0) } else { 0.0 };
    let high = if fraction < 1.0 { ((center + half) / scale).min(1.0) } else { 1.0 };
    (low, high)
}

/// Counts over equal bins from `low` to `high`, with what fell outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The left end of the first bin.
    pub low: f64,
    /// The right end of the last bin.
    pub high: f64,
    /// Values in each bin; a bin holds its left end.
    pub counts: Vec<u64>,
    /// Values below `low`.
    pub below: u64,
    /// Values at or above `high`, and those that are no number.
    pub above: u64,
}

impl Histogram {
    /// An empty histogram with at least one bin.
    #[must_use]
    pub fn new(low: f64, high: f64, bins: usize) -> Self {
        Self { low, high, counts: vec![0; bins.max(1)], below: 0, above: 0 }
    }

    /// Counts every value.
    pub fn extend(&mut self, values: &[f64]) {
        let scale = real(self.counts.len()) / (self.high - self.low);
        for value in values {
            if *value < self.low {
                self.below += 1;
                continue;
            }
            match self.counts.get_mut(bin((value - self.low) * scale)) {
                Some(count) => *count += 1,
                None => self.above += 1,
            }
        }
    }

    /// Adds the counts of another histogram over the same bins.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.below += other.below;
        self.above += other.above;
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the floor is meant")]
fn bin(position: f64) -> usize {
    if position >= 0.0 { position as usize } else { usize::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_published_values() {
        // Newcombe (1998), Table I, method 3: 81/263, 15/148, 0/20 and 1/29.
        let table = [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ];
        for (successes, n, low, high) in table {
            let found = wilson(successes / n, n, Z_95);
            assert!((found.0 - low).abs() <= 5e-5, "{successes}/{n}: {found:?}");
            assert!((found.1 - high).abs() <= 5e-5, "{successes}/{n}: {found:?}");
        }
    }

    #[test]
    fn three_ways_to_the_moments_agree() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i % 37) - 1e6).collect();
        let whole = Moments::of(&values);
        let (mut pushed, mut merged) = (Moments::default(), Moments::default());
        values.iter().for_each(|value| pushed.push(*value));
        values.chunks(77).for_each(|block| merged.merge(Moments::of(block)));
        // Σ i mod 37 over i < 1000 is 27 · 666 + 0; the last 1 is i = 999, which is 0 mod 37.
        assert!((whole.mean() - (17.982 - 1e6)).abs() < 1e-9, "{}", whole.mean());
        for other in [pushed, merged] {
            assert!((other.mean() - whole.mean()).abs() < 1e-8);
            assert!((other.sample_std() / whole.sample_std() - 1.0).abs() < 1e-8);
        }
    }

    #[test]
    fn a_bin_holds_its_left_end() {
        let mut histogram = Histogram::new(-1.0, 1.0, 4);
        histogram.extend(&[-1.0, -0.5, -0.51, 0.0, 0.999, 1.0, -1.001, f64::NAN]);
        assert_eq!(histogram.counts, [2, 1, 1, 1]);
        assert_eq!((histogram.below, histogram.above), (1, 2));
    }
}
