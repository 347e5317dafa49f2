//! From values to places on the drawing.

use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingArea;

use super::clip;
use super::plot::{Axis, Scale};
use super::range::Range;
use super::simplify::Dot;
use super::svg::Svg;

/// A rectangle of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

/// What an axis covers, in its own space: the logarithms on a logarithmic axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) scale: Scale,
    pub(super) range: Range,
}

/// The plotting area: two spans on a frame.
pub(super) struct View<'a> {
    pub(super) x: Span,
    pub(super) y: Span,
    pub(super) frame: Frame,
    area: DrawingArea<Svg<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
}

impl Span {
    /// The axis' own range if it has one; else that of its names, or that of `edges`,
    /// which the drawing shall touch, and of `values`, which get some room.
    pub(super) fn new(axis: &Axis, values: &[f64], edges: &[f64]) -> Self {
        let scale = &axis.scale;
        if let (Scale::Categories(names), None) = (scale, axis.range) {
            let range = Range::new(-0.5, count(names.len().max(1)) - 0.5);
            return Span { scale: scale.clone(), range };
        }
        let own = |values: &[f64]| -> Vec<f64> {
            values.iter().filter_map(|&v| position(scale, v)).collect()
        };
        let asked = axis.range.map(|range| [range.low(), range.high()]);
        let (values, edges) = match &asked {
            Some(asked) => (Vec::new(), own(asked)),
            None => (own(values), own(edges)),
        };
        let margin = if *scale == Scale::Whole { 0.03 } else { 0.06 };
        let range = if edges.is_empty() {
            Range::around(values, margin)
        } else if values.is_empty() {
            Range::around(edges, 0.0)
        } else {
            let ends = |numbers: &[f64], start: (f64, f64)| {
                let each = numbers.iter();
                each.fold(start, |(low, high), number| (low.min(*number), high.max(*number)))
            };
            let (least, most) = ends(&edges, (f64::INFINITY, f64::NEG_INFINITY));
            let (low, high) = ends(&values, (least, most));
            // Only an end that values go beyond moves, and then gets its margin.
            let extra = margin * (high - low);
            Range::new(
                if low < least { low - extra } else { low },
                if high > most { high + extra } else { high },
            )
        };
        Span { scale: scale.clone(), range }
    }

    /// A value's place in the axis' own space, if it has one.
    pub(super) fn position(&self, value: f64) -> Option<f64> {
        position(&self.scale, value)
    }

    /// The value, or one below every drawing where a logarithmic axis has no place for it.
    pub(super) fn drawable(&self, value: f64) -> f64 {
        let least = f64::from_bits(1);
        if self.scale == Scale::Log && value <= 0.0 { least } else { value }
    }
}

fn position(scale: &Scale, value: f64) -> Option<f64> {
    let value = match scale {
        Scale::Linear | Scale::Whole | Scale::Categories(_) => value,
        Scale::Log if value > 0.0 => libm::log10(value),
        Scale::Log => return None,
    };
    // The clamp keeps differences finite; no axis reaches that far.
    value.is_finite().then(|| value.clamp(-1e300, 1e300))
}

impl<'a> View<'a> {
    pub(super) fn new(board: &DrawingArea<Svg<'a>, Shift>, frame: Frame, x: Span, y: Span) -> Self {
        let area = board.apply_coord_spec(Cartesian2d::new(
            x.range.low()..x.range.high(),
            y.range.low()..y.range.high(),
            (frame.left..frame.right, frame.bottom..frame.top),
        ));
        View { x, y, frame, area }
    }

    /// Where a point of the data lies, if it is inside the plotting area.
    pub(super) fn dot(&self, (x, y): (f64, f64)) -> Option<Dot> {
        let place = (self.x.position(x)?, self.y.position(y)?);
        let inside = self.x.range.contains(place.0) && self.y.range.contains(place.1);
        inside.then(|| self.place(place))
    }

    /// Where a point of the axes' own space lies, which must not be far outside.
    pub(super) fn place(&self, point: (f64, f64)) -> Dot {
        self.area.map_coordinate(&point)
    }

    /// The length of one on the horizontal axis, in its own space.
    pub(super) fn unit(&self) -> f64 {
        f64::from(self.frame.right - self.frame.left) / self.x.range.span()
    }

    /// The visible pieces of the line through points, interrupted where a point
    /// cannot be drawn.
    pub(super) fn pieces(&self, points: &[(f64, f64)]) -> Vec<Vec<Dot>> {
        let places = points.iter().map(|&(x, y)| Some((self.x.position(x)?, self.y.position(y)?)));
        clip::pieces(places, self.x.range, self.y.range)
            .into_iter()
            .map(|piece| piece.into_iter().map(|point| self.place(point)).collect())
            .collect()
    }
}

impl Frame {
    /// Whether a point lies inside or on the edge.
    pub(super) fn contains(self, (x, y): Dot) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Whether two rectangles have a point in common.
    pub(super) fn touches(self, other: Frame) -> bool {
        self.left <= other.right
            && other.left <= self.right
            && self.top <= other.bottom
            && other.top <= self.bottom
    }
}

/// A number of things as a float; exact, because nothing here has 2³² of them.
pub(super) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The whole part of a float, as an index.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and an index too large finds nothing"
)]
pub(super) fn index(number: f64) -> usize {
    number as usize
}

/// A whole float as an integer.
#[allow(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, which is what ticks and pixels far away need"
)]
pub(super) fn whole(number: f64) -> i64 {
    number as i64
}

/// A length in tenths of a pixel.
pub(super) fn tenths(length: f64) -> i32 {
    i32::try_from(whole(length.round())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scale, range asked for, values, edges; the ends expected.
    type Row<'r> = (Scale, Option<Range>, &'r [f64], &'r [f64], f64, f64);

    #[test]
    fn spans_follow_the_data_or_the_request() {
        let names = Scale::Categories(vec!["a".to_owned(), "b".to_owned()]);
        let table: [Row; 9] = [
            (Scale::Linear, None, &[0.0, 100.0], &[], -6.0, 106.0),
            (Scale::Whole, None, &[0.0, 100.0], &[], -3.0, 103.0),
            (Scale::Linear, None, &[1.0], &[0.0, 2.0], 0.0, 2.0),
            (Scale::Linear, None, &[3.0, f64::NAN], &[0.0, 2.0], 0.0, 3.18),
            (Scale::Linear, None, &[0.5], &[0.0], 0.0, 0.53),
            (names, None, &[9.0], &[], -0.5, 1.5),
            (Scale::Categories(Vec::new()), None, &[], &[], -0.5, 0.5),
            (Scale::Log, None, &[0.0, -1.0], &[0.01, 100.0], -2.0, 2.0),
            (Scale::Linear, Some(Range::new(0.0, 3.0)), &[9.0], &[8.0], 0.0, 3.0),
        ];
        for (scale, range, values, edges, low, high) in table {
            let axis = Axis { range, ..Axis::new("", scale) };
            let span = Span::new(&axis, values, edges);
            assert!((span.range.low() - low).abs() < 1e-12, "{span:?}");
            assert!((span.range.high() - high).abs() < 1e-12, "{span:?}");
        }
    }
}
