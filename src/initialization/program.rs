//! A model as a list of operations, checked once and then only executed.
//!
//! A program describes one example. A node depends on the example, or it is shared by all: a
//! parameter, a constant, or what is made of those alone. Of a node that depends on the example,
//! a block of examples is computed at once, one after another in memory; so the rows of a block
//! of row vectors are one matrix, and `x @ W` for all of them one product.
//!
//! Shapes: operands of the elementwise operations have the result's shape, or 1 in place of its
//! rows, its columns or both (broadcasting). `max` and `min` take one operand (its largest entry)
//! or two (entry by entry).

use super::scheme::Shape;

/// What a node computes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say what is computed")]
pub enum Op {
    Input(usize),
    Parameter(usize),
    Constant(f64),
    Add,
    Subtract,
    Multiply,
    Divide,
    Power(f64),
    MatMul,
    Transpose,
    Negate,
    Relu,
    LeakyRelu(f64),
    Sigmoid,
    Tanh,
    Exp,
    Log,
    Sqrt,
    Abs,
    Sin,
    Cos,
    Erf,
    Softplus,
    Max,
    Min,
    Sum,
    Mean,
    Norm,
}

/// Whether a node's value is one for all examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One value for all.
    Shared,
    /// One value an example.
    Example,
}

/// One definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// The operands' positions, all before this node's own.
    pub inputs: Vec<usize>,
    /// The shape for one example.
    pub shape: Shape,
    /// Whether it depends on the example.
    pub scope: Scope,
}

/// Why a list of nodes is not a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// There is no node.
    Empty,
    /// A node has another number of operands than its operation takes.
    Arity(usize),
    /// A node uses one that is not before it.
    Order(usize),
    /// A node's shape does not follow from its operands'.
    Shape(usize),
    /// A node's scope does not follow from its operands'.
    Scope(usize),
    /// A leaf occurs twice with different shapes.
    Leaf(usize),
}

impl std::fmt::Display for ProgramError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(f, "a program needs a node"),
            Self::Arity(node) => write!(f, "node {node} has a wrong number of operands"),
            Self::Order(node) => write!(f, "node {node} uses a later one"),
            Self::Shape(node) => write!(f, "node {node} does not have its operands' shape"),
            Self::Scope(node) => write!(f, "node {node} does not have its operands' scope"),
            Self::Leaf(node) => write!(f, "node {node} repeats a leaf in another shape"),
        }
    }
}

impl std::error::Error for ProgramError {}

/// A checked list of nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    nodes: Vec<Node>,
    inputs: Vec<Shape>,
    parameters: Vec<Shape>,
}

impl Program {
    /// Checks the nodes.
    ///
    /// # Errors
    ///
    /// The first node that breaks a rule.
    pub fn new(nodes: Vec<Node>) -> Result<Self, ProgramError> {
        let (mut inputs, mut parameters) = (Vec::new(), Vec::new());
        for (index, node) in nodes.iter().enumerate() {
            if node.inputs.iter().any(|input| *input >= index) {
                return Err(ProgramError::Order(index));
            }
            let operands: Vec<&Node> = node.inputs.iter().map(|input| &nodes[*input]).collect();
            check(node, &operands).map_err(|error| error(index))?;
            let known = match node.op {
                Op::Input(leaf) => remember(&mut inputs, leaf, node.shape),
                Op::Parameter(leaf) => remember(&mut parameters, leaf, node.shape),
                _ => true,
            };
            if !known {
                return Err(ProgramError::Leaf(index));
            }
        }
        if nodes.is_empty() {
            return Err(ProgramError::Empty);
        }
        // A leaf that no node names has no entries.
        let known = |shapes: Vec<Option<Shape>>| {
            shapes.into_iter().map(|shape| shape.unwrap_or(Shape::new(0, 0))).collect()
        };
        Ok(Self { nodes, inputs: known(inputs), parameters: known(parameters) })
    }

    /// The nodes in order.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The shape of each input, for one example.
    #[must_use]
    pub fn inputs(&self) -> &[Shape] {
        &self.inputs
    }

    /// The shape of each parameter.
    #[must_use]
    pub fn parameters(&self) -> &[Shape] {
        &self.parameters
    }

    /// The position of the last node.
    #[must_use]
    pub fn last(&self) -> usize {
        self.nodes.len() - 1
    }

    /// How many matrix products lie on the longest way from an input to this node.
    #[must_use]
    pub fn depth(&self, node: usize) -> usize {
        let mut depths = Vec::with_capacity(self.nodes.len());
        for current in &self.nodes {
            let below = current.inputs.iter().map(|input| depths[*input]).max().unwrap_or(0);
            let layer = current.op == Op::MatMul && current.scope == Scope::Example;
            depths.push(below + usize::from(layer));
        }
        depths.get(node).copied().unwrap_or(0)
    }

