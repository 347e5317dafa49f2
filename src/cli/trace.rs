//! `gradsheet trace`: every computed value, for scripts.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use clap::Args;

use gradsheet::engine;
use gradsheet::trace::json;

use super::progress::watched;
use super::{Failure, Source};

/// Arguments of `trace`.
#[derive(Debug, Args)]
#[command(
    after_help = "A value is {\"exact\": \"-1/2\", \"decimal\": \"-0.5\"}: exact is a fraction \
    or a surd such as \"1 - 1/4*sqrt(2)\", or null; decimal has up to 40 significant digits. \
    What is not defined is {\"undefined\": \"0/0 in …\"}."
)]
pub(crate) struct Arguments {
    /// The scenario
    scenario: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let source = Source::read(&arguments.scenario)?;
    let trace = watched(|effort| engine::execute_with(&source.scenario, effort))
        .map_err(|error| source.engine_failure(&error))?;
    let path = source.path.display();
    let json = json::trace(&trace).map_err(|fault| Failure::Work(format!("{path}: {fault}")))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    // A reader that has seen enough, such as `head`, may close the pipe.
    let _ = serde_json::to_writer_pretty(&mut out, &json);
    let _ = writeln!(out);
    Ok(())
}
