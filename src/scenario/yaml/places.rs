//! Where each character of a scalar's text stands in the file.
//!
//! A text is covered by pieces. Within a piece, one character of the text is one
//! character of the file, on one line. A plain or quoted text of one line is one
//! piece; a block `|` is one piece a line, moved right by its indentation. Texts
//! that were folded or escaped are matched against their source line by line and
//! escape by escape; where that fails, the last piece before stands in.

use super::super::Place;
use super::node::Style;

/// A run of a text that the file holds unchanged on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    start: usize,
    end: usize,
    place: Place,
}

/// The pieces of one scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    start: Place,
    pieces: Vec<Piece>,
}

/// A scalar as the event reader found it.
pub(super) struct Found<'s> {
    pub(super) style: Style,
    pub(super) text: &'s str,
    /// The file before the scalar, quotes included in what follows.
    pub(super) before: &'s str,
    /// The file from the scalar to its end.
    pub(super) raw: &'s str,
    /// Where `raw` begins.
    pub(super) place: Place,
}

impl Places {
    pub(super) fn new(found: &Found) -> Self {
        let pieces = match found.style {
            Style::Literal => literal(found),
            Style::Folded => matched(found, found.raw, found.place),
            Style::Plain => single(found, found.raw, found.place),
            Style::SingleQuoted | Style::DoubleQuoted => {
                let inner = found.raw.get(1..).unwrap_or_default();
                single(found, inner, found.place.right(1))
            }
        };
        Self { start: found.place, pieces }
    }

    /// Where the scalar begins, quotes included.
    pub(super) fn start(&self) -> Place {
        self.start
    }

    /// The place of a byte of the text.
    pub(super) fn of(&self, text: &str, offset: usize) -> Place {
        let after = self.pieces.partition_point(|piece| piece.start <= offset);
        let Some(piece) = after.checked_sub(1).and_then(|i| self.pieces.get(i)) else {
            return self.start;
        };
        let end = offset.min(piece.end) - piece.start;
        // Whole characters only: an offset inside one belongs to its beginning.
        let columns = text[piece.start..]
            .char_indices()
            .take_while(|(byte, c)| byte + c.len_utf8() <= end)
            .count();
        piece.place.right(columns)
    }
}

/// One piece if the file holds the text unchanged, else the general matching.
fn single(found: &Found, inner: &str, place: Place) -> Vec<Piece> {
    let closes =
        |rest: &str| !matches!(found.style, Style::SingleQuoted) || !rest.starts_with("''");
    match inner.strip_prefix(found.text) {
        Some(rest) if closes(rest) && !found.text.contains('\n') => {
            vec![Piece { start: 0, end: found.text.len(), place }]
        }
        _ => matched(found, inner, place),
    }
}

/// Every line of a block `|` is a line of the file, moved by the indentation.
fn literal(found: &Found) -> Vec<Piece> {
    // The event begins at the first line that is not blank.
    let blank = found.text.len() - found.text.trim_start_matches('\n').len();
    let blank = if blank == found.text.len() { 0 } else { blank };
    let lead = found.before.rsplit('\n').next().map_or(0, str::len);
    let head = &found.before[..found.before.len() - lead];
    let skipped: usize = head.split_inclusive('\n').rev().take(blank).map(str::len).sum();
    let indent = &found.before[found.before.len() - lead..];
    let blanks = head[head.len() - skipped..].lines();
    let first_line = found.place.line.saturating_sub(blank);
    let first = std::iter::once((indent, found.raw.lines().next().unwrap_or_default()));
    let rest = found.raw.lines().skip(1).map(|line| ("", line));
    let sources = blanks.map(|line| ("", line)).chain(first).chain(rest);
    let mut start = 0;
    let mut pieces = Vec::new();
    for (row, (line, (indent, source))) in found.text.split_inclusive('\n').zip(sources).enumerate()
    {
        let content = line.trim_end_matches('\n');
        let width = indent.chars().count() + source.chars().count();
        let column = 1 + width.saturating_sub(content.chars().count());
        let end = start + content.len();
        let place = Place { line: first_line + row, column };
        pieces.push(Piece { start, end, place });
        start += line.len();
    }
    pieces
}

/// Matches the source with the text, line by line; space at line ends is free.
fn matched(found: &Found, raw: &str, place: Place) -> Vec<Piece> {
    let mut matching = Matching { text: found.text, at: 0, next: None, pieces: Vec::new() };
    for (row, line) in raw.split('\n').enumerate() {
        let first = if row == 0 { place.column } else { 1 };
        let content = line.trim_start();
        let lead = line.chars().count() - content.chars().count();
        let begin = Place { line: place.line + row, column: first + lead };
        if !matching.line(content.trim_end(), begin, found.style) {
            break;
        }
    }
    matching.pieces
}

struct Matching<'s> {
    text: &'s str,
    at: usize,
    /// What would continue the last piece.
    next: Option<(usize, Place)>,
    pieces: Vec<Piece>,
}

/// What an escape stands for; those that begin with a letter are refused.
fn unescaped(escaped: char) -> char {
    match escaped {
        '0' => '\0',
        '_' => '\u{a0}',
        other => other,
    }
}

impl Matching<'_> {
    /// Takes one line of the source; false where it does not fit the text.
    fn line(&mut self, content: &str, mut place: Place, style: Style) -> bool {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let mut source = content.chars();
        while let Some(first) = source.next() {
            let (c, width) = match (style, first) {
                (Style::DoubleQuoted, '\\') => match source.next() {
                    Some(escaped) => (unescaped(escaped), 2),
                    // A backslash at the end joins the lines.
                    None => return true,
                },
                (Style::SingleQuoted, '\'') => (source.next().unwrap_or(first), 2),
                _ => (first, 1),
            };
            if !self.text[self.at..].starts_with(c) {
                return false;
            }
            self.take(c, place, width);
            place = place.right(width);
        }
        true
    }

    fn take(&mut self, c: char, place: Place, width: usize) {
        let (start, end) = (self.at, self.at + c.len_utf8());
        self.at = end;
        // An escape is two characters of the file, so it stands alone.
        let joins = width == 1 && self.next == Some((start, place));
        match self.pieces.last_mut() {
            Some(piece) if joins => piece.end = end,
            _ => self.pieces.push(Piece { start, end, place }),
        }
        self.next = (width == 1).then(|| (end, place.right(1)));
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
