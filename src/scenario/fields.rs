//! A mapping read key by key, so that decoding looks like a table of its keys.
//!
//! ```
//! # use gradsheet::scenario::{Field, Holds, Mapping, Report, key, yaml};
//! # #[derive(Clone, Debug, PartialEq)] enum Rounding { HalfUp, HalfEven }
//! let top = yaml::read("decimals: 2\nruonding: half_even").expect("a mapping");
//! let report = Report::new();
//! static DISPLAY: Mapping = Mapping {
//!     name: "display",
//!     meaning: "How values print.",
//!     keys: &[
//!         key("decimals", "Digits after the point.", Holds::Whole(0, 30)),
//!         key("rounding", "Which way a tie goes.", Holds::Words(&["half_up", "half_even"])),
//!     ],
//!     branches: None,
//! };
//! let mut map = Field::new(&top, "", &report).fields(&DISPLAY).expect("a mapping");
//! let decimals = map.unsigned_in("decimals", 0..=30);
//! let rounding = map.choice(
//!     "rounding",
//!     &[("half_up", Rounding::HalfUp), ("half_even", Rounding::HalfEven)],
//! );
//! map.finish();
//! assert_eq!((decimals, rounding), (Some(2), None));
//! assert_eq!(report.into_problems()[0].message, "unknown key `ruonding`");
//! ```
//!
//! `finish` must be reached: it reports what is left over and what is missing.
//! So `?` on a required key comes after it. A reader returns `None` both for a
//! key that is not there and for one whose value was refused; the report tells
//! the two apart, and a scenario with problems is never used.
//!
//! Where assertions are on, the reader is held to the table that it was opened with, by
//! [`Report::into_problems`](super::Report::into_problems).

use std::ops::RangeInclusive;

use super::schema::{Entry, Holds, Mapping, Needed};
use super::yaml::{Key, Node, Scalar};
use super::{Field, Problem, suggest};

