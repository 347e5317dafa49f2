//! Three families of random models, each on a kink or away from one: numbers alone,
//! matrices, and networks of several layers.

use dashu_ratio::RBig;

use super::grid::{Grid, Shape};
use super::jet::Met;
use super::model::{Model, Repeated};
use super::random_tree::{Grower, Kind, Names};
use super::tree::{Tree, binary, call, named};
use crate::dual::{Random, fraction};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Family {
    Numbers,
    Matrices,
    Networks,
}

/// So many functions are on a kink in such a model.
const KINKS: usize = 5;

/// One model in eight is made to be on a kink.
pub(crate) fn is_on_kink(index: usize) -> bool {
    index.is_multiple_of(8)
}

/// Number `index` of a family.
pub(crate) fn model(family: Family, index: usize, random: &mut Random) -> Model {
    let kink = is_on_kink(index);
    let kind = if index.is_multiple_of(2) { Kind::Rational } else { Kind::Smooth };
    match family {
        // Every other kink lies in a model of smooth functions.
        Family::Numbers | Family::Matrices => {
            let kind = if kink && index.is_multiple_of(16) { Kind::Smooth } else { kind };
            free(random, kind, family == Family::Numbers, kink.then_some(index / 8))
        }
        Family::Networks => network(random, kink),
    }
}

fn grower(random: &mut Random, kind: Kind, scalars: bool) -> Grower<'_> {
    let examples = random.choose(&[1, 1, 1, 2]);
    let model = Model { examples, is_rational: kind == Kind::Rational, ..Model::default() };
    Grower { random, model, kind, names: Names::All, scalars }
}

/// A few definitions of any form, then the loss.
fn free(random: &mut Random, kind: Kind, scalars: bool, kink: Option<usize>) -> Model {
    let mut grower = grower(random, kind, scalars);
    grower.new_leaf(None);
    for index in 0..1 + grower.random.below(3) {
        let name = format!("d{index}");
        let shape = if grower.random.below(3) == 0 { None } else { grower.shape() };
        let tree = match (grower.random.below(8), index) {
            // Another name of something, or a number.
            (0, 1..) => grower.name(shape),
            (1, 1..) if shape.is_none() => Tree::Number(grower.number()),
            _ => grower.tree(shape, 2),
        };
        grower.model.define(&name, tree, shape);
    }
    let mut loss = grower.tree(None, 3);
    if let Some(index) = kink {
        for turn in 0..KINKS {
            let kink = on_a_kink(&mut grower, index * KINKS + turn);
            loss = binary('+', loss, kink);
        }
    }
    grower.model.define("loss", loss, None);
    if grower.random.below(8) == 0 {
        // Nothing hangs on what comes after the loss.
        let tree = grower.tree(None, 1);
        grower.model.define("after", tree, None);
    }
    grower.model
}

/// A number from a function whose argument is exactly 0, or whose arguments tie, in some
/// entries: a new leaf is what the rest comes to.
fn on_a_kink(grower: &mut Grower<'_>, turn: usize) -> Tree {
    let kind = std::mem::replace(&mut grower.kind, Kind::Rational);
    if kind == Kind::Smooth {
        grower.names = Names::Leaves;
    }
    let shape = grower.shape();
    let rest = grower.tree(shape, 2);
    grower.kind = kind;
    grower.names = Names::All;
    let value = exact(&grower.model, &rest);
    if kind == Kind::Smooth && grower.random.below(8) == 0 {
        return zero_norm(grower, &rest, &value);
    }
    let plain: &[_] = &[
        "relu",
        "abs",
        "sign",
        "max",
        "min",
        "leaky_relu",
        "hard_tanh",
        "relu6",
        "mae",
        "huber",
        "hinge",
    ];
    let smooth: &[_] = &[
        "relu",
        "elu",
        "selu",
        "abs",
        "sign",
        "max",
        "elu",
        "selu",
        "min",
        "leaky_relu",
        "elu",
        "selu",
        "hard_tanh",
        "relu6",
        "mae",
        "huber",
        "hinge",
    ];
    let functions = if kind == Kind::Smooth { smooth } else { plain };
    // Models of the two kinds take turns.
    let function = functions[(turn / KINKS / 2 * KINKS + turn % KINKS) % functions.len()];
    let is_loss = matches!(function, "mae" | "huber" | "hinge");
    let balance = if is_loss { value.clone() } else { balance(grower, &value) };
    let leaf = named(&grower.add_leaf(false, vec![balance]));
    let gap = binary('-', rest.clone(), leaf.clone());
    let one = || Tree::Number(RBig::ONE);
    let shifted = |by: i64| binary('+', gap.clone(), Tree::Number(fraction(by, 1)));
    let side = grower.random.below(2) == 0;
    let arguments = match function {
        "max" | "min" if side => vec![leaf, rest],
        "max" | "min" => vec![rest, leaf],
        "mae" => vec![rest, leaf],
        "huber" => vec![shifted(if side { 1 } else { -1 }), Tree::Number(RBig::ZERO)],
        "hinge" => vec![shifted(1), one()],
        "hard_tanh" => vec![shifted(if side { 1 } else { -1 })],
        "relu6" => vec![shifted(if side { 0 } else { 6 })],
        _ => vec![gap.clone()],
    };
    let at_kink = if function == "huber" { None } else { grower.at_kink() };
    let kink = Tree::Call { function, arguments, at_kink };
    let name = format!("kink{}", turn % KINKS);
    let shape = if is_loss { None } else { shape };
    grower.model.define(&name, kink, shape);
    let weight = Tree::Name(grower.new_leaf(shape));
    let weighted = binary('*', named(&name), weight);
    if shape.is_none() { weighted } else { call("sum", [weighted]) }
}

