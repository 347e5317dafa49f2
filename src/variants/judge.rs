//! What becomes of a candidate: it is a variant, or there is a reason why not.

use sha2::{Digest as _, Sha256};

use crate::engine::{self, Models};
use crate::number::trace_decimal;
use crate::scenario::{Assignment, Exam, Requirement, RunId, Scenario, assign};
use crate::trace::{Path, Reading, Target, Trace, Value};

use super::answer::{self, Asked, Outcome, WrongTurn};
use super::branches::Branches;
use super::fingerprint::Fingerprint;
use super::requirement::Facts;

/// Judges candidates against the default paper.
pub(super) struct Judge<'a> {
    pub exam: &'a Exam,
    /// What the paper asks for.
    pub asked: Vec<Asked>,
    /// Whether each of it is defined in the default paper.
    defined: Vec<bool>,
    /// What shows of each wrong turn in the default paper, where that can be decided.
    shown: Vec<Vec<Outcome>>,
    branches: Branches,
    pub fingerprint: Fingerprint,
    /// Whether the default paper meets each requirement.
    pub default_meets: Vec<bool>,
}

/// What was found out about a candidate.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It is a variant, unless another one has the same answers.
    Accepted(Box<Accepted>),
    /// It is none.
    Rejected(Rejection),
}

/// What is kept of a candidate that may be a variant.
#[derive(Debug, Clone)]
pub(super) struct Accepted {
    pub assignment: Assignment,
    pub fingerprint: Fingerprint,
    /// A digest of all its answers; equal ones have equal answers.
    pub answers: Option<[u8; 16]>,
    /// What was worked out of it.
    pub worked: Option<Worked>,
}

/// What judging a variant has worked out that its papers need again: the scenario with its
/// values, the runs, and what the mistakes lead to.
#[derive(Debug, Clone)]
pub struct Worked {
    pub(super) scenario: Scenario,
    pub(super) trace: Trace,
    pub(super) wrong_turns: Vec<WrongTurn>,
}

/// Why a candidate is no variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rejection {
    /// The requirements that it breaks, as far as they were looked at.
    pub broken: Vec<usize>,
    /// Another reason.
    pub reason: Option<Reason>,
}

impl Rejection {
    /// Whether every requirement was looked at, if it was done with care.
    pub(super) fn is_whole(&self) -> bool {
        !matches!(self.reason, Some(Reason::Underivable | Reason::Invalid | Reason::Undecided))
    }
}

/// Why a candidate is no variant, beside requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A derived variable has no value.
    Underivable,
    /// The scenario does not allow these values.
    Invalid,
    /// A sign, or a digit of an answer, can't be decided.
    Undecided,
    /// An answer is undefined that the default paper has.
    Undefined,
    /// It is harder or easier than the default paper.
    Unfair,
    /// A mistake leads to the right answer.
    Mistake,
}

/// How thoroughly candidates are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Until the first reason against it.
    Quick,
    /// Every requirement is looked at, so that they can be compared.
    Thorough,
}

impl<'a> Judge<'a> {
    /// A judge by the default paper.
    pub(super) fn new(exam: &'a Exam, default: &Scenario, trace: &Trace) -> Self {
        let asked = answer::asked(default, trace);
        let is_defined = |asked: &Asked| {
            let value = asked.path.value(trace, Reading::Exact);
            value.is_some_and(|value| value.undefined().is_none())
        };
        let defined = asked.iter().map(is_defined).collect();
        let turns = answer::wrong_turns(default, trace).unwrap_or_default();
        let shown = turns.iter().map(outcomes).collect();
        let branches = Branches::of(trace);
        let fingerprint = Fingerprint::of(default, trace, &asked);
        let facts = Facts {
            assignment: &default.variables,
            run: Some((default, trace)),
            branches: &branches,
        };
        let meets = |one: &Requirement| facts.hold(&one.condition) == Ok(true);
        let default_meets = exam.requirements.iter().map(meets).collect();
        Self { exam, asked, defined, shown, branches, fingerprint, default_meets }
    }

    /// Looks at the candidate in which free variables have the values of these numbers.
    pub(super) fn judge(&self, picks: &[u64], care: Care) -> Verdict {
        self.examine(picks, care)
            .map_or_else(Verdict::Rejected, |accepted| Verdict::Accepted(Box::new(accepted)))
    }

