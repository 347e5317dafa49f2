//! Lines through samples, and where their markers stand.

use super::canvas::Canvas;
use super::ink::Ink;
use super::marker;
use super::simplify::{Dot, simplify};
use super::view::{View, count, index};

/// Up to this number of points each has its marker.
const FEW: usize = 12;

/// On longer lines, so many markers stand in equal steps.
const SPARSE: usize = 7;

/// The line itself.
pub(super) fn line(canvas: &Canvas<'_>, view: &View<'_>, points: &[(f64, f64)], ink: Ink) {
    for piece in view.pieces(points) {
        canvas.line(simplify(&piece, 2.0), ink);
    }
}

/// Level lines around the points, with jumps halfway between them.
pub(super) fn levels(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        let middle = from.0 + (to.0 - from.0) / 2.0;
        line.extend([(middle, from.1), (middle, to.1), to]);
    }
    line
}

/// The markers on a line. On a long one each series has them at other places, so
/// that lines which coincide still show all their markers.
pub(super) fn markers(canvas: &Canvas<'_>, view: &View<'_>, points: &[(f64, f64)], series: usize) {
    let dots: Vec<Dot> = points.iter().filter_map(|&point| view.dot(point)).collect();
    for dot in chosen(&dots, series) {
        marker::draw(canvas, series, dot, marker::RADIUS);
    }
}

fn chosen(dots: &[Dot], series: usize) -> Vec<Dot> {
    if dots.len() <= FEW {
        return dots.to_vec();
    }
    let offset = 0.25 + count(series % 4) * 0.25;
    (0..SPARSE)
        .map(|step| (count(step) + offset) / count(SPARSE))
        .filter_map(|share| dots.get(index(share * count(dots.len() - 1))))
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_jump_halfway() {
        let line = levels(&[(1.0, 5.0), (2.0, 5.0), (4.0, 2.0)]);
        let jumps: Vec<_> = line.windows(2).filter(|pair| pair[0].1 > pair[1].1).collect();
        assert_eq!(jumps, [[(3.0, 5.0), (3.0, 2.0)]]);
        assert_eq!((line[0], line[line.len() - 1]), ((1.0, 5.0), (4.0, 2.0)));
        assert!(levels(&[]).is_empty());
    }

    #[test]
    fn markers_are_few_and_staggered() {
        let dots: Vec<Dot> = (0..200).map(|x| (x, 0)).collect();
        assert_eq!(chosen(&dots[..12], 0).len(), 12);
        let (first, second) = (chosen(&dots, 0), chosen(&dots, 1));
        assert_eq!(first.len(), SPARSE);
        assert!(first.iter().all(|dot| !second.contains(dot)));
    }
}
