//! What each mapping of a scenario may hold: one table a mapping, for its reader and for editors.
//!
//! ```text
//! table ─┬─> Field::fields(&TABLE)   a reader takes keys of its table, and each as what it holds
//!        └─> schema()                JSON Schema, from which editors complete and check
//! ```
//!
//! A reader is still written by hand, since what is wrong with a value is best said by who knows
//! why. The table binds it: where assertions are on, a key that is not in the table can't be taken,
//! words and bounds are those of the table, and a mapping about which nothing was reported has read
//! every key that the table lists, has those that it requires, and no other.
//!
//! What a kind of the catalogue takes is not listed again: its options come from the catalogue,
//! as a [`Branch`] of the mapping.

mod cells;
mod check;
mod initial;
mod json;
mod optimizer;
mod paper;
mod schedule;
mod setup;
mod top;

use std::fmt;

pub(super) use cells::{CELL, GIVEN, PART};
pub(super) use initial::{BATCHES, DATA, INITIALIZER};
pub use json::text_of;
pub(super) use optimizer::{CUSTOM, MISTAKE, OPTIMIZER, OTHER_OPTIMIZER, overrides};
pub(super) use paper::{DISPLAY, PAPER};
pub(super) use schedule::{CLIP, DECAY, SCHEDULE};
pub(super) use setup::{EXPERIMENT, SETUP};
pub(super) use top::{FAIR, SCENARIO, VARIABLE, WITHIN};

/// The JSON Schema (draft 2020-12) of a scenario, as text.
///
/// ```
/// let schema = gradsheet::scenario::schema();
/// let schema: serde_json::Value = serde_json::from_str(&schema)?;
/// assert_eq!(schema["required"], serde_json::json!(["title", "setups"]));
/// let optimizers = &schema["$defs"]["setup"]["properties"]["optimizers"];
/// assert_eq!(optimizers["additionalProperties"]["$ref"], "#/$defs/optimizer");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn schema() -> String {
    text_of(&SCENARIO)
}

/// The keys of `paper`, as a scenario and a course file have it.
pub const PAPER_KEY: Entry =
    key("paper", "How papers are printed, as PDF or by a browser.", Holds::Mapping(&PAPER));

/// A mapping with the keys that it may have.
pub struct Mapping {
    /// Its name among the definitions of a schema.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// The keys that it may have in any case.
    pub keys: &'static [Entry],
    /// Kinds of it, each with keys of its own.
    pub branches: Option<Branches>,
}

/// The kinds of a mapping.
#[derive(Clone, Copy)]
pub struct Branches {
    /// All of them.
    pub all: fn() -> &'static [Branch],
    /// Where the key stands that tells them apart.
    pub by: Decides,
}

/// Which key tells the kinds of a mapping apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decides {
    /// The first one.
    First,
    /// Any one.
    Any,
}

/// One kind of a mapping.
#[derive(Debug)]
pub struct Branch {
    /// The key that makes it this kind.
    pub key: Entry,
    /// What the kind is, if that is more than its key says.
    pub meaning: String,
    /// The keys of this kind.
    pub keys: Vec<Entry>,
}

/// A key that may stand in a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The key.
    pub name: &'static str,
    /// What it means, for who writes it.
    pub meaning: &'static str,
    /// What its value may be.
    pub holds: Holds,
    /// Whether it must be there.
    pub needed: Needed,
    /// The value that holds without it, as it would be written.
    pub default: Option<&'static str>,
    /// The keys that can't stand beside it.
    pub without: &'static [&'static str],
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// It may be left out.
    No,
    /// It must be there.
    Yes,
    /// It must be there where that one is not.
    Unless(&'static str),
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Any scalar but nothing.
    Text,
    /// The same, and more than white space.
    Filled,
    /// A text of this form, a regular expression.
    Form(&'static str),
    /// Definitions, one a line.
    Lines,
    /// `true` or `false`.
    Truth,
    /// A decimal number.
    Decimal(Bounds),
    /// A whole number between these two, or a variable's name.
    Whole(u64, u64),
    /// A whole number from this one; how far it goes hangs on the rest of the scenario.
    Counted(u64),
    /// An exact number: a decimal one, or an expression in a text.
    Exact(Bounds),
    /// This word.
    Word(&'static str),
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of the words that a catalogue lists.
    Listed(fn() -> Vec<&'static str>),
    /// One of these words, which are some of those that the reader tells apart.
    Some(&'static [&'static str]),
    /// A list of at least so many elements, and at most so many.
    List(usize, usize, &'static Holds),
    /// A mapping of at least so many keys, which the scenario chooses.
    Entries(usize, Names, &'static Holds),
    /// A mapping with a single key, which the scenario chooses.
    Single(&'static Holds),
    /// A mapping with a table.
    Mapping(&'static Mapping),
    /// One or the other.
    Either(&'static [Holds]),
}

/// Between which numbers a number lies. An expression's value is not known to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// Anywhere.
    None,
    /// At this number or above.
    From(i32),
    /// Above this number.
    Above(i32),
    /// Between the two, both included.
    Within(i32, i32),
    /// In [0, 1).
    Rate,
    /// A whole number between the two.
    Whole(i32, i32),
}

/// What keys that the scenario chooses look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Anything.
    Any,
    /// A name in formulas.
    Plain,
    /// A name in formulas which means nothing else in paths.
    New,
    /// The same, or a family of names such as `W_{l}`.
    Family,
}

/// As many elements as one likes.
pub const MANY: usize = usize::MAX;

/// A key that may be left out.
pub const fn key(name: &'static str, meaning: &'static str, holds: Holds) -> Entry {
    Entry { name, meaning, holds, needed: Needed::No, default: None, without: &[] }
}

impl Entry {
    /// The key as one that must be there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { needed: Needed::Yes, ..self }
    }

    /// The key as one that must be there where another one is not.
    #[must_use]
    pub const fn unless(self, other: &'static str) -> Self {
        Self { needed: Needed::Unless(other), ..self }
    }

    /// The key with the value that holds without it.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// The key with those that can't stand beside it.
    #[must_use]
    pub const fn without(self, others: &'static [&'static str]) -> Self {
        Self { without: others, ..self }
    }
}

/// A table may lead back to itself, so only its name is shown.
impl fmt::Debug for Mapping {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}
