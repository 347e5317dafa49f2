//! A cell with frames: the same cell for other values, each with its own trace.
//!
//! The axes of a plot are the same in all its frames, so that stepping compares.

use std::collections::BTreeSet;

use crate::figure::{Layer, Scale, share_axes};
use crate::scenario::{Cell, Content, Explored, Frame, Frames, Initial, Numbered, PlotKind, RunId};
use crate::trace::Trace;

use super::build::{Builder, SheetError};
use super::plots::{self, Drawn, Plots, spans_decades};
use super::solved::Solved;
use super::texts::Texts;
use super::trajectory::Window;
use super::view::{CellView, FrameView};
use super::words::listed;
use super::work::Symbols;

/// Frames whose largest values differ by more stand on a logarithmic axis.
const APART: f64 = 100.0;

impl Builder<'_> {
    /// The frames of a cell.
    pub(super) fn frames(
        &mut self,
        frames: &Frames,
        numbered: &Numbered<'_>,
        home: Option<&str>,
    ) -> Result<CellView, SheetError> {
        let traces = self.trace.frames.get(frames.number).map_or(&[][..], Vec::as_slice);
        let pairs: Vec<(&Frame, &Trace)> = frames.list.iter().zip(traces).collect();
        let plotted = pairs.first().and_then(|(frame, _)| match content(frame)? {
            Content::Plot { kind, of } => Some((*kind, of.as_slice())),
            _ => None,
        });
        let views = match plotted {
            Some((kind, of)) => self.plots(&pairs, numbered, (kind, of))?,
            None => self.cells_of(&pairs, numbered, home)?,
        };
        let names: Vec<String> = frames.of.iter().map(|explored| self.name(explored)).collect();
        let lead = self.prose.say("explore_lead", &[("names", self.prose.list(&names))]);
        let mut list = Vec::new();
        for ((frame, _), cell) in pairs.iter().zip(views) {
            list.push(FrameView { label: self.frame_label(frames, frame)?, cells: vec![cell] });
        }
        Ok(CellView::Frames { lead, frames: list })
    }

    /// A cell that is no plot: each frame is built as if it stood alone.
    fn cells_of(
        &mut self,
        pairs: &[(&Frame, &Trace)],
        numbered: &Numbered<'_>,
        home: Option<&str>,
    ) -> Result<Vec<CellView>, SheetError> {
        let mut views = Vec::new();
        for (index, (frame, trace)) in pairs.iter().enumerate() {
            let Some(cell) = frame.scenario.cells.iter().flatten().next() else { continue };
            let texts = Texts::new(&frame.scenario, trace, self.prose.words());
            let mut inner = Builder {
                solved: Solved::new(&frame.scenario, trace),
                scenario: &frame.scenario,
                trace,
                prose: self.prose,
                texts: &texts,
                paper: self.paper,
                numbering: self.numbering,
                links: self.links,
                shown: self.shown,
                plots: self.plots,
                title: numbered.cell.title.clone(),
                figures: std::mem::take(&mut self.figures),
                data: std::mem::take(&mut self.data),
                passages: std::mem::take(&mut self.passages),
                problems: std::mem::take(&mut self.problems),
                tokens: std::mem::take(&mut self.tokens),
                printed: BTreeSet::new(),
                hidden: self.hidden,
                told: Vec::new(),
                symbols: Symbols::of(&frame.scenario),
                frame: Some(index + 1),
            };
            let Numbered { number, shown, .. } = numbered;
            let titled = Cell { title: numbered.cell.title.clone(), ..cell.clone() };
            let own = Numbered {
                cell: &titled,
                number: number.clone(),
                shown: *shown,
                parts: Vec::new(),
            };
            let view = inner.cell(&own, home);
            let Builder { figures, data, passages, problems, tokens, .. } = inner;
            (self.figures, self.data, self.tokens) = (figures, data, tokens);
            (self.passages, self.problems) = (passages, problems);
            views.push(view?);
            // What is wrong with a text is wrong with it in every frame.
            if !self.problems.is_empty() {
                break;
            }
        }
        Ok(views)
    }

    fn plots(
        &mut self,
        pairs: &[(&Frame, &Trace)],
        numbered: &Numbered<'_>,
        (kind, of): (PlotKind, &[RunId]),
    ) -> Result<Vec<CellView>, SheetError> {
        let prose = self.prose;
        let window = pairs.iter().map(|(frame, trace)| {
            Window::of(&Plots { scenario: &frame.scenario, trace, prose, of })
        });
        let within = match kind {
            PlotKind::Trajectory => window.reduce(Window::union),
            _ => None,
        };
        let mut drawn = Vec::new();
        for (frame, trace) in pairs {
            let plot = plots::plot(&frame.scenario, trace, prose, kind, of, within);
            let place = || format!("a plot with {}", listed(&frame.values));
            drawn.push(plot.map_err(|fault| SheetError::Number { place: place(), fault })?);
        }
        if kind != PlotKind::Trajectory {
            align(&mut drawn);
        }
        let mut views = Vec::new();
        for (index, one) in drawn.into_iter().enumerate() {
            self.frame = Some(index + 1);
            let mut view = self.figure(plots::file_stem(kind), one);
            if let CellView::Figure { title, .. } = &mut view {
                *title = self.caption(numbered.number.as_ref(), title);
            }
            views.push(view);
        }
        self.frame = None;
        Ok(views)
    }

    /// What is explored, in the lead.
    fn name(&self, explored: &Explored) -> String {
        match explored {
            Explored::Option { run, name } => {
                let (setup, run) = self.scenario.run(*run);
                match run.options.number(name) {
                    Some(_) => format!("${}$", setup.notation.in_rule(name)),
                    None => format!("`{name}`"),
                }
            }
            Explored::Initial { setup, name } => {
                let latex = self.scenario.setups[*setup].notation.latex(name);
                self.prose.say("explore_initial", &[("value", format!("${latex}$"))])
            }
            Explored::Variable(name) => {
                let notation = self.scenario.setups.first().map(|setup| &setup.notation);
                notation.map_or_else(|| name.clone(), |own| format!("${}$", own.latex(name)))
            }
        }
    }

    /// The values of a frame, exact: `$\alpha = 0.1$`.
    fn frame_label(&self, frames: &Frames, frame: &Frame) -> Result<String, SheetError> {
        let mut parts = Vec::new();
        for (explored, written) in frames.of.iter().zip(&frame.values) {
            let found = self
                .value(explored, frame)
                .map_err(|fault| SheetError::Number { place: written.clone(), fault })?;
            parts.push(match found {
                Some((name, value)) => format!("${name} = {value}$"),
                None => format!("`{}`", written.replace('`', "'")),
            });
        }
        Ok(listed(&parts))
    }

    /// Name and value in LaTeX, where the value is a number.
    fn value(
        &self,
        explored: &Explored,
        frame: &Frame,
    ) -> Result<Option<(String, String)>, crate::number::Fault> {
        let scenario = &frame.scenario;
        match explored {
            Explored::Option { run, name } => {
                let (setup, run) = scenario.run(*run);
                let value = run.options.number(name);
                let value = value.map(|number| self.numbers(&run.display).rational(number).latex());
                Ok(value.map(|value| (setup.notation.in_rule(name), value)))
            }
            Explored::Initial { setup, name } => {
                let setup = &scenario.setups[*setup];
                match setup.parameter(name).map(|parameter| &parameter.initial) {
                    Some(Initial::Exact(tensor)) => {
                        let shown = self.numbers(&setup.display).given(tensor)?;
                        Ok(Some((setup.notation.latex(name), shown.latex())))
                    }
                    _ => Ok(None),
                }
            }
            Explored::Variable(name) => {
                let Some(setup) = scenario.setups.first() else { return Ok(None) };
                let Some(value) = scenario.variables.get(name) else { return Ok(None) };
                let shown = self.numbers(&setup.display).input(value)?;
                Ok(Some((setup.notation.latex(name), shown.latex())))
            }
        }
    }
}

