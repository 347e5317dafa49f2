//! Characters that must not stand in a scenario, and backslashes that mislead.
//!
//! Some characters are refused wherever they stand, comments included, because
//! YAML 1.1 and 1.2 disagree on whether they break a line, or because nobody
//! can see them. Tabs may separate, but not stand in a text. In double quotes a
//! backslash begins an escape, so `"\nabla"` is a line break followed by `abla`;
//! every escape that begins with a letter is refused.

use super::super::{Place, Problem};
use super::node::{Scalar, Style};
use super::places::Found;

const BLOCK_HELP: &str =
    "write the text as a block `|` or in single quotes, where a backslash is a backslash";

/// After this many the file is hardly a text.
const LIMIT: usize = 20;

/// The characters that no place of the file may hold.
pub(super) fn unreadable_characters(text: &str) -> Vec<Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.split_inclusive('\n').enumerate();
    lines.filter_map(|(row, line)| unreadable_in(line, row + 1)).take(LIMIT).collect()
}

fn unreadable_in(line: &str, number: usize) -> Option<Problem> {
    let content = line.strip_suffix("\r\n").unwrap_or(line);
    let found = |c: &char| match c {
        '\n' | '\t' => false,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        c => c.is_control(),
    };
    let (index, c) = content.chars().enumerate().find(|(_, c)| found(c))?;
    let place = Place { line: number, column: index + 1 };
    let problem = Problem::new(place, format!("the character {} may not stand here", name_of(c)));
    Some(match c {
        '\r' => problem.with_help("lines end with a line feed, alone or after a carriage return"),
        _ => problem.with_help("delete it: it cannot be seen"),
    })
}

fn name_of(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// What is wrong with the characters of one scalar.
pub(super) fn problem_in(scalar: &Scalar, found: &Found) -> Option<Problem> {
    let escape = match scalar.style {
        Style::DoubleQuoted => letter_escape(found),
        Style::Plain | Style::SingleQuoted | Style::Literal | Style::Folded => None,
    };
    escape.or_else(|| control(scalar))
}

fn control(scalar: &Scalar) -> Option<Problem> {
    let mut characters = scalar.text.char_indices();
    let (offset, c) = characters.find(|&(_, c)| c.is_control() && c != '\n')?;
    let place = scalar.place_of(offset);
    Some(if c == '\t' {
        Problem::new(place, "a tab stands in a text").with_help("write spaces instead")
    } else {
        Problem::new(place, format!("the control character {} stands in a text", name_of(c)))
    })
}

/// The first escape of a double-quoted text that begins with a letter.
fn letter_escape(found: &Found) -> Option<Problem> {
    let mut characters = found.raw.char_indices();
    while let Some((offset, c)) = characters.next() {
        if c != '\\' {
            continue;
        }
        match characters.next() {
            Some((_, letter)) if letter.is_alphabetic() => {
                return Some(escape_problem(found, offset, letter));
            }
            _ => {}
        }
    }
    None
}

fn escape_problem(found: &Found, offset: usize, letter: char) -> Problem {
    let place = found.place.after(&found.raw[..offset]);
    let word = found.raw[offset + 1..].chars().take_while(|c| c.is_ascii_alphabetic()).take(20);
    let word: String = std::iter::once('\\').chain(word).collect();
    let result = meaning(letter);
    let message = if word.len() > 2 {
        format!("in double quotes the `\\{letter}` of `{word}` turns into {result}")
    } else {
        format!("in double quotes `\\{letter}` turns into {result}")
    };
    let width = word.chars().count().max(2);
    Problem::new(place, message).with_help(BLOCK_HELP).with_width(width)
}

/// What YAML makes of a backslash and this letter in double quotes.
fn meaning(letter: char) -> &'static str {
    match letter {
        'a' => "a bell character",
        'b' => "a backspace",
        'e' => "an escape character",
        'f' => "a form feed",
        'n' => "a line break",
        'r' => "a carriage return",
        't' => "a tab",
        'v' => "a vertical tab",
        'x' | 'u' | 'U' => "a character given by its number",
        'N' | 'L' | 'P' => "a line separator",
        _ => "nothing that YAML knows",
    }
}
