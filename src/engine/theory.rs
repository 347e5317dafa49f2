//! What theory says of an experiment's figures, for models that are a chain of layers.
//!
//! A layer is `z = h W + b`, `h' = φ(z)`, its weights drawn independently with mean 0 and
//! variance `v`. Given the layer below, `z` has variance `v |h|² + Var b` and mean `E b`:
//!
//! ```text
//! first layer   P(z > 0) = Φ(b/√(v |x|² + Var b)), averaged over the examples; exact for
//!               normal weights
//! scale         q = mean of z²,  E φ(√q ξ)² and E φ'(√q ξ)² for a standard normal ξ: see
//!               `initialization::propagation`; biases of mean 0
//! adjoints      mean square: v m E φ'² times that of the layer above, `m` its units
//! logarithms    ReLU, normal weights, no biases, for a single example
//! ```

use std::f64::consts::{LN_10, PI};

use crate::formula::Operator;
use crate::formula::shape::Shape;
use crate::initialization::distribution::{Distribution, Family};
use crate::initialization::propagation::{Activation, LogGrowth, mean_squares};
use crate::initialization::scheme::{self, Scheme};
use crate::initialization::tail::positive;
use crate::number::Real;
use crate::scenario::{Initial, Parameter, Quantity, Setup};
use crate::trace::{Holds, Normal, Theory};

use super::graph::{Graph, Operation};

/// The theory of one case.
#[derive(Debug, Default)]
pub(super) struct Chain {
    layers: Vec<Layer>,
}

/// The theory of one layer.
#[derive(Debug)]
struct Layer {
    /// Its definition.
    name: String,
    /// Its node in the graph, and that of its pre-activation.
    nodes: [usize; 2],
    activation: Activation,
    /// Whether the weights are independent and normal, and the biases constant.
    normal: bool,
    /// `P(z > 0)`.
    positive: Theory,
    /// The distribution of a pre-activation, where it is one normal distribution.
    pre: Option<Normal>,
    /// Mean and mean square of the activations.
    activations: Option<(f64, f64)>,
    /// The mean logarithm of the mean square of the activations.
    logarithm: Option<f64>,
    /// Mean and mean square of the activations' adjoints.
    adjoints: Option<(f64, f64)>,
    /// The mean logarithm of that mean square.
    adjoint_logarithm: Option<f64>,
}

/// A layer as it stands in the graph.
struct Link<'a> {
    name: &'a str,
    node: usize,
    pre: usize,
    activation: Activation,
    input: usize,
    weights: &'a Parameter,
    bias: Option<&'a Parameter>,
    rows: usize,
    units: usize,
}

