//! Plots of runs: data from the trace, words from the language file.

use crate::engine::Surface;
use crate::figure::{Axis, Contours, Field, Form, Layer, Plot, Scale, Series, range_with_margin};
use crate::number::{Fault, Real, round};
use crate::scenario::{Display, PlotKind, RunId, Scenario};
use crate::trace::{Iteration, Tensor, Trace, Value};

use super::names::{run_title, unicode};
use super::prose::Prose;

/// How finely the loss is sampled for contours.
const GRID: (usize, usize) = (64, 48);
/// Up to this number of values are all told.
const FEW: usize = 8;

/// What a plot's file is called.
pub(super) fn file_stem(kind: PlotKind) -> &'static str {
    match kind {
        PlotKind::Trajectory => "trajectory",
        PlotKind::Loss => "loss",
        PlotKind::Parameters => "parameters",
        PlotKind::Gradient => "gradient",
        PlotKind::Schedule => "schedule",
    }
}

/// The plot of the given runs.
pub(super) fn plot(
    scenario: &Scenario,
    trace: &Trace,
    prose: &Prose,
    kind: PlotKind,
    of: &[RunId],
) -> Result<Plot, Fault> {
    let plots = Plots { scenario, trace, prose, of };
    match kind {
        PlotKind::Trajectory => plots.trajectory(),
        PlotKind::Loss => plots.loss(),
        PlotKind::Parameters => plots.parameters(),
        PlotKind::Gradient => plots.gradient(),
        PlotKind::Schedule => plots.schedule(),
    }
}

struct Plots<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
    prose: &'a Prose,
    of: &'a [RunId],
}

