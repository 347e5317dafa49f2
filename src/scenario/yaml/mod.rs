//! YAML text into a tree of nodes that knows places and exact texts.
//!
//! Two readers look at every document. `saphyr-parser` gives the events with
//! their places, from which the tree is built: its scalars keep their characters
//! (`0.10000000000000001`, a 30-digit integer), their style and their anchors.
//! `serde_yaml` then walks the same document led by the tree, taking every scalar
//! as a string, and has the last word: where the two see different lists, keys
//! or texts, that is a problem. It also phrases the syntax errors.
//!
//! Events serve better than saphyr's marked tree: that one drops repeated keys
//! and unrolls aliases before anything can be counted. And `serde_yaml` goes
//! second because libyaml takes a minute for 100,000 unclosed brackets, while the
//! builder stops at the depth limit.
//!
//! What is YAML but not part of the scenario language is refused with a message
//! of its own: tags, merge keys, several documents, keys that are not scalars,
//! control characters. Aliases are unrolled, up to a limit. A place inside an
//! unrolled alias is the place of the anchored text.

mod confirm;
mod entries;
mod node;
mod places;
mod scalar;
mod source;
mod syntax;
mod texts;
mod tree;

#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod tests;

pub use node::{Data, Key, Node, Scalar, Style};
pub(super) use node::{is_decimal, shortened};

use std::collections::BTreeMap;

use crate::limits::Limit;

use super::{Place, Problem};
use source::Source;

/// Reads a document whose top is a mapping.
///
/// # Errors
///
/// Everything that is wrong with it as a document, in the order of the file.
///
/// ```
/// use gradsheet::scenario::yaml::{Data, read};
///
/// let top = read("rate: 0.10000000000000001").expect("a mapping");
/// let Data::Map(entries) = &top.data else { panic!("a mapping") };
/// let (key, rate) = &entries[0];
/// assert_eq!((key.text.as_str(), rate.place.to_string().as_str()), ("rate", "1:7"));
/// assert_eq!(rate.scalar().expect("a scalar").text, "0.10000000000000001");
/// ```
pub fn read(text: &str) -> Result<Node, Vec<Problem>> {
    if text.len() > Limit::FileSize.count() {
        return Err(vec![too_large(text.len())]);
    }
    let unreadable = texts::unreadable_characters(text);
    if !unreadable.is_empty() {
        return Err(unreadable);
    }
    let source = Source::new(text);
    let top = tree::build(&source)?;
    let Data::Map(_) = top.data else {
        return Err(vec![not_a_mapping(&top)]);
    };
    match confirm::disagreement(&top, &source) {
        Some(problem) => Err(vec![problem]),
        None => Ok(top),
    }
}

/// A mapping of texts that is known to be sound, such as one that is built into the program: by one
/// reader, without places.
pub fn texts(text: &str) -> Option<BTreeMap<String, String>> {
    serde_yaml::from_str(text).ok()
}

fn too_large(length: usize) -> Problem {
    let advice = Limit::FileSize.advice(u64::try_from(length).ok());
    let message = Limit::FileSize.exceeded(format!("the {length} bytes of this file"));
    Problem::new(Place::START, message)
        .with_help(format!("keep large data in a CSV file: `{{kind: csv, path: …}}`; or {advice}"))
}

fn not_a_mapping(top: &Node) -> Problem {
    if top.is_null() {
        return Problem::new(Place::START, "the file is empty")
            .with_help("a scenario begins with `title: …`");
    }
    let message = format!("a scenario is a mapping of keys, found {}", top.describe());
    Problem::new(top.place, message).with_help("a scenario begins with `title: …`")
}
