//! Reading paths: every name in one is checked against the scenario.
//!
//! ```text
//! [SETUP.] RUN . tN . [eK.] NAME        a parameter, a datum or a definition
//!                     grad.P | u.P      a gradient, a state
//!                     [eK.] adjoint.D   the derivative of the loss by a definition
//! [SETUP.] RUN . OPTION                 an option
//! [SETUP.] data . dN . NAME             an entry of the data
//! ```

use crate::formula::shape::Shape;
use crate::trace::{Path, Target, What};

use super::definition::{ExperimentId, Run, RunId, Scenario, Setup};
use super::{Place, Problem, suggest};

/// The value of a scenario's runs that a text names, outside the scenario itself.
///
/// # Errors
///
/// What is wrong with it, with its place in the text.
pub fn path(scenario: &Scenario, text: &str) -> std::result::Result<Path, Problem> {
    let paths = Paths { setups: &scenario.setups, home: None, site: Site::Outside };
    paths.path(text).map_err(|error| {
        let parts: Vec<&str> = text.split('.').collect();
        let begins = |count: usize| parts.get(..count).map(|parts| parts.join("."));
        let experiment = [1, 2].into_iter().filter_map(begins).find(|text| {
            let known = paths.experiment(text);
            known.is_ok()
        });
        match experiment {
            Some(name) => Problem::new(
                Place::START,
                format!("`{name}` is an experiment; its figures come from many draws"),
            )
            .with_width(name.chars().count())
            .with_help("a path leads to a value of a run, as in `sgd.t1.w`"),
            None => error.problem(text),
        }
    })
}

/// What is wrong with a path, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathError {
    /// Byte offset of the offending part.
    pub offset: usize,
    /// Its length.
    pub width: usize,
    pub message: String,
    pub help: Option<String>,
}

/// The set-ups that paths lead into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paths<'a> {
    pub setups: &'a [Setup],
    /// The set-up whose name may be left out.
    pub home: Option<usize>,
    /// Where the paths stand.
    pub site: Site,
}

/// Where a path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// In a cell, where a question may name the set-up.
    Cell,
    /// Outside the cells, where it has to be written.
    Outside,
}

impl Scenario {
    /// Whether a path names a single number.
    pub fn is_number(&self, path: &Path) -> bool {
        Paths { setups: &self.setups, home: None, site: Site::Outside }.is_number(path)
    }
}

#[derive(Clone, Copy)]
struct Part<'t> {
    text: &'t str,
    offset: usize,
}

type Result<T> = std::result::Result<T, PathError>;

impl PathError {
    /// As a problem of a text that is nothing but the path.
    fn problem(self, text: &str) -> Problem {
        let characters =
            |bytes: std::ops::Range<usize>| text.get(bytes).map_or(0, |part| part.chars().count());
        let place = Place::START.right(characters(0..self.offset));
        let width = characters(self.offset..(self.offset + self.width).min(text.len()));
        let problem = Problem::new(place, self.message).with_width(width);
        match self.help {
            Some(help) => problem.with_help(help),
            None => problem,
        }
    }
}

impl Part<'_> {
    fn error(self, message: impl Into<String>) -> PathError {
        let width = self.text.len().max(1);
        PathError { offset: self.offset, width, message: message.into(), help: None }
    }

    fn unknown<'c>(self, what: &str, known: impl Iterator<Item = &'c str> + Clone) -> PathError {
        let mut error = self.error(format!("there is no {what} `{}`", self.text));
        error.help = Some(match suggest(self.text, known.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
        });
        error
    }

    /// The number of `t2`, `e1`, `d3`.
    fn numbered(self, letter: char) -> Option<usize> {
        let digits = self.text.strip_prefix(letter)?;
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse().ok() } else { None }
    }
}

impl<'a> Paths<'a> {
    /// The path of a text.
    pub(super) fn path(&self, text: &str) -> Result<Path> {
        let parts = split(text);
        let (setup, rest) = self.setup(&parts)?;
        let setup = &self.setups[setup];
        let (rest, entry) = match rest {
            [inner @ .., row, column] => match (row.numbered('r'), column.numbered('c')) {
                (Some(r), Some(c)) => (inner, Some((r, c, *row))),
                _ => (rest, None),
            },
            _ => (rest, None),
        };
        let target = match rest {
            [] => {
                return Err(end(
                    &parts,
                    "the path names a set-up, not a value; go on as in `.sgd.t1.w`",
                ));
            }
            [first, rest @ ..] if first.text == "data" => datum(setup, *first, rest)?,
            [first, rest @ ..] => {
                let run = run(setup, *first)?;
                value(setup, &setup.runs[run], *first, rest)?
            }
        };
        let entry = match entry {
            Some((row, column, part)) => Some(checked(setup, &target, (row, column), part)?),
            None => None,
        };
        Ok(Path { setup: setup.name.clone(), target, entry })
    }

