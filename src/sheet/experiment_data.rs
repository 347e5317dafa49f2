//! The tables behind plots of experiments: estimates, each with the digits that its error leaves.

use crate::initialization::normal::density;
use crate::initialization::statistics::Histogram;
use crate::number::Fault;
use crate::scenario::Experiment;
use crate::trace::{Case, Figure, Normal, Theory};

use super::data::{Data, Entry};
use super::experiment::of_measure;
use super::experiment_plots::interval;
use super::names::unicode;
use super::prose::Prose;

/// The significant digits of theories and densities.
const DIGITS: u32 = 4;
/// The significant digits of the ends of an interval.
const END_DIGITS: u32 = 3;

/// Makes tables of what was measured.
pub(super) struct Tables<'a> {
    pub(super) trials: u64,
    pub(super) prose: &'a Prose,
}

impl Tables<'_> {
    /// A row for each point: what varies, the series, the mean with its error, the theory.
    pub(super) fn sweep(
        &self,
        [x, y]: [&str; 2],
        places: &[Entry],
        series: &[(String, Vec<(usize, &Figure)>)],
    ) -> Result<Data, Fault> {
        let figures = || series.iter().flat_map(|(_, points)| points).map(|(_, figure)| *figure);
        let errors = figures().any(|figure| figure.error.is_some());
        let theory = figures().any(|figure| figure.theory.is_some());
        let named = series.iter().any(|(label, _)| !label.is_empty());
        let mut head = vec![if x.is_empty() { self.prose.word("data_case") } else { x.to_owned() }];
        head.extend(named.then(|| self.prose.word("data_series")));
        head.push(y.to_owned());
        head.extend(errors.then(|| self.prose.word("data_error")));
        head.extend(["data_low", "data_high"].map(|key| self.prose.word(key)));
        head.extend(theory.then(|| self.prose.word("experiment_theory")));
        let mut rows = Vec::new();
        for (label, points) in series {
            for (at, figure) in points {
                let mut row = vec![places.get(*at).cloned().unwrap_or_default()];
                row.extend(named.then(|| Entry::text(label.clone())));
                row.push(self.mean(figure)?);
                if errors {
                    row.push(self.estimate(figure.error, 2)?);
                }
                let (low, high) = interval(figure);
                row.push(self.estimate(Some(low), END_DIGITS)?);
                row.push(self.estimate(Some(high), END_DIGITS)?);
                if theory {
                    row.push(self.theory(figure.theory.as_ref())?);
                }
                rows.push(row);
            }
        }
        Ok(self.told(Data::new(head, rows, self.prose)))
    }

    /// A row for each bin of each case.
    pub(super) fn histogram(&self, cases: &[(String, &Case)], node: &str) -> Result<Data, Fault> {
        let found: Vec<(&str, &Histogram, Option<&Normal>)> = cases
            .iter()
            .filter_map(|(label, case)| {
                let own = case.histograms.iter().find(|(name, _, _)| name == node);
                own.map(|(_, counts, normal)| (label.as_str(), counts, normal.as_ref()))
            })
            .collect();
        let theory = found.iter().any(|(_, _, normal)| normal.is_some());
        let mut head = Vec::new();
        head.extend((cases.len() > 1).then(|| self.prose.word("data_case")));
        head.extend(["data_from", "data_to", "data_count"].map(|key| self.prose.word(key)));
        head.push(self.prose.word("axis_density"));
        head.extend(theory.then(|| self.prose.word("data_density_theory")));
        let mut rows = Vec::new();
        for (label, counts, normal) in found {
            let total = counts.counts.iter().sum::<u64>() + counts.below + counts.above;
            let width = (counts.high - counts.low) / float(counts.counts.len());
            for (index, count) in counts.counts.iter().enumerate() {
                let from = counts.low + width * float(index);
                let mut row = Vec::new();
                row.extend((cases.len() > 1).then(|| Entry::text(label)));
                row.push(self.estimate(Some(from), DIGITS)?);
                row.push(self.estimate(Some(from + width), DIGITS)?);
                row.push(Entry::text(count.to_string()));
                row.push(self.estimate(Some(wide(*count) / (wide(total) * width)), DIGITS)?);
                if theory {
                    let middle = |normal: &Normal| (from + width / 2.0 - normal.mean) / normal.std;
                    let value = normal.map(|normal| density(middle(normal)) / normal.std);
                    row.push(self.estimate(value, DIGITS)?);
                }
                rows.push(row);
            }
        }
        Ok(self.told(Data::new(head, rows, self.prose)))
    }

    /// A row for each layer of each case: the typical value, the spread of one trial, the theory.
    pub(super) fn signal(
        &self,
        cases: &[(String, &Case)],
        experiment: &Experiment,
        measure: usize,
        y: &str,
    ) -> Result<Data, Fault> {
        let several = cases.len() > 1;
        let mut head = Vec::new();
        head.extend(several.then(|| self.prose.word("data_case")));
        head.push(self.prose.word("axis_layer"));
        head.push(y.to_owned());
        head.extend(["data_spread_low", "data_spread_high"].map(|key| self.prose.word(key)));
        head.push(self.prose.word("experiment_theory"));
        let mut rows = Vec::new();
        for (label, case) in cases {
            for figure in of_measure(experiment, case, measure) {
                let mut row = Vec::new();
                row.extend(several.then(|| Entry::text(label.clone())));
                let layer = case.layers.iter().position(|name| *name == figure.of);
                let number = layer.map_or(String::new(), |layer| format!("{} ", layer + 1));
                row.push(Entry::text(format!("{number}({})", unicode(&figure.of))));
                let at = |shift: f64| {
                    figure.logarithm.map(|found| libm::exp(found.mean + shift * found.std))
                };
                row.push(self.estimate(at(0.0), END_DIGITS)?);
                row.push(self.estimate(at(-1.0), 2)?);
                row.push(self.estimate(at(1.0), 2)?);
                row.push(match figure.theory_logarithm {
                    Some(logarithm) => self.estimate(Some(libm::exp(logarithm)), END_DIGITS)?,
                    None => self.theory(figure.theory.as_ref())?,
                });
                rows.push(row);
            }
        }
        Ok(self.told(Data::new(head, rows, self.prose)))
    }

    /// A mean to the digits that its error leaves.
    fn mean(&self, figure: &Figure) -> Result<Entry, Fault> {
        let digits = match figure.error {
            Some(error) if error > 0.0 && figure.mean != 0.0 => {
                let orders = libm::log10(figure.mean.abs() / error).floor();
                if orders >= 0.0 { whole(orders) + 2 } else { 1 }
            }
            _ => DIGITS,
        };
        self.estimate(Some(figure.mean), digits.min(12))
    }

    fn estimate(&self, value: Option<f64>, digits: u32) -> Result<Entry, Fault> {
        value.map_or(Ok(Entry::default()), |value| Entry::estimate(value, digits, self.prose))
    }

    /// A theoretical value, also one that a double can't hold.
    fn theory(&self, theory: Option<&Theory>) -> Result<Entry, Fault> {
        match theory {
            Some(Theory { value, log10, .. }) if *value == 0.0 && log10.is_finite() => {
                Entry::power(*log10, 2, self.prose)
            }
            theory => self.estimate(theory.map(|theory| theory.value), DIGITS),
        }
    }

    /// The remark that these are estimates.
    fn told(&self, data: Data) -> Data {
        let remark = self.prose.say("data_estimates", &[("trials", self.trials.to_string())]);
        Data { notes: data.notes.into_iter().chain([remark]).collect(), ..data }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a position in a list")]
fn float(index: usize) -> f64 {
    index as f64
}

#[expect(clippy::cast_precision_loss, reason = "a count in a picture")]
fn wide(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few orders of magnitude; `as` saturates"
)]
fn whole(number: f64) -> u32 {
    number as u32
}
