//! LAMB: Adam's step in the length of the parameter's own norm.
//!
//! ```text
//! u ← β₁u + (1 − β₁)g        û = u / (1 − β₁ᵗ)
//! v ← β₂v + (1 − β₂)g²       v̂ = v / (1 − β₂ᵗ)
//! r = û / (√v̂ + ε) + λθ
//! φ = ‖θ‖ / ‖r‖,   1 where a norm is 0
//! θ ← θ − αφr
//! ```
//!
//! Source: You et al. (2020), arXiv:1904.00962; `optax.lamb`.
//!
//! Conventions: weight decay stands `inside` r as above (the paper, optax), or outside of it
//! as `decoupled` (Keras). The norms are of the whole tensor.
//!
//! Exactness: as Adam; a norm of a matrix is a further square root.

use super::{
    BETA1, BETA2, Convention, Decay, EPSILON_PLACE_HAT, LEARNING_RATE, Optimizer, Options, Rule,
    ZERO_OVER_ZERO, epsilon, no_conflict, over_root,
};

pub(super) const LAMB: Optimizer = Optimizer {
    kind: "lamb",
    options: &[LEARNING_RATE, BETA1, BETA2, epsilon("1e-6"), EPSILON_PLACE_HAT, ZERO_OVER_ZERO],
    rule,
    conflict: no_conflict,
    decay: (Decay::Inside, None),
    conventions: &[
        Convention { name: "keras", settings: &[("epsilon", "1e-7"), ("decay", "decoupled")] },
        Convention { name: "optax", settings: &[("epsilon", "1e-6"), ("decay", "inside")] },
        Convention { name: "paper", settings: &[("decay", "inside")] },
    ],
    source: "You et al. (2020)",
};

const START: &str = "u = beta1*u + (1 - beta1)*g\n\
                     v = beta2*v + (1 - beta2)*g^2\n\
                     u_hat = u/(1 - beta1^t)\n";
const END: &str = "phi = 1 if norm(theta) == 0 else 1 if norm(r) == 0 else norm(theta)/norm(r)\n\
                   theta = theta - learning_rate*phi*r";

fn rule(options: &Options) -> Rule {
    let (correction, step) = match options.word("epsilon_place") {
        "hat" => ("", "sqrt(1 - beta2^t)*(u_hat/(sqrt(v) + epsilon))".to_owned()),
        _ => ("v_hat = v/(1 - beta2^t)\n", over_root("u_hat", "v_hat", options)),
    };
    let inside = options.is_set("weight_decay") && options.word("decay") == "inside";
    let decay = if inside { " + weight_decay*theta" } else { "" };
    Rule::new(&["u", "v"], &format!("{START}{correction}r = {step}{decay}\n{END}"))
}
