//! Optimizers, one kind of the catalogue each, and the mistakes that put another in their place.

use std::sync::LazyLock;

use crate::catalogue::{
    Allowed, Mistake, Optimizer, Options, Specification, optimizers as catalogue,
};

use super::initial::EXACT;
use super::setup::MODIFIERS;
use super::{
    Bounds, Branch, Branches, DISPLAY, Decides, Entry, Holds, MANY, Mapping, Names, Needed, key,
};

const COMMON: [Entry; 5] = [
    key(
        "title",
        "What the run is called on the sheet, as plain text; the optimizer's name if left out.",
        Holds::Filled,
    ),
    MODIFIERS[0],
    MODIFIERS[1],
    MODIFIERS[2],
    key("display", "How this run's values print.", Holds::Mapping(&DISPLAY)),
];

pub(in super::super) static OPTIMIZER: Mapping = Mapping {
    name: "optimizer",
    meaning: "An optimizer with its options.",
    keys: &COMMON,
    branches: Some(Branches { all: optimizers, by: Decides::Any }),
};

pub(in super::super) static OTHER_OPTIMIZER: Mapping = Mapping {
    name: "other_optimizer",
    meaning: "The optimizer that is mistaken for the right one. Without a `learning_rate` it has \
              that of the run.",
    keys: &COMMON,
    branches: Some(Branches { all: others, by: Decides::Any }),
};

static OPTIMIZERS: LazyLock<Vec<Branch>> =
    LazyLock::new(|| catalogue().iter().map(branch).collect());

static OTHERS: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let optional = |entry: Entry| Entry { needed: Needed::No, ..entry };
    let specified = |optimizer: &Optimizer, name: &str| {
        optimizer.options.iter().any(|option| option.name == name)
    };
    let other = |optimizer: &'static Optimizer| {
        let Branch { key, meaning, keys } = branch(optimizer);
        let weak = |entry: Entry| match specified(optimizer, entry.name) {
            true => optional(entry),
            false => entry,
        };
        Branch { key, meaning, keys: keys.into_iter().map(weak).collect() }
    };
    catalogue().iter().map(other).collect()
});

fn optimizers() -> &'static [Branch] {
    &OPTIMIZERS
}

fn others() -> &'static [Branch] {
    &OTHERS
}

/// An optimizer's kind with its options.
fn branch(optimizer: &'static Optimizer) -> Branch {
    let mut keys: Vec<Entry> = optimizer.options.iter().map(option).collect();
    let conventions: Vec<&'static str> =
        optimizer.conventions.iter().map(|convention| convention.name).collect();
    if !conventions.is_empty() {
        let meaning = "Whose defaults and conventions hold for what is left out.";
        keys.push(key("convention", meaning, Holds::Some(conventions.leak())));
    }
    if let Some((_, table)) = OVERRIDES.iter().find(|(kind, _)| *kind == optimizer.kind) {
        let meaning = "Options that are other ones for a parameter: `{b: {weight_decay: 0}}`.";
        keys.push(key("overrides", meaning, Holds::Entries(0, Names::Any, table)));
    }
    if optimizer.kind == "custom" {
        keys.extend(OWN);
    }
    Branch {
        key: key("kind", "The optimizer.", Holds::Word(optimizer.kind)).required(),
        meaning: meaning(optimizer),
        keys,
    }
}

/// The keys of a rule of the scenario's own.
const OWN: [Entry; 3] = [
    key(
        "state",
        "The states of the rule and what each starts from: `{u: 0}`.",
        Holds::Entries(0, Names::New, &EXACT),
    ),
    key(
        "options",
        "Options of the rule with their values: `{beta: 0.9}`.",
        Holds::Entries(0, Names::New, &EXACT),
    ),
    key(
        "rule",
        "One line `name = expression` for each state that changes, the last one for `theta`; over \
         the gradient `g`, the parameter `theta`, the iteration `t`, states, options and \
         `learning_rate`.",
        Holds::Lines,
    )
    .required(),
];

/// The rule under the defaults, and where it is from.
fn meaning(optimizer: &Optimizer) -> String {
    let settings = optimizer
        .options
        .iter()
        .filter_map(|option| Some((option.name.to_owned(), option.default_setting()?)));
    let rule = (optimizer.rule)(&Options::new(settings.collect()));
    let line = |line: &crate::catalogue::Line| format!("{} = {}", line.name, line.expression);
    let lines: Vec<String> = rule.lines.iter().map(line).collect();
    match optimizer.kind {
        "custom" => "A rule of the scenario's own.".to_owned(),
        _ => format!("```\n{}\n```\n\nSource: {}", lines.join("\n"), optimizer.source),
    }
}