    /// Whether a path names a single number.
    pub(super) fn is_number(&self, path: &Path) -> bool {
        let setup = self.setups.iter().find(|setup| setup.name == path.setup);
        let shape = shaped(&path.target).and_then(|name| setup?.shapes.get(name));
        path.entry.is_some() || shape.is_none_or(|shape| *shape == Shape::Scalar)
    }

    /// The run of a text such as `neuron.sgd`.
    pub(super) fn run(&self, text: &str) -> Result<RunId> {
        let parts = split(text);
        let (setup, rest) = self.setup(&parts)?;
        match rest {
            [name] => Ok(RunId { setup, run: run(&self.setups[setup], *name)? }),
            [] => Err(end(&parts, "the path names a set-up, not a run")),
            [_, extra, ..] => Err(extra.error("the path should end with the run")),
        }
    }

    /// The experiment of a text such as `layer.bias_sweep`.
    pub(super) fn experiment(&self, text: &str) -> Result<ExperimentId> {
        let parts = split(text);
        let (setup, rest) = self.setup(&parts)?;
        match rest {
            [name] => {
                let own = &self.setups[setup];
                let found = own.experiments.iter().position(|one| one.name == name.text);
                let known = own.experiments.iter().map(|one| one.name.as_str());
                match found {
                    Some(experiment) => Ok(ExperimentId { setup, experiment }),
                    None => {
                        let mut error = name.unknown("experiment", known);
                        error.message = format!("`{}` has no experiment `{}`", own.name, name.text);
                        Err(error)
                    }
                }
            }
            [] => Err(end(&parts, "the path names a set-up, not an experiment")),
            [_, extra, ..] => Err(extra.error("the path should end with the experiment")),
        }
    }

    /// The iteration of a text such as `neuron.sgd.t1`.
    pub(super) fn moment(&self, text: &str) -> Result<(RunId, usize)> {
        let parts = split(text);
        let (setup, rest) = self.setup(&parts)?;
        match rest {
            [name, at] => {
                let id = RunId { setup, run: run(&self.setups[setup], *name)? };
                let t = iteration(&self.setups[setup], *at)?;
                let first = self.setups[setup].start_iteration;
                if t == first {
                    return Err(at.error(nothing_yet(first)));
                }
                Ok((id, t))
            }
            [_, _, extra, ..] => Err(extra.error("the path should end with the iteration")),
            _ => Err(end(&parts, "the path should name an iteration, such as `sgd.t1`")),
        }
    }

    /// The set-up of a text that names one.
    pub(super) fn setup_named(&self, text: &str) -> Result<usize> {
        let part = Part { text, offset: 0 };
        let found = self.setups.iter().position(|setup| setup.name == text);
        found.ok_or_else(|| part.unknown("set-up", self.names()))
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.setups.iter().map(|setup| setup.name.as_str())
    }

    /// The set-up that a path begins with or leaves out, and the rest of the path.
    fn setup<'p, 't>(&self, parts: &'p [Part<'t>]) -> Result<(usize, &'p [Part<'t>])> {
        let [first, rest @ ..] = parts else {
            return Err(end(parts, "the path is empty"));
        };
        if parts.iter().all(|part| part.text.is_empty()) {
            return Err(end(parts, "the path is empty"));
        }
        if let Some(index) = self.setups.iter().position(|setup| setup.name == first.text) {
            return Ok((index, rest));
        }
        let only = (self.setups.len() == 1).then_some(0);
        match self.home.or(only) {
            Some(index) => Ok((index, parts)),
            None => {
                let mut error = first.unknown("set-up", self.names());
                let owner = self.setups.iter().find(|setup| {
                    let runs = setup.runs.iter().map(|run| &run.name);
                    let experiments = setup.experiments.iter().map(|one| &one.name);
                    runs.chain(experiments).any(|name| name == first.text)
                });
                if let Some(owner) = owner {
                    let rest: Vec<&str> = parts.iter().map(|part| part.text).collect();
                    let path = format!("{}.{}", owner.name, rest.join("."));
                    error.help = Some(match self.site {
                        Site::Cell => format!("write `{path}`, or give the question a `setup`"),
                        Site::Outside => format!("write `{path}`"),
                    });
                }
                Err(error)
            }
        }
    }
}

