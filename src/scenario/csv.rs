//! Examples from a CSV file that lies below the scenario's own folder.
//!
//! The first line names the columns: `x` is a number, `x.c1`, `x.c2`, … are the entries of a
//! row. Every other field is a decimal number, kept exactly as it is written.

use std::path::Path;

use crate::formula::is_name;
use crate::limits::Limit;
use crate::number::{Rational, Real, parse_decimal};
use crate::trace::{Tensor, Value};

use super::{Excerpt, Field, Place, Problem, below, not_utf8};

/// The columns of a file as examples: names, and a row of values for each line.
pub(super) type Table = (Vec<String>, Vec<Vec<Tensor>>);

/// The most problems of one file that are reported.
const MAX_TOLD: usize = 20;

/// Reads the file that a field names; what is wrong with it is reported there, with its lines.
pub(super) fn read(field: &Field<'_>, folder: &Path) -> Option<Table> {
    let name = field.text()?.text.as_str();
    let bytes = below::read(field, folder, name)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let wrong = match std::str::from_utf8(bytes) {
        Ok(text) => match table(text) {
            Ok(table) => return Some(table),
            Err(wrong) => wrong,
        },
        Err(error) => {
            let Problem { place, message, help, .. } = not_utf8(bytes, error);
            let text = String::from_utf8_lossy(bytes);
            let line = text.lines().nth(place.line - 1).unwrap_or_default().to_owned();
            let excerpt = Excerpt { file: name.to_owned(), place, width: 1, line };
            let problem = field.problem(message).with_help(help.unwrap_or_default());
            field.report().push(problem.with_excerpt(excerpt));
            return None;
        }
    };
    for Wrong { line, column, message, help } in wrong {
        let (shown, spot) = spot(std::str::from_utf8(bytes).unwrap_or_default(), line, column);
        let place = Place { line, column: spot.0 };
        let excerpt = Excerpt { file: name.to_owned(), place, width: spot.1, line: shown };
        let problem = field.problem(message).with_excerpt(excerpt);
        field.report().push(match help {
            Some(help) => problem.with_help(help),
            None => problem,
        });
    }
    None
}

/// A line of a CSV text, and where in it a column begins and how wide it is.
fn spot(text: &str, line: usize, column: usize) -> (String, (usize, usize)) {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let Some(number) = column.checked_sub(1) else {
        return (line.to_owned(), (1, line.trim_end().chars().count()));
    };
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        quoted ^= letter == '"';
        match (letter, fields.last_mut()) {
            (',', _) if !quoted => fields.push(String::new()),
            (_, Some(last)) => last.push(letter),
            (_, None) => {}
        }
    }
    let before: usize = fields.iter().take(number).map(|field| field.chars().count() + 1).sum();
    let field = fields.get(number).map_or("", String::as_str);
    let blank = field.chars().count() - field.trim_start().chars().count();
    (line.to_owned(), (before + blank + 1, field.trim().chars().count().max(1)))
}

/// What is wrong in a file: in which line, and in which column of fields; 0 is the whole line.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    line: usize,
    column: usize,
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn new(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self { line, column, message: message.into(), help: None }
    }

    fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// The names of the first line, each with its columns.
type Head = Vec<(String, Vec<usize>)>;

fn table(text: &str) -> Result<Table, Vec<Wrong>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| vec![broken(text, &error)])?;
    let first = head.position().map_or(1, |position| line_of(text, position));
    let names: Vec<String> = head.iter().map(str::to_owned).collect();
    let head = columns(&names, first).map_err(|wrong| vec![wrong])?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for record in reader.records() {
        if problems.len() >= MAX_TOLD {
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(broken(text, &error));
                continue;
            }
        };
        let line = record.position().map_or(1, |position| line_of(text, position));
        if (rows.len() + 1).saturating_mul(names.len()) > Limit::DataNumbers.count() {
            let what = "the numbers up to this line";
            let message = Limit::DataNumbers.exceeded_with_advice(what, None);
            return Err(vec![Wrong::new(line, 1, message)]);
        }
        let mut number = |column: &usize| {
            let text = record.get(*column).unwrap_or_default();
            let value = parse_decimal(text).unwrap_or_else(|reason| {
                problems.push(no_number(text, line, column + 1, &reason.to_string()));
                Rational::ZERO
            });
            Value::Real(Real::from(value))
        };
        let tensor = |(_, columns): &(String, Vec<usize>)| {
            let entries: Vec<Value> = columns.iter().map(&mut number).collect();
            let is_row = names[columns[0]].contains('.');
            Tensor::new(is_row.then_some((1, entries.len())), entries)
        };
        rows.push(head.iter().map(tensor).collect());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if rows.is_empty() {
        let wrong = Wrong::new(first, 0, "there are no examples below the first line");
        return Err(vec![wrong.with_help("each further line is an example, such as `3, 0`")]);
    }
    Ok((head.into_iter().map(|(name, _)| name).collect(), rows))
}

