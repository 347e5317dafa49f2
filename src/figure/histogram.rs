//! Histograms: filled bars, or outlines where several share a plot.

use super::canvas::Canvas;
use super::ink::Ink;
use super::plot::Bin;
use super::view::{Frame, View};

/// One histogram's bars.
pub(super) fn boxes(canvas: &Canvas<'_>, view: &View<'_>, bins: &[Bin], series: usize) {
    let (low, high) = (view.y.range.low(), view.y.range.high());
    let base = view.y.position(view.y.drawable(0.0)).unwrap_or(low).clamp(low, high);
    let (_, base) = view.place((view.x.range.low(), base));
    for bin in bins {
        let corners = [(bin.from, bin.height), (bin.to, bin.height)];
        if let [Some(from), Some(to)] = corners.map(|corner| view.dot(corner)) {
            let frame = Frame {
                left: from.0.min(to.0),
                top: from.1.min(base),
                right: from.0.max(to.0),
                bottom: from.1.max(base),
            };
            canvas.rectangle(frame, Ink::Bar(series));
        }
    }
}

/// One histogram's outline, interrupted at empty bins so that it does not hide the
/// axis.
pub(super) fn steps(canvas: &Canvas<'_>, view: &View<'_>, bins: &[Bin], series: usize) {
    let base = view.y.drawable(0.0);
    let full: Vec<&Bin> = bins.iter().filter(|bin| bin.height > base).collect();
    // Tolerant of rounding: edges are often sums.
    let touch = |left: &&Bin, right: &&Bin| right.from - left.to < 1e-6 * (right.to - right.from);
    for group in full.chunk_by(touch) {
        let mut outline: Vec<(f64, f64)> = Vec::new();
        outline.extend(group.first().map(|bin| (bin.from, base)));
        outline.extend(group.iter().flat_map(|bin| [(bin.from, bin.height), (bin.to, bin.height)]));
        outline.extend(group.last().map(|bin| (bin.to, base)));
        for piece in view.pieces(&outline) {
            canvas.line(piece, Ink::Steps(series));
        }
    }
}
