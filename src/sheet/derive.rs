//! Nodes and adjoints of a computation graph, derived in symbols.
//!
//! The nodes are numbered v₁, v₂, …: leaves first, then operations in the order of
//! evaluation; numbers of the text are no nodes. The adjoint of a node is
//!
//! ```text
//! v̄ⱼ = ∂L/∂vⱼ = Σ over consumers c of j:  ∂L/∂v_c · ∂v_c/∂vⱼ
//! ```
//!
//! and each summand is then simplified by the rules of [`crate::formula::adjoint`].

use crate::engine::{self, Graph, Operation};
use crate::formula::adjoint::{self, Shapes};
use crate::formula::latex::Printer;
use crate::formula::shape::{Shape, Size, infer};
use crate::formula::{Call, Expression, Operator};
use crate::scenario::Setup;
use crate::trace::Tensor;

use super::show::{MAX_SHOWN, Numbers, Row};

/// Marks the name of a node inside an expression.
const NODE: &str = "node ";
/// Marks the name of a node's adjoint.
const BAR: &str = "bar ";

/// The graph of a set-up, ready to be told.
pub(super) struct Derivation<'a> {
    pub setup: &'a Setup,
    pub graph: Graph<'a>,
    numbers: Numbers<'a>,
    /// The number of each node; numbers of the text have none.
    pub order: Vec<Option<usize>>,
    /// The shape of each node.
    pub shapes: Vec<Shape>,
}

impl<'a> Derivation<'a> {
    pub(super) fn new(setup: &'a Setup, numbers: Numbers<'a>) -> Self {
        let graph = engine::graph(setup);
        let mut order = Vec::new();
        let mut count = 0;
        for node in &graph.nodes {
            let counts = !matches!(node.operation, Operation::Constant(_));
            count += usize::from(counts);
            order.push(counts.then_some(count));
        }
        let shape = |expression: &Expression| {
            infer(expression, &setup.shapes).map_or(Shape::Scalar, |(shape, _)| shape)
        };
        let shapes = graph.nodes.iter().map(|node| shape(&node.expression)).collect();
        Self { setup, graph, numbers, order, shapes }
    }

    /// `v_{4}`
    pub(super) fn node(&self, index: usize) -> String {
        format!("v_{{{}}}", self.order[index].unwrap_or_default())
    }

    /// `\bar v_4`
    pub(super) fn bar(&self, index: usize) -> String {
        format!(r"\bar{{v}}_{{{}}}", self.order[index].unwrap_or_default())
    }

    pub(super) fn is_leaf(&self, index: usize) -> bool {
        self.leaf(index).is_some()
    }

    /// The name of a leaf.
    pub(super) fn leaf(&self, index: usize) -> Option<&str> {
        match &self.graph.nodes[index].operation {
            Operation::Leaf(name) => Some(name),
            _ => None,
        }
    }

    /// The node whose value is the model's result.
    pub(super) fn root(&self) -> usize {
        let last = self.setup.model.last().and_then(|line| self.graph.node(&line.name));
        let loss = self.graph.node("loss");
        loss.or(last).unwrap_or(self.graph.nodes.len().saturating_sub(1))
    }

    /// The definition that a node is the value of, if it is one's.
    pub(super) fn definition(&self, index: usize) -> Option<&str> {
        let found = self
            .setup
            .model
            .iter()
            .find(|line| self.graph.node(&line.name) == Some(index) && !self.is_leaf(index));
        found.map(|line| line.name.as_str())
    }

    fn print(&self, expression: &Expression) -> String {
        let latex = |name: &str| self.name(name);
        let number = |number: &_| self.numbers.rational(number);
        Printer { name: &latex, number: &number }.latex(expression)
    }

    fn name(&self, name: &str) -> String {
        let index = |text: &str| text.parse::<usize>().unwrap_or_default();
        if let Some(text) = name.strip_prefix(NODE) {
            return self.node(index(text));
        }
        if let Some(text) = name.strip_prefix(BAR) {
            return self.bar(index(text));
        }
        self.setup.notation.latex(name)
    }

    /// What a node is, in the model's own words.
    pub(super) fn label(&self, index: usize) -> String {
        self.print(&self.graph.nodes[index].expression)
    }

    /// `\mathbb{R}^{1 \times m}`
    pub(super) fn space(&self, index: usize) -> String {
        match &self.shapes[index] {
            Shape::Scalar => r"\mathbb{R}".into(),
            Shape::Matrix(rows, columns) => {
                format!(r"\mathbb{{R}}^{{{} \times {}}}", self.size(rows), self.size(columns))
            }
        }
    }

    /// `1 \times m`; nothing for a number.
    pub(super) fn dimensions(&self, index: usize) -> Option<String> {
        match &self.shapes[index] {
            Shape::Scalar => None,
            Shape::Matrix(rows, columns) => {
                Some(format!(r"{} \times {}", self.size(rows), self.size(columns)))
            }
        }
    }

    fn size(&self, size: &Size) -> String {
        match &size.name {
            Some(name) => self.setup.notation.latex(name),
            None => size.to_string(),
        }
    }

