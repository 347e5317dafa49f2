//! Paths: names for single values of a trace, such as `neuron.sgd.t1.w`.

use super::{Iteration, Tensor, Trace, Value};
use crate::number::Real;

/// Names one value of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The set-up.
    pub setup: String,
    /// What is named in it.
    pub target: Target,
    /// The entry of a matrix, by row and column from 1: `W.r2.c1`.
    pub entry: Option<(usize, usize)>,
}

/// What a path names in its set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An entry of the data: `data.d2.x`.
    Datum {
        /// The example, from 1.
        example: usize,
        /// The datum.
        name: String,
    },
    /// An option of an optimizer: `adam.beta1`.
    Option {
        /// The run.
        run: String,
        /// The option.
        name: String,
    },
    /// A value of one iteration: `sgd.t1.w`.
    Record {
        /// The run.
        run: String,
        /// The iteration.
        t: usize,
        /// The value.
        what: What,
    },
}

/// A value of one iteration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A parameter after the iteration: `w`.
    Parameter(String),
    /// A state, or an intermediate quantity of the rule, after the iteration: `u.w`.
    State {
        /// The state.
        state: String,
        /// The parameter that it belongs to.
        parameter: String,
    },
    /// The batch's loss: `loss`.
    Loss,
    /// The batch's gradient: `grad.w`.
    Gradient(String),
    /// The gradient after clipping and decay: `used_grad.w`.
    UsedGradient(String),
    /// The learning rate of the iteration: `learning_rate`.
    LearningRate,
    /// A datum or a definition in the forward pass: `z`, `e2.z`.
    Forward {
        /// The place in the batch, from 1.
        example: usize,
        /// The name.
        name: String,
    },
    /// The derivative of an example's loss by a definition: `adjoint.z`, `e2.adjoint.z`.
    Adjoint {
        /// The place in the batch, from 1.
        example: usize,
        /// The definition.
        name: String,
    },
}

/// Which of two runs a value is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The exact run.
    Exact,
    /// The run that the sheet prints: the carried one, where there is one.
    Printed,
}

impl Path {
    /// The value that the path names; `None` where the run ended before it.
    pub fn value(&self, trace: &Trace, reading: Reading) -> Option<Tensor> {
        let whole = self.whole(trace, reading)?;
        match self.entry {
            None => Some(whole),
            Some((row, column)) => whole.entry(row, column).cloned().map(Tensor::from),
        }
    }

    fn whole(&self, trace: &Trace, reading: Reading) -> Option<Tensor> {
        let setup = trace.setups.get(&self.setup)?;
        match &self.target {
            Target::Datum { example, name } => {
                setup.data.get(example.checked_sub(1)?)?.get(name).cloned()
            }
            Target::Option { run, name } => {
                let number = setup.runs.get(run)?.options.get(name)?;
                Some(Tensor::from(Value::Real(Real::from(number.clone()))))
            }
            Target::Record { run, t, what } => {
                let run = setup.runs.get(run)?;
                let records = match reading {
                    Reading::Exact => &run.iterations,
                    Reading::Printed => run.printed(),
                };
                what.value(records.iter().find(|record| record.t == *t)?)
            }
        }
    }

    /// The run that the path leads into, if it does.
    pub fn run(&self) -> Option<&str> {
        match &self.target {
            Target::Datum { .. } => None,
            Target::Option { run, .. } | Target::Record { run, .. } => Some(run),
        }
    }

    /// Whether the path names a number of the scenario itself, which always prints exactly.
    pub fn is_input(&self) -> bool {
        match &self.target {
            Target::Datum { .. } | Target::Option { .. } => true,
            Target::Record { t, what, .. } => *t == 0 && matches!(what, What::Parameter(_)),
        }
    }
}

impl std::fmt::Display for Path {
    /// As a scenario writes it, with the set-up's name.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.", self.setup)?;
        match &self.target {
            Target::Datum { example, name } => write!(out, "data.d{example}.{name}")?,
            Target::Option { run, name } => write!(out, "{run}.{name}")?,
            Target::Record { run, t, what } => write!(out, "{run}.t{t}.{what}")?,
        }
        match self.entry {
            Some((row, column)) => write!(out, ".r{row}.c{column}"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for What {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Parameter(name) => out.write_str(name),
            Self::State { state, parameter } => write!(out, "{state}.{parameter}"),
            Self::Loss => out.write_str("loss"),
            Self::Gradient(name) => write!(out, "grad.{name}"),
            Self::UsedGradient(name) => write!(out, "used_grad.{name}"),
            Self::LearningRate => out.write_str("learning_rate"),
            // The only example of a batch may stay unnamed; named, it is always right.
            Self::Forward { example, name } => write!(out, "e{example}.{name}"),
            Self::Adjoint { example, name } => write!(out, "e{example}.adjoint.{name}"),
        }
    }
}

impl What {
    /// The value in one iteration's record.
    pub fn value(&self, record: &Iteration) -> Option<Tensor> {
        match self {
            Self::Parameter(name) => record.parameters.get(name).cloned(),
            Self::State { state, parameter } => {
                let values = record.state.get(state).or_else(|| record.intermediate.get(state));
                values?.get(parameter).cloned()
            }
            Self::Loss => record.loss.clone(),
            Self::Gradient(name) => record.gradient.get(name).cloned(),
            Self::UsedGradient(name) => {
                record.used_gradient.as_ref().unwrap_or(&record.gradient).get(name).cloned()
            }
            Self::LearningRate => {
                record.learning_rate.clone().map(|rate| Tensor::from(Value::Real(rate)))
            }
            Self::Forward { example, name } => {
                record.examples.get(example.checked_sub(1)?)?.values.get(name).cloned()
            }
            Self::Adjoint { example, name } => {
                record.examples.get(example.checked_sub(1)?)?.adjoints.get(name).cloned()
            }
        }
    }
}
