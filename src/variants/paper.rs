//! One variant's papers, with its rows of the key.

use crate::engine::{self, Effort};
use crate::number::Fault;
use crate::render::{self, Audience, Files, Format, RenderError};
use crate::scenario::{Exam, Label, Problems};
use crate::sheet::{Solved, Templates};

use super::answer::asked;
use super::code::code;
use super::judge::Worked;
use super::key::{self, KeyRow};
use super::search::Variant;

/// A variant, ready to be written.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its number.
    pub number: u64,
    /// Its files, by path below its folder.
    pub files: Files,
    /// Its rows of the key.
    pub rows: Vec<KeyRow>,
}

/// What is written of a variant.
#[derive(Debug)]
pub struct Press<'a> {
    /// The exam.
    pub exam: &'a Exam,
    /// The scenario's stem.
    pub stem: &'a str,
    /// Templates.
    pub templates: &'a Templates,
    /// What it is written as.
    pub formats: &'a [Format],
    /// Which papers.
    pub audience: Audience,
}

/// Why a variant can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PaperError {
    /// The scenario is wrong for these values.
    #[error(transparent)]
    Scenario(#[from] Problems),
    /// The papers can't be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A number of the key can't be printed.
    #[error("{path}: {fault}")]
    Number {
        /// Which number.
        path: String,
        /// Why.
        fault: Fault,
    },
}

impl Press<'_> {
    /// The papers of a variant, from what was worked out of it already.
    ///
    /// # Errors
    ///
    /// As for [`crate::render`], for this variant's values.
    pub fn paper(
        &self,
        variant: &Variant,
        worked: Option<Worked>,
        student: Option<&str>,
    ) -> Result<Paper, PaperError> {
        let effort = Effort { trials: u64::MAX, progress: &|_| {} };
        let (mut scenario, trace, wrong_turns) = match worked {
            Some(Worked { scenario, mut trace, wrong_turns }) => {
                engine::complete(&mut trace, &scenario, &effort).map_err(RenderError::from)?;
                (scenario, trace, Some(wrong_turns))
            }
            None => {
                let scenario = self.exam.scenario(&variant.assignment)?;
                let trace = engine::execute_with(&scenario, &effort).map_err(RenderError::from)?;
                (scenario, trace, None)
            }
        };
        scenario.label = Some(Label {
            code: code(self.stem, &variant.assignment),
            student: student.map(str::to_owned),
        });
        let wrong_turns = wrong_turns.as_deref();
        let solved = Solved { wrong_turns, ..Solved::new(&scenario, &trace) };
        let files = render::papers(solved, self.templates, self.formats, self.audience)?;
        let rows = key::rows(variant.number, &scenario, &trace, &asked(&scenario, &trace));
        let rows =
            rows.map_err(|wrong| PaperError::Number { path: wrong.0.to_string(), fault: wrong.1 })?;
        Ok(Paper { number: variant.number, files, rows })
    }
}
