//! What the template engine finds wrong with a text, in the scenario's words and at its place.

use std::ops::Range;

use tera::{Error, ErrorKind};

use crate::scenario::suggest;

use super::ledger::{FILTERS, NO_VALUE};

/// Where an error of the template engine is, and its message.
pub(super) fn spanned(error: &Error) -> (Range<usize>, String) {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.span().range.clone(), report.message().to_owned())
        }
        _ => (0..1, error.to_string()),
    }
}

/// The text up to a filter with nothing but the name that the filter is applied to, in its place.
pub(super) fn without_filters(source: &str, filter: usize) -> Option<String> {
    let before = source.get(..filter)?;
    let open = before.rfind("<<")?;
    let name = before[open + 2..].split('|').next()?;
    (!name.contains(['(', '"', '\''])).then(|| format!("{}<<{name}>>", " ".repeat(open)))
}

/// A message of the template engine in the scenario's words, at the place to blame.
pub(super) struct Reworded {
    /// The part of the text.
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

pub(super) fn reworded(source: &str, range: Range<usize>, message: &str) -> Reworded {
    let told = |range: Range<usize>, message: String, help: &str| {
        let help = (!help.is_empty()).then(|| help.to_owned());
        Reworded { range, message, help }
    };
    let quoted = || message.split('`').nth(1).unwrap_or_default().to_owned();
    let lower = message.to_lowercase();
    if lower.contains("unknown filter") {
        let name = quoted();
        let at = source.find(&format!("| {name}")).map(|at| at + 2).or_else(|| source.find(&name));
        let place = at.map_or(range, |at| at..at + name.len());
        let help = nearest(&name, &FILTERS, "the filters are");
        return told(place, format!("there is no filter `{name}`"), &help);
    }
    for (open, close) in [("<<", ">>"), ("<%", "%>"), ("<#", "#>")] {
        if let Some(at) = source.rfind(open).filter(|at| !source[*at..].contains(close)) {
            let message = format!("`{open}` is not closed by `{close}`");
            let help = match open {
                "<<" => "a value is printed by `<< … >>`; in a formula, write `\\ll` for the sign",
                _ => "",
            };
            return told(at..at + 2, message, help);
        }
    }
    let filter = source.get(range.clone()).unwrap_or_default();
    let filter = filter.split('(').next().unwrap_or_default().trim();
    if lower.contains("out of range") && lower.contains("u32") {
        return told(range, "`places` is a whole number from 0".to_owned(), "as in `places=2`");
    }
    if lower.contains("missing keyword argument") {
        let (argument, filter) = (quoted(), filter.to_owned());
        let help = format!("write `{filter}({argument}=4)`");
        return told(range, format!("the filter `{filter}` needs `{argument}`"), &help);
    }
    if message.starts_with(NO_VALUE) {
        return told(
            range,
            format!("the filter `{filter}` takes a value of the trace"),
            "a value is named to its end, as in `sgd.t1.w`",
        );
    }
    if lower.contains("expected `") && lower.contains("map") {
        return told(range, "this names no single value".to_owned(), "go on as in `.t1.w`");
    }
    if message.starts_with("found `") && message.contains("but expected") {
        let found = source.get(range.clone()).unwrap_or_default().to_owned();
        return told(
            range,
            format!("`{found}` is not expected here"),
            "a value or a name is missing",
        );
    }
    if lower == "unknown tag" {
        let word = source.get(range.clone()).unwrap_or_default().to_owned();
        let help =
            nearest(&word, &["if", "elif", "else", "endif", "for", "endfor", "set"], "there are");
        return told(range, format!("there is no block `{word}`"), &help);
    }
    if lower.contains("unexpected end of input") {
        // The place of the last word that opens a block, if there is one.
        let opened = source.rfind("<% if").or_else(|| source.rfind("<% for"));
        let range =
            opened.map_or(range, |at| at..source[at..].find("%>").map_or(at, |end| at + end + 2));
        let help = "`<% if … %>` ends with `<% endif %>`, `<% for … %>` with `<% endfor %>`";
        return told(range, "this block is not closed".to_owned(), help);
    }
    if let Some(known) = lower.contains("unknown argument").then(|| message.split("known: ").nth(1))
    {
        let known: Vec<&str> = known.unwrap_or("none").split(", ").collect();
        let help = match known.as_slice() {
            ["none"] => "it takes none".to_owned(),
            known => nearest(&quoted(), known, "it takes"),
        };
        let message = format!("the filter `{filter}` has no argument `{}`", quoted());
        return told(range, message, &help);
    }
    let unknown = lower.contains("is not defined") || lower.contains("not found");
    let known = ["Available fields:", "Available variables:"];
    match known.iter().find_map(|head| message.split_once(head)) {
        Some((_, known)) if unknown => {
            let known = known.trim().trim_end_matches('.').replace('`', "");
            let known: Vec<&str> = known.split(", ").collect();
            let help = nearest(&quoted(), &known, "known here:");
            told(range, format!("there is no `{}` here", quoted()), &help)
        }
        _ => told(range, lower_first(message), ""),
    }
}

/// The known word that was meant, or all of them.
fn nearest(word: &str, known: &[&str], all: &str) -> String {
    match suggest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("{all} {}", known.join(", ")),
    }
}

fn lower_first(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut letters = first.chars();
    letters.next().map(|letter| letter.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