fn option(option: &Specification) -> Entry {
    let entry = key(option.name, option.meaning, allowed(option));
    match option.default {
        Some(default) => entry.or(default),
        None => entry.required(),
    }
}

const RATE: Holds = Holds::Exact(Bounds::From(0));

fn allowed(option: &Specification) -> Holds {
    if option.name == "learning_rate" {
        // One rate, or one for each iteration.
        return Holds::Either(&[RATE, Holds::List(1, MANY, &RATE)]);
    }
    match option.allowed {
        Allowed::OneOf(words) => Holds::Words(words),
        _ => Holds::Exact(bounds(option.allowed)),
    }
}

fn bounds(allowed: Allowed) -> Bounds {
    match allowed {
        Allowed::AtLeastZero => Bounds::From(0),
        Allowed::DecayRate => Bounds::Rate,
        Allowed::Fraction => Bounds::Within(0, 1),
        Allowed::AtLeast(least) => Bounds::From(least),
        Allowed::Whole(least, most) => Bounds::Whole(least, most),
        Allowed::Any | Allowed::OneOf(_) => Bounds::None,
    }
}

/// For each optimizer what its options may be for one parameter. The tables are kept as long as
/// the program runs, like those that are written down.
static OVERRIDES: LazyLock<Vec<(&'static str, Holds)>> = LazyLock::new(|| {
    let table = |optimizer: &'static Optimizer| {
        let numbers = optimizer.options.iter().filter(|option| !option.takes_word());
        let number = |option: &Specification| {
            key(option.name, option.meaning, Holds::Exact(bounds(option.allowed)))
        };
        let decay = key("weight_decay", "The strength of weight decay.", RATE);
        let keys: Vec<Entry> = numbers.map(number).chain([decay]).collect();
        let name: &'static str = format!("overrides_of_{}", optimizer.kind).leak();
        let meaning = "Options for one parameter.";
        let mapping = Mapping { name, meaning, keys: keys.leak(), branches: None };
        (optimizer.kind, Holds::Mapping(Box::leak(Box::new(mapping))))
    };
    catalogue().iter().map(table).collect()
});

/// The table for the overrides of an optimizer.
pub(in super::super) fn overrides(optimizer: &Optimizer) -> &'static Mapping {
    let own = OVERRIDES.iter().find(|(kind, _)| *kind == optimizer.kind);
    match own {
        Some((_, Holds::Mapping(mapping))) => mapping,
        _ => &NONE,
    }
}

static NONE: Mapping = Mapping { name: "none", meaning: "Nothing.", keys: &[], branches: None };

pub(in super::super) static MISTAKE: Mapping = Mapping {
    name: "mistake",
    meaning: "A wrong turn that students take, whose results the solutions tell to the marker.",
    keys: &[
        key("remark", "A remark for the marker.", Holds::Text),
        key(
            "from",
            "The iteration from which on it is made; the first that is asked about if left out.",
            Holds::Counted(1),
        ),
    ],
    branches: Some(Branches { all: mistakes, by: Decides::Any }),
};

static MISTAKES: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let branch = |key: Entry| Branch { key: key.required(), meaning: String::new(), keys: vec![] };
    vec![
        branch(key("custom", "Another optimizer or another model.", Holds::Mapping(&CUSTOM))),
        branch(key("kind", "The mistake.", Holds::Listed(slips))),
    ]
});

fn mistakes() -> &'static [Branch] {
    &MISTAKES
}

/// The mistakes that are known by name.
pub(super) fn slips() -> Vec<&'static str> {
    Mistake::ALL.iter().map(|(word, _)| *word).collect()
}

pub(in super::super) static CUSTOM: Mapping = Mapping {
    name: "custom",
    meaning: "What is used in the place of the right optimizer or model.",
    keys: &[],
    branches: Some(Branches { all: customs, by: Decides::Any }),
};

static CUSTOMS: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let optimizer = key("optimizer", "Another optimizer.", Holds::Mapping(&OTHER_OPTIMIZER));
    let model = key("model", "Another model over the same data and parameters.", Holds::Lines);
    let branch = |key: Entry| Branch { key: key.required(), meaning: String::new(), keys: vec![] };
    vec![branch(optimizer), branch(model)]
});

fn customs() -> &'static [Branch] {
    &CUSTOMS
}
