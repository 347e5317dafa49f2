//! What a line of an explanation is about: one value of a run, or a number of the scenario.

use crate::trace::{Path, Target, What};

/// A value, by what it is and when. Examples are counted in the batch, from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quantity {
    /// A datum of an example, counted in the data.
    Datum { example: usize, name: String },
    /// An option that is a number; of one parameter, where it has its own.
    Setting { parameter: Option<String>, name: String },
    /// The learning rate of an iteration, where they are listed.
    Rate { t: usize },
    /// The point at which a gradient is taken.
    LookAhead { t: usize, parameter: String },
    /// A datum or a definition in a forward pass.
    Forward { t: usize, example: usize, name: String },
    /// The derivative of an example's loss by a definition.
    Adjoint { t: usize, example: usize, name: String },
    /// One example's gradient, in a batch of several.
    Part { t: usize, example: usize, parameter: String },
    /// The batch's loss.
    Loss { t: usize },
    /// The batch's gradient.
    Gradient { t: usize, parameter: String },
    /// A state, or a quantity that the rule computes on its way.
    State { t: usize, state: String, parameter: String },
    /// A parameter after an iteration.
    Parameter { t: usize, name: String },
    /// The gradient after clipping and decay.
    Used { t: usize, parameter: String },
}

impl Quantity {
    /// What a path leads to.
    pub(super) fn of(path: &Path) -> Self {
        let (t, what) = match &path.target {
            Target::Datum { example, name } => {
                return Self::Datum { example: *example, name: name.clone() };
            }
            Target::Option { name, .. } => {
                return Self::Setting { parameter: None, name: name.clone() };
            }
            Target::Record { t, what, .. } => (*t, what),
        };
        match what {
            What::Parameter(name) => Self::Parameter { t, name: name.clone() },
            What::State { state, parameter } => {
                Self::State { t, state: state.clone(), parameter: parameter.clone() }
            }
            What::Loss => Self::Loss { t },
            What::Gradient(parameter) => Self::Gradient { t, parameter: parameter.clone() },
            What::LearningRate => Self::Rate { t },
            What::UsedGradient(parameter) => Self::Used { t, parameter: parameter.clone() },
            What::Forward { example, name } => {
                Self::Forward { t, example: *example, name: name.clone() }
            }
            What::Adjoint { example, name } => {
                Self::Adjoint { t, example: *example, name: name.clone() }
            }
        }
    }

    /// The iteration that it belongs to.
    pub(super) fn iteration(&self) -> Option<usize> {
        match self {
            Self::Datum { .. } | Self::Setting { .. } => None,
            Self::Rate { t }
            | Self::LookAhead { t, .. }
            | Self::Forward { t, .. }
            | Self::Adjoint { t, .. }
            | Self::Part { t, .. }
            | Self::Loss { t }
            | Self::Gradient { t, .. }
            | Self::State { t, .. }
            | Self::Parameter { t, .. }
            | Self::Used { t, .. } => Some(*t),
        }
    }
}
