//! Values put in the place of computed ones, as where a student goes on from a wrong one.
//!
//! What is computed later in the run follows from them: from a value of the forward pass the
//! rest of the pass and the gradient, from a gradient the update, from a state or a parameter
//! the rest of the update and the iterations after it.

use std::sync::Arc;

use crate::number::Real;
use crate::trace::{Iteration, Named, Tensor, Value, What};

/// A value in the place of a computed one.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitution {
    /// The iteration.
    pub t: usize,
    /// Which of its values. The derivative by a definition and the loss can't be replaced,
    /// since nothing goes on from them.
    pub what: What,
    /// The entry of a matrix, by row and column from 1.
    pub entry: Option<(usize, usize)>,
    /// The value.
    pub value: Real,
}

/// The substitutions of a run.
#[derive(Clone, Copy, Default)]
pub(super) struct Substitutions<'a>(pub(super) &'a [Substitution]);

impl Substitutions<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The computed value, with what stands in its place.
    pub(super) fn within(
        &self,
        t: usize,
        computed: Tensor,
        is_meant: impl Fn(&What) -> bool,
    ) -> Tensor {
        let own = self.0.iter().filter(|one| one.t == t && is_meant(&one.what));
        own.fold(computed, |mut tensor, one| {
            let (row, column) = one.entry.unwrap_or((1, 1));
            let place = (row.max(1) - 1) * tensor.columns() + column.max(1) - 1;
            if let Some(entry) = tensor.entries_mut().get_mut(place) {
                *entry = Value::Real(one.value.clone());
            }
            tensor
        })
    }

    /// The same in the list of a record.
    fn in_record(
        &self,
        t: usize,
        list: &mut Named<Tensor>,
        is_meant: impl Fn(&What, &str) -> bool,
    ) {
        if !self.0.iter().any(|one| one.t == t) {
            return;
        }
        let replaced = |(name, tensor): (&Arc<str>, &Tensor)| {
            let own = self.within(t, tensor.clone(), |what| is_meant(what, name));
            (name.clone(), own)
        };
        *list = list.shared().map(replaced).collect();
    }

    /// Gradients of an iteration.
    pub(super) fn in_gradient(&self, t: usize, gradient: &mut Named<Tensor>) {
        self.in_record(t, gradient, |what, name| *what == What::Gradient(name.to_owned()));
    }

    /// What the next iteration starts from.
    pub(super) fn in_results(&self, record: &mut Iteration) {
        if self.is_empty() {
            return;
        }
        let t = record.t;
        self.in_record(t, &mut record.parameters, |what, name| {
            *what == What::Parameter(name.to_owned())
        });
        let states: Vec<String> = record.state.names().map(str::to_owned).collect();
        for state in states {
            self.in_record(t, record.state.within(&state), |what, parameter| {
                *what == What::State { state: state.clone(), parameter: parameter.to_owned() }
            });
        }
    }
}

impl Substitution {
    /// Whether a run goes on from such a value.
    pub fn is_possible(what: &What) -> bool {
        !matches!(what, What::Loss | What::Adjoint { .. })
    }
}
