//! What report and key say of the exam as a whole.

use crate::scenario::{Exam, Fairness, Scenario};

use super::fingerprint::Fingerprint;

/// The exam as its markers see it.
#[derive(Debug, Clone)]
pub struct About {
    /// Its title.
    pub title: String,
    /// The code of its language.
    pub language: String,
    /// How hard its default paper is.
    pub default: Fingerprint,
    /// How near to it the variants are.
    pub fairness: Fairness,
    /// What paths begin with, where all begin alike: `neuron.`.
    prefix: String,
}

impl About {
    /// An exam with its default paper.
    pub fn new(exam: &Exam, default: &Scenario, fingerprint: Fingerprint) -> Self {
        let prefix = match default.setups.as_slice() {
            [only] => format!("{}.", only.name),
            _ => String::new(),
        };
        Self {
            title: default.front.title.clone(),
            language: default.front.language.clone(),
            default: fingerprint,
            fairness: exam.fairness.clone(),
            prefix,
        }
    }

    /// A path as short as it may be.
    pub fn short<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&self.prefix).unwrap_or(path)
    }
}
