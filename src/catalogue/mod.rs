//! The catalogue: every kind of optimizer once, with its rule, options, defaults and source.
//!
//! A rule is written in the scenario language's own expressions. The engine executes
//! these lines, the worked solution prints them with numbers put in, and the sheet's
//! list of update rules prints them in symbols: no formula is written twice.

mod adam;
mod momentum;
mod option;
mod rule;
mod sgd;

pub use option::{Allowed, Choice, Options, Setting, Specification};
pub use rule::{Line, Rule};

/// One kind of optimizer.
#[derive(Debug)]
pub struct Optimizer {
    /// Its `kind` in a scenario.
    pub kind: &'static str,
    /// Its options, in the order in which they are listed.
    pub options: &'static [Specification],
    /// The update rule under the given options.
    pub rule: fn(&Options) -> Rule,
    /// What is wrong with a combination of options, if anything.
    pub conflict: fn(&Options) -> Option<String>,
    /// Where the rule is from.
    pub source: &'static str,
}

static OPTIMIZERS: [Optimizer; 3] = [sgd::SGD, momentum::MOMENTUM, adam::ADAM];

/// The kinds that later versions bring, refused by name until then.
const LATER: [&str; 17] = [
    "adagrad",
    "rmsprop",
    "adadelta",
    "adamw",
    "adamax",
    "nadam",
    "radam",
    "lion",
    "sign_sgd",
    "signum",
    "rprop",
    "lars",
    "lamb",
    "muon",
    "custom",
    "sgdw",
    "adafactor",
];

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
const LEARNING_RATE: Specification =
    Specification { name: "learning_rate", allowed: Allowed::AtLeastZero, default: None };

fn no_conflict(_: &Options) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_under_every_choice_of_options_uses_only_names_it_has() {
        for optimizer in optimizers() {
            for options in Options::all_choices(optimizer.options) {
                if (optimizer.conflict)(&options).is_some() {
                    continue;
                }
                let rule = (optimizer.rule)(&options);
                assert_eq!(rule.lines.last().map(|line| line.name.as_str()), Some("theta"));
                let mut known: Vec<&str> = vec!["theta", "g", "t"];
                known.extend(optimizer.options.iter().map(|option| option.name));
                known.extend(rule.states.iter().map(String::as_str));
                for line in rule.first.iter().flatten().chain(&rule.lines) {
                    line.expression.any(&mut |node| {
                        if let crate::formula::Expression::Name(name) = node {
                            assert!(known.contains(&name.as_str()), "{}: {name}", optimizer.kind);
                        }
                        false
                    });
                    known.push(&line.name);
                }
            }
        }
    }
}
