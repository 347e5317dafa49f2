//! The backward pass: adjoints in reverse definition order.
//!
//! An adjoint of a node that depends on the example is the derivative of that example's own root.
//! A shared node's adjoint is the sum over examples, or their mean: it gathers block after block,
//! and only when the last block is through does the pass go on below it.
//!
//! ```text
//! C = A B      A' += C' Bᵀ      B' += Aᵀ C'
//! ```
//!
//! Order: examples are added one after another, so the bits do not depend on the blocks.

use super::elementwise::{self, Binary};
use super::forward::{Layout, Part, Product, Rows, Tape, transpose};
use super::matrix::{Threads, View, accumulate};
use super::program::{Node, Op, Program, Scope};
use super::statistics::real;

/// How a batch's examples combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
}

/// The adjoints of one pass.
#[derive(Clone, Debug)]
pub struct Adjoints<'a> {
    program: &'a Program,
    adjoints: Vec<Vec<f64>>,
    needed: Vec<bool>,
}

impl<'a> Adjoints<'a> {
    /// A pass that reaches all parameters, and the `observed` nodes.
    #[must_use]
    pub fn new(program: &'a Program, observed: &[usize]) -> Self {
        let mut needed = Vec::with_capacity(program.nodes().len());
        for (index, node) in program.nodes().iter().enumerate() {
            let own = matches!(node.op, Op::Parameter(_)) || observed.contains(&index);
            needed.push(own || node.inputs.iter().any(|input| needed[*input]));
        }
        Self { program, adjoints: vec![Vec::new(); needed.len()], needed }
    }

    /// Pulls the root's adjoint back through the nodes that depend on the example; `seed` is as
    /// long as the root's value. Whatever node is reached, `observe` sees with its adjoint.
    pub fn run(
        &mut self,
        tape: &Tape<'_>,
        root: usize,
        seed: &[f64],
        mut observe: impl FnMut(usize, &[f64]),
    ) {
        self.add(root, seed);
        self.pull(tape, Scope::Example, &mut observe);
    }

    /// Ends the pass over `count` examples: combines them and pulls the shared nodes' adjoints.
    pub fn finish(
        &mut self,
        tape: &Tape<'_>,
        root: usize,
        count: usize,
        reduction: Reduction,
        mut observe: impl FnMut(usize, &[f64]),
    ) {
        let depends = self.program.nodes()[root].scope == Scope::Example;
        if depends && reduction == Reduction::Mean {
            let share = real(count);
            self.adjoints.iter_mut().flatten().for_each(|entry| *entry /= share);
        }
        self.pull(tape, Scope::Shared, &mut observe);
    }

    /// Each parameter's gradient; empty for one that does not reach the root.
    #[must_use]
    pub fn gradients(mut self) -> Vec<Vec<f64>> {
        let mut gradients = vec![Vec::new(); self.program.parameters().len()];
        for (index, node) in self.program.nodes().iter().enumerate() {
            if let Op::Parameter(leaf) = node.op {
                let more = std::mem::take(&mut self.adjoints[index]);
                add_or_take(&mut gradients[leaf], more);
            }
        }
        gradients
    }

    fn add(&mut self, node: usize, more: &[f64]) {
        if self.needed[node] {
            add_or_take(&mut self.adjoints[node], more.to_vec());
        }
    }

    fn pull(&mut self, tape: &Tape<'_>, scope: Scope, observe: &mut impl FnMut(usize, &[f64])) {
        // Reverse definition order: an adjoint is complete only once every consumer has added
        // its share.
        for (index, node) in self.program.nodes().iter().enumerate().rev() {
            if node.scope != scope || self.adjoints[index].is_empty() {
                continue;
            }
            observe(index, &self.adjoints[index]);
            if !matches!(node.op, Op::Parameter(_)) {
                let adjoint = std::mem::take(&mut self.adjoints[index]);
                self.pull_node(tape, index, node, &adjoint);
            }
        }
    }

    fn pull_node(&mut self, tape: &Tape<'_>, index: usize, node: &Node, g: &[f64]) {
        match (node.op, node.inputs.as_slice()) {
            (Op::MatMul, [a, b]) => self.pull_product(tape, node, (*a, *b), g),
            (Op::Transpose, [a]) => {
                let mut turned = Vec::with_capacity(g.len());
                transpose(g, self.program.nodes()[*a].shape, &mut turned);
                self.add(*a, &turned);
            }
            (op, [a, b]) => {
                if let Some(binary) = Binary::of(op) {
                    self.pull_pair(tape, node, binary, (*a, *b), g);
                }
            }
            (Op::Max | Op::Min | Op::Sum | Op::Mean | Op::Norm, [a]) => {
                self.pull_reduction(tape, (index, node.op), *a, g);
            }
            (op, [a]) => {
                if let Some(mut da) = self.open(tape, *a) {
                    let (x, y) = (tape.value(*a), tape.value(index));
                    tape.threads.share(&mut da, |start, da| {
                        let own = start..start + da.len();
                        elementwise::pull(op, &x[own.clone()], &y[own.clone()], &g[own], da);
                    });
                    self.adjoints[*a] = da;
                }
            }
            _ => {}
        }
    }

    /// Takes a node's adjoint to add to it, zeros at first; `None` where nobody needs it.
    fn open(&mut self, tape: &Tape<'_>, node: usize) -> Option<Vec<f64>> {
        self.needed[node].then(|| {
            let mut adjoint = std::mem::take(&mut self.adjoints[node]);
            let node = &self.program.nodes()[node];
            adjoint.resize(tape.copies(node.scope) * node.shape.size(), 0.0);
            adjoint
        })
    }

