//! An edge as an arrow: straight through the layers, bent only between them.
//!
//! Boxes and words stand in layers, each with room of its own there, and an edge passes a layer
//! straight at its place; so no arrow can touch a box or words other than its own.

use super::geometry::{Flow, Spot, short, spot};

/// The length of an arrow's head.
pub(super) const HEAD: f64 = 9.0;
/// Half its width.
const BARB: f64 = 4.2;
/// The straight piece of an arrow at a box, which holds the head.
pub(super) const STUB: f64 = 10.0;

/// How far a bend's handles reach, as a share of the way; at most 1, or it would turn back.
const HANDLE: f64 = 0.75;

/// A straight piece along the flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Track {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) across: f64,
}

/// The end of an arrow that has the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tip {
    Last,
    First,
}

/// The tracks moved aside by `offset`: the arrow of one direction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrow {
    /// Its ends lie on the borders of boxes.
    pub(super) tracks: Vec<Track>,
    offset: f64,
    tip: Tip,
}

impl Arrow {
    /// An arrow beside the middle of an edge, with its ends at the given borders.
    pub(super) fn new(middle: &[Track], offset: f64, tip: Tip, ends: (f64, f64)) -> Self {
        let aside = |track: &Track| Track { across: track.across + offset, ..*track };
        let mut tracks: Vec<Track> = middle.iter().map(aside).collect();
        if let Some(first) = tracks.first_mut() {
            first.from = ends.0;
        }
        if let Some(last) = tracks.last_mut() {
            last.to = ends.1;
        }
        Arrow { tracks, offset, tip }
    }

    /// Where it begins and ends.
    pub(super) fn ends(&self) -> Option<(Spot, Spot)> {
        let (first, last) = (self.tracks.first()?, self.tracks.last()?);
        Some((spot(first.from, first.across), spot(last.to, last.across)))
    }

    /// The line without the head, as path data.
    pub(super) fn line(&self, flow: Flow) -> String {
        let Some((start, end)) = self.ends() else { return String::new() };
        let (start, end) = match self.tip {
            Tip::Last => (start, spot(end.along - HEAD + 1.0, end.across)),
            Tip::First => (spot(start.along + HEAD - 1.0, start.across), end),
        };
        let mut path = format!("M{}", pair(flow, start));
        for two in self.tracks.windows(2) {
            if let [before, after] = two {
                path.push_str(&self.bend(before, after, flow));
            }
        }
        path + &format!("L{}", pair(flow, end))
    }

    /// From the end of a track to the beginning of the next.
    fn bend(&self, before: &Track, after: &Track, flow: Flow) -> String {
        let (start, end) = (spot(before.to, before.across), spot(after.from, after.across));
        let (far, rise) = (end.along - start.along, end.across - start.across);
        if rise.abs() < 0.05 {
            return String::new();
        }
        // Two curves moved apart only across would nearly meet where they are steep, so that
        // their handles are moved along too, as the corners of two parallel lines are.
        let moved = self.offset * (rise / far.max(1.0)).clamp(-1.0, 1.0);
        let handle = |from: Spot, reach: f64| pair(flow, from.plus(spot(far * reach - moved, 0.0)));
        let (out, back) = (handle(start, HANDLE), handle(end, -HANDLE));
        format!("L{}C{out} {back} {}", pair(flow, start), pair(flow, end))
    }

    /// The head, as path data.
    pub(super) fn head(&self, flow: Flow) -> String {
        let Some((start, end)) = self.ends() else { return String::new() };
        let (tip, back) = match self.tip {
            Tip::Last => (end, -HEAD),
            Tip::First => (start, HEAD),
        };
        let barb = |side: f64| pair(flow, tip.plus(spot(back, side)));
        format!("M{}L{}L{}Z", pair(flow, tip), barb(BARB), barb(-BARB))
    }
}

fn pair(flow: Flow, place: Spot) -> String {
    let (x, y) = flow.page(place);
    format!("{} {}", short(x), short(y))
}
