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
//! Conventions: weight decay is `coupled` as in optax, where g is the gradient after it,
//! φ = τ‖θ‖ / (‖g + λθ‖ + ε), or stands `inside` the rule as in the paper:
//!
//! ```text
//! φ = τ‖θ‖ / (‖g‖ + λ‖θ‖ + ε)        u ← βu + αφ(g + λθ)
//! ```
//!
//! The norms are of the whole tensor.
//!
//! Exactness: one square root for each norm of a matrix; a number's norm is its absolute
//! value, so that numbers stay rational.

use super::{
    Convention, Decay, LEARNING_RATE, Optimizer, Options, Rule, at_least_zero, decay_rate, epsilon,
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
    rule,
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention {
            name: "optax",
            settings: &[
                ("beta", "0.9"),
                ("trust", "0.001"),
                ("epsilon", "0"),
                ("decay", "coupled"),
            ],
        },
        Convention {
            name: "paper",
            settings: &[("trust", "0.001"), ("epsilon", "0"), ("decay", "inside")],
        },
    ],
    source: "You, Gitman and Ginsburg (2017)",
};

fn rule(options: &Options) -> Rule {
    let inside = options.is_set("weight_decay") && options.word("decay") == "inside";
    let (length, gradient) = match inside {
        true => ("norm(g) + weight_decay*norm(theta) + epsilon", "(g + weight_decay*theta)"),
        false => ("norm(g) + epsilon", "g"),
    };
    let still = if inside { "" } else { "1 if norm(g) == 0 else " };
    let text = format!(
        "phi = 1 if norm(theta) == 0 else {still}trust*norm(theta)/({length})\n\
         u = beta*u + learning_rate*phi*{gradient}\n\
         theta = theta - u"
    );
    Rule::new(&["u"], &text)
}
