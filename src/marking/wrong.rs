//! Wrong turns: the numbers that a mistake leads to, beside the right ones.
//!
//! A wrong number is one that no marker takes for the right one: the two differ by more than
//! both tolerances together. What has no value, because the run is undefined or the altered
//! algorithm knows no such state, is apart from every number.

use std::sync::Arc;

use crate::engine::{self, EngineError, Models};
use crate::number::Fault;
use crate::scenario::{Ask, Mistake, Scenario, Turn};
use crate::trace::{Path, Target, Tensor, Trace};

use super::answer::{Marked, entries, printed, try_marked};

/// What one mistake in one run leads to.
#[derive(Debug, Clone)]
pub struct WrongTurn {
    /// Question and letter of the part.
    pub part: String,
    /// The mistake.
    pub mistake: Arc<Mistake>,
    /// Which of its turns it is.
    index: usize,
    /// What comes out for each answer of the part that belongs to the run, in order.
    pub answers: Vec<WrongAnswer>,
}

/// What comes out for one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongAnswer {
    /// What is asked for.
    pub path: Path,
    /// The value, as the sheet prints it; `None` where the altered algorithm has no such value.
    pub value: Option<Tensor>,
    /// Whether it can be told from the right one.
    pub outcome: Outcome,
}

/// Whether a value can be told from the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is within the tolerance of the right one.
    Right,
    /// It is not.
    Wrong,
}

/// Why a wrong turn can't be followed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MarkingError {
    /// The engine stopped.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A number can't be told from another one with certainty.
    #[error("{path}: {fault}")]
    Number {
        /// Which number.
        path: String,
        /// Why.
        fault: Fault,
    },
}

impl WrongTurn {
    /// Where the mistake is made.
    pub fn turn(&self) -> &Turn {
        &self.mistake.turns[self.index]
    }

    /// Whether the mistake does not show: every answer comes out right.
    pub fn is_hidden(&self) -> bool {
        self.answers.iter().all(|answer| answer.outcome == Outcome::Right)
    }
}

/// What every mistake of a scenario leads to, in order.
///
/// # Errors
///
/// A sign or a digit that can't be decided.
pub fn wrong_turns(scenario: &Scenario, trace: &Trace) -> Result<Vec<WrongTurn>, MarkingError> {
    wrong_turns_by(&Models::new(&scenario.setups), scenario, trace)
}

/// The same by the models that have executed the scenario.
///
/// # Errors
///
/// As for [`wrong_turns`].
pub fn wrong_turns_by(
    models: &Models<'_>,
    scenario: &Scenario,
    trace: &Trace,
) -> Result<Vec<WrongTurn>, MarkingError> {
    let mut list = Vec::new();
    for part in scenario.parts() {
        for turn in turns(models, scenario, trace, part.ask)? {
            list.push(WrongTurn { part: part.label.clone(), ..turn });
        }
    }
    Ok(list)
}

/// What the mistakes of one part lead to; the part has no name then.
///
/// # Errors
///
/// As for [`wrong_turns`].
pub fn wrong_turns_of(
    scenario: &Scenario,
    trace: &Trace,
    ask: &Ask,
) -> Result<Vec<WrongTurn>, MarkingError> {
    turns(&Models::new(&scenario.setups), scenario, trace, ask)
}

fn turns(
    models: &Models<'_>,
    scenario: &Scenario,
    trace: &Trace,
    ask: &Ask,
) -> Result<Vec<WrongTurn>, MarkingError> {
    let mut list = Vec::new();
    let mut right = Right { scenario, trace, known: Vec::new() };
    for mistake in &ask.mistakes {
        for (index, turn) in mistake.turns.iter().enumerate() {
            let altered = engine::wrong_turn(models, trace, turn)?;
            let mut answers: Vec<WrongAnswer> = Vec::new();
            for path in ask.answers.iter().filter(|path| belongs(scenario, path, turn)) {
                if answers.iter().all(|known| known.path != *path) {
                    answers.push(answer(&mut right, &altered, path)?);
                }
            }
            list.push(WrongTurn {
                part: String::new(),
                mistake: Arc::clone(mistake),
                index,
                answers,
            });
        }
    }
    Ok(list)
}

/// Whether the path names a value of the run that the mistake may touch.
fn belongs(scenario: &Scenario, path: &Path, turn: &Turn) -> bool {
    let (setup, own) = scenario.run(turn.run);
    match &path.target {
        Target::Record { run, t, .. } => {
            path.setup == setup.name && *run == own.name && (turn.from..=turn.to).contains(t)
        }
        Target::Datum { .. } | Target::Option { .. } => false,
    }
}

/// What a marker accepts; worked out once for all mistakes of a part.
struct Right<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
    known: Vec<(Path, Option<Marked>)>,
}

impl Right<'_> {
    fn marked(&mut self, path: &Path) -> Result<Option<&Marked>, Fault> {
        let index = match self.known.iter().position(|(known, _)| known == path) {
            Some(index) => index,
            None => {
                let marked = try_marked(self.scenario, self.trace, path)?;
                self.known.push((path.clone(), marked));
                self.known.len() - 1
            }
        };
        Ok(self.known[index].1.as_ref())
    }
}

fn answer(
    right: &mut Right<'_>,
    altered: &Trace,
    path: &Path,
) -> Result<WrongAnswer, MarkingError> {
    let value = printed(altered, path);
    let entries = entries(path, right.trace);
    let mut same = |path: &Path| -> Result<bool, Fault> {
        let wrong = try_marked(right.scenario, altered, path)?;
        match (right.marked(path)?, wrong) {
            (Some(right), Some(wrong)) => Ok(!wrong.is_apart_from(right)?),
            (None, None) => Ok(true),
            _ => Ok(false),
        }
    };
    let mut outcome = Outcome::Right;
    for path in entries {
        let fail = |fault| MarkingError::Number { path: path.to_string(), fault };
        if !same(&path).map_err(fail)? {
            outcome = Outcome::Wrong;
            break;
        }
    }
    Ok(WrongAnswer { path: path.clone(), value, outcome })
}
