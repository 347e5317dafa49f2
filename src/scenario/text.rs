//! A text of the scenario: prose with formulas, perhaps a template.

use super::yaml::{self, Data, Scalar};
use super::{Field, Problem, Report};

/// A text and where it stands, so that problems inside it can be placed.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text.
    pub source: String,
    field: String,
    scalar: Scalar,
}

/// Keys whose values are prose.
const PROSE: [&str; 5] = ["markdown", "text", "ask", "solution", "remark"];

/// The prose of a scenario, whatever else is wrong with it; nothing where it is no YAML.
#[must_use]
pub fn texts(source: &str) -> Vec<Text> {
    let Ok(top) = yaml::read(source) else { return Vec::new() };
    let report = Report::new();
    let entries = Field::new(&top, "", &report).entries().unwrap_or_default();
    let mut found = Vec::new();
    for (_, cells) in entries.iter().filter(|(key, _)| key.text == "cells") {
        collect(cells, &mut found);
    }
    found
}

fn collect(field: &Field<'_>, found: &mut Vec<Text>) {
    match &field.node().data {
        Data::List(_) => {
            field.items().unwrap_or_default().iter().for_each(|item| collect(item, found));
        }
        Data::Map(_) => {
            for (key, own) in field.entries().unwrap_or_default() {
                if PROSE.contains(&key.text.as_str()) && own.node().scalar().is_some() {
                    found.extend(Text::read(&own));
                } else {
                    collect(&own, found);
                }
            }
        }
        Data::Scalar(_) => {}
    }
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
        let mut signs = self.source.match_indices('<');
        signs.any(|(at, _)| matches!(self.source.as_bytes().get(at + 1), Some(b'<' | b'%' | b'#')))
    }

    /// A problem at a byte of the text.
    pub fn problem(&self, offset: usize, width: usize, message: impl Into<String>) -> Problem {
        Problem::new(self.scalar.place_of(offset), message).in_field(&self.field).with_width(width)
    }
}