impl Chain {
    /// The theory of a case; `inputs` are its examples' values, by datum.
    pub(super) fn new(setup: &Setup, graph: &Graph, inputs: &[Vec<f64>], examples: usize) -> Self {
        let mut chain = Self::default();
        let mut links: Vec<(Link<'_>, Option<f64>)> = Vec::new();
        for name in setup.layers(false) {
            let Some(link) = link(setup, graph, name) else { break };
            // Weights that are used twice are not drawn independently.
            let again = |known: &Parameter| {
                known.name == link.weights.name
                    || link.bias.is_some_and(|bias| bias.name == known.name && !is_zero(bias))
            };
            let own =
                |(known, _): &(Link<'_>, _)| again(known.weights) || known.bias.is_some_and(again);
            if links.iter().any(own) {
                break;
            }
            let layer = match links.last() {
                None => first(setup, graph, &link, inputs, examples),
                Some((below, _)) if below.node == link.input => {
                    chain.layers.last().and_then(|layer| deeper(layer, &link))
                }
                Some(_) => None,
            };
            let Some((layer, slope)) = layer else { break };
            chain.layers.push(layer);
            links.push((link, slope));
        }
        let last = graph.node("loss").unwrap_or(graph.nodes.len() - 1);
        let whole = links.last().is_some_and(|(link, _)| resolved(graph, last) == link.node);
        if whole {
            chain.backward(setup, &links, examples);
        }
        chain
    }

    /// The pre-activation of a layer, given by a node or its own, as a normal distribution.
    pub(super) fn pre_activation(&self, graph: &Graph, name: &str) -> Option<Normal> {
        let node = resolved(graph, graph.node(name)?);
        self.layers.iter().find(|layer| layer.nodes.contains(&node))?.pre
    }

    /// The theory of a figure, and of its mean logarithm.
    pub(super) fn figure(
        &self,
        quantity: Quantity,
        of: &str,
        examples: usize,
    ) -> (Option<Theory>, Option<f64>) {
        let Some(layer) = self.layer(of) else { return (None, None) };
        let exact = matches!(layer.activation, Activation::Relu | Activation::Linear);
        let holds = if exact { Holds::Exactly } else { Holds::WideLayers };
        let wide = |value: f64| Some(theory(value, Holds::WideLayers));
        let std = |(mean, square): (f64, f64)| (square - mean * mean).max(0.0).sqrt();
        // For ReLU, Var φ(z) = (1 − 1/π) E φ(z)².
        let relative = 0.5 * libm::log(1.0 - 1.0 / PI);
        match quantity {
            Quantity::ActiveFraction => (Some(layer.positive), None),
            Quantity::DeadUnits if examples == 1 => {
                let value = 1.0 - layer.positive.value;
                (Some(theory(value, layer.positive.holds)), None)
            }
            Quantity::DeadUnits | Quantity::GradientNorm => (None, None),
            Quantity::ActivationMean => (layer.activations.and_then(|(mean, _)| wide(mean)), None),
            Quantity::ActivationStd => {
                let logarithm = layer.logarithm.map(|square| 0.5 * square + relative);
                (layer.activations.map(std).and_then(wide), logarithm)
            }
            Quantity::ActivationMeanSquare => {
                (layer.activations.map(|(_, square)| theory(square, holds)), layer.logarithm)
            }
            Quantity::GradientMean => (layer.adjoints.and_then(|(mean, _)| wide(mean)), None),
            Quantity::GradientStd => (
                layer.adjoints.map(std).and_then(wide),
                layer.adjoint_logarithm.map(|square| 0.5 * square),
            ),
            Quantity::GradientMeanSquare => {
                (layer.adjoints.map(|(_, square)| theory(square, holds)), layer.adjoint_logarithm)
            }
        }
    }

    fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// The adjoints from the last layer down, whose own is the free adjoint.
    fn backward(&mut self, setup: &Setup, links: &[(Link<'_>, Option<f64>)], examples: usize) {
        let (mean, square) = match &setup.adjoint {
            None => (1.0, 1.0),
            Some(scheme) => {
                let (link, _) = &links[links.len() - 1];
                let drawn = scheme.distribution(scheme::Shape::new(1, link.units));
                (drawn.mean, drawn.variance + drawn.mean * drawn.mean)
            }
        };
        let mut above = Some((mean, square));
        // Beside a layer that the logarithms do not pass, the last one's would stand alone.
        let last = self.layers.last().zip(links.last());
        let starts = examples == 1 && last.is_some_and(|(layer, (link, _))| grows(layer, link));
        let mut logarithm = starts.then(|| libm::log(square));
        for (layer, (link, slope)) in self.layers.iter_mut().zip(links).rev() {
            layer.adjoints = above;
            layer.adjoint_logarithm = logarithm.filter(|value| value.is_finite());
            let variance = spread(link.weights).map_or(0.0, |drawn| drawn.variance);
            above = above
                .zip(*slope)
                .map(|((_, square), slope)| (0.0, variance * real(link.units) * slope * square));
            logarithm = logarithm
                .filter(|_| grows(layer, link))
                .map(|value| value + LogGrowth::relu(link.units, variance).mean);
        }
    }
}

/// Whether the adjoints' mean logarithm is known below the layer where it is above.
fn grows(layer: &Layer, link: &Link<'_>) -> bool {
    layer.normal
        && link.bias.is_none_or(is_zero)
        && layer.activation == Activation::Relu
        && link.rows == link.units
}

/// The first layer, from the examples' squared norms.
fn first(
    setup: &Setup,
    graph: &Graph,
    link: &Link<'_>,
    inputs: &[Vec<f64>],
    examples: usize,
) -> Option<(Layer, Option<f64>)> {
    let Operation::Leaf(datum) = &graph.nodes[link.input].operation else { return None };
    let column = setup.inputs.iter().position(|input| input == datum)?;
    let values = inputs.get(column)?;
    let size = values.len() / examples.max(1);
    let norms: Vec<f64> =
        values.chunks(size.max(1)).map(|row| row.iter().map(|entry| entry * entry).sum()).collect();
    let weights = spread(link.weights)?;
    let (biases, bias_variance, constant) = biases(link.bias)?;
    let mut terms = Vec::with_capacity(norms.len() * biases.len());
    for norm in &norms {
        let variance = weights.variance * norm + bias_variance;
        terms.extend(biases.iter().map(|bias| positive(*bias, variance).log10));
    }
    let normal = weights.family == Family::Normal && constant;
    let holds = if normal { Holds::Exactly } else { Holds::WideLayers };
    let square = norms.iter().sum::<f64>() / real(norms.len());
    let q = weights.variance * square + bias_variance;
    let one_norm = norms.iter().all(|norm| (norm - norms[0]).abs() <= 1e-12 * norms[0]);
    let pre = (normal && one_norm && biases.len() == 1)
        .then(|| Normal { mean: biases[0], std: q.sqrt() });
    let centered = biases.iter().all(|bias| bias.abs() <= 0.0);
    let relu = link.activation == Activation::Relu && normal && link.bias.is_none_or(is_zero);
    let logarithm = (relu && examples == 1).then(|| {
        libm::log(square) + LogGrowth::relu(link.units, weights.variance).mean
            - libm::log(real(link.units))
    });
    let layer = Layer {
        name: link.name.to_owned(),
        nodes: [link.node, link.pre],
        activation: link.activation,
        normal,
        positive: mean_power(&terms, holds),
        pre,
        activations: centered.then(|| moments(link.activation, q)),
        logarithm,
        adjoints: None,
        adjoint_logarithm: None,
    };
    Some((layer, centered.then(|| mean_squares(link.activation, q).1)))
}

/// A layer on top of another; its biases have mean 0.
fn deeper(below: &Layer, link: &Link<'_>) -> Option<(Layer, Option<f64>)> {
    let weights = spread(link.weights)?;
    let (biases, bias_variance, constant) = biases(link.bias)?;
    let (_, square) = below.activations?;
    if biases.iter().any(|bias| bias.abs() > 0.0) {
        return None;
    }
    let q = weights.variance * real(link.rows) * square + bias_variance;
    let normal = below.normal && weights.family == Family::Normal && constant;
    let grows = normal && link.activation == Activation::Relu && link.bias.is_none_or(is_zero);
    let logarithm = below.logarithm.filter(|_| grows).map(|value| {
        let width = libm::log(real(link.rows)) - libm::log(real(link.units));
        value + LogGrowth::relu(link.units, weights.variance).mean + width
    });
    let layer = Layer {
        name: link.name.to_owned(),
        nodes: [link.node, link.pre],
        activation: link.activation,
        normal,
        positive: theory(0.5, Holds::WideLayers),
        pre: None,
        activations: Some(moments(link.activation, q)),
        logarithm,
        adjoints: None,
        adjoint_logarithm: None,
    };
    Some((layer, Some(mean_squares(link.activation, q).1)))
}

/// Mean and mean square of φ(z) for `z ~ N(0, q)`.
fn moments(activation: Activation, q: f64) -> (f64, f64) {
    let mean = match activation {
        Activation::Relu => (q / (2.0 * PI)).sqrt(),
        Activation::LeakyRelu(slope) => (1.0 - slope) * (q / (2.0 * PI)).sqrt(),
        Activation::Tanh | Activation::Linear => 0.0,
    };
    (mean, mean_squares(activation, q).0)
}

/// The distribution of weights that are drawn independently with mean 0.
fn spread(parameter: &Parameter) -> Option<Distribution> {
    let Initial::Drawn { scheme, counts: Some(Some((rows, columns))), .. } = &parameter.initial
    else {
        return None;
    };
    let drawn = scheme.distribution(scheme::Shape::new(*rows, *columns));
    let dependent = matches!(drawn.family, Family::Fixed | Family::Orthogonal);
    (!dependent && drawn.mean.abs() <= 0.0).then_some(drawn)
}

/// The biases' means, their variance, and whether they are constant: all distinct values.
fn biases(parameter: Option<&Parameter>) -> Option<(Vec<f64>, f64, bool)> {
    let Some(parameter) = parameter else { return Some((vec![0.0], 0.0, true)) };
    match &parameter.initial {
        Initial::Filled { value, .. } => Some((vec![value.to_f64()], 0.0, true)),
        Initial::Drawn { scheme, counts, .. } if scheme.is_random() => {
            let (rows, columns) = counts.as_ref()?.unwrap_or((1, 1));
            let drawn = scheme.distribution(scheme::Shape::new(rows, columns));
            Some((vec![drawn.mean], drawn.variance, false))
        }
        given => {
            let tensor = given.tensor();
            let doubles = tensor.entries().iter().map(|entry| entry.real().map(Real::to_f64));
            let mut list: Vec<f64> = doubles.collect::<Option<_>>()?;
            if list.iter().all(|bias| (bias - list[0]).abs() <= 0.0) {
                list.truncate(1);
            }
            Some((list, 0.0, true))
        }
    }
}

fn is_zero(parameter: &Parameter) -> bool {
    match &parameter.initial {
        Initial::Drawn { scheme: Scheme::Zeros, .. } => true,
        Initial::Drawn { .. } => false,
        Initial::Filled { value, .. } => value.is_zero_form(),
        Initial::Exact(tensor) => tensor.is_zero(),
    }
}

/// The layer of a definition, if it is one: `φ(h @ W + b)`.
fn link<'a>(setup: &'a Setup, graph: &'a Graph, name: &'a str) -> Option<Link<'a>> {
    let node = resolved(graph, graph.node(name)?);
    let (activation, pre) = match &graph.nodes[node].operation {
        Operation::Call(call) => {
            let activation = match call.function.name {
                "relu" => Activation::Relu,
                "tanh" => Activation::Tanh,
                _ => return None,
            };
            (activation, resolved(graph, graph.nodes[node].inputs[0]))
        }
        _ => (Activation::Linear, node),
    };
    let parameter = |index: usize| match &graph.nodes[resolved(graph, index)].operation {
        Operation::Leaf(name) => setup.parameter(name),
        _ => None,
    };
    let inputs = &graph.nodes[pre].inputs;
    let (product, bias) = match &graph.nodes[pre].operation {
        Operation::Binary(Operator::MatMul) => (pre, None),
        Operation::Binary(Operator::Add) => match (parameter(inputs[0]), parameter(inputs[1])) {
            (None, Some(bias)) => (resolved(graph, inputs[0]), Some(bias)),
            (Some(bias), None) => (resolved(graph, inputs[1]), Some(bias)),
            _ => return None,
        },
        _ => return None,
    };
    let Operation::Binary(Operator::MatMul) = &graph.nodes[product].operation else { return None };
    let [input, weights] = graph.nodes[product].inputs.as_slice() else { return None };
    let weights = parameter(*weights)?;
    let (rows, units) = setup.shapes.get(&weights.name).and_then(Shape::counts)?;
    let input = resolved(graph, *input);
    let row = match &graph.nodes[input].operation {
        Operation::Leaf(name) => setup.shapes.get(*name).and_then(Shape::counts) == Some((1, rows)),
        _ => true,
    };
    row.then_some(Link { name, node, pre, activation, input, weights, bias, rows, units })
}

/// The node behind other names.
fn resolved(graph: &Graph, mut node: usize) -> usize {
    while matches!(graph.nodes[node].operation, Operation::Same) {
        node = graph.nodes[node].inputs[0];
    }
    node
}

fn theory(value: f64, holds: Holds) -> Theory {
    Theory { value, log10: libm::log10(value), holds }
}

/// The mean of numbers given by their decimal logarithms.
fn mean_power(terms: &[f64], holds: Holds) -> Theory {
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = terms.iter().map(|term| libm::exp((term - largest) * LN_10)).sum();
    let log10 =
        if largest.is_finite() { largest + libm::log10(sum / real(terms.len())) } else { largest };
    Theory { value: libm::pow(10.0, log10), log10, holds }
}

#[expect(clippy::cast_precision_loss, reason = "counts of units and examples")]
fn real(count: usize) -> f64 {
    count as f64
}
