//! The forward pass: every node's value, in definition order.
//!
//! Shared nodes are computed once a pass, the others for a block of examples at a time. A block's
//! value of a node is `count` times its size, one example after another. For a matrix product that
//! means:
//!
//! ```text
//! example @ shared    the blocks' rows one below the other are one matrix: one product
//! shared @ column     (A x)ᵀ = xᵀ Aᵀ, and the xᵀ one below the other are one matrix: one product
//! anything else       one product an example
//! ```

use super::elementwise::{self, Binary};
use super::matrix::{Threads, View, accumulate};
use super::program::{Node, Op, Program, Scope};
use super::scheme::Shape;
use super::statistics::{real, sum};

/// The values of one pass.
#[derive(Clone, Debug)]
pub struct Tape<'a> {
    pub(super) program: &'a Program,
    parameters: &'a [Vec<f64>],
    /// What was computed; empty for leaves, whose values are the caller's.
    values: Vec<Vec<f64>>,
    inputs: Vec<&'a [f64]>,
    pub(super) count: usize,
    pub(super) threads: Threads,
}

impl<'a> Tape<'a> {
    /// Computes the nodes that all examples share. Each parameter has its shape's size.
    #[must_use]
    pub fn new(program: &'a Program, parameters: &'a [Vec<f64>], threads: Threads) -> Self {
        let values = vec![Vec::new(); program.nodes().len()];
        let mut tape = Self { program, parameters, values, inputs: Vec::new(), count: 1, threads };
        tape.compute(Scope::Shared);
        tape
    }

    /// Computes the nodes that depend on the example, for `count` examples; each input has `count`
    /// times its shape's size.
    pub fn run(&mut self, inputs: Vec<&'a [f64]>, count: usize) {
        self.inputs = inputs;
        self.count = count;
        self.compute(Scope::Example);
    }

    /// A node's value; of a node that depends on the example, the current block's.
    #[must_use]
    pub fn value(&self, node: usize) -> &[f64] {
        match self.program.nodes()[node].op {
            Op::Parameter(leaf) => self.parameters.get(leaf).map_or(&[], Vec::as_slice),
            Op::Input(leaf) => self.inputs.get(leaf).copied().unwrap_or(&[]),
            _ => &self.values[node],
        }
    }

    /// How often a node's value stands in its vector.
    pub(super) fn copies(&self, scope: Scope) -> usize {
        match scope {
            Scope::Shared => 1,
            Scope::Example => self.count,
        }
    }

    fn compute(&mut self, scope: Scope) {
        for (index, node) in self.program.nodes().iter().enumerate() {
            let leaf = matches!(node.op, Op::Input(_) | Op::Parameter(_));
            if node.scope == scope && !leaf {
                let mut out = std::mem::take(&mut self.values[index]);
                out.clear();
                self.evaluate(node, &mut out);
                self.values[index] = out;
            }
        }
    }

    fn evaluate(&self, node: &Node, out: &mut Vec<f64>) {
        let size = self.copies(node.scope) * node.shape.size();
        match (node.op, node.inputs.as_slice()) {
            (Op::Constant(value), _) => out.push(value),
            (Op::MatMul, [a, b]) => {
                out.resize(size, 0.0);
                self.multiply(node, *a, *b, out);
            }
            (Op::Transpose, [a]) => transpose(self.value(*a), node.shape, out),
            (op, [a, b]) => {
                out.resize(size, 0.0);
                if let Some(binary) = Binary::of(op) {
                    self.combine(binary, node, (*a, *b), out);
                }
            }
            (Op::Max | Op::Min | Op::Sum | Op::Mean | Op::Norm, [a]) => {
                let size = self.program.nodes()[*a].shape.size();
                out.extend(self.value(*a).chunks(size).map(|entries| reduce(node.op, entries)));
            }
            (op, [a]) => {
                out.resize(size, 0.0);
                let a = self.value(*a);
                self.threads.share(out, |start, out| {
                    elementwise::values(op, &a[start..start + out.len()], out);
                });
            }
            _ => {}
        }
    }

    fn multiply(&self, node: &Node, a: usize, b: usize, out: &mut [f64]) {
        for Product { a: (a, left), b: (b, right), c } in self.products(node, a, b) {
            let a = View::new(&self.value(a)[left.start..left.end], left.rows, left.columns);
            let b = View::new(&self.value(b)[right.start..right.end], right.rows, right.columns);
            let b = if right.turned { b.transposed() } else { b };
            accumulate(a, b, &mut out[c], self.threads);
        }
    }