fn split(text: &str) -> Vec<Part<'_>> {
    let mut offset = 0;
    let mut parts = Vec::new();
    for part in text.split('.') {
        parts.push(Part { text: part, offset });
        offset += part.len() + 1;
    }
    parts
}

fn end(parts: &[Part<'_>], message: &str) -> PathError {
    let whole = parts.last().map_or(0, |last| last.offset + last.text.len());
    PathError { offset: 0, width: whole.max(1), message: message.into(), help: None }
}

fn run(setup: &Setup, part: Part<'_>) -> Result<usize> {
    let found = setup.runs.iter().position(|run| run.name == part.text);
    let known = setup.runs.iter().map(|run| run.name.as_str());
    let known = known.chain(["data", setup.name.as_str()]);
    found.ok_or_else(|| {
        let mut error = part.unknown("run", known);
        error.message = format!("`{}` has no run `{}`", setup.name, part.text);
        error
    })
}

/// Checks an entry against the shape of what it is an entry of.
fn checked(
    setup: &Setup,
    target: &Target,
    (row, column): (usize, usize),
    part: Part<'_>,
) -> Result<(usize, usize)> {
    let name = match target {
        Target::Option { .. } => return Err(part.error("an option is a number, not a matrix")),
        Target::Record { what: What::Loss, .. } => {
            return Err(part.error("the loss is a number, not a matrix"));
        }
        other => shaped(other).unwrap_or_default(),
    };
    let shape = setup.shapes.get(name);
    match shape.and_then(Shape::counts) {
        Some((rows, columns)) if shape != Some(&Shape::Scalar) => {
            let inside = (1..=rows).contains(&row) && (1..=columns).contains(&column);
            if inside {
                return Ok((row, column));
            }
            Err(part.error(format!("`{name}` has {rows} rows and {columns} columns")))
        }
        _ => Err(part.error(format!("`{name}` is a number, not a matrix"))),
    }
}

/// The name whose shape a value has.
fn shaped(target: &Target) -> Option<&str> {
    match target {
        Target::Datum { name, .. } => Some(name),
        Target::Option { .. } => None,
        Target::Record { what, .. } => match what {
            What::Parameter(name) | What::Gradient(name) | What::UsedGradient(name) => Some(name),
            What::State { parameter, .. } => Some(parameter),
            What::Forward { name, .. } | What::Adjoint { name, .. } => Some(name),
            What::Loss | What::LearningRate => None,
        },
    }
}

fn datum(setup: &Setup, data: Part<'_>, rest: &[Part<'_>]) -> Result<Target> {
    let [index, name] = rest else {
        return Err(data.error("a datum is named as in `data.d1.x`"));
    };
    let count = setup.data.len();
    let example = index.numbered('d').filter(|number| (1..=count).contains(number));
    let example = example.ok_or_else(|| index.error(format!("the data are d1 to d{count}")))?;
    if !setup.inputs.iter().any(|input| input == name.text) {
        return Err(name.unknown("datum", setup.inputs.iter().map(String::as_str)));
    }
    Ok(Target::Datum { example, name: name.text.to_owned() })
}

fn iteration(setup: &Setup, part: Part<'_>) -> Result<usize> {
    let (first, last) = (setup.start_iteration, setup.last_iteration());
    part.numbered('t').filter(|t| (first..=last).contains(t)).ok_or_else(|| {
        let mut error = part.error(format!("there is no iteration `{}`", part.text));
        error.help = Some(format!("the iterations are t{first} (the initial state) to t{last}"));
        error
    })
}

fn nothing_yet(start: usize) -> String {
    format!("nothing is computed in t{start}, the initial state")
}

fn value(setup: &Setup, run: &Run, at: Part<'_>, rest: &[Part<'_>]) -> Result<Target> {
    let [first, rest @ ..] = rest else {
        return Err(at.error("the path names a run, not a value; go on as in `.t1.w`"));
    };
    let name = run.name.clone();
    if rest.is_empty() && run.options.iter().any(|(option, _)| option == first.text) {
        if run.options.number(first.text).is_none() {
            return Err(first.error(format!("the option `{}` is a word, not a number", first.text)));
        }
        return Ok(Target::Option { run: name, name: first.text.to_owned() });
    }
    if first.numbered('t').is_none() {
        let options = run.options.iter().map(|(option, _)| option);
        let known: Vec<&str> = options.chain(["t1"]).collect();
        return Err(first.unknown("iteration or option", known.iter().copied()));
    }
    let t = iteration(setup, *first)?;
    let record = Target::Record { run: name, t, what: what(setup, run, t, *first, rest)? };
    Ok(record)
}

