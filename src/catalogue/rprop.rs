//! Rprop: step sizes that grow while the sign of the gradient stays, and shrink when it turns.
//!
//! ```text
//! p = g₋ g                                     g₋: the gradient before
//! η = η⁻ if p < 0,  1 if p = 0,  η⁺ if p > 0
//! d ← min(max(ηd, d_min), d_max)
//! g₋ ← 0 if p < 0,  g otherwise
//! θ ← θ − d sign(g₋)
//! ```
//!
//! Source: Riedmiller and Braun (1993), in the form iRprop⁻ of Igel and Hüsken (2000);
//! `torch.optim.Rprop`.
//!
//! Conventions: d starts at the learning rate, g₋ at 0; sign(0) = 0. Where the sign turns,
//! the parameter rests for one iteration, and is not taken back.
//!
//! Exactness: rational for ever.

use super::{
    Allowed, Convention, Decay, LEARNING_RATE, Optimizer, Options, Rule, Specification,
    at_least_zero,
};

pub(super) const RPROP: Optimizer = Optimizer {
    kind: "rprop",
    options: &[
        LEARNING_RATE.meaning("what the step sizes start at"),
        Specification {
            name: "eta_minus",
            meaning: "the factor of a step size where the sign turns",
            allowed: Allowed::Fraction,
            default: Some("0.5"),
        },
        Specification {
            name: "eta_plus",
            meaning: "the factor of a step size where the sign stays",
            allowed: Allowed::AtLeast(1),
            default: Some("1.2"),
        },
        at_least_zero("step_min", "1e-6").meaning("the smallest step size"),
        at_least_zero("step_max", "50").meaning("the largest step size"),
    ],
    rule: |_| {
        let text = "p = g_prev*g\n\
                    eta = eta_minus if p < 0 else 1 if p == 0 else eta_plus\n\
                    d = min(max(eta*d, step_min), step_max)\n\
                    g_prev = 0 if p < 0 else g\n\
                    theta = theta - d*sign(g_prev)";
        Rule::new(&["d", "g_prev"], text).starting("d", "learning_rate")
    },
    conflict,
    decay: (Decay::Coupled, None),
    conventions: &[Convention {
        name: "pytorch",
        settings: &[
            ("eta_minus", "0.5"),
            ("eta_plus", "1.2"),
            ("step_min", "1e-6"),
            ("step_max", "50"),
        ],
    }],
    source: "Riedmiller and Braun (1993); Igel and Hüsken (2000)",
};

fn conflict(options: &Options) -> Option<String> {
    let (least, most) = (options.number("step_min")?, options.number("step_max")?);
    (least > most).then(|| "step_min must not be larger than step_max".to_owned())
}
