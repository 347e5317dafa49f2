//! The second pass: callouts that are no quotations but blocks of their own.

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, Event, Parser, Tag, TagEnd};

use super::super::html::options;
use super::Flavor;
use super::lines::prefix;

/// The Markdown with every callout between fences of colons.
pub(super) fn moved_out(mut markdown: String, flavor: Flavor) -> String {
    while let Some(found) = first(&markdown) {
        let written = block(&markdown, &found, flavor);
        markdown.replace_range(found.range, &written);
    }
    markdown
}

struct Callout {
    kind: BlockQuoteKind,
    range: Range<usize>,
    /// How many callouts stand in each other inside of it, at most.
    inside: usize,
}

/// The first callout, and nothing of those inside it.
fn first(markdown: &str) -> Option<Callout> {
    let mut found: Option<Callout> = None;
    let mut open = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options("")).into_offset_iter() {
        match (event, &mut found) {
            (Event::Start(Tag::BlockQuote(kind)), None) => {
                found = kind.map(|kind| Callout { kind, range, inside: 0 });
            }
            (Event::Start(Tag::BlockQuote(kind)), Some(found)) => {
                open.push(kind.is_some());
                let depth = open.iter().filter(|callout| **callout).count();
                found.inside = found.inside.max(depth);
            }
            (Event::End(TagEnd::BlockQuote(_)), Some(_)) if open.pop().is_none() => break,
            _ => {}
        }
    }
    found
}

fn block(markdown: &str, found: &Callout, flavor: Flavor) -> String {
    let name = match found.kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    };
    let fence = ":".repeat(3 + found.inside);
    let lead = prefix(markdown, found.range.start);
    let text = markdown.get(found.range.clone()).unwrap_or_default();
    let outer = lead.matches('>').count();
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| unquoted(line, if number == 0 { 0 } else { outer }));
    // The line of the mark itself.
    let marked = lines.next().unwrap_or_default();
    let rest = marked.split_once(']').map_or("", |(_, rest)| rest.trim());
    let mut out = match flavor {
        Flavor::Quarto => format!("{fence} {{.callout-{name}}}"),
        _ => format!("{fence}{{{name}}}"),
    };
    // The first empty line keeps a text from being read as options; behind a quotation, the last
    // one keeps the fence from being read as a part of it.
    let body = std::iter::once(String::new())
        .chain(Some(rest.to_owned()).filter(|rest| !rest.is_empty()))
        .chain(lines)
        .chain([String::new(), fence]);
    for line in body {
        out.push('\n');
        out.push_str(format!("{lead}{line}").trim_end());
    }
    if text.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// A line without the marks of so many quotations and of one more; a lazy line has none.
fn unquoted(line: &str, outer: usize) -> String {
    let mut rest = line;
    for _ in 0..=outer {
        let Some(inner) = rest.trim_start().strip_prefix('>') else { break };
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    rest.to_owned()
}
