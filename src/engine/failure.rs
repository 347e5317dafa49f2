//! What stops the engine, and what would follow either way.

use std::fmt;

use crate::formula::{Decide, Failure};
use crate::number::{Question, Real, Sign, Undecided, round};
use crate::scenario::{Place, Problem, Setup};
use crate::trace::{Iteration, Tensor, Value};

use super::forward::Stop;
use super::run::Course;

/// Why a scenario has no trace.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A number could be neither separated from zero nor proved to be zero, or its last
    /// displayed digit stayed open.
    #[error("undecided: {place}: {} is not known: {reached}{}", asked(*.question, .expression), list(.continuations))]
    Undecided {
        /// The path of the value.
        place: String,
        /// What was asked of the number.
        question: Question,
        /// The operation that hangs on the answer.
        expression: String,
        /// How far the proof got.
        reached: String,
        /// What would follow from each answer.
        continuations: Vec<Continuation>,
        /// Where it stands in the scenario.
        spot: Box<Spot>,
    },
    /// The run that goes on from the displayed numbers takes another branch.
    #[error(
        "{place}: with `carry: displayed` the {function} of `{node}` is {carried}, but exactly it is {exact}; \
         show more digits, or carry the exact numbers"
    )]
    CarriedBranch {
        /// The path of the value.
        place: String,
        /// The definition that contains the function.
        node: String,
        /// The function.
        function: &'static str,
        /// The branch of the carried run.
        carried: &'static str,
        /// The branch of the exact run.
        exact: &'static str,
        /// Where the run stands in the scenario.
        spot: Box<Spot>,
    },
    /// An experiment can't be run.
    #[error("{place}: {message}")]
    Experiment {
        /// The set-up and the experiment.
        place: String,
        /// Why.
        message: String,
        /// Where the experiment stands in the scenario.
        spot: Box<Spot>,
    },
    /// A number became too large or too small to be kept.
    #[error("{place}: `{expression}` leaves the range of the numbers that can be kept")]
    OutOfRange {
        /// The path of the value.
        place: String,
        /// The operation.
        expression: String,
        /// Where it stands in the scenario.
        spot: Box<Spot>,
    },
}

/// What an error is about: a definition, a run or an experiment of the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where its name stands.
    pub place: Place,
    /// The path of keys to it.
    pub field: String,
    /// How long its name is.
    pub width: usize,
}

impl Spot {
    /// A definition of the model, or else the run.
    fn within(course: &Course<'_>, within: &str) -> Box<Self> {
        let setup = course.setup;
        match setup.model.iter().find(|line| line.name == within) {
            Some(line) => Box::new(Self {
                place: line.place,
                field: format!("setups.{}.model", setup.name),
                width: line.name.chars().count(),
            }),
            None => Self::named(setup, "optimizers", &course.run.name, course.run.place),
        }
    }

    /// An entry of a mapping in a set-up.
    pub(super) fn named(setup: &Setup, key: &str, name: &str, place: Place) -> Box<Self> {
        let field = format!("setups.{}.{key}.{name}", setup.name);
        Box::new(Self { place, field, width: name.chars().count() })
    }
}

/// What would follow if an undecided sign were known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// The assumed answer: "zero", "positive", "negative".
    pub assumption: String,
    /// The parameters after the iteration, or that they are undecided again.
    pub outcome: String,
}

impl fmt::Display for Continuation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "if it is {}: {}", self.assumption, self.outcome)
    }
}

fn asked(question: Question, expression: &str) -> String {
    match question {
        Question::Digit => format!("the last displayed digit of `{expression}`"),
        _ => format!("the sign that `{expression}` needs"),
    }
}

fn list(continuations: &[Continuation]) -> String {
    continuations.iter().map(|continuation| format!("\n  {continuation}")).collect()
}

/// A failure at its place in a run.
pub(super) struct Halt {
    pub(super) t: usize,
    /// The example, by its number in the data.
    pub(super) example: Option<usize>,
    pub(super) stop: Stop,
}

/// Proves signs, but takes one answer for granted.
struct Assume {
    value: Real,
    sign: Sign,
}

impl Decide for Assume {
    fn sign(&mut self, value: &Real) -> Result<Sign, Undecided> {
        if *value == self.value { Ok(self.sign) } else { value.sign() }
    }
}

impl EngineError {
    pub(super) fn new(course: &Course<'_>, halt: Halt) -> Self {
        let (failure, within) = halt.stop.parts();
        let place = place(course, halt.t, halt.example, &within);
        let spot = Spot::within(course, &within);
        match failure {
            Failure::Undecided { reached, expression, value } => {
                let question = reached.question;
                let continuations = match value {
                    Some(value) => continuations(course, halt.t, &value),
                    None if question == Question::Digit => Vec::new(),
                    None => either_way(),
                };
                let reached = reached.to_string();
                Self::Undecided { place, question, expression, reached, continuations, spot }
            }
            Failure::OutOfRange(expression) => Self::OutOfRange { place, expression, spot },
            // Undefined values are recorded, not raised; should one get here, it is named.
            Failure::Undefined { cause, expression } => {
                let expression = format!("{cause} in {expression}");
                Self::OutOfRange { place, expression, spot }
            }
        }
    }

