//! The catalogue: every kind of optimizer once, with its rule, options, defaults and source.
//!
//! A rule is written in the scenario language's own expressions. The engine executes
//! these lines, the worked solution prints them with numbers put in, and the sheet's
//! list of update rules prints them in symbols: no formula is written twice.

use std::cell::RefCell;
use std::sync::Arc;

use crate::memo::Memo;

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod custom;
mod explanation;
mod gradient;
mod lamb;
mod lars;
mod lion;
mod mistake;
mod momentum;
mod muon;
mod nadam;
mod option;
mod radam;
mod rmsprop;
mod rprop;
mod rule;
mod schedule;
mod sgd;
mod sign_sgd;
mod signum;
mod written;

pub use explanation::{
    CLIPS_EXPLAINED, DECAYS_EXPLAINED, Explanation, SCHEDULES_EXPLAINED, state_meaning,
};
pub use gradient::{CLIPS, DECAY_ON, DECAYS, Decay};
pub use mistake::Mistake;
pub use option::{Allowed, Choice, Options, Setting, Specification};
pub use rule::{Case, Condition, Extent, Line, Over, Relation, Rule, State};
pub use schedule::{CYCLE_FORMS, Form, Numbers, Parts, Quantity, SCHEDULES, Schedule};

/// One kind of optimizer.
#[derive(Debug)]
pub struct Optimizer {
    /// Its `kind` in a scenario.
    pub kind: &'static str,
    /// Its options, in the order in which they are listed.
    pub options: &'static [Specification],
    /// The update rule under the given options, for the gradient as it is.
    pub rule: fn(&Options) -> Rule,
    /// What is wrong with a combination of options, if anything.
    pub conflict: fn(&Options) -> Option<String>,
    /// How weight decay acts if nothing is said, and its strength if it has one by itself.
    pub decay: (Decay, Option<&'static str>),
    /// What each framework has other defaults or conventions for.
    pub conventions: &'static [Convention],
    /// Where the rule is from.
    pub source: &'static str,
}

/// The options that a framework or the paper sets.
#[derive(Debug)]
pub struct Convention {
    /// `pytorch`, `keras`, `optax` or `paper`.
    pub name: &'static str,
    /// Options, as written in a scenario.
    pub settings: &'static [(&'static str, &'static str)],
}

static OPTIMIZERS: [Optimizer; 18] = [
    sgd::SGD,
    momentum::MOMENTUM,
    adagrad::ADAGRAD,
    rmsprop::RMSPROP,
    adadelta::ADADELTA,
    adam::ADAM,
    adamw::ADAMW,
    adamax::ADAMAX,
    nadam::NADAM,
    radam::RADAM,
    sign_sgd::SIGN_SGD,
    signum::SIGNUM,
    lion::LION,
    rprop::RPROP,
    lars::LARS,
    lamb::LAMB,
    muon::MUON,
    custom::CUSTOM,
];

/// The kinds that later versions bring, refused by name until then.
const LATER: [&str; 2] = ["sgdw", "adafactor"];

impl Optimizer {
    /// Whether weight decay may stand inside its rule: some convention has it there.
    pub fn decays_inside(&self) -> bool {
        let inside = |convention: &Convention| {
            convention.settings.contains(&("decay", Decay::Inside.word()))
        };
        self.decay.0 == Decay::Inside || self.conventions.iter().any(inside)
    }

    /// The whole update rule under the given options: clipping, decay, and the step, which
    /// may be `own` instead of the optimizer's.
    pub fn whole_rule(
        &self,
        options: &Options,
        own: Option<&Rule>,
        schedule: Option<&Schedule>,
    ) -> Arc<Rule> {
        let build = || {
            let step = own.cloned().unwrap_or_else(|| (self.rule)(options));
            let rule = gradient::around(step, options);
            match schedule {
                Some(schedule) => rule.scheduled(&schedule.lines),
                None => rule,
            }
        };
        let plain = own.is_none() && schedule.is_none();
        let known = plain.then(|| remembered(None, self, options, || Some(build()))).flatten();
        known.unwrap_or_else(|| Arc::new(build()))
    }

    /// What the lines of the rule hang on, as text: the words among the options, the numbers
    /// that count something, and of all others whether they are zero.
    fn choices(&self, options: &Options) -> String {
        let counts = |option: &&Specification| matches!(option.allowed, Allowed::Whole(..));
        let counting = |name: &str| self.options.iter().filter(counts).any(|own| own.name == name);
        let mut text = String::with_capacity(128);
        for (name, setting) in options.iter() {
            text.push_str(name);
            text.push('=');
            match setting {
                Setting::Word(word) => text.push_str(word),
                Setting::Number(number) if counting(name) => text.push_str(&number.to_string()),
                Setting::Number(number) => text.push(if number.is_zero() { '0' } else { 'x' }),
            }
            text.push(' ');
        }
        text
    }
}

/// A rule as a mistake makes it, or right; of which optimizer; by which of its options.
type Known = (Option<Mistake>, &'static str, String);

thread_local! {
    static RULES: RefCell<Memo<Known, Option<Arc<Rule>>>> = RefCell::new(Memo::new(REMEMBERED));
}

/// How many rules are remembered: more than an exam has.
const REMEMBERED: usize = 1024;

/// A rule that depends on nothing but this; runs of many papers ask for it again.
fn remembered(
    mistake: Option<Mistake>,
    optimizer: &Optimizer,
    options: &Options,
    build: impl FnOnce() -> Option<Rule>,
) -> Option<Arc<Rule>> {
    let key = (mistake, optimizer.kind, optimizer.choices(options));
    RULES.with_borrow(|rules| rules.known(&key)).unwrap_or_else(|| {
        // A mistake begins with the right rule, which is looked up here too.
        let rule = build().map(Arc::new);
        RULES.with_borrow_mut(|rules| rules.keep(key, rule.clone()));
        rule
    })
}

/// Every optimizer, in the order of the textbooks.
pub fn optimizers() -> &'static [Optimizer] {
    &OPTIMIZERS
}

/// The optimizer of that kind.
pub fn optimizer(kind: &str) -> Option<&'static Optimizer> {
    OPTIMIZERS.iter().find(|optimizer| optimizer.kind == kind)
}

