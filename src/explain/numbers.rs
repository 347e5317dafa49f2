//! Numbers in plain text, as the scenario language writes them.

use crate::formula::Shown;
use crate::number::{Fault, Precision, Rational, Real, Rounding, exact_input_text, round};
use crate::trace::{Tensor, Value};

/// The most entries of a matrix that is written out in a line.
pub(super) const MAX_SHOWN: usize = 16;
/// How many digits more a decimal may have to be put in as it is.
const SOME_MORE: u32 = 2;
/// The longest exact number without a root that is written beside its rounding.
const SHORT: usize = 13;
/// The longest one with roots that is put in for a name.
const SHORT_ROOT: usize = 24;
/// The longest one with roots that stands at the end of a line.
const LONG_ROOT: usize = 60;

/// How numbers are rounded for the eye.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a> {
    pub precision: Precision,
    pub rounding: Rounding,
    /// The word for an undefined value.
    pub undefined: &'a str,
}

/// A number, rounded for the eye or exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub text: String,
    /// Whether an equals sign may stand before it.
    pub exact: bool,
}

impl Numbers<'_> {
    /// A number of the scenario: always exact where it has a form.
    pub(super) fn given(&self, tensor: &Tensor) -> Result<Shown, Fault> {
        matrix(tensor, MAX_SHOWN, &|value| match value {
            Value::Real(real) => self.input(real),
            Value::Undefined(_) => Ok(self.no_value()),
        })
    }

    /// A value put in for its name: a decimal that ends soon and a short exact form as they
    /// are, so that the line can be checked by hand; else rounded.
    pub(super) fn put_in(&self, tensor: &Tensor) -> Result<Shown, Fault> {
        let finer = Numbers {
            precision: match self.precision {
                Precision::Decimals(places) => {
                    Precision::Decimals(places.saturating_add(SOME_MORE))
                }
                Precision::Significant(digits) => {
                    Precision::Significant(digits.saturating_add(SOME_MORE))
                }
            },
            ..*self
        };
        let whole = tensor.scalar().is_some();
        matrix(tensor, MAX_SHOWN, &|value| {
            let Value::Real(real) = value else { return Ok(self.no_value()) };
            let written_out = finer.rounded(real)?;
            if written_out.exact {
                return Ok(written_out);
            }
            match form(real, SHORT_ROOT).filter(|_| whole) {
                Some(text) => Ok(signed(&text)),
                None => self.rounded(real),
            }
        })
    }

    /// The end of a line: the exact form where there is a readable one, and the decimal. Of
    /// a matrix at most so many entries.
    pub(super) fn result(&self, tensor: &Tensor, entries: usize) -> Result<Vec<Step>, Fault> {
        let shown = matrix(tensor, entries, &|value| match value {
            Value::Real(real) => self.rounded(real),
            Value::Undefined(_) => Ok(self.no_value()),
        })?;
        let mut steps = Vec::new();
        if let (false, Some(real)) = (shown.exact, tensor.real()) {
            steps.extend(form(real, LONG_ROOT).map(|text| Step { text, exact: true }));
        }
        steps.push(Step { text: shown.latex(), exact: shown.exact });
        Ok(steps)
    }

    /// Whether a value prints as the decimals that are carried over.
    pub(super) fn prints_as(&self, value: &Tensor, carried: &Tensor) -> Result<bool, Fault> {
        for (value, carried) in value.entries().iter().zip(carried.entries()) {
            let (Some(value), Some(carried)) = (value.real(), carried.real()) else { continue };
            let decimal = round(value, self.precision, self.rounding)?;
            if carried.as_rational().as_deref() != Some(&decimal.value) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn rounded(&self, real: &Real) -> Result<Shown, Fault> {
        let decimal = round(real, self.precision, self.rounding)?;
        Ok(Shown { exact: decimal.exact, ..signed(&decimal.to_text()) })
    }

    fn input(&self, real: &Real) -> Result<Shown, Fault> {
        if let Some(number) = real.as_rational() {
            return Ok(exact(&number));
        }
        match real.closed_form() {
            Some(form) => Ok(signed(&form.to_text())),
            None => self.rounded(real),
        }
    }

    /// What stands for a number that is not defined.
    pub(super) fn no_value(&self) -> Shown {
        signed(self.undefined)
    }
}

/// An exact fraction, as a decimal where it ends.
pub(super) fn exact(number: &Rational) -> Shown {
    signed(&exact_input_text(number))
}

/// An exact form that can be read: a decimal or a fraction of few digits, or a sum of roots
/// that is no longer than this.
fn form(real: &Real, root: usize) -> Option<String> {
    match real.as_rational() {
        Some(number) => Some(exact_input_text(&number)).filter(|text| text.len() <= SHORT),
        None => Some(real.closed_form()?.to_text()).filter(|text| text.len() <= root),
    }
}

/// A matrix as a list of its rows; of one that is too large, its size.
fn matrix(
    tensor: &Tensor,
    most: usize,
    show: &dyn Fn(&Value) -> Result<Shown, Fault>,
) -> Result<Shown, Fault> {
    if let Some(value) = tensor.scalar() {
        return show(value);
    }
    let (rows, columns) = tensor.shape().unwrap_or((1, 1));
    let magnitude = if tensor.entries().len() > most {
        return Ok(atom(format!("[{rows}x{columns}]"), true));
    } else {
        tensor.entries().iter().map(show).collect::<Result<Vec<_>, _>>()?
    };
    let exact = magnitude.iter().all(|entry| entry.exact);
    let texts: Vec<String> = magnitude.iter().map(Shown::latex).collect();
    let rows: Vec<String> =
        texts.chunks(columns.max(1)).map(|row| format!("[{}]", row.join(", "))).collect();
    Ok(atom(format!("[{}]", rows.join(", ")), exact))
}

fn atom(magnitude: String, exact: bool) -> Shown {
    Shown { magnitude, negative: false, exact, compound: false }
}

/// A number from its text, its sign apart; a sum keeps the signs of its terms.
fn signed(text: &str) -> Shown {
    let compound = text.contains(' ');
    match text.strip_prefix('-').filter(|_| !compound) {
        Some(rest) => Shown { negative: true, ..atom(rest.to_owned(), true) },
        None => Shown { compound, ..atom(text.to_owned(), true) },
    }
}
