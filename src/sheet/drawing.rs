//! A computation graph as a drawing: boxes for nodes, arrows with shapes.

use crate::figure::diagram::{Backward, Diagram, Direction, Edge, Formula, Kind, Node};
use crate::scenario;

use super::derive::Derivation;
use super::prose::Prose;

/// The drawing of a set-up's graph.
pub(super) fn diagram(
    derivation: &Derivation<'_>,
    prose: &Prose,
    backward: scenario::Backward,
) -> Diagram {
    let shown: Vec<usize> = (0..derivation.graph.nodes.len())
        .filter(|index| derivation.order[*index].is_some())
        .collect();
    let position = |index: usize| shown.iter().position(|other| *other == index);
    let mut edges = Vec::new();
    for (to, index) in shown.iter().enumerate() {
        for input in &derivation.graph.nodes[*index].inputs {
            if let Some(from) = position(*input) {
                edges.push(Edge {
                    from,
                    to,
                    shape: derivation.dimensions(*input).map(formula),
                    adjoint: Some(formula(derivation.bar(*input))),
                });
            }
        }
    }
    let nodes = shown.iter().map(|index| node(derivation, *index)).collect();
    let name = derivation.setup.name.clone();
    Diagram {
        title: prose.say("graph_title", &[("name", name)]),
        description: describe(derivation, prose, &shown),
        nodes,
        edges,
        backward: match backward {
            scenario::Backward::Hidden => Backward::Hidden,
            scenario::Backward::Shown => Backward::Shown,
        },
        direction: Direction::Fitting,
    }
}

fn node(derivation: &Derivation<'_>, index: usize) -> Node {
    let kind = if index == derivation.root() {
        Kind::Output
    } else if !derivation.is_leaf(index) {
        Kind::Operation
    } else if is_data(derivation, index) {
        Kind::Leaf
    } else {
        Kind::Parameter
    };
    Node { name: formula(derivation.node(index)), label: formula(derivation.label(index)), kind }
}

/// Data are leaves that are given for each example; a symbolic set-up has none, and there
/// the first leaf is taken for the input.
fn is_data(derivation: &Derivation<'_>, index: usize) -> bool {
    let setup = derivation.setup;
    let Some(name) = derivation.leaf(index) else { return false };
    if setup.is_symbolic() && setup.inputs.is_empty() {
        return setup.leaves.first().is_some_and(|first| first == name);
    }
    setup.inputs.iter().any(|input| input == name)
}

fn formula(tex: String) -> Formula {
    Formula { tex, plain: String::new() }
}

/// The graph in words, for readers who don't see it.
fn describe(derivation: &Derivation<'_>, prose: &Prose, shown: &[usize]) -> String {
    let plain = |tex: String| tex.replace(['{', '}', '\\'], "").replace("mathrm", "");
    let result = plain(derivation.node(derivation.root()));
    let blanks = [("count", shown.len().to_string()), ("result", result)];
    let mut sentences = vec![prose.say("graph_lead", &blanks)];
    for index in shown {
        // Two asterisks in a description would be emphasis in Markdown, and be lost.
        let label = derivation.graph.nodes[*index].expression.to_string().replace('*', "·");
        let inputs = derivation.graph.nodes[*index].inputs.iter();
        let inputs: Vec<String> = inputs
            .filter(|input| derivation.order[**input].is_some())
            .map(|input| plain(derivation.node(*input)))
            .collect();
        let key = if inputs.is_empty() { "graph_leaf" } else { "graph_operation" };
        let node = plain(derivation.node(*index));
        let blanks = [("node", node), ("label", label), ("inputs", inputs.join(", "))];
        sentences.push(prose.say(key, &blanks));
    }
    sentences.join(" ")
}
