//! The functions of a row, entry by entry, as a reader sees them.

use super::Row;

/// How many rows a matrix has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// A single one, whose entries have one index.
    One,
    /// Several.
    Several,
}

impl Row {
    /// The definition as LaTeX; `left` is the call.
    pub fn latex(self, left: &str, rows: Rows) -> String {
        let (i, sum) = match rows {
            Rows::One => ("", ""),
            Rows::Several => ("i,", r"\frac{1}{n} \sum_{i=1}^{n} "),
        };
        let power = |index: &str| format!(r"\exp(z_{{{i}{index}}})");
        let quotient = format!(r"\frac{{{}}}{{\sum_{{k}} {}}}", power("j"), power("k"));
        match self {
            Self::Softmax => format!("{left}_{{{i}j}} = {quotient}"),
            Self::LogSoftmax => format!(r"{left}_{{{i}j}} = \ln {quotient}"),
            Self::CrossEntropy => {
                format!(r"{left} = -{sum}\sum_{{j}} y_{{{i}j}} \ln {quotient}")
            }
        }
    }
}
