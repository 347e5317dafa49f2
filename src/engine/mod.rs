//! The engine: a scenario becomes a trace, exactly.
//!
//! For each run: a forward pass for every example of the iteration's batch, a backward
//! pass over the same graph, the mean (or sum) of the losses and of the gradients, and one
//! application of the optimizer's rule to every parameter. No I/O, no rounding (but for
//! a carried run, which rounds between iterations as its scenario asks), no templates.

mod backward;
mod batch;
mod curve;
mod experiment;
mod failure;
mod forward;
mod graph;
mod mistake;
mod models;
mod pass;
mod program;
mod rule;
mod run;
mod slope;
mod substitution;
mod surface;
mod tensor;
mod theory;

pub use curve::{curve, curve_at};
pub use experiment::{Effort, Progress};
pub use failure::{Continuation, EngineError, Spot};
pub use graph::{Graph, Node, Operation};
pub use mistake::wrong_turn;
pub use models::Models;
pub use pass::{graph, nodes};
pub use slope::slope;
pub use substitution::Substitution;
pub use surface::{Surface, Values};

use crate::scenario::{self, ExperimentId, Frame, Frames, Scenario};
use crate::trace::{self, Named, Setup, Tensor, Trace};

use pass::Model;
use substitution::Substitutions;

/// Executes every run and every experiment of a scenario.
///
/// # Errors
///
/// A sign that can be neither proved nor refuted, with what would follow either way;
/// a carried run that takes another branch than the exact one; an experiment that is too
/// large.
pub fn execute(scenario: &Scenario) -> Result<Trace, EngineError> {
    execute_with(scenario, &Effort { trials: u64::MAX, progress: &|_| {} })
}

/// As [`execute`], with a limit to the trials of experiments, and with news of them.
///
/// # Errors
///
/// As for [`execute`].
pub fn execute_with(scenario: &Scenario, effort: &Effort<'_>) -> Result<Trace, EngineError> {
    let mut trace = begun(scenario);
    for (setup, record) in scenario.setups.iter().zip(trace.setups.values_mut()) {
        let model = Model::new(setup, &setup.model);
        for run in &setup.runs {
            let executed = run::execute(run, &model, Substitutions::default())?;
            record.runs.push(run.name.clone(), executed);
        }
    }
    complete(&mut trace, scenario, effort)?;
    Ok(trace)
}

/// Executes what there is beside the runs: experiments, and what cells step through.
///
/// # Errors
///
/// As for [`execute`].
pub fn complete(
    trace: &mut Trace,
    scenario: &Scenario,
    effort: &Effort<'_>,
) -> Result<(), EngineError> {
    for (index, (setup, record)) in
        scenario.setups.iter().zip(trace.setups.values_mut()).enumerate()
    {
        for (number, experiment) in setup.experiments.iter().enumerate() {
            let id = ExperimentId { setup: index, experiment: number };
            let histograms = scenario.histograms(id);
            let found = experiment::execute(setup, experiment, &histograms, effort)?;
            record.experiments.push(experiment.name.clone(), found);
        }
    }
    let frames = scenario.frames();
    trace.frames = frames.into_iter().map(frames_of).collect::<Result<_, _>>()?;
    Ok(())
}

/// The runs that a cell shows, in each of its frames.
fn frames_of(frames: &Frames) -> Result<Vec<Trace>, EngineError> {
    let one = |frame: &Frame| {
        let mut setups = Named::default();
        for (index, setup) in frame.scenario.setups.iter().enumerate() {
            let own = frames.runs.iter().filter(|id| id.setup == index);
            let shown = own.filter_map(|id| setup.runs.get(id.run));
            let mut runs: Named<trace::Run> = Named::default();
            let model = Model::new(setup, &setup.model);
            for run in shown {
                if runs.get(&run.name).is_none() {
                    let record = run::execute(run, &model, Substitutions::default());
                    let within = |error: EngineError| error.in_frame(&frame.values.join(", "));
                    runs.push(run.name.clone(), record.map_err(within)?);
                }
            }
            if !runs.is_empty() {
                let experiments = Named::default();
                setups.push(setup.name.clone(), Setup { data: data(setup), runs, experiments });
            }
        }
        Ok(Trace { title: String::new(), setups, frames: Vec::new() })
    };
    frames.list.iter().map(one).collect()
}

/// Executes one run with other values in the place of some that it computes.
///
/// # Errors
///
/// As for [`execute`].
pub fn substitute(
    setup: &scenario::Setup,
    run: &scenario::Run,
    substitutions: &[Substitution],
) -> Result<trace::Run, EngineError> {
    run::execute(run, &Model::new(setup, &setup.model), Substitutions(substitutions))
}

/// The trace of a scenario of which nothing was executed yet.
pub fn begun(scenario: &Scenario) -> Trace {
    let begun = |setup: &scenario::Setup| {
        let (runs, experiments) = (Named::default(), Named::default());
        (setup.name.clone(), Setup { data: data(setup), runs, experiments })
    };
    let setups = scenario.setups.iter().map(begun).collect();
    Trace { title: scenario.front.title.clone(), setups, frames: Vec::new() }
}

fn data(setup: &scenario::Setup) -> Vec<Named<Tensor>> {
    let row = |row: &Vec<Tensor>| setup.inputs.iter().cloned().zip(row.iter().cloned()).collect();
    setup.data.iter().map(row).collect()
}
