//! Marks for single steps of a worked solution: each beside the line that earns it.

use super::prose::Prose;
use super::show::Row;
use super::view::Block;

/// Answers whose line is still to come: what they are called, and their marks as they print.
#[derive(Debug, Default)]
pub(super) struct Steps {
    waiting: Vec<(String, String)>,
    missed: Vec<(String, String)>,
}

impl Steps {
    /// Answers of the iteration that is derived next; those before it have no line to come.
    pub(super) fn expect(&mut self, answers: Vec<(String, String)>) {
        self.missed.append(&mut self.waiting);
        self.waiting = answers;
    }

    /// Writes marks beside the lines that end in an answer.
    pub(super) fn give(&mut self, rows: &mut [Row]) {
        self.waiting.retain(|(name, marks)| {
            // The last line of that name: a batch's value comes after its examples'.
            let Some(row) = rows.iter_mut().rev().find(|row| row.left == *name) else {
                return true;
            };
            let earned = row.marks.take();
            row.marks = Some(earned.map_or_else(|| marks.clone(), |other| other + " " + marks));
            false
        });
    }

    /// A sentence on the marks of answers that have no line here, since an earlier part told them.
    pub(super) fn elsewhere(mut self, prose: &Prose) -> Option<Block> {
        self.missed.append(&mut self.waiting);
        let one = |(name, marks): &(String, String)| format!("${name}$ {marks}");
        let list: Vec<String> = self.missed.iter().map(one).collect();
        let blanks = [("list", list.join(", "))];
        (!list.is_empty()).then(|| Block::Text(prose.say("steps_elsewhere", &blanks)))
    }
}
