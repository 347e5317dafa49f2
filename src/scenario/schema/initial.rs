//! What set-ups begin with: initial values, data, batches.

use std::sync::LazyLock;

use crate::initialization::data::{GENERATORS, GeneratorKind};
use crate::initialization::kinds::{KINDS, Kind, OptionEntry, OptionType};

use super::{Bounds, Branch, Branches, Decides, Entry, Holds, MANY, Mapping, key};

pub(super) const EXACT: Holds = Holds::Exact(Bounds::None);

/// A number, which fills a shape, or a matrix; a flat list is a row.
pub(super) static TENSOR: Holds = Holds::Either(&[
    EXACT,
    Holds::List(1, MANY, &Holds::Either(&[EXACT, Holds::List(1, MANY, &EXACT)])),
]);

/// What a parameter starts from.
pub(super) static INITIAL: Holds = Holds::Either(&[
    Holds::Listed(bare),
    EXACT,
    Holds::List(1, MANY, &Holds::Either(&[EXACT, Holds::List(1, MANY, &EXACT)])),
    Holds::Mapping(&INITIALIZER),
]);

/// What the free adjoint is drawn from.
pub(super) const ADJOINT: Holds =
    Holds::Either(&[Holds::Listed(bare), Holds::Mapping(&INITIALIZER)]);

/// The kinds of which the name alone is enough.
fn bare() -> Vec<&'static str> {
    let complete = |kind: &&Kind| kind.options.iter().all(|option| option.default.is_some());
    KINDS.iter().filter(complete).map(|kind| kind.name).collect()
}

pub(in super::super) static INITIALIZER: Mapping = Mapping {
    name: "initializer",
    meaning: "What a parameter is drawn from. Where all defaults do, the kind's name alone is \
              enough.",
    keys: &[key(
        "convention",
        "Whose defaults hold for what is left out.",
        Holds::Words(&["pytorch", "keras", "optax", "paper"]),
    )],
    branches: Some(Branches { all: initializers, by: Decides::Any }),
};

static INITIALIZERS: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let branch = |kind: &Kind| Branch {
        key: key("kind", "What is drawn.", Holds::Word(kind.name)).required(),
        meaning: format!("Source: {}", kind.source),
        keys: kind.options.iter().map(option).collect(),
    };
    KINDS.iter().map(branch).collect()
});

fn initializers() -> &'static [Branch] {
    &INITIALIZERS
}

fn option(option: &OptionEntry) -> Entry {
    let holds = match option.holds {
        OptionType::Number => EXACT,
        OptionType::Gain => GAIN,
        OptionType::Choice(words) => Holds::Words(words),
    };
    let entry = key(option.name, option.meaning, holds);
    match option.default {
        Some(default) => entry.or(default),
        None => entry.required(),
    }
}

const GAIN: Holds = Holds::Either(&[
    Holds::Words(&["relu", "leaky_relu", "tanh", "linear", "sigmoid", "selu"]),
    Holds::Exact(Bounds::None),
]);

pub(in super::super) static DATA: Mapping = Mapping {
    name: "data",
    meaning: "Examples from a file, or made by a generator.",
    keys: &[],
    branches: Some(Branches { all: data, by: Decides::Any }),
};

/// A path that leads below the folder.
const BELOW: &str = r"^(?!/|\.{1,2}/)(?!.*/\.\.(?:/|$)).*\S";

static SOURCES: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let kind = |word| key("kind", "Where the examples are from.", Holds::Word(word)).required();
    let path = "The file, below the scenario's folder. Its first line names the columns: `x`, or \
                `x.c1`, `x.c2` for the entries of a row.";
    let file = Branch {
        key: kind("csv"),
        meaning: "examples from a CSV file".to_owned(),
        keys: vec![key("path", path, Holds::Form(BELOW)).required()],
    };
    let generator = |generator: &GeneratorKind| {
        let count = key("count", "How many examples are made.", Holds::Whole(1, 1_000_000));
        let option = |name, meaning, default| key(name, meaning, EXACT).or(default);
        let options = generator.options.iter().map(|one| {
            let default: &'static str = one.default.to_string().leak();
            option(one.name, one.meaning, default)
        });
        Branch {
            key: kind(generator.name),
            meaning: format!("{}\n\nSource: {}", generator.meaning, generator.source),
            keys: std::iter::once(count.required()).chain(options).collect(),
        }
    };
    std::iter::once(file).chain(GENERATORS.iter().map(generator)).collect()
});

fn data() -> &'static [Branch] {
    &SOURCES
}

pub(in super::super) static BATCHES: Mapping = Mapping {
    name: "batches",
    meaning: "Batches through the data again and again; `iterations` says how many.",
    keys: &[
        key("size", "The examples of one batch.", Holds::Counted(1)).required(),
        key(
            "order",
            "In which order: as they are listed, or shuffled anew in each pass.",
            Holds::Words(&["sequential", "shuffled"]),
        )
        .or("sequential"),
    ],
    branches: None,
};
