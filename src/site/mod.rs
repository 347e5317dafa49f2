//! A folder of scenarios and Markdown pages as a course site: pages that need no script, no
//! network and no server but one for files.
//!
//! ```text
//! Sources       the folder's texts, by path
//!   -> Outline  the course file; every page with its place in the course
//!   -> Body     each page alone: executed, rendered, or taken from the cache
//!   -> Files    with navigation around them; index, tags, 404, sitemap, feed
//! ```
//!
//! A body depends on its own text, on the files that it reads, and on the sheets that it links
//! to; [`Cache`] keeps it with the digests of those. Everything around it is made anew in
//! every build, so that an incremental build is a fresh one to the byte.

mod assemble;
mod body;
mod cache;
mod course;
mod facts;
mod keys;
mod links;
mod markdown;
mod outline;
mod pictures;
mod preview;
mod sources;
mod tags;

pub use assemble::{Assembly, paper_address};
pub use body::{Body, Fault, Workshop};
pub use cache::{Cache, Key, Record, Why, digest};
pub use course::{Course, Theme};
pub use facts::{Facts, Link};
pub use keys::schema;
pub use links::{Href, decoded};
pub use outline::{Entry, Kind, Outline};
pub use preview::{Answer, Materials, Preview};
pub use sources::Sources;

use crate::scenario::Date;

/// Whose pages a site has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// No page has a byte of a solution.
    Handout,
    /// The worked solutions.
    Solutions,
    /// Each solution is folded under its part.
    Both,
}

/// How a site is built.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// For whom.
    pub audience: For,
    /// The day for which it is built; dated solutions stay hidden without one.
    pub as_of: Option<Date>,
    /// What is printed of its sheets.
    pub papers: Papers,
}

/// Whether sheets come as papers too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Papers {
    /// As pages alone.
    None,
    /// A PDF of each handout, and of solutions that are not held back.
    Pdf,
}
