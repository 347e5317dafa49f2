//! The words of one language.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use crate::number::Undefined;

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

    /// The decimal mark.
    pub fn mark(&self) -> char {
        self.phrases.get("decimal_mark").and_then(|mark| mark.chars().next()).unwrap_or('.')
    }

    /// A number with a point, with the decimal mark in its place.
    pub fn number(&self, text: &str) -> String {
        text.replace('.', &self.mark().to_string())
    }

    /// Items one after another, with semicolons between them where one has a decimal comma.
    pub fn listed(&self, items: &[String]) -> String {
        listed(items)
    }

    /// A phrase.
    pub fn word(&self, key: &str) -> String {
        self.phrases.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A phrase with its blanks filled in.
    pub fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        fill(self.phrases.get(key).map_or(key, String::as_str), blanks)
    }

    /// Why a value is undefined and where, `0/0 in u/sqrt(v)`, in this language.
    pub fn cause_and_place(&self, cause: &str) -> String {
        match cause.split_once(" in ") {
            Some((what, place)) => {
                let blanks = [("cause", self.cause(what)), ("operation", place.to_owned())];
                self.say("undefined_in", &blanks)
            }
            None => self.cause(cause),
        }
    }

    /// Why a value is undefined, `division by zero (1/0)`, in this language.
    pub fn cause(&self, cause: &str) -> String {
        let key = match Undefined::read(cause) {
            Some(Undefined::DivisionByZero { numerator: Some(numerator) }) => {
                return self.say("undefined_quotient", &[("numerator", numerator)]);
            }
            Some(Undefined::DivisionByZero { .. }) => "undefined_division",
            Some(Undefined::RootOfNegative) => "undefined_root",
            Some(Undefined::LogOfNonPositive) => "undefined_logarithm",
            Some(Undefined::PowerOfNegative) => "undefined_power",
            _ => return cause.to_owned(),
        };
        self.word(key)
    }

    /// What a function's branch is called.
    pub fn branch(&self, name: &str) -> String {
        self.word(&format!("branch_{name}"))
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
pub(super) fn fill(phrase: &str, blanks: &[(&'static str, String)]) -> String {
    let blank = |name: &str| {
        let (_, text) = blanks.iter().rev().find(|(known, _)| *known == name)?;
        Some(text.clone())
    };
    exchanged(phrase, blank).unwrap_or_else(|| rendered(phrase, blanks))
}

/// The text with every `<< … >>` exchanged for what `print` makes of it; nothing where it makes
/// nothing of one, or where other signs of the template engine stand in the text.
pub(super) fn exchanged(
    text: &str,
    mut print: impl FnMut(&str) -> Option<String>,
) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        filled.push_str(before);
        rest = match behind.as_bytes().first() {
            Some(b'<') => {
                let (inside, after) = behind[1..].split_once('>')?;
                filled.push_str(&print(inside.trim())?);
                after.strip_prefix('>')?
            }
            Some(b'%' | b'#') => return None,
            _ => {
                filled.push('<');
                behind
            }
        };
    }
    filled.push_str(rest);
    Some(filled)
}

/// A phrase as the template engine renders it.
fn rendered(phrase: &str, blanks: &[(&'static str, String)]) -> String {
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

/// Items one after another, with the sign of [`separator`] between them.
pub(super) fn listed(items: &[String]) -> String {
    items.join(if separator(items) == ';' { "; " } else { ", " })
}

/// What stands between the items of a list: a semicolon where one has a decimal comma, as in
/// `0,5; 0,25`.
pub(super) fn separator(items: &[String]) -> char {
    let decimal_comma = |text: &String| {
        let text = text.replace("{,}", ",");
        text.as_bytes()
            .windows(3)
            .any(|three| three[1] == b',' && three[0].is_ascii_digit() && three[2].is_ascii_digit())
    };
    if items.iter().any(decimal_comma) { ';' } else { ',' }
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

/// LaTeX with decimal points, with the decimal mark of a language in their place; then semicolons
/// stand between arguments.
pub(super) fn with_mark(latex: &str, mark: char) -> String {
    let bytes = latex.as_bytes();
    let is_digit =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let points: Vec<usize> = latex
        .match_indices('.')
        .map(|(at, _)| at)
        .filter(|&at| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)))
        .collect();
    if mark == '.' || points.is_empty() {
        return latex.to_owned();
    }
    let mut text = latex.replace(", ", "; ");
    // Both signs are as long as what they replace, so that the places still hold.
    for at in points.into_iter().rev() {
        text.replace_range(at..=at, &format!("{{{mark}}}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{exchanged, listed, with_mark};

    #[test]
    fn what_is_no_plain_blank_is_left_to_the_template_engine() {
        let table = [
            ("no blank", Some("no blank")),
            ("a < b <<x>>, << y >>.", Some("a < b [x], [y].")),
            ("<<x>> <", Some("[x] <")),
            ("<< z >>", None),
            ("<<- x >>", None),
            ("<< x > y >>", None),
            ("<< x", None),
            ("<% if x %>", None),
            ("<# x #>", None),
        ];
        let print = |name: &str| ["x", "y"].contains(&name).then(|| format!("[{name}]"));
        for (text, expected) in table {
            assert_eq!(exchanged(text, print).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_of_a_formula_get_the_mark_of_the_language() {
        let normal = r"\mathcal{N}\left(0, 0.01^2\right)";
        assert_eq!(with_mark(normal, '.'), normal);
        assert_eq!(with_mark(normal, ','), r"\mathcal{N}\left(0; 0{,}01^2\right)");
        assert_eq!(with_mark(r"\left.x, 5\right", ','), r"\left.x, 5\right");
        assert_eq!(with_mark("-1.25", ','), "-1{,}25");
    }

    #[test]
    fn a_list_of_decimal_commas_has_semicolons() {
        let table: [(&[&str], &str); 4] = [
            (&["0.5", "1"], "0.5, 1"),
            (&["a, b", "c"], "a, b, c"),
            (&["1", "0,5"], "1; 0,5"),
            (&["$x = 0{,}5$", "$y = 1$"], "$x = 0{,}5$; $y = 1$"),
        ];
        for (items, expected) in table {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            assert_eq!(listed(&items), expected);
        }
    }
}
