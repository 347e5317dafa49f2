//! SignSGD: a step of one length, in the direction of the gradient's sign.
//!
//! ```text
//! θ ← θ − α sign(g)
//! ```
//!
//! Source: Bernstein et al. (2018); `optax.sign_sgd`.
//!
//! Conventions: sign(0) = 0.
//!
//! Exactness: rational for ever; whether the sign is zero is proved.

use super::{Convention, Decay, LEARNING_RATE, Optimizer, Rule, no_conflict};

pub(super) const SIGN_SGD: Optimizer = Optimizer {
    kind: "sign_sgd",
    options: &[LEARNING_RATE],
    rule: |_| Rule::new(&[], "theta = theta - learning_rate*sign(g)"),
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention { name: "optax", settings: &[("decay", "decoupled")] },
        Convention { name: "paper", settings: &[] },
    ],
    source: "Bernstein et al. (2018)",
};