/// The norm of zeros alone, and beside it one entry that is on a kink.
fn zero_norm(grower: &mut Grower<'_>, rest: &Tree, value: &Grid<RBig>) -> Tree {
    let leaf = named(&grower.add_leaf(false, vec![value.clone()]));
    let gap = binary('-', rest.clone(), leaf);
    let weight = Tree::Name(grower.new_leaf(None));
    let norm = binary('*', weight, call("norm", [gap.clone()]));
    binary('+', norm, call("sum", [call("relu", [gap])]))
}

/// The value of the first example.
fn exact(model: &Model, tree: &Tree) -> Grid<RBig> {
    let mut scope = super::grid::Scope::<RBig>::new();
    for leaf in &model.leaves {
        scope.insert(leaf.name.clone(), Grid::constant(&leaf.values[0]));
    }
    if model.is_rational {
        scope = model.values::<RBig>(0, &mut Met::new(), &|_, _| {});
    }
    super::grid::evaluate(tree, &scope, &mut Met::new()).map(|jet| jet.value.clone())
}

/// Equal to some entries of a value: all shapes that can be repeated to its own.
fn balance(grower: &mut Grower<'_>, value: &Grid<RBig>) -> Grid<RBig> {
    let shape: Shape = match (value.shape, grower.random.below(4)) {
        (Some((_, columns)), 0) => Some((1, columns)),
        (_, 1) => None,
        (shape, _) => shape,
    };
    let (rows, columns) = shape.unwrap_or((1, 1));
    let mut entries = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let same = (row, column) == (0, 0) || grower.random.below(3) > 0;
            let entry = value.at(row, column).clone();
            entries.push(if same { entry } else { entry + grower.number() });
        }
    }
    Grid { shape, entries }
}

/// `h_l = f(h_{l-1} @ W_l + b_l)`, written as one line or as several.
fn network(random: &mut Random, kink: bool) -> Model {
    let activations: &[&str] = if kink {
        &["relu", "abs", "leaky"]
    } else {
        &["relu", "abs", "leaky", "none", "tanh", "sigmoid", "tanh", "sigmoid", "log"]
    };
    let activation = random.choose(activations);
    let losses: &[&str] = match activation {
        "tanh" | "sigmoid" | "log" => &["half", "mean", "norm", "logistic", "hinge"],
        _ => &["half", "mean", "mean", "absolute", "hinge"],
    };
    let loss = random.choose(losses);
    let is_smooth = matches!(activation, "tanh" | "sigmoid" | "log");
    let kind = if is_smooth { Kind::Smooth } else { Kind::Rational };
    let mut grower = grower(random, kind, false);
    let depth = 1 + grower.random.below(3);
    let widths: Vec<usize> = (0..=depth).map(|_| grower.random.choose(&[1, 2, 2, 3])).collect();
    let batch = grower.random.choose(&[1, 1, 2, 3]);
    let examples = grower.model.examples;
    let of = |grower: &mut Grower<'_>, name: &str, shape, is_datum: bool| {
        let count = if is_datum { examples } else { 1 };
        let values = (0..count).map(|_| grower.grid(shape)).collect();
        grower.name_leaf(name, is_datum, values);
    };
    of(&mut grower, "x", Some((batch, widths[0])), true);
    of(&mut grower, "y", Some((batch, widths[depth])), true);
    // An alias, so that all layers read alike.
    grower.model.define("h0", named("x"), Some((batch, widths[0])));
    let slope = grower.at_kink();
    let biased = kink || grower.random.below(4) > 0;
    let mut names = Vec::new();
    for layer in 1..=depth {
        of(&mut grower, &format!("W{layer}"), Some((widths[layer - 1], widths[layer])), false);
        if biased {
            of(&mut grower, &format!("b{layer}"), Some((1, widths[layer])), false);
        }
        let tree = layer_tree(activation, &layer.to_string(), &(layer - 1).to_string(), biased);
        let tree = choosing(tree, slope.as_ref());
        names.push(format!("h{layer}"));
        grower.model.define(&format!("h{layer}"), tree, Some((batch, widths[layer])));
    }
    if kink {
        bring_to_zero(&mut grower, widths[1]);
    }
    if grower.random.below(3) > 0 {
        let end = if grower.random.below(2) == 0 { "depth".to_owned() } else { depth.to_string() };
        if end == "depth" {
            grower.model.declared = format!("    dimensions: {{depth: {depth}, k: {batch}}}\n");
            grower.model.declared.push_str(&format!("    shapes: {{x: [k, {}]}}\n", widths[0]));
        }
        let tree = choosing(layer_tree(activation, "{l}", "{l-1}", biased), slope.as_ref());
        let line = format!("h{{l}} = {} for l in 1..{end}", tree.text());
        grower.model.repeated = Some(Repeated { line, names });
    }
    let output = named(&format!("h{depth}"));
    let loss = loss_tree(loss, output);
    let loss = penalized(&mut grower, loss, widths[0] == widths[depth], depth);
    grower.model.define("loss", loss, None);
    grower.model
}

