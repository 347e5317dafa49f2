//! What an experiment measures in one trial.
//!
//! ```text
//! active_fraction    share of entries, over units and examples, with a pre-activation above 0
//! dead_units         share of units whose pre-activation is above 0 on no example
//! activation_*       mean, standard deviation, mean square over units and examples
//! gradient_*         the same of a node's adjoint; of an inner node's, example by example
//! gradient_norm      Euclidean norm of a parameter's gradient
//! ```
//!
//! A unit is an entry of the node's value for one example. Examples come block by block; what is
//! kept between blocks does not grow with their number.

use super::forward::{Tape, norm};
use super::program::{Op, Program};
use super::statistics::{Histogram, Moments, real};

/// A figure of one trial. Nodes and parameters are given by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The share of positive pre-activations of a node.
    ActiveFraction(usize),
    /// The share of a node's units that no example activates.
    DeadUnits(usize),
    /// The mean of a node's value.
    ActivationMean(usize),
    /// The standard deviation of a node's value.
    ActivationStd(usize),
    /// The mean square of a node's value: its squared length over its size.
    ActivationSquare(usize),
    /// The mean of a node's adjoint.
    GradientMean(usize),
    /// The standard deviation of a node's adjoint.
    GradientStd(usize),
    /// The mean square of a node's adjoint.
    GradientSquare(usize),
    /// The norm of a parameter's gradient.
    GradientNorm(usize),
}

impl Measure {
    /// Whether the figure is a share of independent yes-no draws, so that a Wilson interval fits.
    #[must_use]
    pub fn is_fraction(self) -> bool {
        matches!(self, Self::ActiveFraction(_) | Self::DeadUnits(_))
    }

    /// The node whose adjoint is looked at.
    pub(super) fn adjoint(self) -> Option<usize> {
        match self {
            Self::GradientMean(node) | Self::GradientStd(node) | Self::GradientSquare(node) => {
                Some(node)
            }
            _ => None,
        }
    }

    /// The node whose value is looked at; of a rectifier, its pre-activation.
    pub(super) fn value(self, program: &Program) -> Option<usize> {
        match self {
            Self::ActiveFraction(node) | Self::DeadUnits(node) => Some(before(program, node)),
            Self::ActivationMean(node)
            | Self::ActivationStd(node)
            | Self::ActivationSquare(node) => Some(node),
            _ => None,
        }
    }

    /// Whether the measure's node or parameter exists.
    pub(super) fn exists(self, program: &Program) -> bool {
        match self {
            Self::ActiveFraction(node)
            | Self::DeadUnits(node)
            | Self::ActivationMean(node)
            | Self::ActivationStd(node)
            | Self::ActivationSquare(node)
            | Self::GradientMean(node)
            | Self::GradientStd(node)
            | Self::GradientSquare(node) => node < program.nodes().len(),
            Self::GradientNorm(parameter) => parameter < program.parameters().len(),
        }
    }

    /// Whether a backward pass is needed.
    pub(super) fn is_gradient(self) -> bool {
        self.adjoint().is_some() || matches!(self, Self::GradientNorm(_))
    }
}

/// A rectifier's operand; a node that is no rectifier is its own pre-activation.
pub(super) fn before(program: &Program, node: usize) -> usize {
    match program.nodes().get(node) {
        Some(found) if matches!(found.op, Op::Relu | Op::LeakyRelu(_)) => {
            found.inputs.first().copied().unwrap_or(node)
        }
        _ => node,
    }
}

/// What is gathered for one measure within a trial.
#[derive(Clone, Debug)]
pub(super) enum Recorder {
    Active { count: usize, total: usize },
    Alive(Vec<bool>),
    Moments(Moments),
    Norm(f64),
}

impl Recorder {
    pub(super) fn new(measure: Measure, program: &Program) -> Self {
        match measure {
            Measure::ActiveFraction(_) => Self::Active { count: 0, total: 0 },
            Measure::DeadUnits(node) => {
                Self::Alive(vec![false; program.nodes()[before(program, node)].shape.size()])
            }
            Measure::GradientNorm(_) => Self::Norm(0.0),
            _ => Self::Moments(Moments::default()),
        }
    }

    /// Adds a block of a node's values or adjoints.
    pub(super) fn add(&mut self, block: &[f64]) {
        match self {
            Self::Active { count, total } => {
                *count += block.iter().filter(|value| **value > 0.0).count();
                *total += block.len();
            }
            Self::Alive(alive) => {
                for example in block.chunks(alive.len().max(1)) {
                    for (alive, value) in alive.iter_mut().zip(example) {
                        *alive |= *value > 0.0;
                    }
                }
            }
            Self::Moments(moments) => moments.merge(Moments::of(block)),
            Self::Norm(_) => {}
        }
    }

    /// Sets the norm of a gradient.
    pub(super) fn gradient(&mut self, gradient: &[f64]) {
        if let Self::Norm(length) = self {
            *length = norm(gradient);
        }
    }

    /// The figure.
    pub(super) fn figure(&self, measure: Measure) -> f64 {
        match self {
            Self::Active { count, total } => real(*count) / real(*total),
            Self::Alive(alive) => {
                real(alive.iter().filter(|alive| !**alive).count()) / real(alive.len())
            }
            Self::Norm(length) => *length,
            Self::Moments(moments) => match measure {
                Measure::ActivationStd(_) | Measure::GradientStd(_) => moments.population_std(),
                Measure::ActivationSquare(_) | Measure::GradientSquare(_) => moments.mean_square(),
                _ => moments.mean(),
            },
        }
    }
}

/// A request for a histogram of a node's value; of a rectifier, of its pre-activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistogramOf {
    /// The node.
    pub node: usize,
    /// The number of bins.
    pub bins: usize,
    /// From where to where; four standard deviations about the mean of the first trial where it
    /// is left out.
    pub range: Option<(f64, f64)>,
}

impl HistogramOf {
    /// An empty histogram once the range is known.
    pub(super) fn empty(&self) -> Histogram {
        let (low, high) = self.range.unwrap_or((-1.0, 1.0));
        Histogram::new(low, high, self.bins)
    }

    /// Counts the block that the tape holds.
    pub(super) fn count(&self, tape: &Tape<'_>, histogram: &mut Histogram) {
        histogram.extend(tape.value(before(tape.program, self.node)));
    }

    /// The same request with the range that the first trial suggests.
    pub(super) fn with_range(self, mean: f64, std: f64) -> Self {
        // Any range serves where nothing varies or nothing is finite.
        let half = if std.is_finite() && std > 0.0 { 4.0 * std } else { 1.0 };
        let mean = if mean.is_finite() { mean } else { 0.0 };
        Self { range: self.range.or(Some((mean - half, mean + half))), ..self }
    }
}
