//! Fewer points for the same picture.

/// A point of the drawing, in tenths of a pixel.
pub(super) type Dot = (i32, i32);

/// Above this number, points are first gathered by columns.
const MANY: usize = 1200;

/// Width of such a column: two pixels.
const COLUMN: i32 = 20;

/// Leaves out points that lie within `tolerance` of the line through the rest
/// (Ramer, Douglas and Peucker).
pub(super) fn simplify(points: &[Dot], tolerance: f64) -> Vec<Dot> {
    let gathered = gather(points);
    let points = gathered.as_slice();
    let mut keep = vec![false; points.len()];
    let Some(last) = points.len().checked_sub(1) else {
        return Vec::new();
    };
    keep[0] = true;
    keep[last] = true;
    let mut parts = vec![(0, last)];
    while let Some((from, to)) = parts.pop() {
        let away = away_from(points[from], points[to]);
        let farthest = (from + 1..to).fold((tolerance, None), |best, middle| {
            let (x, y) = away(points[middle]);
            // Most points are near, which is seen without a root.
            if x.abs() + y.abs() <= best.0 {
                return best;
            }
            let far = libm::hypot(x, y);
            if far > best.0 { (far, Some(middle)) } else { best }
        });
        if let (_, Some(middle)) = farthest {
            keep[middle] = true;
            parts.extend([(from, middle), (middle, to)]);
        }
    }
    let kept = points.iter().zip(keep).filter(|(_, keep)| *keep);
    kept.map(|(point, _)| *point).collect()
}

/// Drops repeated points; of very many, keeps each column's first, lowest, highest
/// and last, so that neither time nor size grows with the number of iterations.
fn gather(points: &[Dot]) -> Vec<Dot> {
    let mut distinct = points.to_vec();
    distinct.dedup();
    if distinct.len() <= MANY {
        return distinct;
    }
    let columns = distinct.chunk_by(|a, b| a.0.div_euclid(COLUMN) == b.0.div_euclid(COLUMN));
    let mut gathered = Vec::new();
    for column in columns {
        let by_height = |index: &usize| column[*index].1;
        let mut chosen = [
            Some(0),
            (0..column.len()).min_by_key(by_height),
            (0..column.len()).max_by_key(by_height),
            column.len().checked_sub(1),
        ];
        chosen.sort_unstable();
        gathered.extend(chosen.into_iter().flatten().map(|index| column[index]));
    }
    gathered.dedup();
    gathered
}

/// How far points are from a segment, across and up.
fn away_from(from: Dot, to: Dot) -> impl Fn(Dot) -> (f64, f64) {
    let vector =
        move |to: Dot| (f64::from(to.0) - f64::from(from.0), f64::from(to.1) - f64::from(from.1));
    let (dx, dy) = vector(to);
    let length = dx * dx + dy * dy;
    move |point| {
        let (px, py) = vector(point);
        let part = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
        (px - part * dx, py - part * dy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_corners_remain() {
        let table: [(&[Dot], &[Dot]); 5] = [
            (&[], &[]),
            (&[(1, 1)], &[(1, 1)]),
            (&[(0, 0), (5, 0), (9, 0)], &[(0, 0), (9, 0)]),
            (&[(0, 0), (5, 1), (9, 0), (9, 9)], &[(0, 0), (9, 0), (9, 9)]),
            // A loop's ends coincide, and it must not collapse.
            (&[(0, 0), (9, 0), (9, 9), (0, 0)], &[(0, 0), (9, 0), (9, 9), (0, 0)]),
        ];
        for (points, expected) in table {
            assert_eq!(simplify(points, 2.0), expected, "{points:?}");
        }
    }

    #[test]
    fn peaks_survive_among_very_many_points() {
        let mut points: Vec<Dot> = (0..100_000).map(|x| (x / 20, x % 7)).collect();
        points[54_321].1 = 900;
        let few = simplify(&points, 2.0);
        assert!(few.len() < 1200, "{}", few.len());
        assert!(few.contains(&(54_321 / 20, 900)));
    }
}
