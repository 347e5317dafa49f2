//! A line and a column of a file, both counted from 1, columns in characters.

use std::fmt;

/// Where something stands in the scenario's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place so many columns further on in the same line.
    #[must_use]
    pub fn right(self, columns: usize) -> Self {
        Self { column: self.column + columns, ..self }
    }

    /// The place after walking over a piece of the file that begins here.
    #[must_use]
    pub fn after(self, source: &str) -> Self {
        let Some(last_break) = source.rfind('\n') else {
            return self.right(source.chars().count());
        };
        Self {
            line: self.line + source.matches('\n').count(),
            column: source[last_break + 1..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn walking_counts_lines_and_characters() {
        let table = [("", "2:5"), ("ab", "2:7"), ("é∇", "2:7"), ("a\n", "3:1"), ("a\n\n b", "4:3")];
        for (source, expected) in table {
            let place = Place { line: 2, column: 5 }.after(source);
            assert_eq!(place.to_string(), expected, "{source:?}");
        }
    }
}
