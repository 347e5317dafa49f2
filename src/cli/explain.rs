//! `gradsheet explain`: how one number arose.

use std::io::Write as _;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use gradsheet::explain::{self, Detail, ExplainError};
use gradsheet::scenario::{self, Problem, Problems};

use super::{Failure, Source, templates};

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "For example:\n  \
    gradsheet explain scenarios/one-neuron.yaml sgd.t1.w\n\n\
    ends with the line\n  \
    neuron.sgd.t1.w = t0.w - learning_rate*grad.w = 1 - 0.5*6 = -2\n\n\
    Above it stands everything that the value depends on, in the order in which a person \
    computes, and first the scenario's own numbers. In an update rule t0.w is the parameter \
    before the first iteration.\n\n\
    A path is SETUP.OPTIMIZER.tN.NAME: a parameter w, a definition z (e2.z for the batch's \
    second example), a gradient grad.w or used_grad.w, an adjoint adjoint.z, a state u.w, the \
    loss; an entry of a matrix is W.r1.c2. The set-up's name may be left out where there is \
    only one.")]
pub(crate) struct Arguments {
    /// The scenario
    scenario: PathBuf,
    /// The value, such as neuron.adam.t2.w
    path: String,
    /// Print so many significant digits, in the place of what the scenario displays
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    significant: Option<u32>,
    /// Tell so many iterations before the asked one
    #[arg(long, value_name = "N", default_value_t = explain::DEPTH)]
    depth: usize,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let source = Source::read(&arguments.scenario)?;
    let templates = templates(arguments.templates.as_deref())?;
    let refuse = |problem: Problem| {
        let problems = Problems::new("PATH", arguments.path.as_str(), vec![problem]);
        Failure::Input(problems.to_string())
    };
    let path = scenario::path(&source.scenario, &arguments.path).map_err(refuse)?;
    let significant = arguments.significant.and_then(NonZeroU32::new);
    let detail = Detail { significant, depth: arguments.depth };
    let text = explain::explain(&source.scenario, &source.text, &path, &detail, &templates);
    let text = text.map_err(|error| match error {
        ExplainError::Path(problem) => refuse(problem),
        ExplainError::Engine(error) => source.engine_failure(&error),
        other => Failure::Work(format!("{}: {other}", source.path.display())),
    })?;
    // A reader that has seen enough, such as `head`, may close the pipe.
    let _ = write!(std::io::stdout(), "{text}");
    Ok(())
}
