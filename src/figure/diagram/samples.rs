//! Graphs to try the drawing on.

use super::{Backward, Diagram, Direction, Edge, Formula, Kind, Node};

fn formula(tex: &str) -> Formula {
    Formula { tex: tex.to_owned(), plain: String::new() }
}

/// A graph from rows of name, label, kind, and operands with the shape of what they carry.
pub(super) fn diagram(title: &str, rows: &[(&str, Kind, &[(usize, &str)])]) -> Diagram {
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
