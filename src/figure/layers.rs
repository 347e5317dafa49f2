//! The data, from back to front: areas, lines, markers, numbers.

use super::canvas::Canvas;
use super::curve;
use super::ink::Ink;
use super::isolines::isolines;
use super::journey::{self, Journey};
use super::plot::{Bars, Contours, Form, Layer, Plot};
use super::simplify::simplify;
use super::view::{Frame, View};

/// Draws all layers.
pub(super) fn draw(canvas: &Canvas<'_>, view: &View<'_>, plot: &Plot) {
    for layer in &plot.layers {
        if let Layer::Contours(contours) = layer {
            heights(canvas, view, contours);
        }
    }
    let coloured = || {
        let layers = plot.layers.iter().filter(|layer| layer.label().is_some());
        layers.enumerate()
    };
    for (series, layer) in coloured() {
        back(canvas, view, layer, series);
    }
    let mut journeys = Vec::new();
    for (series, layer) in coloured() {
        match layer {
            Layer::Line(line) => match &line.form {
                Form::Line => curve::markers(canvas, view, &line.points, series),
                Form::Path { prefix } => {
                    let journey = Journey { series, prefix, points: &line.points };
                    journey.mark(canvas, view);
                    journeys.push(journey);
                }
            },
            Layer::ErrorBars(bars) => {
                let points: Vec<_> = bars.points.iter().map(|p| (p.x, p.y)).collect();
                curve::markers(canvas, view, &points, series);
            }
            Layer::Bars(_) | Layer::Contours(_) => {}
        }
    }
    journey::number(canvas, view, &journeys);
}

/// What lies below all markers.
fn back(canvas: &Canvas<'_>, view: &View<'_>, layer: &Layer, series: usize) {
    match layer {
        Layer::Contours(_) => {}
        Layer::Line(line) => curve::line(canvas, view, &line.points, series),
        Layer::ErrorBars(bars) => {
            let points: Vec<_> = bars.points.iter().map(|p| (p.x, p.y)).collect();
            curve::line(canvas, view, &points, series);
            curve::intervals(canvas, view, &bars.points, series);
        }
        Layer::Bars(bars) => boxes(canvas, view, bars, series),
    }
}

/// Lines of equal height. They are traced on the root of the height above the
/// lowest: the lines are the same, but most losses are squares somewhere, so that
/// the root is straight where interpolation between grid points needs it.
fn heights(canvas: &Canvas<'_>, view: &View<'_>, Contours { field, levels }: &Contours) {
    let finite = field.values.iter().copied().filter(|v| v.is_finite());
    let lowest = finite.fold(f64::INFINITY, f64::min);
    let root = |value: f64| (value / 2.0 - lowest / 2.0).sqrt();
    let mut rooted = field.clone();
    for value in &mut rooted.values {
        *value = root(*value);
    }
    let levels: Vec<f64> = levels.iter().map(|&level| root(level)).collect();
    for line in isolines(&rooted, &levels) {
        for piece in view.pieces(&line.points) {
            canvas.line(simplify(&piece, 3.0), Ink::Contour);
        }
    }
}

fn boxes(canvas: &Canvas<'_>, view: &View<'_>, bars: &Bars, series: usize) {
    for bin in &bars.bins {
        let base = view.y.range.low().max(0.0);
        let corners = [(bin.from, base), (bin.to, bin.height)];
        if let [Some(from), Some(to)] = corners.map(|corner| view.dot(corner)) {
            let frame = Frame {
                left: from.0.min(to.0),
                top: from.1.min(to.1),
                right: from.0.max(to.0),
                bottom: from.1.max(to.1),
            };
            canvas.rectangle(frame, Ink::Bar(series));
        }
    }
}
