//! Graphs to try the drawing on.

use super::{Backward, Diagram, Direction, Edge, Formula, Kind, Node};

fn formula(tex: &str) -> Formula {
    Formula { tex: tex.to_owned(), plain: String::new() }
}

/// A label, a kind, and operands, counted from 1, with the shape of what they carry.
type Row<'a> = (&'a str, Kind, &'a [(usize, &'a str)]);

/// A graph from its rows.
pub(super) fn diagram(title: &str, rows: &[Row<'_>]) -> Diagram {
    let mut edges = Vec::new();
    let mut nodes = Vec::new();
    for (index, (label, kind, operands)) in rows.iter().enumerate() {
        nodes.push(Node {
            name: formula(&format!("v_{{{}}}", index + 1)),
            label: formula(label),
            kind: *kind,
        });
        for (operand, shape) in *operands {
            edges.push(Edge {
                from: operand - 1,
                to: index,
                shape: Some(formula(shape)),
                adjoint: Some(formula(&format!("\\bar v_{{{operand}}}"))),
            });
        }
    }
    Diagram {
        title: title.to_owned(),
        description: String::new(),
        nodes,
        edges,
        backward: Backward::Hidden,
        direction: Direction::Fitting,
    }
}

/// One layer, `ReLU(xW + b)`.
pub(super) fn layer() -> Diagram {
    let (row, matrix) = ("1 \\times m", "n \\times m");
    diagram(
        "One layer",
        &[
            ("x", Kind::Leaf, &[]),
            ("W", Kind::Parameter, &[]),
            ("b", Kind::Parameter, &[]),
            ("xW", Kind::Operation, &[(1, "1 \\times n"), (2, matrix)]),
            ("xW + b", Kind::Operation, &[(4, row), (3, row)]),
            ("\\mathrm{ReLU}(v_5)", Kind::Output, &[(5, row)]),
        ],
    )
}

/// Two layers with a loss, in twenty nodes.
pub(super) fn network() -> Diagram {
    let (h, y) = ("1 \\times k", "1 \\times m");
    diagram(
        "A network of two layers",
        &[
            ("x", Kind::Leaf, &[]),
            ("W_1", Kind::Parameter, &[]),
            ("b_1", Kind::Parameter, &[]),
            ("v_1 v_2", Kind::Operation, &[(1, "1 \\times n"), (2, "n \\times k")]),
            ("v_4 + v_3", Kind::Operation, &[(4, h), (3, h)]),
            ("-v_5", Kind::Operation, &[(5, h)]),
            ("e^{v_6}", Kind::Operation, &[(6, h)]),
            ("1 + v_7", Kind::Operation, &[(7, h)]),
            ("h = 1/v_8", Kind::Operation, &[(8, h)]),
            ("W_2", Kind::Parameter, &[]),
            ("b_2", Kind::Parameter, &[]),
            ("v_9 v_{10}", Kind::Operation, &[(9, h), (10, "k \\times m")]),
            ("v_{12} + v_{11}", Kind::Operation, &[(12, y), (11, y)]),
            ("\\sigma(v_{13})", Kind::Operation, &[(13, y)]),
            ("y", Kind::Leaf, &[]),
            ("v_{14} - v_{15}", Kind::Operation, &[(14, y), (15, y)]),
            ("v_{16} \\odot v_{16}", Kind::Operation, &[(16, y), (16, y)]),
            ("\\textstyle\\sum v_{17}", Kind::Operation, &[(17, y)]),
            ("2", Kind::Leaf, &[]),
            ("v_{18} / v_{19}", Kind::Output, &[(18, "1 \\times 1"), (19, "1 \\times 1")]),
        ],
    )
}

/// A linear congruential generator (Knuth's MMIX), so that every run tries the same graphs.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A graph of so many nodes with random words and arrows, some of them double or without words.
pub(super) fn random(chance: &mut Chance, nodes: usize) -> Diagram {
    const WORDS: [&str; 5] =
        ["x", "xW + b", "\\mathrm{softmax}(v_{11})", "", "v_1 \\odot v_2 + v_3"];
    const KINDS: [Kind; 4] = [Kind::Leaf, Kind::Parameter, Kind::Operation, Kind::Output];
    let mut operands: Vec<Vec<(usize, &str)>> = Vec::new();
    for before in 0..nodes {
        let count = if before == 0 { 0 } else { chance.below(3) };
        let operand = |_| (1 + chance.below(before), WORDS[chance.below(4)]);
        operands.push((0..count).map(operand).collect());
    }
    let row = |operands| (WORDS[chance.below(5)], KINDS[chance.below(4)], operands);
    let rows: Vec<Row<'_>> = operands.iter().map(Vec::as_slice).map(row).collect();
    diagram("Random", &rows)
}
