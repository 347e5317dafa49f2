//! Many papers from one scenario: the search for assignments that meet its requirements, how
//! hard each paper is, and what its answers are.
//!
//! ```text
//! requirement   whether a requirement holds        fingerprint   how hard a paper is
//! judge         what becomes of a candidate        census, report: what all have in common
//! search        candidates in, variants out        key, manifest, paper: what is written of them
//! code          what a paper is called             about         the exam as a whole
//! roster        who gets a paper                   key_page      the key, for markers
//! follow        what follows from a student's own value
//! ```

mod about;
mod branches;
mod census;
mod code;
mod fingerprint;
mod follow;
mod judge;
mod key;
mod key_page;
pub mod manifest;
mod paper;
mod report;
mod requirement;
mod roster;
mod search;

pub use about::About;
pub use answer::{
    Asked, Marked, MarkingError, Outcome, WrongAnswer, WrongTurn, asked, display, marked,
    wrong_turns,
};
pub use code::{code, same_code};
pub use fingerprint::Fingerprint;
pub use follow::{FollowError, Followed, Guard, Later, Own, follow, is_followable};
pub use judge::{Reason, Worked};
pub use key::{COLUMNS, KeyRow, rows};
pub use key_page::{Around, KeyPage};
pub use paper::{Paper, PaperError, Press};
pub use report::Report;
pub use roster::{Student, line_of, roster};
pub use search::{Found, Progress, Search, TooFew, Unfit, Variant};

use crate::marking as answer;

/// A number as the key and the manifest have it: a fraction, a surd, or nothing.
fn exact(value: &crate::number::Real) -> String {
    value.closed_form().map(|form| form.to_text()).unwrap_or_default()
}
