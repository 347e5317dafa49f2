//! An optimizer whose rule the scenario writes itself.

use super::entry::{Choice, Default, Entry};

/// The optimizer's kind.
pub(super) const KIND: &str = "custom";

const KEYS: [(&str, &str, &str, Default); 3] = [
    (
        "state",
        "what the rule remembers, by name, each with the number that it starts at",
        "{NAME: NUMBER, ...}",
        Default::Told,
    ),
    ("options", "numbers that the rule may use, by name", "{NAME: NUMBER, ...}", Default::Told),
    (
        "rule",
        "lines `name = expression`, from top to bottom; the last one gives theta",
        "a block of lines",
        Default::Required,
    ),
];

const EXAMPLE: &str = "\
optimizers:
  mine:
    kind: custom
    learning_rate: 0.1
    state: {u: 0}
    options: {beta: 0.9}
    rule: |
      u = beta*u + (1 - beta)*g
      theta = theta - learning_rate*u
";

/// The entry with the keys that only this kind has, in the place of a rule.
pub(super) fn explained(entry: Entry) -> Entry {
    let key = |(name, meaning, allowed, default): (&'static str, &str, &str, Default)| Choice {
        name,
        meaning: meaning.to_owned(),
        allowed: vec![allowed.to_owned()],
        default,
        others: Vec::new(),
        changes: Vec::new(),
    };
    // What weight decay changes depends on the rule.
    let shared = entry.options.into_iter().map(|option| Choice { changes: Vec::new(), ..option });
    Entry {
        source: "a rule of the scenario's own",
        meaning: "the rule that stands in the scenario, carried out for every parameter",
        formulas: Vec::new(),
        states: Vec::new(),
        legend: "",
        notes: vec![
            "A rule may use theta (the parameter), g (its gradient), t (the iteration, counted \
             from 1), learning_rate, its states, its options, and what earlier lines define."
                .to_owned(),
            "A line that has the name of a state gives the state's new value; lines below it use \
             that one. Every entry of a parameter has a state of its own."
                .to_owned(),
        ],
        options: KEYS.into_iter().map(key).chain(shared).collect(),
        example: EXAMPLE,
        ..entry
    }
}