impl Plots<'_> {
    fn records(&self, id: RunId) -> &[Iteration] {
        let (setup, run) = self.scenario.run(id);
        let record = self.trace.setups.get(&setup.name).and_then(|setup| setup.runs.get(&run.name));
        record.map(|run| run.iterations.as_slice()).unwrap_or_default()
    }

    fn title(&self, id: RunId) -> String {
        run_title(self.scenario, self.prose, id, self.of).replace('`', "")
    }

    fn titles(&self) -> String {
        let titles: Vec<String> = self.of.iter().map(|id| self.title(*id)).collect();
        self.prose.list(&titles)
    }

    fn trajectory(&self) -> Result<Plot, Fault> {
        let (setup, _) = self.scenario.run(self.of[0]);
        let mut trained = setup.trained_names();
        let (first, second) =
            (trained.next().unwrap_or_default(), trained.next().unwrap_or_default());
        let mut layers = Vec::new();
        let mut all: Vec<(f64, f64)> = Vec::new();
        let mut sentences = Vec::new();
        for id in self.of {
            let display = &self.scenario.run(*id).1.display;
            let records = self.records(*id);
            let pair = |record: &Iteration| {
                Some((float(record.parameters.get(first)?), float(record.parameters.get(second)?)))
            };
            let points: Vec<(f64, f64)> = records.iter().filter_map(pair).collect();
            all.extend(&points);
            let at = |record: Option<&Iteration>| self.point(record, first, second, display);
            let blanks = [
                ("name", self.title(*id)),
                ("start", at(records.first())?),
                ("end", at(records.last())?),
                ("count", records.len().saturating_sub(1).to_string()),
            ];
            let key = if records.len() == 2 { "trajectory_run_one" } else { "trajectory_run" };
            sentences.push(self.prose.say(key, &blanks));
            let form = Form::Path { prefix: "t = ".into() };
            layers.push(Layer::Line(Series { label: self.title(*id), points, form }));
        }
        let x = range_with_margin(all.iter().map(|point| point.0));
        let y = range_with_margin(all.iter().map(|point| point.1));
        let surface = Surface::new(setup);
        let fixed = |name: &str| {
            let found = setup.parameter(name).map(|parameter| parameter.initial.tensor());
            found.map_or(f64::NAN, |value| float(&value))
        };
        let field = Field::sample(x, y, GRID, |a, b| {
            surface.loss(&|name| {
                if name == first {
                    a
                } else if name == second {
                    b
                } else {
                    fixed(name)
                }
            })
        });
        layers.insert(0, Layer::Contours(Contours::of(field)));
        let (first, second) = (unicode(first), unicode(second));
        let blanks = [("x", first.clone()), ("y", second.clone()), ("names", self.titles())];
        let lead = self.prose.say("trajectory_lead", &blanks);
        Ok(Plot {
            title: self.prose.say("trajectory_title", &blanks),
            description: format!("{lead} {}", sentences.join(" ")),
            x: Axis::new(first, Scale::Linear),
            y: Axis::new(second, Scale::Linear),
            layers,
        })
    }

    fn point(
        &self,
        record: Option<&Iteration>,
        first: &str,
        second: &str,
        display: &Display,
    ) -> Result<String, Fault> {
        let Some(record) = record else { return Ok(String::new()) };
        let one = |name: &str| match record.parameters.get(name) {
            Some(value) => self.plain(value, display),
            None => Ok(String::new()),
        };
        Ok(format!("({}, {})", one(first)?, one(second)?))
    }

    fn plain(&self, tensor: &Tensor, display: &Display) -> Result<String, Fault> {
        let Some(value) = tensor.scalar() else { return Ok(String::new()) };
        self.spoken(value, display)
    }

    fn spoken(&self, value: &Value, display: &Display) -> Result<String, Fault> {
        match value {
            Value::Undefined(_) => Ok(self.prose.word("undefined")),
            Value::Real(real) => {
                let text =
                    round(real, display.precision, display.rounding)?.to_plain(self.prose.mark());
                Ok(text.replace('-', "\u{2212}"))
            }
        }
    }

    fn loss(&self) -> Result<Plot, Fault> {
        let mut layers = Vec::new();
        let mut sentences = Vec::new();
        for id in self.of {
            let display = &self.scenario.run(*id).1.display;
            let losses: Vec<(&Iteration, &Tensor)> = self
                .records(*id)
                .iter()
                .filter_map(|record| Some((record, record.loss.as_ref()?)))
                .collect();
            let points = losses.iter().map(|(record, loss)| (count(record.t), float(loss)));
            let points = points.collect();
            let value = |entry: Option<&(&Iteration, &Tensor)>| {
                entry.map_or(Ok(String::new()), |(_, value)| self.plain(value, display))
            };
            let blanks = [
                ("name", self.title(*id)),
                ("start", value(losses.first())?),
                ("end", value(losses.last())?),
            ];
            sentences.push(self.prose.say("loss_run", &blanks));
            layers.push(Layer::Line(Series { label: self.title(*id), points, form: Form::Line }));
        }
        let blanks = [("names", self.titles())];
        Ok(Plot {
            title: self.prose.say("loss_title", &blanks),
            description: sentences.join(" "),
            x: Axis::new(self.prose.word("axis_iteration"), Scale::Whole),
            y: Axis::new(self.prose.word("axis_loss"), Scale::Linear),
            layers,
        })
    }

    fn parameters(&self) -> Result<Plot, Fault> {
        let mut layers = Vec::new();
        let mut sentences = Vec::new();
        for id in self.of {
            let (setup, run) = self.scenario.run(*id);
            let records = self.records(*id);
            for name in setup.parameter_names() {
                let value = |record: &Iteration| {
                    Some((count(record.t), float(record.parameters.get(name)?)))
                };
                let points = records.iter().filter_map(value).collect();
                let label = if self.of.len() == 1 {
                    unicode(name)
                } else {
                    format!("{} ({})", unicode(name), self.title(*id))
                };
                let end = |record: Option<&Iteration>| {
                    let value = record.and_then(|record| record.parameters.get(name));
                    value.map_or(Ok(String::new()), |value| self.plain(value, &run.display))
                };
                let blanks = [
                    ("name", label.clone()),
                    ("start", end(records.first())?),
                    ("end", end(records.last())?),
                ];
                sentences.push(self.prose.say("parameter_run", &blanks));
                layers.push(Layer::Line(Series { label, points, form: Form::Line }));
            }
        }
        let blanks = [("names", self.titles())];
        Ok(Plot {
            title: self.prose.say("parameters_title", &blanks),
            description: sentences.join(" "),
            x: Axis::new(self.prose.word("axis_iteration"), Scale::Whole),
            y: Axis::new(self.prose.word("axis_value"), Scale::Linear),
            layers,
        })
    }

    /// The norm of the gradient: of a single run by parameter, of several as a whole.
    fn gradient(&self) -> Result<Plot, Fault> {
        let (axis, title) = ("axis_gradient", "gradient_title");
        let mut lines = Vec::new();
        for id in self.of {
            let names: Vec<&str> = self.scenario.run(*id).0.trained_names().collect();
            if self.of.len() > 1 || names.len() < 2 {
                lines.push(self.line(*id, self.title(*id), "gradient_run", |record| {
                    norm(record.gradient.iter().map(|(_, value)| value))
                })?);
                continue;
            }
            for name in names {
                lines.push(self.line(*id, unicode(name), "gradient_parameter", |record| {
                    norm(record.gradient.get(name).into_iter())
                })?);
            }
        }
        Ok(self.over_iterations(lines, &Form::Line, title, axis))
    }

    /// The rate of each iteration.
    fn schedule(&self) -> Result<Plot, Fault> {
        let line = |id: &RunId| {
            self.line(*id, self.title(*id), "schedule_run", |record| {
                Ok(record.learning_rate.clone().map(Value::Real))
            })
        };
        let lines = self.of.iter().map(line).collect::<Result<_, _>>()?;
        Ok(self.over_iterations(lines, &Form::Steps, "schedule_title", "axis_rate"))
    }

    /// What `value` finds in each iteration, and a sentence that tells it.
    fn line(
        &self,
        id: RunId,
        label: String,
        key: &str,
        value: impl Fn(&Iteration) -> Result<Option<Value>, Fault>,
    ) -> Result<Told, Fault> {
        let display = &self.scenario.run(id).1.display;
        let (mut points, mut words) = (Vec::new(), Vec::new());
        for record in self.records(id) {
            if let Some(value) = value(record)? {
                points.push((count(record.t), value.real().map_or(f64::NAN, Real::to_f64)));
                words.push((record.t, self.spoken(&value, display)?));
            }
        }
        let at = |index: usize| words.get(index).cloned().unwrap_or_default();
        let last = words.len().saturating_sub(1);
        let [start, middle, end] = [at(0), at(last / 2), at(last)];
        let all: Vec<String> = words.iter().map(|(_, value)| value.clone()).collect();
        let blanks = [
            ("name", label.clone()),
            ("values", self.prose.list(&all)),
            ("start", start.1),
            ("middle", middle.1),
            ("end", end.1),
            ("first", start.0.to_string()),
            ("half", middle.0.to_string()),
            ("last", end.0.to_string()),
        ];
        let length = match words.len() {
            0 => "none",
            1 => "one",
            _ if all.iter().all(|value| *value == all[0]) => "same",
            2..=FEW => "few",
            _ => "many",
        };
        let sentence = self.prose.say(&format!("{key}_{length}"), &blanks);
        Ok(Told { label, points, sentence })
    }

    fn over_iterations(&self, lines: Vec<Told>, form: &Form, title: &str, axis: &str) -> Plot {
        let scale = if spans_decades(&lines) { Scale::Log } else { Scale::Linear };
        let sentences: Vec<&str> = lines.iter().map(|line| line.sentence.as_str()).collect();
        Plot {
            title: self.prose.say(title, &[("names", self.titles())]),
            description: sentences.join(" "),
            x: Axis::new(self.prose.word("axis_iteration"), Scale::Whole),
            y: Axis::new(self.prose.word(axis), scale),
            layers: lines
                .into_iter()
                .map(|Told { label, points, .. }| {
                    Layer::Line(Series { label, points, form: form.clone() })
                })
                .collect(),
        }
    }
}

