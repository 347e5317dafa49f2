//! A text of the scenario: prose with formulas, perhaps a template.

use super::yaml::Scalar;
use super::{Field, Problem};

/// A text and where it stands, so that problems inside it can be placed.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text.
    pub source: String,
    field: String,
    scalar: Scalar,
}

impl Text {
    pub(super) fn read(field: &Field<'_>) -> Option<Self> {
        let scalar = field.text()?;
        Some(Self {
            source: scalar.text.clone(),
            field: field.path().to_owned(),
            scalar: scalar.clone(),
        })
    }

    /// Whether the text has anything for the template engine in it.
    pub fn is_template(&self) -> bool {
        ["<<", "<%", "<#"].iter().any(|mark| self.source.contains(mark))
    }

    /// A problem at a byte of the text.
    pub fn problem(&self, offset: usize, width: usize, message: impl Into<String>) -> Problem {
        Problem::new(self.scalar.place_of(offset), message).in_field(&self.field).with_width(width)
    }
}
