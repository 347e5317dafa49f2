//! How hard a paper is: what a student has to carry out, counted.
//!
//! | feature | what is counted, over the runs that the paper asks about |
//! |---|---|
//! | iterations | the last iteration of each run that is asked for |
//! | digits | the digits of the longest value that has to be written down |
//! | negatives | negative values |
//! | divisions | fractions that don't end as decimals |
//! | roots | irrational values |
//! | kinks | arguments of piecewise functions that are exactly on a kink |
//! | dead | units of a ReLU that are off |
//!
//! Values are data, definitions, gradients, states and parameters up to the last iteration
//! that is asked for. One that does not end is written with the displayed digits.

use std::collections::BTreeMap;

use crate::number::{Precision, Sign, ending};
use crate::scenario::{Display, Fairness, Feature, Scenario};
use crate::trace::{Iteration, Run, Target, Tensor, Trace, Value};

use super::answer::Asked;

/// The counts of a paper, in the order of [`Feature::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Fingerprint {
    counts: BTreeMap<Feature, u64>,
}

impl Fingerprint {
    /// The counts of a paper that asks for these values.
    pub fn of(scenario: &Scenario, trace: &Trace, asked: &[Asked]) -> Self {
        let mut counts: BTreeMap<Feature, u64> =
            Feature::ALL.iter().map(|(_, feature)| (*feature, 0)).collect();
        for setup in &scenario.setups {
            let Some(record) = trace.setups.get(&setup.name) else { continue };
            for run in &setup.runs {
                let last = if asked.is_empty() {
                    Some(setup.last_iteration())
                } else {
                    last_asked(asked, &setup.name, &run.name)
                };
                if let (Some(last), Some(found)) = (last, record.runs.get(&run.name)) {
                    let mut tally = Tally { counts: &mut counts, display: &run.display };
                    tally.run(found, last);
                }
            }
        }
        Self { counts }
    }

    /// A fingerprint of these counts.
    pub fn of_counts(counts: impl IntoIterator<Item = (Feature, u64)>) -> Self {
        Self { counts: counts.into_iter().collect() }
    }

    /// The count of a feature.
    pub fn count(&self, feature: Feature) -> u64 {
        self.counts.get(&feature).copied().unwrap_or(0)
    }

    /// Whether the paper is as near to the default one as is asked.
    pub fn is_fair(&self, default: &Self, fairness: &Fairness) -> bool {
        match fairness {
            Fairness::Reported => true,
            Fairness::Strict => self == default,
            Fairness::Within(bounds) => bounds.iter().all(|(feature, bound)| {
                self.count(*feature).abs_diff(default.count(*feature)) <= *bound
            }),
        }
    }
}

/// The last iteration of a run that is asked for.
fn last_asked(asked: &[Asked], setup: &str, run: &str) -> Option<usize> {
    let t = |asked: &Asked| match &asked.path.target {
        Target::Record { run: own, t, .. } if own == run && asked.path.setup == setup => Some(*t),
        _ => None,
    };
    asked.iter().filter_map(t).max()
}

struct Tally<'a> {
    counts: &'a mut BTreeMap<Feature, u64>,
    display: &'a Display,
}

impl Tally<'_> {
    fn add(&mut self, feature: Feature) {
        *self.counts.entry(feature).or_default() += 1;
    }

    fn run(&mut self, run: &Run, last: usize) {
        let start = run.iterations.first().map_or(0, |record| record.t);
        for record in run.iterations.iter().filter(|record| record.t <= last) {
            if record.t > start {
                self.add(Feature::Iterations);
            }
            self.record(record);
        }
    }

    fn record(&mut self, record: &Iteration) {
        for example in &record.examples {
            for (_, value) in example.values.iter() {
                self.tensor(value);
            }
            for branch in &example.branches {
                if branch.sign == Sign::Zero {
                    self.add(Feature::Kinks);
                }
                if branch.function == "relu" && branch.sign != Sign::Positive {
                    self.add(Feature::Dead);
                }
            }
        }
        let states = record.state.iter().flat_map(|(_, values)| values.iter());
        let all = record.gradient.iter().chain(states).chain(record.parameters.iter());
        for (_, value) in all {
            self.tensor(value);
        }
    }

    fn tensor(&mut self, tensor: &Tensor) {
        let (Precision::Decimals(shown) | Precision::Significant(shown)) = self.display.precision;
        for value in tensor.entries() {
            let Value::Real(real) = value else { continue };
            // What can't be told apart from zero is counted as neither.
            if real.sign() == Ok(Sign::Negative) {
                self.add(Feature::Negatives);
            }
            let length = match real.as_rational() {
                None => {
                    self.add(Feature::Roots);
                    None
                }
                Some(rational) => {
                    let ending = ending::of(&rational);
                    if ending.is_none() {
                        self.add(Feature::Divisions);
                    }
                    ending.map(|ending| ending.digits)
                }
            };
            let digits = length.unwrap_or(u64::from(shown));
            let longest = self.counts.entry(Feature::Digits).or_default();
            *longest = (*longest).max(digits);
        }
    }
}
