//! Measured values with their intervals.

use super::canvas::Canvas;
use super::curve;
use super::ink::Ink;
use super::marker;
use super::plot::Measured;
use super::simplify::Dot;
use super::view::{View, count};

/// Half the width of a cap.
const CAP: i32 = 45;

/// Nearer together than this, intervals are thin and have no caps.
const CROWDED: f64 = 180.0;

/// More than so many intervals of a series are thinned out.
const MOST: usize = 200;

/// The line that joins the values.
pub(super) fn join(canvas: &Canvas<'_>, view: &View<'_>, points: &[Measured], series: usize) {
    curve::line(canvas, view, &values(points), Ink::Line(series));
}

/// The intervals, with their caps where these have room. One that begins where the
/// scale has no place comes up from the drawing's edge.
pub(super) fn bars(canvas: &Canvas<'_>, view: &View<'_>, points: &[Measured], series: usize) {
    let crowded = spacing(view, points) < CROWDED;
    let ink = if crowded { Ink::Thin(series) } else { Ink::Hollow(series) };
    for point in points.iter().step_by(stride(points)) {
        let low = view.y.drawable(point.low);
        for piece in view.pieces(&[(point.x, low), (point.x, point.high)]) {
            canvas.line(piece, ink);
        }
        let ends = if crowded { &[][..] } else { &[point.low, point.high] };
        for &end in ends {
            if let Some((x, y)) = view.dot((point.x, end)) {
                canvas.line(vec![(x - CAP, y), (x + CAP, y)], ink);
            }
        }
    }
}

/// The markers on a joining line.
pub(super) fn markers(canvas: &Canvas<'_>, view: &View<'_>, points: &[Measured], series: usize) {
    curve::markers(canvas, view, &values(points), series);
}

/// A marker for each value, small where they crowd, because no line shows the others.
pub(super) fn dots(canvas: &Canvas<'_>, view: &View<'_>, points: &[Measured], series: usize) {
    let radius = (0.22 * spacing(view, points)).clamp(18.0, marker::RADIUS);
    for point in points.iter().step_by(stride(points)) {
        if let Some(dot) = view.dot((point.x, point.y)) {
            marker::draw(canvas, series, dot, radius);
        }
    }
}

fn values(points: &[Measured]) -> Vec<(f64, f64)> {
    points.iter().map(|point| (point.x, point.y)).collect()
}

/// The mean distance between neighbours on the drawing.
fn spacing(view: &View<'_>, points: &[Measured]) -> f64 {
    let dots: Vec<Dot> = values(points).into_iter().filter_map(|point| view.dot(point)).collect();
    match dots.as_slice() {
        [first, .., last] => f64::from((last.0 - first.0).abs()) / count(dots.len() - 1),
        _ => f64::INFINITY,
    }
}

fn stride(points: &[Measured]) -> usize {
    points.len().div_ceil(MOST).max(1)
}
