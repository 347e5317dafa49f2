//! Computation graphs: nodes and arrows as data, drawn as an SVG.
//!
//! Every word is drawn as SVG text, formulas too, because a figure has to read the same inside a
//! page, as a file of its own beside Markdown, where an image may hold no MathML, and on paper.
//!
//! Distances are in pixels. The layout thinks of `along` (the way the values flow) and `across`,
//! and only the drawing knows which of them is horizontal.

mod curve;
mod draw;
mod formula;
mod geometry;
mod layout;
mod measure;
mod ports;
mod read;
mod row;
mod scene;
mod shape;
mod style;
mod symbols;
mod wiring;

pub use draw::draw;

/// A formula: as LaTeX, and as words for where its LaTeX cannot be set as SVG text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formula {
    /// LaTeX without dollar signs; an empty one is not drawn.
    pub tex: String,
    /// What is drawn instead if the LaTeX needs more than letters, scripts, accents, functions,
    /// operators, brackets and fractions; the LaTeX itself if this is empty.
    pub plain: String,
}

/// What a node is, which decides the shape of its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A datum or a constant: round ends.
    Leaf,
    /// What is trained: cut corners.
    Parameter,
    /// A value computed on the way: rounded corners.
    Operation,
    /// A result: rounded corners, drawn double.
    Output,
}

/// A node of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its short name, `v_4`; may be empty.
    pub name: Formula,
    /// What it is, `xW`.
    pub label: Formula,
    /// What kind of value it holds.
    pub kind: Kind,
}

/// An arrow from an operand to the node that uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The index of the operand.
    pub from: usize,
    /// The index of the node that uses it, which stands behind its operands.
    pub to: usize,
    /// The shape of the value that flows, `1 \times n`.
    pub shape: Option<Formula>,
    /// What flows back, `\bar v_4`.
    pub adjoint: Option<Formula>,
}

/// Whether the arrows of the backward pass are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backward {
    /// The forward pass alone.
    Hidden,
    /// A dashed arrow beside each arrow of the forward pass.
    Shown,
}

/// Which way the values flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the right where that is not too wide to be read, else down.
    Fitting,
    /// From left to right.
    Right,
    /// From top to bottom.
    Down,
}

/// A computation graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagram {
    /// What it shows, in a few words.
    pub title: String,
    /// What a reader who cannot see it should know.
    pub description: String,
    /// The nodes in the order of their definition.
    pub nodes: Vec<Node>,
    /// The arrows. One that does not lead from a node to a later one is not drawn.
    pub edges: Vec<Edge>,
    /// Whether the backward pass is drawn.
    pub backward: Backward,
    /// Which way the values flow.
    pub direction: Direction,
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
