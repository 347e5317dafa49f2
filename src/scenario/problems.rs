//! Problems as a reader sees them: file, place, field, message, the line marked.
//!
//! ```text
//! adam.yaml:3:12: beta2: decay rate must lie in [0, 1), got 1
//!   |
//! 3 |     beta2: 1
//!   |            ^
//!   = help: the usual value is 0.999
//! ```
//!
//! Columns in the heading count characters. The marker counts terminal cells:
//! wide characters take two, combining ones none, a tab is shown as four spaces.
//! Of a long line only the part around the marker is shown.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{Excerpt, Place, Problem, Severity};

/// A longer line is cut, and this many characters of it are shown.
const SHOWN_CHARACTERS: usize = 100;
/// How many of them stand before the marker.
const SHOWN_BEFORE: usize = 60;
/// Further problems are counted but not printed.
const SHOWN_PROBLEMS: usize = 100;

/// All problems of one file, in the order of their places, without repetitions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render())]
pub struct Problems {
    file: String,
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of a file, whose text is needed to show the lines.
    pub fn new(file: impl Into<String>, text: impl Into<String>, mut list: Vec<Problem>) -> Self {
        let inside = |problem: &Problem| problem.excerpt.as_ref().map(|excerpt| excerpt.place);
        list.sort_by(|a, b| {
            let (left, right) = ((a.place, &a.field, inside(a)), (b.place, &b.field, inside(b)));
            (left, &a.message).cmp(&(right, &b.message))
        });
        list.dedup();
        Self { file: file.into(), text: text.into(), list }
    }

    /// The problems in order.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    fn render(&self) -> String {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let lines: Vec<&str> = text.lines().collect();
        let mut blocks: Vec<String> = self
            .list
            .iter()
            .take(SHOWN_PROBLEMS)
            .map(|problem| block(&self.file, &lines, problem))
            .collect();
        let count = self.list.len();
        if count > SHOWN_PROBLEMS {
            blocks.push(format!(
                "{count} problems in {}, the first {SHOWN_PROBLEMS} shown",
                self.file
            ));
        } else if count > 1 {
            let warns = |problem: &Problem| problem.severity == Severity::Warning;
            let what = if self.list.iter().all(warns) { "warnings" } else { "problems" };
            blocks.push(format!("{count} {what} in {}", self.file));
        }
        blocks.join("\n\n")
    }
}

fn block(file: &str, lines: &[&str], problem: &Problem) -> String {
    let mut out = format!("{file}:{}: ", problem.place);
    if problem.severity == Severity::Warning {
        out += "warning: ";
    }
    if !problem.field.is_empty() {
        out += &format!("{}: ", problem.field);
    }
    out += &problem.message;
    let number = problem.place.line.to_string();
    let other = problem.excerpt.as_deref();
    let digits = other.map_or(0, |other| other.place.line.to_string().len()).max(number.len());
    let margin = " ".repeat(digits);
    // Writing to a string cannot fail.
    if let Some(line) = lines.get(problem.place.line.saturating_sub(1)) {
        let shown = shown_line(line, problem.place, problem.width, digits);
        let _ = write!(out, "\n{margin} |\n{shown}");
    }
    if let Some(Excerpt { file, place, width, line }) = other {
        let shown = shown_line(line, *place, *width, digits);
        let _ = write!(out, "\n{margin} : {file}:{place}\n{margin} |\n{shown}");
    }
    for (index, line) in problem.help.iter().flat_map(|help| help.lines()).enumerate() {
        let lead = if index == 0 { "= help: " } else { "        " };
        let _ = write!(out, "\n{margin} {lead}{line}");
    }
    out
}

/// The line behind its number, and the marker below it.
fn shown_line(line: &str, place: Place, width: usize, digits: usize) -> String {
    let (text, indent, carets) = marked(line, place.column, width);
    let (number, margin) = (place.line, " ".repeat(digits));
    format!("{number:>digits$} | {text}\n{margin} | {indent}{carets}")
}

/// The line as shown, the space before the marker, and the marker.
fn marked(line: &str, column: usize, width: usize) -> (String, String, String) {
    let characters: Vec<char> = line.chars().collect();
    let count = characters.len();
    let marker = column.saturating_sub(1).min(count);
    let (from, to) = window(count, marker);
    let cells = |range: &[char]| range.iter().map(|&c| shown(c).1).sum::<usize>();
    let marked_to = marker.saturating_add(width).clamp(marker, to.max(marker));
    let cut_left = usize::from(from > 0);
    let mut text = "…".repeat(cut_left);
    text.extend(characters[from..to].iter().map(|&c| shown(c).0));
    text += if to < count { "…" } else { "" };
    let indent = " ".repeat(cut_left + cells(&characters[from..marker]));
    let carets = "^".repeat(cells(&characters[marker..marked_to]).max(1));
    (text.trim_end().to_owned(), indent, carets)
}

/// Which characters of a line are shown.
fn window(count: usize, marker: usize) -> (usize, usize) {
    if count <= SHOWN_CHARACTERS {
        return (0, count);
    }
    let from = marker.saturating_sub(SHOWN_BEFORE).min(count - SHOWN_CHARACTERS);
    (from, from + SHOWN_CHARACTERS)
}

/// A character as shown, and the terminal cells that it takes.
fn shown(c: char) -> (String, usize) {
    match c {
        '\t' => ("    ".to_owned(), 4),
        // Line separators and marks that turn the writing direction would move
        // everything after them.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
            ("\u{fffd}".to_owned(), 1)
        }
        c if c.is_control() => ("\u{fffd}".to_owned(), 1),
        c => (c.to_string(), c.width().unwrap_or(0)),
    }
}

#[cfg(test)]
#[path = "problems_tests.rs"]
mod tests;
