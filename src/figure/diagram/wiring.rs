//! From the places of edges to arrows that end at the borders of boxes.

use super::curve::{Arrow, STUB, Tip, Track};
use super::geometry::{Area, Spot};
use super::layout::{Link, Places};
use super::measure::{CORNER, Lanes};
use super::ports::ports;
use super::shape::inset;
use super::{Backward, Kind};

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
    edges
        .filter_map(|((link, passes), (&leaves, &arrives))| {
            let (from, to) = (places.nodes.get(link.from)?, places.nodes.get(link.to)?);
            let mut middle = vec![Track {
                from: from.ends().1,
                to: band(&layers, from).1.max(from.ends().1 + STUB),
                across: from.center.across + leaves,
            }];
            middle.extend(passes.iter().map(|pass| {
                let (from, to) = band(&layers, pass);
                Track { from, to, across: pass.center.across }
            }));
            middle.push(Track {
                from: band(&layers, to).0.min(to.ends().0 - STUB),
                to: to.ends().0,
                across: to.center.across + arrives,
            });
            let arrow = |offset: f64, tip| {
                let inset = |node: usize, area: &Area, port: f64| {
                    let kind = kinds.get(node).copied().unwrap_or(Kind::Operation);
                    inset(kind, area.half, port + offset)
                };
                let start = from.ends().1 - inset(link.from, from, leaves);
                let end = to.ends().0 + inset(link.to, to, arrives);
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
        })
        .collect()
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
        let reach = node.half.across - lanes.offset - CORNER;
        for (edge, place) in edges.iter().zip(ports(&wanted, reach, lanes.pitch)) {
            meets[*edge] = place;
        }
    }
    meets
}

/// The middle, the beginning and the end of every layer.
fn layers(places: &Places) -> Vec<(f64, f64, f64)> {
    let mut areas: Vec<&Area> = places.nodes.iter().chain(places.passes.iter().flatten()).collect();
    areas.sort_by(|a, b| a.center.along.total_cmp(&b.center.along));
    let mut layers: Vec<(f64, f64, f64)> = Vec::new();
    for area in areas {
        let (from, to) = area.ends();
        match layers.last_mut() {
            Some(layer) if area.center.along - layer.0 < 0.5 => {
                layer.1 = layer.1.min(from);
                layer.2 = layer.2.max(to);
            }
            _ => layers.push((area.center.along, from, to)),
        }
    }
    layers
}

/// The beginning and the end of the layer of an area.
fn band(layers: &[(f64, f64, f64)], area: &Area) -> (f64, f64) {
    let own = layers.iter().find(|layer| (layer.0 - area.center.along).abs() < 0.5);
    own.map_or(area.ends(), |layer| (layer.1, layer.2))
}
