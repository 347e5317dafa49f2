//! Plots of experiments and of activation functions.

use crate::figure::{Axis, Bars, Bin, ErrorBars, Form, Layer, Measured, Plot, Scale, Series};
use crate::initialization::normal::density;
use crate::number::Fault;
use crate::scenario::{Experiment, ExperimentPlot, Quantity};
use crate::trace::{self, Case, Figure};

use super::data::{Entry, typographic};
use super::experiment::{case_name, of_measure};
use super::experiment_data::Tables;
use super::names::{measure_plain, unicode};
use super::plots::Drawn;
use super::prose::Prose;
use super::words::listed;

/// The most series of one plot.
const MAX_SERIES: usize = 6;
/// The points of a curve.
const POINTS: u32 = 200;
/// The standard normal quantile of an interval of 95 %.
const Z_95: f64 = 1.96;
/// The significant digits of estimates in descriptions.
const DIGITS: u32 = 3;

/// What a plot's file is called.
pub(super) fn file_stem(kind: &ExperimentPlot) -> &'static str {
    match kind {
        ExperimentPlot::Sweep { .. } => "sweep",
        ExperimentPlot::Histogram { .. } => "histogram",
        ExperimentPlot::Signal { .. } => "signal",
    }
}

/// The plots of one experiment.
pub(super) struct Plots<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) found: &'a trace::Experiment,
    pub(super) prose: &'a Prose,
}

