//! Marching squares with joined segments.
//!
//! A level line crosses a grid edge where its two ends lie on different sides, at
//! the point of linear interpolation. Inside a cell the crossings are joined in
//! pairs; with four of them (a saddle) the mean of the corners decides which. Each
//! edge belongs to two cells at most, so that segments chain without a search.

use super::field::Field;
use super::view::count;

/// One connected line of equal height.
#[derive(Debug, Clone, PartialEq)]
pub struct Isoline {
    /// The height.
    pub level: f64,
    /// Coordinates in order; of a loop the first is repeated at the end.
    pub points: Vec<(f64, f64)>,
}

/// Marks an edge end that leads nowhere.
const NONE: usize = usize::MAX;

/// All lines of the given heights, which ascend. Cells with a corner that is not finite are left
/// out.
pub fn isolines(field: &Field, levels: &[f64]) -> Vec<Isoline> {
    let mut links =
        Links { ends: vec![[NONE; 2]; 2 * field.columns * field.rows], touched: Vec::new() };
    let mut lines = Vec::new();
    for (&level, cells) in levels.iter().zip(crossed_cells(field, levels)) {
        for cell in cells {
            for [from, to] in segments(field, cell, level).into_iter().flatten() {
                links.join(from, to);
                links.join(to, from);
            }
        }
        for edges in links.chains() {
            let points = edges.into_iter().map(|edge| crossing(field, edge, level));
            lines.push(Isoline { level, points: points.collect() });
        }
    }
    lines
}

/// The cells that each level passes through, row by row. Most cells none passes, and looking at
/// each of them once is most of a figure's time.
fn crossed_cells(field: &Field, levels: &[f64]) -> Vec<Vec<(usize, usize)>> {
    // How many levels each value lies above.
    let mut above = vec![0; field.values.len()];
    for level in levels {
        for (above, value) in above.iter_mut().zip(&field.values) {
            *above += usize::from(value > level);
        }
    }
    let mut cells = vec![Vec::new(); levels.len()];
    for row in 0..field.rows - 1 {
        let (low, high) = above[row * field.columns..].split_at(field.columns);
        let sides = low.windows(2).zip(high.windows(2));
        for (column, (low, high)) in sides.enumerate() {
            let least = low[0].min(low[1]).min(high[0]).min(high[1]);
            let most = low[0].max(low[1]).max(high[0]).max(high[1]);
            for level in &mut cells[least..most] {
                level.push((column, row));
            }
        }
    }
    cells
}

/// The edges that a level crosses, each with its neighbours along the line.
struct Links {
    ends: Vec<[usize; 2]>,
    touched: Vec<usize>,
}

impl Links {
    fn join(&mut self, from: usize, to: usize) {
        let ends = &mut self.ends[from];
        if ends[0] == NONE {
            ends[0] = to;
            self.touched.push(from);
        } else {
            ends[1] = to;
        }
    }

    /// Takes all links away, as lines.
    fn chains(&mut self) -> Vec<Vec<usize>> {
        let touched = std::mem::take(&mut self.touched).into_iter();
        let (open, closed): (Vec<_>, Vec<_>) =
            touched.partition(|&edge| self.ends[edge][1] == NONE);
        let mut chains = Vec::new();
        // Open lines first: started in its middle, one would come out in two pieces.
        for start in open.into_iter().chain(closed) {
            if self.ends[start][0] != NONE {
                chains.push(self.follow(start));
            }
        }
        chains
    }

    fn follow(&mut self, start: usize) -> Vec<usize> {
        let mut edges = vec![start];
        let (mut before, mut here) = (NONE, start);
        loop {
            let [first, second] = std::mem::replace(&mut self.ends[here], [NONE; 2]);
            let next = if first == before { second } else { first };
            if next == NONE {
                return edges;
            }
            edges.push(next);
            if next == start {
                return edges;
            }
            (before, here) = (here, next);
        }
    }
}

