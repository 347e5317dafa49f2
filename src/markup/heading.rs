//! The headings of a text and the identifiers that GitHub gives them, which most viewers of
//! Markdown follow.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::options;

/// A heading.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// Where it begins, in bytes.
    pub(crate) start: usize,
    /// Its identifier.
    pub(crate) identifier: String,
}

/// The headings of a text, in order.
pub(crate) fn headings(text: &str) -> Vec<Heading> {
    let mut list = Vec::new();
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: Option<(usize, String)> = None;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match (event, &mut open) {
            (Event::Start(Tag::Heading { .. }), _) => open = Some((range.start, String::new())),
            (Event::End(TagEnd::Heading(_)), Some((start, words))) => {
                let slug = slug(words);
                let count = given.entry(slug.clone()).or_insert(0);
                let identifier = if *count == 0 { slug } else { format!("{slug}-{count}") };
                *count += 1;
                list.push(Heading { start: *start, identifier });
                open = None;
            }
            (
                Event::Text(part)
                | Event::Code(part)
                | Event::InlineMath(part)
                | Event::DisplayMath(part),
                Some((_, words)),
            ) => words.push_str(&part),
            (Event::SoftBreak | Event::HardBreak, Some((_, words))) => words.push(' '),
            _ => {}
        }
    }
    list
}

/// Letters, digits, hyphens and underscores stay, blanks become hyphens, the rest is dropped.
fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}
