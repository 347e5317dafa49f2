//! One value of a scenario on its way to a typed one.
//!
//! A field knows its node, the path of keys to it, and the report. Each reader
//! returns `None` after reporting what was expected and what was found, so
//! decoding goes on with the next key and `?` never hides a problem.
//!
//! A field taken by its key also knows what its mapping's table says that it holds. Where
//! assertions are on, a reader that reads it as something else is stopped.

use std::ops::RangeInclusive;

use crate::limits::Limit;
use crate::number::Real;

use super::problem::{path_with_key, path_with_number};
use super::schema::{Holds, Mapping};
use super::yaml::{Data, Key, Node, Scalar, is_decimal};
use super::{Fields, Place, Problem, Report, suggest};

/// A node with its path and the report that its problems go to.
#[derive(Clone, Debug)]
pub struct Field<'n> {
    node: &'n Node,
    path: String,
    report: &'n Report,
    holds: Option<&'static Holds>,
}

impl<'n> Field<'n> {
    /// The field for a node; the path of a scenario's top is empty.
    pub fn new(node: &'n Node, path: impl Into<String>, report: &'n Report) -> Self {
        Self { node, path: path.into(), report, holds: None }
    }

    /// The field with what its table says of it.
    pub(super) fn holding(self, holds: Option<&'static Holds>) -> Self {
        Self { holds, ..self }
    }

    /// Holds a reader to what its table says.
    pub(super) fn is_read_as(&self, what: &str, is: &dyn Fn(&'static Holds) -> bool) {
        if let Some(holds) = self.holds.filter(|holds| cfg!(debug_assertions) && !holds.any(is)) {
            let path = &self.path;
            self.report.disagree(format!("{path} is read as {what}, but its table says {holds:?}"));
        }
    }

    /// What the table says of the elements, or of the values.
    fn inner(
        &self,
        of: &dyn Fn(&'static Holds) -> Option<&'static Holds>,
    ) -> Option<&'static Holds> {
        self.holds.filter(|_| cfg!(debug_assertions))?.find(of)
    }

    /// The node itself.
    #[must_use]
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// The path of keys, `setups.neuron.batches[2]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where the value begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.node.place
    }

