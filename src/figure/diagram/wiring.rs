//! From the places of edges to arrows that end at the borders of boxes.

use super::curve::{Arrow, STUB, Tip, Track};
use super::geometry::{Area, Spot};
use super::layout::{Link, Places};
use super::measure::{CORNER, Lanes};
use super::ports::ports;
use super::shape::inset;
use super::{Backward, Kind};

/// How far from a corner arrows meet a side that is long enough.
const ROOMY: f64 = 15.0;

/// Middles nearer than this are of one layer; layers are much further apart.
const SAME: f64 = 0.5;

/// An edge in its place.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub(super) forward: Arrow,
    pub(super) backward: Option<Arrow>,
    /// Between its words, if it has any.
    pub(super) words: Option<Spot>,
}

/// The edges as arrows.
pub(super) fn wire(
    places: &Places,
    links: &[Link],
    kinds: &[Kind],
    backward: Backward,
) -> Vec<Wire> {
    let lanes = Lanes::new(backward);
    let layers = layers(places);
    let leaving = meets(places, links, lanes, |link| link.from, |passes| passes.first());
    let arriving = meets(places, links, lanes, |link| link.to, |passes| passes.last());
    let edges = links.iter().zip(&places.passes).zip(leaving.iter().zip(&arriving));
    let wires = edges.filter_map(|((link, passes), (&leaves, &arrives))| {
        let boxes =
            [link.from, link.to].map(|node| Some((places.nodes.get(node)?, *kinds.get(node)?)));
        let [Some((from, first)), Some((to, last))] = boxes else { return None };
        let middle = middle(&layers, (from, leaves), passes, (to, arrives));
        let arrow = |offset: f64, tip| {
            let start = from.ends().1 - inset(first, from.half, leaves + offset);
            let end = to.ends().0 + inset(last, to.half, arrives + offset);
            Arrow::new(&middle, offset, tip, (start, end))
        };
        let worded = passes.iter().find(|pass| pass.half.along > 0.0);
        Some(Wire {
            forward: arrow(-lanes.offset, Tip::Last),
            backward: match backward {
                Backward::Hidden => None,
                Backward::Shown => Some(arrow(lanes.offset, Tip::First)),
            },
            words: worded.map(|pass| pass.center),
        })
    });
    wires.collect()
}

/// The straight pieces of an edge: out of its first box, through the layers between, into its
/// last box; with each box comes where the edge meets it.
fn middle(
    layers: &[Layer],
    (from, leaves): (&Area, f64),
    passes: &[Area],
    (to, arrives): (&Area, f64),
) -> Vec<Track> {
    let mut middle = vec![Track {
        from: from.ends().1,
        to: layer(layers, from).1.max(from.ends().1 + STUB),
        across: from.center.across + leaves,
    }];
    middle.extend(passes.iter().map(|pass| {
        let (from, to) = layer(layers, pass);
        Track { from, to, across: pass.center.across }
    }));
    middle.push(Track {
        from: layer(layers, to).0.min(to.ends().0 - STUB),
        to: to.ends().0,
        across: to.center.across + arrives,
    });
    middle
}

/// Where each edge meets one of its boxes, from the middle of the box's side.
fn meets(
    places: &Places,
    links: &[Link],
    lanes: Lanes,
    end: fn(&Link) -> usize,
    next: fn(&[Area]) -> Option<&Area>,
) -> Vec<f64> {
    let mut meets = vec![0.0; links.len()];
    for (index, node) in places.nodes.iter().enumerate() {
        let edges: Vec<usize> =
            (0..links.len()).filter(|&edge| end(&links[edge]) == index).collect();
        let wanted = |&edge: &usize| {
            let pass = places.passes.get(edge).and_then(|passes| next(passes));
            pass.map_or(0.0, |pass| pass.center.across - node.center.across)
        };
        let wanted: Vec<f64> = edges.iter().map(wanted).collect();
        // Away from the corners, unless the side is too short for that.
        let needed = (1..edges.len()).map(|_| lanes.pitch).sum();
        let reach = |corner: f64| node.half.across - lanes.offset - corner;
        let reach = if reach(ROOMY) >= needed { reach(ROOMY) } else { reach(CORNER) };
        for (edge, place) in edges.iter().zip(ports(&wanted, reach, lanes.pitch)) {
            meets[*edge] = place;
        }
    }
    meets
}

/// What shares a place along the flow.
#[derive(Debug, Clone, Copy)]
struct Layer {
    middle: f64,
    from: f64,
    to: f64,
}

fn layers(places: &Places) -> Vec<Layer> {
    let mut areas: Vec<&Area> = places.nodes.iter().chain(places.passes.iter().flatten()).collect();
    areas.sort_by(|a, b| a.center.along.total_cmp(&b.center.along));
    let mut layers: Vec<Layer> = Vec::new();
    for area in areas {
        let (from, to) = area.ends();
        match layers.last_mut() {
            Some(layer) if area.center.along - layer.middle < SAME => {
                layer.from = layer.from.min(from);
                layer.to = layer.to.max(to);
            }
            _ => layers.push(Layer { middle: area.center.along, from, to }),
        }
    }
    layers
}

/// The beginning and the end of the layer that an area is in.
fn layer(layers: &[Layer], area: &Area) -> (f64, f64) {
    let own = layers.iter().find(|layer| (layer.middle - area.center.along).abs() < SAME);
    own.map_or(area.ends(), |layer| (layer.from, layer.to))
}
