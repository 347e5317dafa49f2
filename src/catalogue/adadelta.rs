//! Adadelta: steps in the units of the parameters, from running means of squares.
//!
//! ```text
//! v ← ρv + (1 − ρ)g²
//! δ = √(d + ε)/√(v + ε) · g
//! d ← ρd + (1 − ρ)δ²
//! θ ← θ − αδ
//! ```
//!
//! Source: Zeiler (2012), arXiv:1212.5701; `torch.optim.Adadelta`.
//!
//! Conventions: the paper has no rate, which is α = 1. ε stands under both roots, in the
//! paper and in all frameworks.
//!
//! Exactness: square roots from the first step on, which nest from the second.

use super::{
    Convention, Decay, LEARNING_RATE, Optimizer, Rule, ZERO_OVER_ZERO, decay_rate, epsilon,
    no_conflict,
};

pub(super) const ADADELTA: Optimizer = Optimizer {
    kind: "adadelta",
    options: &[
        LEARNING_RATE,
        decay_rate("rho", "0.9").meaning("decay rate of both running means"),
        epsilon("1e-6"),
        ZERO_OVER_ZERO,
    ],
    rule: |_| {
        let text = "v = rho*v + (1 - rho)*g^2\n\
                    delta = sqrt(d + epsilon)/sqrt(v + epsilon)*g\n\
                    d = rho*d + (1 - rho)*delta^2\n\
                    theta = theta - learning_rate*delta";
        Rule::new(&["v", "d"], text)
    },
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention { name: "pytorch", settings: &[("rho", "0.9"), ("epsilon", "1e-6")] },
        Convention {
            name: "keras",
            settings: &[("rho", "0.95"), ("epsilon", "1e-7"), ("decay", "decoupled")],
        },
    ],
    source: "Zeiler (2012)",
};
