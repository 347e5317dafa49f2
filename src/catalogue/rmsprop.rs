//! RMSProp: steps scaled by the root of a running mean of squared gradients.
//!
//! ```text
//! v ← ρv + (1 − ρ)g²
//! θ ← θ − α g / (√v + ε)
//! ```
//!
//! Source: Hinton's lecture 6 (2012); `torch.optim.RMSprop`.
//!
//! Conventions: `epsilon_place` is `outside` the root as above (PyTorch) or `inside` it,
//! √(v + ε) (Keras, optax). `centered` puts v − ḡ² in the place of v, with the running mean
//! ḡ ← ρḡ + (1 − ρ)g. `momentum` μ keeps a velocity u of the scaled gradients:
//!
//! ```text
//! rate_place: outside   u ← μu + g/(√v + ε)      θ ← θ − αu     (PyTorch)
//! rate_place: inside    u ← μu + αg/(√v + ε)     θ ← θ − u      (Keras, optax)
//! ```
//!
//! Exactness: one square root in the first step, rational where 1 − ρ is a square; later
//! steps nest.

use super::{
    Convention, Decay, EPSILON_PLACE, LEARNING_RATE, Optimizer, Options, Rule, ZERO_OVER_ZERO,
    decay_rate, epsilon, no_conflict, over_root, words,
};

pub(super) const RMSPROP: Optimizer = Optimizer {
    kind: "rmsprop",
    options: &[
        LEARNING_RATE,
        decay_rate("rho", "0.99").meaning("decay rate of the running means"),
        epsilon("1e-8"),
        EPSILON_PLACE,
        words("centered", &["false", "true"])
            .meaning("whether the squared mean gradient is taken off, so that v is a variance"),
        decay_rate("momentum", "0")
            .meaning("decay rate of a velocity of the scaled gradients; 0 for none"),
        words("rate_place", &["outside", "inside"]).meaning(
            "whether the learning rate multiplies the velocity, or each gradient inside it",
        ),
        ZERO_OVER_ZERO,
    ],
    rule,
    conflict: no_conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[
                ("rho", "0.99"),
                ("epsilon", "1e-8"),
                ("epsilon_place", "outside"),
                ("rate_place", "outside"),
            ],
        },
        Convention {
            name: "keras",
            settings: &[
                ("rho", "0.9"),
                ("epsilon", "1e-7"),
                ("epsilon_place", "inside"),
                ("rate_place", "inside"),
                ("decay", "decoupled"),
            ],
        },
        Convention {
            name: "optax",
            settings: &[
                ("rho", "0.9"),
                ("epsilon", "1e-8"),
                ("epsilon_place", "inside"),
                ("rate_place", "inside"),
                ("decay", "decoupled"),
            ],
        },
    ],
    source: "Hinton (2012), lecture 6",
};

fn rule(options: &Options) -> Rule {
    let centered = options.word("centered") == "true";
    let mut states = vec!["v"];
    let mut text = "v = rho*v + (1 - rho)*g^2\n".to_owned();
    if centered {
        states.push("g_bar");
        text.push_str("g_bar = rho*g_bar + (1 - rho)*g\n");
    }
    let moment = if centered { "v - g_bar^2" } else { "v" };
    let scaled = over_root("g", moment, options);
    if options.is_set("momentum") {
        states.push("u");
        text.push_str(&match options.word("rate_place") {
            "inside" => {
                format!("u = momentum*u + learning_rate*({scaled})\ntheta = theta - u")
            }
            _ => format!("u = momentum*u + {scaled}\ntheta = theta - learning_rate*u"),
        });
    } else {
        text.push_str(&format!("theta = theta - learning_rate*({scaled})"));
    }
    Rule::new(&states, &text)
}
