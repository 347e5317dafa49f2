//! Follow-through: what the later answers are where a student goes on from a value of their
//! own, so that a marker can give marks for the method.
//!
//! The engine runs again with that value in the place of the right one. Only the same run
//! can change; its answers that come after the value are listed, with what is accepted for
//! them. A guard says where the student's way is shorter than the right one.

use crate::engine::{self, EngineError, Substitution};
use crate::number::{Rational, Real, Sign};
use crate::scenario::{Run, Scenario, Setup};
use crate::trace::{self, Iteration, Path, Target, Trace, What};

use super::answer::{Asked, Marked, marked};

/// A value that a student has.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// Which value it should be.
    pub path: Path,
    /// What it is.
    pub value: Rational,
}

/// A later answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Later {
    /// Question and letter.
    pub part: String,
    /// Which value.
    pub path: Path,
    /// The answer of the key; `None` where it is undefined.
    pub right: Option<Marked>,
    /// The answer that follows from the student's values.
    pub follows: Option<Marked>,
}

/// What makes the student's way shorter than the right one.
#[derive(Debug, Clone, PartialEq)]
pub enum Guard {
    /// The student's value is right.
    Right(Path),
    /// The student's value is zero.
    Zero(Path),
    /// The gradient is zero in that iteration.
    NoGradient(usize),
    /// A unit is off in that iteration.
    Off(usize, String),
    /// An argument is exactly on a kink in that iteration.
    Kink(usize, String),
    /// No parameter moves in that iteration.
    Unmoved(usize),
    /// An answer is the student's value again.
    Repeats(Path, Path),
    /// An answer is zero.
    ZeroAnswer(Path),
    /// An answer is undefined.
    Undefined(Path),
}

/// What follows from a student's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The answers that come after them in their run, in order.
    pub later: Vec<Later>,
    /// Where that is less work than the right way, which it is not in the key.
    pub guards: Vec<Guard>,
}

/// Why a value can't be followed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// Nothing is computed from such a value.
    #[error(
        "{0}: nothing goes on from this value; what can be regraded are parameters (`sgd.t1.w`), \
         states (`momentum.t1.u.w`), gradients (`sgd.t1.grad.w`) and values of the forward pass \
         (`sgd.t1.z`)"
    )]
    Barren(String),
    /// It is given, not computed.
    #[error("{0}: this value is given, so no student computes it")]
    Given(String),
    /// The engine stopped.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What follows from a student's values in a scenario with its trace.
///
/// # Errors
///
/// Values from which nothing is computed, or a sign that is undecided with them.
pub fn follow(
    scenario: &Scenario,
    trace: &Trace,
    asked: &[Asked],
    own: &[Own],
) -> Result<Followed, FollowError> {
    let mut followed = Followed { later: Vec::new(), guards: Vec::new() };
    let mut changed = trace.clone();
    for setup in &scenario.setups {
        for run in &setup.runs {
            let mine: Vec<(&Own, usize, &What)> =
                own.iter().filter_map(|one| of_run(&one.path, setup, run, one)).collect();
            if mine.is_empty() {
                continue;
            }
            let substitution = |(one, t, what): &(&Own, usize, &What)| Substitution {
                t: *t,
                what: given_gradient(run, what),
                entry: one.path.entry,
                value: Real::from(one.value.clone()),
            };
            let list: Vec<Substitution> = mine.iter().map(substitution).collect();
            let again = engine::substitute(setup, run, &list)?;
            let right = trace.setups.get(&setup.name).and_then(|record| record.runs.get(&run.name));
            let runs = changed.setups.get_mut(&setup.name).map(|record| &mut record.runs);
            let slot = runs.and_then(|runs| runs.get_mut(&run.name));
            let (Some(right), Some(slot)) = (right, slot) else { continue };
            *slot = again.clone();
            let first = mine.iter().map(|(_, t, what)| rank(setup, run, *t, what)).min();
            let later = asked.iter().filter(|asked| {
                let found = of_run(&asked.path, setup, run, &());
                found.is_some_and(|((), t, what)| {
                    Some(rank(setup, run, t, what)) > first
                        && !own.iter().any(|one| one.path == asked.path)
                })
            });
            let later: Vec<Later> = later
                .map(|asked| Later {
                    part: asked.part.clone(),
                    path: asked.path.clone(),
                    right: marked(scenario, trace, &asked.path),
                    follows: marked(scenario, &changed, &asked.path),
                })
                .collect();
            let last = later.iter().filter_map(|later| iteration(&later.path)).max();
            let own: Vec<&Own> = mine.iter().map(|(one, _, _)| *one).collect();
            followed.guards.extend(of_values(scenario, trace, &own));
            followed.guards.extend(of_iterations(right, &again, last.unwrap_or(0)));
            followed.guards.extend(of_answers(&own, &later));
            followed.later.extend(later);
        }
    }
    Ok(followed)
}

/// Whether a value can be followed.
///
/// # Errors
///
/// Why it can't.
pub fn is_followable(scenario: &Scenario, path: &Path) -> Result<(), FollowError> {
    let Target::Record { t, what, .. } = &path.target else {
        return Err(FollowError::Given(path.to_string()));
    };
    let setup = scenario.setups.iter().find(|setup| setup.name == path.setup);
    let datum = |name: &String| setup.is_some_and(|setup| setup.inputs.contains(name));
    let frozen = |name: &String| {
        let own = setup.and_then(|setup| setup.parameter(name));
        own.is_some_and(|own| own.frozen)
    };
    match what {
        _ if setup.is_some_and(|setup| *t <= setup.start_iteration) => {
            Err(FollowError::Given(path.to_string()))
        }
        What::Forward { name, .. } if datum(name) => Err(FollowError::Given(path.to_string())),
        What::Parameter(name) if frozen(name) => Err(FollowError::Given(path.to_string())),
        What::Gradient(_) if setup.is_some_and(|setup| setup.gradients.is_some()) => {
            Err(FollowError::Given(path.to_string()))
        }
        what if !Substitution::is_possible(what) => Err(FollowError::Barren(path.to_string())),
        _ => Ok(()),
    }
}

