//! Where a number beside a marker covers least.

use super::simplify::Dot;
use super::text;
use super::view::Frame;

/// Half the height of a number's box.
const HALF: i32 = 100;

/// What numbers must keep away from.
pub(super) struct Placing {
    pub(super) frame: Frame,
    /// Markers, which a number would hide.
    pub(super) markers: Vec<Dot>,
    /// Lines, which it would merely cross.
    pub(super) lines: Vec<(Dot, Dot)>,
    taken: Vec<Frame>,
}

impl Placing {
    pub(super) fn new(frame: Frame) -> Self {
        Placing { frame, markers: Vec::new(), lines: Vec::new(), taken: Vec::new() }
    }

    /// The middle of a box for the text near a dot; none if every place around it
    /// hides another number.
    pub(super) fn put(&mut self, text: &str, dot: Dot) -> Option<Dot> {
        let half = text::width(text) / 2;
        let (near, far) = (half + 105, HALF + 80);
        let around = [
            (near, -far * 2 / 3),
            (-near, -far * 2 / 3),
            (near, far * 2 / 3),
            (-near, far * 2 / 3),
            (0, -far),
            (0, far),
            (near + 20, 0),
            (-near - 20, 0),
            (near + 130, -far),
            (-near - 130, -far),
            (near + 130, far),
            (-near - 130, far),
        ];
        let places = around.iter().enumerate().map(|(order, (dx, dy))| {
            let middle = (dot.0 + dx, dot.1 + dy);
            (self.cost(boxed(middle, half)) + self.misleading(middle, dot) + order, middle)
        });
        let (cost, middle) = places.min()?;
        if cost >= HIDDEN {
            return None;
        }
        self.taken.push(boxed(middle, half));
        Some(middle)
    }

    /// A number that is nearer to other markers than to its own seems to belong to them.
    fn misleading(&self, middle: Dot, own: Dot) -> usize {
        let distance = |dot: Dot| {
            let (x, y) = (i64::from(dot.0 - middle.0), i64::from(dot.1 - middle.1));
            x * x + y * y
        };
        40 * self.markers.iter().filter(|dot| distance(**dot) < distance(own)).count()
    }

    /// What a box covers: numbers and the outside are out of the question, a marker
    /// is worse than a few lines.
    fn cost(&self, area: Frame) -> usize {
        let corners = [(area.left, area.top), (area.right, area.bottom)];
        let outside = corners.iter().any(|&corner| !self.frame.contains(corner));
        let numbers = self.taken.iter().filter(|other| other.touches(area)).count();
        let markers = self.markers.iter().filter(|dot| area.contains(**dot)).count();
        let lines = self.lines.iter().filter(|(a, b)| crosses(area, *a, *b)).count();
        HIDDEN * (numbers + usize::from(outside)) + 60 * markers + 20 * lines
    }
}

/// The cost from which on a place is refused.
const HIDDEN: usize = 100_000;

fn boxed((x, y): Dot, half: i32) -> Frame {
    Frame { left: x - half, top: y - HALF, right: x + half, bottom: y + HALF }
}

/// Whether a segment meets a box: its own box does, and the corners do not all lie
/// on one side of its line.
fn crosses(area: Frame, from: Dot, to: Dot) -> bool {
    let own = Frame {
        left: from.0.min(to.0),
        top: from.1.min(to.1),
        right: from.0.max(to.0),
        bottom: from.1.max(to.1),
    };
    let wide = |number: i32| i64::from(number);
    let side = |x: i32, y: i32| {
        (wide(to.0 - from.0) * wide(y - from.1) - wide(to.1 - from.1) * wide(x - from.0)).signum()
    };
    let sides = [
        side(area.left, area.top),
        side(area.right, area.top),
        side(area.right, area.bottom),
        side(area.left, area.bottom),
    ];
    own.touches(area) && sides.iter().any(|other| *other != sides[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { left: 0, top: 0, right: 3000, bottom: 3000 };

    #[test]
    fn numbers_keep_apart_and_inside() {
        let mut placing = Placing::new(FRAME);
        let places: Vec<Dot> = (0..20).filter_map(|_| placing.put("12", (2990, 10))).collect();
        assert!(!places.is_empty() && places.len() < 6, "{places:?}");
        for (number, &place) in places.iter().enumerate() {
            let area = boxed(place, text::width("12") / 2);
            assert!(area.right <= 3000 && area.top >= 0);
            for &other in &places[..number] {
                assert!(!area.touches(boxed(other, text::width("12") / 2)));
            }
        }
    }

    #[test]
    fn segments_meet_boxes() {
        let area = boxed((500, 500), 100);
        let table = [
            ((0, 0), (1000, 1000), true),
            ((450, 450), (460, 440), true),
            ((0, 500), (390, 500), false),
            ((0, 700), (1000, 700), false),
            ((300, 450), (450, 300), false),
        ];
        for (from, to, met) in table {
            assert_eq!(crosses(area, from, to), met, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn a_number_keeps_to_its_own_marker() {
        let mut placing = Placing::new(FRAME);
        placing.markers = vec![(1500, 1500), (1800, 1500)];
        let (x, _) = placing.put("12", (1500, 1500)).unwrap();
        assert!(x < 1650, "{x}");
    }

    #[test]
    fn a_number_avoids_the_line_through_its_marker() {
        let mut placing = Placing::new(FRAME);
        placing.lines = vec![((1500, 1500), (2500, 500)), ((1500, 1500), (500, 500))];
        let (_, y) = placing.put("1", (1500, 1500)).unwrap();
        assert!(y > 1500);
    }
}