    /// The matrix products that make up a node; operands may be exchanged and turned.
    pub(super) fn products(&self, node: &Node, a: usize, b: usize) -> Vec<Product> {
        let nodes = self.program.nodes();
        let (left, right) = (&nodes[a], &nodes[b]);
        let (count, size) = (self.copies(node.scope), node.shape.size());
        let part = |k: usize, shape: Shape, times: usize| Part {
            start: k * shape.size(),
            end: (k + times) * shape.size(),
            rows: times * shape.rows,
            columns: shape.columns,
            turned: false,
        };
        match (left.scope, right.scope) {
            (_, Scope::Shared) => {
                let left = part(0, left.shape, count);
                vec![Product { a: (a, left), b: (b, part(0, right.shape, 1)), c: 0..count * size }]
            }
            (Scope::Shared, Scope::Example) if right.shape.columns == 1 => {
                let flat = part(0, Shape::new(1, right.shape.rows), count);
                let turned = Part { turned: true, ..part(0, left.shape, 1) };
                vec![Product { a: (b, flat), b: (a, turned), c: 0..count * size }]
            }
            (scope, Scope::Example) => (0..count)
                .map(|k| {
                    let first = if scope == Scope::Shared { 0 } else { k };
                    let (left, right) = (part(first, left.shape, 1), part(k, right.shape, 1));
                    Product { a: (a, left), b: (b, right), c: k * size..(k + 1) * size }
                })
                .collect(),
        }
    }

    fn combine(&self, binary: Binary, node: &Node, (a, b): (usize, usize), out: &mut [f64]) {
        let columns = node.shape.columns;
        let (a, b) = (Rows::new(self, a), Rows::new(self, b));
        for (index, out) in out.chunks_mut(columns).enumerate() {
            let (k, row) = (index / node.shape.rows, index % node.shape.rows);
            match (a.row(k, row), b.row(k, row)) {
                ([a], b) if columns > 1 => match b {
                    [b] => out.fill(binary.value(*a, *b)),
                    b => fill(out, b, |b| binary.value(*a, b)),
                },
                (a, [b]) => fill(out, a, |a| binary.value(a, *b)),
                (a, b) => {
                    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                        *out = binary.value(*a, *b);
                    }
                }
            }
        }
    }
}

fn fill(out: &mut [f64], from: &[f64], function: impl Fn(f64) -> f64) {
    for (out, x) in out.iter_mut().zip(from) {
        *out = function(*x);
    }
}

/// A stretch of a node's values, read as a matrix; `turned` where its transpose is meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) turned: bool,
}

/// One matrix product: stretches of two nodes and the stretch of the result.
#[derive(Clone, Debug)]
pub(super) struct Product {
    pub(super) a: (usize, Part),
    pub(super) b: (usize, Part),
    pub(super) c: std::ops::Range<usize>,
}

/// An operand's rows by example and row of the result, as broadcasting reads them.
pub(super) struct Rows<'a> {
    values: &'a [f64],
    pub(super) layout: Layout,
}

/// Where the row of an operand lies that belongs to a row of the result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    example: usize,
    row: usize,
    columns: usize,
}

impl Layout {
    pub(super) fn of(node: &Node) -> Self {
        let Shape { rows, columns } = node.shape;
        let example = if node.scope == Scope::Example { node.shape.size() } else { 0 };
        Self { example, row: if rows > 1 { columns } else { 0 }, columns }
    }

    pub(super) fn range(self, example: usize, row: usize) -> std::ops::Range<usize> {
        let start = example * self.example + row * self.row;
        start..start + self.columns
    }
}

impl<'a> Rows<'a> {
    pub(super) fn new(tape: &'a Tape<'_>, node: usize) -> Self {
        Self { values: tape.value(node), layout: Layout::of(&tape.program.nodes()[node]) }
    }

    pub(super) fn row(&self, example: usize, row: usize) -> &'a [f64] {
        &self.values[self.layout.range(example, row)]
    }
}

/// Turns each of the matrices that become `shape`.
pub(super) fn transpose(values: &[f64], shape: Shape, out: &mut Vec<f64>) {
    for matrix in values.chunks(shape.size()) {
        for row in 0..shape.rows {
            out.extend((0..shape.columns).map(|column| matrix[column * shape.rows + row]));
        }
    }
}

fn reduce(op: Op, entries: &[f64]) -> f64 {
    match op {
        Op::Max => entries.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Op::Min => entries.iter().copied().fold(f64::INFINITY, f64::min),
        Op::Mean => sum(entries) / real(entries.len()),
        Op::Norm => norm(entries),
        _ => sum(entries),
    }
}

/// The Euclidean norm, scaled so that no square overflows or vanishes.
pub(super) fn norm(entries: &[f64]) -> f64 {
    let largest = entries.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let squares: Vec<f64> = entries.iter().map(|x| (x / largest) * (x / largest)).collect();
    largest * sum(&squares).sqrt()
}
