//! Plots of runs: data from the trace, words from the language file.
//!
//! What is drawn is floating point; what the description and the table say is rounded from
//! the exact values.

use crate::figure::{Axis, Form, Layer, Plot, Scale, Series};
use crate::number::{Fault, Real};
use crate::scenario::{PlotKind, RunId, Scenario};
use crate::trace::{Iteration, Tensor, Trace, Value};

use super::data::{Column, Data, Entry};
use super::names::{run_title, unicode};
use super::prose::Prose;
use super::show::MAX_SHOWN;
use super::trajectory::{self, Window};

/// Up to this number of values are all told.
const FEW: usize = 8;

/// A plot with the table of its data.
pub(super) struct Drawn {
    pub(super) plot: Plot,
    pub(super) data: Data,
}

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

/// The plot of the given runs; paths are drawn `within` a window, where there is one.
pub(super) fn plot(
    scenario: &Scenario,
    trace: &Trace,
    prose: &Prose,
    kind: PlotKind,
    of: &[RunId],
    within: Option<Window>,
) -> Result<Drawn, Fault> {
    let plots = Plots { scenario, trace, prose, of };
    match kind {
        PlotKind::Trajectory => trajectory::plot(&plots, within),
        PlotKind::Loss => plots.loss(),
        PlotKind::Parameters => plots.parameters(),
        PlotKind::Gradient => plots.gradient(),
        PlotKind::Schedule => plots.schedule(),
    }
}

/// The runs that a plot shows.
pub(super) struct Plots<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) trace: &'a Trace,
    pub(super) prose: &'a Prose,
    pub(super) of: &'a [RunId],
}

impl Plots<'_> {
    /// The exact run.
    pub(super) fn records(&self, id: RunId) -> &[Iteration] {
        let (setup, run) = self.scenario.run(id);
        let record = self.trace.setups.get(&setup.name).and_then(|setup| setup.runs.get(&run.name));
        record.map(|run| run.iterations.as_slice()).unwrap_or_default()
    }

    pub(super) fn title(&self, id: RunId) -> String {
        run_title(self.scenario, self.prose, id, self.of).replace('`', "")
    }

    pub(super) fn titles(&self) -> String {
        let titles: Vec<String> = self.of.iter().map(|id| self.title(*id)).collect();
        self.prose.list(&titles)
    }

    /// The heading of a column: `w, Adam`.
    pub(super) fn heading(&self, quantity: &str, of: &str) -> String {
        let blanks = [("quantity", quantity.to_owned()), ("of", of.to_owned())];
        self.prose.say("data_heading", &blanks)
    }

    fn loss(&self) -> Result<Drawn, Fault> {
        let quantity = self.prose.word("axis_loss");
        let line = |id: &RunId| {
            let title = self.title(*id);
            let heading = self.heading(&quantity, &title);
            self.line(*id, title, heading, "loss_run", |record| {
                Ok(record.loss.as_ref().and_then(Tensor::scalar).cloned())
            })
        };
        let lines = self.of.iter().map(line).collect::<Result<_, _>>()?;
        Ok(self.over_iterations(
            lines,
            &Form::Line,
            "loss_title",
            Axis::new(quantity, Scale::Linear),
        ))
    }

    /// Every entry of the parameters; of a parameter with many entries, its norm.
    fn parameters(&self) -> Result<Drawn, Fault> {
        let mut lines = Vec::new();
        for id in self.of {
            let (setup, _) = self.scenario.run(*id);
            for parameter in &setup.parameters {
                let name = parameter.name.as_str();
                let several = self.of.len() > 1;
                let mut line =
                    |name: String, value: &dyn Fn(&Tensor) -> Result<Option<Value>, Fault>| {
                        let title = self.title(*id);
                        let (label, heading) = match several {
                            true => (format!("{name} ({title})"), self.heading(&name, &title)),
                            false => (name.clone(), name),
                        };
                        let of = |record: &Iteration| {
                            record.parameters.get(parameter.name.as_str()).map_or(Ok(None), value)
                        };
                        lines.push(self.line(*id, label, heading, "parameter_run", of)?);
                        Ok::<(), Fault>(())
                    };
                match parameter.initial.counts().flatten() {
                    None => line(unicode(name), &|value| Ok(value.scalar().cloned()))?,
                    Some((rows, columns)) if rows * columns <= MAX_SHOWN => {
                        for (row, column) in (1..=rows)
                            .flat_map(|row| (1..=columns).map(move |column| (row, column)))
                        {
                            let name = format!("{}[{row}, {column}]", unicode(name));
                            line(name, &|value| Ok(value.entry(row, column).cloned()))?;
                        }
                    }
                    Some(_) => line(format!("‖{}‖", unicode(name)), &|value| {
                        norm(std::iter::once(value))
                    })?,
                }
            }
        }
        let axis = Axis::new(self.prose.word("axis_value"), Scale::Linear);
        Ok(self.over_iterations(lines, &Form::Line, "parameters_title", axis))
    }

    /// The norm of the gradient: of a single run by parameter, of several as a whole.
    fn gradient(&self) -> Result<Drawn, Fault> {
        let quantity = self.prose.word("axis_gradient");
        let mut lines = Vec::new();
        for id in self.of {
            let names: Vec<&str> = self.scenario.run(*id).0.trained_names().collect();
            if self.of.len() > 1 || names.len() < 2 {
                let title = self.title(*id);
                let heading = self.heading(&quantity, &title);
                lines.push(self.line(*id, title, heading, "gradient_run", |record| {
                    norm(record.gradient.iter().map(|(_, value)| value))
                })?);
                continue;
            }
            for name in names {
                let heading = self.heading(&quantity, &unicode(name));
                lines.push(self.line(
                    *id,
                    unicode(name),
                    heading,
                    "gradient_parameter",
                    |record| norm(record.gradient.get(name).into_iter()),
                )?);
            }
        }
        let axis = logarithmic_where_it_shows_more(quantity, &lines);
        Ok(self.over_iterations(lines, &Form::Line, "gradient_title", axis))
    }

    /// The rate of each iteration.
    fn schedule(&self) -> Result<Drawn, Fault> {
        let quantity = self.prose.word("axis_rate");
        let line = |id: &RunId| {
            let title = self.title(*id);
            let heading = self.heading(&quantity, &title);
            self.line(*id, title, heading, "schedule_run", |record| {
                Ok(record.learning_rate.clone().map(Value::Real))
            })
        };
        let lines: Vec<Told> = self.of.iter().map(line).collect::<Result<_, _>>()?;
        let axis = logarithmic_where_it_shows_more(quantity, &lines);
        Ok(self.over_iterations(lines, &Form::Steps, "schedule_title", axis))
    }

    /// What `value` finds in each iteration, and a sentence that tells it.
    fn line(
        &self,
        id: RunId,
        label: String,
        heading: String,
        key: &str,
        value: impl Fn(&Iteration) -> Result<Option<Value>, Fault>,
    ) -> Result<Told, Fault> {
        let display = &self.scenario.run(id).1.display;
        let (mut points, mut entries) = (Vec::new(), Vec::new());
        for record in self.records(id) {
            if let Some(value) = value(record)? {
                points.push((count(record.t), float(&value)));
                entries.push((record.t, Entry::value(&value, display, self.prose)?));
            }
        }
        let at = |index: usize| {
            let entry = entries.get(index);
            entry.map_or((0, String::new()), |(t, entry)| (*t, entry.shown.clone()))
        };
        let last = entries.len().saturating_sub(1);
        let [start, middle, end] = [at(0), at(last / 2), at(last)];
        let all: Vec<String> = entries.iter().map(|(_, value)| value.shown.clone()).collect();
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
        let length = match all.as_slice() {
            [] => "none",
            [_] => "one",
            [first, rest @ ..] if rest.iter().all(|value| value == first) => "same",
            some if some.len() <= FEW => "few",
            _ => "many",
        };
        let sentence = self.prose.say(&format!("{key}_{length}"), &blanks);
        Ok(Told { label, points, sentence, column: Column { heading, entries } })
    }

    fn over_iterations(&self, lines: Vec<Told>, form: &Form, title: &str, y: Axis) -> Drawn {
        let sentences: Vec<&str> = lines.iter().map(|line| line.sentence.as_str()).collect();
        let description = sentences.join(" ");
        let (mut layers, mut columns) = (Vec::new(), Vec::new());
        for Told { label, points, column, .. } in lines {
            layers.push(Layer::Line(Series { label, points, form: form.clone() }));
            columns.push(column);
        }
        let plot = Plot {
            title: self.prose.say(title, &[("names", self.titles())]),
            description,
            x: Axis::new(self.prose.word("axis_iteration"), Scale::Whole),
            y,
            mark: self.prose.mark(),
            layers,
        };
        Drawn { plot, data: Data::by_iteration(&columns, self.prose) }
    }
}

