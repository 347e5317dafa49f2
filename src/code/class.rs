//! The classes of `torch.optim`, and under which options each computes the catalogue's rule.
//!
//! Read off the sources of PyTorch 2. Clipping is `clip_grad_value_`, which is exact; PyTorch
//! adds 10⁻⁶ to a norm that it clips at, so rules with such a clip are written out, as are
//! runs that begin from a given state.

use crate::catalogue::Options;
use crate::number::Rational;
use crate::scenario::{Run, Setup};

use super::literal;

/// One class.
#[derive(Debug)]
pub(super) struct Class {
    /// The kind in the catalogue.
    kind: &'static str,
    /// Its name in `torch.optim`.
    pub name: &'static str,
    /// Options that must have one of these words.
    words: &'static [(&'static str, &'static [&'static str])],
    /// Options that must be set to a number other than 0.
    set: &'static [&'static str],
    /// The kinds of weight decay that it has.
    decays: &'static [&'static str],
    /// Its arguments beside the rate.
    arguments: &'static [Argument],
    /// States of the rule, and what the class calls them.
    pub states: &'static [(&'static str, &'static str)],
    /// Whether the rate may change from iteration to iteration.
    rate_may_vary: bool,
}

/// An argument of a class.
#[derive(Debug, Clone, Copy)]
enum Argument {
    /// A number, left out where it is 0 and the class has 0 for it.
    Number(&'static str, &'static str),
    /// The same, which is never left out: the class has another default.
    Always(&'static str, &'static str),
    /// Two numbers.
    Pair(&'static str, [&'static str; 2]),
    /// `True`, where the option has that word.
    Flag(&'static str, &'static str, &'static str),
}

use Argument::{Always, Flag, Number, Pair};

const EXACT: (&str, &[&str]) = ("zero_over_zero", &["undefined"]);
const OUTSIDE: (&str, &[&str]) = ("epsilon_place", &["outside"]);
const CORRECTED: (&str, &[&str]) = ("bias_correction", &["true"]);
const BETAS: Argument = Pair("betas", ["beta1", "beta2"]);
const EPSILON: Argument = Always("eps", "epsilon");
const WEIGHT_DECAY: Argument = Number("weight_decay", "weight_decay");
const MOMENTS: (&str, &str) = ("u", "exp_avg");
const SQUARES: (&str, &str) = ("v", "exp_avg_sq");

/// What most classes have.
const PLAIN: Class = Class {
    kind: "",
    name: "",
    words: &[],
    set: &[],
    decays: &["coupled"],
    arguments: &[],
    states: &[],
    rate_may_vary: true,
};

const ADAM: &[Argument] = &[BETAS, EPSILON, Flag("amsgrad", "amsgrad", "raw"), WEIGHT_DECAY];
const ADAM_WORDS: &[(&str, &[&str])] = &[EXACT, OUTSIDE, CORRECTED, ("amsgrad", &["false", "raw"])];
const ADAM_STATES: &[(&str, &str)] = &[MOMENTS, SQUARES, ("v_max", "max_exp_avg_sq")];

