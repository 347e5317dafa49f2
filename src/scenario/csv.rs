//! Examples from a CSV file that lies below the scenario's own folder.
//!
//! The first line names the columns: `x` is a number, `x.c1`, `x.c2`, … are the entries of a
//! row. Every other field is a decimal number, kept exactly as it is written.

use std::path::Path;

use crate::formula::is_name;
use crate::limits::Limit;
use crate::number::{Real, parse_decimal};
use crate::trace::{Tensor, Value};

use super::{Field, below};

/// The columns of a file as examples: names, and a row of values for each line.
pub(super) type Table = (Vec<String>, Vec<Vec<Tensor>>);

/// Reads the file that a field names; what is wrong with it is reported there.
pub(super) fn read(field: &Field<'_>, folder: &Path) -> Option<Table> {
    let name = field.text()?.text.as_str();
    match table(&below::read(field, folder, name)?) {
        Ok(table) => Some(table),
        Err(Wrong { line, column, message }) => {
            field.refuse(format!("{name}:{line}:{column}: {message}"));
            None
        }
    }
}

/// What is wrong in a file, and in which line and column of fields.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    line: u64,
    column: usize,
    message: String,
}

/// The names of the first line, each with its columns.
type Head = Vec<(String, Vec<usize>)>;

fn table(bytes: &[u8]) -> Result<Table, Wrong> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(bytes);
    let head = reader.headers().map_err(|error| broken(&error))?;
    let names: Vec<String> = head.iter().map(str::to_owned).collect();
    let head = columns(&names)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        if (rows.len() + 1).saturating_mul(names.len()) > Limit::DataNumbers.count() {
            let what = "the numbers up to this line";
            let message = Limit::DataNumbers.exceeded_with_advice(what, None);
            return Err(Wrong { line, column: 1, message });
        }
        let number = |column: &usize| {
            let text = record.get(*column).unwrap_or_default();
            let value = parse_decimal(text).map_err(|reason| Wrong {
                line,
                column: column + 1,
                message: format!(
                    "`{}` is no number: {reason}",
                    text.chars().take(40).collect::<String>()
                ),
            })?;
            Ok(Value::Real(Real::from(value)))
        };
        let tensor = |(_, columns): &(String, Vec<usize>)| {
            let entries = columns.iter().map(number).collect::<Result<Vec<_>, Wrong>>()?;
            let is_row = names[columns[0]].contains('.');
            Ok(Tensor::new(is_row.then_some((1, entries.len())), entries))
        };
        rows.push(head.iter().map(tensor).collect::<Result<Vec<_>, Wrong>>()?);
    }
    if rows.is_empty() {
        return Err(Wrong { line: 2, column: 1, message: "there are no examples".into() });
    }
    Ok((head.into_iter().map(|(name, _)| name).collect(), rows))
}

/// `x, y` or `x.c1, x.c2, y`
fn columns(names: &[String]) -> Result<Head, Wrong> {
    let mut head: Head = Vec::new();
    for (column, text) in names.iter().enumerate() {
        let wrong = |message: String| Wrong { line: 1, column: column + 1, message };
        let (name, entry) = match text.split_once(".c") {
            Some((name, number)) => (name, number.parse::<usize>().ok()),
            None => (text.as_str(), Some(0)),
        };
        let (true, Some(entry)) = (is_name(name), entry) else {
            let text: String = text.chars().take(40).collect();
            return Err(wrong(format!("`{text}` names no datum; write `x`, or `x.c1`, `x.c2`")));
        };
        let known = head.iter_mut().find(|(known, _)| known == name);
        match (known, entry) {
            (None, 0 | 1) => head.push((name.to_owned(), vec![column])),
            (Some((_, columns)), entry) if entry == columns.len() + 1 => columns.push(column),
            (None, _) => return Err(wrong(format!("the first entry of `{name}` is `{name}.c1`"))),
            (Some((_, columns)), _) => {
                let next = columns.len() + 1;
                return Err(wrong(format!("after these columns comes `{name}.c{next}`")));
            }
        }
    }
    Ok(head)
}

fn broken(error: &csv::Error) -> Wrong {
    let line = error.position().map_or(1, csv::Position::line);
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, where the first line has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "this is not text in UTF-8".to_owned(),
        _ => "this is not CSV".to_owned(),
    };
    Wrong { line, column: 1, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_numbers_and_rows() {
        let (names, rows) =
            table(b"x.c1, x.c2, y\n1, 0.5, -1e-3\n# a remark\n2,3,\"4\"\n").unwrap();
        assert_eq!(names, ["x", "y"]);
        assert_eq!(rows[0][0].shape(), Some((1, 2)));
        let text = |tensor: &Tensor| {
            let entry = |value: &Value| value.real().unwrap().closed_form().unwrap().to_text();
            tensor.entries().iter().map(entry).collect::<Vec<_>>().join(" ")
        };
        let all: Vec<String> = rows.iter().flatten().map(text).collect();
        assert_eq!(all, ["1 1/2", "-1/1000", "2 3", "4"]);
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let table_of = [
            (&b"x,y\n1,one\n"[..], 2, 2, "no number"),
            (b"x,y\n1,2\n3\n", 3, 1, "1 fields, where the first line has 2"),
            (b"x,y\n", 2, 1, "no examples"),
            (b"x,2y\n1,2\n", 1, 2, "names no datum"),
            (b"x.c2,y\n1,2\n", 1, 1, "the first entry of `x` is `x.c1`"),
            (b"x.c1,x.c3\n1,2\n", 1, 2, "comes `x.c2`"),
            (b"x,x\n1,2\n", 1, 2, "comes `x.c2`"),
            (b"x,y\n1,\xff\n", 2, 1, "UTF-8"),
            (b"x\n=1+1\n", 2, 1, "no number"),
            (b"", 2, 1, "no examples"),
        ];
        for (bytes, line, column, words) in table_of {
            let wrong = table(bytes).unwrap_err();
            assert!(wrong.message.contains(words), "{bytes:?}: {wrong:?}");
            assert_eq!((wrong.line, wrong.column), (line, column), "{bytes:?}: {wrong:?}");
        }
    }
}
