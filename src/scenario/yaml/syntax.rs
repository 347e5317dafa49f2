//! Syntax errors: where, in whose words, and what usually lies behind them.
//!
//! `serde_yaml`'s words are better known, so they are taken where it refuses the
//! document too. It is not asked about a document full of brackets: libyaml's
//! time grows with the square of their depth.

use saphyr_parser::ScanError;
use serde::Deserialize as _;
use serde::de::IgnoredAny;

use super::super::{Place, Problem};
use super::source::Source;
use crate::limits::Limit;

/// With more opening brackets than this, one reader's word is enough.
const BRACKET_LIMIT: usize = 5_000;

/// The problem behind an error of the event reader.
pub(super) fn problem(error: &ScanError, source: &Source) -> Problem {
    let place = Place { line: error.marker().line(), column: error.marker().col() + 1 };
    if error.info().contains("recursion limit") {
        return too_deep(within(place, source));
    }
    if source.text().matches(['[', '{']).count() <= BRACKET_LIMIT {
        let reader = serde_yaml::Deserializer::from_str(source.text());
        if let Err(error) = IgnoredAny::deserialize(reader)
            && error.location().is_some()
        {
            return from_serde(&error, source);
        }
    }
    phrased(error.info(), within(place, source))
}

/// The problem for lists and mappings that nest too deeply.
pub(super) fn too_deep(place: Place) -> Problem {
    let message = Limit::Nesting.exceeded("lists and mappings within one another");
    let advice = Limit::Nesting.advice(None);
    let help = format!("a bracket `[` or `{{` may lack its closing one; or {advice}");
    Problem::new(place, message).with_help(help)
}

/// The problem behind an error of `serde_yaml`.
pub(super) fn from_serde(error: &serde_yaml::Error, source: &Source) -> Problem {
    let words = error.to_string();
    let Some(location) = error.location() else {
        return phrased(&words, Place::START);
    };
    let place = Place { line: location.line(), column: location.column() };
    let words = words.replacen(&at(place), "", 1);
    // A missing quotation mark is noticed at the end of the file; where the text
    // was opened says more.
    if words.contains("end of stream")
        && let Some(opened) = last_place(&words)
    {
        return phrased(&words.replacen(&at(opened), "", 1), within(opened, source));
    }
    // A key without its colon is noticed behind it.
    if words.contains("could not find expected ':'")
        && let Some(key) = last_place(&words)
    {
        return phrased(&words.replacen(&at(key), "", 1), within(key, source));
    }
    // A bracket that is never closed is noticed lines later; where it was opened says more.
    if words.contains("while parsing a flow")
        && let Some(opened) = last_place(&words).filter(|opened| opened.line < place.line)
    {
        let words = words.replacen(&at(opened), "", 1);
        return phrased(&format!("{words}, noticed{}", at(place)), within(opened, source));
    }
    phrased(&words, within(place, source))
}

fn at(place: Place) -> String {
    format!(" at line {} column {}", place.line, place.column)
}

/// The place that ends `serde_yaml`'s words: "…, while scanning … at line 3 column 5".
fn last_place(words: &str) -> Option<Place> {
    let (_, place) = words.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some(Place { line: line.parse().ok()?, column: column.parse().ok()? })
}

fn phrased(words: &str, place: Place) -> Problem {
    let problem = Problem::new(place, format!("not valid YAML: {words}"));
    match HELP.iter().find(|(part, _)| words.contains(part)) {
        Some((_, help)) => problem.with_help(*help),
        None => problem,
    }
}

/// Moves a place behind the end of the file, or of its line, to that end.
fn within(place: Place, source: &Source) -> Place {
    let end = Place::START.after(source.text());
    let line = source.text().split('\n').nth(place.line.saturating_sub(1));
    let Some(line) = line else { return end };
    let column = place.column.clamp(1, line.chars().count() + 1);
    Place { line: place.line.max(1), column }
}

/// A part of the readers' words, and what usually lies behind it.
const HELP: [(&str, &str); 14] = [
    (
        "unknown escape",
        "in double quotes a backslash begins an escape: write the text as a block `|` or in single quotes",
    ),
    (
        "hexadecimal",
        "in double quotes a backslash begins an escape: write the text as a block `|` or in single quotes",
    ),
    (
        "hexdecimal",
        "in double quotes a backslash begins an escape: write the text as a block `|` or in single quotes",
    ),
    ("mapping values are not allowed", "a text that holds `: ` needs quotes or a block `|`"),
    ("found unexpected ':'", "behind a colon stands a space, or the end of the line"),
    ("tab", "indent with spaces, not with tabs"),
    (
        "cannot start any token",
        "a text that begins with @, % or ` needs quotes; lines are indented with spaces, not with tabs",
    ),
    ("while scanning an alias", "a text that begins with `*` needs quotes or a block `|`"),
    ("while scanning an anchor", "a text that begins with `&` needs quotes or a block `|`"),
    ("unknown anchor", "a text that begins with `*` needs quotes or a block `|`"),
    (
        "could not find expected ':'",
        "a key ends in `:`; a text of several lines is a block `|`, and indented",
    ),
    (
        "while parsing a flow",
        "every `[` and `{` needs its closing bracket, and entries need commas between them",
    ),
    (
        "did not find expected key",
        "the keys of one mapping begin in the same column; a text with quotes inside needs a block `|`",
    ),
    ("end of stream", "a quotation mark may lack its closing one"),
];