fn content(frame: &Frame) -> Option<&Content> {
    let cell = frame.scenario.cells.iter().flatten().next();
    cell.map(|cell| &cell.content)
}

/// One scale and one range for the axes of all frames.
fn align(frames: &mut [Drawn]) {
    let scale = {
        let lines = || frames.iter().flat_map(|drawn| &drawn.plot.layers).filter_map(points);
        let all: Vec<&[(f64, f64)]> = lines().collect();
        let finite =
            || all.iter().copied().flatten().map(|point| point.1).filter(|y| y.is_finite());
        let largest = frames.iter().map(|drawn| {
            let values = drawn.plot.layers.iter().filter_map(points).flatten();
            values.map(|point| point.1).filter(|y| y.is_finite()).fold(0.0, f64::max)
        });
        let (low, high) = largest.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), one| {
            (low.min(one), high.max(one))
        });
        let apart = high > APART * low && finite().all(|y| y > 0.0);
        if apart || spans_decades(&all) { Scale::Log } else { Scale::Linear }
    };
    let mut plots: Vec<_> = frames.iter_mut().map(|drawn| &mut drawn.plot).collect();
    plots.iter_mut().for_each(|plot| plot.y.scale = scale.clone());
    share_axes(&mut plots);
}

fn points(layer: &Layer) -> Option<&[(f64, f64)]> {
    match layer {
        Layer::Line(series) => Some(&series.points),
        Layer::Contours(_) | Layer::ErrorBars(_) | Layer::Bars(_) => None,
    }
}
