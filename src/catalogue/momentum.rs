//! Gradient descent with momentum, in the forms that the literature and frameworks use.
//!
//! ```text
//! ema         u ← βu + (1 − β)g      θ ← θ − αu          (lectures; the default)
//! heavy_ball  u ← βu + g             θ ← θ − αu          (Polyak 1964; optax.trace)
//! velocity    u ← βu − αg            θ ← θ + u           (Sutskever 2013; Keras SGD)
//! ```
//!
//! `dampening` τ belongs to `heavy_ball`: u ← βu + (1 − τ)g, but in the first iteration
//! u ← βu + g, as `torch.optim.SGD` has it.
//!
//! Nesterov's gradient comes reformulated (`nesterov: true`: the momentum step is taken
//! once more with the new u, as PyTorch and Keras do) or as `lookahead`: the gradient is
//! taken at the point to which the old u alone would move the parameter (Nesterov 1983,
//! Sutskever et al. 2013).
//!
//! Exactness: every form stays in the rationals for ever.

use super::{
    Allowed, Convention, Decay, LEARNING_RATE, Optimizer, Options, Rule, Specification, decay_rate,
    words,
};

pub(super) const MOMENTUM: Optimizer = Optimizer {
    kind: "momentum",
    options: &[
        LEARNING_RATE,
        decay_rate("beta", "0.9").meaning("decay rate of the velocity u"),
        words("form", &["ema", "heavy_ball", "velocity"]).meaning("u is a mean of the gradients (ema), their sum (heavy_ball), or the step itself (velocity)"),
        Specification { name: "dampening", meaning: "the share of each gradient that is left out of u, not in the first iteration", allowed: Allowed::Fraction, default: Some("0") },
        words("nesterov", &["false", "true", "lookahead"]).meaning("Nesterov's gradient: reformulated with the new u (true), or taken at the point ahead (lookahead)"),
    ],
    rule,
    conflict,
    decay: (Decay::Coupled, None),
    conventions: &[
        Convention { name: "pytorch", settings: &[("form", "heavy_ball")] },
        Convention { name: "keras", settings: &[("form", "velocity"), ("decay", "decoupled")] },
        Convention { name: "optax", settings: &[("form", "heavy_ball"), ("decay", "decoupled")] },
        Convention { name: "paper", settings: &[("form", "heavy_ball")] },
    ],
    source: "Polyak (1964); Nesterov (1983); Sutskever et al. (2013)",
};

fn dampened(options: &Options) -> bool {
    options.is_set("dampening")
}

fn conflict(options: &Options) -> Option<String> {
    if dampened(options) && options.word("form") != "heavy_ball" {
        return Some("dampening belongs to `form: heavy_ball`".into());
    }
    if dampened(options) && options.word("nesterov") != "false" {
        return Some("Nesterov momentum requires dampening 0, as in PyTorch".into());
    }
    None
}

fn rule(options: &Options) -> Rule {
    let (moment, step, reformulated, ahead) = match options.word("form") {
        "heavy_ball" => (
            "u = beta*u + g",
            "theta = theta - learning_rate*u",
            "theta = theta - learning_rate*(g + beta*u)",
            "theta - learning_rate*beta*u",
        ),
        "velocity" => (
            "u = beta*u - learning_rate*g",
            "theta = theta + u",
            "theta = theta + beta*u - learning_rate*g",
            "theta + beta*u",
        ),
        _ => (
            "u = beta*u + (1 - beta)*g",
            "theta = theta - learning_rate*u",
            "theta = theta - learning_rate*(beta*u + (1 - beta)*g)",
            "theta - learning_rate*beta*u",
        ),
    };
    let step = if options.word("nesterov") == "true" { reformulated } else { step };
    let whole = format!("{moment}\n{step}");
    if dampened(options) {
        let later = format!("u = beta*u + (1 - dampening)*g\n{step}");
        return Rule::new(&["u"], &later).first(&whole);
    }
    let rule = Rule::new(&["u"], &whole);
    if options.word("nesterov") == "lookahead" { rule.look_ahead(ahead) } else { rule }
}
