//! Heights over a rectangle, and which of them to trace.

use std::cmp::Ordering;

use super::range::Range;
use super::view::{count, index};

/// A grid of values over a rectangle, its corners included.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub(super) x: Range,
    pub(super) y: Range,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Row by row from the lowest `y`, in each from the lowest `x`.
    pub(super) values: Vec<f64>,
}

impl Field {
    /// Samples `height` at `columns` × `rows` points (at least 2 × 2), rows from
    /// below, in each from the left. Values that are not finite leave a hole.
    pub fn sample(
        x: Range,
        y: Range,
        (columns, rows): (usize, usize),
        mut height: impl FnMut(f64, f64) -> f64,
    ) -> Self {
        let along = |xs: &[f64], y: f64| xs.iter().map(|x| height(*x, y)).collect();
        Self::by_rows(x, y, (columns, rows), along)
    }

    /// The same from the heights of a row at once, given the places along `x`.
    pub fn by_rows(
        x: Range,
        y: Range,
        (columns, rows): (usize, usize),
        mut heights: impl FnMut(&[f64], f64) -> Vec<f64>,
    ) -> Self {
        let mut field =
            Field { x, y, columns: columns.max(2), rows: rows.max(2), values: Vec::new() };
        let xs: Vec<f64> =
            (0..field.columns).map(|column| field.place(count(column), 0.0).0).collect();
        for row in 0..field.rows {
            let (_, y) = field.place(0.0, count(row));
            let mut values = heights(&xs, y);
            values.resize(field.columns, f64::NAN);
            field.values.append(&mut values);
        }
        field
    }

    /// The coordinates of a (fractional) column and row.
    pub(super) fn place(&self, column: f64, row: f64) -> (f64, f64) {
        let along = |range: Range, part: f64| range.low() + range.span() * part;
        (along(self.x, column / count(self.columns - 1)), along(self.y, row / count(self.rows - 1)))
    }

    /// The value at a grid point.
    pub(super) fn at(&self, column: usize, row: usize) -> f64 {
        self.values[row * self.columns + column]
    }
}

/// Heights between which lie equal areas, flat ground not counted.
///
/// Heights in equal steps would crowd where the field is steep and leave a bowl's
/// bottom empty. The lowest value's own area is left out, so that a loss that is
/// zero on half the plane has all its lines on the other half; and a level lies
/// midway between two neighbouring values, so that none runs through a plateau.
/// A flat field has no levels.
pub fn quantile_levels(field: &Field, number: usize) -> Vec<f64> {
    let finite = || field.values.iter().copied().filter(|value| value.is_finite());
    let lowest = finite().fold(f64::INFINITY, f64::min);
    let highest = finite().fold(f64::NEG_INFINITY, f64::max);
    // Halves, because the difference of two finite numbers may overflow.
    let noise = (highest / 2.0 - lowest / 2.0) * 1e-9;
    let mut raised: Vec<f64> =
        finite().filter(|value| value / 2.0 - lowest / 2.0 > noise).collect();
    // All are finite, so that any two have an order.
    raised.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let mut levels = Vec::new();
    for step in 0..number {
        let share = (count(step) + 0.5) / count(number);
        let Some(&value) = raised.get(index(share * count(raised.len()))) else {
            continue;
        };
        let below = raised.partition_point(|other| value / 2.0 - other / 2.0 > noise);
        let below = if below == 0 { lowest } else { raised[below - 1] };
        let level = below / 2.0 + value / 2.0;
        if levels.last().is_none_or(|last| level > *last) {
            levels.push(level);
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_square(height: impl FnMut(f64, f64) -> f64) -> Field {
        let side = Range::new(-1.0, 1.0);
        Field::sample(side, side, (41, 41), height)
    }

    #[test]
    fn a_bowls_levels_enclose_equal_areas() {
        // Inside radius r ≤ 1 the area is πr²; the square has 4. So the level of
        // x² + y² below which a share s of the square lies is 4s/π, while 4s < π.
        let levels = quantile_levels(&over_square(|x, y| x * x + y * y), 10);
        for (step, level) in levels.iter().take(7).enumerate() {
            let share = (count(step) + 0.5) / 10.0;
            let expected = 4.0 * share / std::f64::consts::PI;
            assert!((level - expected).abs() < 0.05, "{step}: {level}");
        }
    }

    #[test]
    fn flat_ground_has_no_levels() {
        for value in [0.0, 7.5, f64::NAN, f64::INFINITY, f64::MAX] {
            assert_eq!(quantile_levels(&over_square(|_, _| value), 10), [0.0; 0]);
        }
    }

    #[test]
    fn levels_avoid_plateaus() {
        let steps = over_square(|x, _| if x < 0.0 { 0.0 } else { 1.0 });
        assert_eq!(quantile_levels(&steps, 10), [0.5]);
        let dead = over_square(|x, _| x.max(0.0));
        let levels = quantile_levels(&dead, 8);
        assert_eq!(levels.len(), 8);
        assert!(levels.iter().all(|level| *level > 0.0));
    }

    #[test]
    fn huge_values_and_holes_do_no_harm() {
        let wild = over_square(|x, y| if y > 0.0 { f64::NAN } else { x * f64::MAX });
        assert!(quantile_levels(&wild, 10).iter().all(|l| l.is_finite()));
    }
}