    /// The error at its place in the scenario; what would follow either way is the advice.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (Self::Undecided { spot, .. }
        | Self::CarriedBranch { spot, .. }
        | Self::Experiment { spot, .. }
        | Self::OutOfRange { spot, .. }) = self;
        let text = self.to_string();
        let (message, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let problem = Problem::new(spot.place, message).in_field(&spot.field);
        let rest: Vec<&str> = rest.lines().map(str::trim).collect();
        let problem = problem.with_width(spot.width);
        if rest.is_empty() { problem } else { problem.with_help(rest.join("\n")) }
    }

    /// The same for a run that takes a wrong turn.
    pub(super) fn in_mistake(self, word: &str) -> Self {
        self.with(&format!("the mistake `{word}`"))
    }

    /// The same for a run with explored values.
    pub(super) fn in_frame(self, values: &str) -> Self {
        self.with(&format!("`explore` of {values}"))
    }

    fn with(mut self, what: &str) -> Self {
        match &mut self {
            Self::Undecided { place, .. }
            | Self::CarriedBranch { place, .. }
            | Self::Experiment { place, .. }
            | Self::OutOfRange { place, .. } => {
                place.push_str(&format!(", with {what}"));
            }
        }
        self
    }

    /// Compares the branches of a carried run with the exact ones.
    pub(super) fn compare(
        course: &Course<'_>,
        exact: &[Iteration],
        carried: &[Iteration],
    ) -> Result<(), Self> {
        for (exact, carried) in exact.iter().zip(carried) {
            for (index, (left, right)) in exact.examples.iter().zip(&carried.examples).enumerate() {
                let pairs = left.branches.iter().zip(&right.branches);
                for (left, right) in pairs {
                    if left.sign != right.sign || left.branch != right.branch {
                        let example = exact.batch.get(index).copied();
                        return Err(Self::CarriedBranch {
                            place: place(course, exact.t, example, &left.node),
                            node: left.node.clone(),
                            function: left.function,
                            carried: right.branch,
                            exact: left.branch,
                            spot: Spot::named(
                                course.setup,
                                "optimizers",
                                &course.run.name,
                                course.run.place,
                            ),
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

fn place(course: &Course<'_>, t: usize, example: Option<usize>, within: &str) -> String {
    let (setup, run) = (&course.setup.name, &course.run.name);
    let example = example.map(|number| format!(" (example {number})")).unwrap_or_default();
    format!("{setup}.{run}.t{t}.{within}{example}")
}

fn continuations(course: &Course<'_>, t: usize, value: &Real) -> Vec<Continuation> {
    let signs = [("zero", Sign::Zero), ("positive", Sign::Positive), ("negative", Sign::Negative)];
    let mut found: Vec<Continuation> = Vec::new();
    for (assumption, sign) in signs {
        let mut assume = Assume { value: value.clone(), sign };
        let outcome = match course.iterations(&mut assume, t) {
            Ok(records) => describe(course, records.last()),
            Err(_) => "undecided again".to_owned(),
        };
        match found.iter_mut().find(|other| other.outcome == outcome) {
            Some(same) => same.assumption = format!("{} or {assumption}", same.assumption),
            None => found.push(Continuation { assumption: assumption.to_owned(), outcome }),
        }
    }
    found
}

fn either_way() -> Vec<Continuation> {
    let pair = |assumption: &str, outcome: &str| Continuation {
        assumption: assumption.to_owned(),
        outcome: outcome.to_owned(),
    };
    vec![
        pair("zero", "the operation meets its boundary case, and may be undefined"),
        pair("not zero", "more digits would show it"),
    ]
}

/// The parameters as `w = 0.25, b = -1`.
fn describe(course: &Course<'_>, record: Option<&Iteration>) -> String {
    let Some(record) = record else { return "nothing follows".to_owned() };
    let display = &course.run.display;
    let entry = |value: &Value| match value {
        Value::Undefined(cause) => format!("undefined ({cause})"),
        Value::Real(real) => match round(real, display.precision, display.rounding) {
            Ok(decimal) if decimal.exact => decimal.to_plain('.'),
            Ok(decimal) => format!("about {}", decimal.to_plain('.')),
            Err(_) => "undecided".to_owned(),
        },
    };
    let one = |(name, tensor): (&str, &Tensor)| {
        let entries: Vec<String> = tensor.entries().iter().take(8).map(entry).collect();
        match tensor.shape() {
            None => format!("{name} = {}", entries.concat()),
            Some(_) if tensor.entries().len() > 8 => {
                format!("{name} = [{}, …]", entries.join(", "))
            }
            Some(_) => format!("{name} = [{}]", entries.join(", ")),
        }
    };
    let parameters: Vec<String> = record.parameters.iter().map(one).collect();
    format!("after iteration {}, {}", record.t, parameters.join(", "))
}
