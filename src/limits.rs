//! Budgets: how much a scenario may ask for.
//!
//! Scenarios are exchanged between strangers, so whatever could grow without end has a limit:
//! generous enough that no sheet of a course meets it, low enough that no input exhausts a
//! machine. Each has a name, which its error tells, and which raises it:
//! `gradsheet render big.yaml --limit iterations=50000`. How far is bounded too, where more
//! would exhaust the stack or not fit the arithmetic.
//!
//! The values hold for the whole process and are set once, before the first scenario is read:
//! the same input with the same limits gives the same bytes, whatever else runs beside it.

use std::sync::OnceLock;

static VALUES: OnceLock<[u64; LIMITS.len()]> = OnceLock::new();

/// One budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the table says what each one is")]
pub enum Limit {
    FileSize,
    DataSize,
    DataNumbers,
    Nesting,
    Brackets,
    Depth,
    ExpressionLength,
    ModelLines,
    NumberLength,
    Exponent,
    Variables,
    Choices,
    Iterations,
    Passes,
    Entries,
    Size,
    Product,
    Examples,
    Digits,
    Precision,
    Candidates,
    Frames,
    AllFrames,
    Trials,
    Cases,
    Work,
    Held,
    Turns,
    FormulaLength,
    TextSize,
    OutputSize,
    Memory,
    Patience,
}

/// A budget as it stands in the table.
#[derive(Debug)]
pub struct Row {
    /// Which one.
    pub limit: Limit,
    /// Its name on the command line.
    pub name: &'static str,
    /// Its value where nothing else is said.
    pub default: u64,
    /// The most that it can be raised to.
    pub most: u64,
    /// What it bounds, with its unit.
    pub bounds: &'static str,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const MANY: u64 = 1 << 53;
/// What a number of bytes may end with, the largest first.
const UNITS: [(&str, u64); 3] = [("GiB", GIB), ("MiB", MIB), ("KiB", KIB)];

/// Every budget, in the order in which a scenario meets them.
pub const LIMITS: [Row; 33] = [
    row(Limit::FileSize, "file_size", MIB, 64 * MIB, "bytes of a scenario, page or roster"),
    row(Limit::DataSize, "data_size", 10_000_000, GIB, "bytes of a CSV file or a picture"),
    row(Limit::DataNumbers, "data_numbers", 1_000_000, 100_000_000, "numbers in a CSV file"),
    row(Limit::Nesting, "nesting", 64, 100, "lists and mappings within one another"),
    row(Limit::Brackets, "brackets", 100, 1_000, "brackets of an expression within one another"),
    row(Limit::Depth, "depth", 200, 2_000, "operations of an expression within one another"),
    row(Limit::ExpressionLength, "expression_length", 10_000, MIB, "bytes of an expression"),
    row(Limit::ModelLines, "model_lines", 1_000, 100_000, "lines of a model, repeated ones too"),
    row(Limit::NumberLength, "number_length", 10_000, MIB, "characters of a number"),
    row(Limit::Exponent, "exponent", 10_000, MIB, "power of ten of a number"),
    row(Limit::Variables, "variables", 200, 10_000, "variables of a scenario"),
    row(Limit::Choices, "choices", 10_000, 1_000_000, "listed choices of a variable"),
    row(Limit::Iterations, "iterations", 10_000, 10_000_000, "iterations of a run"),
    row(Limit::Passes, "passes", 1_000_000, 1_000_000_000, "examples in all batches of a run"),
    row(Limit::Entries, "entries", 4_096, 1_000_000, "entries of a matrix in exact arithmetic"),
    row(Limit::Size, "size", 100_000, 10_000_000, "rows or columns of a matrix"),
    row(Limit::Product, "product", 1_000_000, 100_000_000, "entries of a matrix product"),
    row(Limit::Examples, "examples", 1_000_000, 100_000_000, "generated examples of a set-up"),
    row(Limit::Digits, "digits", 100, 10_000, "digits that a sheet prints of a number"),
    row(Limit::Precision, "precision", 4_096, 65_536, "bits before a sign or digit is undecided"),
    row(Limit::Candidates, "candidates", 1_000_000, MANY, "candidates tried for variants"),
    row(Limit::Frames, "frames", 24, 1_000, "frames of one `explore`"),
    row(Limit::AllFrames, "all_frames", 480, 100_000, "frames of all cells together"),
    row(Limit::Trials, "trials", 1_000_000, 1_000_000_000, "trials of an experiment"),
    row(Limit::Cases, "cases", 200, 100_000, "cases of an experiment"),
    row(Limit::Work, "work", 10_000_000_000_000, MANY, "multiplications of an experiment"),
    row(Limit::Held, "held", 40_000_000, 10_000_000_000, "numbers held by a trial"),
    row(Limit::Turns, "turns", 100_000, 1_000_000_000, "turns of the loops in one text"),
    row(Limit::FormulaLength, "formula_length", 20_000, 100_000, "bytes of a formula in LaTeX"),
    row(Limit::TextSize, "text_size", MIB, GIB, "bytes that one text's template gives"),
    row(Limit::OutputSize, "output_size", 64 * MIB, 16 * GIB, "bytes of one paper's Markdown"),
    row(Limit::Memory, "memory", GIB, MANY, "bytes of memory of the program"),
    row(Limit::Patience, "patience", 600, MANY, "seconds in which nothing gets done"),
];

const fn row(
    limit: Limit,
    name: &'static str,
    default: u64,
    most: u64,
    bounds: &'static str,
) -> Row {
    Row { limit, name, default, most, bounds }
}

/// Why a limit can't be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// It was asked for in another form than `name=value`.
    #[error("expected `NAME=VALUE`, as in `iterations=50000`")]
    Form,
    /// There is none of that name.
    #[error("there is no limit `{name}`; `gradsheet list limits` names all")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The value is not one.
    #[error("the limit `{name}` is a whole number from 1 to {most}, or one with KiB, MiB or GiB")]
    Value {
        /// The limit.
        name: &'static str,
        /// The most that it can be.
        most: u64,
    },
}

