//! The parts of all questions, called as the sheets call them: `1a`, `1b`, `2`.

use super::definition::{Ask, Cell, Content, Scenario};

/// One part of a question.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Question and letter, `1b`; the number alone where a question has one part.
    pub label: String,
    /// What is asked.
    pub ask: &'a Ask,
}

impl Scenario {
    /// Every part of every question, in order.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let cells = self.cells.as_deref().unwrap_or_default();
        let questions = cells.iter().filter_map(|cell| match &cell.content {
            Content::Question(question) => Some(question),
            _ => None,
        });
        let mut list = Vec::new();
        for (number, question) in (1_usize..).zip(questions) {
            let asks: Vec<&Ask> = question.parts.iter().filter_map(ask).collect();
            for (index, ask) in asks.iter().enumerate() {
                let letter = if asks.len() > 1 { part_letter(index) } else { String::new() };
                list.push(Part { label: format!("{number}{letter}"), ask });
            }
        }
        list
    }
}

fn ask(cell: &Cell) -> Option<&Ask> {
    match &cell.content {
        Content::Ask(ask) => Some(ask),
        _ => None,
    }
}

/// a, b, …, z, aa, ab, …
pub fn part_letter(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        more => part_letter(more - 1) + &letter.to_string(),
    }
}
