//! What an optimizer can be told, and what holds where it is told nothing.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::float::Float;
use crate::witness::{decimal, fraction};

/// An option: its default, and values to draw from.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// A kind of optimizer.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) options: &'static [Choice],
    /// What each convention sets.
    pub(crate) conventions: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    /// The kind of weight decay where none is named.
    pub(crate) decay: &'static str,
}

const fn choice(
    name: &'static str,
    default: &'static str,
    values: &'static [&'static str],
) -> Choice {
    Choice { name, default, values }
}

const BETA: &[&str] = &["0", "0.5", "0.9", "0.75", "0.99", "0.999"];
const EPSILON: &[&str] = &["0", "0", "1e-8", "0.01", "1"];
const PLACES: &[&str] = &["outside", "inside", "hat"];
const TWO_PLACES: &[&str] = &["outside", "inside"];
const TRUTH: &[&str] = &["false", "true"];
const AMSGRAD: &[&str] = &["false", "raw", "corrected"];

const ZERO_OVER_ZERO: Choice = choice("zero_over_zero", "undefined", &["undefined", "no_move"]);
const BETA_1: Choice = choice("beta1", "0.9", BETA);
const BETA_2: Choice = choice("beta2", "0.999", BETA);
const PLACE: Choice = choice("epsilon_place", "outside", PLACES);
const TWO: Choice = choice("epsilon_place", "outside", TWO_PLACES);
const SMALL: Choice = choice("epsilon", "1e-8", EPSILON);

