//! Arguments, files and the terminal; one file a command.
//!
//! Exit status: 0 done; 1 the work failed (an undecided sign, a full disk); 2 the input
//! or the command line is wrong.

mod check;
mod explain;
mod files;
mod folder;
mod found;
mod identify;
#[cfg(feature = "pdf")]
mod joined;
mod kept;
mod list;
mod mdbook;
mod new;
mod progress;
mod records;
mod regrade;
mod reissue;
mod render;
mod schema;
mod serve;
mod shards;
mod site;
mod staging;
mod trace;
mod variants;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use gradsheet::RenderError;
use gradsheet::engine::EngineError;
use gradsheet::scenario::{self, Problem, Problems, Scenario};
use gradsheet::sheet::{TemplateError, Templates};

/// Worked solution sheets for gradient-based learning, from a YAML scenario.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "Worked solution sheets for gradient-based learning, from a YAML scenario",
    long_about = "Worked solution sheets for gradient-based learning, from a YAML scenario.\n\n\
        A scenario states a model, its initial parameters, data and optimizers. gradsheet runs \
        them in exact arithmetic and writes a handout and its worked solutions. Every printed \
        digit and every branch of a ReLU is certified; what can't be decided is an error, never \
        a guess.",
    after_help = "Begin with:\n  \
        gradsheet new course                   a folder with a commented example\n  \
        gradsheet render course/neuron.yaml    its handout and solutions, in output/neuron/\n  \
        gradsheet serve course                 a preview that follows what is saved\n\n\
        Exit status: 0 done; 1 the work failed; 2 the input or the command line is wrong."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make handouts and worked solutions
    Render(render::Arguments),
    /// Make many papers from one scenario, with an answer key
    Variants(variants::Arguments),
    /// Make a course site from a folder of scenarios and Markdown pages
    Site(site::Arguments),
    /// Preview a course in the browser while it is written
    Serve(serve::Arguments),
    /// Find everything that is wrong with scenarios
    Check(check::Arguments),
    /// Print every computed value as JSON
    Trace(trace::Arguments),
    /// Print how one value arose, back to the scenario's own numbers
    Explain(explain::Arguments),
    /// Explain optimizers, functions and initializers: formulas, options, defaults
    List(list::Arguments),
    /// Print the JSON Schema of a scenario, for editors
    Schema(schema::Arguments),
    /// Put sheets into a book of mdBook, as its preprocessor
    Mdbook(mdbook::Arguments),
    /// Make a folder with a commented example to start from
    New(new::Arguments),
}

/// What went wrong, and the exit status that says so.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input or the command line is wrong: status 2.
    Input(String),
    /// The work failed: status 1.
    Work(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(message) | Self::Work(message) => out.write_str(message),
        }
    }
}

/// Parses the arguments, runs the command, and turns errors into exit statuses.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Render(arguments) => render::run(arguments),
        Command::Variants(arguments) => variants::run(arguments),
        Command::Site(arguments) => site::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Trace(arguments) => trace::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::List(arguments) => list::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Mdbook(arguments) => mdbook::run(arguments),
        Command::New(arguments) => new::run(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let message = failure.to_string();
            if !message.is_empty() {
                eprintln!("{message}");
            }
            ExitCode::from(match failure {
                Failure::Work(_) => 1,
                Failure::Input(_) => 2,
            })
        }
    }
}

/// A scenario with its text, which messages quote.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) scenario: Scenario,
}

impl Source {
    /// Reads and checks a scenario.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = text(path)?;
        let scenario =
            scenario::read(path, &text).map_err(|problems| Failure::Input(problems.to_string()))?;
        Ok(Self { path: path.to_owned(), text, scenario })
    }

    /// Problems found after reading, as a failure.
    pub(crate) fn problems(&self, list: Vec<Problem>) -> Problems {
        Problems::new(self.path.display().to_string(), self.text.as_str(), list)
    }

    /// An error of the pipeline, as a failure.
    pub(crate) fn failure(&self, error: RenderError) -> Failure {
        render_failure(&self.path, &self.text, error)
    }

    /// An error of the engine, as a failure.
    pub(crate) fn engine_failure(&self, error: &EngineError) -> Failure {
        engine_failure(&self.path, error)
    }
}

/// An error of the pipeline for the scenario of that text, as a failure.
pub(crate) fn render_failure(path: &Path, text: &str, error: RenderError) -> Failure {
    match error {
        RenderError::Texts(list) => {
            Failure::Input(Problems::new(path.display().to_string(), text, list).to_string())
        }
        RenderError::Template(error) => template(&error),
        RenderError::Engine(error) => engine_failure(path, &error),
        #[cfg(feature = "pdf")]
        RenderError::Pdf(error) => {
            let placed = |line: &String| format!("{}: {line}", path.display());
            Failure::Input(error.0.iter().map(placed).collect::<Vec<_>>().join("\n"))
        }
        other => Failure::Work(format!("{}: {other}", path.display())),
    }
}

/// An error of the engine, as a failure.
pub(crate) fn engine_failure(path: &Path, error: &EngineError) -> Failure {
    Failure::Work(format!("{}: {error}", path.display()))
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let fail = |reason: String| Failure::Input(format!("{}: {reason}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| fail(format!("can't be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        fail(format!("is not text in UTF-8 (the first wrong byte is number {})", start + 1))
    })
}

/// The built-in templates, or those of a folder on top of them.
pub(crate) fn templates(folder: Option<&Path>) -> Result<Templates, Failure> {
    match folder {
        Some(folder) => Templates::with_folder(folder),
        None => Templates::built_in(),
    }
    .map_err(|error| template(&error))
}

fn template(error: &TemplateError) -> Failure {
    Failure::Input(error.to_string())
}
