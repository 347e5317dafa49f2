//! The search for variants: complete where the space allows it, and always at an end.
//!
//! Each variable of each variant has a stream of random numbers of its own, named by the
//! scenario's stem, the seed, the variant and the variable. Variant i draws candidates from
//! its streams until one is accepted that no earlier variant has, nor all of its answers. So
//! more variants leave the earlier ones as they are, and a new variable leaves the draws of
//! the others alone.
//!
//! For a roster, the streams are named by the students instead, and those whose identifier
//! sorts first draw first. So a paper depends on seed and student, not on the order of the
//! rows or on who else is listed, unless two students draw the same one: then the later
//! identifier draws again.
//!
//! Where drawing does not find one soon, a space within the limit is enumerated, and the
//! variant is drawn from what is left. Larger spaces are drawn from until the limit of
//! candidates is reached.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::initialization::generator::{Generator, Stream};
use crate::number::Integer;
use crate::scenario::{Assignment, Domain, Exam, Scenario, Variable, space};
use crate::trace::Trace;

use super::fingerprint::Fingerprint;
use super::judge::{Accepted, Care, Judge, Reason, Rejection, Verdict, Worked};

/// Candidates that a variant draws by itself, before it is known what the others draw.
const PATIENCE: usize = 200;
/// A variant that is not found among this part of a space, or among as many candidates if they are
/// more, is drawn from an enumeration of it.
const PART: u64 = 16;
/// Spaces of so many candidates are enumerated at once.
const SMALL: u64 = 512;
/// Enumerated spaces of so many candidates have every requirement looked at.
const THOROUGH: u64 = 50_000;
/// Candidates of an enumeration between two pieces of news.
const CHUNK: usize = 4096;
/// Variants that are searched for side by side.
const WINDOW: usize = 64;

/// One variant of a paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its number, from 1.
    pub number: u64,
    /// What its variables stand for.
    pub assignment: Assignment,
    /// How hard it is.
    pub fingerprint: Fingerprint,
}

/// A variant that was just found.
#[derive(Debug)]
pub struct Found {
    /// The variant.
    pub variant: Variant,
    /// What was worked out of it on the way, if it was not looked at long before.
    pub worked: Option<Worked>,
}

impl Accepted {
    fn variant(self, number: u64) -> Found {
        let Self { assignment, fingerprint, worked, .. } = self;
        Found { variant: Variant { number, assignment, fingerprint }, worked }
    }
}

/// The question that a search answers.
pub struct Search<'a> {
    judge: Judge<'a>,
    root: Stream,
    limit: u64,
    variables: &'a [Variable],
    space: Integer,
    /// The students in the order in which they draw, with their places in the roster.
    students: Vec<(String, u64)>,
}

/// Why there are fewer variants than asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooFew {
    /// How many were asked for.
    pub wanted: u64,
    /// How many there are, or were found.
    pub found: u64,
    /// The candidates that were looked at.
    pub examined: u64,
    /// All candidates that there are.
    pub space: Integer,
    /// Whether all of them were looked at.
    pub complete: bool,
    /// Each requirement with the candidates that it rejected.
    pub rejected: Vec<(String, u64)>,
    /// Other reasons with the candidates that they rejected.
    pub reasons: Vec<(Reason, u64)>,
    /// Candidates whose answers were all those of another.
    pub alike: u64,
    /// Two requirements that can be met one by one, but never together.
    pub exclusive: Option<(String, String)>,
}

/// Why an assignment is no variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The requirements that it breaks.
    pub broken: Vec<String>,
    /// Another reason.
    pub reason: Option<Reason>,
}

/// How far a search is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Variants that were found; 0 while all candidates are looked at.
    pub found: u64,
    /// Candidates that were looked at.
    pub examined: u64,
}

