//! A scalar event into a scalar: where it really begins, its style, its places.
//!
//! The event's span includes an anchor before the value, and for a block it
//! begins at the first line that is not blank, unless there is an anchor. Both
//! are brought to one form here: the span begins with the value itself.

use saphyr_parser::{Marker, ScalarStyle, Span, Tag};

use super::super::{Place, Problem};
use super::node::{Scalar, Style};
use super::places::{Found, Places};
use super::source::Source;
use super::texts;

/// The scalar of an event, and what is wrong with its characters.
pub(super) fn read(
    source: &Source,
    text: &str,
    style: ScalarStyle,
    span: Span,
    properties: Properties,
) -> (Scalar, Option<Problem>) {
    let style = style_of(style);
    let mut begin = content(source, span, properties);
    let block = matches!(style, Style::Literal | Style::Folded);
    if block && properties == Properties::Some {
        begin = begin.below_header(source.before(span.end.index()));
    }
    let read = source.before(span.end.index());
    // A span never ends before it begins; if one did, nothing would be found in it.
    let (before, raw) = read.split_at_checked(begin.byte).unwrap_or((read, ""));
    let found = Found { style, text, before, raw, place: begin.place };
    let scalar = Scalar { text: text.to_owned(), style, places: Places::new(&found) };
    let problem = texts::problem_in(&scalar, &found);
    (scalar, problem)
}

/// The scalar of a document without any.
pub(super) fn nothing() -> Scalar {
    let found = Found { style: Style::Plain, text: "", before: "", raw: "", place: Place::START };
    Scalar { text: String::new(), style: Style::Plain, places: Places::new(&found) }
}

/// Where a value begins.
#[derive(Clone, Copy)]
pub(super) struct Begin {
    byte: usize,
    pub(super) place: Place,
}

/// Whether an anchor or a tag stands before a value, within its event's span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Properties {
    Some,
    None,
}

impl Properties {
    /// Anchors are numbered from 1.
    pub(super) fn of(anchor: usize, tag: Option<&Tag>) -> Self {
        if anchor == 0 && tag.is_none() { Self::None } else { Self::Some }
    }
}

/// Where the value of an event begins, after its anchor and its tag.
pub(super) fn content(source: &Source, span: Span, properties: Properties) -> Begin {
    let from = span.start.index();
    let begin = Begin { byte: source.before(from).len(), place: place(span.start) };
    if properties == Properties::None {
        return begin;
    }
    let text = source.between(from, span.end.index());
    let mut rest = text;
    while rest.starts_with(['&', '!', '#']) {
        let ends = |c: char| {
            if rest.starts_with('#') { c == '\n' } else { c.is_whitespace() }
        };
        rest = rest.trim_start_matches(|c| !ends(c)).trim_start();
    }
    begin.forward(text, text.len() - rest.len())
}

/// The place of an event reader's mark, whose columns count from 0.
pub(super) fn place(mark: Marker) -> Place {
    Place { line: mark.line(), column: mark.col() + 1 }
}

impl Begin {
    fn forward(self, text: &str, bytes: usize) -> Self {
        Self { byte: self.byte + bytes, place: self.place.after(&text[..bytes]) }
    }

    /// From the header of a block, where the event begins there, to its first
    /// line that is not blank.
    fn below_header(self, text: &str) -> Self {
        let text = text.get(self.byte..).unwrap_or_default();
        let lines = text.split_inclusive('\n');
        let blank = lines.clone().skip(1).take_while(|line| line.trim().is_empty());
        let skipped: usize = lines.take(1).chain(blank).map(str::len).sum();
        self.forward(text, skipped)
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}
