//! Layers by dagre (the method of Sugiyama): in which order, and where.
//!
//! dagre counts every edge twice as long as it is, so that its words have a layer of their own
//! between those of its ends; a long edge gets a place in every layer that it passes.

use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use dagre::graph::{Graph, GraphOptions};
use dagre::{Align, EdgeLabel, LayoutOptions, NodeLabel};

use super::geometry::{Area, Spot, spot};
use crate::memo::Memo;

/// Layouts that are remembered: those of one sheet's figures.
const REMEMBERED: usize = 64;

/// Layouts by what they are made of.
type Known = Memo<Vec<u64>, Arc<OnceLock<Places>>>;

/// Shared by all threads: one that asks for a layout on which another is at work waits for it.
static LAYOUTS: LazyLock<Mutex<Known>> = LazyLock::new(|| Mutex::new(Memo::new(REMEMBERED)));

/// An edge to be laid out: its ends, and half the size of its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) half: Spot,
}

/// What goes where.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// The boxes of the nodes.
    pub(super) nodes: Vec<Area>,
    /// For every edge its places between its ends; the one with its words has their size.
    pub(super) passes: Vec<Vec<Area>>,
}

/// Between two neighbouring layers.
const BETWEEN: f64 = 29.0;
/// Between two boxes of a layer.
const BESIDE: f64 = 24.0;

/// Lays out boxes of such halves; `apart` is between edges that pass each other. What was laid
/// out before, as the same graph on another paper, is remembered.
pub(super) fn layout(halves: &[Spot], links: &[Link], apart: f64) -> Places {
    let size = |half: &Spot| [half.across.to_bits(), half.along.to_bits()];
    let mut key = vec![apart.to_bits(), u64::try_from(halves.len()).unwrap_or(u64::MAX)];
    key.extend(halves.iter().flat_map(size));
    for link in links {
        key.extend([link.from, link.to].map(|end| u64::try_from(end).unwrap_or(u64::MAX)));
        key.extend(size(&link.half));
    }
    let known = LAYOUTS.lock().unwrap_or_else(PoisonError::into_inner).result(&*key, Arc::default);
    known.get_or_init(|| laid_out(halves, links, apart)).clone()
}

fn laid_out(halves: &[Spot], links: &[Link], apart: f64) -> Places {
    let options = GraphOptions { directed: true, multigraph: true, compound: false };
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(options);
    for (index, half) in halves.iter().enumerate() {
        let (width, height) = (2.0 * half.across, 2.0 * half.along);
        let node = NodeLabel { width, height, ..NodeLabel::default() };
        graph.set_node(index.to_string(), Some(node));
    }
    for (index, link) in links.iter().enumerate() {
        let edge = EdgeLabel {
            width: 2.0 * link.half.across,
            height: 2.0 * link.half.along,
            labelpos: dagre::layout::types::LabelPos::Center,
            ..EdgeLabel::default()
        };
        // The name tells apart two edges with the same ends, as in `x * x`.
        let (from, to) = (link.from.to_string(), link.to.to_string());
        graph.set_edge(from, to, Some(edge), Some(&index.to_string()));
    }
    let options = LayoutOptions {
        nodesep: BESIDE,
        edgesep: apart,
        ranksep: 2.0 * BETWEEN,
        // The first operand stands in a line with its user, so that a chain runs straight and
        // parameters stand aside.
        align: Some(Align::UL),
        // In the order of definition where no crossing asks for another.
        tie_keep_first: true,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    places(&graph, halves, links)
}

fn places(graph: &Graph<NodeLabel, EdgeLabel>, halves: &[Spot], links: &[Link]) -> Places {
    let nodes = halves.iter().enumerate().map(|(index, &half)| {
        let node = graph.node(&index.to_string());
        let place = node.and_then(|node| Some(spot(node.y?, node.x?)));
        Area { center: place.unwrap_or(spot(0.0, 0.0)), half }
    });
    let passes = links.iter().enumerate().map(|(index, link)| {
        let (from, to) = (link.from.to_string(), link.to.to_string());
        graph.edge(&from, &to, Some(&index.to_string())).map_or(Vec::new(), |edge| {
            let ends = 1..edge.points.len().saturating_sub(1);
            let points = edge.points.get(ends).unwrap_or_default();
            points.iter().map(|point| pass(spot(point.y, point.x), edge, link.half)).collect()
        })
    });
    Places { nodes: nodes.collect(), passes: passes.collect() }
}

/// A place of an edge, with the size of its words if it is theirs.
fn pass(center: Spot, edge: &EdgeLabel, half: Spot) -> Area {
    let worded = edge.y.is_some_and(|along| (along - center.along).abs() < 0.5);
    Area { center, half: if worded { half } else { spot(0.0, 0.0) } }
}