    fn examine(&self, picks: &[u64], care: Care) -> Result<Accepted, Rejection> {
        let because = |reason| Rejection { broken: Vec::new(), reason: Some(reason) };
        let assignment =
            assign(&self.exam.variables, picks).map_err(|_| because(Reason::Underivable))?;
        let mut broken = Vec::new();
        let facts = Facts { assignment: &assignment, run: None, branches: &self.branches };
        let (of_variables, mut others): (Vec<usize>, Vec<usize>) =
            (0..self.exam.requirements.len())
                .partition(|index| self.exam.requirements[*index].condition.is_of_variables());
        self.requirements(of_variables, &facts, care, &mut broken)?;
        if care == Care::Quick && !broken.is_empty() {
            return Err(Rejection { broken, reason: None });
        }
        let mut scenario = self.exam.setups(&assignment).map_err(|_| because(Reason::Invalid))?;
        // Run by run: most candidates break a requirement on one of the first.
        let mut trace = engine::begun(&scenario);
        let mut executed: Vec<(&str, &str)> = Vec::new();
        let models = Models::new(&scenario.setups);
        for (index, setup) in scenario.setups.iter().enumerate() {
            for (number, run) in setup.runs.iter().enumerate() {
                let record = models.execute(RunId { setup: index, run: number });
                let record = record.map_err(|_| because(Reason::Undecided))?;
                if let Some(known) = trace.setups.get_mut(&setup.name) {
                    known.runs.push(run.name.clone(), record);
                }
                executed.push((&setup.name, &run.name));
                let known = |path: &&Path| {
                    path.run().is_none_or(|run| executed.contains(&(&path.setup, run)))
                };
                let is_ready = |index: &usize| {
                    let condition = &self.exam.requirements[*index].condition;
                    !condition.asks_for_branches() && condition.paths().iter().all(known)
                };
                let (ready, later) = others.into_iter().partition(is_ready);
                others = later;
                let facts = Facts { run: Some((&scenario, &trace)), ..facts };
                self.requirements(ready, &facts, care, &mut broken)?;
                if care == Care::Quick && !broken.is_empty() {
                    return Err(Rejection { broken, reason: None });
                }
            }
        }
        let facts = Facts { run: Some((&scenario, &trace)), ..facts };
        self.requirements(others, &facts, care, &mut broken)?;
        if !broken.is_empty() {
            broken.sort_unstable();
            return Err(Rejection { broken, reason: None });
        }
        let lacks = |path: &Path| lacks(&scenario, &trace, path);
        let named = |one: &Requirement| one.condition.paths().into_iter().any(lacks);
        if self.exam.requirements.iter().any(named) {
            return Err(because(Reason::Invalid));
        }
        let fingerprint = Fingerprint::of(&scenario, &trace, &self.asked);
        if !fingerprint.is_fair(&self.fingerprint, &self.exam.fairness) {
            return Err(because(Reason::Unfair));
        }
        let answers = self.answers(&trace).map_err(because)?;
        scenario.cells = self.exam.cells(&scenario).map_err(|_| because(Reason::Invalid))?;
        let wrong_turns = self.mistakes(&models, &scenario, &trace).map_err(because)?;
        let worked = Some(Worked { scenario, trace, wrong_turns });
        Ok(Accepted { assignment, fingerprint, answers, worked })
    }

    /// Adds those of the requirements that are broken to the list.
    fn requirements(
        &self,
        indices: Vec<usize>,
        facts: &Facts<'_>,
        care: Care,
        broken: &mut Vec<usize>,
    ) -> Result<(), Rejection> {
        for index in indices {
            match facts.hold(&self.exam.requirements[index].condition) {
                Ok(true) => {}
                Ok(false) => broken.push(index),
                Err(_) => {
                    let reason = Some(Reason::Undecided);
                    return Err(Rejection { broken: broken.clone(), reason });
                }
            }
            if care == Care::Quick && !broken.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Refuses a paper in which a mistake does not show: where all answers of a wrong turn
    /// come out right, or one of them that it makes wrong in the default paper.
    fn mistakes(
        &self,
        models: &Models<'_>,
        scenario: &Scenario,
        trace: &Trace,
    ) -> Result<Vec<WrongTurn>, Reason> {
        let turns = answer::wrong_turns_by(models, scenario, trace);
        let turns = turns.map_err(|_| Reason::Undecided)?;
        // Which mistakes can be made at all may hang on the variables, as for an epsilon of 0.
        let comparable = turns.len() == self.shown.len();
        let covers = |(index, turn): (usize, &WrongTurn)| {
            let usual = self.shown.get(index).filter(|_| comparable);
            let covered = |(now, usual): (Outcome, &Outcome)| {
                now == Outcome::Right && *usual == Outcome::Wrong
            };
            let mut pairs = outcomes(turn).into_iter().zip(usual.into_iter().flatten());
            turn.is_hidden() || pairs.any(covered)
        };
        match turns.iter().enumerate().any(covers) {
            true => Err(Reason::Mistake),
            false => Ok(turns),
        }
    }

    /// A digest of all answers; an answer that is undefined here alone is a reason against.
    fn answers(&self, trace: &Trace) -> Result<Option<[u8; 16]>, Reason> {
        if self.asked.is_empty() {
            return Ok(None);
        }
        let mut hash = Sha256::new();
        for (asked, defined) in self.asked.iter().zip(&self.defined) {
            let value = asked.path.value(trace, Reading::Exact);
            let entry = value.as_ref().and_then(|value| value.entries().first());
            let text = match entry {
                Some(Value::Real(real)) => trace_decimal(real).map_err(|_| Reason::Undecided)?,
                _ if *defined => return Err(Reason::Undefined),
                _ => "undefined".to_owned(),
            };
            hash.update(text);
            hash.update([0]);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Ok(Some(short))
    }
}

/// Whether a requirement's path leads nowhere here, where the number of iterations or a shape
/// varies. What is undefined is there nevertheless.
fn lacks(scenario: &Scenario, trace: &Trace, path: &Path) -> bool {
    let Target::Record { run, t, .. } = &path.target else { return false };
    let setup = scenario.setups.iter().find(|setup| setup.name == path.setup);
    let executed = trace.setups.get(&path.setup).and_then(|record| record.runs.get(run));
    let is_reached = executed.is_some_and(|run| run.iteration(*t).is_some());
    setup.is_none_or(|setup| *t > setup.start_iteration + setup.batches.len())
        || is_reached && path.value(trace, Reading::Exact).is_none()
}

fn outcomes(turn: &WrongTurn) -> Vec<Outcome> {
    turn.answers.iter().map(|answer| answer.outcome).collect()
}
