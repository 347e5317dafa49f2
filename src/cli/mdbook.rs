//! `gradsheet mdbook`: sheets in a book of mdBook.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use gradsheet::book::{self, BookError, Cause, Wrong};

use super::{Failure, render_failure, templates};

/// Arguments of `mdbook`.
#[derive(Debug, Args)]
#[command(after_help = "In book.toml:\n  \
    [preprocessor.gradsheet]\n  \
    command = \"gradsheet mdbook\"\n  \
    audience = \"handout\"                        or \"solutions\"; may be left out\n\n\
    In a chapter, on a line of its own:\n  \
    {{#gradsheet sheets/adam.yaml}}\n  \
    {{#gradsheet sheets/adam.yaml audience=solutions}}\n\n\
    The path is relative to the chapter's file and stays in the book's source folder. The sheet\n\
    stands there as HTML with MathML and SVG, in the colours of the book's theme, its headings\n\
    below the chapter's; no MathJax is needed. In code, and behind a backslash, the line is text.\n\
    If a scenario is wrong, the build stops with the chapter's line and the scenario's error.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    question: Option<Question>,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Ends with status 0 if sheets show in what this renderer makes, else with 1
    Supports {
        /// A renderer of mdBook, such as html
        renderer: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(Question::Supports { renderer }) = &arguments.question {
        // mdBook asks for the status alone.
        return if book::supports(renderer) { Ok(()) } else { Err(Failure::Work(String::new())) };
    }
    let templates = templates(arguments.templates.as_deref())?;
    let mut input = String::new();
    let read = std::io::stdin().read_to_string(&mut input);
    read.map_err(|error| Failure::Input(format!("standard input can't be read: {error}")))?;
    let output = book::process(&input, &templates).map_err(failure)?;
    let written = std::io::stdout().write_all(output.as_bytes());
    written.map_err(|error| Failure::Work(format!("the book can't be written: {error}")))
}

fn failure(error: BookError) -> Failure {
    match error {
        BookError::Chapters(problems) => {
            Failure::Input(problems.into_iter().map(message).collect::<Vec<_>>().join("\n"))
        }
        other => Failure::Input(other.to_string()),
    }
}

fn message(wrong: Wrong) -> String {
    let place = format!("{}:{}", wrong.chapter.display(), wrong.line);
    match wrong.cause {
        Cause::Line(message) => format!("{place}: {message}"),
        Cause::Scenario(problems) => format!("{place}: in this sheet:\n{problems}"),
        Cause::Render { path, text, error } => {
            format!("{place}: in this sheet:\n{}", render_failure(&path, &text, *error))
        }
    }
}
