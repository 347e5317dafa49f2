//! How papers are marked: what they ask for, which numbers are taken for right, and what wrong
//! turns lead to.

mod answer;
mod wrong;

pub use answer::{Asked, Marked, asked, display, marked};
pub use wrong::{
    MarkingError, Outcome, WrongAnswer, WrongTurn, wrong_turns, wrong_turns_by, wrong_turns_of,
};
