//! Pages of an earlier build, with the digests of what they were made from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::render::Files;

use super::facts::Facts;

/// Where pages are kept between builds, without what stands around them.
pub trait Cache: Sync {
    /// What is known of a page.
    fn load(&self, key: &Key) -> Option<Record>;
    /// The text of a page; whether it is the one that belongs to the record is for the caller to
    /// see.
    fn text(&self, key: &Key) -> Option<String>;
    /// A paper of it, likewise.
    fn paper(&self, key: &Key, name: &str) -> Option<Vec<u8>>;
    /// Keeps all of it.
    fn store(&self, key: &Key, record: &Record, text: &str, papers: &Files);
}

/// Which page: a source, and the paper that is made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The source, by path below the course's folder.
    pub source: String,
    /// `handout`, `solutions`, `course` or `page`.
    pub paper: &'static str,
}

/// What is known of a page, and what it was made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The digest of the program's version, the templates and what the course settles.
    pub base: String,
    /// The digests of the files that went into it, by path below the course's folder.
    pub inputs: BTreeMap<String, String>,
    /// The page without its text.
    pub facts: Facts,
}

/// Why a page is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is not: nothing changed.
    Kept,
    /// There is none from an earlier build.
    New,
    /// Files changed, by path.
    Changed(Vec<String>),
    /// The program, its templates or the course file changed.
    Settings,
}

impl Record {
    /// Whether it is still right, given the digest of each input as it is now.
    pub(super) fn why(&self, base: &str, now: impl Fn(&str) -> Option<String>) -> Why {
        if self.base != base {
            return Why::Settings;
        }
        let changed = self.inputs.iter().filter(|(path, old)| now(path).as_ref() != Some(*old));
        let changed: Vec<String> = changed.map(|(path, _)| path.clone()).collect();
        if changed.is_empty() { Why::Kept } else { Why::Changed(changed) }
    }
}

/// The digest of a text, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