/// The place of a path in a run, if it is of that run.
fn of_run<'p, T: Copy>(
    path: &'p Path,
    setup: &Setup,
    run: &Run,
    with: T,
) -> Option<(T, usize, &'p What)> {
    match &path.target {
        Target::Record { run: own, t, what } if path.setup == setup.name && *own == run.name => {
            Some((with, *t, what))
        }
        _ => None,
    }
}

fn iteration(path: &Path) -> Option<usize> {
    match &path.target {
        Target::Record { t, .. } => Some(*t),
        Target::Datum { .. } | Target::Option { .. } => None,
    }
}

/// The gradient after clipping and decay is the batch's own where a rule has neither.
fn given_gradient(run: &Run, what: &What) -> What {
    match what {
        What::UsedGradient(name) if run.rule_of(name).used_gradient.is_none() => {
            What::Gradient(name.clone())
        }
        other => other.clone(),
    }
}

/// The order in which the values of a run are computed; equal for what does not hang on
/// one another.
fn rank(setup: &Setup, run: &Run, t: usize, what: &What) -> (usize, usize, usize) {
    let definition = |name: &str| {
        let line = setup.model.iter().position(|line| line.name == name);
        line.map_or(0, |line| line + 1)
    };
    let line = |name: &str| run.rule().lines.iter().position(|line| line.name == name).unwrap_or(0);
    let (stage, index) = match what {
        What::Forward { name, .. } => (0, definition(name)),
        What::Loss => (0, usize::MAX),
        What::LearningRate => (2, 0),
        What::Adjoint { .. } => (1, 0),
        What::Gradient(_) => (2, 0),
        What::UsedGradient(_) => (3, 0),
        What::State { state, .. } => (4, line(state)),
        What::Parameter(_) => (5, 0),
    };
    (t, stage, index)
}

/// What there is to say of the student's values themselves.
fn of_values(scenario: &Scenario, trace: &Trace, own: &[&Own]) -> Vec<Guard> {
    let one = |own: &&Own| {
        let right = marked(scenario, trace, &own.path)?;
        let gap = (&right.exact - &Real::from(own.value.clone())).abs().ok()?;
        let displayed = &right.displayed.value - &own.value;
        let near = displayed == Rational::ZERO
            || gap.compare(&Real::from(right.tolerance.clone())).ok()?.is_le();
        if near {
            return Some(Guard::Right(own.path.clone()));
        }
        let zero = own.value == Rational::ZERO && right.exact.sign().ok()? != Sign::Zero;
        zero.then(|| Guard::Zero(own.path.clone()))
    };
    own.iter().filter_map(one).collect()
}

/// Iterations, up to the last one that is asked for, that are less work.
fn of_iterations(right: &trace::Run, own: &trace::Run, last: usize) -> Vec<Guard> {
    let mut guards = Vec::new();
    let pairs = right.iterations.windows(2).zip(own.iterations.windows(2));
    for (right, own) in pairs {
        let ([before, right], [own_before, own]) = (right, own) else { continue };
        if own.t > last {
            break;
        }
        let rests = |record: &Iteration| record.gradient.iter().all(|(_, value)| value.is_zero());
        let idle = rests(own) && !rests(right);
        if idle {
            guards.push(Guard::NoGradient(own.t));
        }
        for (right, own_example) in right.examples.iter().zip(&own.examples) {
            for (right, branch) in right.branches.iter().zip(&own_example.branches) {
                if branch.sign == right.sign {
                    continue;
                }
                if branch.sign == Sign::Zero {
                    guards.push(Guard::Kink(own.t, branch.node.clone()));
                } else if branch.function == "relu" && right.sign == Sign::Positive {
                    guards.push(Guard::Off(own.t, branch.node.clone()));
                }
            }
        }
        let moves = |before: &Iteration, after: &Iteration| before.parameters != after.parameters;
        if !idle && !moves(own_before, own) && moves(before, right) {
            guards.push(Guard::Unmoved(own.t));
        }
    }
    guards.dedup();
    guards
}

/// Later answers that are less work.
fn of_answers(own: &[&Own], later: &[Later]) -> Vec<Guard> {
    let mut guards = Vec::new();
    for one in later {
        let (Some(right), Some(follows)) = (&one.right, &one.follows) else {
            if one.right.is_some() {
                guards.push(Guard::Undefined(one.path.clone()));
            }
            continue;
        };
        let is_zero = |value: &Real| value.sign() == Ok(Sign::Zero);
        if is_zero(&follows.exact) && !is_zero(&right.exact) {
            guards.push(Guard::ZeroAnswer(one.path.clone()));
            continue;
        }
        let same = |own: &&&Own| {
            let value = Real::from(own.value.clone());
            is_zero(&(&follows.exact - &value)) && !is_zero(&(&right.exact - &value))
        };
        if let Some(own) = own.iter().find(same) {
            guards.push(Guard::Repeats(one.path.clone(), own.path.clone()));
        }
    }
    guards
}
