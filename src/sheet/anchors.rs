//! Places that links lead to, kept as tokens until the sheet is whole.
//!
//! A token stands where its place is and goes wherever a template puts it. In the end all are
//! taken out: Markdown links to the nearest heading, which every viewer knows by itself; a page
//! gets a list of the exact places.

use std::collections::BTreeSet;

use crate::markup::{Places, headings};

const PLACE: char = '\u{e002}';
const LINK: char = '\u{e004}';
const END: char = '\u{e003}';

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// To a place of the same sheet.
    Here { anchor: String, label: String },
    /// To another sheet: its addresses in a page and in Markdown.
    There { html: String, markdown: String },
}

/// The places and links of one sheet.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    places: Vec<String>,
    links: Vec<Destination>,
}

/// A sheet between its tokens.
enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
    Link(&'a Destination),
}

impl Tokens {
    /// The token of a place.
    pub(super) fn place(&mut self, anchor: &str) -> String {
        self.places.push(anchor.to_owned());
        format!("{PLACE}{}{END}", self.places.len() - 1)
    }

    /// The token that stands for where a link leads.
    pub(super) fn link(&mut self, destination: Destination) -> String {
        self.links.push(destination);
        format!("{LINK}{}{END}", self.links.len() - 1)
    }

    /// The labels of places that links lead to and that are not in the text.
    pub(super) fn lost(&self, text: &str) -> BTreeSet<String> {
        if self.links.is_empty() {
            return BTreeSet::new();
        }
        let pieces = self.pieces(text);
        let there: BTreeSet<&str> = pieces
            .iter()
            .filter_map(|piece| if let Piece::Place(anchor) = piece { Some(*anchor) } else { None })
            .collect();
        let lost = pieces.iter().filter_map(|piece| match piece {
            Piece::Link(Destination::Here { anchor, label })
                if !there.contains(anchor.as_str()) =>
            {
                Some(label.clone())
            }
            _ => None,
        });
        lost.collect()
    }

    /// The text without tokens, and its places.
    pub(super) fn finish(&self, text: &str) -> (String, Places) {
        let mut places = Places::default();
        if self.places.is_empty() && self.links.is_empty() {
            return (text.to_owned(), places);
        }
        let pieces = self.pieces(text);
        let sections = Sections::new(&pieces);
        let mut out = String::with_capacity(text.len());
        let mut given: BTreeSet<&str> = BTreeSet::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Place(anchor) => {
                    if given.insert(anchor) {
                        places.identifiers.insert(out.len(), anchor.to_owned());
                    }
                }
                Piece::Link(Destination::Here { anchor, .. }) => {
                    places.destinations.insert(out.len(), format!("#{anchor}"));
                    out.push('#');
                    out.push_str(sections.of(anchor));
                }
                Piece::Link(Destination::There { html, markdown }) => {
                    places.destinations.insert(out.len(), html.clone());
                    out.push_str(markdown);
                }
            }
        }
        (out, places)
    }

    fn pieces<'a>(&'a self, text: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find([PLACE, LINK]) {
            let kind = rest[start..].chars().next();
            let inner = &rest[start + PLACE.len_utf8()..];
            let end = inner.find(END);
            let index = end.and_then(|end| inner[..end].parse::<usize>().ok());
            let token = match (kind, index) {
                (Some(PLACE), Some(index)) => {
                    self.places.get(index).map(|anchor| Piece::Place(anchor))
                }
                (_, Some(index)) => self.links.get(index).map(Piece::Link),
                (_, None) => None,
            };
            pieces.push(Piece::Text(&rest[..start]));
            rest = match (token, end) {
                (Some(token), Some(end)) => {
                    pieces.push(token);
                    &inner[end + END.len_utf8()..]
                }
                // A sign of the author's own; it has no meaning in a text.
                _ => inner,
            };
        }
        pieces.push(Piece::Text(rest));
        pieces
    }
}

/// Under which heading each place stands.
struct Sections {
    list: Vec<(String, String)>,
}

impl Sections {
    fn new(pieces: &[Piece<'_>]) -> Self {
        let mut text = String::new();
        let mut places: Vec<(usize, &str)> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Place(anchor) => places.push((text.len(), anchor)),
                Piece::Link(_) => text.push('#'),
            }
        }
        let headings = headings(&text);
        let above = |offset: usize| headings.iter().rev().find(|heading| heading.start <= offset);
        let section = |(offset, anchor): (usize, &str)| {
            let section = above(offset).map(|heading| heading.identifier.clone());
            (anchor.to_owned(), section.unwrap_or_default())
        };
        Self { list: places.into_iter().map(section).collect() }
    }

    fn of(&self, anchor: &str) -> &str {
        let found = self.list.iter().find(|(known, _)| known == anchor);
        found.map_or("", |(_, section)| section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_become_places() {
        let mut tokens = Tokens::default();
        let place = tokens.place("equation_1");
        let here = Destination::Here { anchor: "equation_1".into(), label: "x".into() };
        let link = tokens.link(here);
        let there =
            Destination::There { html: "a.html#question_2".into(), markdown: "a.md".into() };
        let other = tokens.link(there);
        let text = format!("# T\n\n## Sums & more\n\n$${place}a$$\n\n[x]({link}) [y]({other})\n");
        let (markdown, places) = tokens.finish(&text);
        let expected = "# T\n\n## Sums & more\n\n$$a$$\n\n[x](#sums--more) [y](a.md)\n";
        assert_eq!(markdown, expected);
        let at = |part: &str| expected.find(part).unwrap();
        assert_eq!(places.identifiers, [(at("a$$"), "equation_1".to_owned())].into());
        let destinations = [
            (at("#sums--more"), "#equation_1".to_owned()),
            (at("a.md"), "a.html#question_2".to_owned()),
        ];
        assert_eq!(places.destinations, destinations.into());
        assert!(tokens.lost(&text).is_empty());
        assert_eq!(tokens.lost(&text.replace(&place, "")), ["x".to_owned()].into());
    }

    #[test]
    fn signs_of_an_author_are_no_tokens() {
        let mut tokens = Tokens::default();
        tokens.place("x");
        let (markdown, places) = tokens.finish("a\u{e002}b \u{e004}7\u{e003} \u{e002}9");
        assert_eq!(markdown, "ab 7\u{e003} 9");
        assert_eq!(places, Places::default());
    }
}