/// A line with the sentence and the column that stand for it.
struct Told {
    label: String,
    points: Vec<(f64, f64)>,
    sentence: String,
    column: Column,
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
    if entries.is_empty() { Ok(None) } else { sum.whole_sqrt().map(|root| Some(Value::Real(root))) }
}

fn logarithmic_where_it_shows_more(quantity: String, lines: &[Told]) -> Axis {
    let points: Vec<&[(f64, f64)]> = lines.iter().map(|line| line.points.as_slice()).collect();
    Axis::new(quantity, if spans_decades(&points) { Scale::Log } else { Scale::Linear })
}

/// Whether a logarithm shows more: all values are positive, and on some line a quarter of
/// them is below a hundredth of its largest. A line that falls so low at its end alone, as
/// a cosine does, keeps its shape.
pub(super) fn spans_decades(lines: &[&[(f64, f64)]]) -> bool {
    let spans = |line: &&[(f64, f64)]| {
        let mut values = finite(line);
        values.sort_by(f64::total_cmp);
        let most = values.last().copied().unwrap_or(0.0);
        values.get(values.len() / 4).is_some_and(|quarter| 100.0 * quarter <= most)
    };
    lines.iter().copied().flat_map(finite).all(|value| value > 0.0) && lines.iter().any(spans)
}

fn finite(line: &[(f64, f64)]) -> Vec<f64> {
    line.iter().map(|point| point.1).filter(|value| value.is_finite()).collect()
}

/// A value as a plot needs it; what is undefined is left out of the drawing.
pub(super) fn float(value: &Value) -> f64 {
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
        let line = |values: &[f64]| -> Vec<(f64, f64)> {
            values.iter().map(|value| (0.0, *value)).collect()
        };
        let cosine = line(&[1.0, 0.98, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.02, 1e-6]);
        let steps = line(&[1.0, 1.0, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
        let zero = line(&[0.0, 1.0]);
        let undefined = line(&[f64::NAN, 1.0, 0.001]);
        assert!(!spans_decades(&[&cosine]));
        assert!(spans_decades(&[&line(&[2.0]), &steps]));
        assert!(!spans_decades(&[&line(&[1.0, 0.001]), &zero]));
        assert!(spans_decades(&[&undefined]));
        assert!(!spans_decades(&[]));
    }
}
