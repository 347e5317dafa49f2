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

/// A generator as a scenario names it.
#[derive(Clone, Copy, Debug)]
pub struct GeneratorKind {
    /// Its name.
    pub name: &'static str,
    /// What it makes.
    pub meaning: &'static str,
    /// Its formulas as text, and as left side, relation and right side in LaTeX.
    pub formulas: &'static [(&'static str, [&'static str; 3])],
    /// Its options beside the number of examples.
    pub options: &'static [GeneratorOption],
    /// Where it is from.
    pub source: &'static str,
    /// A line of a set-up.
    pub example: &'static str,
}

/// A number that a generator takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeneratorOption {
    /// Its name.
    pub name: &'static str,
    /// What holds if nothing is said.
    pub default: f64,
    /// What it means.
    pub meaning: &'static str,
}

const fn option(name: &'static str, default: f64, meaning: &'static str) -> GeneratorOption {
    GeneratorOption { name, default, meaning }
}

const TARGET_NOISE: GeneratorOption =
    option("noise", 0.0, "standard deviation of the targets' noise");
const POINT_NOISE: GeneratorOption =
    option("noise", 0.0, "standard deviation of the noise of both coordinates");

/// Every generator, in the order in which a reference lists them.
pub const GENERATORS: [GeneratorKind; 5] = [
    GeneratorKind {
        name: "gaussian",
        meaning: "normal numbers, for every name of the model that has no value",
        formulas: &[("each entry ~ N(0, 1)", ["x_{ij}", r"\sim", r"\mathcal{N}\left(0, 1\right)"])],
        options: &[],
        source: "torch.randn",
        example: "data: {kind: gaussian, count: 100}",
    },
    GeneratorKind {
        name: "uniform",
        meaning: "uniform numbers, for every name of the model that has no value",
        formulas: &[(
            "each entry ~ U(low, high)",
            ["x_{ij}", r"\sim", r"\mathcal{U}\left(\mathrm{low}, \mathrm{high}\right)"],
        )],
        options: &[option("low", -1.0, "the lower end"), option("high", 1.0, "the upper end")],
        source: "numpy.random.Generator.uniform",
        example: "data: {kind: uniform, count: 100, low: 0}",
    },
    GeneratorKind {
        name: "linear",
        meaning: "inputs x, and targets y that are a linear function of them",
        formulas: &[
            ("x ~ N(0, I)", ["x", r"\sim", r"\mathcal{N}\left(0, I\right)"]),
            (
                "y = x @ w + noise*e,  w ~ N(0, I) once,  e ~ N(0, 1)",
                [
                    "y",
                    "=",
                    r"x w + \mathrm{noise} \cdot e,\quad w \sim \mathcal{N}\left(0, I\right),\quad e \sim \mathcal{N}\left(0, 1\right)",
                ],
            ),
        ],
        options: &[TARGET_NOISE],
        source: "sklearn.datasets.make_regression, with normal weights",
        example: "data: {kind: linear, count: 100, noise: 0.1}",
    },
    GeneratorKind {
        name: "two_moons",
        meaning: "two interleaved half circles, labelled y = 0 and 1 in turn",
        formulas: &[
            (
                "y = 0:  x = (cos(t), sin(t)),  t ~ U(0, pi)",
                ["x", "=", r"(\cos t, \sin t) \quad (y = 0)"],
            ),
            (
                "y = 1:  x = (1 - cos(t), 1/2 - sin(t)),  t ~ U(0, pi)",
                [
                    "x",
                    "=",
                    r"\left(1 - \cos t, \frac{1}{2} - \sin t\right) \quad (y = 1),\quad t \sim \mathcal{U}\left(0, \pi\right)",
                ],
            ),
        ],
        options: &[POINT_NOISE],
        source: "sklearn.datasets.make_moons",
        example: "data: {kind: two_moons, count: 100, noise: 0.1}",
    },
    GeneratorKind {
        name: "spiral",
        meaning: "two arms of a spiral, half a turn apart, labelled y = 0 and 1 in turn",
        formulas: &[(
            "x = r*(sin(t), cos(t)),  t = 4*r + pi*y,  r ~ U(0, 1)",
            [
                "x",
                "=",
                r"r \thinspace (\sin t, \cos t),\quad t = 4 r + \pi y,\quad r \sim \mathcal{U}\left(0, 1\right)",
            ],
        )],
        options: &[POINT_NOISE],
        source: "Karpathy, notes for Stanford's CS231n",
        example: "data: {kind: spiral, count: 100, noise: 0.1}",
    },
];

/// What an option of a generator is if nothing is said.
pub fn default_of(kind: &str, option: &str) -> Option<f64> {
    let kind = GENERATORS.iter().find(|known| known.name == kind)?;
    kind.options.iter().find(|known| known.name == option).map(|known| known.default)
}

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
