//! AdamW: Adam with decoupled weight decay.
//!
//! ```text
//! u ← β₁u + (1 − β₁)g        û = u / (1 − β₁ᵗ)
//! v ← β₂v + (1 − β₂)g²       v̂ = v / (1 − β₂ᵗ)
//! θ ← θ − α û / (√v̂ + ε) − αλθ
//! ```
//!
//! Source: Loshchilov and Hutter (2019), arXiv:1711.05101.
//!
//! Conventions: those of Adam. λ is 0.01 in PyTorch, 0.004 in Keras, 0.0001 in optax. The
//! decay is scaled by α, as all frameworks do; the paper scales it by the schedule alone.
//!
//! Exactness: as Adam; the decay itself is rational.

use super::{Convention, Decay, Optimizer, adam};

pub(super) const ADAMW: Optimizer = Optimizer {
    kind: "adamw",
    options: adam::OPTIONS,
    rule: adam::rule,
    conflict: adam::conflict,
    decay: (Decay::Decoupled, Some("0.01")),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[
                ("epsilon_place", "outside"),
                ("epsilon", "1e-8"),
                ("weight_decay", "0.01"),
            ],
        },
        Convention {
            name: "keras",
            settings: &[("epsilon_place", "hat"), ("epsilon", "1e-7"), ("weight_decay", "0.004")],
        },
        Convention {
            name: "optax",
            settings: &[
                ("epsilon_place", "outside"),
                ("epsilon", "1e-8"),
                ("weight_decay", "0.0001"),
            ],
        },
    ],
    source: "Loshchilov and Hutter (2019)",
};
