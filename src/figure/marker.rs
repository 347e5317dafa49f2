//! Markers: one shape for each series, so that colour is never the only cue.

use super::canvas::Canvas;
use super::ink::Ink;
use super::simplify::Dot;
use super::view::tenths;

/// Half the width of a marker of ordinary size.
pub(super) const RADIUS: f64 = 44.0;

/// Below this, an outline of ordinary width would fill the shape.
const SMALL: f64 = 33.0;

/// Draws the marker of a series. Filled and outlined shapes alternate, and the
/// outlined ones are wider, so that two markers at one place are both seen.
pub(super) fn draw(canvas: &Canvas<'_>, series: usize, dot: Dot, radius: f64) {
    let at = |shape: &[(f64, f64)]| -> Vec<Dot> {
        shape
            .iter()
            .map(|(x, y)| (dot.0 + tenths(x * radius), dot.1 + tenths(y * radius)))
            .collect()
    };
    let outline = if radius < SMALL { Ink::Thin(series) } else { Ink::Hollow(series) };
    match series % 6 {
        0 => canvas.circle(dot, tenths(1.1 * radius), Ink::Solid(series)),
        1 => canvas.line(
            at(&[(-1.3, -1.3), (1.3, -1.3), (1.3, 1.3), (-1.3, 1.3), (-1.3, -1.3), (1.3, -1.3)]),
            outline,
        ),
        2 => canvas.polygon(at(&[(0.0, -1.4), (1.3, 0.9), (-1.3, 0.9)]), Ink::Solid(series)),
        3 => canvas.line(
            at(&[(0.0, -1.9), (1.9, 0.0), (0.0, 1.9), (-1.9, 0.0), (0.0, -1.9), (1.9, 0.0)]),
            outline,
        ),
        4 => canvas
            .line(at(&[(-1.3, -1.3), (1.3, 1.3), (0.0, 0.0), (1.3, -1.3), (-1.3, 1.3)]), outline),
        _ => canvas
            .line(at(&[(-1.6, 0.0), (1.6, 0.0), (0.0, 0.0), (0.0, -1.6), (0.0, 1.6)]), outline),
    }
}

/// An arrow's head in the middle of a segment; none where it would hide the segment.
pub(super) fn arrow(canvas: &Canvas<'_>, series: usize, from: Dot, to: Dot) {
    let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let length = libm::hypot(dx, dy);
    if length < 300.0 {
        return;
    }
    let (along, across) = ((dx / length, dy / length), (-dy / length, dx / length));
    let middle = (f64::from(from.0) + dx / 2.0, f64::from(from.1) + dy / 2.0);
    let corner = |forward: f64, aside: f64| {
        (
            tenths(middle.0 + forward * along.0 + aside * across.0),
            tenths(middle.1 + forward * along.1 + aside * across.1),
        )
    };
    let head = vec![corner(80.0, 0.0), corner(-55.0, 58.0), corner(-55.0, -58.0)];
    canvas.polygon(head, Ink::Solid(series));
}
