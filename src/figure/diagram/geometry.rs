//! Places along and across the flow, and their numbers in the drawing.

/// Which way the flow goes on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Right,
    Down,
}

/// A place: `along` grows the way the values flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) along: f64,
    pub(super) across: f64,
}

/// A rectangle by its centre and half its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) center: Spot,
    pub(super) half: Spot,
}

/// A place.
pub(super) fn spot(along: f64, across: f64) -> Spot {
    Spot { along, across }
}

impl Flow {
    /// Horizontal and vertical, of a place or of a size.
    pub(super) fn page(self, place: Spot) -> (f64, f64) {
        match self {
            Flow::Right => (place.along, place.across),
            Flow::Down => (place.across, place.along),
        }
    }

    /// The reverse of [`Flow::page`].
    pub(super) fn spot(self, (x, y): (f64, f64)) -> Spot {
        match self {
            Flow::Right => spot(x, y),
            Flow::Down => spot(y, x),
        }
    }
}

impl Spot {
    pub(super) fn plus(self, other: Spot) -> Spot {
        spot(self.along + other.along, self.across + other.across)
    }
}

impl Area {
    /// Where it begins and ends along the flow.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.center.along - self.half.along, self.center.along + self.half.along)
    }
}

/// A number with at most one decimal.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0").unwrap_or(&text) {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}
