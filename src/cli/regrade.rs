//! What follows from a student's own values.

use std::io::Write as _;
use std::path::Path;

use gradsheet::engine::{self, Effort};
use gradsheet::number::{Rational, Real, parse_exact, trace_decimal};
use gradsheet::scenario::{Scenario, assign};
use gradsheet::trace::Trace;
use gradsheet::variants::manifest::Entry;
use gradsheet::variants::{
    Asked, Followed, Guard, Later, Marked, Own, asked, follow, is_followable, line_of, marked,
};

use super::identify::{known, meant};
use super::variants::{Case, name};
use super::{Failure, engine_failure, text};

/// A student's values, as they were typed.
#[derive(Debug, PartialEq)]
struct Request {
    variant: String,
    /// Where each was typed, what it is a value of, and the value.
    values: Vec<(String, String, String)>,
}

/// Prints what follows from values: `variant-7 1a=0.3 …`, or those of a CSV file.
pub(crate) fn run(case: &Case<'_>, list: &[String]) -> Result<(), Failure> {
    let requests = match list {
        [file] if is_csv(file) => table(file)?,
        [variant, values @ ..] => vec![typed(variant, values)?],
        [] => return Ok(()),
    };
    let number = |request: &Request| request.variant.trim_start_matches("variant-").parse().ok();
    let entries = known(case, requests.iter().filter_map(number).max())?;
    let mut text = String::new();
    let mut problems = Vec::new();
    for request in &requests {
        let told =
            meant(&entries, &request.variant).and_then(|entry| regraded(case, entry, request));
        match told {
            Ok(told) => text.push_str(&told),
            Err(Failure::Input(message)) => problems.push(message),
            Err(other) => return Err(other),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Input(problems.join("\n")));
    }
    // A reader that has seen enough may close the pipe.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

fn is_csv(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

fn typed(variant: &str, values: &[String]) -> Result<Request, Failure> {
    let one = |text: &String| {
        let (what, value) = text.split_once('=').ok_or_else(|| {
            Failure::Input(format!(
                "`{text}` is no value: write it as `1a=0.3` or `neuron.sgd.t1.w=-1/3`"
            ))
        })?;
        Ok((text.clone(), what.trim().to_owned(), value.trim().to_owned()))
    };
    let values = values.iter().map(one).collect::<Result<Vec<_>, Failure>>()?;
    if values.is_empty() {
        return Err(Failure::Input(format!(
            "`--regrade {variant}` needs a value, as in `--regrade {variant} 1a=0.3`"
        )));
    }
    Ok(Request { variant: variant.to_owned(), values })
}

/// The rows of a CSV file; those of one variant are one student's.
fn table(file: &str) -> Result<Vec<Request>, Failure> {
    let wrong = |message: String| Failure::Input(format!("{file}: {message}"));
    let source = text(Path::new(file))?;
    let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source.as_bytes());
    let head = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let column = |names: &[&str]| head.iter().position(|known| names.contains(&known));
    let columns = (column(&["variant"]), column(&["part", "path"]), column(&["value"]));
    let (Some(variant), Some(what), Some(value)) = columns else {
        return Err(wrong("line 1: the first line names the columns, `variant,part,value`".into()));
    };
    let mut requests: Vec<Request> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let line = line_of(source, &record);
        let cell = |column: usize| record.get(column).unwrap_or_default().to_owned();
        let own = (format!("{file}: line {line}"), cell(what), cell(value));
        match requests.iter_mut().find(|request| request.variant == cell(variant)) {
            Some(request) => request.values.push(own),
            None => requests.push(Request { variant: cell(variant), values: vec![own] }),
        }
    }
    Ok(requests)
}

fn regraded(case: &Case<'_>, entry: &Entry, request: &Request) -> Result<String, Failure> {
    let title = name(entry.number);
    let unfit = |reason: String| Failure::Input(format!("{title}: {reason}"));
    let picks = entry.picks(&case.exam).map_err(|misfits| {
        let names: Vec<&str> = misfits.iter().map(|misfit| misfit.variable.as_str()).collect();
        unfit(format!("the scenario does not allow its values of {}", names.join(", ")))
    })?;
    let assignment = assign(&case.exam.variables, &picks)
        .map_err(|underivable| unfit(format!("`{}` is undefined", underivable.name)))?;
    let scenario =
        case.exam.scenario(&assignment).map_err(|problems| unfit(problems.to_string()))?;
    let effort = Effort { trials: 2, progress: &|_| {} };
    let trace = engine::execute_with(&scenario, &effort)
        .map_err(|error| engine_failure(case.path(), case.source(), &error))?;
    let asked = asked(&scenario, &trace);
    let mut own = Vec::new();
    let mut problems = Vec::new();
    for (place, what, value) in &request.values {
        match read(&scenario, &asked, what, value) {
            Ok(value) => own.push(value),
            Err(message) => problems.push(format!("{place}: {message}")),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Input(problems.join("\n")));
    }
    let followed = follow(&scenario, &trace, &asked, &own)
        .map_err(|error| Failure::Work(format!("{title}: {error}")))?;
    Ok(told(&Told { title, entry, scenario: &scenario, trace: &trace }, &own, &followed))
}