    /// `v_5 &= xW + b`, all nodes in order.
    pub(super) fn nodes(&self) -> Vec<Row> {
        let numbered = (0..self.graph.nodes.len()).filter(|index| self.order[*index].is_some());
        let row = |index: usize| {
            let mut row = Row::new(self.node(index));
            if let Some(name) = self.definition(index) {
                row.step(self.setup.notation.latex(name), true);
            }
            row.step(self.label(index), true);
            row.tail(format!(r"\in {}", self.space(index)));
            row
        };
        numbered.map(row).collect()
    }

    /// The adjoints in reverse order; with their values, where some are given.
    pub(super) fn adjoints(
        &self,
        values: Option<&[Tensor]>,
    ) -> Result<Vec<Row>, crate::number::Fault> {
        let root = self.root();
        let mut rows = Vec::new();
        for index in (0..=root).rev().filter(|index| self.order[*index].is_some()) {
            let mut row = Row::new(self.bar(index));
            row.step(self.partial(&self.node(index)), true);
            if index == root {
                self.begin(&mut row);
            } else {
                self.chain(&mut row, index);
            }
            if let Some(value) = values.and_then(|values| values.get(index))
                && value.entries().len() <= MAX_SHOWN
            {
                row.result(self.numbers.result(value)?);
            }
            row.tail(format!(r"\in {}", self.space(index)));
            rows.push(row);
        }
        Ok(rows)
    }

    /// Whether a matrix product makes it necessary to order and transpose factors.
    pub(super) fn reorders(&self) -> bool {
        let mut nodes = self.graph.nodes.iter();
        nodes.any(|node| matches!(node.operation, Operation::Binary(Operator::MatMul)))
    }

    fn partial(&self, node: &str) -> String {
        let loss = self.setup.notation.latex("loss");
        format!(r"\frac{{\partial {loss}}}{{\partial {node}}}")
    }

    /// The result itself: 1 for the loss, what comes from outside for a layer.
    fn begin(&self, row: &mut Row) {
        if self.setup.definition("loss").is_some() {
            row.step("1", true);
        } else if let Some(name) = self.definition(self.root()) {
            row.step(self.partial(&self.setup.notation.latex(name)), true);
        }
    }

    fn chain(&self, row: &mut Row, index: usize) {
        // What comes after the result has no adjoint.
        let nodes = self.graph.nodes.iter().enumerate().take(self.root() + 1);
        let consumers: Vec<usize> =
            nodes.filter(|(_, node)| node.inputs.contains(&index)).map(|(c, _)| c).collect();
        if consumers.is_empty() {
            row.step("0", true);
            return;
        }
        let factor = |consumer: &usize| {
            let (above, below) = (self.node(*consumer), self.node(index));
            let local = format!(r"\frac{{\partial {above}}}{{\partial {below}}}");
            format!(r"{} \cdot {local}", self.partial(&above))
        };
        let factors: Vec<String> = consumers.iter().map(factor).collect();
        row.step(factors.join(" + "), true);
        let mut summands = Vec::new();
        for consumer in consumers {
            let bar = Expression::Name(format!("{BAR}{consumer}"));
            let is_loss = consumer == self.root() && self.setup.definition("loss").is_some();
            let given = if is_loss { None } else { Some(&bar) };
            let operation = self.operation(consumer);
            let target = self.operand(index);
            summands.extend(adjoint::shares(
                &operation,
                given,
                &target,
                &self.named_shapes(consumer),
            ));
        }
        row.step(self.print(&adjoint::total(summands)), true);
    }

    /// The name under which a node stands in the formula of its consumer.
    fn operand(&self, index: usize) -> String {
        match &self.graph.nodes[index].operation {
            Operation::Leaf(name) => (*name).to_owned(),
            _ => format!("{NODE}{index}"),
        }
    }

    /// A node's operation over the nodes that it uses.
    fn operation(&self, index: usize) -> Expression {
        let node = &self.graph.nodes[index];
        let input = |position: usize| {
            let input = node.inputs[position];
            match &self.graph.nodes[input].operation {
                Operation::Constant(_) => Expression::clone(&self.graph.nodes[input].expression),
                _ => Expression::Name(self.operand(input)),
            }
        };
        match &node.operation {
            Operation::Leaf(_) | Operation::Constant(_) => Expression::clone(&node.expression),
            Operation::Same => input(0),
            Operation::Negate => Expression::Negate(Box::new(input(0))),
            Operation::Transpose => Expression::Transpose(Box::new(input(0))),
            Operation::Binary(operator) => Expression::binary(*operator, input(0), input(1)),
            Operation::Call(call) => {
                let arguments = (0..node.inputs.len()).map(input).collect();
                Expression::Call(Call { arguments, ..Call::clone(call) })
            }
        }
    }

    fn named_shapes(&self, consumer: usize) -> Shapes {
        let inputs = self.graph.nodes[consumer].inputs.iter().copied().chain([consumer]);
        inputs
            .flat_map(|index| {
                let shape = self.shapes[index].clone();
                [(self.operand(index), shape.clone()), (format!("{BAR}{index}"), shape)]
            })
            .collect()
    }
}
