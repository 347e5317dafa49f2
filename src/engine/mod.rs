//! The engine: a scenario becomes a trace, exactly.
//!
//! For each run: a forward pass for every example of the iteration's batch, a backward
//! pass over the same graph, the mean of the losses and of the gradients, and one
//! application of the optimizer's rule to every parameter. No I/O, no rounding (but for
//! a carried run, which rounds between iterations as its scenario asks), no templates.

mod backward;
mod failure;
mod forward;
mod graph;
mod pass;
mod run;
mod slope;
mod surface;
mod tensor;

pub use failure::{Continuation, EngineError};
pub use graph::{Graph, Node, Operation};
pub use pass::{graph, nodes};
pub use slope::slope;
pub use surface::Surface;

use crate::scenario::{self, Scenario};
use crate::trace::{Named, Setup, Tensor, Trace};

/// Executes every run of a scenario.
///
/// # Errors
///
/// A sign that can be neither proved nor refuted, with what would follow either way;
/// a carried run that takes another branch than the exact one.
pub fn execute(scenario: &Scenario) -> Result<Trace, EngineError> {
    let mut setups = Named::default();
    for setup in &scenario.setups {
        let graph = pass::graph(setup);
        let mut runs = Named::default();
        for run in &setup.runs {
            runs.push(run.name.clone(), run::execute(setup, run, &graph)?);
        }
        setups.push(setup.name.clone(), Setup { data: data(setup), runs });
    }
    Ok(Trace { title: scenario.front.title.clone(), setups })
}

fn data(setup: &scenario::Setup) -> Vec<Named<Tensor>> {
    let row = |row: &Vec<Tensor>| setup.inputs.iter().cloned().zip(row.iter().cloned()).collect();
    setup.data.iter().map(row).collect()
}