/// What is known during a search.
#[derive(Default)]
struct State {
    /// Candidates that were looked at, by their places in the space.
    seen: BTreeSet<Integer>,
    /// The answers of the variants.
    answers: BTreeSet<[u8; 16]>,
    tally: Tally,
    /// All that are accepted, once the space was enumerated.
    table: Option<BTreeMap<Box<[u64]>, Accepted>>,
}

/// Who was rejected, and why.
#[derive(Default)]
struct Tally {
    broken: BTreeMap<usize, u64>,
    reasons: BTreeMap<Reason, u64>,
    alike: u64,
    /// The pairs of requirements, by their order, that one candidate meets; a requirement
    /// with itself where one meets it.
    met: BTreeSet<(usize, usize)>,
}

impl Tally {
    fn reject(&mut self, rejection: &Rejection) {
        for index in &rejection.broken {
            *self.broken.entry(*index).or_default() += 1;
        }
        if let Some(reason) = rejection.reason {
            *self.reasons.entry(reason).or_default() += 1;
        }
    }

    /// A candidate meets all of so many requirements but those that it breaks.
    fn meet(&mut self, broken: &[usize], count: usize) {
        let met: Vec<usize> = (0..count).filter(|index| !broken.contains(index)).collect();
        for (place, first) in met.iter().enumerate() {
            self.met.extend(met[place..].iter().map(|second| (*first, *second)));
        }
    }

    fn add(&mut self, other: Self) {
        for (index, count) in other.broken {
            *self.broken.entry(index).or_default() += count;
        }
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        self.alike += other.alike;
        self.met.extend(other.met);
    }
}

/// One variant's draws.
struct Draws {
    generators: Vec<Generator>,
}

impl Draws {
    fn next(&mut self, variables: &[Variable]) -> Box<[u64]> {
        let pick = |(variable, generator): (&Variable, &mut Generator)| match &variable.domain {
            Domain::Choices(list) => {
                let total = list.iter().map(|(_, weight)| weight).sum();
                let mut left = generator.below(total);
                let mut index = 0;
                for (_, weight) in list {
                    if left < *weight {
                        break;
                    }
                    left -= weight;
                    index += 1;
                }
                index
            }
            Domain::Grid { count, .. } => generator.below(*count),
            Domain::Derived(_) => 0,
        };
        variables.iter().zip(&mut self.generators).map(pick).collect()
    }
}

impl<'a> Search<'a> {
    /// A search for variants of the default paper, executed as `trace`, among at most
    /// `limit` candidates.
    pub fn new(exam: &'a Exam, default: &Scenario, trace: &Trace, seed: u64, limit: u64) -> Self {
        let root = Stream::new(seed).name("variants").name(&default.stem);
        let space = space(&exam.variables);
        let judge = Judge::new(exam, default, trace);
        Self {
            judge,
            root,
            limit: limit.max(1),
            variables: &exam.variables,
            space,
            students: Vec::new(),
        }
    }

