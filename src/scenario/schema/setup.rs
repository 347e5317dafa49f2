//! A set-up, and its experiments.

use super::super::experiment::QUANTITIES;
use super::initial::{ADJOINT, INITIAL, TENSOR};
use super::{
    BATCHES, CLIP, DATA, DISPLAY, Entry, Holds, MANY, Mapping, Names, OPTIMIZER, SCHEDULE, key,
    schedule::DECAY_VALUE,
};

/// Clipping, weight decay and schedule, of a set-up or of one optimizer.
pub(super) const MODIFIERS: [Entry; 3] = [
    key("clip", "What becomes of large gradients.", Holds::Mapping(&CLIP)),
    key(
        "weight_decay",
        "How weights shrink: the strength alone, which acts in the optimizer's own way, or a \
         mapping that says how.",
        DECAY_VALUE,
    ),
    key("schedule", "How the learning rate changes.", Holds::Mapping(&SCHEDULE)),
];

const NAMES: Holds = Holds::List(0, MANY, &Holds::Text);

pub(in super::super) static SETUP: Mapping = Mapping {
    name: "setup",
    meaning: "A model with its parameters, data and optimizers.",
    keys: &[
        key(
            "model",
            "One definition `name = expression` a line, in order, for one example; `#` begins a \
             comment. A definition named `loss` is the objective. A line that ends in \
             `for l in 1..depth` is repeated, both ends included.",
            Holds::Lines,
        )
        .unless("gradients"),
        key(
            "gradients",
            "In the place of a model, the gradients of each iteration as numbers: \
             `[{w: 6, b: 2}, {w: -12, b: 4}]`.",
            Holds::List(1, MANY, &Holds::Entries(0, Names::Any, &TENSOR)),
        )
        .without(&["model", "data", "batches"]),
        key(
            "inline",
            "Definitions that formulas print as their expression: with `[z]`, ReLU'(wx + b) \
             instead of ReLU'(z).",
            NAMES,
        ),
        key(
            "notation",
            "How names print, as LaTeX: `{loss: L, learning_rate: '\\alpha'}`.",
            Holds::Entries(0, Names::Any, &Holds::Text),
        ),
        key("reduction", "How the losses of a batch combine.", Holds::Words(&["mean", "sum"]))
            .or("mean"),
        key(
            "adjoint",
            "For a model without a loss, the derivative by its last node: `ones`, or what it is \
             drawn from.",
            ADJOINT,
        )
        .or("ones"),
        key(
            "dimensions",
            "Sizes by name, `{n: 256, m: 128}`. A named size prints by its name.",
            Holds::Entries(0, Names::Plain, &Holds::Whole(1, 100_000)),
        ),
        key(
            "shapes",
            "Rows and columns of what is no single number, `{x: [1, n], W: [n, m]}`. A shaped name \
             without a value is symbolic.",
            Holds::Entries(0, Names::Family, &SHAPE),
        ),
        key(
            "init",
            "What each parameter starts from: a number, which fills its shape; an exact expression \
             such as \"1/3\"; a matrix as nested lists; or an initializer. `\"W_{l}\"` stands for a \
             family of names.",
            Holds::Entries(0, Names::Family, &INITIAL),
        ),
        key("frozen", "Parameters that are shown but not trained.", NAMES),
        key(
            "initial_state",
            "The optimizers' state to begin from, by state and parameter: `{u: {w: 3, b: 1}}`.",
            Holds::Entries(0, Names::Any, &Holds::Entries(0, Names::Any, &TENSOR)),
        ),
        key(
            "start_iteration",
            "The iteration already reached; with 5, the first record is t5.",
            Holds::Whole(0, 1_000_000),
        )
        .or("0"),
        key(
            "data",
            "The examples: a list of mappings by name, `[{x: 3, y: 0}]`; a CSV file; or a \
             generator. A model of its parameters alone has none.",
            Holds::Either(&[
                Holds::List(0, MANY, &Holds::Entries(0, Names::New, &TENSOR)),
                Holds::Mapping(&DATA),
            ]),
        ),
        key(
            "batches",
            "The examples of each iteration, counted from 1: `[[1], [2]]`; or their size and \
             order. All the data every time if left out.",
            Holds::Either(&[
                Holds::List(1, MANY, &Holds::List(1, MANY, &Holds::Counted(1))),
                Holds::Mapping(&BATCHES),
            ]),
        ),
        key(
            "iterations",
            "How many steps are taken. Those of the listed batches or gradients if left out.",
            Holds::Whole(1, 10_000),
        ),
        key(
            "optimizers",
            "Runs by name, each with its optimizer, from the same start over the same batches.",
            Holds::Entries(0, Names::New, &Holds::Mapping(&OPTIMIZER)),
        ),
        key(
            "experiments",
            "Monte-Carlo experiments over the initializers, by name.",
            Holds::Entries(0, Names::New, &Holds::Mapping(&EXPERIMENT)),
        ),
        key("display", "How values print.", Holds::Mapping(&DISPLAY)),
        MODIFIERS[0],
        MODIFIERS[1],
        MODIFIERS[2],
    ],
    branches: None,
};

/// A size is a number or a name, also one of a family.
static SHAPE: Holds = Holds::List(
    2,
    2,
    &Holds::Either(&[
        Holds::Whole(1, 100_000),
        Holds::Form(r"^[A-Za-z0-9_]+(?:\{[^{}]*\}[A-Za-z0-9_]*)*$"),
    ]),
);

fn quantities() -> Vec<&'static str> {
    QUANTITIES.iter().map(|(name, _)| *name).collect()
}

pub(in super::super) static EXPERIMENT: Mapping = Mapping {
    name: "experiment",
    meaning: "What varies from case to case, how often each case is tried, and what is measured.",
    keys: &[
        key(
            "vary",
            "A parameter, a dimension or an initializer's option (`W.gain`), each with the list of \
             its values. Several keys give all combinations.",
            Holds::Entries(0, Names::Any, &Holds::List(1, MANY, &INITIAL)),
        ),
        key("trials", "How often each case is tried.", Holds::Whole(1, 1_000_000)).or("100"),
        key(
            "measure",
            "What is measured: a quantity on every layer, of one definition \
             (`activation_mean.z`), or by one parameter (`gradient_norm.W`).",
            Holds::List(
                1,
                MANY,
                &Holds::Either(&[Holds::Listed(quantities), Holds::Form(r"^[a-z_]+\..+$")]),
            ),
        )
        .required(),
    ],
    branches: None,
};
