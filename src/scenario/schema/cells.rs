//! The cells of the notebook, each known by its first key.

use std::sync::LazyLock;

use super::super::definition::Library;
use super::optimizer::slips;
use super::{Bounds, Branch, Branches, Decides, Entry, Holds, MANY, MISTAKE, Mapping, Names, key};

const AUDIENCE: [Entry; 1] = [key(
    "audience",
    "On which papers the cell stands. `both` if left out, but `solutions` for what shows results: \
     plots, tables, experiments, narrations, code.",
    Holds::Words(&["both", "handout", "solutions"]),
)];

pub(in super::super) static CELL: Mapping = Mapping {
    name: "cell",
    meaning: "A cell of the notebook; its first key is its kind.",
    keys: &AUDIENCE,
    branches: Some(Branches { all: cells, by: Decides::First }),
};

pub(in super::super) static PART: Mapping = Mapping {
    name: "part",
    meaning: "A part of a question; its first key is its kind. An `ask` is lettered.",
    keys: &AUDIENCE,
    branches: Some(Branches { all: parts, by: Decides::First }),
};

static CELLS: LazyLock<Vec<Branch>> =
    LazyLock::new(|| std::iter::once(question()).chain(everywhere()).collect());

static PARTS: LazyLock<Vec<Branch>> =
    LazyLock::new(|| std::iter::once(ask()).chain(everywhere()).collect());

fn cells() -> &'static [Branch] {
    &CELLS
}

fn parts() -> &'static [Branch] {
    &PARTS
}

const RUNS: Holds = Holds::List(1, MANY, &Holds::Filled);
/// Of a variable, exact numbers; of an option, what it may hold.
static EXPLORED: Holds =
    Holds::List(1, MANY, &Holds::Either(&[Holds::Exact(Bounds::None), Holds::Text]));
const LABEL: Entry = key(
    "label",
    "A name of small letters, digits and hyphens, by which texts refer to it: `[](#NAME)`.",
    Holds::Either(&[Holds::Form("^[a-z0-9-]+$"), Holds::Decimal(Bounds::From(0))]),
);
const TITLE: Entry = key(
    "title",
    "The title of the figure or table, as plain text; one that says what it is if left out.",
    Holds::Filled,
);
const EXPLORE: Entry = key(
    "explore",
    "The same cell for other values, one frame after another: an option of the runs, a parameter's \
     first value or a variable, each with a list, as in `{learning_rate: [0.1, 0.5, 1]}`.",
    Holds::Entries(1, Names::Any, &EXPLORED),
);
const HINTS: Holds =
    Holds::List(0, MANY, &Holds::Words(&["state", "parameters", "forward", "gradient"]));
const AT: Entry = key(
    "at",
    "The iteration, such as `sgd.t1`. State and parameters are those before it.",
    Holds::Filled,
);

pub(in super::super) static GIVEN: Mapping = Mapping {
    name: "given",
    meaning: "What is given as a hint, and of which iteration.",
    keys: &[key("show", "What is given, worked.", HINTS).required(), AT.required()],
    branches: None,
};

static ANSWER: Holds =
    Holds::Either(&[Holds::Filled, Holds::Single(&Holds::Decimal(Bounds::Above(0)))]);
static ANY_MISTAKE: Holds = Holds::Either(&[Holds::Listed(slips), Holds::Mapping(&MISTAKE)]);
static ANY_PART: Holds = Holds::Mapping(&PART);

/// What asks a student for something.
const ASKS: [Entry; 6] = [
    key(
        "solution",
        "The solution in words, as Markdown; what is worked out for `answers` follows it.",
        Holds::Text,
    ),
    key(
        "given",
        "Hints for this part: `{show: [forward, gradient], at: sgd.t1}`.",
        Holds::Mapping(&GIVEN),
    ),
    key(
        "answers",
        "The values that are asked for, as paths such as `sgd.t1.w`; their worked solution is \
         derived. `sgd.t1.w: 2` has marks of its own.",
        Holds::List(0, MANY, &ANSWER),
    ),
    key(
        "mistakes",
        "Wrong turns whose results the solutions tell to the marker, by their names or as mappings \
         with a `remark`.",
        Holds::List(0, MANY, &ANY_MISTAKE),
    ),
    key("marks", "The marks for this part.", Holds::Decimal(Bounds::From(0))),
    key(
        "space",
        "Room to write on paper, at most a page: `5cm`, `50mm` or `2in`.",
        Holds::Form(
            r"^\s*0*(?:(?:[1-9]|1[0-9]|2[0-5])\s*c\s*m|(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|250)\s*m\s*m|(?:[1-9]|10)\s*i\s*n)\s*$",
        ),
    ),
];

fn question() -> Branch {
    let inner = ["solution", "given", "answers", "mistakes", "marks", "space"];
    debug_assert!(ASKS.iter().map(|entry| entry.name).eq(inner), "the keys of a part");
    let own = [
        key("setup", "The set-up whose name the paths below may leave out.", Holds::Text),
        key("text", "What the question begins with, as Markdown.", Holds::Text),
        key(
            "parts",
            "Cells in the question. Each `ask` among them is lettered, a single one is not.",
            Holds::List(0, MANY, &ANY_PART),
        )
        .without(&["solution", "given", "answers", "mistakes", "marks", "space"]),
        LABEL,
    ];
    kind(
        key("question", "A question: its title.", Holds::Filled),
        own.into_iter().chain(ASKS).collect(),
    )
}

