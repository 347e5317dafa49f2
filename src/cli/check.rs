//! `gradsheet check`: everything that is wrong with scenarios.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use gradsheet::RenderError;
use gradsheet::engine::{self, Effort};
use gradsheet::marking;
use gradsheet::review;
use gradsheet::scenario::{Exam, Excerpt, Problem, Problems, Scenario};
use gradsheet::sheet::Templates;
use gradsheet::trace::Trace;

use super::{Failure, Source, guard, read_text, say, templates};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Scenarios to check
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// Treats warnings as errors: the status is then 2
    #[arg(long)]
    strict: bool,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// How problems are printed
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For editors: a list of problems on standard output
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let templates = templates(arguments.templates.as_deref())?;
    let mut all: Vec<Value> = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    for path in &arguments.scenarios {
        guard::beat();
        let (problems, failure) = match check(path, &templates) {
            Ok(warnings) => {
                all.extend(warnings.list().iter().map(|problem| entry(path, problem)));
                let is_text = arguments.format == Format::Text;
                if !warnings.list().is_empty() {
                    if arguments.strict {
                        failures.push(Failure::Input(warnings.to_string()));
                        continue;
                    }
                    if is_text {
                        eprintln!("{warnings}\n");
                    }
                }
                if is_text {
                    say(&format!("{}: ok", path.display()));
                }
                continue;
            }
            Err(found) => found,
        };
        all.extend(problems.iter().map(|problem| entry(path, problem)));
        if problems.is_empty() {
            all.push(unplaced(path, &failure));
        }
        failures.push(failure);
    }
    if arguments.format == Format::Json {
        say(&format!("{:#}", Value::Array(all)));
    }
    let input = failures.iter().any(|failure| matches!(failure, Failure::Input(_)));
    let messages: Vec<String> = failures.iter().map(ToString::to_string).collect();
    let message =
        if arguments.format == Format::Json { String::new() } else { messages.join("\n\n") };
    match (failures.is_empty(), input) {
        (true, _) => Ok(()),
        (false, true) => Err(Failure::Input(message)),
        (false, false) => Err(Failure::Work(message)),
    }
}

/// What is suspicious about a scenario; or what is wrong with it.
fn check(path: &Path, templates: &Templates) -> Result<Problems, (Vec<Problem>, Failure)> {
    let text = read_text(path).map_err(|unreadable| {
        (unreadable.problem.into_iter().map(|problem| *problem).collect(), unreadable.failure)
    })?;
    let split =
        |problems: Problems| (problems.list().to_vec(), Failure::Input(problems.to_string()));
    let of_file = |list| Problems::new(path.display().to_string(), text.as_str(), list);
    let with_texts = |mut list: Vec<Problem>| {
        list.extend(gradsheet::text_problems(&text));
        split(of_file(list))
    };
    let (exam, scenario) =
        Exam::read(path, &text).map_err(|problems| with_texts(problems.list().to_vec()))?;
    let source = Source { path: path.to_owned(), text: text.clone(), scenario };
    match gradsheet::check(&source.scenario, templates) {
        Ok(()) => Ok(of_file(warnings(path, &exam, &source.scenario))),
        Err(RenderError::Texts(list)) => Err(with_texts(list)),
        Err(RenderError::Engine(error)) if !gradsheet::text_problems(&text).is_empty() => {
            Err(with_texts(vec![error.problem()]))
        }
        Err(RenderError::Engine(error)) => {
            Err((vec![error.problem()], source.engine_failure(&error)))
        }
        Err(error) => Err((Vec::new(), source.failure(error))),
    }
}

/// What is suspicious about a scenario that was found right.
fn warnings(path: &Path, exam: &Exam, scenario: &Scenario) -> Vec<Problem> {
    // Whatever fails here has failed in the check before.
    let Ok(trace) = engine::execute_with(scenario, &Effort { trials: 0, progress: &|_| {} }) else {
        return Vec::new();
    };
    note_hidden(path, scenario, &trace);
    review::warnings(exam, scenario, &trace)
}

/// Says on standard error which mistakes can't be told from the right answers.
fn note_hidden(path: &Path, scenario: &Scenario, trace: &Trace) {
    if scenario.parts().iter().all(|part| part.ask.mistakes.is_empty()) {
        return;
    }
    for turn in marking::wrong_turns(scenario, trace).unwrap_or_default() {
        if turn.is_hidden() {
            let (part, word) = (&turn.part, turn.turn().instead.word());
            let run = &scenario.run(turn.turn().run).1.name;
            eprintln!(
                "{}: note: in part {part}, the mistake `{word}` with `{run}` leads to the right answer",
                path.display()
            );
        }
    }
}

fn entry(path: &Path, problem: &Problem) -> Value {
    let mut entry = json!({
        "file": path.display().to_string(),
        "severity": "error",
        "line": problem.place.line,
        "column": problem.place.column,
        "width": problem.width,
        "field": problem.field,
        "severity": problem.severity.word(),
        "message": problem.message,
        "help": problem.help,
    });
    if let Some(Excerpt { file, place, width, .. }) = problem.excerpt.as_deref() {
        entry["within"] =
            json!({ "file": file, "line": place.line, "column": place.column, "width": width });
    }
    entry
}

/// An error without a place: the same keys, with nothing where there is nothing to say.
fn unplaced(path: &Path, failure: &Failure) -> Value {
    let message = failure.to_string();
    let message = message.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&message);
    json!({
        "file": path.display().to_string(),
        "severity": "error",
        "line": null,
        "column": null,
        "width": null,
        "field": "",
        "message": message,
        "help": null,
    })
}