/// The segments inside a cell, each from edge to edge. Corners and edges go
/// counter-clockwise, from the lower left corner and the lower edge.
fn segments(field: &Field, (column, row): (usize, usize), level: f64) -> [Option<[usize; 2]>; 2] {
    let corners = [
        field.at(column, row),
        field.at(column + 1, row),
        field.at(column + 1, row + 1),
        field.at(column, row + 1),
    ];
    if corners.iter().any(|corner| !corner.is_finite()) {
        return [None; 2];
    }
    let cell = 2 * (row * field.columns + column);
    let (bottom, left) = (cell, cell + 1);
    let (top, right) = (cell + 2 * field.columns, cell + 3);
    let above = corners.map(|corner| corner > level);
    // Which corners lie on the other side than the first one.
    let segment = match above.map(|side| side != above[0]) {
        [_, false, false, false] => None,
        [_, true, false, false] => Some([bottom, right]),
        [_, true, true, false] => Some([bottom, top]),
        [_, true, true, true] => Some([bottom, left]),
        [_, false, true, false] => Some([right, top]),
        [_, false, true, true] => Some([right, left]),
        [_, false, false, true] => Some([top, left]),
        [_, true, false, true] => {
            // A saddle: where the middle belongs with the lower left corner, the lines cut
            // off the two other corners.
            let mean = corners.iter().map(|corner| corner / 4.0).sum::<f64>();
            return if (mean > level) == above[0] {
                [Some([bottom, right]), Some([top, left])]
            } else {
                [Some([bottom, left]), Some([right, top])]
            };
        }
    };
    [segment, None]
}

/// Where the level crosses an edge: even numbers are horizontal, odd ones vertical.
fn crossing(field: &Field, edge: usize, level: f64) -> (f64, f64) {
    let (column, row) = (edge / 2 % field.columns, edge / 2 / field.columns);
    let (right, up) = if edge.is_multiple_of(2) { (1, 0) } else { (0, 1) };
    let (from, to) = (field.at(column, row), field.at(column + right, row + up));
    let part = (level / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0);
    field.place(count(column) + part * count(right), count(row) + part * count(up))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::range::Range;

    fn over_square(size: usize, height: impl FnMut(f64, f64) -> f64) -> Field {
        let side = Range::new(-2.0, 2.0);
        Field::sample(side, side, (size, size), height)
    }

    #[test]
    fn a_bowls_lines_are_closed_circles() {
        let bowl = over_square(41, |x, y| x * x + y * y);
        for level in [0.25, 1.0, 2.0, 3.5] {
            let lines = isolines(&bowl, &[level]);
            assert_eq!(lines.len(), 1, "level {level}");
            let points = &lines[0].points;
            assert_eq!(points.first(), points.last(), "level {level}");
            for (x, y) in points {
                // The chord of x² over a cell of width h = 0.1 is off by h²/4 at most.
                let radius = libm::hypot(*x, *y);
                assert!((radius - level.sqrt()).abs() < 0.0026 / level.sqrt());
            }
        }
    }

    #[test]
    fn lines_at_the_rim_stay_open_and_whole() {
        let slope = over_square(9, |x, y| x + 2.0 * y);
        let lines = isolines(&slope, &[0.1]);
        assert_eq!(lines.len(), 1);
        for (x, y) in &lines[0].points {
            assert!((x + 2.0 * y - 0.1).abs() < 1e-12);
        }
    }

    #[test]
    fn a_saddle_has_two_branches() {
        // The middle cell's corners are at ±2/11, so that ±0.01 splits it in four.
        for level in [0.3, -0.3, 0.01, -0.01] {
            let lines = isolines(&over_square(12, |x, y| x * y), &[level]);
            assert_eq!(lines.len(), 2, "level {level}");
            for Isoline { points, .. } in &lines {
                let right = points.iter().filter(|(x, _)| *x > 0.0).count();
                assert!(right == 0 || right == points.len(), "level {level}");
            }
        }
    }

    #[test]
    fn holes_and_flat_ground_have_no_lines() {
        assert_eq!(isolines(&over_square(9, |_, _| 1.0), &[1.0]), []);
        assert_eq!(isolines(&over_square(9, |_, _| f64::NAN), &[1.0]), []);
        let half = over_square(9, |x, y| if x < 0.1 { f64::NAN } else { y });
        let lines = isolines(&half, &[0.2]);
        assert!(lines[0].points.iter().all(|(x, _)| *x > 0.1));
    }
}
