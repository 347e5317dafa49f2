//! The scenario itself: front matter, variables, what holds for all of it.

use std::sync::LazyLock;

use super::super::Suspicion;
use super::{
    Bounds, Branch, Branches, CELL, DISPLAY, Decides, Entry, Holds, MANY, Mapping, Names,
    PAPER_KEY, SETUP, key,
};

const TEXTS: Holds = Holds::Either(&[Holds::Text, Holds::List(0, MANY, &Holds::Text)]);

pub(in super::super) static SCENARIO: Mapping = Mapping {
    name: "scenario",
    meaning: "A scenario of gradsheet: set-ups, which are run in exact arithmetic, and cells, \
              which are read.",
    keys: &[
        key("title", "The title of the sheet.", Holds::Filled).required(),
        key("subtitle", "A line below the title.", Holds::Text),
        key("authors", "Who wrote the sheet: a name or a list of names.", TEXTS),
        key("course", "The course that the sheet belongs to.", Holds::Text),
        key("date", "The date as it is printed.", Holds::Text),
        key("language", "The language of the sheet, as a code such as `en`.", Holds::Text).or("en"),
        key("license", "The licence that the sheet stands under.", Holds::Text),
        key("tags", "Subjects, by which a course site groups its pages.", TEXTS),
        key("minutes", "How many minutes the sheet takes.", Holds::Whole(1, 1000)),
        key(
            "assumes",
            "What the sheet assumes to be known: Markdown, as one text or a list of them.",
            TEXTS,
        ),
        key(
            "release",
            "The day from which on a course site shows the solutions, such as 2026-12-01.",
            Holds::Form("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        ),
        key(
            "seed",
            "A whole number from 0 that all randomness is derived from.",
            Holds::Whole(0, u64::MAX),
        )
        .or("0"),
        key(
            "allow",
            "What `gradsheet check` would warn of, and what is meant: a word or a list of words.",
            Holds::Either(&[
                Holds::Words(&Suspicion::WORDS),
                Holds::List(0, MANY, &Holds::Words(&Suspicion::WORDS)),
            ]),
        ),
        PAPER_KEY,
        key("display", "How values print.", Holds::Mapping(&DISPLAY)),
        key(
            "variables",
            "What varies between the variants of an exam, by name. A name may stand wherever a \
             set-up takes a number, and in texts.",
            Holds::Entries(0, Names::New, &Holds::Mapping(&VARIABLE)),
        ),
        key(
            "fair",
            "How near to the default paper's difficulty the variants are: `strict` in every \
             feature, within bounds in some, or only `reported`.",
            Holds::Either(&[Holds::Words(&["strict", "reported"]), Holds::Mapping(&FAIR)]),
        )
        .or("reported"),
        key(
            "require",
            "What must hold in every variant: comparisons of paths and variables such as \
             `neuron.sgd.t1.w < 0`, `decimals(PATH) <= 2`, `digits(PATH) <= 3`, `same_branches`, \
             `distinct(PATH, PATH)`, joined by `and`, `or`, `not`.",
            Holds::List(0, MANY, &Holds::Text),
        ),
        key(
            "setups",
            "What is computed: a model, its parameters, data and optimizers, by name.",
            Holds::Entries(1, Names::New, &Holds::Mapping(&SETUP)),
        )
        .required(),
        key(
            "cells",
            "What the sheet shows, in order; each cell begins with its kind. Without cells the \
             sheet tells every iteration.",
            Holds::List(0, MANY, &Holds::Mapping(&CELL)),
        ),
    ],
    branches: None,
};

pub(in super::super) static FAIR: Mapping = Mapping {
    name: "fair",
    meaning: "Bounds on what makes a variant harder or easier than the default paper.",
    keys: &[key(
        "within",
        "By how much each feature may differ; those left out are only reported.",
        Holds::Mapping(&WITHIN),
    )
    .required()],
    branches: None,
};

const BOUND: Holds = Holds::Whole(0, 1_000_000);

pub(in super::super) static WITHIN: Mapping = Mapping {
    name: "within",
    meaning: "By how much a variant may differ from the default paper.",
    keys: &[
        key("iterations", "Iterations to carry out.", BOUND),
        key("digits", "Digits of the longest number that is carried.", BOUND),
        key("negatives", "Negative numbers among the values.", BOUND),
        key("divisions", "Divisions.", BOUND),
        key("roots", "Square roots that don't come out even.", BOUND),
        key("kinks", "Pre-activations that are exactly on a kink.", BOUND),
        key("dead", "Units that are off for an example.", BOUND),
    ],
    branches: None,
};

pub(in super::super) static VARIABLE: Mapping = Mapping {
    name: "variable",
    meaning: "What a variable may be: one of a list, a number in steps, or what follows from the \
              variables above it.",
    keys: &[],
    branches: Some(Branches { all: variables, by: Decides::Any }),
};

const EXACT: Holds = Holds::Exact(Bounds::None);
const ENDS: Holds = Holds::List(2, 2, &EXACT);
const DEFAULT: Entry = key(
    "default",
    "The value that `render` uses; the first one if left out.",
    Holds::Exact(Bounds::None),
);

static VARIABLES: LazyLock<Vec<Branch>> = LazyLock::new(|| {
    let branch = |key: Entry, keys| Branch { key: key.required(), meaning: String::new(), keys };
    vec![
        branch(
            key("choose", "The values to choose from, each once.", Holds::List(1, 10_000, &EXACT)),
            vec![
                key(
                    "weights",
                    "How often each value is chosen, one whole number for each.",
                    Holds::List(1, MANY, &Holds::Whole(1, 1_000_000)),
                ),
                DEFAULT,
            ],
        ),
        branch(
            key("integers", "The whole numbers `[low, high]`, both included.", ENDS),
            vec![DEFAULT],
        ),
        branch(
            key("decimals", "The numbers `[low, high]` in steps, both included.", ENDS),
            vec![
                key("step", "The distance between two of them.", Holds::Exact(Bounds::Above(0)))
                    .required(),
                DEFAULT,
            ],
        ),
        branch(
            key(
                "expression",
                "What the value follows from: an exact expression over the variables above.",
                EXACT,
            ),
            Vec::new(),
        ),
    ]
});

fn variables() -> &'static [Branch] {
    &VARIABLES
}
