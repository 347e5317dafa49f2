//! One example, forward and backward, as a record.

use std::collections::BTreeMap;

use crate::formula::{Branch, Call, Decide, Evaluator, Failure, Prove, ZeroOverZero};
use crate::number::{Rational, Real, Sign};
use crate::scenario::{Definition, Setup};
use crate::trace::{self, Convention, Example, Named, Value};

use super::backward::{Slope, backward};
use super::forward::{Pass, Stop, forward, forward_with};
use super::graph::{Graph, Operation};
use super::tensor::Tensor;

/// The name of the objective.
pub(super) const LOSS: &str = "loss";

/// What stands in the place of a named value.
pub(super) type Replace<'a> = &'a dyn Fn(&str, Tensor) -> Tensor;

/// The graph of a set-up: data, parameters and symbols are its leaves.
pub fn graph(setup: &Setup) -> Graph {
    graph_of(setup, &setup.model)
}

/// The graph of a model over the leaves of a set-up, without adjoints of data.
pub(super) fn graph_of(setup: &Setup, model: &[Definition]) -> Graph {
    whole_graph(setup, model).passing_over(&setup.inputs)
}

/// The same with all adjoints.
fn whole_graph(setup: &Setup, model: &[Definition]) -> Graph {
    let leaves = setup.leaves.iter().map(String::as_str);
    let model = model.iter().map(|line| (line.name.as_str(), &line.expression));
    Graph::new(leaves, model)
}

/// Whether the backward pass knows the derivatives of activation functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activations {
    /// It does.
    Derived,
    /// It takes each of them for 1.
    Forgotten,
}

/// Runs example number `index` (from 1) of the set-up at the given point; a value may be
/// replaced by its name.
pub(super) fn example(
    setup: &Setup,
    (graph, activations): (&Graph, Activations),
    point: &BTreeMap<String, Tensor>,
    index: usize,
    replace: Option<Replace<'_>>,
    decide: &mut dyn Decide,
) -> Result<Example, Stop> {
    let row: &[trace::Tensor] = index.checked_sub(1).map_or(&[], |row| setup.data[row].as_slice());
    let leaf = |name: &str| {
        let input = setup.inputs.iter().position(|input| input == name);
        let datum = input.and_then(|column| row.get(column)).map(Tensor::from_record);
        datum.or_else(|| point.get(name).cloned()).unwrap_or_else(|| Tensor::zeros(None))
    };
    let pass = match replace {
        None => forward(graph, &leaf, decide)?,
        Some(replace) => {
            let named = |node: usize, value: Tensor| {
                let own = graph.names.iter().filter(|(_, own)| **own == node);
                own.fold(value, |value, (name, _)| replace(name, value))
            };
            forward_with(graph, &leaf, &named, decide)?
        }
    };
    let root = graph.node(LOSS).unwrap_or(graph.nodes.len() - 1);
    let forgotten = |node: usize| {
        let operation = &graph.nodes[node].operation;
        activations == Activations::Forgotten
            && matches!(operation, Operation::Call(call) if call.function.is_activation())
    };
    let slope = |node| if forgotten(node) { Slope::One } else { Slope::Own(Sign::Zero) };
    let adjoints = backward(graph, &pass, seeded(&pass, root), decide, &slope)?;
    let gradient = gradient(setup, graph, &adjoints);
    // Only what is right is told in words, conventions too.
    let mattered = match activations {
        Activations::Derived => {
            conventions_that_matter(setup, graph, &pass, root, &gradient, decide)?
        }
        Activations::Forgotten => Vec::new(),
    };
    Ok(Example {
        values: values(setup, graph, &pass),
        adjoints: definitions(graph, &adjoints),
        gradient,
        branches: branches(graph, &pass, &mattered, decide),
    })
}

/// The value and the adjoint of every node, for one example at the given point.
///
/// # Errors
///
/// A branch that is undecided, or a number out of range.
pub fn nodes(
    setup: &Setup,
    point: &Named<trace::Tensor>,
    index: usize,
) -> Result<Vec<(trace::Tensor, trace::Tensor)>, Failure> {
    let graph = whole_graph(setup, &setup.model);
    let row = index.checked_sub(1).and_then(|row| setup.data.get(row));
    let leaf = |name: &str| {
        let input = setup.inputs.iter().position(|input| input == name);
        let datum = input.and_then(|column| row?.get(column));
        datum.or_else(|| point.get(name)).map_or_else(|| Tensor::zeros(None), Tensor::from_record)
    };
    let mut prove = Prove;
    let run = |prove: &mut Prove| -> Result<_, Stop> {
        let pass = forward(&graph, &leaf, prove)?;
        let root = graph.node(LOSS).unwrap_or(graph.nodes.len() - 1);
        let own = |_| Slope::Own(Sign::Zero);
        let adjoints = backward(&graph, &pass, seeded(&pass, root), prove, &own)?;
        Ok((pass, adjoints))
    };
    let (pass, adjoints) = run(&mut prove).map_err(|stop| *stop.failure)?;
    Ok(pass.values.iter().map(Tensor::record).zip(adjoints.iter().map(Tensor::record)).collect())
}

