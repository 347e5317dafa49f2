//! The legend: rows above the plotting area, where no data can be.

use super::canvas::{Anchor, Canvas};
use super::cast::{Mark, Member};
use super::ink::Ink;
use super::marker;
use super::simplify::Dot;
use super::text;
use super::view::Frame;

/// Height of a row.
pub(super) const ROW: i32 = 270;

/// Width of the sample before a text, with the space after it.
const SAMPLE: i32 = 540;

/// Space after a text.
const GAP: i32 = 140;

/// An entry: what it explains, and where it begins.
pub(super) struct Entry<'p> {
    member: Member<'p>,
    /// Whether it stands for the theories of several series.
    shared: bool,
    place: Dot,
}

/// The entries in rows from `left` to `right`, and the number of rows.
pub(super) fn arrange<'p>(members: &[Member<'p>], left: i32, right: i32) -> (Vec<Entry<'p>>, i32) {
    let theories = || members.iter().filter(|member| matches!(member.mark, Mark::Theory(_)));
    let sole = theories().filter(|theory| !theory.label.is_empty()).count() == 1;
    let mut entries = Vec::new();
    let (mut x, mut row) = (left, 0);
    for member in members.iter().filter(|member| !member.label.is_empty()) {
        let width = SAMPLE + text::width(member.label);
        if x > left && x + width > right {
            (x, row) = (left, row + 1);
        }
        let place = (x, row * ROW + ROW / 2);
        let shared = sole && theories().any(|theory| theory.series != member.series);
        entries.push(Entry { member: *member, shared, place });
        x += width + GAP;
    }
    let rows = if entries.is_empty() { 0 } else { row + 1 };
    (entries, rows)
}

/// Draws the entries.
pub(super) fn draw(canvas: &Canvas<'_>, entries: &[Entry<'_>]) {
    for entry in entries {
        let (x, y) = entry.place;
        sample(canvas, entry);
        canvas.text(entry.member.label, (x + SAMPLE, y), Anchor::Left, Ink::Text);
    }
}

/// What the entry's layer looks like.
fn sample(canvas: &Canvas<'_>, entry: &Entry<'_>) {
    let (x, y) = entry.place;
    let (series, end) = (entry.member.series, x + SAMPLE - 90);
    let (middle, level) = (x.midpoint(end), vec![(x, y), (end, y)]);
    match entry.member.mark {
        Mark::Boxes(_) => canvas.rectangle(
            Frame { left: x + 60, top: y - 75, right: end, bottom: y + 75 },
            Ink::Bar(series),
        ),
        Mark::Steps(_) => canvas
            .line(vec![(x, y + 75), (x, y - 75), (end, y - 75), (end, y + 75)], Ink::Steps(series)),
        Mark::Curve(_) => canvas.line(level, Ink::Curve(series)),
        Mark::Theory(_) => {
            canvas.line(level, Ink::Theory((!entry.shared).then_some(series)));
        }
        Mark::Loose(_) => {
            canvas.line(vec![(middle, y - 110), (middle, y + 110)], Ink::Hollow(series));
            marker::draw(canvas, series, (middle, y), marker::RADIUS);
        }
        Mark::Line(_) | Mark::Levels(_) | Mark::Path { .. } | Mark::Joined(_) => {
            canvas.line(level, Ink::Line(series));
            marker::draw(canvas, series, (middle, y), marker::RADIUS);
        }
    }
}
