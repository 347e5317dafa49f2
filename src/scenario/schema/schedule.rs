//! What stands around an optimizer's rule: schedules, clipping, weight decay.

use std::sync::LazyLock;

use crate::catalogue::{CLIPS, CYCLE_FORMS, DECAY_ON, Explanation, SCHEDULES, SCHEDULES_EXPLAINED};

use super::{Bounds, Branch, Branches, Decides, Entry, Holds, MANY, Mapping, key};

pub(in super::super) static SCHEDULE: Mapping = Mapping {
    name: "schedule",
    meaning: "The learning rate by the iterations done before, k = 0, 1, and so on.",
    keys: &[],
    branches: Some(Branches { all: schedules, by: Decides::Any }),
};

/// What holds for the numbers of a schedule: none is negative.
const NUMBER: Holds = Holds::Exact(Bounds::From(0));
const WHOLE: Holds = Holds::Whole(1, 1_000_000);
static FOLLOWING: Holds = Holds::Mapping(&SCHEDULE);

static BRANCHES: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let mut list: Vec<Branch> = SCHEDULES
        .iter()
        .map(|(kind, numbers)| {
            let number = |(name, default): &(&'static str, Option<&'static str>)| {
                let holds = if ["size", "period"].contains(name) { WHOLE } else { NUMBER };
                let entry = explained(kind, name, holds);
                default.map_or(entry.required(), |default| entry.or(default))
            };
            branch(kind, numbers.iter().map(number).chain(further(kind)).collect())
        })
        .collect();
    list.push(branch(
        "warmup",
        vec![
            explained("warmup", "period", WHOLE).required(),
            explained("warmup", "start", NUMBER).or("0"),
            explained("warmup", "then", Holds::Mapping(&SCHEDULE)),
        ],
    ));
    list.push(Branch {
        key: explained("chain", "chain", Holds::List(1, MANY, &FOLLOWING)).required(),
        meaning: explanation("chain").map_or_else(String::new, meaning),
        keys: Vec::new(),
    });
    list
});

fn schedules() -> &'static [Branch] {
    &BRANCHES
}

/// The keys that are no numbers.
fn further(kind: &'static str) -> Vec<Entry> {
    let milestones = explained(kind, "milestones", Holds::List(1, MANY, &WHOLE)).required();
    match kind {
        "exponential" => vec![explained(kind, "staircase", Holds::Truth).or("false")],
        "one_cycle" => {
            vec![explained(kind, "form", Holds::Words(&CYCLE_FORMS)).or(CYCLE_FORMS[0])]
        }
        "multistep" => vec![milestones],
        "piecewise" => {
            let rates = explained(kind, "rates", Holds::List(2, MANY, &NUMBER));
            vec![milestones, rates.required()]
        }
        _ => Vec::new(),
    }
}

fn branch(kind: &'static str, keys: Vec<Entry>) -> Branch {
    Branch {
        key: key("kind", "How the rate changes.", Holds::Word(kind)).required(),
        meaning: explanation(kind).map_or_else(String::new, meaning),
        keys,
    }
}

fn explanation(kind: &str) -> Option<&'static Explanation> {
    SCHEDULES_EXPLAINED.iter().find(|one| one.kind == kind)
}

fn meaning(explanation: &Explanation) -> String {
    let Explanation { meaning, source, example, .. } = explanation;
    format!("{meaning}\n\nExample: `{example}`\n\nSource: {source}")
}

/// A key with what the catalogue says of it.
fn explained(kind: &str, name: &'static str, holds: Holds) -> Entry {
    let keys = explanation(kind).map_or(&[][..], |one| one.keys);
    let meaning = keys.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
    key(name, meaning, holds)
}

pub(in super::super) static CLIP: Mapping = Mapping {
    name: "clip",
    meaning: "What becomes of large gradients, before weight decay and the rule.",
    keys: &[
        key(
            "kind",
            "What is bounded: every entry (`value`), the length of each parameter's gradient \
             (`norm`), or that of all together (`global_norm`).",
            Holds::Words(&CLIPS),
        )
        .required(),
        key(
            "at",
            "The largest value or length that stays as it is.",
            Holds::Exact(Bounds::Above(0)),
        )
        .required(),
    ],
    branches: None,
};

/// The strength alone, or how it acts too.
pub(super) const DECAY_VALUE: Holds =
    Holds::Either(&[Holds::Exact(Bounds::From(0)), Holds::Mapping(&DECAY)]);

pub(in super::super) static DECAY: Mapping = Mapping {
    name: "weight_decay",
    meaning: "How weights shrink.",
    keys: &[
        key(
            "kind",
            "Through the gradient (`coupled`), past the moments (`decoupled`), or within the step \
             whose length is scaled (`inside`, of lamb and lars). The optimizer's own kind if left \
             out.",
            Holds::Words(&["coupled", "decoupled", "inside"]),
        ),
        key("value", "The strength, 0 or more.", Holds::Exact(Bounds::From(0))).required(),
        key(
            "on",
            "For decoupled decay, the weights that shrink: those before the step (`old`), or those \
             after it (`new`).",
            Holds::Words(&DECAY_ON),
        )
        .or(DECAY_ON[0]),
    ],
    branches: None,
};
