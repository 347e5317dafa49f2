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
//! `amsgrad` keeps the largest second moment: `raw` of the v themselves, corrected
//! afterwards (PyTorch, Keras); `corrected` of the corrected v̂ (optax). The paper, Reddi
//! et al. (2018), has no bias correction.
//!
//! Exactness: only √v̂ can leave the rationals. With bias correction and ε = 0 the first
//! step stays rational, since √v̂ = |g|; without it, it has one square root; later ones nest.

use super::{
    BETA1, BETA2, BIAS_CORRECTION, Convention, Decay, EPSILON_PLACE_HAT, LEARNING_RATE, Optimizer,
    Options, Rule, Specification, ZERO_OVER_ZERO, epsilon, over_root, words,
};

pub(super) const ADAM: Optimizer = Optimizer {
    kind: "adam",
    options: OPTIONS,
    rule,
    conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[
                ("epsilon", "1e-8"),
                ("epsilon_place", "outside"),
                ("bias_correction", "true"),
            ],
        },
        Convention {
            name: "keras",
            settings: &[
                ("epsilon", "1e-7"),
                ("epsilon_place", "hat"),
                ("bias_correction", "true"),
                ("decay", "decoupled"),
            ],
        },
        Convention {
            name: "optax",
            settings: &[
                ("epsilon", "1e-8"),
                ("epsilon_place", "outside"),
                ("bias_correction", "true"),
                ("decay", "decoupled"),
            ],
        },
        Convention {
            name: "paper",
            settings: &[
                ("epsilon", "1e-8"),
                ("epsilon_place", "outside"),
                ("bias_correction", "true"),
            ],
        },
    ],
    source: "Kingma and Ba (2015), Algorithm 1",
};

pub(super) const OPTIONS: &[Specification] = &[
    LEARNING_RATE,
    BETA1,
    BETA2,
    epsilon("1e-8"),
    EPSILON_PLACE_HAT,
    BIAS_CORRECTION,
    words("amsgrad", &["false", "raw", "corrected"]).meaning("AMSGrad: divide by the largest v so far, taken before (raw) or after (corrected) the bias correction"),
    ZERO_OVER_ZERO,
];

const MOMENTS: &str = "u = beta1*u + (1 - beta1)*g\nv = beta2*v + (1 - beta2)*g^2\n";

pub(super) fn conflict(options: &Options) -> Option<String> {
    let corrected = options.word("bias_correction") == "true";
    if options.word("amsgrad") != "corrected" {
        return None;
    }
    if !corrected {
        return Some("`amsgrad: corrected` needs `bias_correction: true`".into());
    }
    (options.word("epsilon_place") == "hat")
        .then(|| "`epsilon_place: hat` has no corrected moment for `amsgrad: corrected`".into())
}

pub(super) fn rule(options: &Options) -> Rule {
    let corrected = options.word("bias_correction") == "true";
    let amsgrad = options.word("amsgrad");
    let mut text = MOMENTS.to_owned();
    let mut second = "v";
    if amsgrad == "raw" {
        text.push_str("v_max = max(v_max, v)\n");
        second = "v_max";
    }
    let step = if corrected && options.word("epsilon_place") == "hat" {
        format!("(sqrt(1 - beta2^t)/(1 - beta1^t))*(u/(sqrt({second}) + epsilon))")
    } else if corrected {
        text.push_str(&format!("u_hat = u/(1 - beta1^t)\nv_hat = {second}/(1 - beta2^t)\n"));
        let mut second = "v_hat";
        if amsgrad == "corrected" {
            text.push_str("v_max = max(v_max, v_hat)\n");
            second = "v_max";
        }
        format!("({})", over_root("u_hat", second, options))
    } else {
        format!("({})", over_root("u", second, options))
    };
    text.push_str(&format!("theta = theta - learning_rate*{step}"));
    let states: &[&str] = if amsgrad == "false" { &["u", "v"] } else { &["u", "v", "v_max"] };
    Rule::new(states, &text)
}
