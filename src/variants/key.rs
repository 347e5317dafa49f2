//! The answer key: one row for every value that a paper asks for.

use crate::number::{Fault, Real, trace_decimal};
use crate::scenario::Scenario;
use crate::trace::{Path, Reading, Trace, Value};

use super::answer::{Asked, marked};
use super::exact;

/// The columns of `key.csv`.
pub const COLUMNS: [&str; 8] =
    ["variant", "part", "path", "exact", "decimal", "displayed", "tolerance", "marks"];

/// One answer of one variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The variant's number.
    pub variant: u64,
    /// Question and letter.
    pub part: String,
    /// What is asked for.
    pub path: String,
    /// A fraction or a surd; empty where there is no such form.
    pub exact: String,
    /// The decimal as in the trace, or `undefined`.
    pub decimal: String,
    /// What the solutions print.
    pub displayed: String,
    /// How far from it an answer is still right.
    pub tolerance: String,
    /// The marks of the whole part.
    pub marks: String,
}

impl KeyRow {
    /// The cells in the order of [`COLUMNS`].
    pub fn cells(&self) -> [String; 8] {
        [
            self.variant.to_string(),
            self.part.clone(),
            self.path.clone(),
            self.exact.clone(),
            self.decimal.clone(),
            self.displayed.clone(),
            self.tolerance.clone(),
            self.marks.clone(),
        ]
    }

    /// The row of these cells.
    pub fn of_cells(cells: &[&str]) -> Option<Self> {
        let [variant, part, path, exact, decimal, displayed, tolerance, marks] = cells else {
            return None;
        };
        let text = |cell: &&str| (*cell).to_owned();
        Some(Self {
            variant: variant.parse().ok()?,
            part: text(part),
            path: text(path),
            exact: text(exact),
            decimal: text(decimal),
            displayed: text(displayed),
            tolerance: text(tolerance),
            marks: text(marks),
        })
    }
}

/// The rows of one variant.
///
/// # Errors
///
/// A digit that can't be decided.
pub fn rows(
    variant: u64,
    scenario: &Scenario,
    trace: &Trace,
    asked: &[Asked],
) -> Result<Vec<KeyRow>, Box<(Path, Fault)>> {
    let row = |asked: &Asked| {
        let mut row = KeyRow {
            variant,
            part: asked.part.clone(),
            path: asked.path.to_string(),
            exact: String::new(),
            decimal: "undefined".into(),
            displayed: "undefined".into(),
            tolerance: "0".into(),
            marks: asked.marks.clone().unwrap_or_default(),
        };
        let value = asked.path.value(trace, Reading::Exact);
        let Some(Value::Real(real)) = value.as_ref().and_then(|value| value.entries().first())
        else {
            return Ok(row);
        };
        let fail = |fault| Box::new((asked.path.clone(), fault));
        row.exact = exact(real);
        row.decimal = trace_decimal(real).map_err(fail)?;
        if let Some(marked) = marked(scenario, trace, &asked.path) {
            row.displayed = marked.shown();
            row.tolerance = trace_decimal(&Real::from(marked.tolerance)).map_err(fail)?;
        }
        Ok(row)
    };
    asked.iter().map(row).collect()
}
