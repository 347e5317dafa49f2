//! Named streams of random numbers, and what is drawn from one.
//!
//! A stream is named by the scenario's seed and a path of words and numbers: set-up, experiment,
//! trial, parameter. The key of its generator is the SHA-256 digest of that path, each part with
//! its type and length. So trial 7 alone draws what it draws in a batch, and a new parameter
//! leaves the others' draws alone.
//!
//! ```text
//! generator   ChaCha with 8 rounds, key from SHA-256, 64 bits a draw   (Bernstein 2008)
//! uniform     (k + 1/2)/2⁵², k the upper 52 bits: symmetric, never 0 or 1
//! normal      Φ⁻¹(uniform), one draw a number                          (Wichura 1988)
//! index       the upper half of k·n, redrawn where it would be biased  (Lemire 2019)
//! shuffle     Fisher and Yates (1938), in Durstenfeld's (1964) form
//! ```
//!
//! Portability: integers, `sqrt` and `libm` only, so the bits are the same everywhere.

use super::normal;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The name of a stream.
#[derive(Clone)]
pub struct Stream {
    path: Sha256,
}

impl Stream {
    /// The stream that all others of a scenario derive from.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let path = Sha256::new().chain_update(b"gradsheet/initialization/1");
        Self { path: path.chain_update(seed.to_le_bytes()) }
    }

    /// The stream of this name below this one.
    #[must_use]
    pub fn name(&self, name: &str) -> Self {
        let length = u64::try_from(name.len()).unwrap_or(u64::MAX);
        let path = self.path.clone().chain_update(b"n").chain_update(length.to_le_bytes());
        Self { path: path.chain_update(name) }
    }

    /// The stream of this number below this one.
    #[must_use]
    pub fn number(&self, number: u64) -> Self {
        let path = self.path.clone().chain_update(b"k");
        Self { path: path.chain_update(number.to_le_bytes()) }
    }

    /// The stream's generator, at its beginning.
    #[must_use]
    pub fn generator(&self) -> Generator {
        let key: [u8; 32] = self.path.clone().finalize().into();
        Generator { bits: ChaCha8Rng::from_seed(key) }
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stream({:02x?})", &self.path.clone().finalize()[..8])
    }
}

/// Random numbers, one after another.
#[derive(Clone, Debug)]
pub struct Generator {
    bits: ChaCha8Rng,
}

