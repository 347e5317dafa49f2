//! What Monte-Carlo experiments found: estimates in floating point, never certified digits.

use crate::initialization::statistics::Histogram;

/// One experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// How often each case was drawn.
    pub trials: u64,
    /// One for every combination of what varies.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The value of each thing that varies, as it was written.
    pub values: Vec<String>,
    /// The number of examples.
    pub examples: usize,
    /// The definitions that apply an activation function, in order.
    pub layers: Vec<String>,
    /// What was measured, by measure and then by layer or parameter.
    pub figures: Vec<Figure>,
    /// The distribution of the pre-activation of definitions that a plot asks for.
    pub histograms: Vec<(String, Histogram, Option<Normal>)>,
}

/// A figure over all trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The measure, such as `active_fraction`.
    pub measure: &'static str,
    /// The definition or parameter that it was measured on.
    pub of: String,
    /// The mean over trials.
    pub mean: f64,
    /// The standard error of that mean; none of a single trial.
    pub error: Option<f64>,
    /// Wilson's interval of 95 % for a fraction.
    pub interval: Option<(f64, f64)>,
    /// The natural logarithm over the trials in which the figure was positive.
    pub logarithm: Option<Logarithm>,
    /// What theory says.
    pub theory: Option<Theory>,
    /// The mean of the natural logarithm in theory.
    pub theory_logarithm: Option<f64>,
}

/// The logarithm of a figure over trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logarithm {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation from trial to trial.
    pub std: f64,
    /// How many trials had one.
    pub trials: f64,
}

/// A theoretical value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theory {
    /// The value; 0 where a double can't hold it.
    pub value: f64,
    /// Its decimal logarithm, which also holds what underflows.
    pub log10: f64,
    /// Whether it holds at every width, or in the limit of wide layers.
    pub holds: Holds,
}

/// When a theoretical value is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// At every width.
    Exactly,
    /// In the limit of wide layers.
    WideLayers,
}

/// A normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub std: f64,
}
