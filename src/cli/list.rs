//! `gradsheet list`: the catalogue, explained.

use std::io::Write as _;

use clap::{Args, ValueEnum};

use gradsheet::limits::LIMITS;
use gradsheet::reference::{self, Style};

use super::Failure;

/// Arguments of `list`; the limits stand beside the catalogue, since they are looked up alike.
#[derive(Debug, Args)]
#[command(after_help = "Formulas are written as in a scenario. Under an option stand the lines \
    that a choice changes.")]
pub(crate) struct Arguments {
    /// A kind, such as adam or kaiming_normal; `limits`, which `--limit` raises; all kinds, a line
    /// each, if left out
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
        Some(kind) if kind == "limits" => limits(),
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

/// The limits, a line each.
fn limits() -> String {
    let mut text = String::from(
        "What a scenario may ask for. `--limit NAME=VALUE` raises or lowers it, for any command:\n\
         gradsheet render big.yaml --limit iterations=50000 --limit memory=4GiB\n\n",
    );
    text += &format!("{:<18} {:>14} {:>18}   {}\n", "limit", "default", "at most", "bounds");
    for row in &LIMITS {
        let (default, most) = (row.limit.shown(row.default), row.limit.shown(row.most));
        text += &format!("{:<18} {default:>14} {most:>18}   {}\n", row.name, row.bounds);
    }
    text
}
