//! What is wrong with a scenario, where, and what was probably meant.
//!
//! Messages begin in lower case and have no final period. `help` is advice: it
//! may guess, the message may not.

use std::cell::RefCell;

use crate::number::Real;

use super::Place;
use super::variables::Assignment;

/// One rule of the scenario language, broken at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where the offending text begins.
    pub place: Place,
    /// The path of keys that leads there, `setups.neuron.batches[2]` with list
    /// elements counted from 1; empty where no key is to blame.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// How many characters are marked, at least one.
    pub width: usize,
    /// The line of another file that the problem is really in.
    pub excerpt: Option<Box<Excerpt>>,
    /// Whether there can be no sheet, or one that is suspicious.
    pub severity: Severity,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// There is no sheet.
    Error,
    /// The sheet may not be what its author wanted.
    Warning,
}

impl Severity {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A line of a file that the scenario names, with what is wrong in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The file, as the scenario names it.
    pub file: String,
    /// Where the offending text begins.
    pub place: Place,
    /// How many characters are marked, at least one.
    pub width: usize,
    /// The line.
    pub line: String,
}

impl Problem {
    /// A problem that marks one character, without field or help.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        let (field, message) = (String::new(), message.into());
        Self {
            place,
            field,
            message,
            help: None,
            width: 1,
            excerpt: None,
            severity: Severity::Error,
        }
    }

    /// The same for what is suspicious.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self::new(place, message).as_warning()
    }

    /// Makes it a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Says which field the problem is in.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Shows the line of another file.
    #[must_use]
    pub fn with_excerpt(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(Box::new(excerpt));
        self
    }

    /// Marks so many characters.
    #[must_use]
    pub fn with_width(mut self, width: usize) -> Self {
        self.width = width.max(1);
        self
    }
}

/// Keys that some cell or part has; an unknown one may be known where more could be read.
const CELL_KEYS: [&str; 24] = [
    "answers", "at", "audience", "axis", "backward", "code", "explore", "from", "given", "label",
    "marks", "measure", "mistakes", "node", "of", "parts", "remark", "setup", "show", "solution",
    "space", "steps", "text", "values",
];

impl Problem {
    /// Whether this is wrong whatever else could not be read: a key, a kind of cell, a list in
    /// the place of a text.
    pub(super) fn stands_alone(&self) -> bool {
        let begins = |words: &str| self.message.starts_with(words);
        let key = self.message.split('`').nth(1).unwrap_or_default();
        let choice = ["callout", "plot", "table", "derivation", "code", "audience"];
        let last = self.field.rsplit('.').next().unwrap_or_default();
        (begins("unknown key `") && !CELL_KEYS.contains(&key))
            || (begins("expected `") && choice.contains(&last))
            || ["expected a mapping", "expected a list", "expected a text", "a cell begins with"]
                .iter()
                .any(|words| begins(words))
            || ["there is no function `", "there is no optimizer `"]
                .iter()
                .any(|words| begins(words))
    }
}

/// The problem of bytes that are no text, at the first wrong one.
#[must_use]
pub fn not_utf8(bytes: &[u8], error: std::str::Utf8Error) -> Problem {
    let before = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
    let before = before.strip_prefix('\u{feff}').unwrap_or(&before);
    let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    let message = format!("this is not text in UTF-8: the byte 0x{byte:02X} begins no character");
    Problem::new(Place::START.after(before), message)
        .with_help("save the file with the encoding UTF-8")
}

/// Where problems are put while a scenario is read, and what its variables stand for.
///
/// It is shared: the readers of nested mappings all hold the same one.
#[derive(Debug, Default)]
pub struct Report {
    problems: RefCell<Vec<Problem>>,
    variables: Assignment,
    files: RefCell<Vec<String>>,
    /// Where readers and the tables of their mappings disagree.
    disagreements: RefCell<Vec<String>>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty report in which variables have values.
    pub(super) fn with_variables(variables: Assignment) -> Self {
        Self { variables, ..Self::default() }
    }

    /// The values of all variables.
    pub(super) fn assignment(&self) -> &Assignment {
        &self.variables
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&Real> {
        self.variables.get(name)
    }

    /// The names of the variables.
    pub(super) fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| name)
    }

    /// A data file was read, by its path below the scenario's folder.
    pub(super) fn reads(&self, file: &str) {
        let mut files = self.files.borrow_mut();
        if !files.iter().any(|known| known == file) {
            files.push(file.to_owned());
        }
    }

    /// The data files that were read.
    pub(super) fn files(&self) -> Vec<String> {
        self.files.borrow().clone()
    }

    /// Adds a problem.
    pub fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Takes back what was said since there were so many problems, where it follows from another.
    pub(super) fn take_back(&self, since: usize, follows: impl Fn(&Problem) -> bool) {
        let mut index = 0;
        self.problems.borrow_mut().retain(|problem| {
            index += 1;
            index <= since || !follows(problem)
        });
    }

    /// How many problems there are so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.problems.borrow().len()
    }

    /// Whether nothing was found wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// A reader does not fit the table of its mapping: a mistake of one of the two, unless a problem
    /// is found there that tells of it.
    pub(super) fn disagree(&self, what: String) {
        self.disagreements.borrow_mut().push(what);
    }

    /// The problems, in the order in which they were found.
    ///
    /// # Panics
    ///
    /// Where assertions are on, if there is none, but a reader took what its table would have otherwise.
    #[must_use]
    pub fn into_problems(self) -> Vec<Problem> {
        let (problems, apart) = (self.problems.into_inner(), self.disagreements.into_inner());
        debug_assert!(!problems.is_empty() || apart.is_empty(), "{}", apart.join("\n"));
        problems
    }
}

/// A path one key longer. A key that would blur the path is shown quoted.
pub(super) fn path_with_key(path: &str, key: &str) -> String {
    let blurs = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '.' | '[' | '"');
    let quoted = (key.is_empty() || key.contains(blurs)).then(|| format!("{key:?}"));
    let shown = quoted.as_deref().unwrap_or(key);
    if path.is_empty() { shown.to_owned() } else { [path, ".", shown].concat() }
}

/// A path one list element longer; `number` counts from 1.
pub(super) fn path_with_number(path: &str, number: usize) -> String {
    [path, "[", &number.to_string(), "]"].concat()
}

#[cfg(test)]
mod tests {
    use super::{path_with_key, path_with_number};

    #[test]
    fn paths_stay_readable() {
        let table = [
            ("", "setups", "setups"),
            ("setups", "neuron", "setups.neuron"),
            ("init", "W_{l}", "init.W_{l}"),
            ("vary", "W.gain", "vary.\"W.gain\""),
            ("init", "a b", "init.\"a b\""),
            ("init", "", "init.\"\""),
        ];
        for (path, key, expected) in table {
            assert_eq!(path_with_key(path, key), expected);
        }
        assert_eq!(path_with_number("batches", 2), "batches[2]");
    }
}
