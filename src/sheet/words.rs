//! The words of one language.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use tera::{Context, Delimiters, Tera, Value};

/// How many phrases a thread keeps compiled: more than a language has.
const REMEMBERED: usize = 2048;

thread_local! {
    static COMPILED: RefCell<Compiled> = RefCell::new(Compiled::default());
}

/// Phrases, each under its own text as its name.
struct Compiled {
    tera: Tera,
    known: HashSet<String>,
}

impl Default for Compiled {
    fn default() -> Self {
        Self { tera: plain_engine(), known: HashSet::new() }
    }
}

/// The words of one language, by key; cheap to clone.
#[derive(Debug, Clone)]
pub struct Words {
    phrases: Arc<BTreeMap<String, String>>,
    /// The same as templates see them.
    value: Value,
}

impl Words {
    /// Words by key.
    pub fn new(phrases: BTreeMap<String, String>) -> Self {
        let value = Value::from_serializable(&phrases);
        Self { phrases: Arc::new(phrases), value }
    }

    /// Makes the words known to a template.
    pub fn insert_into(&self, context: &mut Context) {
        context.insert_value("words", self.value.clone());
    }

    /// A phrase.
    pub fn word(&self, key: &str) -> String {
        self.phrases.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A phrase with its blanks filled in.
    pub fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        fill(self.phrases.get(key).map_or(key, String::as_str), blanks)
    }

    /// A phrase with a count in it; a language may have one of its own for some counts, such as
    /// `minutes_1` beside `minutes`.
    pub fn counted(&self, key: &str, count: u64) -> String {
        match self.phrases.get(&format!("{key}_{count}")) {
            Some(special) => special.clone(),
            None => self.say(key, &[("count", count.to_string())]),
        }
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::new(BTreeMap::new())
    }
}

impl Deref for Words {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &BTreeMap<String, String> {
        &self.phrases
    }
}

/// A phrase with its blanks filled in; one that is no template stays as it is.
pub(crate) fn fill(phrase: &str, blanks: &[(&'static str, String)]) -> String {
    if !phrase.contains("<<") && !phrase.contains("<%") && !phrase.contains("<#") {
        return phrase.to_owned();
    }
    let mut context = Context::new();
    for (name, text) in blanks {
        context.insert(*name, text);
    }
    COMPILED.with_borrow_mut(|compiled| {
        if !compiled.known.contains(phrase) {
            if compiled.known.len() >= REMEMBERED {
                *compiled = Compiled::default();
            }
            if compiled.tera.add_raw_template(phrase, phrase).is_err() {
                return phrase.to_owned();
            }
            compiled.known.insert(phrase.to_owned());
        }
        compiled.tera.render(phrase, &context).unwrap_or_else(|_| phrase.to_owned())
    })
}

/// Templates with the delimiters of scenarios.
pub(super) fn plain_engine() -> Tera {
    let mut tera = Tera::default();
    let delimiters = Delimiters {
        block_start: "<%".into(),
        block_end: "%>".into(),
        variable_start: "<<".into(),
        variable_end: ">>".into(),
        comment_start: "<#".into(),
        comment_end: "#>".into(),
    };
    // Fails only for delimiters that contradict each other; these don't.
    let _ = tera.set_delimiters(delimiters);
    tera.autoescape_on(Vec::<&str>::new());
    tera
}
