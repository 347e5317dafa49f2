//! How the drawing's area is shared out.

use super::cast::Member;
use super::categories;
use super::legend::{self, Entry};
use super::mesh;
use super::plot::{Layer, Plot, Scale};
use super::text;
use super::ticks::{Tick, ticks};
use super::view::{Frame, Span, tenths};

/// Width of the drawing.
pub(super) const WIDTH: i32 = 6000;

/// Height of the plotting area.
const BODY: i32 = 3000;

/// Everything that is decided before the first line is drawn.
pub(super) struct Layout<'p> {
    pub(super) x: Span,
    pub(super) y: Span,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    pub(super) entries: Vec<Entry<'p>>,
    pub(super) frame: Frame,
    pub(super) height: i32,
}

/// Decides it.
pub(super) fn layout<'p>(plot: &Plot, members: &[Member<'p>]) -> Layout<'p> {
    let data = extents(plot);
    let x = Span::new(&plot.x, &data.x, &data.x_edges);
    let y = Span::new(&plot.y, &data.y, &data.y_edges);
    let y_ticks = ticks(&y, 6, plot.mark);
    let widest = y_ticks.iter().map(|tick| text::width(&tick.label)).max();
    let left = (widest.unwrap_or(0) + 130).clamp(400, 2000);
    let right = WIDTH - 260;
    let x_ticks = below(&x, left, right, plot.mark);
    let (entries, rows) = legend::arrange(members, left, right);
    let top = rows * legend::ROW + 320;
    let frame = Frame { left, top, right, bottom: top + BODY };
    let height = frame.bottom + 580 + mesh::further_lines(&x_ticks);
    Layout { x, y, x_ticks, y_ticks, entries, frame, height }
}

/// The ticks of the horizontal axis.
fn below(x: &Span, left: i32, right: i32, mark: char) -> Vec<Tick> {
    if let Scale::Categories(_) = x.scale {
        let slot = f64::from(right - left) / x.range.span();
        let place = |tick: &Tick| left + tenths(slot * (tick.at - x.range.low()));
        return categories::arrange(ticks(x, 0, mark), tenths(slot), place);
    }
    // Wide numbers leave room for fewer.
    [8, 6, 4, 2]
        .into_iter()
        .map(|most| ticks(x, most, mark))
        .find(|ticks| {
            let widest = ticks.iter().map(|tick| text::width(&tick.label) + 150);
            widest.sum::<i32>() < WIDTH - 1000
        })
        .unwrap_or_default()
}

/// What has to be in view: values, and edges which the axes shall touch.
#[derive(Default)]
struct Extents {
    x: Vec<f64>,
    x_edges: Vec<f64>,
    y: Vec<f64>,
    y_edges: Vec<f64>,
}

fn extents(plot: &Plot) -> Extents {
    let mut extents = Extents::default();
    for layer in &plot.layers {
        match layer {
            Layer::Contours(contours) => {
                let (x, y) = (contours.field.x, contours.field.y);
                extents.x_edges.extend([x.low(), x.high()]);
                extents.y_edges.extend([y.low(), y.high()]);
            }
            Layer::Line(series) => {
                extents.x.extend(series.points.iter().map(|(x, _)| x));
                extents.y.extend(series.points.iter().map(|(_, y)| y));
            }
            Layer::ErrorBars(bars) => {
                extents.x.extend(bars.points.iter().map(|point| point.x));
                let values = bars.points.iter().flat_map(|p| [p.y, p.low, p.high]);
                extents.y.extend(values);
            }
            Layer::Bars(bars) => {
                let edges = bars.bins.iter().flat_map(|bin| [bin.from, bin.to]);
                extents.x_edges.extend(edges);
                extents.y.extend(bars.bins.iter().map(|bin| bin.height));
                extents.y_edges.push(0.0);
            }
        }
    }
    extents
}
