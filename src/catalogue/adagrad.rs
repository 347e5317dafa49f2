//! AdaGrad: steps scaled by the root of the sum of all squared gradients.
//!
//! ```text
//! s ← s + g²
//! θ ← θ − α/(1 + (t − 1)γ) · g / (√s + ε)
//! ```
//!
//! Source: Duchi, Hazan and Singer (2011); `torch.optim.Adagrad`.
//!
//! Conventions: `epsilon_place` is `outside` the root as above (PyTorch) or `inside` it,
//! √(s + ε) (Keras, optax). `initial_accumulator` is s before the first iteration: 0 in
//! PyTorch, 0.1 in Keras and optax. `learning_rate_decay` is γ (PyTorch).
//!
//! Exactness: with s₀ = 0 and ε = 0 the first step is rational, since √g² = |g|; the second
//! has one square root; later ones nest.

use super::{
    Convention, Decay, EPSILON_PLACE, LEARNING_RATE, Optimizer, Options, Rule, ZERO_OVER_ZERO,
    at_least_zero, epsilon, no_conflict, over_root,
};

pub(super) const ADAGRAD: Optimizer = Optimizer {
    kind: "adagrad",
    options: &[
        LEARNING_RATE,
        at_least_zero("learning_rate_decay", "0")
            .meaning("how fast the learning rate falls with t"),
        at_least_zero("initial_accumulator", "0").meaning("s before the first iteration"),
        epsilon("1e-10"),
        EPSILON_PLACE,
        ZERO_OVER_ZERO,
    ],
    rule,
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[
                ("epsilon", "1e-10"),
                ("epsilon_place", "outside"),
                ("initial_accumulator", "0"),
            ],
        },
        Convention {
            name: "keras",
            settings: &[
                ("epsilon", "1e-7"),
                ("epsilon_place", "inside"),
                ("initial_accumulator", "0.1"),
                ("decay", "decoupled"),
            ],
        },
        Convention {
            name: "optax",
            settings: &[
                ("epsilon", "1e-7"),
                ("epsilon_place", "inside"),
                ("initial_accumulator", "0.1"),
                ("zero_over_zero", "no_move"),
                ("decay", "decoupled"),
            ],
        },
    ],
    source: "Duchi, Hazan and Singer (2011)",
};

fn rule(options: &Options) -> Rule {
    let decays = options.is_set("learning_rate_decay");
    let rate =
        if decays { "learning_rate/(1 + (t - 1)*learning_rate_decay)" } else { "learning_rate" };
    let step = over_root("g", "s", options);
    let text = format!("s = s + g^2\ntheta = theta - {rate}*({step})");
    Rule::new(&["s"], &text).starting("s", "initial_accumulator")
}
