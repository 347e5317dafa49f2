//! How much room words and arrows take.

use super::formula::{Line, line};
use super::geometry::{Flow, Spot};
use super::{Backward, Diagram, Edge, Node};

/// The size of the letters of what a node is.
pub(super) const LABEL: f64 = 17.0;
/// The size of the letters of a node's name.
pub(super) const NAME: f64 = 14.0;
/// The size of the letters on arrows.
pub(super) const NOTE: f64 = 14.0;
/// The height of a line of letters on arrows, with an accent and an index.
const NOTE_HEIGHT: f64 = 17.0;
/// Between an arrow and its words.
const NOTE_GAP: f64 = 4.0;
/// Between a node's words and its border, at the sides.
const PADDING: f64 = 12.0;
/// No box is narrower.
const NARROWEST: f64 = 46.0;
/// No arrow meets a box nearer to its corner than this.
pub(super) const CORNER: f64 = 5.0;

/// The distances that depend on whether there are two arrows an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes {
    /// From the middle of an edge to each of its arrows.
    pub(super) offset: f64,
    /// From the middle of an edge to that of its neighbour at a box.
    pub(super) pitch: f64,
    /// Between edges that pass each other.
    pub(super) apart: f64,
}

/// A node's words, the name above the label, and its size on the page.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) name: Line,
    pub(super) label: Line,
    pub(super) size: (f64, f64),
}

/// An edge's words and the room they take on the page, symmetric about the edge.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) shape: Line,
    pub(super) adjoint: Line,
    pub(super) size: (f64, f64),
    /// From the middle of the edge to its words: their middle above and below, their nearer end
    /// at the sides.
    pub(super) away: (f64, f64),
}

impl Lanes {
    pub(super) fn new(backward: Backward) -> Self {
        match backward {
            Backward::Hidden => Lanes { offset: 0.0, pitch: 14.0, apart: 16.0 },
            Backward::Shown => Lanes { offset: 4.5, pitch: 16.5, apart: 22.0 },
        }
    }
}

/// A node with so many arrows at its busier side.
pub(super) fn card(node: &Node, arrows: u32, lanes: Lanes, flow: Flow) -> Card {
    let (name, label) = match (line(&node.name), line(&node.label)) {
        (name, label) if name.is_empty() || name == label => (Line::default(), label),
        (name, label) if label.is_empty() => (Line::default(), name),
        (name, label) => match flow {
            // Two short lines make a graph that flows to the right narrow, one long line
            // makes a graph that flows down low.
            Flow::Right => (name, label),
            Flow::Down => (Line::default(), name.equals(&label)),
        },
    };
    let widest = name.width(NAME).max(label.width(LABEL));
    let height = if name.is_empty() { 36.0 } else { 52.0 };
    let mut room = flow.spot(((widest + 2.0 * PADDING).max(NARROWEST), height));
    let gaps = f64::from(arrows.saturating_sub(1));
    room.across = room.across.max(gaps * lanes.pitch + 2.0 * (lanes.offset + CORNER));
    Card { name, label, size: flow.page(room) }
}

/// What is written on an edge.
pub(super) fn tag(edge: &Edge, diagram: &Diagram, lanes: Lanes, flow: Flow) -> Tag {
    let shape = edge.shape.as_ref().map(line).unwrap_or_default();
    let adjoint = match diagram.backward {
        Backward::Hidden => Line::default(),
        Backward::Shown => edge.adjoint.as_ref().map(line).unwrap_or_default(),
    };
    let width = shape.width(NOTE).max(adjoint.width(NOTE));
    let aside = lanes.offset + NOTE_GAP;
    let (size, away) = match flow {
        _ if shape.is_empty() && adjoint.is_empty() => ((1.0, 1.0), (0.0, 0.0)),
        Flow::Right => {
            ((width + 4.0, 2.0 * (aside + NOTE_HEIGHT)), (0.0, aside + NOTE_HEIGHT / 2.0))
        }
        Flow::Down => ((2.0 * (aside + width), NOTE_HEIGHT), (aside, 0.0)),
    };
    Tag { shape, adjoint, size, away }
}

/// Half of a size on the page.
pub(super) fn half(flow: Flow, (width, height): (f64, f64)) -> Spot {
    flow.spot((width / 2.0, height / 2.0))
}
