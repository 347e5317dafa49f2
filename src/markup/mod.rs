//! Where formulas, labels and links stand in a Markdown text.
//!
//! ```text
//! $$ a = b $$ {#sum}          a display formula with its label
//! $$ a = b \tag{3} $$         the same with its number, as Markdown has it
//! see [](#sum)                a link that gets its text from what it leads to
//! ```
//!
//! All readers of Markdown take its extensions from [`options`], so that what one takes for a
//! formula is one for all.

mod heading;
mod tag;

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag as Start, TagEnd};

pub(crate) use heading::headings;
pub(crate) use tag::{Tag, split_tag};

/// The Markdown of a sheet.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_MATH | Options::ENABLE_GFM | Options::ENABLE_FOOTNOTES
}

/// Places of a finished Markdown text that links lead to, by byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The identifiers of places.
    pub identifiers: BTreeMap<usize, String>,
    /// Where links of a page lead to instead; the byte lies in the link.
    pub destinations: BTreeMap<usize, String>,
}

/// What was found in a text.
#[derive(Debug, Default)]
pub(crate) struct Markup {
    /// The display formulas.
    pub(crate) equations: Vec<Equation>,
    /// The links, but for bare addresses.
    pub(crate) links: Vec<Link>,
    /// The images.
    pub(crate) images: Vec<Image>,
    /// Labels that follow no display formula.
    pub(crate) strays: Vec<Mark>,
}

/// A display formula.
#[derive(Debug)]
pub(crate) struct Equation {
    /// With its dollar signs.
    pub(crate) range: Range<usize>,
    /// Without them.
    pub(crate) tex: String,
    /// The label behind it.
    pub(crate) mark: Option<Mark>,
}

/// An image.
#[derive(Debug)]
pub(crate) struct Image {
    /// Where it begins.
    pub(crate) start: usize,
    pub(crate) destination: String,
    /// Whether it has a text for those who don't see it.
    pub(crate) is_described: bool,
}

/// `{#name}`
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
}

/// A link.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) range: Range<usize>,
    /// What stands between the brackets.
    pub(crate) text: Range<usize>,
    pub(crate) destination: String,
    pub(crate) title: String,
    /// Whether a paragraph or the like, or a sentence, begins with it.
    pub(crate) opens: bool,
}

/// Everything of interest in a text.
pub(crate) fn read(text: &str) -> Markup {
    let mut markup = Markup::default();
    // Where braces and brackets mean nothing.
    let mut opaque: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<(Link, usize)> = Vec::new();
    let mut opens = true;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        if let (Some((_, end)), true) = (open.last_mut(), event != Event::End(TagEnd::Link)) {
            *end = range.end.max(*end);
        }
        let begins = matches!(
            &event,
            Event::Start(Start::Paragraph | Start::Item | Start::TableCell | Start::Heading { .. })
        );
        match event {
            Event::DisplayMath(tex) => {
                let mark = mark_behind(text, range.end);
                opaque.push(range.clone());
                opaque.extend(mark.iter().map(|mark| mark.range.clone()));
                markup.equations.push(Equation { range, tex: tex.into_string(), mark });
            }
            Event::InlineMath(_) | Event::Code(_) => opaque.push(range),
            Event::Start(Start::CodeBlock(_)) => opaque.push(range),
            Event::Start(Start::Image { dest_url, .. }) => markup.images.push(Image {
                start: range.start,
                destination: dest_url.into_string(),
                is_described: text.get(range.clone()).is_some_and(|image| {
                    image.strip_prefix("![").is_some_and(|rest| !rest.trim_start().starts_with(']'))
                }),
            }),
            Event::Start(Start::Link { link_type, dest_url, title, .. }) => {
                let bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                let start = range.start + 1;
                let begin = range.start;
                let link = Link {
                    range: if bare { 0..0 } else { range },
                    text: start..start,
                    destination: dest_url.into_string(),
                    title: title.into_string(),
                    opens: opens || ends_sentence(&text[..begin]),
                };
                open.push((link, start));
            }
            Event::End(TagEnd::Link) => {
                if let Some((mut link, end)) = open.pop()
                    && !link.range.is_empty()
                    && let Some(close) =
                        text.get(end..link.range.end).and_then(|rest| rest.find(']'))
                {
                    link.text.end = end + close;
                    markup.links.push(link);
                }
            }
            _ => {}
        }
        opens = begins;
    }
    markup.links.sort_by_key(|link| link.range.start);
    markup.strays = strays(text, &opaque);
    markup
}

/// Whether a sentence ends before the blank at the end of the text. An abbreviation such as `e.g.`
/// has a second full stop, or is a single letter.
fn ends_sentence(before: &str) -> bool {
    let trimmed = before.trim_end();
    if trimmed.len() == before.len() {
        return false;
    }
    let Some(sentence) = trimmed.strip_suffix(['.', '!', '?']) else { return false };
    let word = sentence.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(['(', '[', '*', '“', '„']);
    word.chars().count() > 1
        && !word.contains('.')
        && !["cf", "vs", "Fig", "Eq", "bzw", "vgl"].contains(&word)
}

/// The label behind a formula on the line where the formula ends.
fn mark_behind(text: &str, end: usize) -> Option<Mark> {
    let rest = text.get(end..)?;
    let inner = rest.trim_start_matches([' ', '\t']);
    mark_at(text, end + rest.len() - inner.len())
}

fn mark_at(text: &str, start: usize) -> Option<Mark> {
    let inner = text.get(start..)?.strip_prefix("{#")?;
    let line = inner.lines().next().unwrap_or_default();
    let length = line.find('}')?;
    Some(Mark { name: line[..length].to_owned(), range: start..start + 3 + length })
}

fn strays(text: &str, opaque: &[Range<usize>]) -> Vec<Mark> {
    let outside =
        |at: usize| !text[..at].ends_with('\\') && !opaque.iter().any(|range| range.contains(&at));
    let found = text.match_indices("{#").map(|(at, _)| at).filter(|at| outside(*at));
    found.filter_map(|at| mark_at(text, at)).collect()
}

/// The text with parts of it exchanged; the ranges do not overlap.
pub(crate) fn exchange(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len() + 64 * edits.len());
    let mut done = 0;
    for (range, new) in edits {
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(&new);
        done = range.end.max(done);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
