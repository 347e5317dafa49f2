//! A model with its numbers: written as a scenario, and worked out in forward mode.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::fixed::Fixed;
use super::grid::{Grid, Scope, Shape, count, evaluate};
use super::jet::Met;
use super::tree::Tree;
use crate::dual::Number;

/// A parameter, or a datum with a value for each example.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) is_datum: bool,
    pub(crate) values: Vec<Grid<RBig>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) leaves: Vec<Leaf>,
    /// In order, `loss` among them.
    pub(crate) definitions: Vec<(String, Tree)>,
    pub(crate) shapes: BTreeMap<String, Shape>,
    /// Lines of the model that stand for several definitions, in the place of those.
    pub(crate) repeated: Option<Repeated>,
    /// `shapes` and `dimensions`, if they are declared.
    pub(crate) declared: String,
    pub(crate) examples: usize,
    /// Whether fractions are never left.
    pub(crate) is_rational: bool,
}

/// A line `… for l in 1..3` and the definitions that it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Repeated {
    pub(crate) line: String,
    pub(crate) names: Vec<String>,
}

/// What a derivative is taken by: an entry of a leaf or of a definition.
pub(crate) type Variables = BTreeMap<String, usize>;

impl Model {
    pub(crate) fn define(&mut self, name: &str, tree: Tree, shape: Shape) {
        self.definitions.push((name.to_owned(), tree));
        self.shapes.insert(name.to_owned(), shape);
    }

    pub(crate) fn leaf(&self, name: &str) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.name == name)
    }

    pub(crate) fn is_scalar(&self) -> bool {
        self.shapes.values().all(Option::is_none)
    }

    /// The functions and operators of its definitions.
    pub(crate) fn parts(&self) -> Vec<&'static str> {
        let mut parts = Vec::new();
        for (_, tree) in &self.definitions {
            tree.parts(&mut parts);
        }
        parts
    }

    /// The first variable of each leaf and each definition but the loss.
    pub(crate) fn variables(&self) -> Variables {
        let names = self.leaves.iter().map(|leaf| &leaf.name);
        let inner = self.definitions.iter().map(|(name, _)| name).filter(|name| *name != "loss");
        let mut next = 0;
        let mut variables = Variables::new();
        for name in names.chain(inner) {
            variables.insert(name.clone(), next);
            next += count(self.shapes[name]);
        }
        variables
    }

    /// Every value of an example. `change` is given each leaf and each definition but the
    /// loss as soon as it has a value.
    pub(crate) fn values<N: Number>(
        &self,
        example: usize,
        met: &mut Met,
        change: &dyn Fn(&str, &mut Grid<super::jet::Jet<N>>),
    ) -> Scope<N> {
        let mut scope = Scope::new();
        for leaf in &self.leaves {
            let value = leaf.values.get(example).unwrap_or(&leaf.values[0]);
            let mut value = Grid::constant(value);
            change(&leaf.name, &mut value);
            scope.insert(leaf.name.clone(), value);
        }
        for (name, tree) in &self.definitions {
            let mut value = evaluate(tree, &scope, met);
            assert_eq!(value.shape, self.shapes[name], "{name}\n{}", self.text());
            if name != "loss" {
                change(name, &mut value);
            }
            scope.insert(name.clone(), value);
        }
        scope
    }

    /// Whether the first example takes the norm of zeros alone.
    pub(crate) fn has_zero_norm(&self) -> bool {
        if !self.parts().contains(&"norm") {
            return false;
        }
        let mut met = Met::new();
        self.values::<Fixed>(0, &mut met, &|_, _| {});
        met.iter().any(|(function, _)| function == "norm")
    }

    /// Every value of an example with its derivatives by all variables.
    pub(crate) fn forward<N: Number>(&self, example: usize, met: &mut Met) -> Scope<N> {
        let variables = self.variables();
        self.values(example, met, &|name, value| {
            for (entry, jet) in value.entries.iter_mut().enumerate() {
                jet.seed(variables[name] + entry);
            }
        })
    }

    /// The set-up `name` of a scenario.
    pub(crate) fn setup(&self, name: &str) -> String {
        let mut text = format!("  {name}:\n{}", self.body());
        text.push_str("    iterations: 1\n    optimizers:\n");
        text.push_str("      o: {kind: sgd, learning_rate: 1}\n");
        text
    }

    /// Model, parameters and data of a set-up.
    pub(crate) fn body(&self) -> String {
        let mut text = format!("{}    model: |\n", self.declared);
        for (name, tree) in &self.definitions {
            match &self.repeated {
                Some(repeated) if repeated.names.contains(name) => {
                    if repeated.names[0] == *name {
                        text.push_str(&format!("      {}\n", repeated.line));
                    }
                }
                _ => text.push_str(&format!("      {name} = {}\n", tree.text())),
            }
        }
        text.push_str("    init:\n");
        for leaf in self.leaves.iter().filter(|leaf| !leaf.is_datum) {
            text.push_str(&format!("      {}: {}\n", leaf.name, literal(&leaf.values[0])));
        }
        if self.leaves.iter().any(|leaf| leaf.is_datum) {
            text.push_str("    data:\n");
            for example in 0..self.examples {
                let data = self.leaves.iter().filter(|leaf| leaf.is_datum);
                let row: Vec<String> = data
                    .map(|leaf| format!("{}: {}", leaf.name, literal(&leaf.values[example])))
                    .collect();
                text.push_str(&format!("      - {{{}}}\n", row.join(", ")));
            }
        }
        text
    }

    pub(crate) fn text(&self) -> String {
        format!("title: T\nsetups:\n{}", self.setup("s"))
    }
}

/// A number, a row, or a list of rows.
pub(crate) fn literal(value: &Grid<RBig>) -> String {
    let quoted = |entry: &RBig| format!("\"{entry}\"");
    let Some((rows, columns)) = value.shape else { return quoted(&value.entries[0]) };
    let row = |entries: &[RBig]| {
        let entries: Vec<String> = entries.iter().map(quoted).collect();
        format!("[{}]", entries.join(", "))
    };
    let list: Vec<String> = value.entries.chunks(columns).map(row).collect();
    if rows == 1 { list.concat() } else { format!("[{}]", list.join(", ")) }
}