/// One value: a part with a single answer, or a path.
fn read(scenario: &Scenario, asked: &[Asked], what: &str, value: &str) -> Result<Own, String> {
    let of_part: Vec<&Asked> = asked.iter().filter(|asked| asked.part == what).collect();
    let path = match of_part.as_slice() {
        [only] => only.path.clone(),
        [] => gradsheet::scenario::path(scenario, what).map_err(|problem| {
            let help = problem.help.map(|help| format!(" ({help})")).unwrap_or_default();
            let message = problem.message;
            format!("`{what}` is neither a part with an answer nor a path: {message}{help}")
        })?,
        several => {
            let paths: Vec<String> = several.iter().map(|asked| asked.path.to_string()).collect();
            return Err(format!("{what} has several answers: name one of {}", paths.join(", ")));
        }
    };
    if !scenario.is_number(&path) {
        return Err(format!("`{path}` is a matrix: name an entry, as in `{path}.r1.c1`"));
    }
    is_followable(scenario, &path).map_err(|error| error.to_string())?;
    let value = parse_exact(value).map_err(|error| format!("`{value}` is no number: {error}"))?;
    Ok(Own { path, value })
}

/// Whose values they are.
struct Told<'a> {
    title: String,
    entry: &'a Entry,
    scenario: &'a Scenario,
    trace: &'a Trace,
}

fn told(about: &Told<'_>, own: &[Own], followed: &Followed) -> String {
    let mut text = format!("{} {}", about.title, about.entry.code);
    if let Some(student) = &about.entry.student {
        text.push_str(&format!(" {student}"));
    }
    text.push('\n');
    for one in own {
        let right = marked(about.scenario, about.trace, &one.path);
        let right = right.map_or_else(|| "undefined".to_owned(), |right| right.shown());
        text.push_str(&format!("  {} = {}, right is {right}\n", one.path, plain(&one.value)));
    }
    if followed.later.is_empty() {
        text.push_str("  nothing else that the paper asks for follows from it\n");
    }
    for later in &followed.later {
        text.push_str(&format!("  {} {}: {}\n", later.part, later.path, answer(later)));
    }
    for guard in &followed.guards {
        text.push_str(&format!("  caution: {}\n", caution(guard)));
    }
    text
}

/// A number as it is typed: a decimal where it ends.
fn plain(value: &Rational) -> String {
    match gradsheet::number::ending::of(value) {
        Some(_) => trace_decimal(&Real::from(value.clone())).unwrap_or_else(|_| value.to_string()),
        None => value.to_string(),
    }
}

fn answer(later: &Later) -> String {
    let shown =
        |one: &Option<Marked>| one.as_ref().map_or_else(|| "undefined".to_owned(), Marked::shown);
    let reach = later.follows.as_ref().map(|one| &one.tolerance);
    let reach = match reach.filter(|reach| **reach != Rational::ZERO) {
        Some(reach) => format!(" ± {}", plain(reach)),
        None => String::new(),
    };
    let (right, follows) = (shown(&later.right), shown(&later.follows));
    match later.right == later.follows {
        true => format!("{right}{reach}, as in the key"),
        false => format!("{follows}{reach} follows, right is {right}"),
    }
}

fn caution(guard: &Guard) -> String {
    match guard {
        Guard::Right(path) => format!("{path} is right"),
        Guard::Zero(path) => {
            format!("{path} is 0 here, so what it is multiplied by does not matter")
        }
        Guard::NoGradient(t) => format!(
            "the gradient is zero in iteration {t}, so the iteration is trivial; with the right \
             value it is not"
        ),
        Guard::Off(t, node) => format!(
            "`{node}` is off in iteration {t}, so nothing flows back through it; with the right \
             value it is on"
        ),
        Guard::Kink(t, node) => {
            format!("the argument in `{node}` is exactly on a kink in iteration {t}")
        }
        Guard::Unmoved(t) => {
            format!("no parameter moves in iteration {t}; with the right value one does")
        }
        Guard::Repeats(path, own) => format!("{path} is {own} again, so it can be copied"),
        Guard::ZeroAnswer(path) => format!("{path} is 0; with the right value it is not"),
        Guard::Undefined(path) => {
            format!("{path} is undefined; with the right value it is a number")
        }
    }
}
