//! Intervals that can always be drawn: finite, and wider than rounding.

/// An interval with `low < high`, both finite and their distance too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
}

/// Beyond this a span would overflow.
const LARGEST: f64 = 1e300;

/// Narrower than this share of their size, numbers on an axis would need more
/// digits than there is room for.
const NARROWEST: f64 = 1e-6;

impl Range {
    /// The interval between two numbers in any order, widened where they (nearly)
    /// coincide; an end that is not finite counts as the other, or as zero.
    pub fn new(first: f64, second: f64) -> Self {
        Range::around([first, second], 0.0)
    }

    /// The lower end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The upper end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// The distance between the ends.
    pub fn span(self) -> f64 {
        self.high - self.low
    }

    /// Whether a value lies between the ends or at one.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// The smallest interval with both inside.
    pub fn union(self, other: Range) -> Self {
        Range { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The interval of the finite values, longer at each end by a share of its span.
    pub(super) fn around(values: impl IntoIterator<Item = f64>, margin: f64) -> Self {
        let (low, high) = values
            .into_iter()
            .filter(|value| value.is_finite())
            .map(|value| value.clamp(-LARGEST, LARGEST))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            return Range { low: 0.0, high: 1.0 };
        }
        let size = low.abs().max(high.abs());
        if high - low > NARROWEST * size {
            let extra = margin * (high - low);
            return Range { low: low - extra, high: high + extra };
        }
        // A tenth of the size keeps the value in the middle with short labels.
        let room = if size > 0.0 { size / 10.0 } else { 1.0 };
        Range { low: low - room.max(f64::MIN_POSITIVE), high: high + room.max(f64::MIN_POSITIVE) }
    }
}

/// The interval of the finite values with room around them; 0 to 1 for none, and
/// an interval around it for a single one.
pub fn range_with_margin(values: impl IntoIterator<Item = f64>) -> Range {
    Range::around(values, 0.12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_drawable_whatever_the_values() {
        let infinity = f64::INFINITY;
        let table: [(&[f64], f64, f64); 8] = [
            (&[], 0.0, 1.0),
            (&[f64::NAN, infinity], 0.0, 1.0),
            (&[0.0, 0.0], -1.0, 1.0),
            (&[5.0], 4.5, 5.5),
            (&[-5.0, f64::NAN], -5.5, -4.5),
            (&[0.0, 10.0], -1.2, 11.2),
            (&[3.0, 1.0, -infinity], 0.76, 3.24),
            (&[0.0, 5e-324], 0.0, 0.0),
        ];
        for (values, low, high) in table {
            let range = range_with_margin(values.iter().copied());
            assert!((range.low() - low).abs() < 1e-12, "{values:?}: {range:?}");
            assert!((range.high() - high).abs() < 1e-12, "{values:?}: {range:?}");
            assert!(range.low() < range.high(), "{values:?}: {range:?}");
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let range = range_with_margin([f64::MAX, f64::MIN]);
        assert!(range.span().is_finite());
    }

    #[test]
    fn nearly_equal_values_count_as_equal() {
        let range = range_with_margin([1e15, 1e15 + 0.125]);
        assert!(range.span() > 1e14);
    }
}
