//! What becomes of a gradient before the optimizer's rule, and weight decay after it.
//!
//! The order is that of all frameworks: batch gradient, clipping, coupled decay, moments,
//! step.
//!
//! ```text
//! value         g ← min(max(g, −c), c)                  entry by entry
//! norm          g ← g if ‖g‖ ≤ c else (c/‖g‖) g         each parameter by itself
//! global_norm   the same with ‖g‖ over all parameters
//! coupled       g ← g + λθ                              the loss has a term λ/2 ‖θ‖²
//! decoupled     θ ← θ − αλθ                             on the old or on the new weights
//! ```
//!
//! Sources: Pascanu et al. (2013) for the norm; Loshchilov and Hutter (2019) for
//! decoupled decay; `optax.clip_by_global_norm`, `torch.optim.AdamW`.
//!
//! Conventions: at equality nothing is clipped, exactly (PyTorch adds 10⁻⁶ to the norm and
//! so shrinks even there). Decoupled decay is scaled by the rate, as all frameworks do;
//! the paper scales it by the schedule alone.

use super::rule::{Line, Over, lines};
use super::{Options, Rule};

/// How weight decay acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// Through the gradient.
    Coupled,
    /// On the weights themselves.
    Decoupled,
    /// Within the rule itself.
    Inside,
}

/// The kinds of weight decay by their words.
pub const DECAYS: [(&str, Decay); 3] =
    [("coupled", Decay::Coupled), ("decoupled", Decay::Decoupled), ("inside", Decay::Inside)];
/// The weights that decoupled decay acts on.
pub const DECAY_ON: [&str; 2] = ["old", "new"];
/// The kinds of clipping.
pub const CLIPS: [&str; 3] = ["value", "norm", "global_norm"];

impl Decay {
    /// Its word.
    pub fn word(self) -> &'static str {
        DECAYS.iter().find(|(_, decay)| *decay == self).map_or("", |(word, _)| word)
    }
}

/// The rule with clipping and decay as the options have them.
pub(super) fn around(rule: Rule, options: &Options) -> Rule {
    let mut prelude = clipping(options);
    let decays = options.is_set("weight_decay");
    if decays && options.word("decay") == "coupled" {
        let gradient = prelude.last().map_or("g", |line| line.name.as_str());
        prelude.extend(lines(&format!("g_decay = {gradient} + weight_decay*theta")));
    }
    let rule = rule.after(&prelude);
    if !decays || options.word("decay") != "decoupled" {
        return rule;
    }
    match options.word("decay_on") {
        "new" => rule.ending(|last| {
            let step = Line { name: "theta_tilde".to_owned(), ..last };
            let decay = lines("theta = theta_tilde - learning_rate*weight_decay*theta_tilde");
            [step].into_iter().chain(decay).collect()
        }),
        _ => rule.ending(|last| vec![last.minus("learning_rate*weight_decay*theta")]),
    }
}

fn clipping(options: &Options) -> Vec<Line> {
    let clipped = "g_clip = g if G <= clip_at else clip_at/G*g";
    match options.word("clip") {
        "value" => lines("g_clip = min(max(g, -clip_at), clip_at)"),
        "norm" => lines(&format!("G = norm(g)\n{clipped}")),
        "global_norm" => {
            let mut both = lines(&format!("G = g\n{clipped}"));
            both[0].over = Over::NormOfAll;
            both
        }
        _ => Vec::new(),
    }
}
