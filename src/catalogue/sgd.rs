//! Stochastic gradient descent.
//!
//! ```text
//! θ ← θ − α g
//! ```
//!
//! Source: Robbins and Monro (1951); `torch.optim.SGD` without momentum.

use super::{Convention, Decay, LEARNING_RATE, Optimizer, Rule, no_conflict};

pub(super) const SGD: Optimizer = Optimizer {
    kind: "sgd",
    options: &[LEARNING_RATE],
    rule: |_| Rule::new(&[], "theta = theta - learning_rate*g"),
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention { name: "pytorch", settings: &[] },
        Convention { name: "keras", settings: &[("decay", "decoupled")] },
        Convention { name: "optax", settings: &[("decay", "decoupled")] },
        Convention { name: "paper", settings: &[] },
    ],
    source: "Robbins and Monro (1951)",
};
