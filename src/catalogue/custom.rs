//! A rule of the scenario's own, in the language's expressions.
//!
//! ```text
//! state: {u: 0}    options: {beta: 0.5}
//! rule: |
//!   u = beta*u + (1 - beta)*g
//!   theta = theta - learning_rate*u
//! ```
//!
//! A rule may use θ (`theta`), its gradient (`g`), the iteration (`t`, from 1), its own
//! states and options, and `learning_rate`.
//!
//! Exactness: that of the operations which the rule uses.

use super::{Decay, LEARNING_RATE, Optimizer, Rule, no_conflict};

pub(super) const CUSTOM: Optimizer = Optimizer {
    kind: "custom",
    options: &[LEARNING_RATE],
    // The scenario's rule takes the place of this one.
    rule: |_| Rule::new(&[], "theta = theta - learning_rate*g"),
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[],
    source: "the scenario",
};
