//! The data behind a plot as a table: for readers who can't see it, and as CSV.
//!
//! Every number here comes from `number::decimal`. Values of runs are rounded from the exact
//! ones, as the sheet displays them; what is drawn, in floating point, is not read. Estimates
//! of experiments keep the digits that their errors leave.

use crate::number::{Decimal, Fault, Precision, Real, Rounding, round};
use crate::scenario::Display;
use crate::trace::Value;

use super::prose::Prose;
use super::show::from_double;

/// The most rows that a page shows.
const MAX_ROWS: usize = 50;

/// The table behind a figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    /// The heading of each column.
    pub head: Vec<String>,
    /// All rows.
    pub rows: Vec<Vec<Entry>>,
    /// What is to be said below the table.
    pub notes: Vec<String>,
    /// A page shows one row in so many, and the last.
    pub step: usize,
}

/// An entry, for programs and for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// As programs read it: `-1.2e-9`.
    pub plain: String,
    /// As readers do: `−1.2·10⁻⁹`.
    pub shown: String,
}

/// A column of values by iteration, in order.
pub(super) struct Column {
    pub(super) heading: String,
    pub(super) entries: Vec<(usize, Entry)>,
}

impl Data {
    /// A table of finished rows; of many, a page shows an excerpt.
    pub(super) fn new(head: Vec<String>, rows: Vec<Vec<Entry>>, prose: &Prose) -> Self {
        if rows.len() <= MAX_ROWS {
            return Self { head, rows, notes: Vec::new(), step: 1 };
        }
        // The first and the last row are among those shown.
        let step = (rows.len() - 1).div_ceil(MAX_ROWS - 2);
        let blanks = [("count", rows.len().to_string()), ("step", step.to_string())];
        let notes = vec![prose.say("data_excerpt", &blanks)];
        Self { head, rows, notes, step }
    }

    /// A row for each iteration in which some column has a value.
    pub(super) fn by_iteration(columns: &[Column], prose: &Prose) -> Self {
        let mut times: Vec<usize> =
            columns.iter().flat_map(|column| column.entries.iter().map(|entry| entry.0)).collect();
        times.sort_unstable();
        times.dedup();
        let row = |t: &usize| {
            let at = |column: &Column| {
                let found = column.entries.binary_search_by_key(t, |(own, _)| *own).ok();
                found.map(|index| column.entries[index].1.clone()).unwrap_or_default()
            };
            std::iter::once(Entry::text(t.to_string())).chain(columns.iter().map(at)).collect()
        };
        let rows = times.iter().map(row).collect();
        let heads = columns.iter().map(|column| column.heading.clone());
        let head = std::iter::once(prose.word("axis_iteration")).chain(heads).collect();
        Self::new(head, rows, prose)
    }

    /// The rows that a page shows.
    pub fn excerpt(&self) -> impl Iterator<Item = &[Entry]> {
        let last = self.rows.len().saturating_sub(1);
        let shown = move |index: usize| index.is_multiple_of(self.step.max(1)) || index == last;
        let rows = self.rows.iter().enumerate().filter(move |(index, _)| shown(*index));
        rows.map(|(_, row)| row.as_slice())
    }

    /// The whole table as comma-separated values.
    pub fn csv(&self) -> String {
        let plain = |row: &Vec<Entry>| row.iter().map(|entry| quoted(&entry.plain)).collect();
        let head: Vec<String> = self.head.iter().map(|heading| quoted(heading)).collect();
        let rows = std::iter::once(head).chain(self.rows.iter().map(plain));
        rows.map(|row| row.join(",") + "\n").collect()
    }
}

/// An entry with quotation marks where a comma, a quotation mark or a line break asks for them.
fn quoted(entry: &str) -> String {
    if !entry.contains([',', '"', '\n', '\r']) {
        return entry.to_owned();
    }
    format!("\"{}\"", entry.replace('"', "\"\""))
}

