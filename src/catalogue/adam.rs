//! Adam: gradient descent scaled by estimates of the gradient's two first moments.
//!
//! For parameter θ, gradient g and iteration t = 1, 2, …:
//!
//! ```text
//! u ← β₁u + (1 − β₁)g        û = u / (1 − β₁ᵗ)
//! v ← β₂v + (1 − β₂)g²       v̂ = v / (1 − β₂ᵗ)
//! θ ← θ − α û / (√v̂ + ε)
//! ```
//!
//! Source: Kingma and Ba (2015), Algorithm 1.
//!
//! Conventions: `bias_correction: false` puts u and v in the place of û and v̂, as many
//! lectures do. `epsilon_place` is `outside` the root as above (PyTorch), `inside` it
//! (√(v̂ + ε), optax's `eps_root`), or `hat`: the form at the end of the paper's section 2
//! (Keras), θ ← θ − α √(1 − β₂ᵗ)/(1 − β₁ᵗ) · u / (√v + ε̂).
//!
//! Exactness: only √v̂ can leave the rationals. With bias correction and ε = 0 the first
//! step stays rational, since √v̂ = |g|; without it, it has one square root; later ones nest.

use super::{Allowed, LEARNING_RATE, Optimizer, Options, Rule, Specification, no_conflict};

pub(super) const ADAM: Optimizer = Optimizer {
    kind: "adam",
    options: &[
        LEARNING_RATE,
        Specification { name: "beta1", allowed: Allowed::DecayRate, default: Some("0.9") },
        Specification { name: "beta2", allowed: Allowed::DecayRate, default: Some("0.999") },
        Specification { name: "epsilon", allowed: Allowed::AtLeastZero, default: Some("1e-8") },
        Specification {
            name: "epsilon_place",
            allowed: Allowed::OneOf(&["outside", "inside", "hat"]),
            default: Some("outside"),
        },
        Specification {
            name: "bias_correction",
            allowed: Allowed::OneOf(&["true", "false"]),
            default: Some("true"),
        },
        Specification {
            name: "zero_over_zero",
            allowed: Allowed::OneOf(&["undefined", "no_move"]),
            default: Some("undefined"),
        },
    ],
    rule,
    conflict: no_conflict,
    source: "Kingma and Ba (2015), Algorithm 1",
};

const MOMENTS: &str = "u = beta1*u + (1 - beta1)*g\nv = beta2*v + (1 - beta2)*g^2\n";
const CORRECTION: &str = "u_hat = u/(1 - beta1^t)\nv_hat = v/(1 - beta2^t)\n";
const HAT_STEP: &str = "theta = theta - learning_rate*(sqrt(1 - beta2^t)/(1 - beta1^t))\
                        *(u/(sqrt(v) + epsilon))";

fn rule(options: &Options) -> Rule {
    let corrected = options.word("bias_correction") == "true";
    let place = options.word("epsilon_place");
    if corrected && place == "hat" {
        return Rule::new(&["u", "v"], &format!("{MOMENTS}{HAT_STEP}"));
    }
    let (correction, u, v) =
        if corrected { (CORRECTION, "u_hat", "v_hat") } else { ("", "u", "v") };
    let denominator = match place {
        "inside" => format!("sqrt({v} + epsilon)"),
        _ => format!("(sqrt({v}) + epsilon)"),
    };
    let step = format!("theta = theta - learning_rate*({u}/{denominator})");
    Rule::new(&["u", "v"], &format!("{MOMENTS}{correction}{step}"))
}