impl Limit {
    /// Its row of the table.
    #[must_use]
    pub fn row(self) -> &'static Row {
        // The table has a row for every limit, in their order; a test holds it to that.
        &LIMITS[self as usize]
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its value.
    #[must_use]
    pub fn get(self) -> u64 {
        VALUES.get().map_or(self.row().default, |values| values[self as usize])
    }

    /// Its value, as a number of things in memory.
    #[must_use]
    pub fn count(self) -> usize {
        usize::try_from(self.get()).unwrap_or(usize::MAX)
    }

    /// What is wrong with so much: "20000 iterations are more than …".
    #[must_use]
    pub fn exceeded(self, what: impl std::fmt::Display) -> String {
        format!("{what} are more than {}", self.allowance())
    }

    /// What is wrong with a number: "20000 is more than …".
    #[must_use]
    pub fn exceeded_by(self, number: u64) -> String {
        format!("{} is more than {}", self.shown(number), self.allowance())
    }

    /// "the 10000 that the limit `iterations` allows"
    #[must_use]
    pub fn allowance(self) -> String {
        format!("the {} that the limit `{}` allows", self.shown(self.get()), self.name())
    }

    /// A value as it is typed: bytes with a unit, where they are a multiple of it.
    #[must_use]
    pub fn shown(self, value: u64) -> String {
        let units = if self.row().bounds.starts_with("bytes") { &UNITS[..] } else { &[] };
        match units.iter().find(|(_, size)| value > 0 && value.is_multiple_of(*size)) {
            Some((word, size)) => format!("{}{word}", value / size),
            None => value.to_string(),
        }
    }

    /// What is wrong with so much, together with how it would be allowed, where there is no
    /// place for advice of its own.
    #[must_use]
    pub fn exceeded_with_advice(self, what: impl std::fmt::Display, needed: Option<u64>) -> String {
        format!("{}; {}", self.exceeded(what), self.advice(needed))
    }

    /// How so much, if it is known, would be allowed.
    #[must_use]
    pub fn advice(self, needed: Option<u64>) -> String {
        let Row { name, most, .. } = self.row();
        let (value, effect) = match needed {
            Some(needed) if needed > *most => (*most, "allows the most that is possible"),
            Some(needed) => (needed, "allows as many"),
            None => (self.get().saturating_mul(2).min(*most), "allows more"),
        };
        format!("`--limit {name}={}` {effect}", self.shown(value))
    }
}

/// Reads `iterations=50000` or `memory=4GiB`.
///
/// # Errors
///
/// What is wrong with the text.
///
/// ```
/// use gradsheet::limits::{Limit, read};
///
/// assert_eq!(read("memory=4GiB"), Ok((Limit::Memory, 4 << 30)));
/// assert!(read("memory=4 kilos").is_err());
/// ```
pub fn read(text: &str) -> Result<(Limit, u64), LimitError> {
    let (name, value) = text.split_once('=').ok_or(LimitError::Form)?;
    let known = LIMITS.iter().find(|row| row.name == name.trim());
    let row = known.ok_or_else(|| LimitError::Unknown { name: name.trim().to_owned() })?;
    let value = value.trim();
    let unit = UNITS.iter().find_map(|(word, size)| Some((value.strip_suffix(word)?, *size)));
    let (digits, unit) = unit.unwrap_or((value, 1));
    let number = digits.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    match number.filter(|number| (1..=row.most).contains(number)) {
        Some(number) => Ok((row.limit, number)),
        None => Err(LimitError::Value { name: row.name, most: row.most }),
    }
}

/// Sets limits for the whole process; what is not listed keeps its default. True if this was
/// the first call; later ones change nothing.
pub fn set(list: &[(Limit, u64)]) -> bool {
    let mut values = LIMITS.map(|row| row.default);
    for (limit, value) in list {
        values[*limit as usize] = *value;
    }
    VALUES.set(values).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_every_limit_in_order() {
        for (index, row) in LIMITS.iter().enumerate() {
            assert_eq!(row.limit as usize, index, "{}", row.name);
            assert!(row.default <= row.most, "{}", row.name);
        }
        assert_eq!(Limit::Patience as usize + 1, LIMITS.len());
    }

    #[test]
    fn limits_are_read_from_texts() {
        let most = Limit::Iterations.row().most;
        let table = [
            ("iterations=50000", Ok((Limit::Iterations, 50_000))),
            ("file_size = 2 MiB", Ok((Limit::FileSize, 2 << 20))),
            ("iterations", Err(LimitError::Form)),
            ("speed=3", Err(LimitError::Unknown { name: "speed".into() })),
            ("iterations=0", Err(LimitError::Value { name: "iterations", most })),
            ("iterations=1e4", Err(LimitError::Value { name: "iterations", most })),
            ("iterations=99999999", Err(LimitError::Value { name: "iterations", most })),
            ("memory=99999999999999999999", Err(LimitError::Value { name: "memory", most: MANY })),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