impl Entry {
    /// A text, alike for both.
    pub(super) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { plain: text.clone(), shown: text }
    }

    /// A rounded number.
    fn number(decimal: &Decimal, prose: &Prose) -> Self {
        let plain = decimal.to_text();
        Self { shown: typographic(&plain, prose.mark()), plain }
    }

    /// A value of a run.
    pub(super) fn value(value: &Value, display: &Display, prose: &Prose) -> Result<Self, Fault> {
        match value {
            Value::Undefined(_) => Ok(Self::text(prose.word("undefined"))),
            Value::Real(real) => Self::real(real, display, prose),
        }
    }

    /// An exact number as the display rounds it.
    pub(super) fn real(real: &Real, display: &Display, prose: &Prose) -> Result<Self, Fault> {
        Ok(Self::number(&round(real, display.precision, display.rounding)?, prose))
    }

    /// An estimate with so many significant digits; nothing where it is no number.
    pub(super) fn estimate(value: f64, digits: u32, prose: &Prose) -> Result<Self, Fault> {
        if !value.is_finite() {
            return Ok(Self::default());
        }
        let precision = Precision::Significant(digits);
        Ok(Self::number(&round(&from_double(value), precision, Rounding::HalfEven)?, prose))
    }

    /// An estimate by its decimal logarithm, which may be out of the reach of a double.
    pub(super) fn power(log10: f64, digits: u32, prose: &Prose) -> Result<Self, Fault> {
        let exponent = log10.floor();
        let mantissa = Self::estimate(libm::exp10(log10 - exponent), digits, prose)?;
        let plain = format!("{}e{exponent}", mantissa.plain);
        Ok(Self { shown: typographic(&plain, prose.mark()), plain })
    }
}

/// A number in plain text as it is printed: `-1.2e-9` as `−1.2·10⁻⁹`, `1e6` as `10⁶`.
pub(super) fn typographic(text: &str, mark: char) -> String {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, ""));
    let power: String = exponent.trim_start_matches('+').chars().map(superscript).collect();
    let minus = if mantissa.starts_with('-') { "\u{2212}" } else { "" };
    let digits = mantissa.trim_start_matches(['-', '+']).replace('.', &mark.to_string());
    match (digits.as_str(), power.as_str()) {
        (_, "") => format!("{minus}{digits}"),
        ("1", _) => format!("{minus}10{power}"),
        _ => format!("{minus}{digits}·10{power}"),
    }
}

fn superscript(letter: char) -> char {
    match letter {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_signs_and_powers() {
        let table = [
            ("-0.25", '.', "\u{2212}0.25"),
            ("-0.25", ',', "\u{2212}0,25"),
            ("1e6", '.', "10⁶"),
            ("-1e6", '.', "\u{2212}10⁶"),
            ("1.20e-13", ',', "1,20·10⁻¹³"),
            ("-2e+3", '.', "\u{2212}2·10³"),
        ];
        for (text, mark, expected) in table {
            assert_eq!(typographic(text, mark), expected);
        }
    }

    #[test]
    fn tables_are_quoted_where_they_must_be() {
        let row = vec![Entry::text("1"), Entry::text("a \"b\", c"), Entry::text("")];
        let head = vec!["t".to_owned(), "w, SGD".to_owned(), "x".to_owned()];
        let data = Data { head, rows: vec![row], notes: Vec::new(), step: 1 };
        assert_eq!(data.csv(), "t,\"w, SGD\",x\n1,\"a \"\"b\"\", c\",\n");
    }

    #[test]
    fn an_excerpt_has_both_ends() {
        let rows = |count: usize| (0..count).map(|t| vec![Entry::text(t.to_string())]).collect();
        for (count, step) in [(51, 2), (101, 3), (1001, 21)] {
            let data = Data { head: Vec::new(), rows: rows(count), notes: Vec::new(), step };
            let shown: Vec<&str> = data.excerpt().map(|row| row[0].plain.as_str()).collect();
            let last = (count - 1).to_string();
            assert_eq!((shown.first(), shown.last()), (Some(&"0"), Some(&last.as_str())));
            assert!(shown.len() <= MAX_ROWS, "{count}");
        }
    }
}
