//! Lion: the sign of an interpolation between momentum and gradient.
//!
//! ```text
//! c = β₁u + (1 − β₁)g
//! u ← β₂u + (1 − β₂)g
//! θ ← θ − α sign(c)
//! ```
//!
//! Source: Chen et al. (2023), arXiv:2302.06675.
//!
//! Conventions: sign(0) = 0; c is made of the old u. Weight decay is decoupled, which is the
//! paper's θ ← θ − α(sign(c) + λθ).
//!
//! Exactness: rational for ever; whether the sign is zero is proved.

use super::{BETA1, Convention, Decay, LEARNING_RATE, Optimizer, Rule, decay_rate, no_conflict};

pub(super) const LION: Optimizer = Optimizer {
    kind: "lion",
    options: &[
        LEARNING_RATE,
        BETA1.meaning("share of the old u in the interpolation c"),
        decay_rate("beta2", "0.99").meaning("decay rate of the first moment u"),
    ],
    rule: |_| {
        let text = "c = beta1*u + (1 - beta1)*g\n\
                    u = beta2*u + (1 - beta2)*g\n\
                    theta = theta - learning_rate*sign(c)";
        Rule::new(&["u"], text)
    },
    conflict: no_conflict,
    decay: (Decay::Decoupled, None),
    conventions: &[
        Convention {
            name: "keras",
            settings: &[("beta1", "0.9"), ("beta2", "0.99"), ("decay", "decoupled")],
        },
        Convention {
            name: "optax",
            settings: &[
                ("beta1", "0.9"),
                ("beta2", "0.99"),
                ("weight_decay", "0.001"),
                ("decay", "decoupled"),
            ],
        },
        Convention { name: "paper", settings: &[("beta1", "0.9"), ("beta2", "0.99")] },
    ],
    source: "Chen et al. (2023)",
};