    /// Where problems go.
    #[must_use]
    pub fn report(&self) -> &'n Report {
        self.report
    }

    /// The mapping, read key by key; the table says which there are.
    #[must_use]
    pub fn fields(&self, table: &'static Mapping) -> Option<Fields<'n>> {
        self.is_read_as(
            table.name,
            &|holds| matches!(holds, Holds::Mapping(own) if std::ptr::eq(*own, table)),
        );
        let entries = self.map()?;
        Some(Fields::new(self.clone(), entries, table))
    }

    /// The entries of a mapping whose keys the scenario chooses.
    #[must_use]
    pub fn entries(&self) -> Option<Vec<(&'n Key, Field<'n>)>> {
        self.is_read_as("entries", &|holds| {
            matches!(holds, Holds::Entries(..) | Holds::Single(_) | Holds::Mapping(_))
        });
        let inner = self.inner(&|holds| match holds {
            Holds::Entries(_, _, inner) | Holds::Single(inner) => Some(inner),
            _ => None,
        });
        let entries = self.map()?;
        let entry = |(key, value)| (key, self.entry(key, value).holding(inner));
        Some(entries.iter().map(|(key, value)| entry((key, value))).collect())
    }

    /// The elements of a list.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Field<'n>>> {
        self.is_read_as("a list", &|holds| matches!(holds, Holds::List(..)));
        let Data::List(items) = &self.node.data else {
            return self.expected("a list");
        };
        let inner = self.inner(&|holds| match holds {
            Holds::List(_, _, inner) => Some(inner),
            _ => None,
        });
        let item = |(index, node)| {
            let path = path_with_number(&self.path, index + 1);
            Self::new(node, path, self.report).holding(inner)
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// A text: any scalar but nothing, numbers included (`course: 101`).
    #[must_use]
    pub fn text(&self) -> Option<&'n Scalar> {
        match self.node.scalar() {
            Some(scalar) if !scalar.is_null() => Some(scalar),
            _ => self.expected("a text"),
        }
    }

    /// A decimal number, as it was written.
    #[must_use]
    pub fn number(&self) -> Option<&'n Scalar> {
        self.is_read_as("a decimal number", &|holds| matches!(holds, Holds::Decimal(_)));
        match self.node.scalar() {
            Some(scalar) if scalar.is_number() => Some(scalar),
            _ => self.expected("a number"),
        }
    }

    /// A whole number from 0.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        self.unsigned_in(0..=u64::MAX)
    }

    /// A whole number within bounds.
    #[must_use]
    pub fn unsigned_in(&self, range: RangeInclusive<u64>) -> Option<u64> {
        self.is_read_as("a whole number", &|holds| holds.is_whole(&range));
        let (least, most) = (range.start(), range.end());
        if let Some(number) = self.variable() {
            let value = number.as_rational().filter(|number| number.is_int());
            let value = value.and_then(|number| u64::try_from(number.numerator().clone()).ok());
            if let Some(value) = value.filter(|value| range.contains(value)) {
                return Some(value);
            }
        }
        let scalar = self.node.scalar().filter(|scalar| scalar.is_number());
        let digits = scalar.map(|scalar| scalar.text.as_str());
        let whole = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let value = whole.and_then(|text| text.parse().ok()).filter(|value| range.contains(value));
        if value.is_some() {
            return value;
        }
        // The upper bound is of interest where it was set or passed.
        if *most == u64::MAX && whole.is_none() {
            return self.expected(&format!("a whole number from {least}"));
        }
        self.expected(&format!("a whole number from {least} to {most}"))
    }

    /// A whole number from `least` that keeps within a limit.
    #[must_use]
    pub fn unsigned_within(&self, least: u64, limit: Limit) -> Option<u64> {
        if let Some(value) = self.whole().filter(|value| *value > limit.get()) {
            let problem = self.problem(limit.exceeded_by(value));
            self.report.push(problem.with_help(limit.advice(Some(value))));
            return None;
        }
        self.unsigned_in(least..=limit.get())
    }

    /// A whole number that is written here.
    fn whole(&self) -> Option<u64> {
        let text = &self.node.scalar().filter(|scalar| scalar.is_number())?.text;
        text.parse().ok()
    }

    /// Reports that a limit is exceeded, with how so much, if it is known, would be allowed.
    pub fn exceeds(&self, limit: Limit, what: impl std::fmt::Display, needed: Option<u64>) {
        let problem = self.problem(limit.exceeded(what));
        self.report.push(problem.with_help(limit.advice(needed)));
    }

    /// The value of the variable that the text names.
    fn variable(&self) -> Option<&'n Real> {
        self.report.variable(&self.node.scalar()?.text)
    }

    /// `true` or `false`.
    #[must_use]
    pub fn truth(&self) -> Option<bool> {
        self.is_read_as("true or false", &|holds| matches!(holds, Holds::Truth));
        match self.node.scalar().and_then(Scalar::truth) {
            Some(truth) => Some(truth),
            None => self.expected("`true` or `false`"),
        }
    }

    /// One of several words, each with what it stands for.
    #[must_use]
    pub fn choice<T: Clone>(&self, words: &[(&str, T)]) -> Option<T> {
        let named = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>();
        self.is_read_as("a choice", &|holds| holds.is_choice(&named()));
        let text = self.node.scalar().map(|scalar| scalar.text.as_str());
        let chosen = words.iter().find(|(word, _)| Some(*word) == text);
        if let Some((_, value)) = chosen {
            return Some(value.clone());
        }
        let names = named();
        let found = self.node.describe();
        let problem = self.problem(format!("expected {}, found {found}", alternatives(&names)));
        self.report.push(match suggest(text.unwrap_or_default(), names) {
            Some(meant) => problem.with_help(format!("did you mean `{meant}`?")),
            None => problem,
        });
        None
    }

    /// A problem with this value, to be completed and pushed to the report.
    #[must_use]
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.node.place, message).in_field(&self.path).with_width(self.node.width())
    }

    /// Reports a problem with this value.
    pub fn refuse(&self, message: impl Into<String>) {
        self.report.push(self.problem(message));
    }

    /// Whether it is a list with something in it.
    pub(super) fn is_filled(&self) -> bool {
        matches!(&self.node.data, Data::List(items) if !items.is_empty())
    }

    /// Reports a problem with this value, and what to do about it.
    pub fn refuse_with(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report.push(self.problem(message).with_help(help));
    }

    /// Reports a problem with the key that this is the value of.
    pub(super) fn refuse_key(&self, key: &Key, message: impl Into<String>, help: Option<String>) {
        let problem = Problem::new(key.place, message).in_field(&self.path);
        let problem = problem.with_width(key.text.chars().count());
        self.report.push(Problem { help, ..problem });
    }

    /// Reports a problem at a byte of this value's text.
    pub fn refuse_at(&self, offset: usize, message: impl Into<String>) {
        let problem = Problem::new(self.node.place_of(offset), message);
        self.report.push(problem.in_field(&self.path));
    }

    /// Reports that something else was expected here.
    pub fn expected<T>(&self, what: &str) -> Option<T> {
        let found = self.node.describe();
        let problem = self.problem(format!("expected {what}, found {found}"));
        self.report.push(match advice(self.node, what) {
            Some(help) => problem.with_help(help),
            None => problem,
        });
        None
    }

    pub(super) fn entry(&self, key: &Key, value: &'n Node) -> Field<'n> {
        Self::new(value, path_with_key(&self.path, &key.text), self.report)
    }

    fn map(&self) -> Option<&'n [(Key, Node)]> {
        match &self.node.data {
            Data::Map(entries) => Some(entries),
            Data::List(_) | Data::Scalar(_) => self.expected("a mapping"),
        }
    }
}

