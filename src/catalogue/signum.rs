//! Signum: SignSGD on a running mean of the gradients.
//!
//! ```text
//! u ← βu + (1 − β)g
//! θ ← θ − α sign(u)
//! ```
//!
//! Source: Bernstein et al. (2018), Algorithm 2; `optax.signum`.
//!
//! Conventions: sign(0) = 0.
//!
//! Exactness: rational for ever; whether the sign is zero is proved.

use super::{Convention, Decay, LEARNING_RATE, Optimizer, Rule, decay_rate, no_conflict};

pub(super) const SIGNUM: Optimizer = Optimizer {
    kind: "signum",
    options: &[
        LEARNING_RATE,
        decay_rate("beta", "0.9").meaning("decay rate of the first moment u"),
    ],
    rule: |_| {
        let text = "u = beta*u + (1 - beta)*g\ntheta = theta - learning_rate*sign(u)";
        Rule::new(&["u"], text)
    },
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention { name: "optax", settings: &[("decay", "decoupled")] },
        Convention { name: "paper", settings: &[] },
    ],
    source: "Bernstein et al. (2018), Algorithm 2",
};
