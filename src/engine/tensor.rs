//! Exact arithmetic on numbers and matrices, entry by entry; what is undefined stays so.

use std::convert::Infallible;

use crate::number::Real;
use crate::trace::{Tensor, Value};

/// Rows and columns; none of a number.
pub(super) type Counts = Option<(usize, usize)>;

impl Value {
    /// The number; the error is the value itself, where it is undefined.
    pub(super) fn number(&self) -> Result<&Real, Self> {
        match self {
            Self::Real(number) => Ok(number),
            Self::Undefined(_) => Err(self.clone()),
        }
    }
}

impl Tensor {
    /// A tensor from its entries by row and column, from 0.
    pub(super) fn built<E>(
        shape: Counts,
        mut entry: impl FnMut(usize, usize) -> Result<Value, E>,
    ) -> Result<Self, E> {
        let Some((rows, columns)) = shape else { return entry(0, 0).map(Self::from) };
        let mut entries = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                entries.push(entry(row, column)?);
            }
        }
        Ok(Self::new(shape, entries))
    }

    pub(super) fn zeros(shape: Counts) -> Self {
        match shape {
            None => Self::from(Real::zero()),
            Some(_) => Self::filled(shape, &Value::Real(Real::zero())),
        }
    }

    pub(super) fn filled(shape: Counts, value: &Value) -> Self {
        match shape {
            None => Self::from(value.clone()),
            Some((rows, columns)) => Self::new(shape, vec![value.clone(); rows * columns]),
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.shape().map_or(1, |(rows, _)| rows)
    }

    pub(super) fn columns(&self) -> usize {
        self.shape().map_or(1, |(_, columns)| columns)
    }

    /// The place of an entry; a number and a row are repeated where more is asked.
    pub(super) fn place(&self, row: usize, column: usize) -> usize {
        let (rows, columns) = self.shape().unwrap_or((1, 1));
        let row = if rows == 1 { 0 } else { row };
        let column = if columns == 1 { 0 } else { column };
        row * columns + column
    }

    pub(super) fn at(&self, row: usize, column: usize) -> &Value {
        match self.scalar() {
            Some(value) => value,
            None => &self.entries()[self.place(row, column)],
        }
    }

    /// The shape of an operation entry by entry.
    pub(super) fn common<'a>(inputs: impl IntoIterator<Item = &'a Self>) -> Counts {
        inputs.into_iter().fold(None, |common, input| match (common, input.shape()) {
            (None, shape) => shape,
            (shape, None) => shape,
            (Some((a, b)), Some((c, d))) => Some((a.max(c), b.max(d))),
        })
    }

    pub(super) fn transposed(&self) -> Self {
        let Some((rows, columns)) = self.shape() else { return self.clone() };
        let entries = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
        let entries = entries.map(|(row, column)| self.at(row, column).clone());
        Self::new(Some((columns, rows)), entries.collect())
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
        Self::new(Some((rows, columns)), entries)
    }

    /// The sum of all entries.
    pub(super) fn sum(&self) -> Value {
        total(self.entries().iter().cloned())
    }

    /// Adds one number to one entry.
    pub(super) fn add_at(&mut self, place: usize, share: &Value) {
        let entry = &mut self.entries_mut()[place];
        *entry = both(entry, share, |sum, share| sum + share);
    }

    /// Adds a tensor of the same shape.
    pub(super) fn add(&mut self, other: &Self) {
        for (place, share) in other.entries().iter().enumerate() {
            self.add_at(place, share);
        }
    }

    /// The same values in a larger shape: a number is repeated.
    pub(super) fn filling(self, shape: Counts) -> Self {
        match (self.scalar(), shape) {
            (Some(value), Some(_)) => Self::filled(shape, value),
            _ => self,
        }
    }

    /// An operation on each entry.
    pub(super) fn each(&self, operate: impl Fn(&Real) -> Real) -> Self {
        let Ok(tensor) = self.map(|entry| {
            Ok::<_, Infallible>(match entry {
                Value::Real(number) => Value::Real(operate(number)),
                Value::Undefined(_) => entry.clone(),
            })
        });
        tensor
    }

    /// An operation entry by entry, on those of both that have a value.
    pub(super) fn zip<E>(
        &self,
        other: &Self,
        mut operate: impl FnMut(&Real, &Real) -> Result<Value, E>,
    ) -> Result<Self, E> {
        Self::built(Self::common([self, other]), |row, column| {
            match (self.at(row, column), other.at(row, column)) {
                (Value::Real(left), Value::Real(right)) => operate(left, right),
                (undefined @ Value::Undefined(_), _) | (_, undefined) => Ok(undefined.clone()),
            }
        })
    }
}

/// An operation on two values.
fn both(left: &Value, right: &Value, operate: impl Fn(&Real, &Real) -> Real) -> Value {
    match (left, right) {
        (Value::Real(left), Value::Real(right)) => Value::Real(operate(left, right)),
        (undefined @ Value::Undefined(_), _) | (_, undefined) => undefined.clone(),
    }
}

pub(super) fn product(left: &Value, right: &Value) -> Value {
    both(left, right, |left, right| left * right)
}

pub(super) fn difference(left: &Value, right: &Value) -> Value {
    both(left, right, |left, right| left - right)
}

pub(super) fn total(mut terms: impl Iterator<Item = Value>) -> Value {
    let zero = Value::Real(Real::zero());
    let sum = terms.try_fold(zero, |sum, term| match both(&sum, &term, |sum, term| sum + term) {
        sum @ Value::Real(_) => Ok(sum),
        undefined @ Value::Undefined(_) => Err(undefined),
    });
    sum.unwrap_or_else(|undefined| undefined)
}