/// The line of a record: the reader counts empty lines and remarks before it to it.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let line = usize::try_from(position.line()).unwrap_or(1).max(1);
    let passed = text.lines().skip(line - 1);
    line + passed.take_while(|line| line.is_empty() || line.starts_with('#')).count()
}

fn no_number(text: &str, line: usize, column: usize, reason: &str) -> Wrong {
    if text.is_empty() {
        return Wrong::new(line, column, "this field is empty").with_help("write a number");
    }
    let shown: String = text.chars().take(40).collect();
    let wrong = Wrong::new(line, column, format!("`{shown}` is no number: {reason}"));
    match text.contains(',') {
        true => wrong.with_help("write the decimal point as `.`, and no quotes"),
        false => wrong.with_help("a field is a decimal number, such as -3, 0.5 or 1e-8"),
    }
}

/// `x, y` or `x.c1, x.c2, y`
fn columns(names: &[String], line: usize) -> Result<Head, Wrong> {
    let mut head: Head = Vec::new();
    for (column, text) in names.iter().enumerate() {
        let wrong = |message: String| Wrong::new(line, column + 1, message);
        let (name, entry) = match text.split_once(".c") {
            Some((name, number)) => (name, number.parse::<usize>().ok()),
            None => (text.as_str(), Some(0)),
        };
        let (true, Some(entry)) = (is_name(name), entry) else {
            let text: String = text.chars().take(40).collect();
            return Err(wrong(format!("`{text}` names no datum"))
                .with_help("the first line names the columns: `x`, or `x.c1`, `x.c2` for a row"));
        };
        let known = head.iter_mut().find(|(known, _)| known == name);
        match (known, entry) {
            (None, 0 | 1) => head.push((name.to_owned(), vec![column])),
            (Some((_, columns)), entry) if entry == columns.len() + 1 => columns.push(column),
            (Some(_), 0) => return Err(wrong(format!("the column `{name}` stands twice"))),
            (None, _) => return Err(wrong(format!("the first entry of `{name}` is `{name}.c1`"))),
            (Some((_, columns)), _) => {
                let next = columns.len() + 1;
                return Err(wrong(format!("after these columns comes `{name}.c{next}`")));
            }
        }
    }
    Ok(head)
}

fn broken(text: &str, error: &csv::Error) -> Wrong {
    let line = error.position().map_or(1, |position| line_of(text, position));
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let fields = if *len == 1 { "field" } else { "fields" };
            format!("{len} {fields}, where the first line has {expected_len}")
        }
        _ => "this is not CSV".to_owned(),
    };
    Wrong::new(line, 0, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_numbers_and_rows() {
        let (names, rows) = table("x.c1, x.c2, y\n1, 0.5, -1e-3\n# a remark\n2,3,\"4\"\n").unwrap();
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
            ("x,y\n1,one\n", 2, (3, 3), "no number"),
            ("x,y\n\n# a remark\n1,  one \n", 4, (5, 3), "no number"),
            ("x,y\n\"1\",\"0,5\"\n", 2, (5, 5), "no number"),
            ("x,y\n1,\n", 2, (3, 1), "empty"),
            ("x,y\n1,2\n3\n", 3, (1, 1), "1 field, where the first line has 2"),
            ("x,y\n", 1, (1, 3), "no examples"),
            ("x,2y\n1,2\n", 1, (3, 2), "names no datum"),
            ("x.c2,y\n1,2\n", 1, (1, 4), "the first entry of `x` is `x.c1`"),
            ("x.c1,x.c3\n1,2\n", 1, (6, 4), "comes `x.c2`"),
            ("x,x\n1,2\n", 1, (3, 1), "the column `x` stands twice"),
            ("x\n=1+1\n", 2, (1, 4), "no number"),
            ("", 1, (1, 0), "no examples"),
        ];
        for (text, line, place, words) in table_of {
            let wrong = table(text).unwrap_err();
            assert!(wrong[0].message.contains(words), "{text:?}: {wrong:?}");
            let found = spot(text, wrong[0].line, wrong[0].column).1;
            assert_eq!((wrong[0].line, found), (line, place), "{text:?}: {wrong:?}");
        }
    }

    #[test]
    fn every_wrong_field_is_told() {
        let wrong = table("x,y\n1,one\n2\ntwo,3\n").unwrap_err();
        let places: Vec<_> = wrong.iter().map(|wrong| (wrong.line, wrong.column)).collect();
        assert_eq!(places, [(2, 2), (3, 0), (4, 1)]);
    }
}
