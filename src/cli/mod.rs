//! Arguments, files and the terminal; one file a command.
//!
//! Exit status: 0 done; 1 the work failed (an undecided sign, a full disk); 2 the input
//! or the command line is wrong.

mod check;
mod completions;
mod explain;
mod files;
mod folder;
mod found;
mod guard;
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
mod scratch;
mod serve;
mod shards;
mod site;
mod staging;
mod trace;
mod variants;

use std::fmt;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use gradsheet::RenderError;
use gradsheet::engine::EngineError;
use gradsheet::limits::{self, LIMITS, Limit, LimitError};
use gradsheet::scenario::{self, Problem, Problems, Scenario, suggest};
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
    /// Raises or lowers a limit, as in `iterations=50000` or `memory=4GiB`; `gradsheet list
    /// limits` names all
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = limit, global = true)]
    limits: Vec<(Limit, u64)>,
}

/// Reads what follows `--limit`.
fn limit(text: &str) -> Result<(Limit, u64), String> {
    limits::read(text).map_err(|error| match &error {
        LimitError::Unknown { name } => match suggest(name, LIMITS.iter().map(|row| row.name)) {
            Some(known) => format!("there is no limit `{name}`; did you mean `{known}`?"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    })
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
    ///
    /// It has every key with its meaning, its default and what it may be, so that an editor
    /// completes keys and words, explains them, and marks what is misspelt while a scenario is
    /// written. What a schema can't know (names, paths, shapes, formulas) `gradsheet check` finds.
    /// The draft is 2020-12.
    Schema(schema::Arguments),
    /// Put sheets into a book of mdBook, as its preprocessor
    Mdbook(mdbook::Arguments),
    /// Make a folder with a commented example to start from
    New(new::Arguments),
    /// Print a script by which a shell completes commands and options when Tab is pressed
    Completions(completions::Arguments),
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

/// For whoever walks an expression that is as deep as the limit `depth` may be raised to.
const STACK: usize = 256 << 20;
/// The same for each thread that papers are shared among.
const SHARED_STACK: usize = 64 << 20;

/// Parses the arguments, runs the command, and turns errors into exit statuses.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    limits::set(&arguments.limits);
    guard::begin();
    let threads = rayon::ThreadPoolBuilder::new().stack_size(SHARED_STACK).build_global();
    let work = std::thread::Builder::new().stack_size(STACK);
    // Without the memory for that, threads are as they are elsewhere.
    let started = threads.ok().and_then(|()| work.spawn(move || done(&arguments)).ok());
    match started.map(std::thread::JoinHandle::join) {
        Some(Ok(status)) => status,
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        None => ExitCode::FAILURE,
    }
}

fn done(arguments: &Arguments) -> ExitCode {
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
        Command::Completions(arguments) => completions::run(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            guard::wait_if_stopping();
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

    /// An error of the pipeline, as a failure.
    pub(crate) fn failure(&self, error: RenderError) -> Failure {
        render_failure(&self.path, &self.text, error)
    }

    /// An error of the engine, as a failure.
    pub(crate) fn engine_failure(&self, error: &EngineError) -> Failure {
        engine_failure(&self.path, &self.text, error)
    }
}

/// An error of the pipeline for the scenario of that text, as a failure.
pub(crate) fn render_failure(path: &Path, text: &str, error: RenderError) -> Failure {
    match error {
        RenderError::Texts(list) => {
            Failure::Input(Problems::new(path.display().to_string(), text, list).to_string())
        }
        RenderError::Template(error) => template(&error),
        RenderError::Engine(error) => engine_failure(path, text, &error),
        #[cfg(feature = "pdf")]
        RenderError::Pdf(error) => {
            let placed = |line: &String| format!("{}: {line}", path.display());
            Failure::Input(error.0.iter().map(placed).collect::<Vec<_>>().join("\n"))
        }
        other => Failure::Work(format!("{}: {other}", path.display())),
    }
}

/// An error of the engine, as a failure.
///
/// What would follow either way stands below the line, each answer on one of its own.
pub(crate) fn engine_failure(path: &Path, text: &str, error: &EngineError) -> Failure {
    let Problem { help, .. } = error.problem();
    let bare = Problem { help: None, ..error.problem() };
    let mut said = Problems::new(path.display().to_string(), text, vec![bare]).to_string();
    for line in help.iter().flat_map(|help| help.lines()) {
        said.push_str("\n  ");
        said.push_str(line);
    }
    if matches!(error, EngineError::Undecided { .. }) {
        let advice = Limit::Precision.advice(None).replace("allows more", "looks further");
        said.push_str(&format!("\n  = help: {advice}"));
    }
    Failure::Work(said)
}

/// Prints a line on standard output. A reader that has seen enough, such as `head`, may close it.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The text of a file, which is no longer than the limit.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    read_text(path).map_err(|unreadable| unreadable.failure)
}

/// Why a file has no text, and where that shows.
pub(crate) struct Unreadable {
    pub(crate) failure: Failure,
    pub(crate) problem: Option<Box<Problem>>,
}

/// The text of a file; what is no UTF-8 in it has a place.
pub(crate) fn read_text(path: &Path) -> Result<String, Unreadable> {
    let name = path.display();
    let fail = |reason: String| Unreadable {
        failure: Failure::Input(format!("{name}: {reason}")),
        problem: None,
    };
    let unread = |error: std::io::Error| fail(format!("can't be read: {error}"));
    let most = Limit::FileSize.get();
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unread)?;
    // One byte more shows that there is more; a device may have no end.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() > Limit::FileSize.count() {
        let needed = path.metadata().map(|about| about.len()).ok().filter(|size| *size > most);
        let what = needed.map_or("its bytes".to_owned(), |size| format!("its {size} bytes"));
        return Err(fail(Limit::FileSize.exceeded_with_advice(what, needed)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let problem = scenario::not_utf8(error.as_bytes(), error.utf8_error());
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let problems = Problems::new(name.to_string(), text, vec![problem.clone()]);
        Unreadable {
            failure: Failure::Input(problems.to_string()),
            problem: Some(Box::new(problem)),
        }
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
