//! LARS: momentum with a rate for each parameter, from the norms of its values and gradient.
//!
//! ```text
//! φ = τ‖θ‖ / (‖g‖ + ε),   1 where a norm is 0
//! u ← βu + αφg
//! θ ← θ − u
//! ```
//!
//! Source: You, Gitman and Ginsburg (2017), arXiv:1708.03888; `optax.lars`.
//!
//! Conventions: g is the gradient after weight decay, as in optax: φ = τ‖θ‖/(‖g + λθ‖ + ε).
//! The norms are of the whole tensor.
//!
//! Exactness: one square root for each norm of a matrix; a number's norm is its absolute
//! value, so that numbers stay rational.

use super::{
    Convention, Decay, LEARNING_RATE, Optimizer, Rule, at_least_zero, decay_rate, epsilon,
    no_conflict,
};

pub(super) const LARS: Optimizer = Optimizer {
    kind: "lars",
    options: &[
        LEARNING_RATE,
        decay_rate("beta", "0.9").meaning("decay rate of the velocity u"),
        at_least_zero("trust", "0.001")
            .meaning("the length of a step in shares of the parameter's norm"),
        epsilon("0"),
    ],
    rule: |_| {
        let text = "phi = 1 if norm(theta) == 0 else 1 if norm(g) == 0 \
                    else trust*norm(theta)/(norm(g) + epsilon)\n\
                    u = beta*u + learning_rate*phi*g\n\
                    theta = theta - u";
        Rule::new(&["u"], text)
    },
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[Convention {
        name: "optax",
        settings: &[("beta", "0.9"), ("trust", "0.001"), ("epsilon", "0")],
    }],
    source: "You, Gitman and Ginsburg (2017)",
};
