//! `serde_yaml` walks the document, led by the tree, and must see the same.
//!
//! The tree says at each step what is expected: a list, a mapping, or a scalar,
//! which is always taken as a string and so never becomes a float. Repeated keys
//! and `<<` are plain entries on this way; the builder has already refused them.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::{Place, Problem};
use super::node::{Data, Key, Node};
use super::source::Source;
use super::syntax;

/// The first thing that `serde_yaml` reads differently, or its own error.
pub(super) fn disagreement(top: &Node, source: &Source) -> Option<Problem> {
    let differs = Cell::new(None);
    let whole = Walk::node(top, &differs);
    let error = whole.deserialize(serde_yaml::Deserializer::from_str(source.text())).err()?;
    let problem = syntax::from_serde(&error, source);
    // Where a list or mapping was met unexpectedly, no text was compared.
    let unexpected = error.to_string().contains("invalid type").then_some(problem.place);
    Some(match differs.get().or(unexpected) {
        Some(place) => Problem::new(place, "two versions of YAML read this differently")
            .with_help("put the text in quotes, or write it as a block `|`"),
        None => problem,
    })
}

/// What is expected next: a key or scalar with its text, or a node with parts.
#[derive(Clone, Copy)]
struct Walk<'a> {
    expected: Expected<'a>,
    place: Place,
    differs: &'a Cell<Option<Place>>,
}

#[derive(Clone, Copy)]
enum Expected<'a> {
    Text(&'a str),
    List(&'a [Node]),
    Map(&'a [(Key, Node)]),
}

impl<'a> Walk<'a> {
    fn node(node: &'a Node, differs: &'a Cell<Option<Place>>) -> Self {
        let expected = match &node.data {
            Data::Scalar(scalar) => Expected::Text(&scalar.text),
            Data::List(items) => Expected::List(items),
            Data::Map(entries) => Expected::Map(entries),
        };
        Self { expected, place: node.place, differs }
    }

    fn key(key: &'a Key, differs: &'a Cell<Option<Place>>) -> Self {
        Self { expected: Expected::Text(&key.text), place: key.place, differs }
    }

    fn require<E: serde::de::Error>(&self, holds: bool) -> Result<(), E> {
        if holds {
            return Ok(());
        }
        self.differs.set(Some(self.place));
        Err(E::custom("read differently"))
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.expected {
            Expected::Text(_) => deserializer.deserialize_str(self),
            Expected::List(_) => deserializer.deserialize_seq(self),
            Expected::Map(_) => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.expected {
            Expected::Text(_) => "a text",
            Expected::List(_) => "a list",
            Expected::Map(_) => "a mapping",
        })
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.require(matches!(self.expected, Expected::Text(expected) if expected == text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Expected::List(items) = self.expected else {
            return self.require(false);
        };
        for item in items {
            let seen = list.next_element_seed(Walk::node(item, self.differs))?;
            self.require(seen.is_some())?;
        }
        self.require(list.next_element::<IgnoredAny>()?.is_none())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Expected::Map(entries) = self.expected else {
            return self.require(false);
        };
        for (key, value) in entries {
            let seen = map.next_key_seed(Walk::key(key, self.differs))?;
            self.require(seen.is_some())?;
            map.next_value_seed(Walk::node(value, self.differs))?;
        }
        self.require(map.next_key::<IgnoredAny>()?.is_none())
    }
}