fn layer_tree(activation: &str, layer: &str, before: &str, biased: bool) -> Tree {
    let product = binary('@', named(&format!("h{before}")), named(&format!("W{layer}")));
    let z = if biased { binary('+', product, named(&format!("b{layer}"))) } else { product };
    match activation {
        "none" => z,
        "relu" => call("relu", [z]),
        "abs" => call("abs", [z]),
        "tanh" => call("tanh", [z]),
        "sigmoid" => call("sigmoid", [z]),
        "leaky" => {
            let small = binary('*', Tree::Number(fraction(1, 10)), z.clone());
            call("max", [z, small])
        }
        _ => call("log", [super::random_tree::positive(z)]),
    }
}

/// With `at_kink` at the outermost function that has a kink.
fn choosing(tree: Tree, slope: Option<&RBig>) -> Tree {
    match tree {
        Tree::Call { function: function @ ("relu" | "abs" | "max"), arguments, .. } => {
            Tree::Call { function, arguments, at_kink: slope.cloned() }
        }
        other => other,
    }
}

/// Gives the first layer a bias that makes some pre-activations exactly 0.
fn bring_to_zero(grower: &mut Grower<'_>, width: usize) {
    let product = exact_product(&grower.model);
    for column in 0..width {
        let hit = column == 0 || grower.random.below(2) == 0;
        let bias = grower.model.leaves.iter_mut().find(|leaf| leaf.name == "b1").unwrap();
        if hit {
            bias.values[0].entries[column] = -product.at(0, column).clone();
        }
    }
}

fn exact_product(model: &Model) -> Grid<RBig> {
    let value = |name: &str| Grid::constant(&model.leaf(name).unwrap().values[0]);
    let product: Grid<super::jet::Jet<RBig>> = value("x").product(&value("W1"));
    product.map(|jet| jet.value.clone())
}

fn loss_tree(kind: &str, output: Tree) -> Tree {
    let gap = binary('-', output.clone(), named("y"));
    let square = Tree::Power(Box::new(gap.clone()), 2);
    let one = Tree::Number(RBig::ONE);
    let margin = binary('*', named("y"), output);
    match kind {
        "half" => binary('*', Tree::Number(fraction(1, 2)), call("sum", [square])),
        "mean" => call("mean", [square]),
        "norm" => call("norm", [gap]),
        "absolute" => call("mean", [call("abs", [gap])]),
        "hinge" => call("sum", [call("relu", [binary('-', one, margin)])]),
        _ => {
            let power = call("exp", [Tree::Negate(Box::new(margin))]);
            call("mean", [call("log", [binary('+', one, power)])])
        }
    }
}

/// Weights used a second time, and a way past the layers.
fn penalized(grower: &mut Grower<'_>, loss: Tree, same_width: bool, depth: usize) -> Tree {
    let weight = named(&format!("W{depth}"));
    let small = Tree::Number(fraction(1, 10));
    let loss = match grower.random.below(4) {
        0 => {
            let squares = call("sum", [binary('*', weight.clone(), weight)]);
            binary('+', loss, binary('*', small, squares))
        }
        1 => {
            let transposed = Tree::Transpose(Box::new(weight.clone()));
            let around = call("mean", [binary('@', transposed, weight)]);
            binary('-', loss, binary('*', named(&strength(grower)), around))
        }
        _ => loss,
    };
    if same_width && grower.random.below(2) == 0 {
        let around = binary('*', named("x"), named(&format!("h{depth}")));
        return binary('+', loss, call("sum", [around]));
    }
    loss
}

/// A parameter that is a number.
fn strength(grower: &mut Grower<'_>) -> String {
    let values = vec![grower.grid(None)];
    grower.name_leaf("strength", false, values);
    "strength".to_owned()
}
