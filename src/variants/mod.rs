//! Many papers from one scenario: the search for assignments that meet its requirements, how
//! hard each paper is, and what its answers are.
//!
//! ```text
//! requirement   whether a requirement holds        fingerprint   how hard a paper is
//! judge         what becomes of a candidate        answer        what is marked, and how
//! search        candidates in, variants out        key, manifest, paper: what is written of them
//! code          what a paper is called
//! ```

mod branches;
mod code;
mod fingerprint;
mod judge;
mod key;
pub mod manifest;
mod paper;
mod requirement;
mod search;

pub use answer::{
    Asked, Marked, MarkingError, Outcome, WrongAnswer, WrongTurn, asked, display, marked,
    wrong_turns,
};
pub use code::{code, same_code};
pub use fingerprint::Fingerprint;
pub use judge::Reason;
pub use key::{COLUMNS, KeyRow, rows};
pub use paper::{Paper, PaperError, Press};
pub use search::{Progress, Search, TooFew, Variant};

use crate::marking as answer;

/// A number as the key and the manifest have it: a fraction, a surd, or nothing.
fn exact(value: &crate::number::Real) -> String {
    value.closed_form().map(|form| form.to_text()).unwrap_or_default()
}
