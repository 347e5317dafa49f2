//! Programs written down node by node: shapes and scopes follow from the operands.

use super::program::{Node, Op, Program, ProgramError, Scope, broadcast};
use super::scheme::Shape;

/// Builds a program node by node, deriving shapes and scopes.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    nodes: Vec<Node>,
}

impl Builder {
    /// A leaf: an input or a parameter of this shape.
    pub fn leaf(&mut self, op: Op, rows: usize, columns: usize) -> usize {
        let scope = if matches!(op, Op::Input(_)) { Scope::Example } else { Scope::Shared };
        self.nodes.push(Node { op, inputs: Vec::new(), shape: Shape::new(rows, columns), scope });
        self.nodes.len() - 1
    }

    /// An operation on earlier nodes. What does not fit, [`Program::new`] reports.
    pub fn apply(&mut self, op: Op, inputs: &[usize]) -> usize {
        let shape = |input: &usize| self.nodes.get(*input).map(|node| node.shape);
        let shapes: Vec<Shape> = inputs.iter().filter_map(shape).collect();
        let shape = match (op, shapes.as_slice()) {
            (Op::MatMul, [a, b]) => Shape::new(a.rows, b.columns),
            (Op::Transpose, [a]) => Shape::new(a.columns, a.rows),
            (Op::Max | Op::Min | Op::Sum | Op::Mean | Op::Norm, [_]) => Shape::new(1, 1),
            (_, [a, b]) => broadcast(*a, *b).unwrap_or(*a),
            (_, [a, ..]) => *a,
            (_, []) => Shape::new(1, 1),
        };
        let depends =
            |input: &usize| self.nodes.get(*input).is_some_and(|node| node.scope == Scope::Example);
        let scope = if inputs.iter().any(depends) { Scope::Example } else { Scope::Shared };
        self.nodes.push(Node { op, inputs: inputs.to_vec(), shape, scope });
        self.nodes.len() - 1
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node's shape.
    #[must_use]
    pub fn shape(&self, node: usize) -> Option<Shape> {
        self.nodes.get(node).map(|node| node.shape)
    }

    /// The program.
    ///
    /// # Errors
    ///
    /// Those of [`Program::new`].
    pub fn finish(self) -> Result<Program, ProgramError> {
        Program::new(self.nodes)
    }
}
