//! Generated examples.
//!
//! ```text
//! gaussian    each entry N(0, 1)                uniform   each entry U(−1, 1)
//! linear      x ~ N(0, I), y = x·w + noise·e    w ~ N(0, I) once, e ~ N(0, 1)
//! two_moons   label 0: (cos t, sin t)           label 1: (1 − cos t, 1/2 − sin t),  t ~ U(0, π)
//! spiral      r ~ U(0, 1), t = 4 r + π·label    x = r (sin t, cos t)
//! ```
//!
//! The moons and the spiral add `noise · N(0, 1)` to both coordinates, and their labels alternate
//! 0, 1, 0, 1, … Sources: scikit-learn's `make_moons`; for the spiral, Karpathy's notes for
//! CS231n, with two arms half a turn apart.

use super::generator::{Generator, Stream};
use std::f64::consts::PI;

/// What is generated for a leaf of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entries {
    /// Standard normal entries.
    Gaussian,
    /// Entries uniform between the two numbers.
    Uniform(f64, f64),
}

/// `count` examples of a leaf with `size` entries, one after another.
///
/// Each example has a stream of its own, so more examples leave the first ones as they were.
#[must_use]
pub fn entries(kind: Entries, size: usize, count: usize, stream: &Stream) -> Vec<f64> {
    each(count, stream, |_, generator| {
        let draw = |_| match kind {
            Entries::Gaussian => generator.normal(),
            Entries::Uniform(low, high) => generator.uniform(low, high),
        };
        (0..size).map(draw).collect::<Vec<f64>>()
    })
    .concat()
}

/// Inputs and targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// The inputs, one example after another.
    pub x: Vec<f64>,
    /// One target an example.
    pub y: Vec<f64>,
}

/// A kind of inputs with targets; the number is the standard deviation of the noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pairs {
    /// A linear function of that many inputs.
    Linear {
        /// The number of inputs.
        inputs: usize,
        /// The noise of the targets.
        noise: f64,
    },
    /// Two interleaved half circles, labelled 0 and 1.
    TwoMoons {
        /// The noise of both coordinates.
        noise: f64,
    },
    /// Two arms of a spiral, labelled 0 and 1.
    Spiral {
        /// The noise of both coordinates.
        noise: f64,
    },
}

/// `count` examples.
#[must_use]
pub fn pairs(kind: Pairs, count: usize, stream: &Stream) -> Points {
    let points = match kind {
        Pairs::Linear { inputs, noise } => {
            let mut weights = stream.name("weights").generator();
            let weights: Vec<f64> = (0..inputs).map(|_| weights.normal()).collect();
            each(count, stream, |_, generator| {
                let x: Vec<f64> = (0..inputs).map(|_| generator.normal()).collect();
                let y: f64 = x.iter().zip(&weights).map(|(x, w)| x * w).sum();
                (x, y + noise * generator.normal())
            })
        }
        Pairs::TwoMoons { noise } => each(count, stream, |k, generator| {
            let t = generator.uniform(0.0, PI);
            let (sin, cos) = (libm::sin(t), libm::cos(t));
            let point = if k.is_multiple_of(2) { [cos, sin] } else { [1.0 - cos, 0.5 - sin] };
            (blur(point, noise, generator), label(k))
        }),
        Pairs::Spiral { noise } => each(count, stream, |k, generator| {
            let r = generator.unit();
            let t = 4.0 * r + PI * label(k);
            (blur([r * libm::sin(t), r * libm::cos(t)], noise, generator), label(k))
        }),
    };
    let (x, y): (Vec<_>, Vec<_>) = points.into_iter().unzip();
    Points { x: x.concat(), y }
}

fn each<T>(
    count: usize,
    stream: &Stream,
    mut make: impl FnMut(u64, &mut Generator) -> T,
) -> Vec<T> {
    let numbers = (0_u64..).take(count);
    numbers.map(|k| make(k, &mut stream.name("example").number(k).generator())).collect()
}

fn label(k: u64) -> f64 {
    if k.is_multiple_of(2) { 0.0 } else { 1.0 }
}

fn blur(point: [f64; 2], noise: f64, generator: &mut Generator) -> Vec<f64> {
    point.iter().map(|coordinate| coordinate + noise * generator.normal()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_without_noise_lie_on_their_curves() {
        let stream = Stream::new(4);
        let moons = pairs(Pairs::TwoMoons { noise: 0.0 }, 50, &stream);
        for (point, y) in moons.x.chunks(2).zip(&moons.y) {
            let (center, half) = if *y < 0.5 { ([0.0, 0.0], 1.0) } else { ([1.0, 0.5], -1.0) };
            let (dx, dy) = (point[0] - center[0], point[1] - center[1]);
            assert!((dx * dx + dy * dy - 1.0).abs() < 1e-14 && dy * half >= 0.0);
        }
        let spiral = pairs(Pairs::Spiral { noise: 0.0 }, 50, &stream);
        for (point, y) in spiral.x.chunks(2).zip(&spiral.y) {
            let r = point[0].hypot(point[1]);
            let t = 4.0 * r + PI * y;
            assert!((point[0] - r * libm::sin(t)).abs() < 1e-12);
        }
    }

    #[test]
    fn targets_of_linear_data_have_the_noise_asked_for() {
        let Points { x, y } = pairs(Pairs::Linear { inputs: 1, noise: 0.0 }, 20, &Stream::new(4));
        let slope = y[0] / x[0];
        assert!(x.iter().zip(&y).all(|(x, y)| (y - slope * x).abs() < 1e-12));
    }

    #[test]
    fn more_examples_leave_the_first_ones_alone() {
        let stream = Stream::new(4).name("x");
        let few = entries(Entries::Gaussian, 3, 5, &stream);
        assert_eq!(entries(Entries::Gaussian, 3, 9, &stream)[..15], few);
        let uniform = entries(Entries::Uniform(-1.0, 1.0), 2, 500, &stream);
        assert!(uniform.iter().all(|entry| (-1.0..1.0).contains(entry)));
        assert!(uniform.iter().any(|entry| *entry < -0.98));
    }
}
