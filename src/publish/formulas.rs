//! The formulas of a Markdown text: converted once each, collected if they cannot be.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag as Start, TagEnd};

use crate::markup::{Tag, split_tag};

use super::formula::{self, Display, Formula, Piece};
use super::html::{escaped, options, scroll_box};

/// What surely fits a telephone 360 px wide, in em of the text.
const NARROW: f32 = 15.0;
/// What surely fits the width of the paper, in em of the printed text.
const PAPER: f32 = 45.0;

/// A formula of a Markdown text that cannot be converted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("formula `{tex}`: {message}")]
pub struct FormulaProblem {
    /// Where in the Markdown, in bytes: at the offending command if there is one, else at the
    /// formula's first dollar sign.
    pub offset: usize,
    /// The formula.
    pub tex: String,
    /// What is wrong with it.
    pub message: String,
}

/// Every formula of a Markdown text that cannot be converted, in the order of the text.
#[must_use]
pub fn formula_problems(markdown: &str) -> Vec<FormulaProblem> {
    if !markdown.contains('$') {
        return Vec::new();
    }
    let mut formulas = Formulas::default();
    let events: Vec<_> = Parser::new_ext(markdown, options("")).into_offset_iter().collect();
    for (event, range) in &events {
        if let Some((tex, display)) = formula_of(event) {
            let check = |tex: &str| formula::check(tex, display);
            formulas.convert_by((tex, display), markdown, range.clone(), check);
        }
    }
    formulas.problems.extend(stray_dollars(&events, markdown));
    formulas.problems.sort_by_key(|problem| problem.offset);
    formulas.problems
}

/// Dollar signs in running text. Where a formula doesn't end, or its braces don't match,
/// pulldown-cmark finds no formula, and a reader would see its source.
pub(super) fn stray_dollars(
    events: &[(Event<'_>, Range<usize>)],
    markdown: &str,
) -> Vec<FormulaProblem> {
    let mut strays = Vec::new();
    let mut code = false;
    for (event, range) in events {
        match event {
            Event::Start(Start::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Text(text) if !code && text.contains('$') => {
                let start = range.start;
                let found = markdown[range.clone()].find('$').map_or(start, |at| start + at);
                if !markdown[..found].ends_with('\\') {
                    strays.push(found);
                }
            }
            _ => {}
        }
    }
    let mut problems = Vec::new();
    let mut strays = strays.into_iter().peekable();
    while let Some(offset) = strays.next() {
        // Two of them in one paragraph enclose a formula, whose braces keep it from being one.
        let end = strays.next_if(|end| braces_differ(&markdown[offset..*end]));
        let message = match end {
            Some(_) => "its braces `{` and `}` don't match",
            None => "no `$` ends it; the sign itself is written `\\$`",
        };
        problems.push(FormulaProblem { offset, tex: "$".into(), message: message.into() });
    }
    problems
}

/// Whether braces open and close unequally in a piece of one paragraph.
fn braces_differ(text: &str) -> bool {
    let plain = text.replace("\\{", "").replace("\\}", "");
    !text.contains("\n\n") && plain.matches('{').count() != plain.matches('}').count()
}

fn formula_of<'e>(event: &'e Event<'_>) -> Option<(&'e str, Display)> {
    match event {
        Event::InlineMath(tex) => Some((tex, Display::Inline)),
        Event::DisplayMath(tex) => Some((tex, Display::Block)),
        _ => None,
    }
}

/// The formulas of one text.
#[derive(Default)]
pub(super) struct Formulas {
    pub(super) problems: Vec<FormulaProblem>,
}

impl Formulas {
    pub(super) fn convert(
        &mut self,
        tex: &str,
        display: Display,
        markdown: &str,
        range: Range<usize>,
    ) -> Option<(Formula, Option<Tag>)> {
        let convert = |tex: &str| formula::convert(tex, display, NARROW);
        self.convert_by((tex, display), markdown, range, convert)
    }

    /// What a conversion makes of a formula without its tag, and the tag; a problem is noted.
    pub(super) fn convert_by<T>(
        &mut self,
        (tex, display): (&str, Display),
        markdown: &str,
        range: Range<usize>,
        convert: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<(T, Option<Tag>)> {
        let (tex, tag) = match tag_of(tex, display) {
            Ok((bare, tag)) => (bare, tag),
            Err(message) => {
                let inside = markdown[range.clone()].find("\\tag").unwrap_or(0);
                let offset = range.start + inside;
                self.problems.push(FormulaProblem { offset, tex: tex.to_owned(), message });
                return None;
            }
        };
        let tex = tex.as_ref();
        match convert(tex) {
            Ok(formula) => Some((formula, tag)),
            Err(message) => {
                let message = match message.as_str() {
                    "expected a token" => "a command lacks its argument".to_owned(),
                    _ => message,
                };
                // A formula on several lines of a block quote is no slice of the text, but the
                // offending name is.
                let inside =
                    formula::culprit(tex).and_then(|name| markdown[range.clone()].find(name));
                self.problems.push(FormulaProblem {
                    offset: range.start + inside.unwrap_or(0),
                    tex: tex.to_owned(),
                    message,
                });
                None
            }
        }
    }
}

/// The formula as it is set, and its tag.
fn tag_of(tex: &str, display: Display) -> Result<(Cow<'_, str>, Option<Tag>), String> {
    if !tex.contains("\\tag") {
        return Ok((Cow::Borrowed(tex), None));
    }
    let (bare, tag) = split_tag(tex)?;
    if tag.is_some() && display == Display::Inline {
        return Err("`\\tag` belongs to a display formula, between `$$` and `$$`".to_owned());
    }
    Ok((Cow::Owned(bare), tag))
}

/// About how much room a number takes beside its formula, in em.
pub(super) fn width_of_number(number: &str) -> f32 {
    number.chars().map(|_| 0.6).sum::<f32>() + 1.0
}

/// A formula or a piece of one, in a box if it might be too wide for a telephone; `room` is
/// taken by its number.
pub(super) fn boxed(piece: Piece, display: Display, label: &str, room: f32) -> String {
    let Piece { mathml, width } = piece;
    let width = width + room;
    let class = match (display, width > NARROW) {
        (Display::Inline, false) => return mathml,
        (Display::Block, false) => {
            return ["<span class=\"formula\">", &mathml, "</span>"].concat();
        }
        (Display::Inline, true) => "formula inline",
        (Display::Block, true) => "formula",
    };
    let mut open = scroll_box("span", class, &escaped(label));
    if width > PAPER {
        let fit = (PAPER / width).max(0.4);
        open.insert_str(open.len() - 1, &format!(" style=\"--fit:{fit:.2}\""));
    }
    [&open, &mathml, "</span>"].concat()
}
