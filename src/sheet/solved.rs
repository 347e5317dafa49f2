//! What a sheet is made of: a scenario, its trace, and what is known of its mistakes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::marking::{MarkingError, WrongTurn, wrong_turns_of};
use crate::scenario::{Ask, Scenario};
use crate::trace::Trace;

/// A scenario that was executed.
#[derive(Debug, Clone, Copy)]
pub struct Solved<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its trace.
    pub trace: &'a Trace,
    /// What its mistakes lead to, where that is known already.
    pub wrong_turns: Option<&'a [WrongTurn]>,
}

impl<'a> Solved<'a> {
    /// A scenario with its trace.
    pub fn new(scenario: &'a Scenario, trace: &'a Trace) -> Self {
        Self { scenario, trace, wrong_turns: None }
    }

    /// What the mistakes of one part lead to.
    ///
    /// # Errors
    ///
    /// As for [`wrong_turns_of`].
    pub(super) fn wrong_turns_of(&self, ask: &Ask) -> Result<Cow<'a, [WrongTurn]>, MarkingError> {
        let Some(known) = self.wrong_turns else {
            return wrong_turns_of(self.scenario, self.trace, ask).map(Cow::Owned);
        };
        // The turns of a part stand together.
        let own = |turn: &WrongTurn| ask.mistakes.iter().any(|one| Arc::ptr_eq(one, &turn.mistake));
        let first = known.iter().position(own).unwrap_or(0);
        let count = known[first..].iter().take_while(|turn| own(turn)).count();
        Ok(Cow::Borrowed(&known[first..first + count]))
    }
}
