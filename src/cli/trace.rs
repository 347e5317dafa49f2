//! `gradsheet trace`: every computed value, for scripts.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use clap::Args;

use gradsheet::engine;
use gradsheet::scenario::Scenario;
use gradsheet::trace::json;

use super::progress::watched;
use super::{Failure, Source, found};

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
    /// Of this variant, as `variants` makes it from the same seed [default: of the scenario
    /// with the default values of its variables]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    variant: Option<u64>,
    /// From which the variants are drawn [default: the scenario's own seed]
    #[arg(long, value_name = "S", requires = "variant")]
    seed: Option<u64>,
    /// How many candidates are looked at, at most [default: the limit `candidates`, 1000000]
    #[arg(long, value_name = "M", requires = "variant")]
    search_limit: Option<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut source = Source::read(&arguments.scenario)?;
    if let Some(number) = arguments.variant {
        source.scenario = variant(arguments, &source, number)?;
    }
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

/// The scenario of one variant.
fn variant(arguments: &Arguments, source: &Source, number: u64) -> Result<Scenario, Failure> {
    let (exam, default) = found::exam(&source.path, &source.text)?;
    let seed = arguments.seed.unwrap_or(default.seed);
    let search = found::search(&source.path, &exam, &default, seed, arguments.search_limit)?;
    let variants = found::find(&source.path, &search, number)?;
    let last =
        variants.last().ok_or_else(|| Failure::Work(format!("there is no variant {number}")))?;
    exam.scenario(&last.assignment).map_err(|problems| Failure::Input(problems.to_string()))
}
