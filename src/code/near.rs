//! Branches that rounding errors decide on, whatever the order of the operations.

use crate::number::{Rational, Real};
use crate::trace::{self, Iteration};

use super::double::{Comparison, Difference, Machine, Place, Values, key};
use super::float::Matrix;
use super::model::Adjoint;

/// A few units in the last place, relative to a number.
const SHAKE: f64 = 4.0 * f64::EPSILON;

/// The branches that rounding errors decide on: every iteration is repeated from the exact
/// numbers before it, moved by a few units in the last place where no double is that number.
pub(super) fn near(
    machine: &mut Machine<'_>,
    exact: &trace::Run,
    known: &Comparison,
) -> Vec<Difference> {
    let mut near: Vec<Difference> = Vec::new();
    let last = known.departs.unwrap_or(usize::MAX);
    for (index, pair) in exact.iterations.windows(2).enumerate() {
        let [before, record] = pair else { continue };
        if record.t > last {
            break;
        }
        for pattern in [[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]] {
            machine.begin(before);
            if !machine.shake(before, pattern) {
                break;
            }
            let mut found = Vec::new();
            machine.iteration(index, record, &mut found);
            for difference in found {
                let same =
                    |other: &Difference| other.t == difference.t && other.place == difference.place;
                if !known.differences.iter().chain(&near).any(same) {
                    near.push(difference);
                }
            }
        }
    }
    near.retain(|difference| matters(difference, exact));
    near
}

/// Whether a branch on a kink has another gradient beside it.
fn matters(difference: &Difference, exact: &trace::Run) -> bool {
    let Place::Node { node, function, entry, .. } = &difference.place else { return true };
    let Some(record) = exact.iteration(difference.t) else { return true };
    let mut branches = record.examples.iter().flat_map(|example| &example.branches);
    branches.any(|branch| {
        let here = branch.node == *node && branch.function == *function && branch.index == *entry;
        here && branch.convention.as_ref().is_none_or(|convention| convention.mattered)
    })
}

impl Machine<'_> {
    /// The same machine, with nothing computed yet.
    pub(super) fn fresh(&self) -> Machine<'_> {
        let adjoints = self
            .adjoints
            .iter()
            .map(|one| Adjoint { name: one.name.clone(), expression: one.expression.clone() });
        Machine {
            setup: self.setup,
            run: self.run,
            rules: self.rules.clone(),
            adjoints: adjoints.collect(),
            fused: self.fused,
            point: Values::new(),
            state: Values::new(),
            largest: 0.0,
        }
    }

    /// Moves what is rounded; whether there is such a number.
    fn shake(&mut self, before: &Iteration, pattern: [f64; 2]) -> bool {
        if before.t == self.setup.start_iteration {
            // The script begins with the same numbers, whatever the library.
            return false;
        }
        let mut moved = 0;
        let mut shake = |own: &mut Matrix, exact: &trace::Tensor| {
            for (own, exact) in own.entries.iter_mut().zip(exact.entries()) {
                let exact = exact.real().and_then(Real::as_rational);
                let double = Rational::try_from(*own).ok();
                if exact.is_none() || exact.as_deref() != double.as_ref() {
                    *own *= 1.0 + SHAKE * pattern[moved % 2];
                    moved += 1;
                }
            }
        };
        for (name, exact) in before.parameters.iter() {
            let frozen = self.setup.parameter(name).is_some_and(|one| one.frozen);
            if let Some(own) = self.point.get_mut(name).filter(|_| !frozen) {
                shake(own, exact);
            }
        }
        for (state, values) in before.state.iter() {
            for (parameter, exact) in values.iter() {
                if let Some(own) = self.state.get_mut(&key(state, parameter)) {
                    shake(own, exact);
                }
            }
        }
        moved > 0
    }
}
