//! The set-ups of a scenario, ready to execute their runs.

use std::cell::OnceCell;

use crate::scenario::{Run, RunId, Setup};
use crate::trace;

use super::failure::EngineError;
use super::pass::Model;
use super::run;
use super::substitution::Substitutions;

/// The model of each set-up, made when it is first needed. Runs share it, right and wrong ones,
/// and with it the passes at the points where several of them are, such as the initial state.
pub struct Models<'a> {
    setups: &'a [Setup],
    models: Vec<OnceCell<Model<'a>>>,
}

impl<'a> Models<'a> {
    /// Those of these set-ups.
    pub fn new(setups: &'a [Setup]) -> Self {
        Self { setups, models: setups.iter().map(|_| OnceCell::new()).collect() }
    }

    /// Executes one run.
    ///
    /// # Errors
    ///
    /// As for [`super::execute`].
    pub fn execute(&self, id: RunId) -> Result<trace::Run, EngineError> {
        let (_, run) = self.run(id);
        run::execute(run, self.model(id), Substitutions::default())
    }

    /// A run with its set-up.
    pub(super) fn run(&self, id: RunId) -> (&'a Setup, &'a Run) {
        let setup = &self.setups[id.setup];
        (setup, &setup.runs[id.run])
    }

    /// The model of a run.
    pub(super) fn model(&self, id: RunId) -> &Model<'a> {
        let setup = &self.setups[id.setup];
        self.models[id.setup].get_or_init(|| Model::new(setup, &setup.model))
    }
}
