//! RAdam: Adam that scales its step only once the second moment can be trusted.
//!
//! ```text
//! u ← β₁u + (1 − β₁)g        û = u / (1 − β₁ᵗ)
//! v ← β₂v + (1 − β₂)g²       v̂ = v / (1 − β₂ᵗ)
//! ρ∞ = 2/(1 − β₂) − 1        ρ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ)
//! ρ > 5:      r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)),   θ ← θ − α r û / (√v̂ + ε)
//! otherwise:  θ ← θ − α û
//! ```
//!
//! Source: Liu et al. (2020), arXiv:1908.03265.
//!
//! Conventions: `threshold` is 5 in PyTorch and optax; the paper has 4. `epsilon_place` is
//! `outside` the root as above (optax), `inside` it, or `hat` (PyTorch): the step is then
//! α r √(1 − β₂ᵗ) û / (√v + ε).
//!
//! Exactness: ρ is rational, so which step is taken is a rational decision; as long as it is
//! the plain one, everything is rational.

use super::{
    Allowed, BETA1, BETA2, Convention, Decay, EPSILON_PLACE_HAT, LEARNING_RATE, Optimizer, Options,
    Rule, Specification, ZERO_OVER_ZERO, epsilon, no_conflict, over_root,
};

pub(super) const RADAM: Optimizer = Optimizer {
    kind: "radam",
    options: &[
        LEARNING_RATE,
        BETA1,
        BETA2,
        epsilon("1e-8"),
        EPSILON_PLACE_HAT,
        Specification {
            name: "threshold",
            meaning: "the value of rho above which the step is scaled",
            allowed: Allowed::AtLeast(4),
            default: Some("5"),
        },
        ZERO_OVER_ZERO,
    ],
    rule,
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention { name: "pytorch", settings: &[("threshold", "5"), ("epsilon_place", "hat")] },
        Convention {
            name: "optax",
            settings: &[("threshold", "5"), ("epsilon_place", "outside"), ("decay", "decoupled")],
        },
        Convention { name: "paper", settings: &[("threshold", "4"), ("epsilon", "0")] },
    ],
    source: "Liu et al. (2020)",
};

const START: &str = "u = beta1*u + (1 - beta1)*g\n\
                     v = beta2*v + (1 - beta2)*g^2\n\
                     u_hat = u/(1 - beta1^t)\n\
                     rho_max = 2/(1 - beta2) - 1\n\
                     rho = rho_max - 2*t*beta2^t/(1 - beta2^t)\n\
                     r = sqrt((rho - 4)*(rho - 2)*rho_max/((rho_max - 4)*(rho_max - 2)*rho)) \
                     if rho > threshold else 1\n";

fn rule(options: &Options) -> Rule {
    let (correction, step) = match options.word("epsilon_place") {
        "hat" => ("", "sqrt(1 - beta2^t)*(u_hat/(sqrt(v) + epsilon))".to_owned()),
        _ => ("v_hat = v/(1 - beta2^t)\n", format!("({})", over_root("u_hat", "v_hat", options))),
    };
    let text = format!(
        "{START}{correction}theta = theta - learning_rate*r*{step} if rho > threshold \
         else theta - learning_rate*u_hat"
    );
    Rule::new(&["u", "v"], &text)
}
