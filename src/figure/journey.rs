//! Paths that are walked: arrows, start, end and numbered positions.

use super::canvas::{Anchor, Canvas};
use super::ink::Ink;
use super::marker;
use super::placing::Placing;
use super::simplify::Dot;
use super::view::View;

/// At most so many positions of a path are numbered, its end besides.
const NUMBERED: usize = 8;

/// One path, ready to be marked.
pub(super) struct Journey<'p> {
    pub(super) series: usize,
    pub(super) prefix: &'p str,
    pub(super) points: &'p [(f64, f64)],
}

impl Journey<'_> {
    /// The visible positions that get a marker and a number.
    fn stops(&self, view: &View<'_>) -> Vec<(usize, Dot)> {
        let last = self.points.len().saturating_sub(1);
        let stride = stride(last);
        let stops = self.points.iter().enumerate().filter(|(t, _)| {
            // The last but one multiple would crowd the end.
            *t == last || (t.is_multiple_of(stride) && (stride == 1 || last - t > stride / 2))
        });
        stops.filter_map(|(t, &point)| Some((t, view.dot(point)?))).collect()
    }

    /// Arrows and markers.
    pub(super) fn mark(&self, canvas: &Canvas<'_>, view: &View<'_>) {
        let last = self.points.len().saturating_sub(1);
        if stride(last) == 1 {
            for pair in self.points.windows(2) {
                if let Some((from, to)) = view.dot(pair[0]).zip(view.dot(pair[1])) {
                    marker::arrow(canvas, self.series, from, to);
                }
            }
        }
        for (t, dot) in self.stops(view) {
            let radius = if t == last && t > 0 { 1.5 } else { 1.0 };
            marker::draw(canvas, self.series, dot, radius * marker::RADIUS);
            if t == 0 {
                canvas.circle(dot, 115, Ink::Axis);
            }
        }
    }
}

/// What one number says, and of which series; of none if several share it.
struct Wish {
    words: String,
    dot: Dot,
    series: Option<usize>,
    urgency: Urgency,
}

/// Which numbers are placed first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Start,
    End,
    Between,
}

/// Numbers the positions of all paths.
pub(super) fn number(canvas: &Canvas<'_>, view: &View<'_>, journeys: &[Journey<'_>]) {
    let mut placing = Placing::new(view.frame);
    for journey in journeys {
        for piece in view.pieces(journey.points) {
            let segments = piece.windows(2).map(|pair| (pair[0], pair[1]));
            placing.lines.extend(segments.take(200));
        }
        let stops = journey.stops(view).into_iter();
        placing.markers.extend(stops.map(|(_, dot)| dot));
    }
    let mut wishes = wishes(view, journeys);
    wishes.sort_by_key(|wish| wish.urgency);
    let mut said: Vec<(Option<usize>, Dot)> = Vec::new();
    for wish in wishes {
        // A path that settles would bury its end under numbers.
        let crowded = |&(series, dot)| series == wish.series && distance(dot, wish.dot) < 150;
        if said.iter().any(crowded) {
            continue;
        }
        if let Some(place) = placing.put(&wish.words, wish.dot) {
            let ink = wish.series.map_or(Ink::Text, Ink::Number);
            canvas.text(&wish.words, place, Anchor::Middle, ink);
            said.push((wish.series, wish.dot));
        }
    }
}

/// All numbers, those that say the same at the same place only once.
fn wishes(view: &View<'_>, journeys: &[Journey<'_>]) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    for journey in journeys {
        for (t, dot) in journey.stops(view) {
            let (prefix, urgency) = match t {
                0 => (journey.prefix, Urgency::Start),
                _ if t + 1 == journey.points.len() => ("", Urgency::End),
                _ => ("", Urgency::Between),
            };
            let words = format!("{prefix}{t}");
            let same = |wish: &&mut Wish| wish.words == words && distance(wish.dot, dot) < 60;
            if let Some(shared) = wishes.iter_mut().find(same) {
                shared.series = None;
                continue;
            }
            wishes.push(Wish { words, dot, series: Some(journey.series), urgency });
        }
    }
    wishes
}

fn distance(a: Dot, b: Dot) -> i32 {
    (a.0 - b.0).abs() + (a.1 - b.1).abs()
}

/// The smallest of 1, 2, 5, 10, … by which counting to `last` takes few steps.
fn stride(last: usize) -> usize {
    let mut power = 1_usize;
    loop {
        for factor in [1, 2, 5] {
            if last / (factor * power) <= NUMBERED {
                return factor * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_numbered_in_round_steps() {
        let table = [(0, 1), (8, 1), (9, 2), (17, 2), (18, 5), (100, 20), (1000, 200)];
        for (last, step) in table {
            assert_eq!(stride(last), step, "{last}");
        }
    }
}
