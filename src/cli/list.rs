//! `gradsheet list`: the catalogue, explained.

use std::io::Write as _;

use clap::{Args, ValueEnum};

use gradsheet::reference::{self, Style};

use super::Failure;

/// Arguments of `list`.
#[derive(Debug, Args)]
#[command(after_help = "Formulas are written as in a scenario. Under an option stand the lines \
    that a choice changes.")]
pub(crate) struct Arguments {
    /// A kind, such as adam or kaiming_normal; all of them, a line each, if left out
    kind: Option<String>,
    /// How it is written; as Markdown the whole catalogue is one document
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// Options as tables, formulas as LaTeX too
    Markdown,
    /// Markdown without LaTeX
    Commonmark,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let style = match arguments.format {
        Format::Text => Style::Text,
        Format::Markdown => Style::Markdown,
        Format::Commonmark => Style::CommonMark,
    };
    let text = match &arguments.kind {
        None => reference::overview(style),
        Some(kind) => reference::entry(kind, style).map_err(|meant| {
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`gradsheet list` names them all".to_owned(),
            };
            Failure::Input(format!("there is no kind `{kind}`; {help}"))
        })?,
    };
    // A reader that has seen enough, such as `head`, may close the pipe.
    let _ = write!(std::io::stdout(), "{text}");
    Ok(())
}
