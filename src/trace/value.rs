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

/// A list of named things that keeps the order in which they were declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T>(Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// Adds one at the end.
    pub fn push(&mut self, name: impl Into<String>, thing: T) {
        self.0.push((name.into(), thing));
    }

    /// The thing of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, thing)| thing)
    }

    /// Name and thing, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> + Clone {
        self.0.iter().map(|(name, thing)| (name.as_str(), thing))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|(name, _)| name.as_str())
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

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(list: I) -> Self {
        Self(list.into_iter().collect())
    }
}
