//! What the current question has shown already, so that it is not worked out a second time.

use crate::scenario::{Moment, Scenario};
use crate::trace::Iteration;

use super::build::Builder;

/// A part of an iteration that was shown.
pub(super) struct Told<'a> {
    setup: usize,
    part: Part,
    record: &'a Iteration,
    before: &'a Iteration,
}

/// What of an iteration.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Forward,
    /// The gradient by this parameter.
    Gradient(String),
}

impl Told<'_> {
    /// Whether another iteration, maybe of another run, repeats it.
    fn is(&self, other: &Told<'_>, scenario: &Scenario) -> bool {
        // A given gradient is that of its iteration, wherever the parameters are.
        let given = scenario.setups[self.setup].gradients.is_some();
        (self.setup, &self.part) == (other.setup, &other.part)
            && (!given || self.record.t == other.record.t)
            && self.record.batch == other.record.batch
            && self.before.parameters == other.before.parameters
            && self.record.look_ahead == other.record.look_ahead
    }
}

impl Builder<'_> {
    /// Marks the forward pass of an iteration as told; false if it was told before.
    pub(super) fn tell_forward(&mut self, moment: Moment) -> bool {
        self.tell(moment, Part::Forward)
    }

    /// Marks the gradient by a parameter in an iteration as told; false if it was told before.
    pub(super) fn tell_gradient(&mut self, moment: Moment, parameter: &str) -> bool {
        self.tell(moment, Part::Gradient(parameter.to_owned()))
    }

    fn tell(&mut self, moment: Moment, part: Part) -> bool {
        let Some([before, record]) = self.records(moment) else { return false };
        let told = Told { setup: moment.run.setup, part, record, before };
        let is_new = !self.told.iter().any(|known| known.is(&told, self.scenario));
        if is_new {
            self.told.push(told);
        }
        is_new
    }
}