    fn pull_product(&mut self, tape: &Tape<'_>, node: &Node, (a, b): (usize, usize), g: &[f64]) {
        let products = tape.products(node, a, b);
        for side in [Side::Left, Side::Right] {
            let Some(target) = products.first().map(|product| side.part(product).0) else {
                continue;
            };
            if let Some(mut adjoint) = self.open(tape, target) {
                for product in &products {
                    side.pull(tape, product, g, &mut adjoint);
                }
                self.adjoints[target] = adjoint;
            }
        }
    }

    fn pull_pair(
        &mut self,
        tape: &Tape<'_>,
        node: &Node,
        binary: Binary,
        (a, b): (usize, usize),
        g: &[f64],
    ) {
        for (side, target) in [(Side::Left, a), (Side::Right, b)] {
            let Some(mut adjoint) = self.open(tape, target) else { continue };
            let (a, b) = (Rows::new(tape, a), Rows::new(tape, b));
            let layout = Layout::of(&self.program.nodes()[target]);
            for (index, g) in g.chunks(node.shape.columns).enumerate() {
                let (k, row) = (index / node.shape.rows, index % node.shape.rows);
                let adjoint = &mut adjoint[layout.range(k, row)];
                let (a, b) = (a.row(k, row), b.row(k, row));
                if adjoint.len() == g.len() && matches!(binary, Binary::Add) {
                    adjoint.iter_mut().zip(g).for_each(|(sum, more)| *sum += more);
                    continue;
                }
                for (j, g) in g.iter().enumerate() {
                    // A row of one entry stands for every column.
                    let at = |row: &[f64]| row[j.min(row.len() - 1)];
                    let (left, right) = binary.pull(at(a), at(b), *g);
                    let last = adjoint.len() - 1;
                    adjoint[j.min(last)] += if side == Side::Left { left } else { right };
                }
            }
            self.adjoints[target] = adjoint;
        }
    }

    #[expect(clippy::float_cmp, reason = "an extreme entry is equal to the extreme")]
    fn pull_reduction(&mut self, tape: &Tape<'_>, (node, op): (usize, Op), a: usize, g: &[f64]) {
        let Some(mut adjoint) = self.open(tape, a) else { return };
        let size = self.program.nodes()[a].shape.size();
        let examples = adjoint.chunks_mut(size).zip(tape.value(a).chunks(size));
        for ((adjoint, entries), (g, y)) in examples.zip(g.iter().zip(tape.value(node))) {
            let ties = entries.iter().filter(|entry| *entry == y).count();
            for (adjoint, entry) in adjoint.iter_mut().zip(entries) {
                *adjoint += g * match op {
                    Op::Sum => 1.0,
                    Op::Mean => 1.0 / real(size),
                    Op::Norm if *y > 0.0 => entry / y,
                    Op::Max | Op::Min if entry == y => 1.0 / real(ties),
                    _ => 0.0,
                };
            }
        }
        self.adjoints[a] = adjoint;
    }
}

fn add_or_take(sum: &mut Vec<f64>, more: Vec<f64>) {
    if sum.is_empty() {
        *sum = more;
    } else {
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn part(self, product: &Product) -> (usize, Part) {
        match self {
            Self::Left => product.a,
            Self::Right => product.b,
        }
    }

    /// Adds a product's share to one operand's adjoint.
    fn pull(self, tape: &Tape<'_>, product: &Product, g: &[f64], adjoint: &mut [f64]) {
        let ((a, left), (b, right)) = (product.a, product.b);
        let inner = if right.turned { right.rows } else { right.columns };
        let g = View::new(&g[product.c.clone()], left.rows, inner);
        let a = View::new(&tape.value(a)[left.start..left.end], left.rows, left.columns);
        let b = View::new(&tape.value(b)[right.start..right.end], right.rows, right.columns);
        match (self, right.turned) {
            (Self::Left, false) => {
                accumulate(g, b.transposed(), &mut adjoint[left.start..left.end], tape.threads);
            }
            (Self::Left, true) => {
                accumulate(g, b, &mut adjoint[left.start..left.end], tape.threads);
            }
            (Self::Right, false) => {
                let adjoint = &mut adjoint[right.start..right.end];
                accumulate(a.transposed(), g, adjoint, tape.threads);
            }
            (Self::Right, true) => {
                let adjoint = &mut adjoint[right.start..right.end];
                accumulate(g.transposed(), a, adjoint, tape.threads);
            }
        }
    }
}

/// The root's value, combined over the examples, and each parameter's gradient.
///
/// The last node is the root, with ones as its adjoint. Each parameter has its shape's size, each
/// input `count` times its own.
#[must_use]
pub fn gradient(
    program: &Program,
    parameters: &[Vec<f64>],
    inputs: &[Vec<f64>],
    count: usize,
    reduction: Reduction,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let root = program.last();
    let mut tape = Tape::new(program, parameters, Threads::All);
    tape.run(inputs.iter().map(Vec::as_slice).collect(), count);
    let mut adjoints = Adjoints::new(program, &[]);
    let value = tape.value(root).to_vec();
    adjoints.run(&tape, root, &vec![1.0; value.len()], |_, _| {});
    adjoints.finish(&tape, root, count, reduction, |_, _| {});
    let mut combined = vec![0.0; program.nodes()[root].shape.size()];
    let copies = value.len() / combined.len().max(1);
    let share = if reduction == Reduction::Mean { real(copies.max(1)) } else { 1.0 };
    for example in value.chunks(combined.len().max(1)) {
        combined.iter_mut().zip(example).for_each(|(sum, entry)| *sum += entry / share);
    }
    (combined, adjoints.gradients())
}
