//! The model as a function of its parameters and of one example.
//!
//! For PyTorch it gives the loss. For NumPy it gives the gradients too: definition by
//! definition, from the loss back, what [`adjoint::shares`] hands down from each line of
//! the model to the names in it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::formula::adjoint::{self, Shapes};
use crate::formula::{Expression, ZeroOverZero};
use crate::scenario::{Library, Setup};

use super::names::Names;
use super::python::{Helpers, Kind, Printer};
use super::script::{Say, comment};
use super::{ones, python};

/// The name of the objective.
const LOSS: &str = "loss";

/// A line of the way back: the adjoint of a name.
pub(super) struct Adjoint {
    /// The definition or parameter.
    pub name: String,
    /// Its adjoint, in terms of the model's names and of adjoints before it; none for 0.
    pub expression: Option<Expression>,
}

/// The key of a name's adjoint; with its blank, no scenario can have it.
pub(super) fn bar(name: &str) -> String {
    format!("adjoint {name}")
}

/// Rows and columns of a name; `None` for a number.
pub(super) fn counts(setup: &Setup, name: &str) -> Option<(usize, usize)> {
    use crate::formula::shape::Shape;
    let name = name.strip_prefix("adjoint ").unwrap_or(name);
    match setup.shapes.get(name) {
        Some(shape @ Shape::Matrix(..)) => shape.counts(),
        Some(Shape::Scalar) | None => None,
    }
}

/// The trained parameters that the loss depends on.
pub(super) fn reached(setup: &Setup) -> Vec<&str> {
    let live = live(setup);
    setup.trained_names().filter(|name| live.iter().any(|known| known == name)).collect()
}

/// The names from which the loss is computed.
fn live(setup: &Setup) -> Vec<String> {
    let mut live = vec![LOSS.to_owned()];
    for line in setup.model.iter().rev() {
        if live.contains(&line.name) {
            let names = setup.model.iter().map(|line| &line.name).chain(&setup.leaves);
            for name in names {
                if line.expression.mentions(name) && !live.contains(name) {
                    live.push(name.clone());
                }
            }
        }
    }
    live
}

/// The definitions that depend on a trained parameter.
fn moving(setup: &Setup) -> Vec<&str> {
    let mut moving: Vec<&str> = setup.trained_names().collect();
    for line in &setup.model {
        if moving.iter().any(|name| line.expression.mentions(name)) {
            moving.push(&line.name);
        }
    }
    moving
}

/// The adjoints that lead from the loss to the trained parameters, in the order in which
/// they are computed.
pub(super) fn adjoints(setup: &Setup) -> Vec<Adjoint> {
    let (live, moving) = (live(setup), moving(setup));
    let on_the_way = |name: &str| moving.contains(&name) && live.iter().any(|one| one == name);
    let definitions = setup.model.iter().rev().map(|line| line.name.as_str());
    let definitions = definitions.filter(|name| *name != LOSS && on_the_way(name));
    let names: Vec<&str> = definitions.chain(setup.trained_names()).collect();
    let mut shapes: Shapes = setup.shapes.clone();
    for line in &setup.model {
        if let Some(shape) = setup.shapes.get(&line.name) {
            shapes.insert(bar(&line.name), shape.clone());
        }
    }
    let one = |name: &str| {
        let mut summands = Vec::new();
        for line in setup.model.iter().filter(|line| on_the_way(&line.name)) {
            let above = Expression::Name(bar(&line.name));
            let above = (line.name != LOSS).then_some(&above);
            summands.extend(adjoint::shares(&line.expression, above, name, &shapes));
        }
        let expression = (!summands.is_empty()).then(|| {
            let total = adjoint::total(summands);
            directions(&ones::resolve(&total, counts(setup, name), &|name| counts(setup, name)))
        });
        Adjoint { name: name.to_owned(), expression }
    };
    names.into_iter().map(one).collect()
}

/// The derivative z/‖z‖ of a norm, which is 0 at 0, as the derivative that it is.
fn directions(expression: &Expression) -> Expression {
    expression.map(&mut |node| match node {
        Expression::Binary(crate::formula::Operator::Divide, left, right) => match &**right {
            Expression::Call(call)
                if call.function.name == "norm" && call.arguments.first() == Some(left) =>
            {
                Some(Expression::Derivative(call.clone(), 0))
            }
            _ => None,
        },
        _ => None,
    })
}

/// The function of a set-up.
pub(super) struct Model<'a> {
    pub setup: &'a Setup,
    pub library: Library,
    pub names: &'a Names,
    pub helpers: &'a RefCell<Helpers>,
    pub say: Say<'a>,
}

impl Model<'_> {
    /// Its definition; its name is `model`, or `gradient` where it gives the gradients too.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut names = self.names.clone();
        let setup = self.setup;
        let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
        let kind = |name: &str| match counts(setup, name) {
            Some(_) => Kind::Entries,
            None => Kind::Single,
        };
        let leaves = setup.parameter_names().chain(setup.inputs.iter().map(String::as_str));
        for leaf in leaves.clone() {
            kinds.insert(leaf.to_owned(), kind(leaf));
        }
        let head: Vec<String> = leaves.map(|leaf| names.make(leaf, leaf)).collect();
        let title = if self.library == Library::NumPy { "gradient" } else { "model" };
        let mut lines = vec![format!("def {title}({}):", head.join(", "))];
        for line in &setup.model {
            let piece = self.print(&line.expression, &names, &kinds);
            kinds.insert(line.name.clone(), piece.kind);
            let name = names.make(&line.name, &line.name);
            lines.push(format!("    {name} = {}", piece.text));
        }
        let loss = names.make(LOSS, LOSS);
        if self.library == Library::PyTorch {
            lines.push(format!("    return {loss}"));
            return lines;
        }
        let adjoints = adjoints(setup);
        lines.push(format!("    {}", comment(self.say, "code_adjoints", &[])));
        for Adjoint { name, expression } in &adjoints {
            let key = bar(name);
            let own = names.make(name, name);
            let text = match expression {
                Some(expression) => {
                    let piece = self.print(expression, &names, &kinds);
                    kinds.insert(key.clone(), piece.kind);
                    piece.text
                }
                None => {
                    kinds.insert(key.clone(), kind(name));
                    format!("np.zeros_like({own})")
                }
            };
            let wish = format!("d_{own}");
            lines.push(format!("    {} = {text}", names.make(&key, &wish)));
        }
        let mut results = vec![loss];
        results.extend(setup.trained_names().map(|name| names.make(&bar(name), name)));
        lines.push(format!("    return {}", results.join(", ")));
        lines
    }

    fn print(
        &self,
        expression: &Expression,
        names: &Names,
        kinds: &BTreeMap<String, Kind>,
    ) -> python::Piece {
        let name = |key: &str| Some((names.get(key)?.to_owned(), *kinds.get(key)?));
        let printer = Printer {
            library: self.library,
            name: &name,
            helpers: self.helpers,
            zero_over_zero: ZeroOverZero::Undefined,
        };
        printer.print(expression)
    }
}
