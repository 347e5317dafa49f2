//! The plot of paths over the loss, as functions of two parameters.

use crate::engine::{Surface, Values};
use crate::figure::{
    Axis, Contours, Field, Form, Layer, Plot, Range, Scale, Series, range_with_margin,
};
use crate::number::{Fault, Real};
use crate::scenario::RunId;
use crate::trace::{Iteration, Tensor};

use super::data::{Column, Data, Entry};
use super::names::unicode;
use super::plots::{Drawn, Plots, float};
use super::words::listed;

/// How finely the loss is sampled for contours.
const GRID: (usize, usize) = (64, 48);

/// What a plot of paths shows of the plane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    x: Range,
    y: Range,
}

impl Window {
    /// The part of the plane that holds the paths of the runs.
    pub(super) fn of(plots: &Plots<'_>) -> Self {
        Self::around(&paths(plots))
    }

    fn around(paths: &[Vec<(f64, f64)>]) -> Self {
        let points = || paths.iter().flatten();
        let x = range_with_margin(points().map(|(x, _)| *x));
        let y = range_with_margin(points().map(|(_, y)| *y));
        Self { x, y }
    }

    /// The smallest window that holds both.
    pub(super) fn union(self, other: Self) -> Self {
        Self { x: self.x.union(other.x), y: self.y.union(other.y) }
    }
}

/// The names of the plane's coordinates: what the first of the runs trains.
fn coordinates<'a>(plots: &Plots<'a>) -> (&'a str, &'a str) {
    let mut trained = plots.scenario.run(plots.of[0]).0.trained_names();
    (trained.next().unwrap_or_default(), trained.next().unwrap_or_default())
}

/// The way of each run through the plane.
fn paths(plots: &Plots<'_>) -> Vec<Vec<(f64, f64)>> {
    let (first, second) = coordinates(plots);
    let value = |record: &Iteration, name: &str| {
        record.parameters.get(name).and_then(Tensor::scalar).map(float)
    };
    let point = |record: &Iteration| Some((value(record, first)?, value(record, second)?));
    let path = |id: &RunId| plots.records(*id).iter().filter_map(point).collect();
    plots.of.iter().map(path).collect()
}

/// The paths of the runs, over contours of the first one's loss.
pub(super) fn plot(plots: &Plots<'_>, within: Option<Window>) -> Result<Drawn, Fault> {
    let (setup, _) = plots.scenario.run(plots.of[0]);
    let (first, second) = coordinates(plots);
    let mut layers = Vec::new();
    let mut sentences = Vec::new();
    let mut columns = Vec::new();
    let paths = paths(plots);
    let Window { x, y } = within.unwrap_or_else(|| Window::around(&paths));
    for (id, points) in plots.of.iter().zip(paths) {
        let display = &plots.scenario.run(*id).1.display;
        let records = plots.records(*id);
        let title = plots.title(*id);
        let column = |name: &str| -> Result<Column, Fault> {
            let mut entries = Vec::new();
            for record in records {
                if let Some(value) = record.parameters.get(name).and_then(Tensor::scalar) {
                    entries.push((record.t, Entry::value(value, display, plots.prose)?));
                }
            }
            let heading = match plots.of.len() {
                1 => unicode(name),
                _ => plots.heading(&unicode(name), &title),
            };
            Ok(Column { heading, entries })
        };
        let pair = [column(first)?, column(second)?];
        let at = |index: usize| {
            let shown = |column: &Column| {
                let entry = column.entries.get(index);
                entry.map_or_else(String::new, |(_, entry)| entry.shown.clone())
            };
            format!("({})", listed(&[shown(&pair[0]), shown(&pair[1])]))
        };
        let last = pair[0].entries.len().saturating_sub(1);
        let blanks = [
            ("name", title.clone()),
            ("start", at(0)),
            ("end", at(last)),
            ("count", records.len().saturating_sub(1).to_string()),
        ];
        let key = if records.len() == 2 { "trajectory_run_one" } else { "trajectory_run" };
        sentences.push(plots.prose.say(key, &blanks));
        let form = Form::Path { prefix: "t = ".into() };
        layers.push(Layer::Line(Series { label: title, points, form }));
        columns.extend(pair);
    }
    let surface = Surface::new(setup);
    let fixed = |name: &str| {
        let found = setup.parameter(name).map(|parameter| parameter.initial.tensor());
        found.as_ref().and_then(Tensor::real).map_or(f64::NAN, Real::to_f64)
    };
    let field = Field::by_rows(x, y, GRID, |along, across| {
        surface.losses(along.len(), &|name| {
            if name == first {
                Values::Each(along.to_vec())
            } else if name == second {
                Values::All(across)
            } else {
                Values::All(fixed(name))
            }
        })
    });
    layers.insert(0, Layer::Contours(Contours::of(field)));
    let (first, second) = (unicode(first), unicode(second));
    let blanks = [("x", first.clone()), ("y", second.clone()), ("names", plots.titles())];
    let lead = plots.prose.say("trajectory_lead", &blanks);
    let plot = Plot {
        title: plots.prose.say("trajectory_title", &blanks),
        description: format!("{lead} {}", sentences.join(" ")),
        x: Axis::new(first, Scale::Linear),
        y: Axis::new(second, Scale::Linear),
        mark: plots.prose.mark(),
        layers,
    };
    Ok(Drawn { plot, data: Data::by_iteration(&columns, plots.prose) })
}
