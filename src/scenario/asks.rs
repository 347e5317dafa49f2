//! The parts of all questions, called as the sheets call them: `1a`, `1b`, `2`.

use super::definition::{Ask, Content, Scenario};
use super::numbering::{Number, Numbered, Shown};

/// One part of a question.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Question and letter, `1b`; the number alone where a question has one part.
    pub label: String,
    /// What is asked.
    pub ask: &'a Ask,
    /// On which papers it stands.
    pub shown: Shown,
}

impl Scenario {
    /// Every part of every question, in order.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let cells = self.numbering().cells;
        let parts = cells.into_iter().flat_map(|question| question.parts);
        parts.filter_map(|part| part_of(&part)).collect()
    }
}

fn part_of<'a>(part: &Numbered<'a>) -> Option<Part<'a>> {
    let Content::Ask(ask) = &part.cell.content else { return None };
    let label = match part.number.as_ref()? {
        Number::Part { question, letter } => format!("{question}{letter}"),
        Number::Question(question) => question.to_string(),
        _ => return None,
    };
    Some(Part { label, ask, shown: part.shown })
}

/// a, b, …, z, aa, ab, …
pub fn part_letter(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        more => part_letter(more - 1) + &letter.to_string(),
    }
}
