//! The legend: rows above the plotting area, where no data can be.

use super::canvas::{Anchor, Canvas};
use super::ink::Ink;
use super::marker;
use super::plot::{Layer, Plot};
use super::simplify::Dot;
use super::text;
use super::view::Frame;

/// Height of a row.
pub(super) const ROW: i32 = 270;

/// Width of the sample before a text, with the space after it.
const SAMPLE: i32 = 540;

/// Space after a text.
const GAP: i32 = 140;

/// An entry: the layer's colour and sample, its text and where it begins.
pub(super) struct Entry<'p> {
    series: usize,
    layer: &'p Layer,
    words: &'p str,
    place: Dot,
}

/// The entries in rows from `left` to `right`, and the number of rows.
pub(super) fn arrange(plot: &Plot, left: i32, right: i32) -> (Vec<Entry<'_>>, i32) {
    let labelled = plot.layers.iter().filter_map(|layer| Some((layer, layer.label()?)));
    let mut entries = Vec::new();
    let (mut x, mut row) = (left, 0);
    for (series, (layer, words)) in labelled.enumerate() {
        if words.is_empty() {
            continue;
        }
        let width = SAMPLE + text::width(words);
        if x > left && x + width > right {
            (x, row) = (left, row + 1);
        }
        let place = (x, row * ROW + ROW / 2);
        entries.push(Entry { series, layer, words, place });
        x += width + GAP;
    }
    let rows = if entries.is_empty() { 0 } else { row + 1 };
    (entries, rows)
}

/// Draws the entries.
pub(super) fn draw(canvas: &Canvas<'_>, entries: &[Entry<'_>]) {
    for entry in entries {
        let (x, y) = entry.place;
        let end = x + SAMPLE - 90;
        match entry.layer {
            Layer::Bars(_) => canvas.rectangle(
                Frame { left: x + 60, top: y - 75, right: end, bottom: y + 75 },
                Ink::Bar(entry.series),
            ),
            Layer::Contours(_) | Layer::Line(_) | Layer::ErrorBars(_) => {
                canvas.line(vec![(x, y), (end, y)], Ink::Line(entry.series));
                marker::draw(canvas, entry.series, (x.midpoint(end), y), marker::RADIUS);
            }
        }
        canvas.text(entry.words, (x + SAMPLE, y), Anchor::Left, Ink::Text);
    }
}