/// The derivative of the objective by itself: one in every entry.
fn seeded(pass: &Pass, root: usize) -> (usize, Tensor) {
    (root, Tensor::filled(pass.values[root].shape, &Real::one()))
}

fn values(setup: &Setup, graph: &Graph, pass: &Pass) -> Named<trace::Tensor> {
    let names = setup.inputs.iter().chain(&graph.definitions);
    names.map(|name| (name.clone(), pass.values[graph.names[name]].record())).collect()
}

fn definitions(graph: &Graph, adjoints: &[Tensor]) -> Named<trace::Tensor> {
    let names = graph.definitions.iter().filter(|name| *name != LOSS);
    names.map(|name| (name.clone(), adjoints[graph.names[name]].record())).collect()
}

fn gradient(setup: &Setup, graph: &Graph, adjoints: &[Tensor]) -> Named<trace::Tensor> {
    let names = setup.trained_names();
    names.map(|name| (name.to_owned(), adjoints[graph.names[name]].record())).collect()
}

/// The nodes on a kink where the derivative from the left or from the right would give
/// another gradient, each taken alone, or else all of them together (nested kinks may
/// show only so).
fn conventions_that_matter(
    setup: &Setup,
    graph: &Graph,
    pass: &Pass,
    root: usize,
    used: &Named<trace::Tensor>,
    decide: &mut dyn Decide,
) -> Result<Vec<usize>, Stop> {
    let on_kink = |index: &usize| {
        pass.branches[*index].iter().flatten().any(|branch| branch.sign == Sign::Zero)
    };
    let kinks: Vec<usize> = (0..graph.nodes.len()).filter(on_kink).collect();
    let mut changes = |moved: &dyn Fn(usize) -> bool| -> Result<bool, Stop> {
        for side in [Sign::Negative, Sign::Positive] {
            let slope = |node| Slope::Own(if moved(node) { side } else { Sign::Zero });
            let other = backward(graph, pass, seeded(pass, root), decide, &slope)?;
            if differs(&gradient(setup, graph, &other), used) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let mut found = Vec::new();
    for kink in &kinks {
        if changes(&|node| node == *kink)? {
            found.push(*kink);
        }
    }
    if found.is_empty() && kinks.len() > 1 && changes(&|_| true)? {
        return Ok(kinks);
    }
    Ok(found)
}

/// Whether two gradients are not proved to be equal.
fn differs(left: &Named<trace::Tensor>, right: &Named<trace::Tensor>) -> bool {
    let pairs = left.iter().zip(right.iter());
    let mut entries =
        pairs.flat_map(|((_, left), (_, right))| left.entries().iter().zip(right.entries()));
    entries.any(|(left, right)| match (left, right) {
        (Value::Real(left), Value::Real(right)) => {
            left != right && (left - right).sign() != Ok(Sign::Zero)
        }
        _ => left != right,
    })
}

fn branches(
    graph: &Graph,
    pass: &Pass,
    mattered: &[usize],
    decide: &mut dyn Decide,
) -> Vec<trace::Branch> {
    let mut records = Vec::new();
    for (node, definition) in graph.nodes.iter().enumerate() {
        let Operation::Call(call) = &definition.operation else { continue };
        let inputs: Vec<&Tensor> =
            definition.inputs.iter().map(|input| &pass.values[*input]).collect();
        let shape = Tensor::common(&inputs);
        for (entry, branch) in pass.branches[node].iter().enumerate() {
            let Some(branch) = branch else { continue };
            let columns = shape.map_or(1, |(_, columns)| columns);
            let at = |input: &&Tensor| input.at(entry / columns, entry % columns).clone().ok();
            let arguments: Vec<Real> = inputs.iter().filter_map(at).collect();
            let derivative = slope_at_kink(call, branch, &arguments, decide);
            let convention = derivative
                .map(|derivative| Convention { derivative, mattered: mattered.contains(&node) });
            records.push(trace::Branch {
                node: definition.definition.clone().unwrap_or_default(),
                index: shape.is_some().then_some(entry + 1),
                function: branch.function.name,
                kink: branch.case.saturating_sub(1) / 2,
                argument: branch.argument.clone(),
                sign: branch.sign,
                branch: branch.function.branch(branch.case),
                convention,
            });
        }
    }
    records
}

/// The derivative by the first argument that the convention gives at the kink; none where
/// there is no kink, because both sides have one slope.
fn slope_at_kink(
    call: &Call,
    branch: &Branch,
    arguments: &[Real],
    decide: &mut dyn Decide,
) -> Option<Rational> {
    if branch.sign != Sign::Zero || !call.function.has_kink() {
        return None;
    }
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    let mut slope = |index, case| evaluator.derivative(call, index, arguments, case).ok();
    let sides = [Sign::Negative, Sign::Positive].map(|side| branch.beside(side));
    let jumps = (0..arguments.len()).any(|index| slope(index, sides[0]) != slope(index, sides[1]));
    let chosen = slope(0, branch.case)?;
    let rational = chosen.as_rational().cloned().unwrap_or(Rational::ZERO);
    (jumps || call.at_kink.is_some()).then_some(rational)
}
