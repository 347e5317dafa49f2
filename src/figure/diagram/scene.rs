//! The whole graph in its place: boxes, words and arrows.

use super::geometry::{Area, Flow, Spot};
use super::layout::{Link, Places, layout};
use super::measure::{Card, Lanes, Tag, card, half, tag};
use super::wiring::{Wire, wire};
use super::{Diagram, Direction, Edge, Kind};

/// A wider graph flows down instead: it would be shrunk until nobody can read it.
const WIDEST: f64 = 640.0;
/// Around the drawing.
const MARGIN: f64 = 6.0;

/// A node in its place.
#[derive(Debug, Clone)]
pub(super) struct Boxed {
    pub(super) kind: Kind,
    pub(super) card: Card,
    pub(super) area: Area,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) flow: Flow,
    pub(super) boxes: Vec<Boxed>,
    pub(super) wires: Vec<(Wire, Tag)>,
    /// The place that comes to the upper left corner, and the size on the page.
    pub(super) origin: (f64, f64),
    pub(super) size: (f64, f64),
}

/// The graph in its place.
pub(super) fn scene(diagram: &Diagram) -> Scene {
    match diagram.direction {
        Direction::Right => flowing(diagram, Flow::Right),
        Direction::Down => flowing(diagram, Flow::Down),
        Direction::Fitting => {
            let right = flowing(diagram, Flow::Right);
            if right.size.0 <= WIDEST {
                return right;
            }
            let down = flowing(diagram, Flow::Down);
            if down.size.0 < right.size.0 { down } else { right }
        }
    }
}

fn flowing(diagram: &Diagram, flow: Flow) -> Scene {
    let lanes = Lanes::new(diagram.backward);
    let drawn = |edge: &&Edge| edge.from < edge.to && edge.to < diagram.nodes.len();
    let edges: Vec<&Edge> = diagram.edges.iter().filter(drawn).collect();
    let tags: Vec<Tag> = edges.iter().map(|edge| tag(edge, diagram, lanes, flow)).collect();
    let link = |(edge, tag): (&&Edge, &Tag)| Link {
        from: edge.from,
        to: edge.to,
        half: half(flow, tag.size),
    };
    let links: Vec<Link> = edges.iter().zip(&tags).map(link).collect();
    let cards: Vec<Card> = (diagram.nodes.iter().enumerate())
        .map(|(index, node)| card(node, busier_side(&links, index), lanes, flow))
        .collect();
    let halves: Vec<Spot> = cards.iter().map(|card| half(flow, card.size)).collect();
    let kinds: Vec<Kind> = diagram.nodes.iter().map(|node| node.kind).collect();
    let places = layout(&halves, &links, lanes.apart);
    let wires = wire(&places, &links, &kinds, diagram.backward).into_iter().zip(tags).collect();
    let boxes = (cards.into_iter().zip(kinds).zip(&places.nodes))
        .map(|((card, kind), &area)| Boxed { kind, card, area })
        .collect();
    let (origin, size) = frame(&places, lanes.offset, flow);
    Scene { flow, boxes, wires, origin, size }
}

/// How many edges come to a node, or leave it, whichever are more.
fn busier_side(links: &[Link], node: usize) -> u32 {
    let (mut leaving, mut arriving) = (0, 0);
    for link in links {
        leaving += u32::from(link.from == node);
        arriving += u32::from(link.to == node);
    }
    leaving.max(arriving)
}

/// The upper left corner and the size on the page of everything that is drawn.
fn frame(places: &Places, offset: f64, flow: Flow) -> ((f64, f64), (f64, f64)) {
    let (mut least, mut most) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for area in places.nodes.iter().chain(places.passes.iter().flatten()) {
        let (x, y) = flow.page(area.center);
        let (wide, high) = flow.page(area.half);
        // A place without words still has arrows on both sides.
        let (wide, high) = (wide.max(offset), high.max(offset));
        least = (least.0.min(x - wide), least.1.min(y - high));
        most = (most.0.max(x + wide), most.1.max(y + high));
    }
    if least.0 > most.0 {
        return ((0.0, 0.0), (2.0 * MARGIN, 2.0 * MARGIN));
    }
    let size = (most.0 - least.0 + 2.0 * MARGIN, most.1 - least.1 + 2.0 * MARGIN);
    ((least.0 - MARGIN, least.1 - MARGIN), size)
}
