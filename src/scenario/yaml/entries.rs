//! A mapping whose end has not come yet: keys and values arrive in turn.
//!
//! A key that is refused still takes its value, so that the events stay in step
//! and the rest of the document is looked at.

use std::collections::BTreeMap;

use super::super::{Place, Problem};
use super::node::{Data, Key, Node, shortened};

#[derive(Default)]
pub(super) struct Entries {
    done: Vec<(Key, Node)>,
    seen: BTreeMap<String, Place>,
    /// The key whose value comes next.
    key: Option<Key>,
}

impl Entries {
    /// The key whose value comes next.
    pub(super) fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The entries, once the mapping's end has come.
    pub(super) fn done(self) -> Vec<(Key, Node)> {
        self.done
    }

    /// Takes a value, or the key for the next one and says what is wrong with it.
    pub(super) fn take(&mut self, node: Node) -> Option<Problem> {
        if let Some(key) = self.key.take() {
            self.done.push((key, node));
            return None;
        }
        let problem = match key_text(&node) {
            Ok(text) => self.begin(text, node.place),
            Err(problem) => {
                let text = node.scalar().map_or("", |scalar| &scalar.text);
                self.begin(if text.is_empty() { "?" } else { text }, node.place);
                Some(problem)
            }
        };
        problem.map(|problem| problem.with_width(node.width()))
    }

    fn begin(&mut self, text: &str, place: Place) -> Option<Problem> {
        self.key = Some(Key { text: text.to_owned(), place });
        // Two aliases of one anchor are the same key at the same place.
        if let Some(first) = self.seen.get(text) {
            let shown = shortened(text);
            let message = format!("the key `{shown}` stands twice, first at {first}");
            return Some(Problem::new(place, message));
        }
        self.seen.insert(text.to_owned(), place);
        None
    }
}

fn key_text(node: &Node) -> Result<&str, Problem> {
    let problem = |message: String, help: &str| Problem::new(node.place, message).with_help(help);
    let Data::Scalar(scalar) = &node.data else {
        return Err(problem(
            format!("a key must be a name or a text, found {}", node.describe()),
            "a text that begins with `[` or `{` needs quotes",
        ));
    };
    if scalar.is_plain() && scalar.text.is_empty() {
        return Err(problem("a key is missing".to_owned(), "a key stands before each `:`"));
    }
    if scalar.is_plain() && scalar.text == "<<" {
        return Err(problem(
            "merge keys `<<` are not part of a scenario".to_owned(),
            "write the keys out; an alias may repeat a whole value",
        ));
    }
    Ok(&scalar.text)
}
