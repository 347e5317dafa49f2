//! How one number of a run arose, in plain text: every quantity that it depends on, in the
//! order in which a person computes.
//!
//! From the path the walk goes back over the expressions of the model, of the gradients and
//! of the optimizer's rule, down to the numbers of the scenario:
//!
//! ```text
//! course     names, values and order of a run's quantities     quantity
//! formula    how a quantity follows from others                origin: or where it is written
//! line       formula, numbers put in, result                   numbers, remark, phrases
//! ```
//!
//! The numbers are those of the sheet: of a carried run the carried ones.

mod course;
mod formula;
mod line;
mod numbers;
mod origin;
mod quantity;
mod remark;
mod story;

use std::num::NonZeroU32;

use crate::engine::{self, EngineError};
use crate::number::Precision;
use crate::scenario::{Place, Problem, Run, Scenario, Setup};
use crate::sheet::Templates;
use crate::trace::json::Unprintable;
use crate::trace::{Path, Target};

use course::Course;
use story::Story;

/// How much is told.
#[derive(Debug, Clone, Copy)]
pub struct Detail {
    /// How many significant digits; as the scenario displays its numbers if `None`.
    pub significant: Option<NonZeroU32>,
    /// How many iterations before the asked one are told.
    pub depth: usize,
}

/// How many iterations before the asked one are told, if nobody says otherwise.
pub const DEPTH: usize = 5;

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The path leads to no value of a run.
    #[error("{}", .0.message)]
    Path(Problem),
    /// The engine stopped.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The run ended before the value was computed.
    #[error("{run} ended with iteration {t}: {cause}")]
    Ended {
        /// The run.
        run: String,
        /// Its last iteration.
        t: usize,
        /// Why it ended.
        cause: String,
    },
    /// A number can't be printed with certainty.
    #[error(transparent)]
    Number(#[from] Unprintable),
}

/// Explains the value that a path names; `text` is the scenario's, to say where its
/// numbers stand.
///
/// # Errors
///
/// A path that leads to no value of a run, a sign that is undecided, a run that ended before.
pub fn explain(
    scenario: &Scenario,
    text: &str,
    path: &Path,
    detail: &Detail,
    templates: &Templates,
) -> Result<String, ExplainError> {
    let nowhere = || ExplainError::Path(Problem::new(Place::START, "the path leads to no run"));
    let known = scenario.setups.iter().find(|setup| setup.name == path.setup);
    let setup = known.ok_or_else(nowhere)?;
    let (run, until) = match &path.target {
        Target::Datum { .. } => (setup.runs.first(), setup.start_iteration),
        Target::Option { run, .. } => (named(setup, run), setup.start_iteration),
        Target::Record { run, t, .. } => (named(setup, run), *t),
    };
    let run = run.ok_or_else(nowhere)?;
    let trace = engine::execute(&alone(scenario, setup, run, until))?;
    let record = trace.setups.get(&setup.name).ok_or_else(nowhere)?;
    let own = record.runs.get(&run.name).ok_or_else(nowhere)?;
    let records = own.printed();
    let course = Course { setup, run, records, data: &record.data };
    if let (Some(cause), Some(last)) = (&own.ended, records.last())
        && last.t < until
    {
        let run = format!("{}.{}", setup.name, run.name);
        return Err(ExplainError::Ended { run, t: last.t, cause: cause.clone() });
    }
    let mut display = run.display.clone();
    if let Some(digits) = detail.significant {
        display.precision = Precision::Significant(digits.get());
    }
    let story = Story::new(scenario, text, &course, &display, templates);
    let message = "the optimizer's rule gives no such value in this iteration";
    let nothing = || ExplainError::Path(Problem::new(Place::START, message));
    story.tell(path, detail.depth)?.ok_or_else(nothing)
}

fn named<'s>(setup: &'s Setup, name: &str) -> Option<&'s Run> {
    setup.runs.iter().find(|run| run.name == name)
}

/// The scenario with nothing but one run, as far as it is asked for.
fn alone(scenario: &Scenario, setup: &Setup, run: &Run, until: usize) -> Scenario {
    let mut setup = setup.clone();
    setup.runs = vec![run.clone()];
    setup.experiments = Vec::new();
    setup.batches.truncate(until.saturating_sub(setup.start_iteration));
    Scenario { setups: vec![setup], cells: None, ..scenario.clone() }
}
