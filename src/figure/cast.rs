//! The layers that have a colour, and what each is drawn as beside the others.
//!
//! Series are numbered by their places among the layers with a colour of their own:
//! contours have none, and a theory has that of the series it belongs to.

use super::plot::{Bin, Form, Layer, Measured, Plot};
use super::view::count;

/// One layer, ready to be drawn.
#[derive(Clone, Copy)]
pub(super) struct Member<'p> {
    /// What decides colour, dash and marker.
    pub(super) series: usize,
    /// Its place among the series with intervals, in steps from their middle.
    pub(super) aside: f64,
    /// The legend's text; empty for none.
    pub(super) label: &'p str,
    pub(super) mark: Mark<'p>,
}

/// What is drawn.
#[derive(Clone, Copy)]
pub(super) enum Mark<'p> {
    Line(&'p [(f64, f64)]),
    /// Level lines around the points.
    Levels(&'p [(f64, f64)]),
    Path {
        prefix: &'p str,
        points: &'p [(f64, f64)],
    },
    Curve(&'p [(f64, f64)]),
    Theory(&'p [(f64, f64)]),
    /// Intervals, their values joined by a line.
    Joined(&'p [Measured]),
    /// Intervals alone: a line would hide their theory.
    Loose(&'p [Measured]),
    /// Filled bars.
    Boxes(&'p [Bin]),
    /// The outline of bars.
    Steps(&'p [Bin]),
}

/// All layers that have a colour, in their order.
pub(super) fn members(plot: &Plot) -> Vec<Member<'_>> {
    let theories: Vec<usize> = plot.layers.iter().filter_map(theory).collect();
    let own = || plot.layers.iter().filter(|layer| has_own_color(layer));
    let measured: Vec<usize> = own()
        .enumerate()
        .filter(|(_, layer)| matches!(layer, Layer::ErrorBars(_)))
        .map(|(series, _)| series)
        .collect();
    let histograms = own().filter(|layer| matches!(layer, Layer::Bars(_))).count();
    let aside = |series: usize| {
        let middle = (count(measured.len()) - 1.0) / 2.0;
        let rank = measured.iter().position(|other| *other == series);
        rank.map_or(0.0, |rank| count(rank) - middle)
    };
    let mut numbers = 0..;
    let member = |layer| {
        let label = Layer::label(layer)?;
        let series = theory(layer).or_else(|| numbers.next())?;
        let mark = match layer {
            Layer::Contours(_) => return None,
            Layer::Line(line) => {
                let points = line.points.as_slice();
                match &line.form {
                    Form::Line => Mark::Line(points),
                    Form::Steps => Mark::Levels(points),
                    Form::Curve => Mark::Curve(points),
                    Form::Theory { .. } => Mark::Theory(points),
                    Form::Path { prefix } => Mark::Path { prefix, points },
                }
            }
            Layer::ErrorBars(bars) if theories.contains(&series) => Mark::Loose(&bars.points),
            Layer::ErrorBars(bars) => Mark::Joined(&bars.points),
            Layer::Bars(bars) if histograms > 1 => Mark::Steps(&bars.bins),
            Layer::Bars(bars) => Mark::Boxes(&bars.bins),
        };
        Some(Member { series, aside: aside(series), label, mark })
    };
    plot.layers.iter().filter_map(member).collect()
}

/// How many colours a plot needs.
pub(super) fn colors(plot: &Plot) -> usize {
    plot.layers.iter().filter(|layer| has_own_color(layer)).count()
}

fn has_own_color(layer: &Layer) -> bool {
    layer.label().is_some() && theory(layer).is_none()
}

/// The number of the series that a theory belongs to.
fn theory(layer: &Layer) -> Option<usize> {
    match layer {
        Layer::Line(line) => match line.form {
            Form::Theory { of } => Some(of),
            Form::Line | Form::Steps | Form::Curve | Form::Path { .. } => None,
        },
        Layer::Contours(_) | Layer::ErrorBars(_) | Layer::Bars(_) => None,
    }
}