/// A mapping of which some keys have been read.
#[derive(Debug)]
pub struct Fields<'n> {
    whole: Field<'n>,
    table: &'static Mapping,
    entries: &'n [(Key, Node)],
    left: Vec<(&'n Key, &'n Node)>,
    known: Vec<&'static str>,
    missing: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    pub(super) fn new(
        whole: Field<'n>,
        entries: &'n [(Key, Node)],
        table: &'static Mapping,
    ) -> Self {
        Self {
            whole,
            table,
            entries,
            left: entries.iter().map(|(key, value)| (key, value)).collect(),
            known: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// The mapping as a whole, for problems that no key is to blame for.
    #[must_use]
    pub fn whole(&self) -> &Field<'n> {
        &self.whole
    }

    /// The first key that was not read yet; a cell's kind is its first key.
    #[must_use]
    pub fn first_left(&self) -> Option<&'n Key> {
        self.left.first().map(|(key, _)| *key)
    }

    /// Whether a key is there that was not read yet.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.left.iter().any(|(left, _)| left.text == key)
    }

    /// Takes a key that may be left out, whatever its value.
    pub fn take(&mut self, key: &'static str) -> Option<Field<'n>> {
        let holds = self.told(key).map(|entry| &entry.holds);
        self.known.push(key);
        let index = self.left.iter().position(|(left, _)| left.text == key)?;
        let (key, value) = self.left.remove(index);
        Some(self.whole.entry(key, value).holding(holds))
    }

    /// What the table says of a key, where assertions are on.
    fn told(&self, key: &str) -> Option<&'static Entry> {
        if !cfg!(debug_assertions) {
            return None;
        }
        let entry = self.table.entry(key, self.entries);
        if entry.is_none() {
            self.disagree(format!("it has no key `{key}`"));
        }
        entry
    }

    /// Holds the reader of a key to its table, whether the key is there or not.
    fn is_read_as(&self, key: &str, is: &dyn Fn(&'static Holds) -> bool) {
        if let Some(entry) = self.told(key).filter(|entry| !entry.holds.any(is)) {
            self.disagree(format!("the reader of `{key}` does not fit {:?}", entry.holds));
        }
    }

    fn disagree(&self, what: impl std::fmt::Display) {
        let (path, table) = (self.whole.path(), self.table.name);
        self.whole.report().disagree(format!("{path}: the table `{table}`: {what}"));
    }

    /// Leaves the keys that were not read yet alone: another problem tells of them.
    pub(super) fn pass_over(&mut self) {
        self.left.clear();
    }

    /// Takes a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Option<Field<'n>> {
        if self.told(key).is_some_and(|entry| entry.needed == Needed::No) {
            self.disagree(format!("it does not require `{key}`"));
        }
        let field = self.take(key);
        if field.is_none() {
            self.missing.push(key);
        }
        field
    }

    /// A text that may be left out.
    pub fn text(&mut self, key: &'static str) -> Option<&'n Scalar> {
        self.take(key)?.text()
    }

    /// A text that must be there and hold more than white space.
    pub fn required_text(&mut self, key: &'static str) -> Option<&'n Scalar> {
        filled(&self.required(key)?)
    }

    /// A text that is not empty, if it is there.
    pub fn filled_text(&mut self, key: &'static str) -> Option<&'n Scalar> {
        filled(&self.take(key)?)
    }

    /// A decimal number, as it was written.
    pub fn number(&mut self, key: &'static str) -> Option<&'n Scalar> {
        self.take(key)?.number()
    }

    /// A whole number from 0.
    pub fn unsigned(&mut self, key: &'static str) -> Option<u64> {
        self.unsigned_in(key, 0..=u64::MAX)
    }

    /// A whole number within bounds.
    pub fn unsigned_in(&mut self, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        self.is_read_as(key, &|holds| holds.is_whole(&range));
        self.take(key)?.unsigned_in(range)
    }

    /// `true` or `false`.
    pub fn truth(&mut self, key: &'static str) -> Option<bool> {
        self.is_read_as(key, &|holds| matches!(holds, Holds::Truth));
        self.take(key)?.truth()
    }

    /// One of several words, each with what it stands for.
    pub fn choice<T: Clone>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.is_read_as(key, &|holds| holds.is_choice(&names));
        self.take(key)?.choice(words)
    }

    /// The elements of a list.
    pub fn items(&mut self, key: &'static str) -> Option<Vec<Field<'n>>> {
        self.is_read_as(key, &|holds| matches!(holds, Holds::List(..)));
        self.take(key)?.items()
    }

    /// The entries of a mapping whose keys the scenario chooses.
    pub fn entries(&mut self, key: &'static str) -> Option<Vec<(&'n Key, Field<'n>)>> {
        self.is_read_as(key, &|holds| matches!(holds, Holds::Entries(..)));
        self.take(key)?.entries()
    }

    /// Reports every key left over, and every required one not found.
    pub fn finish(self) {
        if cfg!(debug_assertions)
            && let Some(what) = self.table.disagreement(self.entries, &self.known)
        {
            self.disagree(what);
        }
        let mut meant = Vec::new();
        for (key, value) in &self.left {
            let suggestion = suggest(&key.text, self.known.iter().copied());
            meant.extend(suggestion);
            let help = match suggestion {
                Some(known) => format!("did you mean `{known}`?"),
                None => self.allowed(),
            };
            let field = self.whole.entry(key, value);
            let message = format!("unknown key `{}`", super::yaml::shortened(&key.text));
            self.push_at(key, field.path(), message, Some(help));
        }
        // A misspelt key is not reported as missing too.
        for key in self.missing.iter().filter(|key| !meant.contains(key)) {
            let problem = Problem::new(self.whole.place(), format!("the key `{key}` is missing"));
            self.whole.report().push(problem.in_field(self.whole.path()));
        }
    }

    fn allowed(&self) -> String {
        let keys: Vec<String> = self.known.iter().map(|key| format!("`{key}`")).collect();
        match keys.as_slice() {
            [] => "no keys are allowed here".to_owned(),
            [key] => format!("the only key allowed here is {key}"),
            keys => format!("the keys allowed here are {}", keys.join(", ")),
        }
    }

    fn push_at(&self, key: &Key, path: &str, message: String, help: Option<String>) {
        let mut problem =
            Problem::new(key.place, message).in_field(path).with_width(key.text.chars().count());
        problem.help = help;
        self.whole.report().push(problem);
    }
}

fn filled<'n>(field: &Field<'n>) -> Option<&'n Scalar> {
    let text = field.text()?;
    if text.text.trim().is_empty() {
        field.refuse("the text is empty");
        return None;
    }
    Some(text)
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
