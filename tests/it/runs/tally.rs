//! What the random runs were made of, so that nothing is lost unnoticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gradsheet::catalogue::{Allowed, CLIPS, CYCLE_FORMS, DECAY_ON, DECAYS, Optimizer, SCHEDULES};

use super::compare::Verdict;
use super::plan::{Order, Plan, Source};
use super::run::Record;
use super::schedule::Rates;

/// So many disagreements are told in full.
const TOLD: usize = 8;

#[derive(Default)]
pub(crate) struct Tally {
    runs: usize,
    /// Runs whose numbers are too large or too small to be compared.
    pub(crate) extreme: usize,
    /// Seeds of runs that the program refuses, for a sign that it can't decide.
    pub(crate) undecided: Vec<u64>,
    /// Runs of which there is a sheet.
    pub(crate) sheets: usize,
    /// By seed.
    pub(crate) faults: BTreeMap<u64, String>,
    met: BTreeMap<String, usize>,
    fractions: usize,
    decimals: usize,
    undefined: usize,
    signs: [usize; 3],
}

impl Tally {
    /// Counts a run.
    pub(crate) fn add(&mut self, plan: &Plan, records: &[Record], verdict: &Verdict, text: &str) {
        self.runs += 1;
        self.fractions += verdict.fractions;
        self.decimals += verdict.decimals;
        self.undefined += verdict.undefined;
        for (sum, count) in self.signs.iter_mut().zip(verdict.signs) {
            *sum += count;
        }
        for feature in features(plan, records) {
            *self.met.entry(feature).or_default() += 1;
        }
        if !verdict.faults.is_empty() {
            let list = verdict.faults.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n");
            self.faults.insert(plan.seed, format!("seed {}\n{list}\n{text}", plan.seed));
        }
    }

    /// Both together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.runs += other.runs;
        self.extreme += other.extreme;
        self.sheets += other.sheets;
        self.undecided.extend(other.undecided);
        self.faults.extend(other.faults);
        for (feature, count) in other.met {
            *self.met.entry(feature).or_default() += count;
        }
        self.fractions += other.fractions;
        self.decimals += other.decimals;
        self.undefined += other.undefined;
        for (sum, count) in self.signs.iter_mut().zip(other.signs) {
            *sum += count;
        }
        self
    }

    /// The first disagreements in full, then the seeds of all.
    pub(crate) fn report(&self) -> String {
        let full: Vec<&str> = self.faults.values().take(TOLD).map(String::as_str).collect();
        let seeds: Vec<&u64> = self.faults.keys().collect();
        format!("{}\nThe seeds are {seeds:?}", full.join("\n"))
    }

    /// Everything that is offered has been met, from both sides of kinks and on them.
    pub(crate) fn covers(&self, offered: &BTreeSet<String>) {
        let missing: Vec<_> = offered.iter().filter(|name| !self.met.contains_key(*name)).collect();
        assert!(missing.is_empty(), "never met: {missing:?}\n{self}");
        assert!(self.signs.iter().all(|count| *count >= 100) && self.undefined >= 100, "{self}");
        // What can't be compared is rare.
        assert!(50 * (self.extreme + self.undecided.len()) <= self.runs, "{self}");
    }
}

fn features(plan: &Plan, records: &[Record]) -> Vec<String> {
    let kind = plan.kind.name;
    let mut list = vec![kind.to_owned()];
    let settings = plan.settings(None);
    for (option, word) in settings.words() {
        if !["decay", "learning_rate"].contains(&option) {
            list.push(format!("{kind} {option}: {word}"));
        }
    }
    list.extend(plan.convention.map(|name| format!("{kind} convention: {name}")));
    if settings.written("weight_decay").is_some() {
        let decay = settings.written("decay").unwrap_or_default();
        list.push(format!("decay {decay}"));
        if decay == "decoupled" {
            let on = plan.decay.as_ref().and_then(|decay| decay.on).unwrap_or("old");
            list.push(format!("decay on {on}"));
        }
    }
    list.extend(plan.clip.map(|(kind, _)| format!("clip {kind}")));
    match &plan.rates {
        Rates::Constant => {}
        Rates::Listed(_) => list.push("rates in a list".to_owned()),
        Rates::Schedule(schedule) => {
            list.extend(schedule.kinds().into_iter().map(|kind| format!("schedule {kind}")));
            list.extend(schedule.forms().into_iter().map(|form| format!("one_cycle {form}")));
        }
    }
    let also = [
        (matches!(plan.source, Source::Given { .. }), "gradients"),
        (!plan.frozen.is_empty(), "frozen"),
        (plan.sum, "reduction: sum"),
        (!plan.overrides.is_empty(), "overrides"),
        (plan.start > 0, "start_iteration"),
        (!plan.state.is_empty(), "initial_state"),
        (matches!(plan.order, Order::Sequential(_)), "batches in order"),
        (records.iter().any(|record| record.batch.len() > 1), "several examples"),
        (plan.trained().iter().any(|(_, shape)| shape.is_some()), "matrices"),
    ];
    list.extend(also.into_iter().filter(|(there, _)| *there).map(|(_, name)| name.to_owned()));
    list
}

/// Whatever the catalogue offers, and what a set-up may say around it.
pub(crate) fn offered(optimizers: &[Optimizer]) -> BTreeSet<String> {
    let mut list = BTreeSet::new();
    // A rule of the scenario's own has no source.
    for optimizer in optimizers.iter().filter(|optimizer| optimizer.kind != "custom") {
        let kind = optimizer.kind;
        list.insert(kind.to_owned());
        for option in optimizer.options {
            if let Allowed::OneOf(words) = option.allowed {
                list.extend(words.iter().map(|word| format!("{kind} {}: {word}", option.name)));
            }
        }
        let conventions = optimizer.conventions.iter();
        list.extend(conventions.map(|found| format!("{kind} convention: {}", found.name)));
    }
    list.extend(CLIPS.iter().map(|clip| format!("clip {clip}")));
    list.extend(DECAYS.iter().map(|(decay, _)| format!("decay {decay}")));
    list.extend(DECAY_ON.iter().map(|on| format!("decay on {on}")));
    list.extend(SCHEDULES.iter().map(|(schedule, _)| format!("schedule {schedule}")));
    list.extend(CYCLE_FORMS.iter().map(|form| format!("one_cycle {form}")));
    let around = [
        "schedule warmup",
        "schedule chain",
        "rates in a list",
        "gradients",
        "frozen",
        "reduction: sum",
        "overrides",
        "start_iteration",
        "initial_state",
        "batches in order",
        "several examples",
        "matrices",
    ];
    list.extend(around.map(str::to_owned));
    list
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} runs: {} fractions, {} decimals, {} undefined; branches {:?}",
            self.runs, self.fractions, self.decimals, self.undefined, self.signs
        )?;
        writeln!(
            out,
            "{} sheets, {} too extreme, {} undecided: {:?}",
            self.sheets,
            self.extreme,
            self.undecided.len(),
            self.undecided
        )?;
        for (feature, count) in &self.met {
            writeln!(out, "{count:6}  {feature}")?;
        }
        Ok(())
    }
}
