//! Loops in a scenario's texts, so that their turns can be counted.
//!
//! Tera bounds neither the turns of loops within one another nor what they write. So each loop
//! gets a call of a function at the beginning of its body, `<% for … %><<turn()>>`, which counts,
//! and refuses the turn after the last one that the limit `turns` allows. White space that the
//! author trims with `-%>` stays trimmed, since the call trims it too.

use std::ops::Range;

/// The function that a turn calls.
pub(super) const TURN: &str = "turn";

/// A text whose loops count their turns.
pub(super) struct Counted {
    /// The text.
    pub(super) source: String,
    /// Where calls were put in, as ranges of the text.
    calls: Vec<Range<usize>>,
}

impl Counted {
    /// Puts the calls in.
    pub(super) fn new(source: &str) -> Self {
        let mut counted = Self { source: String::with_capacity(source.len()), calls: Vec::new() };
        let mut done = 0;
        for (end, trims) in loops(source) {
            counted.source.push_str(&source[done..end]);
            done = end;
            let start = counted.source.len();
            counted.source.push_str(&format!("<<{TURN}(){}>>", if trims { " -" } else { "" }));
            counted.calls.push(start..counted.source.len());
        }
        counted.source.push_str(&source[done..]);
        counted
    }

    /// The part of the author's text behind a part of this one.
    pub(super) fn written(&self, range: &Range<usize>) -> Range<usize> {
        let back = |at: usize| {
            let before = self.calls.iter().take_while(|call| call.start < at);
            at - before.map(|call| call.end.min(at) - call.start).sum::<usize>()
        };
        back(range.start)..back(range.end)
    }
}

/// The words inside of tags and values: every name that a template may ask for, and more.
pub(super) fn words(source: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    let inside = std::iter::from_fn(move || {
        let open = opening(source, at)?;
        at = tag_end(source, open + 2, closing(source, open)).unwrap_or(source.len());
        Some(&source[open..at])
    });
    inside.flat_map(|text| text.split(|letter: char| letter != '_' && !letter.is_alphanumeric()))
}

/// The ends of the tags that begin loops, and whether they trim what follows.
fn loops(source: &str) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = opening(source, at) {
        let closing = closing(source, open);
        let Some(end) = tag_end(source, open + 2, closing) else { break };
        at = end;
        if closing != "%>" {
            continue;
        }
        let inside = &source[open + 2..end - 2];
        let trims = inside.ends_with('-');
        let words = inside.trim_matches('-').trim();
        match words.split_whitespace().next() {
            Some("for") => found.push((end, trims)),
            // What stands in a raw block is text.
            Some("raw") => match raw_end(source, end) {
                Some(end) => at = end,
                None => break,
            },
            _ => {}
        }
    }
    found
}

/// Where the next tag, value or comment begins.
fn opening(source: &str, from: usize) -> Option<usize> {
    let mut signs = source[from..].match_indices('<').map(|(at, _)| from + at);
    signs.find(|at| matches!(source.as_bytes().get(at + 1), Some(b'<' | b'%' | b'#')))
}

/// What closes the tag, value or comment that begins there.
fn closing(source: &str, open: usize) -> &'static str {
    match source.as_bytes()[open + 1] {
        b'%' => "%>",
        b'<' => ">>",
        _ => "#>",
    }
}

/// The byte after the end of a tag or value, which may hold texts in quotes, or of a comment.
fn tag_end(source: &str, from: usize, closing: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    if closing == "#>" {
        return source[from..].find(closing).map(|at| from + at + 2);
    }
    let mut quote = None;
    let mut at = from;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (None, _) if bytes[at..].starts_with(closing.as_bytes()) => return Some(at + 2),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The byte after the tag that ends a raw block.
fn raw_end(source: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(open) = source[at..].find("<%").map(|open| at + open) {
        let end = open + 2 + source[open + 2..].find("%>")? + 2;
        if source[open + 2..end - 2].trim_matches('-').trim() == "endraw" {
            return Some(end);
        }
        at = open + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Counted, words};

    #[test]
    fn every_loop_counts_its_turns() {
        let table = [
            ("a <% for x in y %>b<% endfor %>", "a <% for x in y %><<turn()>>b<% endfor %>"),
            ("<%- for x in y -%> b", "<%- for x in y -%><<turn() ->> b"),
            ("<% for x in '%>' %>b", "<% for x in '%>' %><<turn()>>b"),
            ("<% for x in \"a\\\"%>\" %>b", "<% for x in \"a\\\"%>\" %><<turn()>>b"),
            ("<% forx %>b", "<% forx %>b"),
            ("<% raw %><% for x in y %><% endraw %>", "<% raw %><% for x in y %><% endraw %>"),
            ("<% raw %>", "<% raw %>"),
            ("<< '<% for x in y %>' >>", "<< '<% for x in y %>' >>"),
            ("<# <% for x in y %> #>", "<# <% for x in y %> #>"),
            ("<% for x in y", "<% for x in y"),
            ("é<%for x in y%>é", "é<%for x in y%><<turn()>>é"),
        ];
        for (source, expected) in table {
            assert_eq!(Counted::new(source).source, expected);
        }
    }

    #[test]
    fn names_are_found_behind_any_sign() {
        let source = "a << b.t1 | tex >> c <% if d > 'e >> %>' and f %> << h";
        let found: Vec<&str> = words(source).filter(|word| !word.is_empty()).collect();
        assert_eq!(found, ["b", "t1", "tex", "if", "d", "e", "and", "f", "h"]);
    }

    #[test]
    fn places_are_those_of_the_author() {
        let source = "<% for x in y %>a<% for z in y %>b << c >>";
        let counted = Counted::new(source);
        for word in ["a<%", "b <<", "c >>", "z in", "for x"] {
            let (there, here) = (counted.source.find(word).unwrap(), source.find(word).unwrap());
            assert_eq!(counted.written(&(there..there + 1)), here..here + 1, "{word}");
        }
    }
}