/// What lies behind some frequent slips.
fn advice(node: &Node, expected: &str) -> Option<String> {
    match expected {
        "a list" => return Some(as_a_list(node)),
        "a mapping" => return Some(A_MAPPING.to_owned()),
        _ => {}
    }
    let scalar = node.scalar()?;
    let numeric = expected.contains("number");
    let help = match scalar.text.as_str() {
        _ if numeric && !scalar.is_plain() && is_decimal(&scalar.text) => {
            Some("leave the quotes out")
        }
        text if numeric && text.contains('_') => Some("write the digits without `_`"),
        _ if numeric && scalar.is_plain() && has_leading_zero(&scalar.text) => {
            Some("write the number without the zeros in front")
        }
        "yes" | "no" | "on" | "off" | "Yes" | "No" | "True" | "False" | "TRUE" | "FALSE"
            if expected.contains("`true`") =>
        {
            Some("write `true` or `false`")
        }
        text if numeric && scalar.is_plain() && has_decimal_comma(text) => {
            Some("write the decimal point as `.`")
        }
        _ => None,
    };
    help.map(str::to_owned)
}

const A_MAPPING: &str = "a mapping is `{key: value}`, or a line `key: value` for each entry";

/// How a list is written, with what was found in it if that is short.
fn as_a_list(node: &Node) -> String {
    match node.scalar().map(|scalar| scalar.text.as_str()) {
        Some(text) if !text.is_empty() && text.len() <= 40 && !text.contains(['[', ',', '\n']) => {
            format!("a list of one is written `[{text}]`")
        }
        _ => "a list is `[first, second]`, or a line `- entry` for each entry".to_owned(),
    }
}

/// `0,5`
pub(super) fn has_decimal_comma(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let halves = text.trim_start_matches(['+', '-']).split_once(',');
    halves.is_some_and(|(left, right)| digits(left) && digits(right))
}

fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// "`a`, `b` or `c`"
fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
