//! What happened: plain records of every value, branch, gradient and state.
//!
//! The engine writes a [`Trace`]; everything after it only reads. [`json`] prints it.

mod experiment;
pub mod json;
mod path;
mod value;

pub use experiment::{Case, Experiment, Figure, Holds, Logarithm, Normal, Theory};
pub use path::{Path, Reading, Target, What};
pub use value::{Named, Tensor, Value};

use std::sync::Arc;

use crate::number::{Rational, Real, Sign};

/// Everything that was computed for a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The scenario's title.
    pub title: String,
    /// The set-ups, in the scenario's order.
    pub setups: Named<Setup>,
    /// For each cell with frames, in order, what its runs do in each of them.
    pub frames: Vec<Vec<Trace>>,
}

/// The runs of one set-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// The examples.
    pub data: Vec<Named<Tensor>>,
    /// One run for each optimizer, in the scenario's order.
    pub runs: Named<Run>,
    /// The Monte-Carlo experiments, in the scenario's order.
    pub experiments: Named<Experiment>,
}

/// One optimizer's run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The options that are numbers.
    pub options: Named<Rational>,
    /// The exact run, from the initial state (t = 0) on.
    pub iterations: Vec<Iteration>,
    /// The run that goes on from the displayed numbers, under `carry: displayed`.
    pub carried: Option<Vec<Iteration>>,
    /// Why the run ended before its last iteration, if it did.
    pub ended: Option<String>,
}

/// One iteration; iteration 0 is the initial state, without a batch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Iteration {
    /// The iteration's number.
    pub t: usize,
    /// The examples of its batch, counted from 1.
    pub batch: Vec<usize>,
    /// The point at which the gradient was taken, where it is not the parameters themselves.
    pub look_ahead: Option<Named<Tensor>>,
    /// What happened for each example of the batch. Iterations of several runs that see an example
    /// at the same point share its record.
    pub examples: Vec<Arc<Example>>,
    /// The batch's loss.
    pub loss: Option<Tensor>,
    /// The batch's gradient, by parameter.
    pub gradient: Named<Tensor>,
    /// The gradient after clipping and decay, by parameter, where there is such a thing.
    pub used_gradient: Option<Named<Tensor>>,
    /// The rate of this iteration.
    pub learning_rate: Option<Real>,
    /// Quantities that the rule computes on its way, by name and parameter.
    pub intermediate: Named<Named<Tensor>>,
    /// Which case of a line with several was taken, entry by entry, by name and parameter;
    /// `None` where no condition was met.
    pub cases: Named<Named<Vec<Option<usize>>>>,
    /// The cases of the piecewise functions in a line of the rule, in the order of evaluation,
    /// by name and parameter.
    pub rule_branches: Named<Named<Vec<usize>>>,
    /// The optimizer's state after the iteration, by state and parameter.
    pub state: Named<Named<Tensor>>,
    /// The parameters after the iteration.
    pub parameters: Named<Tensor>,
    /// In a carried run: state and parameters before they were rounded.
    pub unrounded: Option<Box<Unrounded>>,
}

/// What a carried iteration computed, before rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Unrounded {
    /// The optimizer's state.
    pub state: Named<Named<Tensor>>,
    /// The parameters.
    pub parameters: Named<Tensor>,
}

/// One example's forward and backward pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The values of data and definitions, in the order of evaluation.
    pub values: Named<Tensor>,
    /// The derivative of the example's loss by each definition but the loss.
    pub adjoints: Named<Tensor>,
    /// The derivative of the example's loss by each parameter.
    pub gradient: Named<Tensor>,
    /// The branches that were taken, in the order of evaluation.
    pub branches: Vec<Branch>,
}

/// A branch of a piecewise function.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The definition that contains the function.
    pub node: String,
    /// Which entry of a matrix, counted by rows from 1; `None` for a number.
    pub index: Option<usize>,
    /// The function's name.
    pub function: &'static str,
    /// Which of the function's kinks decided, from 0.
    pub kink: usize,
    /// The number whose sign decided.
    pub argument: Real,
    /// That sign.
    pub sign: Sign,
    /// What the branch is called.
    pub branch: &'static str,
    /// At a kink: the derivative that the convention gives, and whether it mattered.
    pub convention: Option<Convention>,
}

/// The convention used at a kink.
#[derive(Debug, Clone, PartialEq)]
pub struct Convention {
    /// The derivative used (by the first argument).
    pub derivative: Rational,
    /// Whether another derivative between the two one-sided ones would have changed the
    /// example's gradient.
    pub mattered: bool,
}

impl Run {
    /// The iteration numbered `t`, of the exact run.
    pub fn iteration(&self, t: usize) -> Option<&Iteration> {
        self.iterations.iter().find(|iteration| iteration.t == t)
    }

    /// The iterations that a sheet prints: the carried ones where the run has them.
    pub fn printed(&self) -> &[Iteration] {
        self.carried.as_deref().unwrap_or(&self.iterations)
    }
}