/// A line with the sentence that stands for it.
struct Told {
    label: String,
    points: Vec<(f64, f64)>,
    sentence: String,
}

/// The Euclidean norm of all entries together; nothing where there are none.
fn norm<'v>(values: impl Iterator<Item = &'v Tensor>) -> Result<Option<Value>, Fault> {
    let entries: Vec<&Value> = values.flat_map(Tensor::entries).collect();
    let mut sum = Real::zero();
    for entry in &entries {
        match entry {
            Value::Real(entry) => sum = &sum + &(entry * entry),
            Value::Undefined(cause) => return Ok(Some(Value::Undefined(cause.clone()))),
        }
    }
    if entries.is_empty() { Ok(None) } else { sum.sqrt().map(|root| Some(Value::Real(root))) }
}

/// Whether a logarithm shows more: all values are positive, and on some line a quarter of
/// them is below a hundredth of its largest. A line that falls so low at its end alone, as
/// a cosine does, keeps its shape.
fn spans_decades(lines: &[Told]) -> bool {
    let spans = |line: &Told| {
        let mut values = finite(line);
        values.sort_by(f64::total_cmp);
        let most = values.last().copied().unwrap_or(0.0);
        values.get(values.len() / 4).is_some_and(|quarter| 100.0 * quarter <= most)
    };
    lines.iter().flat_map(finite).all(|value| value > 0.0) && lines.iter().any(spans)
}

fn finite(line: &Told) -> Vec<f64> {
    line.points.iter().map(|point| point.1).filter(|value| value.is_finite()).collect()
}

/// A value as a plot needs it; what is undefined is left out of the drawing.
fn float(value: &Tensor) -> f64 {
    value.real().map_or(f64::NAN, Real::to_f64)
}

fn count(t: usize) -> f64 {
    u32::try_from(t).map_or(f64::NAN, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithm_is_for_what_stays_small() {
        let line = |values: &[f64]| {
            let points = values.iter().map(|value| (0.0, *value)).collect();
            Told { label: String::new(), points, sentence: String::new() }
        };
        let cosine = line(&[1.0, 0.98, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.02, 1e-6]);
        let steps = line(&[1.0, 1.0, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
        let zero = line(&[0.0, 1.0]);
        let undefined = line(&[f64::NAN, 1.0, 0.001]);
        assert!(!spans_decades(&[cosine]));
        assert!(spans_decades(&[line(&[2.0]), steps]));
        assert!(!spans_decades(&[line(&[1.0, 0.001]), zero]));
        assert!(spans_decades(&[undefined]));
        assert!(!spans_decades(&[]));
    }
}
