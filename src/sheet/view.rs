//! What the template `sheet.md` sees: finished strings, and nothing to compute.

use serde::Serialize;

/// The whole sheet.
#[derive(Debug, Serialize)]
pub(super) struct SheetView {
    pub title: String,
    /// Subtitle, course, authors, date: what there is of them.
    pub byline: Vec<String>,
    /// What it takes, in sentences.
    pub demands: Vec<String>,
    pub license: Option<String>,
    /// `handout` or `solutions`.
    pub paper: &'static str,
    pub cells: Vec<CellView>,
}

/// One cell.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum CellView {
    /// What a page folds away as a solution.
    Hidden {
        cells: Vec<CellView>,
    },
    Markdown {
        text: String,
    },
    Callout {
        callout: &'static str,
        text: String,
    },
    Rules {
        rules: Vec<RuleView>,
    },
    Question {
        number: usize,
        title: String,
        text: Option<String>,
        parts: Vec<CellView>,
    },
    Ask(AskView),
    Given {
        formula: String,
    },
    Figure {
        file: String,
        title: String,
        description: String,
    },
    Table {
        title: String,
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Gradients {
        formula: String,
        derivatives: Vec<String>,
        blocks: Vec<Block>,
    },
    Adjoints {
        formula: String,
        remarks: Vec<String>,
    },
    Experiment {
        title: String,
        lead: String,
        distributions: Vec<String>,
        tables: Vec<TableView>,
        notes: Vec<String>,
    },
    Page {
        title: String,
    },
    Narration {
        title: String,
        lead: String,
        iterations: Vec<IterationView>,
    },
    Setup(SetupView),
    Code {
        scripts: Vec<ScriptView>,
    },
    Frames {
        /// What takes several values.
        lead: String,
        frames: Vec<FrameView>,
    },
}

/// A cell for one choice of values.
#[derive(Debug, Serialize)]
pub(super) struct FrameView {
    /// The values.
    pub label: String,
    /// The cell alone.
    pub cells: Vec<CellView>,
}

/// A run as a script.
#[derive(Debug, Serialize)]
pub(super) struct ScriptView {
    pub title: String,
    pub text: String,
    /// Where double precision goes another way.
    pub remarks: Vec<String>,
}

/// A table.
#[derive(Debug, Default, Serialize)]
pub(super) struct TableView {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A part of a question.
#[derive(Debug, Serialize)]
pub(super) struct AskView {
    /// The part's letter; none for a question's single part.
    pub letter: Option<String>,
    pub text: Option<String>,
    pub marks: Option<String>,
    pub given: Option<String>,
    pub space: Option<String>,
    /// The solution's first sentence, where it can stand beside the word "Solution".
    pub opening: Option<String>,
    pub solution: Option<Vec<Block>>,
    /// What wrong numbers mean, on solutions.
    pub mistakes: Option<MistakesView>,
}

/// The wrong turns of a part.
#[derive(Debug, Serialize)]
pub(super) struct MistakesView {
    /// Wrong numbers with what they mean.
    pub items: Vec<String>,
    /// Mistakes that lead to the right numbers.
    pub hidden: Vec<String>,
}

/// An update rule in symbols.
#[derive(Debug, Serialize)]
pub(super) struct RuleView {
    pub name: String,
    pub formula: String,
    pub conventions: Vec<String>,
}

/// One iteration, told.
#[derive(Debug, Serialize)]
pub(super) struct IterationView {
    pub title: String,
    pub blocks: Vec<Block>,
}

/// A set-up, described.
#[derive(Debug, Serialize)]
pub(super) struct SetupView {
    pub name: Option<String>,
    pub model: String,
    /// What functions of the model stand for.
    pub meanings: Vec<String>,
    pub start: String,
    /// The values of named sizes.
    pub sizes: String,
    /// What parameters are drawn from, a sentence each.
    pub distributions: Vec<String>,
    /// The values that were drawn for the runs.
    pub drawn: String,
    /// How the data were generated.
    pub generated: String,
    pub data_head: Vec<String>,
    pub data_rows: Vec<Vec<String>>,
    /// What else there is to say.
    pub notes: Vec<String>,
    pub batches: String,
    pub runs: Vec<String>,
    pub task: String,
}

/// A piece of a worked solution.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub(super) enum Block {
    /// A sentence.
    Text(String),
    /// A display formula.
    Formula(String),
}