impl Plots<'_> {
    /// A plot.
    pub(super) fn plot(&self, kind: &ExperimentPlot) -> Result<Drawn, Fault> {
        match kind {
            ExperimentPlot::Sweep { measure } => self.sweep(*measure),
            ExperimentPlot::Histogram { node } => self.histogram(node),
            ExperimentPlot::Signal { measure } => self.signal(*measure),
        }
    }

    /// A measure against the last thing that varies; a series for each of the others' values
    /// and for each layer.
    fn sweep(&self, measure: usize) -> Result<Drawn, Fault> {
        let quantity = self.experiment.measures[measure].quantity;
        let axis = self.experiment.axes.last();
        let labels: Vec<String> = match axis {
            Some(axis) => axis.values.iter().map(|value| self.plain_label(value)).collect(),
            None => vec![self.experiment.name.replace('_', " ")],
        };
        let written = axis.map(|axis| axis.values.as_slice()).unwrap_or_default();
        let numbers = evenly_spaced(written);
        let place = |index: usize| match &numbers {
            Some(numbers) => numbers[index],
            None => float(index),
        };
        let mut series: Vec<(String, Vec<(usize, &Figure)>)> = Vec::new();
        for (index, case) in self.found.cases.iter().enumerate() {
            for figure in of_measure(self.experiment, case, measure) {
                let others = case.values.split_last().map_or(&[][..], |(_, others)| others);
                let mut parts: Vec<String> =
                    others.iter().map(|value| self.plain_label(value)).collect();
                let several = of_measure(self.experiment, case, measure).len() > 1;
                if several {
                    parts.push(unicode(&figure.of));
                }
                let label = listed(&parts);
                let at = index % labels.len().max(1);
                match series.iter_mut().find(|(known, _)| *known == label) {
                    Some((_, points)) => points.push((at, figure)),
                    None => series.push((label, vec![(at, figure)])),
                }
            }
        }
        let series = thinned(series);
        let alone = series.len() == 1;
        let mut layers = Vec::new();
        let mut theories = Vec::new();
        let mut sentences = Vec::new();
        for (number, (label, points)) in series.iter().enumerate() {
            let measured = points.iter().map(|(at, figure)| {
                let (low, high) = interval(figure);
                Measured { x: place(*at), y: figure.mean, low, high }
            });
            let name = if label.is_empty() && alone { String::new() } else { label.clone() };
            layers.push(Layer::ErrorBars(ErrorBars { label: name, points: measured.collect() }));
            let theory: Vec<(f64, f64)> = points
                .iter()
                .filter_map(|(at, figure)| Some((place(*at), figure.theory?.value)))
                .collect();
            if !theory.is_empty() {
                theories.push((number, theory));
            }
            let told = points
                .iter()
                .map(|(at, figure)| Ok(format!("{}: {}", labels[*at], self.short(figure.mean)?)));
            let told = told.collect::<Result<Vec<_>, Fault>>()?.join("; ");
            let lead = if label.is_empty() { String::new() } else { format!("{label} – ") };
            sentences.push(format!("{lead}{told}."));
        }
        for (position, (number, points)) in theories.into_iter().enumerate() {
            let label =
                if position == 0 { self.prose.word("experiment_theory") } else { String::new() };
            layers.push(Layer::Line(Series { label, points, form: Form::Theory { of: number } }));
        }
        let positive = quantity != Quantity::ActiveFraction && quantity != Quantity::DeadUnits;
        let values = || series.iter().flat_map(|(_, points)| points).map(|(_, figure)| figure.mean);
        let y = measure_plain(self.prose, &self.experiment.measures[measure]);
        let x = axis.map_or_else(String::new, axis_label);
        let blanks = [("y", y.clone()), ("x", x.clone())];
        let places: Vec<Entry> = labels
            .iter()
            .enumerate()
            .map(|(at, label)| Entry {
                plain: written.get(at).unwrap_or(label).clone(),
                shown: label.clone(),
            })
            .collect();
        let data = self.tables().sweep([&x, &y], &places, &series)?;
        let plot = Plot {
            title: capitalized(&self.prose.say("sweep_title", &blanks)),
            description: format!(
                "{} {}",
                capitalized(&self.prose.say("sweep_lead", &blanks)),
                sentences.join(" ")
            ),
            x: Axis::new(
                x,
                if numbers.is_some() { Scale::Linear } else { Scale::Categories(labels) },
            ),
            y: Axis::new(y, if positive && is_wide(values()) { Scale::Log } else { Scale::Linear }),
            mark: self.prose.mark(),
            layers,
        };
        Ok(Drawn { plot, data })
    }

    /// The distribution of a pre-activation, a case a series.
    fn histogram(&self, node: &str) -> Result<Drawn, Fault> {
        let mut layers = Vec::new();
        let mut theories = Vec::new();
        let mut sentences = Vec::new();
        let alone = self.found.cases.len() == 1;
        for (number, case) in self.found.cases.iter().take(MAX_SERIES).enumerate() {
            let found = case.histograms.iter().find(|(name, _, _)| name == node);
            let Some((_, counts, normal)) = found else { continue };
            let label =
                if alone { self.prose.word("histogram_measured") } else { self.case_label(case) };
            let total: f64 = counts.counts.iter().map(|count| wide(*count)).sum();
            let total = total + wide(counts.below) + wide(counts.above);
            let width = (counts.high - counts.low) / float(counts.counts.len());
            let bin = |(index, count): (usize, &u64)| {
                let from = counts.low + width * float(index);
                Bin { from, to: from + width, height: wide(*count) / (total * width) }
            };
            let bins: Vec<Bin> = counts.counts.iter().enumerate().map(bin).collect();
            let highest =
                bins.iter().copied().max_by(|one, other| one.height.total_cmp(&other.height));
            let Some(highest) = highest else { continue };
            let blanks = [
                ("from", self.short(highest.from)?),
                ("to", self.short(highest.to)?),
                ("most", self.short(highest.height)?),
                ("label", label.clone()),
                ("low", self.short(counts.low)?),
                ("high", self.short(counts.high)?),
            ];
            sentences.push(self.prose.say("histogram_case", &blanks));
            layers.push(Layer::Bars(Bars { label, bins }));
            if let Some(normal) = normal {
                let point = |k: u32| {
                    let share = f64::from(k) / f64::from(POINTS);
                    let x = counts.low + (counts.high - counts.low) * share;
                    (x, density((x - normal.mean) / normal.std) / normal.std)
                };
                theories.push((number, (0..=POINTS).map(point).collect::<Vec<_>>()));
            }
        }
        for (position, (number, points)) in theories.into_iter().enumerate() {
            let label =
                if position == 0 { self.prose.word("experiment_theory") } else { String::new() };
            let form = if alone { Form::Curve } else { Form::Theory { of: number } };
            layers.push(Layer::Line(Series { label, points, form }));
        }
        let blanks = [("name", unicode(node))];
        let data = self.tables().histogram(&self.cases(), node)?;
        let plot = Plot {
            title: self.prose.say("histogram_title", &blanks),
            description: sentences.join(" "),
            x: Axis::new(self.prose.say("histogram_axis", &blanks), Scale::Linear),
            y: Axis::new(self.prose.word("axis_density"), Scale::Linear),
            mark: self.prose.mark(),
            layers,
        };
        Ok(Drawn { plot, data })
    }

    /// The scale of activations or gradients by depth, a case a series: the exponential of
    /// the mean logarithm, with its spread from trial to trial.
    fn signal(&self, measure: usize) -> Result<Drawn, Fault> {
        let quantity = self.experiment.measures[measure].quantity;
        let mut layers = Vec::new();
        let mut theories = Vec::new();
        let mut sentences = Vec::new();
        for (number, case) in self.found.cases.iter().take(MAX_SERIES).enumerate() {
            let figures = of_measure(self.experiment, case, measure);
            let depth = |figure: &Figure| {
                let layer = case.layers.iter().position(|name| *name == figure.of);
                layer.map(|index| float(index + 1))
            };
            let points: Vec<Measured> = figures
                .iter()
                .filter_map(|figure| {
                    let found = figure.logarithm?;
                    let at = |shift: f64| libm::exp(found.mean + shift * found.std);
                    Some(Measured { x: depth(figure)?, y: at(0.0), low: at(-1.0), high: at(1.0) })
                })
                .collect();
            let theory: Vec<(f64, f64)> = figures
                .iter()
                .filter_map(|figure| {
                    let typical = figure.theory_logarithm.map(libm::exp);
                    let value = typical.or(figure.theory.map(|theory| theory.value))?;
                    (value > 0.0).then_some(())?;
                    Some((depth(figure)?, value))
                })
                .collect();
            let label = self.case_label(case);
            if let (Some(first), Some(last)) = (points.first(), points.last()) {
                let blanks = [
                    ("label", label.clone()),
                    ("first", self.short(first.y)?),
                    ("last", self.short(last.y)?),
                    ("depth", points.len().to_string()),
                ];
                sentences.push(self.prose.say("signal_case", &blanks));
            }
            layers.push(Layer::ErrorBars(ErrorBars { label, points }));
            if !theory.is_empty() {
                theories.push((number, theory));
            }
        }
        for (position, (number, points)) in theories.into_iter().enumerate() {
            let label =
                if position == 0 { self.prose.word("experiment_theory") } else { String::new() };
            layers.push(Layer::Line(Series { label, points, form: Form::Theory { of: number } }));
        }
        let y = self.prose.word(&format!("signal_{}", quantity.name()));
        let data = self.tables().signal(&self.cases(), self.experiment, measure, &y)?;
        let plot = Plot {
            title: capitalized(&self.prose.say("signal_title", &[("y", y.clone())])),
            description: format!("{} {}", self.prose.word("signal_lead"), sentences.join(" ")),
            x: Axis::new(self.prose.word("axis_layer"), Scale::Whole),
            y: Axis::new(y, Scale::Log),
            mark: self.prose.mark(),
            layers,
        };
        Ok(Drawn { plot, data })
    }

    fn tables(&self) -> Tables<'_> {
        Tables { trials: self.found.trials, prose: self.prose }
    }

    /// The cases that are drawn, each with its label.
    fn cases(&self) -> Vec<(String, &Case)> {
        let drawn = self.found.cases.iter().take(MAX_SERIES);
        drawn.map(|case| (self.case_label(case), case)).collect()
    }

    /// A number in a description, to three digits.
    fn short(&self, value: f64) -> Result<String, Fault> {
        Ok(Entry::estimate(value, DIGITS, self.prose)?.shown)
    }

    fn case_label(&self, case: &Case) -> String {
        let parts: Vec<String> = case.values.iter().map(|value| self.plain_label(value)).collect();
        listed(&parts)
    }

    /// A value in plain text: `−10⁶`, `Kaiming (He), normal`.
    fn plain_label(&self, text: &str) -> String {
        if text.parse::<f64>().is_err() {
            return case_name(text, self.prose);
        }
        typographic(text, self.prose.mark())
    }
}

