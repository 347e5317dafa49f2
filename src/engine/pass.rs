//! One example, forward and backward, as a record.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use crate::formula::{Branch, Call, Decide, Evaluator, Failure, Prove, ZeroOverZero};
use crate::number::{Rational, Real, Sign};
use crate::scenario::{Definition, Setup};
use crate::trace::{self, Convention, Example, Named, Tensor, Value};

use super::backward::{Slope, backward};
use super::forward::{Pass, Stop, forward, forward_with};
use super::graph::{Graph, Operation};

/// The name of the objective.
pub(super) const LOSS: &str = "loss";

/// So many passes a model remembers.
const MOST_KNOWN: usize = 16;

/// What stands in the place of a named value.
pub(super) type Replace<'a> = &'a dyn Fn(&str, Tensor) -> Tensor;

/// The graph of a set-up: data, parameters and symbols are its leaves.
pub fn graph(setup: &Setup) -> Graph<'_> {
    whole_graph(setup, &setup.model).passing_over(&setup.inputs)
}

/// The same with all adjoints.
fn whole_graph<'a>(setup: &'a Setup, model: &'a [Definition]) -> Graph<'a> {
    let leaves = setup.leaves.iter().map(String::as_str);
    let model = model.iter().map(|line| (line.name.as_str(), &line.expression));
    Graph::new(leaves, model)
}

/// A model over the leaves of a set-up, ready to run on its examples.
pub(super) struct Model<'a> {
    pub(super) setup: &'a Setup,
    graph: Graph<'a>,
    root: usize,
    /// The nodes that records name: data and definitions, definitions but the loss, and what is
    /// trained.
    values: Vec<(Arc<str>, usize)>,
    adjoints: Vec<(Arc<str>, usize)>,
    trained: Vec<(Arc<str>, usize)>,
    /// The first passes: runs that begin together share them.
    passes: RefCell<Vec<Known>>,
}

/// A pass whose every sign was proved.
struct Known {
    t: usize,
    activations: Activations,
    point: Named<Tensor>,
    index: usize,
    example: Arc<Example>,
}

/// Whether the backward pass knows the derivatives of activation functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activations {
    /// It does.
    Derived,
    /// It takes each of them for 1.
    Forgotten,
}

impl<'a> Model<'a> {
    /// The model of these definitions: those of the set-up, or others over its leaves.
    pub(super) fn new(setup: &'a Setup, model: &'a [Definition]) -> Self {
        let graph = whole_graph(setup, model).passing_over(&setup.inputs);
        let root = graph.node(LOSS).unwrap_or(graph.nodes.len().saturating_sub(1));
        let named = |name: &str| Some((Arc::from(name), graph.node(name)?));
        let inputs = setup.inputs.iter().filter_map(|name| named(name));
        let own: Vec<_> = graph.definitions.iter().filter_map(|name| named(name)).collect();
        let values = inputs.chain(own.iter().cloned()).collect();
        let trained = setup.trained_names().filter_map(named).collect();
        let adjoints = own.into_iter().filter(|(name, _)| **name != *LOSS).collect();
        Self { setup, graph, root, values, adjoints, trained, passes: RefCell::default() }
    }

    /// The parameters that are trained.
    pub(super) fn trained(&self) -> impl Iterator<Item = &Arc<str>> {
        self.trained.iter().map(|(name, _)| name)
    }

    /// Runs example number `index` (from 1) of the set-up at the point that iteration `t` is at; a
    /// value may be replaced by its name.
    pub(super) fn example(
        &self,
        activations: Activations,
        (t, point): (usize, &Named<Tensor>),
        index: usize,
        replace: Option<Replace<'_>>,
        decide: &mut dyn Decide,
    ) -> Result<Arc<Example>, Stop> {
        if replace.is_some() || !decide.assumes_nothing() {
            return self.pass(activations, point, index, replace, decide).map(Arc::new);
        }
        let same = |known: &&Known| {
            (known.t, known.index, known.activations) == (t, index, activations)
                && known.point == *point
        };
        if let Some(known) = self.passes.borrow().iter().find(same) {
            return Ok(known.example.clone());
        }
        let example = Arc::new(self.pass(activations, point, index, None, decide)?);
        let mut passes = self.passes.borrow_mut();
        if passes.len() < MOST_KNOWN {
            let point = point.clone();
            passes.push(Known { t, activations, point, index, example: example.clone() });
        }
        Ok(example)
    }

    fn pass(
        &self,
        activations: Activations,
        point: &Named<Tensor>,
        index: usize,
        replace: Option<Replace<'_>>,
        decide: &mut dyn Decide,
    ) -> Result<Example, Stop> {
        let graph = &self.graph;
        let leaf = |name: &str| leaf(self.setup, point, index, name);
        let mut pass = match replace {
            None => forward(graph, &leaf, decide)?,
            Some(replace) => {
                let named = |node: usize, value: Tensor| {
                    let own = graph.names.iter().filter(|(_, own)| **own == node);
                    own.fold(value, |value, (name, _)| replace(name, value))
                };
                forward_with(graph, &leaf, &named, decide)?
            }
        };
        let forgotten = |node: usize| {
            let operation = &graph.nodes[node].operation;
            activations == Activations::Forgotten
                && matches!(operation, Operation::Call(call) if call.function.is_activation())
        };
        let slope = |node| if forgotten(node) { Slope::One } else { Slope::Own(Sign::Zero) };
        let mut adjoints = backward(graph, &pass, seeded(&pass, self.root), decide, &slope)?;
        let gradient = recorded(&self.trained, &mut adjoints);
        // Only what is right is told in words, conventions too.
        let mattered = match activations {
            Activations::Derived => self.conventions_that_matter(&pass, &gradient, decide)?,
            Activations::Forgotten => Vec::new(),
        };
        let branches = self.branches(&pass, &mattered, decide);
        Ok(Example {
            values: recorded(&self.values, &mut pass.values),
            adjoints: recorded(&self.adjoints, &mut adjoints),
            gradient,
            branches,
        })
    }