fn what(setup: &Setup, run: &Run, t: usize, at: Part<'_>, rest: &[Part<'_>]) -> Result<What> {
    let started = setup.start_iteration;
    let batch = t.checked_sub(started + 1).and_then(|index| setup.batches.get(index));
    let size = batch.map_or(0, |batch| batch.len().max(1));
    let (example, rest) = match rest {
        [first, rest @ ..] if first.numbered('e').is_some() => {
            let number = first.numbered('e').filter(|number| (1..=size).contains(number));
            let message = match size {
                1 => "this iteration's batch has one example, e1".to_owned(),
                _ => format!("the examples of this iteration are e1 to e{size}"),
            };
            (Some(number.ok_or_else(|| first.error(message))?), rest)
        }
        _ => (None, rest),
    };
    let parameters = setup.trained_names();
    let parameter = |part: Part<'_>| {
        if parameters.clone().any(|name| name == part.text) {
            Ok(part.text.to_owned())
        } else {
            let what =
                if setup.is_parameter(part.text) { "trained parameter" } else { "parameter" };
            Err(part.unknown(what, parameters.clone()))
        }
    };
    let computed = |part: Part<'_>| {
        if t > started { Ok(()) } else { Err(part.error(nothing_yet(started))) }
    };
    match (example, rest) {
        (Some(_), []) => {
            Err(at.error("the path names an example, not a value; go on as in `.e1.z`"))
        }
        (None, []) => {
            Err(at.error("the path names an iteration, not a value; go on as in `.t1.w`"))
        }
        (None, [kind]) if ["grad", "used_grad", "adjoint"].contains(&kind.text) => {
            let of = if kind.text == "adjoint" { "definition" } else { "parameter" };
            Err(kind.error(format!("the path goes on with a {of}, as in `{}.w`", kind.text)))
        }
        (_, [name, row]) if row.numbered('r').is_some() && setup.shapes.contains_key(name.text) => {
            let message = format!("an entry has a row and a column, as in `{}.r1.c1`", name.text);
            Err(row.error(message))
        }
        (None, [name]) if setup.is_parameter(name.text) => {
            Ok(What::Parameter(name.text.to_owned()))
        }
        (None, [name]) if name.text == "learning_rate" => {
            computed(*name)?;
            Ok(What::LearningRate)
        }
        (None, [kind, name]) if kind.text == "grad" => {
            computed(*kind)?;
            Ok(What::Gradient(parameter(*name)?))
        }
        (None, [kind, name]) if kind.text == "used_grad" => {
            computed(*kind)?;
            Ok(What::UsedGradient(parameter(*name)?))
        }
        (_, [kind, name]) if kind.text == "adjoint" => {
            computed(*kind)?;
            let example = one_example(example, size, *kind)?;
            let inner =
                setup.model.iter().map(|line| line.name.as_str()).filter(|name| *name != "loss");
            if !inner.clone().any(|known| known == name.text) {
                return Err(name.unknown("definition", inner));
            }
            Ok(What::Adjoint { example, name: name.text.to_owned() })
        }
        (None, [name]) if name.text == "loss" && setup.gradients.is_none() => {
            computed(*name)?;
            Ok(What::Loss)
        }
        (_, [name]) => {
            let known = setup.inputs.iter().map(String::as_str);
            let known = known.chain(setup.model.iter().map(|line| line.name.as_str()));
            if !known.clone().any(|known| known == name.text) {
                return Err(name.unknown("value", known.chain(parameters.clone())));
            }
            computed(*name)?;
            let example = one_example(example, size, *name)?;
            Ok(What::Forward { example, name: name.text.to_owned() })
        }
        (None, [state, name]) => {
            let rule = run.rule();
            let quantities = rule.lines.iter().map(|line| line.name.as_str());
            let known = quantities.filter(|name| *name != "theta");
            if !known.clone().any(|known| known == state.text) {
                return Err(state.unknown("state", known.chain(["grad", "adjoint"])));
            }
            if t == started && rule.state(state.text).is_none() {
                computed(*state)?;
            }
            Ok(What::State { state: state.text.to_owned(), parameter: parameter(*name)? })
        }
        (_, [.., extra]) => Err(extra.error("the path goes on where it should have ended")),
    }
}

fn one_example(example: Option<usize>, size: usize, part: Part<'_>) -> Result<usize> {
    match (example, size) {
        (Some(number), _) => Ok(number),
        (None, 1) => Ok(1),
        (None, _) => {
            let mut error =
                part.error(format!("this iteration's batch has {size} examples: which one?"));
            error.help = Some(format!("write `e1.{}`", part.text));
            Err(error)
        }
    }
}
