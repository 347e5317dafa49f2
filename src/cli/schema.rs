//! `gradsheet schema`: what editors complete and check scenarios by.

use std::io::Write as _;

use clap::Args;

use gradsheet::{scenario, site};

use super::Failure;

/// Arguments of `schema`.
#[derive(Debug, Args)]
#[command(
    after_help = "Any editor with yaml-language-server (VS Code: the extension YAML by Red Hat) \
        reads it from the first line of a scenario:\n  \
        gradsheet schema > gradsheet.schema.json\n  \
        # yaml-language-server: $schema=gradsheet.schema.json\n\n\
        or from the settings of VS Code, for all scenarios of a folder:\n  \
        \"yaml.schemas\": {\"gradsheet.schema.json\": \"scenarios/*.yaml\"}"
)]
pub(crate) struct Arguments {
    /// The schema of a course file, gradsheet.yaml, instead
    #[arg(long)]
    course: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let text = if arguments.course { site::schema() } else { scenario::schema() };
    // A reader that has seen enough, such as `head`, may close the pipe.
    let _ = write!(std::io::stdout(), "{text}");
    Ok(())
}