    /// The same for the students with these identifiers, in the order of the roster.
    #[must_use]
    pub fn for_students<'s>(mut self, ids: impl Iterator<Item = &'s str>) -> Self {
        self.students = ids.map(str::to_owned).zip(1..).collect();
        self.students.sort();
        self
    }

    /// How many candidates there are.
    pub fn space(&self) -> &Integer {
        &self.space
    }

    /// How hard the default paper is.
    pub fn default_fingerprint(&self) -> &Fingerprint {
        &self.judge.fingerprint
    }

    /// The requirements that the default paper itself does not meet.
    pub fn unmet_by_default(&self) -> Vec<&str> {
        let pairs = self.judge.exam.requirements.iter().zip(&self.judge.default_meets);
        pairs.filter(|(_, meets)| !**meets).map(|(one, _)| one.text.as_str()).collect()
    }

    /// How an assignment of these numbers fares: a variant, or the requirements that it
    /// breaks and another reason.
    ///
    /// # Errors
    ///
    /// What keeps it from being a variant.
    pub fn examine(&self, number: u64, picks: &[u64]) -> Result<Variant, Unfit> {
        match self.judge.judge(picks, Care::Thorough) {
            Verdict::Accepted(accepted) => Ok(accepted.variant(number).variant),
            Verdict::Rejected(Rejection { broken, reason }) => {
                let requirements = &self.judge.exam.requirements;
                let text = |index: &usize| Some(requirements.get(*index)?.text.clone());
                Err(Unfit { broken: broken.iter().filter_map(text).collect(), reason })
            }
        }
    }

    /// Variants 1 to `count`.
    ///
    /// # Errors
    ///
    /// Where there are fewer, or the limit was reached before: how many, and why.
    pub fn find(
        &self,
        count: u64,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<Variant>, Box<TooFew>> {
        let mut variants: Vec<Variant> = Vec::new();
        for window in self.windows(count, progress) {
            variants.extend(window?.into_iter().map(|found| found.variant));
        }
        variants.sort_by_key(|variant| variant.number);
        Ok(variants)
    }

    /// The same, some at a time, in the order in which they are drawn, each with what was
    /// worked out of it.
    pub fn windows<'s>(
        &'s self,
        count: u64,
        progress: &'s (dyn Fn(Progress) + Sync),
    ) -> impl Iterator<Item = Result<Vec<Found>, Box<TooFew>>> + use<'s> {
        let mut state = State::default();
        let mut next = 1;
        std::iter::from_fn(move || {
            if next > count {
                return None;
            }
            if next == 1 && self.space <= Integer::from(SMALL.min(self.limit)) {
                self.enumerate(&mut state, progress);
            }
            let last = count.min(next - 1 + u64::try_from(WINDOW).unwrap_or(1));
            let window = self.window(next..=last, &mut state, progress);
            next = last + 1;
            Some(window.map_err(|found| {
                next = count + 1;
                Box::new(self.too_few(count, found, &state))
            }))
        })
    }

    /// The variants of these turns; or how many there are instead.
    fn window(
        &self,
        numbers: RangeInclusive<u64>,
        state: &mut State,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<Found>, u64> {
        let last = *numbers.end();
        let numbers: Vec<u64> = numbers.collect();
        // What each would find if it were alone; the later ones then give way.
        let alone: Vec<Attempts> =
            numbers.par_iter().map(|number| self.attempts(*number, state)).collect();
        let mut window = Vec::with_capacity(numbers.len());
        for (number, attempts) in numbers.into_iter().zip(alone) {
            let accepted = self.settle(number, attempts, state, progress).ok_or(number - 1)?;
            let place = self.student(number).map_or(number, |(_, place)| *place);
            window.push(accepted.variant(place));
        }
        progress(Progress { found: last, examined: state.examined() });
        Ok(window)
    }

    /// The student that draws at that turn.
    fn student(&self, turn: u64) -> Option<&(String, u64)> {
        self.students.get(usize::try_from(turn.checked_sub(1)?).ok()?)
    }

    /// What the variant of that turn is drawn from.
    fn stream(&self, turn: u64) -> Stream {
        match self.student(turn) {
            Some((id, _)) => self.root.name("student").name(id),
            None => self.root.number(turn),
        }
    }

    fn draws(&self, number: u64) -> Draws {
        let stream = self.stream(number);
        let generator = |variable: &Variable| stream.name(&variable.name).generator();
        Draws { generators: self.variables.iter().map(generator).collect() }
    }

    /// The first candidates of a variant, up to one that is accepted. A table knows every
    /// verdict already.
    fn attempts(&self, number: u64, state: &State) -> Attempts {
        let mut draws = self.draws(number);
        let mut list = Vec::new();
        while list.len() < PATIENCE && state.table.is_none() {
            let picks = draws.next(self.variables);
            let fresh = !state.seen.contains(&self.place(&picks));
            let verdict = fresh.then(|| self.judge.judge(&picks, Care::Quick));
            let accepted = matches!(verdict, Some(Verdict::Accepted(_)));
            list.push((picks, verdict));
            if accepted {
                break;
            }
        }
        Attempts { list, draws }
    }

    /// The variant of that number, given those before it.
    fn settle(
        &self,
        number: u64,
        attempts: Attempts,
        state: &mut State,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Option<Accepted> {
        let Attempts { list, mut draws } = attempts;
        let mut tries = list.len();
        for (picks, verdict) in list {
            if !self.may_go_on(state) {
                return None;
            }
            if let Some(accepted) = self.take(&picks, verdict, state) {
                return Some(accepted);
            }
        }
        // Draws of what was seen already are rare in a space that is larger than the limit.
        let most = match self.is_small() {
            true => u64::try_from(&self.space / PART).unwrap_or(u64::MAX),
            false => self.limit.saturating_mul(4),
        };
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(PATIENCE);
        while tries < most && self.may_go_on(state) {
            tries += 1;
            let picks = draws.next(self.variables);
            if let Some(accepted) = self.take(&picks, None, state) {
                return Some(accepted);
            }
        }
        if !self.is_small() {
            return None;
        }
        if state.table.is_none() {
            self.enumerate(state, progress);
        }
        self.rest(number, state)
    }

    /// The candidate, if it is a variant that there was not yet.
    fn take(&self, picks: &[u64], verdict: Option<Verdict>, state: &mut State) -> Option<Accepted> {
        if !state.seen.insert(self.place(picks)) {
            return None;
        }
        if let Some(table) = &state.table {
            let accepted = table.get(picks).cloned()?;
            return state.is_new(&accepted).then_some(accepted);
        }
        match verdict.unwrap_or_else(|| self.judge.judge(picks, Care::Quick)) {
            Verdict::Rejected(rejection) => {
                state.tally.reject(&rejection);
                None
            }
            Verdict::Accepted(accepted) => {
                let new = state.is_new(&accepted);
                state.tally.alike += u64::from(!new);
                new.then_some(*accepted)
            }
        }
    }

    /// A variant from what an enumeration leaves.
    fn rest(&self, number: u64, state: &mut State) -> Option<Accepted> {
        let left: Vec<(&Box<[u64]>, &Accepted)> = state
            .table
            .iter()
            .flatten()
            .filter(|(picks, accepted)| {
                let taken = accepted.answers.is_some_and(|own| state.answers.contains(&own));
                !taken && !state.seen.contains(&self.place(picks))
            })
            .collect();
        let index = self.stream(number).name("rest").generator().index(left.len());
        let (picks, accepted) = left.get(index)?;
        let (picks, accepted) = ((*picks).clone(), (*accepted).clone());
        state.seen.insert(self.place(&picks));
        state.is_new(&accepted).then_some(accepted)
    }

    /// Looks at every candidate.
    fn enumerate(&self, state: &mut State, progress: &(dyn Fn(Progress) + Sync)) {
        let total = u64::try_from(self.space.clone()).unwrap_or(0);
        let care = if total <= THOROUGH { Care::Thorough } else { Care::Quick };
        let examined = AtomicU64::new(0);
        let look_at = |found, index| {
            let found = self.look_at(index, care, found);
            let examined = examined.fetch_add(1, Ordering::Relaxed) + 1;
            progress(Progress { found: 0, examined });
            found
        };
        let mut found = Sifted::default();
        for first in (0..total).step_by(CHUNK) {
            let last = total.min(first + u64::try_from(CHUNK).unwrap_or(1));
            let judged = (first..last).into_par_iter().fold(Sifted::default, look_at);
            found = judged.reduce(Sifted::default, Sifted::with).with(found);
        }
        let answers: BTreeSet<_> = found.accepted.values().map(|one| one.answers).collect();
        state.tally = found.tally;
        if !answers.contains(&None) {
            let alike = found.accepted.len().saturating_sub(answers.len());
            state.tally.alike = u64::try_from(alike).unwrap_or(u64::MAX);
        }
        state.table = Some(found.accepted);
    }

    fn look_at(&self, index: u64, care: Care, mut found: Sifted) -> Sifted {
        let picks = self.picks(index);
        let count = self.judge.exam.requirements.len();
        match self.judge.judge(&picks, care) {
            Verdict::Rejected(rejection) => {
                found.tally.reject(&rejection);
                if care == Care::Thorough && rejection.is_whole() {
                    found.tally.meet(&rejection.broken, count);
                }
            }
            Verdict::Accepted(accepted) => {
                found.tally.meet(&[], count);
                let accepted = Accepted { worked: None, ..*accepted };
                found.accepted.insert(picks, accepted);
            }
        }
        found
    }

    /// The candidate of that number, in the order of the values.
    fn picks(&self, index: u64) -> Box<[u64]> {
        let mut left = index;
        let mut picks = vec![0; self.variables.len()];
        for (pick, variable) in picks.iter_mut().zip(self.variables).rev() {
            let count = variable.domain.count().max(1);
            *pick = left % count;
            left /= count;
        }
        picks.into()
    }

    /// The number of a candidate in the order of the values, from 0.
    fn place(&self, picks: &[u64]) -> Integer {
        let digits = picks.iter().zip(self.variables);
        digits.fold(Integer::ZERO, |place, (pick, variable)| {
            place * variable.domain.count().max(1) + pick
        })
    }

    fn may_go_on(&self, state: &State) -> bool {
        self.is_small() || state.examined() < self.limit
    }

    fn is_small(&self) -> bool {
        self.space <= Integer::from(self.limit)
    }

    fn too_few(&self, wanted: u64, found: u64, state: &State) -> TooFew {
        let requirements = &self.judge.exam.requirements;
        let text = |index: usize| requirements.get(index).map(|one| one.text.clone());
        let tally = &state.tally;
        let rejected = tally
            .broken
            .iter()
            .filter_map(|(index, count)| Some((text(*index)?, *count)))
            .collect();
        let complete = state.table.is_some();
        let space = u64::try_from(self.space.clone()).unwrap_or(u64::MAX);
        let known = |index: usize| tally.met.contains(&(index, index));
        let apart = (0..requirements.len())
            .flat_map(|first| (first + 1..requirements.len()).map(move |second| (first, second)))
            .find(|pair| known(pair.0) && known(pair.1) && !tally.met.contains(pair));
        let thorough = complete && space <= THOROUGH;
        TooFew {
            wanted,
            found,
            examined: if complete { space } else { state.examined() },
            space: self.space.clone(),
            complete,
            rejected,
            reasons: tally.reasons.iter().map(|(reason, count)| (*reason, *count)).collect(),
            alike: tally.alike,
            exclusive: apart
                .filter(|_| thorough)
                .and_then(|(first, second)| Some((text(first)?, text(second)?))),
        }
    }
}

impl State {
    fn examined(&self) -> u64 {
        u64::try_from(self.seen.len()).unwrap_or(u64::MAX)
    }

    /// Whether no variant has all these answers; from then on one has.
    fn is_new(&mut self, accepted: &Accepted) -> bool {
        accepted.answers.is_none_or(|answers| self.answers.insert(answers))
    }
}

/// What a part of an enumeration found.
#[derive(Default)]
struct Sifted {
    accepted: BTreeMap<Box<[u64]>, Accepted>,
    tally: Tally,
}

impl Sifted {
    fn with(mut self, other: Self) -> Self {
        self.accepted.extend(other.accepted);
        self.tally.add(other.tally);
        self
    }
}

/// What a variant drew by itself.
struct Attempts {
    list: Vec<(Box<[u64]>, Option<Verdict>)>,
    draws: Draws,
}
