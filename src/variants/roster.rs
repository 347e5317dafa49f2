//! A roster: who gets a paper.
//!
//! A CSV file with the columns `id` and `name`; others are passed over. An identifier stands
//! once.

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::scenario::{Place, Problem};

/// The most students.
const MOST: usize = 100_000;
/// The most letters of an identifier or a name.
const LONGEST: usize = 200;
/// The most problems that are listed.
const LISTED: usize = 20;

/// A student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// What tells the student from all others.
    pub id: String,
    /// What the paper calls the student.
    pub name: String,
}

impl Student {
    /// What stands on the paper.
    pub fn label(&self) -> String {
        match self.name.is_empty() {
            true => self.id.clone(),
            false => format!("{} ({})", self.name, self.id),
        }
    }
}

/// Reads a roster's text.
///
/// # Errors
///
/// Everything that is wrong with it, each with its line.
pub fn roster(text: &str) -> Result<Vec<Student>, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text.as_bytes());
    let at = |line: u64, message: String| {
        let line = usize::try_from(line).unwrap_or(1).max(1);
        let width = text.lines().nth(line - 1).map_or(1, |line| line.trim_end().chars().count());
        Problem::new(Place { line, column: 1 }, message).with_width(width)
    };
    let unread = |error: csv::Error| {
        vec![at(error.position().map_or(1, csv::Position::line), "this is not CSV".into())]
    };
    let head = reader.headers().map_err(unread)?.clone();
    let column = |name: &str| head.iter().position(|known| known.eq_ignore_ascii_case(name));
    let (Some(id), Some(name)) = (column("id"), column("name")) else {
        return Err(vec![at(1, "the first line names the columns, `id,name`".into())]);
    };
    let mut students: Vec<Student> = Vec::new();
    let mut lines = std::collections::BTreeMap::new();
    let mut problems = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unread)?;
        let line = line_of(text, &record);
        match student(&record, id, name, head.len()) {
            Err(message) => problems.push(at(line, message)),
            Ok(student) => match lines.insert(student.id.clone(), line) {
                Some(earlier) => {
                    let id = &student.id;
                    problems
                        .push(at(line, format!("the id `{id}` stands in line {earlier} already")));
                }
                None => students.push(student),
            },
        }
        if problems.len() >= LISTED {
            problems.push(at(line, "there may be more problems behind this line".into()));
            break;
        }
        if students.len() > MOST {
            return Err(vec![at(line, format!("a roster has at most {MOST} students"))]);
        }
    }
    if students.is_empty() && problems.is_empty() {
        return Err(vec![at(1, "there are no students below the first line".into())]);
    }
    if problems.is_empty() { Ok(students) } else { Err(problems) }
}

/// The line of a CSV text in which a record begins; empty lines before it are passed over.
pub fn line_of(text: &str, record: &StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.get(start..).unwrap_or_default();
    let passed = rest.chars().take_while(|letter| matches!(letter, '\n' | '\r'));
    let empty = passed.filter(|letter| *letter == '\n').count();
    position.line() + u64::try_from(empty).unwrap_or(0)
}

fn student(
    record: &StringRecord,
    id: usize,
    name: usize,
    columns: usize,
) -> Result<Student, String> {
    if record.len() != columns {
        let found = record.len();
        return Err(format!(
            "there are {found} fields, but the first line names {columns} (a comma inside a name \
             needs quotes around it)"
        ));
    }
    let cell = |column: usize| record.get(column).unwrap_or_default().to_owned();
    let student = Student { id: cell(id), name: cell(name) };
    if student.id.is_empty() {
        return Err("the id is missing".into());
    }
    for (what, text) in [("id", &student.id), ("name", &student.name)] {
        if text.chars().count() > LONGEST {
            return Err(format!("the {what} has more than {LONGEST} letters"));
        }
        if text.chars().any(char::is_control) {
            return Err(format!("the {what} has a line break or another control character"));
        }
    }
    Ok(student)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_students() {
        let text = "\u{feff}Name, ID ,group\n\"Lovelace, Ada\",s1,A\n,s2,B\n";
        let list = roster(text).unwrap();
        let labels: Vec<String> = list.iter().map(Student::label).collect();
        assert_eq!(labels, ["Lovelace, Ada (s1)", "s2"]);
    }

    #[test]
    fn everything_wrong_is_told_with_its_line() {
        let table: [(&str, &[&str]); 6] = [
            ("", &["line 1: the first line names the columns, `id,name`"]),
            ("s1,Ada\ns2,Bob\n", &["line 1: the first line names the columns, `id,name`"]),
            ("id,name\n", &["line 1: there are no students below the first line"]),
            (
                "id,name\ns1,Ada\n,Bob\n\ns1,Eve\n",
                &["line 3: the id is missing", "line 5: the id `s1` stands in line 2 already"],
            ),
            (
                "id,name\ns1,Lovelace, Ada\n",
                &["line 2: there are 3 fields, but the first line names 2 (a comma inside a name \
                   needs quotes around it)"],
            ),
            (
                "id,name\ns1,\"Ada\nLovelace\"\n",
                &["line 2: the name has a line break or another control character"],
            ),
        ];
        for (text, expected) in table {
            let problems = roster(text).unwrap_err();
            let told =
                |problem: &Problem| format!("line {}: {}", problem.place.line, problem.message);
            assert_eq!(problems.iter().map(told).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}
