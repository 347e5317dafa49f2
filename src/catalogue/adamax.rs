//! Adamax: Adam with the largest gradient so far in the place of the second moment.
//!
//! ```text
//! u ← β₁u + (1 − β₁)g        û = u / (1 − β₁ᵗ)
//! n ← max(β₂n, |g|)
//! θ ← θ − α û / (n + ε)
//! ```
//!
//! Source: Kingma and Ba (2015), Algorithm 2.
//!
//! Conventions: `epsilon_place` is `outside` as above (Keras) or `inside` the maximum,
//! n ← max(β₂n, |g| + ε) and θ ← θ − α û/n (PyTorch, optax). The paper has no ε.
//!
//! Exactness: rational for ever.

use super::{
    BETA1, BETA2, Convention, Decay, EPSILON_PLACE, LEARNING_RATE, Optimizer, Options, Rule,
    ZERO_OVER_ZERO, epsilon, no_conflict,
};

pub(super) const ADAMAX: Optimizer = Optimizer {
    kind: "adamax",
    options: &[
        LEARNING_RATE,
        BETA1,
        BETA2.meaning("decay rate of the largest gradient n"),
        epsilon("1e-8"),
        EPSILON_PLACE
            .meaning("where epsilon stands: beside n in the divisor, or inside the maximum"),
        ZERO_OVER_ZERO,
    ],
    rule,
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[("epsilon", "1e-8"), ("epsilon_place", "inside")],
        },
        Convention {
            name: "keras",
            settings: &[("epsilon", "1e-7"), ("epsilon_place", "outside"), ("decay", "decoupled")],
        },
        Convention {
            name: "optax",
            settings: &[("epsilon", "1e-8"), ("epsilon_place", "inside"), ("decay", "decoupled")],
        },
        Convention { name: "paper", settings: &[("epsilon", "0")] },
    ],
    source: "Kingma and Ba (2015), Algorithm 2",
};

fn rule(options: &Options) -> Rule {
    let (largest, below) = match options.word("epsilon_place") {
        "inside" => ("abs(g) + epsilon", "n"),
        _ => ("abs(g)", "(n + epsilon)"),
    };
    let text = format!(
        "u = beta1*u + (1 - beta1)*g\n\
         u_hat = u/(1 - beta1^t)\n\
         n = max(beta2*n, {largest})\n\
         theta = theta - learning_rate*(u_hat/{below})"
    );
    Rule::new(&["u", "n"], &text)
}
