//! A Monte-Carlo experiment over a set-up's initializers.

use crate::initialization::generator::Stream;

use super::super::Place;
use super::Setup;

/// A Monte-Carlo experiment over a set-up's initializers.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// Its name in the set-up.
    pub name: String,
    /// What varies from case to case.
    pub axes: Vec<Axis>,
    /// Every combination of the axes' values.
    pub cases: Vec<Case>,
    /// How often each case is drawn.
    pub trials: u64,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// Where everything is drawn from.
    pub stream: Stream,
    /// Where its name stands in the scenario.
    pub place: Place,
}

/// One thing that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// The dimension or parameter.
    pub name: String,
    /// The option of its initializer.
    pub option: Option<String>,
    /// Its values as they were written.
    pub values: Vec<String>,
}

/// One combination of values.
#[derive(Debug, Clone)]
pub struct Case {
    /// The value of each axis, as it was written.
    pub values: Vec<String>,
    /// The set-up with these values.
    pub setup: Setup,
}

/// A figure that an experiment measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Which figure.
    pub quantity: Quantity,
    /// Of which definition or parameter; of every layer, or parameter, if `None`.
    pub of: Option<String>,
}

/// What can be measured in one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// The share of positive pre-activations, over units and examples.
    ActiveFraction,
    /// The share of units that are inactive on every example.
    DeadUnits,
    /// The mean of the activations over units and examples.
    ActivationMean,
    /// Their standard deviation.
    ActivationStd,
    /// The mean of their squares.
    ActivationMeanSquare,
    /// The mean of the activations' adjoints.
    GradientMean,
    /// Their standard deviation.
    GradientStd,
    /// The mean of their squares.
    GradientMeanSquare,
    /// The Euclidean norm of a parameter's gradient.
    GradientNorm,
}
