//! Values by name.

use std::sync::Arc;

use crate::number::Real;

/// A number, or the reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An exact real number.
    Real(Real),
    /// Undefined, with its cause, such as "0/0 in u/(sqrt(v) + epsilon)".
    Undefined(Arc<str>),
}

impl Value {
    /// The number, if there is one.
    pub fn real(&self) -> Option<&Real> {
        match self {
            Self::Real(real) => Some(real),
            Self::Undefined(_) => None,
        }
    }

    /// The cause, if there is no number.
    pub fn undefined(&self) -> Option<&Arc<str>> {
        match self {
            Self::Real(_) => None,
            Self::Undefined(cause) => Some(cause),
        }
    }
}

/// A number, or a matrix of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor(Form);

#[derive(Debug, Clone, PartialEq)]
enum Form {
    Number(Value),
    /// In a box, so that numbers, which most tensors are, take no room for it.
    Matrix(Box<Matrix>),
}

#[derive(Debug, Clone, PartialEq)]
struct Matrix {
    /// Rows and columns.
    shape: (usize, usize),
    /// The entries, row by row.
    entries: Vec<Value>,
}

impl From<Value> for Tensor {
    fn from(value: Value) -> Self {
        Self(Form::Number(value))
    }
}

impl From<Real> for Tensor {
    fn from(real: Real) -> Self {
        Self::from(Value::Real(real))
    }
}

impl Tensor {
    /// A tensor from its entries, row by row; there must be as many as the shape says,
    /// missing ones are zero.
    pub fn new(shape: Option<(usize, usize)>, mut entries: Vec<Value>) -> Self {
        let zero = || Value::Real(Real::zero());
        let Some((rows, columns)) = shape else {
            return Self::from(entries.into_iter().next().unwrap_or_else(zero));
        };
        entries.resize_with(rows * columns, zero);
        Self(Form::Matrix(Box::new(Matrix { shape: (rows, columns), entries })))
    }

    /// Rows and columns; `None` for a number.
    pub fn shape(&self) -> Option<(usize, usize)> {
        match &self.0 {
            Form::Number(_) => None,
            Form::Matrix(matrix) => Some(matrix.shape),
        }
    }

    /// The entries, row by row.
    pub fn entries(&self) -> &[Value] {
        match &self.0 {
            Form::Number(value) => std::slice::from_ref(value),
            Form::Matrix(matrix) => &matrix.entries,
        }
    }

    /// The same, to be changed.
    pub fn entries_mut(&mut self) -> &mut [Value] {
        match &mut self.0 {
            Form::Number(value) => std::slice::from_mut(value),
            Form::Matrix(matrix) => &mut matrix.entries,
        }
    }

    /// The entry in a row and a column, both from 1.
    pub fn entry(&self, row: usize, column: usize) -> Option<&Value> {
        let (rows, columns) = self.shape()?;
        let inside = (1..=rows).contains(&row) && (1..=columns).contains(&column);
        if inside { self.entries().get((row - 1) * columns + column - 1) } else { None }
    }

    /// The value, if it is no matrix.
    pub fn scalar(&self) -> Option<&Value> {
        match &self.0 {
            Form::Number(value) => Some(value),
            Form::Matrix(_) => None,
        }
    }

    /// The number, if it is one.
    pub fn real(&self) -> Option<&Real> {
        self.scalar().and_then(Value::real)
    }

    /// The cause of the first entry that has no number.
    pub fn undefined(&self) -> Option<&Arc<str>> {
        self.entries().iter().find_map(Value::undefined)
    }

    /// Whether every entry is proved to be zero.
    pub fn is_zero(&self) -> bool {
        self.entries().iter().all(|entry| entry.real().is_some_and(Real::is_zero_form))
    }

    /// The same shape with every entry turned into another.
    ///
    /// # Errors
    ///
    /// The first that `change` answers.
    pub fn map<E>(&self, mut change: impl FnMut(&Value) -> Result<Value, E>) -> Result<Self, E> {
        match &self.0 {
            Form::Number(value) => Ok(Self::from(change(value)?)),
            Form::Matrix(matrix) => {
                let entries = matrix.entries.iter().map(change).collect::<Result<_, _>>()?;
                Ok(Self::new(Some(matrix.shape), entries))
            }
        }
    }
}

/// A list of named things that keeps the order in which they were declared. Lists share the
/// names that they take from one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T>(Vec<(Arc<str>, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// Adds one at the end.
    pub fn push(&mut self, name: impl Into<Arc<str>>, thing: T) {
        self.0.push((name.into(), thing));
    }

    /// The thing of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, thing)| thing)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|(known, _)| **known == *name).map(|(_, thing)| thing)
    }

    /// The things, in order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, thing)| thing)
    }

    /// Name and thing, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> + Clone {
        self.0.iter().map(|(name, thing)| (&**name, thing))
    }

    /// The same with names that another list may share.
    pub fn shared(&self) -> impl Iterator<Item = (&Arc<str>, &T)> + Clone {
        self.0.iter().map(|(name, thing)| (name, thing))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Named<Named<T>> {
    /// The list of that name, begun if there is none.
    pub fn within(&mut self, name: &str) -> &mut Named<T> {
        let index = self.0.iter().position(|(known, _)| **known == *name).unwrap_or_else(|| {
            self.push(name, Named::default());
            self.0.len() - 1
        });
        &mut self.0[index].1
    }
}

impl<N: Into<Arc<str>>, T> Extend<(N, T)> for Named<T> {
    fn extend<I: IntoIterator<Item = (N, T)>>(&mut self, list: I) {
        self.0.extend(list.into_iter().map(|(name, thing)| (name.into(), thing)));
    }
}

impl<N: Into<Arc<str>>, T> FromIterator<(N, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(list: I) -> Self {
        Self(list.into_iter().map(|(name, thing)| (name.into(), thing)).collect())
    }
}
