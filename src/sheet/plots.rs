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

/// What a plot's file is called.
pub(super) fn file_stem(kind: PlotKind) -> &'static str {
    match kind {
        PlotKind::Trajectory => "trajectory",
        PlotKind::Loss => "loss",
        PlotKind::Parameters => "parameters",
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
        match titles.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                let blanks = [("first", rest.join(", ")), ("last", last.clone())];
                self.prose.say("list_and", &blanks)
            }
            _ => titles.concat(),
        }
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
}

/// A value as a plot needs it; what is undefined is left out of the drawing.
fn float(value: &Tensor) -> f64 {
    value.real().map_or(f64::NAN, Real::to_f64)
}

fn count(t: usize) -> f64 {
    u32::try_from(t).map_or(f64::NAN, f64::from)
}
