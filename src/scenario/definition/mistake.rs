//! Wrong turns that students take.

use crate::catalogue;

use super::super::text::Text;
use super::{Definition, Run, RunId};

/// A wrong turn that students take in a part.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// What there is to say about it to the marker.
    pub remark: Option<Text>,
    /// Where it is made: in every run that the part asks about and that it can be made in.
    pub turns: Vec<Turn>,
}

/// A mistake in one run.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The run.
    pub run: RunId,
    /// The iteration from which on it is made: the first that the part asks about.
    pub from: usize,
    /// The last iteration that the part asks about.
    pub to: usize,
    /// What is done.
    pub instead: Instead,
}

/// What a student does instead of the right thing.
#[derive(Debug, Clone)]
pub enum Instead {
    /// One of the mistakes that are known by name.
    Slip(catalogue::Mistake),
    /// Another optimizer is used.
    Optimizer(Box<Run>),
    /// Another model is used.
    Model(Vec<Definition>),
}

impl Instead {
    /// The mistake's word in a scenario.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Slip(mistake) => mistake.word(),
            Self::Optimizer(_) | Self::Model(_) => "custom",
        }
    }
}
