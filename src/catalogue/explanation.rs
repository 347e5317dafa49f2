//! What a reader is told of schedules, clipping, weight decay and states: meaning, keys,
//! source, and an example that a scenario may hold as it stands.

/// One kind in words.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// Its `kind` in a scenario.
    pub kind: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Its keys, each with what it means.
    pub keys: &'static [(&'static str, &'static str)],
    /// Where it is from.
    pub source: &'static str,
    /// A line of a set-up or of an optimizer.
    pub example: &'static str,
}

const SIZE: (&str, &str) = ("size", "iterations between two changes");
const GAMMA: (&str, &str) = ("gamma", "the factor of one change");
const MILESTONES: (&str, &str) =
    ("milestones", "the values of k from which on the rate is another, ascending; required");
const MINIMUM: (&str, &str) = ("minimum", "the rate at the end");

/// The schedules of the learning rate.
pub const SCHEDULES_EXPLAINED: [Explanation; 12] = [
    Explanation {
        kind: "constant",
        meaning: "the learning rate as it is",
        keys: &[],
        source: "torch.optim.lr_scheduler.ConstantLR with factor 1; optax.constant_schedule",
        example: "schedule: {kind: constant}",
    },
    Explanation {
        kind: "step",
        meaning: "the rate changes by a factor after every `size` iterations",
        keys: &[SIZE, GAMMA],
        source: "torch.optim.lr_scheduler.StepLR",
        example: "schedule: {kind: step, size: 10, gamma: 0.5}",
    },
    Explanation {
        kind: "multistep",
        meaning: "the rate changes by a factor at every milestone",
        keys: &[MILESTONES, GAMMA],
        source: "torch.optim.lr_scheduler.MultiStepLR",
        example: "schedule: {kind: multistep, milestones: [30, 60], gamma: 0.1}",
    },
    Explanation {
        kind: "piecewise",
        meaning: "listed rates, a new one from every milestone on; learning_rate itself is not used",
        keys: &[MILESTONES, ("rates", "the rates, one more than there are milestones; required")],
        source: "keras.optimizers.schedules.PiecewiseConstantDecay, which changes one later; \
                 optax.piecewise_constant_schedule",
        example: "schedule: {kind: piecewise, milestones: [10, 20], rates: [0.1, 0.05, 0.01]}",
    },
    Explanation {
        kind: "exponential",
        meaning: "the rate falls by the same factor in every iteration, or in steps",
        keys: &[
            ("gamma", "the factor of `size` iterations"),
            ("size", "iterations in which the rate changes by gamma"),
            ("staircase", "true: only once after every `size` iterations; false by default"),
        ],
        source: "torch.optim.lr_scheduler.ExponentialLR; keras.optimizers.schedules.ExponentialDecay",
        example: "schedule: {kind: exponential, gamma: 0.9, size: 10, staircase: true}",
    },
    Explanation {
        kind: "inverse_time",
        meaning: "the rate falls as one over the iterations",
        keys: &[
            ("rate", "how fast it falls"),
            ("size", "the unit in which iterations are counted"),
        ],
        source: "keras.optimizers.schedules.InverseTimeDecay",
        example: "schedule: {kind: inverse_time, rate: 0.5, size: 10}",
    },
    Explanation {
        kind: "linear",
        meaning: "a factor that goes from start to end along a straight line, and stays there",
        keys: &[
            ("start", "the factor of the learning rate at k = 0"),
            ("end", "the factor from k = period on"),
            ("period", "iterations on the way"),
        ],
        source: "torch.optim.lr_scheduler.LinearLR",
        example: "schedule: {kind: linear, start: 1, end: 0.1, period: 20}",
    },
    Explanation {
        kind: "polynomial",
        meaning: "the rate falls to its minimum as a power of the time that is left, and stays there",
        keys: &[
            ("period", "iterations until the minimum"),
            ("power", "the exponent; 1 is a straight line"),
            MINIMUM,
        ],
        source: "torch.optim.lr_scheduler.PolynomialLR; keras.optimizers.schedules.PolynomialDecay",
        example: "schedule: {kind: polynomial, period: 20, power: 2}",
    },
    Explanation {
        kind: "cosine",
        meaning: "the rate falls to its minimum along half a period of the cosine, and stays there",
        keys: &[("period", "iterations until the minimum"), MINIMUM],
        source: "Loshchilov and Hutter (2017), SGDR; optax.cosine_decay_schedule",
        example: "schedule: {kind: cosine, period: 20}",
    },
    Explanation {
        kind: "one_cycle",
        meaning: "the rate rises from a small one to learning_rate and falls to a smaller one, \
                  each along half a period of the cosine",
        keys: &[
            ("period", "iterations of the cycle"),
            ("pct_start", "the share of the cycle in which the rate rises"),
            ("div_factor", "by what learning_rate is divided at the start"),
            ("final_div_factor", "by what that start is divided at the end"),
            (
                "form",
                "where the peak and the end lie: at k = pct_start*period - 1 and period - 1 \
                 (pytorch, the default), or at floor(pct_start*period) and period (optax)",
            ),
        ],
        source: "Smith and Topin (2019); torch.optim.lr_scheduler.OneCycleLR; \
                 optax.cosine_onecycle_schedule",
        example: "schedule: {kind: one_cycle, period: 20, pct_start: 0.3}",
    },
    Explanation {
        kind: "warmup",
        meaning: "the rate rises along a straight line; then follows another schedule, which \
                  counts from the end of the warm-up on",
        keys: &[
            ("period", "iterations of the warm-up; required"),
            ("start", "the factor of the learning rate at k = 0; 0 by default"),
            ("then", "the schedule that follows; constant by default"),
        ],
        source: "Goyal et al. (2017); optax.warmup_cosine_decay_schedule",
        example: "schedule: {kind: warmup, period: 5, then: {kind: cosine, period: 20}}",
    },
    Explanation {
        kind: "chain",
        meaning: "several schedules, each of which acts on the rate that the one before gives",
        keys: &[("chain", "the schedules in their order; no chain among them; required")],
        source: "torch.optim.lr_scheduler.ChainedScheduler",
        example: "schedule: {chain: [{kind: warmup, period: 5}, {kind: step, size: 10}]}",
    },
];

