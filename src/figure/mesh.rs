//! Grid lines, axes, ticks and the axes' names.

use super::canvas::{Anchor, Canvas};
use super::ink::Ink;
use super::plot::{Plot, Scale};
use super::simplify::Dot;
use super::ticks::Tick;
use super::view::{Span, View};

/// Length of a tick.
const TICK: i32 = 45;

/// Distance between the lines of a label.
const LINE: i32 = 215;

/// Draws everything that is there before the data.
pub(super) fn draw(canvas: &Canvas<'_>, view: &View<'_>, plot: &Plot, x: &[Tick], y: &[Tick]) {
    let frame = view.frame;
    let (low_x, low_y) = (view.x.range.low(), view.y.range.low());
    let columns: Vec<Dot> = x.iter().map(|tick| view.place((tick.at, low_y))).collect();
    let rows: Vec<Dot> = y.iter().map(|tick| view.place((low_x, tick.at))).collect();
    for &(x, _) in &columns {
        canvas.line(vec![(x, frame.top), (x, frame.bottom)], Ink::Grid);
    }
    for &(_, y) in &rows {
        canvas.line(vec![(frame.left, y), (frame.right, y)], Ink::Grid);
    }
    if through_zero(&view.x) {
        let (x, _) = view.place((0.0, low_y));
        canvas.line(vec![(x, frame.top), (x, frame.bottom)], Ink::Zero);
    }
    if through_zero(&view.y) {
        let (_, y) = view.place((low_x, 0.0));
        canvas.line(vec![(frame.left, y), (frame.right, y)], Ink::Zero);
    }
    canvas.line(
        vec![(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)],
        Ink::Axis,
    );
    for &(x, y) in &columns {
        canvas.line(vec![(x, y), (x, y + TICK)], Ink::Axis);
    }
    for &(x, y) in &rows {
        canvas.line(vec![(x - TICK, y), (x, y)], Ink::Axis);
    }
    for (tick, (x, y)) in x.iter().zip(columns) {
        for (row, words) in (0..).zip(tick.label.lines()).filter(|(_, words)| !words.is_empty()) {
            canvas.text(words, (x, y + 2 * TICK + row * LINE), Anchor::Top, Ink::Text);
        }
    }
    for (tick, (x, y)) in y.iter().zip(rows) {
        canvas.text(&tick.label, (x - 2 * TICK, y), Anchor::Right, Ink::Text);
    }
    let (middle, name) = (frame.left.midpoint(frame.right), frame.bottom + 330 + further_lines(x));
    canvas.text(&plot.x.label, (middle, name), Anchor::Top, Ink::Text);
    canvas.text(&plot.y.label, (frame.left, frame.top - 170), Anchor::Left, Ink::Text);
}

/// Height of what ticks below the drawing have beyond one line.
pub(super) fn further_lines(ticks: &[Tick]) -> i32 {
    let lines = ticks.iter().map(|tick| tick.label.lines().count()).max().unwrap_or(1);
    LINE * i32::try_from(lines).unwrap_or(1).saturating_sub(1).max(0)
}

/// Whether a second line shall mark zero: not where the axis stands there already.
fn through_zero(span: &Span) -> bool {
    matches!(span.scale, Scale::Linear | Scale::Whole)
        && span.range.low() < 0.0
        && span.range.high() > 0.0
}