    /// The nodes on a kink where the derivative from the left or from the right would give
    /// another gradient, each taken alone, or else all of them together (nested kinks may
    /// show only so).
    fn conventions_that_matter(
        &self,
        pass: &Pass,
        used: &Named<Tensor>,
        decide: &mut dyn Decide,
    ) -> Result<Vec<usize>, Stop> {
        let on_kink = |index: &usize| {
            pass.branches_of(*index).iter().flatten().any(|branch| branch.sign == Sign::Zero)
        };
        let kinks: Vec<usize> = (0..self.graph.nodes.len()).filter(on_kink).collect();
        let mut changes = |moved: &dyn Fn(usize) -> bool| -> Result<bool, Stop> {
            for side in [Sign::Negative, Sign::Positive] {
                let slope = |node| Slope::Own(if moved(node) { side } else { Sign::Zero });
                let seed = seeded(pass, self.root);
                let mut other = backward(&self.graph, pass, seed, decide, &slope)?;
                if differs(&recorded(&self.trained, &mut other), used) {
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

    fn branches(
        &self,
        pass: &Pass,
        mattered: &[usize],
        decide: &mut dyn Decide,
    ) -> Vec<trace::Branch> {
        let mut records = Vec::new();
        for (node, definition) in self.graph.nodes.iter().enumerate() {
            let Operation::Call(call) = &definition.operation else { continue };
            let inputs: Vec<&Tensor> =
                definition.inputs.iter().map(|input| &pass.values[*input]).collect();
            let shape = Tensor::common(inputs.iter().copied());
            for (entry, branch) in pass.branches_of(node).iter().enumerate() {
                let Some(branch) = branch else { continue };
                let columns = shape.map_or(1, |(_, columns)| columns);
                let at =
                    |input: &&Tensor| input.at(entry / columns, entry % columns).real().cloned();
                let arguments = || inputs.iter().filter_map(at).collect();
                let derivative = slope_at_kink(call, branch, arguments, decide);
                let convention = derivative.map(|derivative| Convention {
                    derivative,
                    mattered: mattered.contains(&node),
                });
                records.push(trace::Branch {
                    node: definition.definition.unwrap_or_default().to_owned(),
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
}

/// The value and the adjoint of every node, for one example at the given point.
///
/// # Errors
///
/// A branch that is undecided, or a number out of range.
pub fn nodes(
    setup: &Setup,
    point: &Named<Tensor>,
    index: usize,
) -> Result<Vec<(Tensor, Tensor)>, Failure> {
    let graph = whole_graph(setup, &setup.model);
    let mut prove = Prove;
    let run = |prove: &mut Prove| -> Result<_, Stop> {
        let pass = forward(&graph, &|name| leaf(setup, point, index, name), prove)?;
        let root = graph.node(LOSS).unwrap_or(graph.nodes.len() - 1);
        let own = |_| Slope::Own(Sign::Zero);
        let adjoints = backward(&graph, &pass, seeded(&pass, root), prove, &own)?;
        Ok((pass, adjoints))
    };
    let (pass, adjoints) = run(&mut prove).map_err(Stop::failure)?;
    Ok(pass.values.into_iter().zip(adjoints).collect())
}

/// The value of a leaf for example number `index`.
fn leaf(setup: &Setup, point: &Named<Tensor>, index: usize, name: &str) -> Tensor {
    let row = index.checked_sub(1).and_then(|row| setup.data.get(row));
    let column = setup.inputs.iter().position(|input| input == name);
    let datum = column.and_then(|column| row?.get(column));
    datum.or_else(|| point.get(name)).cloned().unwrap_or_else(|| Tensor::zeros(None))
}

/// The derivative of the objective by itself: one in every entry.
fn seeded(pass: &Pass, root: usize) -> (usize, Tensor) {
    (root, Tensor::filled(pass.values[root].shape(), &Value::Real(Real::one())))
}

/// What a record has of all nodes: it is taken from there, since each name has a node of its own.
fn recorded(nodes: &[(Arc<str>, usize)], all: &mut [Tensor]) -> Named<Tensor> {
    let mut taken = |node: usize| std::mem::replace(&mut all[node], Tensor::zeros(None));
    nodes.iter().map(|(name, node)| (name.clone(), taken(*node))).collect()
}

/// Whether two gradients are not proved to be equal.
fn differs(left: &Named<Tensor>, right: &Named<Tensor>) -> bool {
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

/// The derivative by the first argument that the convention gives at the kink; none where
/// there is no kink, because both sides have one slope.
fn slope_at_kink(
    call: &Call,
    branch: &Branch,
    arguments: impl FnOnce() -> Vec<Real>,
    decide: &mut dyn Decide,
) -> Option<Rational> {
    if branch.sign != Sign::Zero || !call.function.has_kink() {
        return None;
    }
    let arguments = arguments();
    let mut evaluator = Evaluator { decide, zero_over_zero: ZeroOverZero::Undefined };
    let mut slope = |index, case| evaluator.derivative(call, index, &arguments, case).ok();
    let sides = [Sign::Negative, Sign::Positive].map(|side| branch.beside(side));
    let jumps = (0..arguments.len()).any(|index| slope(index, sides[0]) != slope(index, sides[1]));
    let chosen = slope(0, branch.case)?;
    let rational = chosen.as_rational().map_or(Rational::ZERO, Cow::into_owned);
    (jumps || call.at_kink.is_some()).then_some(rational)
}
