//! The scenario as it was written, for places.

use crate::scenario::yaml::{Data, Key, Node};
use crate::scenario::{Place, Problem};

/// The nodes of the file.
pub(super) struct Written<'n>(&'n Node);

impl<'n> Written<'n> {
    pub(super) fn new(top: &'n Node) -> Self {
        Self(top)
    }

    /// The key at the end of a path of keys, with its value.
    pub(super) fn entry(&self, path: &[&str]) -> Option<(&'n Key, &'n Node)> {
        let mut node = self.0;
        let mut found = None;
        for name in path {
            let Data::Map(entries) = &node.data else { return None };
            let (key, value) = entries.iter().find(|(key, _)| key.text == *name)?;
            found = Some((key, value));
            node = value;
        }
        found
    }

    /// A warning at the key at the end of a path.
    pub(super) fn at(&self, path: &[&str], message: String) -> Problem {
        let key = self.entry(path).map(|(key, _)| key);
        let place = key.map_or(Place::START, |key| key.place);
        let width = key.map_or(1, |key| key.text.chars().count());
        Problem::warning(place, message).in_field(path.join(".")).with_width(width)
    }

    /// A warning at a line of a model.
    pub(super) fn at_line(&self, setup: &str, name: &str, message: String) -> Problem {
        let path = ["setups", setup, "model"];
        let model = self.entry(&path).and_then(|(_, node)| Some((node, node.scalar()?)));
        let line = model.and_then(|(node, scalar)| {
            let mut offset = 0;
            for line in scalar.text.split_inclusive('\n') {
                let begin = offset + line.len() - line.trim_start().len();
                if line.split_once('=').is_some_and(|(defined, _)| defined.trim() == name) {
                    return Some(node.place_of(begin));
                }
                offset += line.len();
            }
            None
        });
        match line {
            Some(place) => Problem::warning(place, message)
                .in_field(path.join("."))
                .with_width(name.chars().count()),
            None => self.at(&path, message),
        }
    }

    /// A warning at a cell that is among these, by its number from 0.
    pub(super) fn at_cell(&self, index: usize, message: String) -> Problem {
        let cells = self.entry(&["cells"]).map(|(_, node)| &node.data);
        let cell = match cells {
            Some(Data::List(list)) => list.get(index),
            _ => None,
        };
        let place = cell.map_or(Place::START, |cell| cell.place);
        let width = match cell.map(|cell| &cell.data) {
            Some(Data::Map(entries)) => {
                entries.first().map_or(1, |(key, _)| key.text.chars().count())
            }
            _ => 1,
        };
        Problem::warning(place, message).in_field(format!("cells[{}]", index + 1)).with_width(width)
    }

    /// Every scalar of the file, with the keys that lead to it.
    pub(super) fn each_scalar(&self, see: &mut dyn FnMut(&[&str], &str)) {
        walk(self.0, &mut Vec::new(), see);
    }
}

fn walk<'n>(node: &'n Node, path: &mut Vec<&'n str>, see: &mut dyn FnMut(&[&str], &str)) {
    match &node.data {
        Data::Scalar(scalar) => see(path, &scalar.text),
        Data::List(items) => items.iter().for_each(|item| walk(item, path, see)),
        Data::Map(entries) => {
            for (key, value) in entries {
                path.push(&key.text);
                see(path, &key.text);
                walk(value, path, see);
                path.pop();
            }
        }
    }
}
