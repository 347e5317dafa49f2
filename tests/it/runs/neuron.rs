//! One neuron under every loss: `z = w x + b`, an activation, a loss. Data are halves, so
//! that a second iteration often stands on a kink again.

use super::draw::nice;
use crate::adjoint::grid::Grid;
use crate::adjoint::model::{Leaf, Model};
use crate::adjoint::tree::{Tree, binary, call, named};
use crate::dual::{Random, fraction};

pub(crate) fn model(random: &mut Random) -> Model {
    let activation = random.choose(&[
        "none",
        "relu",
        "relu",
        "leaky_relu",
        "abs",
        "hard_tanh",
        "sigmoid",
        "tanh",
        "softplus",
    ]);
    let losses: &[_] = match activation {
        "sigmoid" => &["bce", "half_squared_error", "mse"],
        "none" => &["hinge", "huber", "mae", "bce_with_logits", "half_squared_error", "plain"],
        _ => &["half_squared_error", "mse", "mae", "huber", "hinge"],
    };
    let loss = random.choose(losses);
    let examples = 1 + random.below(3);
    let mut model = Model {
        examples,
        is_rational: !["sigmoid", "tanh", "softplus"].contains(&activation)
            && loss != "bce_with_logits",
        ..Model::default()
    };
    let half = |random: &mut Random| {
        let halves = i64::try_from(random.below(9)).unwrap() - 4;
        Grid::scalar(fraction(halves, 2))
    };
    let leaf = |model: &mut Model, name: &str, values: Vec<Grid<_>>, is_datum| {
        model.shapes.insert(name.to_owned(), None);
        model.leaves.push(Leaf { name: name.to_owned(), shape: None, is_datum, values });
    };
    for name in ["w", "b"] {
        let value = if random.below(3) == 0 { Grid::scalar(nice(random)) } else { half(random) };
        leaf(&mut model, name, vec![value], false);
    }
    leaf(&mut model, "x", (0..examples).map(|_| half(random)).collect(), true);
    let target = |random: &mut Random| match loss {
        "hinge" => Grid::scalar(fraction(random.choose(&[1, -1]), 1)),
        "bce" | "bce_with_logits" => Grid::scalar(fraction(random.choose(&[0, 1, 2]), 2)),
        _ => half(random),
    };
    leaf(&mut model, "y", (0..examples).map(|_| target(random)).collect(), true);
    let z = binary('+', binary('*', named("w"), named("x")), named("b"));
    model.define("z", z, None);
    let output = match activation {
        "none" => named("z"),
        _ => {
            let kinked = ["relu", "leaky_relu", "abs", "hard_tanh"].contains(&activation);
            let chosen = [(1, 1), (1, 2), (0, 1)];
            let at_kink = (kinked && random.below(6) == 0).then(|| random.choose(&chosen));
            let at_kink = at_kink.map(|(above, below)| fraction(above, below));
            let tree = Tree::Call { function: activation, arguments: vec![named("z")], at_kink };
            model.define("y_hat", tree, None);
            named("y_hat")
        }
    };
    let loss = match loss {
        "plain" => {
            let gap = binary('-', output, named("y"));
            binary('*', Tree::Number(fraction(1, 2)), Tree::Power(Box::new(gap), 2))
        }
        _ => call(loss, [output, named("y")]),
    };
    model.define("loss", loss, None);
    model
}