    /// The parameters that this node's value depends on.
    #[must_use]
    pub fn parameters_of(&self, node: usize) -> Vec<usize> {
        let mut reached = vec![false; self.nodes.len()];
        let mut found = Vec::new();
        if let Some(start) = reached.get_mut(node) {
            *start = true;
        }
        for (index, current) in self.nodes.iter().enumerate().rev() {
            if reached[index] {
                current.inputs.iter().for_each(|input| reached[*input] = true);
                if let Op::Parameter(parameter) = current.op {
                    found.push(parameter);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn remember(shapes: &mut Vec<Option<Shape>>, leaf: usize, shape: Shape) -> bool {
    // A leaf's number is a position in the caller's list; a wild one would only cost memory.
    if leaf >= shapes.len() {
        shapes.resize(leaf.min(1 << 20) + 1, None);
    }
    match shapes.get_mut(leaf) {
        Some(known) => *known.get_or_insert(shape) == shape,
        None => false,
    }
}

fn check(node: &Node, operands: &[&Node]) -> Result<(), fn(usize) -> ProgramError> {
    let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape).collect();
    let expected = match (node.op, shapes.as_slice()) {
        (Op::Input(_) | Op::Parameter(_), []) => node.shape,
        (Op::Constant(_), []) => Shape::new(1, 1),
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Max | Op::Min, [a, b]) => {
            broadcast(*a, *b).ok_or(ProgramError::Shape as fn(usize) -> _)?
        }
        (Op::MatMul, [a, b]) if a.columns == b.rows => Shape::new(a.rows, b.columns),
        (Op::MatMul, [_, _]) => return Err(ProgramError::Shape),
        (Op::Transpose, [a]) => Shape::new(a.columns, a.rows),
        (Op::Max | Op::Min | Op::Sum | Op::Mean | Op::Norm, [_]) => Shape::new(1, 1),
        (op, [a]) if !matches!(op, Op::Input(_) | Op::Parameter(_) | Op::Constant(_)) => {
            let binary = [Op::Add, Op::Subtract, Op::Multiply, Op::Divide, Op::MatMul];
            if binary.contains(&op) {
                return Err(ProgramError::Arity);
            }
            *a
        }
        _ => return Err(ProgramError::Arity),
    };
    let depends = matches!(node.op, Op::Input(_))
        || operands.iter().any(|operand| operand.scope == Scope::Example);
    let scope = if depends { Scope::Example } else { Scope::Shared };
    match (node.shape == expected && expected.size() > 0, node.scope == scope) {
        (false, _) => Err(ProgramError::Shape),
        (true, false) => Err(ProgramError::Scope),
        (true, true) => Ok(()),
    }
}

pub(super) fn broadcast(a: Shape, b: Shape) -> Option<Shape> {
    let side = |a: usize, b: usize| match (a, b) {
        (1, side) | (side, 1) => Some(side),
        _ => (a == b).then_some(a),
    };
    Some(Shape::new(side(a.rows, b.rows)?, side(a.columns, b.columns)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(op: Op, rows: usize, columns: usize) -> Node {
        let scope = if matches!(op, Op::Input(_)) { Scope::Example } else { Scope::Shared };
        Node { op, inputs: Vec::new(), shape: Shape::new(rows, columns), scope }
    }

    #[test]
    fn a_node_that_does_not_fit_is_named() {
        let node = |op, inputs: &[usize], rows, columns, scope| Node {
            op,
            inputs: inputs.to_vec(),
            shape: Shape::new(rows, columns),
            scope,
        };
        let (shared, example) = (Scope::Shared, Scope::Example);
        let table = [
            (node(Op::MatMul, &[0, 1], 1, 2, example), Ok(())),
            (node(Op::MatMul, &[1, 0], 3, 3, example), Err(ProgramError::Shape(2))),
            (node(Op::MatMul, &[0, 1], 1, 2, shared), Err(ProgramError::Scope(2))),
            (node(Op::Add, &[0, 1], 1, 3, example), Err(ProgramError::Shape(2))),
            (node(Op::Add, &[0], 1, 3, example), Err(ProgramError::Arity(2))),
            (node(Op::Relu, &[0, 0], 1, 3, example), Err(ProgramError::Arity(2))),
            (node(Op::Relu, &[2], 1, 3, example), Err(ProgramError::Order(2))),
            (node(Op::Parameter(0), &[], 2, 3, shared), Err(ProgramError::Leaf(2))),
            (node(Op::Max, &[0], 1, 1, example), Ok(())),
            (node(Op::Transpose, &[1], 2, 3, shared), Ok(())),
        ];
        for (last, expected) in table {
            let nodes = vec![leaf(Op::Input(0), 1, 3), leaf(Op::Parameter(0), 3, 2), last.clone()];
            assert_eq!(Program::new(nodes).map(|_| ()), expected, "{last:?}");
        }
    }
}
