//! Matrices of exact numbers while the engine computes with them.

use std::sync::Arc;

use crate::number::Real;
use crate::trace::{self, Value};

/// A number, or the cause why it is undefined.
pub(super) type Outcome = Result<Real, Arc<str>>;

/// A number (shape `None`) or a matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor {
    pub shape: Option<(usize, usize)>,
    pub entries: Vec<Outcome>,
}

impl Tensor {
    pub(super) fn scalar(entry: Outcome) -> Self {
        Self { shape: None, entries: vec![entry] }
    }

    pub(super) fn zeros(shape: Option<(usize, usize)>) -> Self {
        Self::filled(shape, &Real::zero())
    }

    pub(super) fn filled(shape: Option<(usize, usize)>, value: &Real) -> Self {
        let (rows, columns) = shape.unwrap_or((1, 1));
        Self { shape, entries: vec![Ok(value.clone()); rows * columns] }
    }

    pub(super) fn rows(&self) -> usize {
        self.shape.map_or(1, |(rows, _)| rows)
    }

    pub(super) fn columns(&self) -> usize {
        self.shape.map_or(1, |(_, columns)| columns)
    }

    /// The place of an entry; a number and a row are repeated where more is asked.
    pub(super) fn place(&self, row: usize, column: usize) -> usize {
        let row = if self.rows() == 1 { 0 } else { row };
        let column = if self.columns() == 1 { 0 } else { column };
        row * self.columns() + column
    }

    pub(super) fn at(&self, row: usize, column: usize) -> &Outcome {
        &self.entries[self.place(row, column)]
    }

    /// The shape of an operation entry by entry.
    pub(super) fn common(inputs: &[&Tensor]) -> Option<(usize, usize)> {
        inputs.iter().fold(None, |common, input| match (common, input.shape) {
            (None, shape) => shape,
            (shape, None) => shape,
            (Some((a, b)), Some((c, d))) => Some((a.max(c), b.max(d))),
        })
    }

    pub(super) fn transposed(&self) -> Self {
        let (rows, columns) = (self.rows(), self.columns());
        let entries = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
        Self {
            shape: self.shape.map(|(rows, columns)| (columns, rows)),
            entries: entries.map(|(row, column)| self.at(row, column).clone()).collect(),
        }
    }

    /// The matrix product.
    pub(super) fn times(&self, other: &Self) -> Self {
        let (rows, inner, columns) = (self.rows(), self.columns(), other.columns());
        let mut entries = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let terms = (0..inner).map(|k| product(self.at(row, k), other.at(k, column)));
                entries.push(total(terms));
            }
        }
        Self { shape: Some((rows, columns)), entries }
    }

    /// The sum of all entries.
    pub(super) fn sum(&self) -> Outcome {
        total(self.entries.iter().cloned())
    }

    /// Adds one number to one entry.
    pub(super) fn add_at(&mut self, place: usize, share: Outcome) {
        let sum = self.entries[place].clone().and_then(|sum| Ok(&sum + &share?));
        self.entries[place] = sum;
    }

    /// Adds a tensor of the same shape.
    pub(super) fn add(&mut self, other: &Self) {
        for (place, share) in other.entries.iter().enumerate() {
            self.add_at(place, share.clone());
        }
    }

    /// The same values in a larger shape: a number is repeated.
    pub(super) fn filling(self, shape: Option<(usize, usize)>) -> Self {
        match (self.shape, shape) {
            (None, Some((rows, columns))) => {
                let entry = self.entries.into_iter().next().unwrap_or_else(|| Ok(Real::zero()));
                Self { shape, entries: vec![entry; rows * columns] }
            }
            _ => self,
        }
    }

    /// An operation on each entry; what is undefined stays so.
    pub(super) fn map(&self, operate: impl Fn(&Real) -> Real) -> Self {
        let one = |entry: &Outcome| entry.as_ref().map(&operate).map_err(Arc::clone);
        Self { shape: self.shape, entries: self.entries.iter().map(one).collect() }
    }

    /// An operation entry by entry, on those of both that have a value.
    pub(super) fn zip<E>(
        &self,
        other: &Self,
        mut operate: impl FnMut(&Real, &Real) -> Result<Outcome, E>,
    ) -> Result<Self, E> {
        let shape = Self::common(&[self, other]);
        let (rows, columns) = shape.unwrap_or((1, 1));
        let mut entries = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                entries.push(match (self.at(row, column), other.at(row, column)) {
                    (Ok(left), Ok(right)) => operate(left, right)?,
                    (Err(cause), _) | (_, Err(cause)) => Err(cause.clone()),
                });
            }
        }
        Ok(Self { shape, entries })
    }

    /// For the record.
    pub(super) fn record(&self) -> trace::Tensor {
        let value = |entry: &Outcome| match entry {
            Ok(number) => Value::Real(number.clone()),
            Err(cause) => Value::Undefined(cause.clone()),
        };
        trace::Tensor::new(self.shape, self.entries.iter().map(value).collect())
    }

    /// From a record.
    pub(super) fn from_record(record: &trace::Tensor) -> Self {
        let outcome = |value: &Value| match value {
            Value::Real(real) => Ok(real.clone()),
            Value::Undefined(cause) => Err(cause.clone()),
        };
        Self { shape: record.shape(), entries: record.entries().iter().map(outcome).collect() }
    }
}

pub(super) fn product(left: &Outcome, right: &Outcome) -> Outcome {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok(left * right),
        (Err(cause), _) | (_, Err(cause)) => Err(cause.clone()),
    }
}

pub(super) fn total(terms: impl Iterator<Item = Outcome>) -> Outcome {
    let mut sum = Real::zero();
    for term in terms {
        sum = &sum + &term?;
    }
    Ok(sum)
}
