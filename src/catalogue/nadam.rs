//! NAdam: Adam with Nesterov momentum.
//!
//! ```text
//! u ← β₁u + (1 − β₁)g,   v ← β₂v + (1 − β₂)g²,   v̂ = v / (1 − β₂ᵗ)
//! scheduled   μ(t) = β₁(1 − ½ · 0.96^(tψ)),   P ← P μ(t)
//!             û = μ(t+1) u / (1 − P μ(t+1)) + (1 − μ(t)) g / (1 − P)
//! simple      û = β₁u / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ)
//! θ ← θ − α û / (√v̂ + ε)
//! ```
//!
//! Source: Dozat (2016); `torch.optim.NAdam` (scheduled), `optax.nadam` (simple).
//!
//! Conventions: `momentum_decay` is ψ, 0.004 in PyTorch and 1 in Keras. P, the product of
//! all μ so far, starts at 1.
//!
//! Exactness: with ψ = 0.004 the factor 0.96^(tψ) is a root of degree 250, so that numbers
//! are enclosed, not closed forms; `simple` is as exact as Adam.

use super::{
    BETA1, BETA2, Convention, Decay, EPSILON_PLACE_HAT, LEARNING_RATE, Optimizer, Options, Rule,
    ZERO_OVER_ZERO, at_least_zero, epsilon, no_conflict, over_root, words,
};

pub(super) const NADAM: Optimizer = Optimizer {
    kind: "nadam",
    options: &[
        LEARNING_RATE,
        BETA1,
        BETA2,
        epsilon("1e-8"),
        EPSILON_PLACE_HAT,
        words("form", &["scheduled", "simple"])
            .meaning("whether the momentum follows a schedule, or is beta1 throughout"),
        at_least_zero("momentum_decay", "0.004").meaning("how fast the momentum's schedule runs"),
        ZERO_OVER_ZERO,
    ],
    rule,
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[("form", "scheduled"), ("momentum_decay", "0.004"), ("epsilon", "1e-8")],
        },
        Convention {
            name: "keras",
            settings: &[
                ("form", "scheduled"),
                ("momentum_decay", "1"),
                ("epsilon", "1e-7"),
                ("decay", "decoupled"),
            ],
        },
        Convention {
            name: "optax",
            settings: &[("form", "simple"), ("epsilon", "1e-8"), ("decay", "decoupled")],
        },
    ],
    source: "Dozat (2016)",
};

const SCHEDULE: &str = "mu = beta1*(1 - 1/2*0.96^(t*momentum_decay))\n\
                        mu_bar = beta1*(1 - 1/2*0.96^((t + 1)*momentum_decay))\n\
                        P = P*mu\n";
const MOMENTS: &str = "u = beta1*u + (1 - beta1)*g\nv = beta2*v + (1 - beta2)*g^2\n";
const SCHEDULED: &str = "u_hat = mu_bar*u/(1 - P*mu_bar) + (1 - mu)*g/(1 - P)\n";
const SIMPLE: &str = "u_hat = beta1*u/(1 - beta1^(t + 1)) + (1 - beta1)*g/(1 - beta1^t)\n";

fn rule(options: &Options) -> Rule {
    let step = match options.word("epsilon_place") {
        "hat" => {
            "theta = theta - learning_rate*sqrt(1 - beta2^t)*(u_hat/(sqrt(v) + epsilon))".to_owned()
        }
        _ => format!(
            "v_hat = v/(1 - beta2^t)\ntheta = theta - learning_rate*({})",
            over_root("u_hat", "v_hat", options)
        ),
    };
    if options.word("form") == "simple" {
        return Rule::new(&["u", "v"], &format!("{MOMENTS}{SIMPLE}{step}"));
    }
    let text = format!("{SCHEDULE}{MOMENTS}{SCHEDULED}{step}");
    Rule::new(&["u", "v", "P"], &text).starting("P", "1").whole("P")
}
