//! Cells: what a sheet shows, in order.

use std::sync::Arc;

use crate::formula::Expression;
use crate::trace::Path;

use super::super::text::Text;
use super::{ExperimentId, Mistake, RunId, Scenario};

/// A cell with its audience.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which papers it stands on.
    pub audience: Audience,
    /// The name that references call it by.
    pub label: Option<Text>,
    /// The title of a figure or table, as plain text, if not the one that it has by itself.
    pub title: Option<String>,
    /// What it is.
    pub content: Content,
}

/// Which papers something stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Handout and solutions.
    Both,
    /// The handout alone.
    Handout,
    /// The solutions alone.
    Solutions,
}

/// What a cell shows. Set-ups and runs are indices into the scenario.
#[derive(Debug, Clone)]
pub enum Content {
    /// Prose.
    Markdown(Text),
    /// A box.
    Callout {
        /// Its kind.
        kind: Callout,
        /// Its text.
        text: Text,
    },
    /// The update rules of runs in symbols.
    Rules(Vec<RunId>),
    /// A question with its parts.
    Question(Box<Question>),
    /// A part to be answered.
    Ask(Box<Ask>),
    /// A hint, worked.
    Given(Given),
    /// A plot.
    Plot {
        /// What it shows.
        kind: PlotKind,
        /// Of which runs.
        of: Vec<RunId>,
    },
    /// What an experiment found, as a table.
    Experiment(ExperimentId),
    /// What an experiment found, as a plot.
    ExperimentPlot {
        /// The experiment.
        of: ExperimentId,
        /// What is shown of it.
        kind: ExperimentPlot,
    },
    /// Activation functions and their derivatives.
    Activations(Vec<Activation>),
    /// A table of iterations.
    Table {
        /// Of which runs.
        of: Vec<RunId>,
    },
    /// The gradients of a set-up, derived.
    Gradients {
        /// The set-up.
        setup: usize,
        /// Put in the numbers of this iteration.
        at: Option<Moment>,
    },
    /// The nodes of a set-up's computation graph, listed.
    Nodes(usize),
    /// The adjoints of a set-up's nodes, derived.
    Adjoints {
        /// The set-up.
        setup: usize,
        /// Put in the numbers of this iteration.
        at: Option<Moment>,
    },
    /// A set-up's computation graph, drawn.
    Graph {
        /// The set-up.
        setup: usize,
        /// Whether the adjoints' arrows are drawn too.
        backward: Backward,
    },
    /// A new page, on paper, under a heading.
    Page(String),
    /// Every iteration of a run, told.
    Narration(RunId),
    /// Scripts that repeat runs with a library.
    Code {
        /// The library.
        library: Library,
        /// The runs, a script each.
        of: Vec<RunId>,
    },
    /// One cell for each of several values.
    Frames(Frames),
}

/// A cell that is shown for several values, one after the other.
#[derive(Debug, Clone)]
pub struct Frames {
    /// Its number among such cells, from 0.
    pub number: usize,
    /// What the values are of.
    pub of: Vec<Explored>,
    /// The runs that the cell shows.
    pub runs: Vec<RunId>,
    /// The frames.
    pub list: Vec<Frame>,
}

/// What takes other values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explored {
    /// An option of runs.
    Option {
        /// The first run that has it.
        run: RunId,
        /// Its name.
        name: String,
    },
    /// What a parameter starts from.
    Initial {
        /// The first set-up that has it.
        setup: usize,
        /// Its name.
        name: String,
    },
    /// A variable of the scenario.
    Variable(String),
}

/// A cell as it is for one choice of values.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The values as they were written, `learning_rate: 0.1`.
    pub values: Vec<String>,
    /// The set-ups with these values, and the cell alone.
    pub scenario: Scenario,
}

/// A library that scripts are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// NumPy, with the gradients written out.
    NumPy,
    /// PyTorch, which differentiates by itself.
    PyTorch,
}

impl Library {
    /// The libraries by their names in a scenario.
    pub const ALL: [(&'static str, Self); 2] = [("numpy", Self::NumPy), ("pytorch", Self::PyTorch)];

    /// Its name in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::NumPy => "numpy",
            Self::PyTorch => "pytorch",
        }
    }
}

/// Whether a drawn graph shows the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backward {
    /// The forward arrows alone.
    Hidden,
    /// The adjoints' arrows too.
    Shown,
}

/// A question: a numbered heading, a text, and parts.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its title.
    pub title: String,
    /// The set-up that its paths may leave out.
    pub setup: Option<usize>,
    /// Its text.
    pub text: Option<Text>,
    /// Its parts; any cell may stand among them.
    pub parts: Vec<Cell>,
}