fn ask() -> Branch {
    let keys = ASKS.into_iter().chain([LABEL]).collect();
    kind(key("ask", "What is asked, as Markdown.", Holds::Text), keys)
}

/// A kind of cell, known by its key.
fn kind(key: Entry, keys: Vec<Entry>) -> Branch {
    Branch { key: key.required(), meaning: String::new(), keys }
}

/// The kinds that may stand among cells and among parts.
fn everywhere() -> Vec<Branch> {
    let text = key(
        "markdown",
        "Prose in Markdown with LaTeX formulas, and a template: `<< neuron.sgd.t1.w | tex >>`.",
        Holds::Text,
    );
    let callout = key(
        "callout",
        "A box that stands out, and its sort.",
        Holds::Words(&["note", "tip", "important", "warning", "caution"]),
    );
    let rules = key("rules", "The update rules of runs, in symbols: `[neuron.sgd]`.", RUNS);
    let of_runs = key("of", "The runs that are shown: `[neuron.sgd, neuron.adam]`.", RUNS);
    let table = key("table", "The iterations of runs, a row each.", Holds::Words(&["iterations"]));
    let derivation = key(
        "derivation",
        "What is derived in symbols: the `gradients` by all parameters, the `adjoints`, or the \
         `nodes` of the graph.",
        Holds::Words(&["gradients", "adjoints", "nodes"]),
    );
    let of_setup = key("of", "The set-up.", Holds::Filled).required();
    let numbers =
        key("at", "The iteration whose numbers are added, such as `sgd.t1`.", Holds::Filled);
    let graph = key("graph", "The computation graph of this set-up, drawn.", Holds::Filled);
    let backward = key("backward", "Whether arrows for the adjoints are drawn too.", Holds::Truth);
    let experiment =
        key("experiment", "The results of an experiment, such as `layer.sweep`.", Holds::Filled);
    let code = key("code", "Runs as a Python script for this library.", Holds::Listed(libraries));
    let of_code = key("of", "Runs, or set-ups for all of theirs.", RUNS);
    let page = key("page", "A new page on paper, with this heading.", Holds::Filled);
    let narration =
        key("narration", "Every iteration of a run, told: `neuron.sgd`.", Holds::Filled);
    let given = "What is given as a hint, worked.";
    let mut list = vec![
        kind(text, vec![EXPLORE]),
        kind(callout, vec![key("text", "What it says, as Markdown.", Holds::Text).required()]),
        kind(rules, vec![LABEL]),
        kind(key("given", given, HINTS), vec![AT.required(), EXPLORE]),
        kind(key("given", given, Holds::Mapping(&GIVEN)), vec![EXPLORE]),
        kind(table, vec![of_runs.required(), LABEL, TITLE, EXPLORE]),
        kind(derivation, vec![of_setup, numbers, LABEL]),
        kind(graph, vec![backward.or("false"), LABEL, TITLE]),
        kind(experiment, Vec::new()),
        kind(code, vec![of_code]),
        kind(page, Vec::new()),
        kind(narration, vec![EXPLORE]),
    ];
    list.extend(plots(of_runs.required()));
    list
}

fn libraries() -> Vec<&'static str> {
    Library::ALL.iter().map(|(word, _)| *word).collect()
}

fn plots(of_runs: Entry) -> Vec<Branch> {
    let plot = |words, meaning| key("plot", meaning, Holds::Some(words));
    let of = key("of", "The experiment, such as `layer.sweep`.", Holds::Filled).required();
    let functions = key(
        "of",
        "Functions of `z`, by name or as an expression: `[relu, \"z*sigmoid(z)\"]`.",
        RUNS,
    );
    let measure =
        "The measure that is drawn, as the experiment names it; its first one if left out.";
    let node = "The definition whose values are counted; the first layer if left out.";
    let show = key(
        "show",
        "Of what the scale by depth is drawn.",
        Holds::Words(&["activations", "gradients"]),
    );
    vec![
        kind(
            plot(
                &["trajectory", "loss", "parameters", "gradient", "schedule"],
                "What is drawn of runs: their paths over the loss (`trajectory`), the `loss`, the \
                 `parameters`, the size of the `gradient`, or the learning rate (`schedule`).",
            ),
            vec![of_runs, LABEL, TITLE, EXPLORE],
        ),
        kind(
            plot(&["sweep"], "A measure of an experiment by what varies in it."),
            vec![of, key("measure", measure, Holds::Text), LABEL, TITLE],
        ),
        kind(
            plot(&["histogram"], "The values of a definition in an experiment, counted."),
            vec![of, key("node", node, Holds::Text), LABEL, TITLE],
        ),
        kind(
            plot(&["signal"], "The scale of activations or gradients by depth, in an experiment."),
            vec![of, show.or("activations"), LABEL, TITLE],
        ),
        kind(plot(&["activation"], "Functions, drawn."), vec![functions.required(), LABEL, TITLE]),
    ]
}