impl Generator {
    /// A number in (0, 1).
    pub fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / 4_503_599_627_370_496.0;
        let mantissa = self.bits.next_u64() >> 12;
        // A number in [1, 2) by its bits; less one, it is the multiple of 2⁻⁵² without rounding.
        let multiple = f64::from_bits(mantissa | (1023 << 52)) - 1.0;
        multiple + 0.5 * STEP
    }

    /// A number in (low, high), up to rounding.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        normal::quantile(self.unit())
    }

    /// A standard normal number, given that it lies between the cuts.
    pub fn truncated(&mut self, low: f64, high: f64) -> f64 {
        // In the upper tail Φ is too close to 1 to be inverted, so the mirror image is drawn.
        let value = if low > 0.0 {
            let (from, to) = (normal::cumulative(-high), normal::cumulative(-low));
            -normal::quantile(from + (to - from) * self.unit())
        } else {
            let (from, to) = (normal::cumulative(low), normal::cumulative(high));
            normal::quantile(from + (to - from) * self.unit())
        };
        value.max(low).min(high)
    }

    /// A whole number below `n`, each equally likely; 0 for `n = 0`.
    pub fn below(&mut self, n: u64) -> u64 {
        let n = u128::from(n.max(1));
        // 2⁶⁴ mod n results would come once too often; they are those with a small lower half.
        let biased = (1_u128 << 64) % n;
        loop {
            let scaled = u128::from(self.bits.next_u64()) * n;
            if scaled & u128::from(u64::MAX) >= biased {
                return u64::try_from(scaled >> 64).unwrap_or(0);
            }
        }
    }

    /// An index below `length`.
    pub fn index(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(length)).unwrap_or(0)
    }

    /// Brings the items into a random order, each equally likely.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.index(last + 1);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::statistics::Moments;
    use super::*;

    fn moments(count: usize, mut draw: impl FnMut(&mut Generator) -> f64) -> Moments {
        let mut generator = Stream::new(5).name("moments").generator();
        let values: Vec<f64> = (0..count).map(|_| draw(&mut generator)).collect();
        Moments::of(&values)
    }

    #[test]
    fn moments_match_the_closed_form_within_four_standard_errors() {
        const COUNT: usize = 100_000;
        // Raw moments, so that the standard error of each is √((E X²ᵏ − (E Xᵏ)²)/n).
        let normal = [(1, 0.0, 1.0), (2, 1.0, 3.0), (3, 0.0, 15.0), (4, 3.0, 105.0)];
        let power = |x: f64, k: i32| (0..k).fold(1.0, |product, _| product * x);
        for (k, expected, double) in normal {
            let found = moments(COUNT, |generator| power(generator.normal(), k)).mean();
            let error = ((double - expected * expected) / 1e5_f64).sqrt();
            assert!((found - expected).abs() < 4.0 * error, "E z^{k}: {found} ± {error}");
        }
        for k in 1..5 {
            let (expected, double) = (1.0 / f64::from(k + 1), 1.0 / f64::from(2 * k + 1));
            let found = moments(COUNT, |generator| power(generator.unit(), k)).mean();
            let error = ((double - expected * expected) / 1e5_f64).sqrt();
            assert!((found - expected).abs() < 4.0 * error, "E u^{k}: {found} ± {error}");
        }
    }

    #[test]
    fn tails_hold_what_the_distribution_says() {
        for cut in [1.0, 2.0, 3.0, 4.0] {
            let expected = normal::cumulative(-cut);
            let drawn = |generator: &mut Generator| f64::from(u8::from(generator.normal() > cut));
            let found = moments(200_000, drawn).mean();
            let error = (expected * (1.0 - expected) / 2e5_f64).sqrt();
            assert!((found - expected).abs() < 4.0 * error, "P(z > {cut}): {found} ± {error}");
        }
    }

    #[test]
    fn the_first_draws_are_those_of_the_published_generator() {
        // draft-strombergson-chacha-test-vectors-01, TC1: ChaCha8, 256-bit zero key, zero IV.
        let mut bits = ChaCha8Rng::from_seed([0; 32]);
        assert_eq!(bits.next_u64().to_le_bytes(), [0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6]);
    }

    #[test]
    fn names_and_numbers_do_not_run_together() {
        let root = Stream::new(0);
        let streams = [
            root.clone(),
            root.name(""),
            root.name("a").name("b"),
            root.name("ab"),
            root.name("anb"),
            root.name("b").name("a"),
            root.number(1),
            root.name("\u{1}\0\0\0\0\0\0\0"),
            Stream::new(1),
        ];
        let firsts: Vec<u64> =
            streams.iter().map(|stream| stream.generator().bits.next_u64()).collect();
        for (i, first) in firsts.iter().enumerate() {
            assert!(!firsts[..i].contains(first), "stream {i} repeats an earlier one");
        }
    }

    #[test]
    fn every_order_of_three_is_equally_likely() {
        let mut generator = Stream::new(11).generator();
        let mut counts = std::collections::BTreeMap::<[u8; 3], f64>::new();
        for _ in 0..60_000 {
            let mut items = [0, 1, 2];
            generator.shuffle(&mut items);
            *counts.entry(items).or_default() += 1.0;
        }
        assert_eq!(counts.len(), 6);
        // Binomial(60000, 1/6): standard deviation 91.3.
        assert!(counts.values().all(|count| (count - 1e4).abs() < 4.0 * 91.3), "{counts:?}");
    }
}
