//! The visible part of a line.

use super::range::Range;

type Point = (f64, f64);

/// Pieces of the line through `points` inside the rectangle `x` × `y`. A missing
/// point interrupts the line.
pub(super) fn pieces(
    points: impl Iterator<Item = Option<Point>>,
    x: Range,
    y: Range,
) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut joined = false;
    let mut before = None;
    for point in points {
        let ends = before.zip(point);
        before = point;
        let Some((from, to)) = ends.and_then(|(from, to)| segment(from, to, x, y)) else {
            joined = false;
            continue;
        };
        match pieces.last_mut().filter(|_| joined) {
            Some(piece) => piece.push(to),
            None => pieces.push(vec![from, to]),
        }
        // A segment that leaves the rectangle ends short of its point.
        joined = Some(to) == point;
    }
    pieces
}

/// The part of a segment inside the rectangle (Liang and Barsky).
fn segment(from: Point, to: Point, x: Range, y: Range) -> Option<(Point, Point)> {
    let inside = |point: Point| x.contains(point.0) && y.contains(point.1);
    if inside(from) && inside(to) {
        return Some((from, to));
    }
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let borders = [
        (-dx, from.0 - x.low()),
        (dx, x.high() - from.0),
        (-dy, from.1 - y.low()),
        (dy, y.high() - from.1),
    ];
    for (outward, room) in borders {
        if outward < 0.0 {
            enter = enter.max(room / outward);
        } else if outward > 0.0 {
            leave = leave.min(room / outward);
        } else if room < 0.0 {
            return None;
        }
    }
    // An end inside is kept to the bit, so that pieces join.
    let start = if enter > 0.0 { (from.0 + enter * dx, from.1 + enter * dy) } else { from };
    let end = if leave < 1.0 { (from.0 + leave * dx, from.1 + leave * dy) } else { to };
    (enter <= leave).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_the_rectangle_and_at_holes() {
        let gap = (f64::NAN, 0.0);
        let table: [(&[Point], &[&[Point]]); 7] = [
            (&[], &[]),
            (&[(1.0, 1.0)], &[]),
            (&[(1.0, 1.0), (2.0, 1.0), (3.0, 3.0)], &[&[(1.0, 1.0), (2.0, 1.0), (3.0, 3.0)]]),
            (&[(-2.0, 1.0), (6.0, 1.0)], &[&[(0.0, 1.0), (4.0, 1.0)]]),
            (&[(-2.0, -2.0), (-2.0, 6.0)], &[]),
            (
                &[(2.0, 2.0), (2.0, 6.0), (3.0, 2.0)],
                &[&[(2.0, 2.0), (2.0, 4.0)], &[(2.5, 4.0), (3.0, 2.0)]],
            ),
            (
                &[(1.0, 1.0), (2.0, 1.0), gap, (3.0, 1.0), (4.0, 1.0)],
                &[&[(1.0, 1.0), (2.0, 1.0)], &[(3.0, 1.0), (4.0, 1.0)]],
            ),
        ];
        let side = Range::new(0.0, 4.0);
        for (points, expected) in table {
            let line = points.iter().map(|&point| (!point.0.is_nan()).then_some(point));
            assert_eq!(pieces(line, side, side), expected, "{points:?}");
        }
    }
}