const AT: &[(&str, &str)] = &[("at", "the largest value that stays as it is, above 0")];

/// The kinds of clipping.
pub const CLIPS_EXPLAINED: [Explanation; 3] = [
    Explanation {
        kind: "value",
        meaning: "every entry of the gradient is cut off at -at and at",
        keys: AT,
        source: "torch.nn.utils.clip_grad_value_; Keras: clipvalue; optax.clip",
        example: "clip: {kind: value, at: 1}",
    },
    Explanation {
        kind: "norm",
        meaning: "each parameter's gradient is shortened to the length at where it is longer",
        keys: AT,
        source: "Keras: clipnorm",
        example: "clip: {kind: norm, at: 1}",
    },
    Explanation {
        kind: "global_norm",
        meaning: "the gradient by all parameters together is shortened to the length at where it \
                  is longer",
        keys: AT,
        source: "Pascanu, Mikolov and Bengio (2013); optax.clip_by_global_norm; \
                 torch.nn.utils.clip_grad_norm_, which adds 1e-6 to the norm",
        example: "clip: {kind: global_norm, at: 1}",
    },
];

const VALUE: (&str, &str) = ("value", "the strength, 0 or more");

/// The kinds of weight decay.
pub const DECAYS_EXPLAINED: [Explanation; 3] = [
    Explanation {
        kind: "coupled",
        meaning: "a multiple of the parameter joins the gradient, as if the loss had a term \
                  weight_decay/2*norm(theta)^2",
        keys: &[VALUE],
        source: "Hanson and Pratt (1988); weight_decay of torch.optim.SGD and torch.optim.Adam",
        example: "weight_decay: {kind: coupled, value: 0.1}",
    },
    Explanation {
        kind: "decoupled",
        meaning: "the parameter itself is shortened, past the optimizer's moments",
        keys: &[VALUE, ("on", "old: the weights before the step, by default; new: those after it")],
        source: "Loshchilov and Hutter (2019); torch.optim.AdamW; weight_decay of Keras",
        example: "weight_decay: {kind: decoupled, value: 0.1, on: old}",
    },
    Explanation {
        kind: "inside",
        meaning: "the decay stands inside the step whose length is scaled: lamb's own kind, and \
                  lars's in its paper",
        keys: &[VALUE],
        source: "You et al. (2020); optax.lamb",
        example: "weight_decay: {kind: inside, value: 0.1}",
    },
];

/// States, by optimizer where that is needed, with what they hold.
const STATES: [(&str, &str, &str); 13] = [
    ("rprop", "d", "the step sizes"),
    ("adadelta", "d", "running mean of the squared steps"),
    ("momentum", "u", "the velocity"),
    ("lars", "u", "the velocity"),
    ("rmsprop", "u", "velocity of the scaled gradients"),
    ("", "u", "first moment: running mean of the gradients"),
    ("", "v", "second moment: running mean of the squared gradients"),
    ("", "v_max", "the largest second moment so far"),
    ("", "s", "sum of the squared gradients"),
    ("", "n", "the largest gradient so far, fading by beta2"),
    ("", "g_bar", "running mean of the gradients"),
    ("", "P", "product of all momenta so far"),
    ("", "g_prev", "the gradient before"),
];

/// What a state of an optimizer holds; empty where nothing is said.
pub fn state_meaning(kind: &str, state: &str) -> &'static str {
    let fits =
        |(of, name, _): &&(&str, &str, &str)| *name == state && (*of == kind || of.is_empty());
    STATES.iter().find(fits).map_or("", |(_, _, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::super::{CLIPS, DECAYS, Options, SCHEDULES, optimizers};
    use super::*;

    #[test]
    fn every_kind_is_explained_with_every_key() {
        let explained = |table: &[Explanation], kind: &str| {
            let mut found = table.iter().filter(|one| one.kind == kind);
            let one = *found.next().unwrap_or_else(|| panic!("{kind} is not explained"));
            assert!(found.next().is_none(), "{kind} is explained twice");
            assert!(!one.meaning.is_empty() && !one.source.is_empty(), "{kind}");
            one
        };
        for (kind, numbers) in SCHEDULES {
            let one = explained(&SCHEDULES_EXPLAINED, kind);
            for (number, _) in numbers {
                assert!(one.keys.iter().any(|(key, _)| key == number), "{kind}: {number}");
            }
        }
        for kind in CLIPS {
            explained(&CLIPS_EXPLAINED, kind);
        }
        for (kind, _) in DECAYS {
            explained(&DECAYS_EXPLAINED, kind);
        }
    }

    #[test]
    fn every_state_has_a_meaning() {
        for optimizer in optimizers() {
            for options in Options::all_choices(optimizer.options) {
                for state in (optimizer.rule)(&options).states {
                    let meaning = state_meaning(optimizer.kind, &state.name);
                    assert!(!meaning.is_empty(), "{} {}", optimizer.kind, state.name);
                }
            }
        }
    }
}