/// What is asked, and how it is answered.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The words of the question; a question without parts has them in its own text.
    pub text: Option<Text>,
    /// A hint that stands under it.
    pub given: Option<Given>,
    /// The author's own solution.
    pub solution: Option<Text>,
    /// The values that are asked for, whose solution is derived.
    pub answers: Vec<Path>,
    /// The marks of each of these answers, as written, where it has some of its own.
    pub steps: Vec<Option<String>>,
    /// The wrong turns that students take.
    pub mistakes: Vec<Arc<Mistake>>,
    /// Marks.
    pub marks: Option<String>,
    /// Room to write on paper, such as `5cm`.
    pub space: Option<String>,
}

/// Numbers that are given away, worked.
#[derive(Debug, Clone)]
pub struct Given {
    /// What is shown, in order.
    pub show: Vec<Hint>,
    /// Of which iteration.
    pub at: Moment,
}

/// What a given shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The optimizer's state before the iteration.
    State,
    /// The parameters before the iteration.
    Parameters,
    /// The forward pass.
    Forward,
    /// The gradient.
    Gradient,
}

/// One iteration of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The run.
    pub run: RunId,
    /// The iteration, from 1.
    pub t: usize,
}

/// A plot of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperimentPlot {
    /// A figure against what varies.
    Sweep {
        /// The position of its measure.
        measure: usize,
    },
    /// The distribution of a definition's pre-activation.
    Histogram {
        /// The definition.
        node: String,
    },
    /// The scale of activations or gradients by depth.
    Signal {
        /// The position of its measure.
        measure: usize,
    },
}

/// A function of one number, to be plotted.
#[derive(Debug, Clone)]
pub struct Activation {
    /// The function, as it was written.
    pub text: String,
    /// The function applied to `z`.
    pub expression: Expression,
}

/// Kinds of boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callout {
    /// Background.
    Note,
    /// A piece of advice.
    Tip,
    /// What must not be missed.
    Important,
    /// What goes wrong easily.
    Warning,
    /// What to beware of.
    Caution,
}

/// Kinds of plots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotKind {
    /// The loss over two parameters, with a path for each run.
    Trajectory,
    /// The loss of each iteration.
    Loss,
    /// Every parameter after each iteration.
    Parameters,
    /// The size of the gradient in each iteration.
    Gradient,
    /// The learning rate of each iteration.
    Schedule,
}

impl Content {
    /// What is shown: of a cell with frames, the first of them.
    pub fn shown(&self) -> &Self {
        let Self::Frames(frames) = self else { return self };
        let cells = frames.list.first().and_then(|frame| frame.scenario.cells.as_ref());
        cells.and_then(|cells| cells.first()).map_or(self, |cell| &cell.content)
    }

    pub(super) fn frames<'a>(&'a self, list: &mut Vec<&'a Frames>) {
        match self {
            Self::Frames(frames) => list.push(frames),
            Self::Question(question) => {
                question.parts.iter().for_each(|part| part.content.frames(list));
            }
            _ => {}
        }
    }

    pub(super) fn histograms(&self, id: ExperimentId, names: &mut Vec<String>) {
        match self {
            Self::ExperimentPlot { of, kind: ExperimentPlot::Histogram { node } }
                if *of == id && !names.contains(node) =>
            {
                names.push(node.clone());
            }
            Self::Question(question) => {
                for part in &question.parts {
                    part.content.histograms(id, names);
                }
            }
            _ => {}
        }
    }

    pub(super) fn texts<'a>(&'a self, list: &mut Vec<&'a Text>) {
        match self {
            Self::Markdown(text) | Self::Callout { text, .. } => list.push(text),
            Self::Question(question) => {
                list.extend(&question.text);
                for part in &question.parts {
                    part.content.texts(list);
                }
            }
            Self::Ask(ask) => {
                let remarks = ask.mistakes.iter().filter_map(|mistake| mistake.remark.as_ref());
                list.extend(ask.text.iter().chain(&ask.solution).chain(remarks));
            }
            Self::Rules(_)
            | Self::Given(_)
            | Self::Plot { .. }
            | Self::Experiment(_)
            | Self::ExperimentPlot { .. }
            | Self::Activations(_)
            | Self::Table { .. }
            | Self::Gradients { .. }
            | Self::Nodes(_)
            | Self::Adjoints { .. }
            | Self::Graph { .. }
            | Self::Page(_)
            | Self::Narration(_)
            | Self::Code { .. }
            | Self::Frames(_) => {}
        }
    }
}
