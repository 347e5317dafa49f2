//! The computation graph of a model: its definitions, flattened into single operations.
//!
//! Leaves (parameters and data) come first, in the order in which they are declared;
//! operations follow in the order of evaluation, subexpressions included. A definition
//! that is only a name or a number is a node of its own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::formula::{Call, Expression, Operator};
use crate::number::Rational;

/// The graph of one model.
#[derive(Debug, Clone)]
pub struct Graph<'a> {
    /// The nodes; inputs always come before the node that uses them.
    pub nodes: Vec<Node<'a>>,
    /// The node of each name.
    pub names: BTreeMap<&'a str, usize>,
    /// The definitions in order.
    pub definitions: Vec<&'a str>,
    /// The nodes whose adjoints nobody asks for.
    pub(super) passive: Vec<bool>,
}

/// One node.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// What it computes.
    pub operation: Operation<'a>,
    /// Its inputs, as indices of nodes.
    pub inputs: Vec<usize>,
    /// The expression that it stands for, as errors name it.
    pub expression: Cow<'a, Expression>,
    /// The definition in which it stands; leaves have none.
    pub definition: Option<&'a str>,
}

/// What a node computes.
#[derive(Debug, Clone)]
pub enum Operation<'a> {
    /// A parameter or a datum.
    Leaf(&'a str),
    /// A number of the model's text.
    Constant(Rational),
    /// The same value under another name.
    Same,
    /// −x
    Negate,
    /// xᵀ
    Transpose,
    /// A binary operation.
    Binary(Operator),
    /// A function.
    Call(&'a Call),
}

impl<'a> Graph<'a> {
    /// The graph of definitions over leaves. Every name in a definition is a leaf or an
    /// earlier definition: the scenario was checked.
    pub fn new(
        leaves: impl Iterator<Item = &'a str>,
        definitions: impl Iterator<Item = (&'a str, &'a Expression)>,
    ) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            names: BTreeMap::new(),
            definitions: Vec::new(),
            passive: Vec::new(),
        };
        for leaf in leaves {
            let node = Node {
                operation: Operation::Leaf(leaf),
                inputs: Vec::new(),
                expression: Cow::Owned(Expression::name(leaf)),
                definition: None,
            };
            graph.names.insert(leaf, graph.nodes.len());
            graph.nodes.push(node);
        }
        for (name, expression) in definitions {
            let mut node = graph.add(expression, name);
            let is_number = matches!(graph.nodes[node].operation, Operation::Constant(_));
            if is_number || matches!(expression, Expression::Name(_)) {
                // A name of its own has an adjoint of its own: what uses the other name
                // does not count for it.
                graph.nodes.push(Node {
                    operation: Operation::Same,
                    inputs: vec![node],
                    expression: Cow::Borrowed(expression),
                    definition: Some(name),
                });
                node = graph.nodes.len() - 1;
            }
            graph.names.insert(name, node);
            graph.definitions.push(name);
        }
        let is_number = |node: &Node<'_>| matches!(node.operation, Operation::Constant(_));
        graph.passive = graph.nodes.iter().map(is_number).collect();
        graph
    }

    /// The node of a name that the scenario's check has found to exist.
    pub fn node(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// The graph without adjoints of these leaves, nor of what hangs on them and on numbers alone
    /// and is no definition.
    #[must_use]
    pub(super) fn passing_over(mut self, leaves: &[String]) -> Self {
        let mut defined = vec![false; self.nodes.len()];
        for index in self.definitions.iter().filter_map(|name| self.node(name)) {
            defined[index] = true;
        }
        for (index, node) in self.nodes.iter().enumerate() {
            self.passive[index] = match &node.operation {
                Operation::Leaf(name) => leaves.iter().any(|leaf| leaf == name),
                Operation::Constant(_) => true,
                _ => {
                    let passive = |input: &usize| self.passive[*input];
                    !defined[index] && node.inputs.iter().all(passive)
                }
            };
        }
        self
    }

    fn add(&mut self, expression: &'a Expression, definition: &'a str) -> usize {
        // Numbers among themselves, such as 1/2, are no nodes of their own.
        let number = crate::formula::chain::number(expression).map(|(value, _)| value);
        let (operation, inputs) = match expression {
            _ if number.is_some() => {
                (Operation::Constant(number.unwrap_or(Rational::ZERO)), Vec::new())
            }
            Expression::Name(name) => {
                if let Some(node) = self.node(name) {
                    return node;
                }
                (Operation::Leaf(name), Vec::new())
            }
            Expression::Number(number) => (Operation::Constant(number.clone()), Vec::new()),
            Expression::Negate(inner) => (Operation::Negate, vec![self.add(inner, definition)]),
            Expression::Transpose(inner) => {
                (Operation::Transpose, vec![self.add(inner, definition)])
            }
            Expression::Binary(operator, left, right) => {
                let left = self.add(left, definition);
                (Operation::Binary(*operator), vec![left, self.add(right, definition)])
            }
            Expression::Call(call) | Expression::Derivative(call, _) => {
                let inputs =
                    call.arguments.iter().map(|argument| self.add(argument, definition)).collect();
                (Operation::Call(call), inputs)
            }
            Expression::Shown(_) => (Operation::Constant(Rational::ZERO), Vec::new()),
        };
        let (expression, definition) = (Cow::Borrowed(expression), Some(definition));
        self.nodes.push(Node { operation, inputs, expression, definition });
        self.nodes.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn leaves_come_first_then_operations_in_the_order_of_evaluation() {
        let model = [("z", "w*x + b"), ("y_hat", "relu(z)"), ("same", "y_hat")]
            .map(|(name, text)| (name, parse(text).unwrap().expression));
        let graph = Graph::new(
            ["x", "w", "b"].into_iter(),
            model.iter().map(|(name, expression)| (*name, expression)),
        );
        let listed: Vec<String> =
            graph.nodes.iter().map(|node| node.expression.to_string()).collect();
        assert_eq!(listed, ["x", "w", "b", "w*x", "w*x + b", "relu(z)", "y_hat"]);
        assert_eq!(graph.nodes[graph.names["same"]].inputs, [graph.names["y_hat"]]);
    }
}