/// The classes; of several for a kind, the first that fits is taken.
pub(super) static CLASSES: [Class; 14] = [
    Class { kind: "sgd", name: "SGD", arguments: &[WEIGHT_DECAY], ..PLAIN },
    Class {
        kind: "momentum",
        name: "SGD",
        words: &[("form", &["heavy_ball"]), ("nesterov", &["false", "true"])],
        set: &["beta"],
        arguments: &[
            Always("momentum", "beta"),
            Number("dampening", "dampening"),
            Flag("nesterov", "nesterov", "true"),
            WEIGHT_DECAY,
        ],
        states: &[("u", "momentum_buffer")],
        ..PLAIN
    },
    Class {
        kind: "adagrad",
        name: "Adagrad",
        words: &[EXACT, OUTSIDE],
        arguments: &[
            Number("lr_decay", "learning_rate_decay"),
            Number("initial_accumulator_value", "initial_accumulator"),
            EPSILON,
            WEIGHT_DECAY,
        ],
        states: &[("s", "sum")],
        ..PLAIN
    },
    Class {
        kind: "rmsprop",
        name: "RMSprop",
        words: &[EXACT, OUTSIDE, ("rate_place", &["outside"])],
        arguments: &[
            Always("alpha", "rho"),
            EPSILON,
            Number("momentum", "momentum"),
            Flag("centered", "centered", "true"),
            WEIGHT_DECAY,
        ],
        states: &[("v", "square_avg"), ("g_bar", "grad_avg"), ("u", "momentum_buffer")],
        ..PLAIN
    },
    Class {
        kind: "adadelta",
        name: "Adadelta",
        words: &[EXACT],
        arguments: &[Always("rho", "rho"), EPSILON, WEIGHT_DECAY],
        states: &[("v", "square_avg"), ("d", "acc_delta")],
        ..PLAIN
    },
    Class {
        kind: "adam",
        name: "Adam",
        words: ADAM_WORDS,
        arguments: ADAM,
        states: ADAM_STATES,
        ..PLAIN
    },
    Class {
        kind: "adam",
        name: "AdamW",
        words: ADAM_WORDS,
        decays: &["decoupled"],
        arguments: ADAM,
        states: ADAM_STATES,
        ..PLAIN
    },
    Class {
        kind: "adamw",
        name: "AdamW",
        words: ADAM_WORDS,
        decays: &["decoupled"],
        arguments: &[
            BETAS,
            EPSILON,
            Flag("amsgrad", "amsgrad", "raw"),
            Always("weight_decay", "weight_decay"),
        ],
        states: ADAM_STATES,
        ..PLAIN
    },
    Class {
        kind: "adamax",
        name: "Adamax",
        words: &[EXACT, ("epsilon_place", &["inside"])],
        arguments: &[BETAS, EPSILON, WEIGHT_DECAY],
        states: &[MOMENTS, ("n", "exp_inf")],
        ..PLAIN
    },
    Class {
        kind: "nadam",
        name: "NAdam",
        words: &[EXACT, OUTSIDE, ("form", &["scheduled"])],
        arguments: &[BETAS, EPSILON, Always("momentum_decay", "momentum_decay"), WEIGHT_DECAY],
        states: &[MOMENTS, SQUARES, ("P", "mu_product")],
        ..PLAIN
    },
    Class {
        kind: "nadam",
        name: "NAdam",
        words: &[EXACT, OUTSIDE, ("form", &["scheduled"])],
        decays: &["decoupled"],
        arguments: &[
            BETAS,
            EPSILON,
            Always("momentum_decay", "momentum_decay"),
            WEIGHT_DECAY,
            Flag("decoupled_weight_decay", "decay", "decoupled"),
        ],
        states: &[MOMENTS, SQUARES, ("P", "mu_product")],
        ..PLAIN
    },
    Class {
        kind: "radam",
        name: "RAdam",
        words: &[EXACT, ("epsilon_place", &["hat"])],
        arguments: &[BETAS, EPSILON, WEIGHT_DECAY],
        states: &[MOMENTS, SQUARES],
        ..PLAIN
    },
    Class {
        kind: "radam",
        name: "RAdam",
        words: &[EXACT, ("epsilon_place", &["hat"])],
        decays: &["decoupled"],
        arguments: &[
            BETAS,
            EPSILON,
            WEIGHT_DECAY,
            Flag("decoupled_weight_decay", "decay", "decoupled"),
        ],
        states: &[MOMENTS, SQUARES],
        ..PLAIN
    },
    Class {
        kind: "rprop",
        name: "Rprop",
        decays: &[],
        arguments: &[
            Pair("etas", ["eta_minus", "eta_plus"]),
            Pair("step_sizes", ["step_min", "step_max"]),
        ],
        states: &[("d", "step_size"), ("g_prev", "prev")],
        rate_may_vary: false,
        ..PLAIN
    },
];

/// The class that computes a run, if there is one.
pub(super) fn class(setup: &Setup, run: &Run) -> Option<&'static Class> {
    let given = !setup.initial_state.is_empty() || setup.start_iteration > 0;
    if given || run.custom.is_some() {
        return None;
    }
    let all = || setup.trained_names().map(|name| run.options_of(name));
    let same_clip = all().all(|options| {
        options.word("clip") == run.options.word("clip")
            && options.number("clip_at") == run.options.number("clip_at")
    });
    // A class takes words for all parameters at once.
    let same_words = all().all(|options| {
        options.iter().all(|(name, setting)| match setting {
            crate::catalogue::Setting::Word(word) => run.options.word(name) == word,
            crate::catalogue::Setting::Number(_) => true,
        })
    });
    let varies = run.rate_varies() || run.schedule.is_some();
    let own_rates =
        all().any(|options| options.number("learning_rate") != run.options.number("learning_rate"));
    if !same_clip || !same_words || (varies && own_rates) {
        return None;
    }
    CLASSES.iter().find(|class| {
        class.kind == run.optimizer.kind
            && (class.rate_may_vary || !varies)
            && all().all(|options| class.fits(options))
    })
}

impl Class {
    /// Whether it computes the catalogue's rule under these options.
    fn fits(&self, options: &Options) -> bool {
        let decay = !options.is_set("weight_decay")
            || (self.decays.contains(&options.word("decay"))
                && (options.word("decay") == "coupled" || options.word("decay_on") != "new"));
        let threshold = options.number("threshold").is_none_or(|five| *five == Rational::from(5));
        decay
            && threshold
            && ["", "value"].contains(&options.word("clip"))
            && self.words.iter().all(|(name, words)| words.contains(&options.word(name)))
            && self.set.iter().all(|name| options.is_set(name))
    }

    /// The arguments after the parameters, `lr` first.
    pub(super) fn arguments(&self, options: &Options) -> Vec<(&'static str, String)> {
        let number = |name: &str| options.number(name).map(|value| literal::number(value).0);
        let mut list = vec![("lr", number("learning_rate").unwrap_or_default())];
        for argument in self.arguments {
            let (keyword, text) = match argument {
                Number(keyword, name) if options.is_set(name) => (keyword, number(name)),
                Always(keyword, name) => (keyword, number(name).or_else(|| Some("0".to_owned()))),
                Pair(keyword, names) => {
                    let [first, second] = names.map(|name| number(name).unwrap_or_default());
                    (keyword, Some(format!("({first}, {second})")))
                }
                Flag(keyword, name, word) if options.word(name) == *word => {
                    let decays = *name != "decay" || options.is_set("weight_decay");
                    (keyword, decays.then(|| "True".to_owned()))
                }
                Number(..) | Flag(..) => continue,
            };
            list.extend(text.map(|text| (*keyword, text)));
        }
        list
    }
}