/// Every kind, as the sources have it.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "sgd",
        options: &[],
        conventions: &[
            ("pytorch", &[]),
            ("keras", &[("decay", "decoupled")]),
            ("optax", &[("decay", "decoupled")]),
            ("paper", &[]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "momentum",
        options: &[
            choice("beta", "0.9", BETA),
            choice("form", "ema", &["ema", "heavy_ball", "velocity"]),
            choice("dampening", "0", &["0", "0.5", "1", "0.25"]),
            choice("nesterov", "false", &["false", "true", "lookahead"]),
        ],
        conventions: &[
            ("pytorch", &[("form", "heavy_ball")]),
            ("keras", &[("form", "velocity"), ("decay", "decoupled")]),
            ("optax", &[("form", "heavy_ball"), ("decay", "decoupled")]),
            ("paper", &[("form", "heavy_ball")]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "adagrad",
        options: &[
            choice("learning_rate_decay", "0", &["0", "0.5", "1", "0.1"]),
            choice("initial_accumulator", "0", &["0", "0.1", "1", "4"]),
            choice("epsilon", "1e-10", EPSILON),
            TWO,
            ZERO_OVER_ZERO,
        ],
        conventions: &[
            ("pytorch", &[]),
            (
                "keras",
                &[
                    ("epsilon", "1e-7"),
                    ("epsilon_place", "inside"),
                    ("initial_accumulator", "0.1"),
                    ("decay", "decoupled"),
                ],
            ),
            (
                "optax",
                &[
                    ("epsilon", "1e-7"),
                    ("epsilon_place", "inside"),
                    ("initial_accumulator", "0.1"),
                    ("zero_over_zero", "no_move"),
                    ("decay", "decoupled"),
                ],
            ),
        ],
        decay: "coupled",
    },
    Kind {
        name: "rmsprop",
        options: &[
            choice("rho", "0.99", BETA),
            SMALL,
            TWO,
            choice("centered", "false", TRUTH),
            choice("momentum", "0", &["0", "0.5", "0.9"]),
            choice("rate_place", "outside", TWO_PLACES),
            ZERO_OVER_ZERO,
        ],
        conventions: &[
            ("pytorch", &[]),
            (
                "keras",
                &[
                    ("rho", "0.9"),
                    ("epsilon", "1e-7"),
                    ("epsilon_place", "inside"),
                    ("rate_place", "inside"),
                    ("decay", "decoupled"),
                ],
            ),
            (
                "optax",
                &[
                    ("rho", "0.9"),
                    ("epsilon_place", "inside"),
                    ("rate_place", "inside"),
                    ("decay", "decoupled"),
                ],
            ),
        ],
        decay: "coupled",
    },
    Kind {
        name: "adadelta",
        options: &[choice("rho", "0.9", BETA), choice("epsilon", "1e-6", EPSILON), ZERO_OVER_ZERO],
        conventions: &[
            ("pytorch", &[]),
            ("keras", &[("rho", "0.95"), ("epsilon", "1e-7"), ("decay", "decoupled")]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "adam",
        options: &[
            BETA_1,
            BETA_2,
            SMALL,
            PLACE,
            choice("bias_correction", "true", TRUTH),
            choice("amsgrad", "false", AMSGRAD),
            ZERO_OVER_ZERO,
        ],
        conventions: &[
            ("pytorch", &[]),
            ("keras", &[("epsilon", "1e-7"), ("epsilon_place", "hat"), ("decay", "decoupled")]),
            ("optax", &[("decay", "decoupled")]),
            ("paper", &[]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "adamw",
        options: &[
            BETA_1,
            BETA_2,
            SMALL,
            PLACE,
            choice("bias_correction", "true", TRUTH),
            choice("amsgrad", "false", AMSGRAD),
            ZERO_OVER_ZERO,
        ],
        conventions: &[
            ("pytorch", &[("weight_decay", "0.01")]),
            ("keras", &[("epsilon", "1e-7"), ("epsilon_place", "hat"), ("weight_decay", "0.004")]),
            ("optax", &[("weight_decay", "0.0001")]),
        ],
        decay: "decoupled",
    },
    Kind {
        name: "adamax",
        options: &[BETA_1, BETA_2, SMALL, TWO, ZERO_OVER_ZERO],
        conventions: &[
            ("pytorch", &[("epsilon_place", "inside")]),
            ("keras", &[("epsilon", "1e-7"), ("decay", "decoupled")]),
            ("optax", &[("epsilon_place", "inside"), ("decay", "decoupled")]),
            ("paper", &[("epsilon", "0")]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "nadam",
        options: &[
            BETA_1,
            BETA_2,
            SMALL,
            PLACE,
            choice("form", "scheduled", &["scheduled", "simple"]),
            choice("momentum_decay", "0.004", &["0", "0.5", "1", "0.004"]),
            ZERO_OVER_ZERO,
        ],
        conventions: &[
            ("pytorch", &[]),
            ("keras", &[("momentum_decay", "1"), ("epsilon", "1e-7"), ("decay", "decoupled")]),
            ("optax", &[("form", "simple"), ("decay", "decoupled")]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "radam",
        options: &[
            BETA_1,
            BETA_2,
            SMALL,
            PLACE,
            choice("threshold", "5", &["4", "5", "6"]),
            ZERO_OVER_ZERO,
        ],
        conventions: &[
            ("pytorch", &[("epsilon_place", "hat")]),
            ("optax", &[("decay", "decoupled")]),
            ("paper", &[("threshold", "4"), ("epsilon", "0")]),
        ],
        decay: "coupled",
    },
    Kind {
        name: "sign_sgd",
        options: &[],
        conventions: &[("optax", &[("decay", "decoupled")]), ("paper", &[])],
        decay: "coupled",
    },
    Kind {
        name: "signum",
        options: &[choice("beta", "0.9", BETA)],
        conventions: &[("optax", &[("decay", "decoupled")]), ("paper", &[])],
        decay: "coupled",
    },
    Kind {
        name: "lion",
        options: &[BETA_1, choice("beta2", "0.99", BETA)],
        conventions: &[("keras", &[]), ("optax", &[("weight_decay", "0.001")]), ("paper", &[])],
        decay: "decoupled",
    },
    Kind {
        name: "rprop",
        options: &[
            choice("eta_minus", "0.5", &["0.5", "0.25", "1", "0"]),
            choice("eta_plus", "1.2", &["1.2", "2", "1"]),
            choice("step_min", "1e-6", &["1e-6", "0", "0.1"]),
            choice("step_max", "50", &["50", "0.2", "1"]),
        ],
        conventions: &[("pytorch", &[])],
        decay: "coupled",
    },
    Kind {
        name: "lars",
        options: &[
            choice("beta", "0.9", BETA),
            choice("trust", "0.001", &["0.001", "0.5", "1", "0"]),
            choice("epsilon", "0", EPSILON),
        ],
        conventions: &[("optax", &[("decay", "coupled")]), ("paper", &[("decay", "inside")])],
        decay: "coupled",
    },
    Kind {
        name: "muon",
        options: &[
            choice("beta", "0.95", &["0.95", "0.5", "0", "0.9"]),
            choice("nesterov", "true", TRUTH),
            choice("ns_steps", "5", &["1", "2", "3"]),
            choice("ns_a", "3.4445", &["1.5", "3.4445", "2"]),
            choice("ns_b", "-4.775", &["-0.5", "-4.775", "0"]),
            choice("ns_c", "2.0315", &["0", "2.0315", "0.5"]),
            choice("epsilon", "1e-7", EPSILON),
            choice("scale", "original", &["original", "match_rms_adamw", "ratio"]),
        ],
        conventions: &[("pytorch", &[]), ("paper", &[("weight_decay", "0")])],
        decay: "decoupled",
    },
    Kind {
        name: "lamb",
        options: &[BETA_1, BETA_2, choice("epsilon", "1e-6", EPSILON), PLACE, ZERO_OVER_ZERO],
        conventions: &[
            ("keras", &[("epsilon", "1e-7"), ("decay", "decoupled")]),
            ("optax", &[]),
            ("paper", &[]),
        ],
        decay: "inside",
    },
];

/// The options of one parameter in one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) kind: &'static str,
    values: BTreeMap<String, String>,
}

impl Settings {
    /// The defaults, with what a convention sets and what is written on top of them.
    pub(crate) fn new(kind: &Kind, convention: Option<&str>, written: &[(String, String)]) -> Self {
        let mut values = BTreeMap::new();
        for option in kind.options {
            values.insert(option.name.to_owned(), option.default.to_owned());
        }
        let presets = kind.conventions.iter().filter(|(name, _)| Some(*name) == convention);
        for (name, value) in presets.flat_map(|(_, settings)| settings.iter()) {
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        values.extend(written.iter().cloned());
        Settings { kind: kind.name, values }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn written(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn is(&self, name: &str, word: &str) -> bool {
        self.written(name) == Some(word)
    }

    pub(crate) fn fraction(&self, name: &str) -> RBig {
        number(&self.values[name])
    }

    pub(crate) fn number(&self, name: &str) -> Float {
        Float::from(&self.fraction(name))
    }

    /// Words in force, as `option: word`.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let words = self.values.iter().filter(|(_, value)| decimal(value).is_none());
        words.map(|(name, word)| (name.as_str(), word.as_str()))
    }

    /// The states that a rule keeps, in these words.
    pub(crate) fn states(&self) -> Vec<&'static str> {
        let also = |states: &[&'static str], state: &'static str, there: bool| {
            states.iter().copied().chain(there.then_some(state)).collect::<Vec<_>>()
        };
        match self.kind {
            "momentum" | "signum" | "lion" | "lars" | "muon" => vec!["u"],
            "adagrad" => vec!["s"],
            "rmsprop" => {
                let states = also(&["v"], "g_bar", self.is("centered", "true"));
                also(&states, "u", self.fraction("momentum") > RBig::ZERO)
            }
            "adadelta" => vec!["v", "d"],
            "adam" | "adamw" => also(&["u", "v"], "v_max", !self.is("amsgrad", "false")),
            "adamax" => vec!["u", "n"],
            "nadam" => also(&["u", "v"], "P", self.is("form", "scheduled")),
            "radam" | "lamb" => vec!["u", "v"],
            "rprop" => vec!["d", "g_prev"],
            _ => Vec::new(),
        }
    }

    /// A state before the first iteration.
    pub(crate) fn start(&self, state: &str) -> Float {
        match (self.kind, state) {
            ("adagrad", "s") => self.number("initial_accumulator"),
            ("nadam", "P") => Float::one(),
            _ => Float::zero(),
        }
    }
}

/// A decimal or a fraction.
pub(crate) fn number(text: &str) -> RBig {
    let text = text.trim_matches('"');
    decimal(text).or_else(|| fraction(text)).unwrap_or_else(|| panic!("`{text}` is no number"))
}
