//! Where a number of the scenario stands in its file.

use crate::scenario::{Place, Run, Setup, yaml};

use super::quantity::Quantity;

/// One step down into the document.
enum Down<'k> {
    Key(&'k str),
    /// An element of a list, from 0.
    Item(usize),
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Among numbers of this kind, at this place.
    Written(&'static str, Place),
    /// The optimizer's convention sets it.
    Convention(Place),
    /// Nobody wrote it.
    Default,
}

/// The document that a scenario was read from.
pub(super) struct Document {
    top: Option<yaml::Node>,
}

impl Document {
    pub(super) fn new(text: &str) -> Self {
        Self { top: yaml::read(text).ok() }
    }

    /// Where a number comes from.
    pub(super) fn origin(&self, setup: &Setup, run: &Run, quantity: &Quantity) -> Origin {
        use Down::{Item, Key};
        let written = |key: &'static str, steps: &[Down<'_>]| {
            self.last(&setup.name, steps).map(|place| Origin::Written(key, place))
        };
        let found = match quantity {
            Quantity::Datum { example, name } => {
                let steps = [Key("data"), Item(example.saturating_sub(1)), Key(name)];
                written("data", &steps)
            }
            Quantity::Parameter { name, .. } => written("init", &[Key("init"), Key(name)]),
            Quantity::State { state, parameter, .. } => {
                let steps = [Key("initial_state"), Key(state), Key(parameter)];
                written("initial_state", &steps)
            }
            Quantity::Gradient { t, parameter } => {
                let index = t.saturating_sub(setup.start_iteration + 1);
                written("gradients", &[Key("gradients"), Item(index), Key(parameter)])
            }
            Quantity::Rate { t } => {
                let index = t.saturating_sub(setup.start_iteration + 1);
                self.option(setup, run, "learning_rate", &[Item(index)])
            }
            Quantity::Setting { parameter: Some(parameter), name } => {
                self.option(setup, run, "overrides", &[Key(parameter), Key(name)])
            }
            Quantity::Setting { parameter: None, name } => {
                let key = if name == "clip_at" { "clip" } else { name };
                let convention = run.set_by_convention.contains(name);
                let by = || match self.option(setup, run, "convention", &[])? {
                    Origin::Written(_, place) => Some(Origin::Convention(place)),
                    other => Some(other),
                };
                let own = self.option(setup, run, key, &[]);
                own.or_else(|| by().filter(|_| convention))
            }
            _ => None,
        };
        found.unwrap_or(Origin::Default)
    }

    /// An option of the run, or one that all runs of the set-up have.
    fn option(&self, setup: &Setup, run: &Run, key: &str, inside: &[Down<'_>]) -> Option<Origin> {
        let own = self.node(&setup.name, &[Down::Key("optimizers"), Down::Key(&run.name)])?;
        let all = self.node(&setup.name, &[])?;
        let mut levels = [("option", own), ("setup_option", all)].into_iter();
        let found = |(kind, node)| Some((kind, below(node, &Down::Key(key))?));
        let (kind, node) = levels.find_map(found)?;
        Some(Origin::Written(kind, deepest(node, inside).place))
    }

    /// The place of the last step that there is, if there is a first.
    fn last(&self, setup: &str, steps: &[Down<'_>]) -> Option<Place> {
        let (first, rest) = steps.split_first()?;
        let node = below(self.node(setup, &[])?, first)?;
        Some(deepest(node, rest).place)
    }

    fn node(&self, setup: &str, steps: &[Down<'_>]) -> Option<&yaml::Node> {
        let setups = below(self.top.as_ref()?, &Down::Key("setups"))?;
        let setup = below(setups, &Down::Key(setup))?;
        steps.iter().try_fold(setup, below)
    }
}

fn below<'n>(node: &'n yaml::Node, step: &Down<'_>) -> Option<&'n yaml::Node> {
    match (&node.data, step) {
        (yaml::Data::Map(entries), Down::Key(key)) => {
            entries.iter().find(|(known, _)| known.text == *key).map(|(_, node)| node)
        }
        (yaml::Data::List(items), Down::Item(index)) => items.get(*index),
        _ => None,
    }
}

/// As far down as the steps lead.
fn deepest<'n>(mut node: &'n yaml::Node, steps: &[Down<'_>]) -> &'n yaml::Node {
    for step in steps {
        match below(node, step) {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}