/// The interval of 95 % that is drawn.
pub(super) fn interval(figure: &Figure) -> (f64, f64) {
    let half = Z_95 * figure.error.unwrap_or(0.0);
    let own = (figure.mean - half, figure.mean + half);
    figure.interval.filter(|_| !(0.05..=0.95).contains(&figure.mean)).unwrap_or(own)
}

fn axis_label(axis: &crate::scenario::Axis) -> String {
    let name = unicode(&axis.name.replace(['{', '}'], ""));
    match &axis.option {
        Some(option) => format!("{name}: {}", option.replace('_', " ")),
        None => name,
    }
}

/// The values as numbers, where their steps are of one order of size.
fn evenly_spaced(texts: &[String]) -> Option<Vec<f64>> {
    let numbers: Vec<f64> = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
    let mut sorted = numbers.clone();
    sorted.sort_by(f64::total_cmp);
    let steps: Vec<f64> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let largest = steps.iter().copied().fold(0.0, f64::max);
    let smallest = steps.iter().copied().fold(f64::INFINITY, f64::min);
    (steps.len() > 1 && smallest > 0.0 && largest <= 10.0 * smallest).then_some(numbers)
}

/// At most as many series as can be told apart.
fn thinned<T>(mut series: Vec<T>) -> Vec<T> {
    if series.len() > MAX_SERIES {
        let last = series.len() - 1;
        let keep: Vec<usize> = (0..MAX_SERIES).map(|k| k * last / (MAX_SERIES - 1)).collect();
        let mut index = 0;
        series.retain(|_| {
            index += 1;
            keep.contains(&(index - 1))
        });
    }
    series
}

/// Whether positive values span more than two powers of ten.
fn is_wide(values: impl Iterator<Item = f64> + Clone) -> bool {
    let smallest = values.clone().fold(f64::INFINITY, f64::min);
    let largest = values.fold(0.0, f64::max);
    smallest > 0.0 && largest > 100.0 * smallest
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
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