/// Whether a later version brings an optimizer of that kind.
pub fn comes_later(kind: &str) -> bool {
    LATER.contains(&kind)
}

/// `learning_rate`, which every optimizer has and none has a default for.
const LEARNING_RATE: Specification = Specification {
    default: None,
    ..at_least_zero("learning_rate", "0").meaning("the factor of every step")
};

const BETA1: Specification = decay_rate("beta1", "0.9").meaning("decay rate of the first moment u");
const BETA2: Specification =
    decay_rate("beta2", "0.999").meaning("decay rate of the second moment v");
const BIAS_CORRECTION: Specification = words("bias_correction", &["true", "false"])
    .meaning("whether u and v are divided by 1 - beta^t, which makes up for their start at 0");
const EPSILON_PLACE: Specification = words("epsilon_place", &["outside", "inside"])
    .meaning("where epsilon stands: outside the root, or inside it");
const EPSILON_PLACE_HAT: Specification = words("epsilon_place", &["outside", "inside", "hat"])
    .meaning(
        "where epsilon stands: outside the root, inside it, or (hat) beside the root of the \
         uncorrected v",
    );
const ZERO_OVER_ZERO: Specification = words("zero_over_zero", &["undefined", "no_move"])
    .meaning("what 0/0 does where epsilon is 0: it ends the run, or the entry does not move");

const fn decay_rate(name: &'static str, default: &'static str) -> Specification {
    Specification { name, meaning: "", allowed: Allowed::DecayRate, default: Some(default) }
}

const fn at_least_zero(name: &'static str, default: &'static str) -> Specification {
    Specification { name, meaning: "", allowed: Allowed::AtLeastZero, default: Some(default) }
}

const fn epsilon(default: &'static str) -> Specification {
    at_least_zero("epsilon", default).meaning("keeps the divisor away from 0")
}

/// An option that takes one of these words, the first by default.
const fn words(name: &'static str, words: &'static [&'static str]) -> Specification {
    Specification { name, meaning: "", allowed: Allowed::OneOf(words), default: Some(words[0]) }
}

/// Divides by the root of a second moment, with ε where the options have it.
fn over_root(above: &str, moment: &str, options: &Options) -> String {
    match options.word("epsilon_place") {
        "inside" => format!("{above}/sqrt({moment} + epsilon)"),
        _ => format!("{above}/(sqrt({moment}) + epsilon)"),
    }
}

fn no_conflict(_: &Options) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Rational;

    #[test]
    fn every_rule_under_every_choice_of_options_uses_only_names_it_has() {
        for optimizer in optimizers() {
            for options in Options::all_choices(optimizer.options) {
                if (optimizer.conflict)(&options).is_some() {
                    continue;
                }
                for options in options.with_every_gradient() {
                    names_are_known(
                        optimizer,
                        &options,
                        &optimizer.whole_rule(&options, None, None),
                    );
                }
            }
        }
    }

    fn names_are_known(optimizer: &Optimizer, options: &Options, rule: &Rule) {
        assert_eq!(rule.lines.last().map(|line| line.name.as_str()), Some("theta"));
        let mut known: Vec<&str> = vec!["theta", "g", "t", "rows", "columns"];
        known.extend(options.iter().map(|(name, _)| name));
        known.extend(rule.states.iter().map(|state| state.name.as_str()));
        for line in rule.first.iter().flatten().chain(&rule.lines) {
            for expression in line.expressions() {
                expression.any(&mut |node| {
                    if let crate::formula::Expression::Name(name) = node {
                        assert!(known.contains(&name.as_str()), "{}: {name}", optimizer.kind);
                    }
                    false
                });
            }
            known.push(&line.name);
        }
    }

    #[test]
    fn rules_under_the_same_choices_are_the_same() {
        let third = Rational::ONE / Rational::from(3);
        for optimizer in optimizers() {
            for options in Options::all_choices(optimizer.options) {
                for options in options.with_every_gradient() {
                    let mut other = options.clone();
                    for (name, _) in
                        options.iter().filter(|(_, own)| matches!(own, Setting::Number(_)))
                    {
                        other.set(name, Setting::Number(third.clone()));
                    }
                    if optimizer.choices(&options) == optimizer.choices(&other) {
                        let rule = |options| gradient::around((optimizer.rule)(options), options);
                        assert_eq!(rule(&options), rule(&other), "{}", optimizer.kind);
                    }
                }
            }
        }
    }

    #[test]
    fn every_option_has_a_meaning() {
        for optimizer in optimizers() {
            for option in optimizer.options {
                assert!(!option.meaning.is_empty(), "{} {}", optimizer.kind, option.name);
            }
        }
    }

    #[test]
    fn conventions_set_options_that_there_are() {
        for optimizer in optimizers() {
            for convention in optimizer.conventions {
                for (name, value) in convention.settings {
                    let place = format!("{} {}: {name}", optimizer.kind, convention.name);
                    let shared = ["weight_decay", "decay"].contains(name);
                    let own = optimizer.options.iter().find(|option| option.name == *name);
                    assert!(shared || own.is_some(), "{place}");
                    if let Some(own) = own.filter(|own| own.takes_word()) {
                        assert!(own.word(value).is_ok(), "{place}");
                    }
                }
            }
        }
    }
}
