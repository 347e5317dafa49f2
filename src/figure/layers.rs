//! The data, from back to front: areas, lines, markers, numbers.

use super::canvas::Canvas;
use super::cast::{Mark, Member};
use super::curve;
use super::histogram;
use super::ink::Ink;
use super::intervals;
use super::isolines::isolines;
use super::journey::{self, Journey};
use super::plot::{Contours, Layer, Measured, Plot, Scale};
use super::simplify::simplify;
use super::view::View;

/// Draws all layers.
pub(super) fn draw(canvas: &Canvas<'_>, view: &View<'_>, plot: &Plot, members: &[Member<'_>]) {
    for layer in &plot.layers {
        if let Layer::Contours(contours) = layer {
            heights(canvas, view, contours);
        }
    }
    for member in members {
        back(canvas, view, member);
    }
    let mut journeys = Vec::new();
    for member in members {
        let series = member.series;
        match member.mark {
            Mark::Line(points) | Mark::Levels(points) => {
                curve::markers(canvas, view, points, series);
            }
            Mark::Path { prefix, points } => {
                let journey = Journey { series, prefix, points };
                journey.mark(canvas, view);
                journeys.push(journey);
            }
            Mark::Joined(points) => {
                intervals::markers(canvas, view, &apart(view, member, points), series);
            }
            Mark::Loose(points) => {
                intervals::dots(canvas, view, &apart(view, member, points), series);
            }
            Mark::Curve(_) | Mark::Theory(_) | Mark::Boxes(_) | Mark::Steps(_) => {}
        }
    }
    journey::number(canvas, view, &journeys);
}

/// What lies below all markers.
fn back(canvas: &Canvas<'_>, view: &View<'_>, member: &Member<'_>) {
    let series = member.series;
    match member.mark {
        Mark::Line(points) | Mark::Path { points, .. } => {
            curve::line(canvas, view, points, Ink::Line(series));
        }
        Mark::Levels(points) => {
            curve::line(canvas, view, &curve::levels(points), Ink::Line(series));
        }
        Mark::Curve(points) => curve::line(canvas, view, points, Ink::Curve(series)),
        Mark::Theory(points) => {
            let aside = shift(view, member);
            let points: Vec<(f64, f64)> = match points {
                // One point makes no line, so it becomes a level one.
                [(x, y)] => vec![(x + aside - 0.1, *y), (x + aside + 0.1, *y)],
                _ => points.iter().map(|(x, y)| (x + aside, *y)).collect(),
            };
            curve::line(canvas, view, &points, Ink::Theory(Some(series)));
        }
        Mark::Joined(points) => {
            let points = apart(view, member, points);
            intervals::join(canvas, view, &points, series);
            intervals::bars(canvas, view, &points, series);
        }
        Mark::Loose(points) => {
            intervals::bars(canvas, view, &apart(view, member, points), series);
        }
        Mark::Boxes(bins) => histogram::boxes(canvas, view, bins, series),
        Mark::Steps(bins) => histogram::steps(canvas, view, bins, series),
    }
}

/// Measured values, moved so that none covers one of another series.
fn apart(view: &View<'_>, member: &Member<'_>, points: &[Measured]) -> Vec<Measured> {
    let aside = shift(view, member);
    points.iter().map(|point| Measured { x: point.x + aside, ..*point }).collect()
}

/// How far a series stands beside its category: a cap's width and a little more a
/// step, less where categories are close.
fn shift(view: &View<'_>, member: &Member<'_>) -> f64 {
    match view.x.scale {
        Scale::Categories(_) => member.aside * (130.0 / view.unit()).min(0.15),
        Scale::Linear | Scale::Whole | Scale::Log => 0.0,
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
