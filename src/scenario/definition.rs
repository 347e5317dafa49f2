//! A checked scenario: every name resolved, every number exact, every default in place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::catalogue::{Optimizer, Options};
use crate::formula::shape::Shape;
use crate::formula::{Expression, notation::Notation};
use crate::number::{Precision, Rounding};
use crate::trace::{Path, Tensor};

use super::Place;
use super::text::Text;

/// A scenario that passed every check.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file it was read from.
    pub file: PathBuf,
    /// The file's name without its ending.
    pub stem: String,
    /// The title and what stands beside it.
    pub front: FrontMatter,
    /// From which all randomness is derived.
    pub seed: u64,
    /// The set-ups, in order.
    pub setups: Vec<Setup>,
    /// The cells; `None` asks for the default sheet.
    pub cells: Option<Vec<Cell>>,
}

/// Title, authors and the like.
#[derive(Debug, Clone, Default)]
pub struct FrontMatter {
    /// The title.
    pub title: String,
    /// The subtitle.
    pub subtitle: Option<String>,
    /// The authors.
    pub authors: Vec<String>,
    /// The course.
    pub course: Option<String>,
    /// The date, as written.
    pub date: Option<String>,
    /// The language's code, `en` by default.
    pub language: String,
    /// Where the language is chosen.
    pub language_place: Option<Place>,
    /// The licence.
    pub license: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// How numbers are displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// How many digits.
    pub precision: Precision,
    /// What happens to ties.
    pub rounding: Rounding,
    /// Whether an iteration goes on from exact or from displayed numbers.
    pub carry: Carry,
    /// Whether the exact form is shown beside the decimal.
    pub exact_form: ExactForm,
}

/// From which numbers an iteration goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carry {
    /// From the exact ones.
    Exact,
    /// From the displayed ones.
    Displayed,
}

/// Whether 1 − √2/4 ≈ 0.65 is shown, or 0.65 alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExactForm {
    /// Decimals alone.
    Hidden,
    /// The exact form too, where there is one.
    Shown,
}

/// A model with data and optimizers.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its name.
    pub name: String,
    /// The definitions of the model, in order.
    pub model: Vec<Definition>,
    /// Definitions that stand for their expression in printed formulas.
    pub inline: Vec<String>,
    /// The shape of every datum, parameter and definition.
    pub shapes: BTreeMap<String, Shape>,
    /// How names print.
    pub notation: Notation,
    /// The author's LaTeX in it, to be checked.
    pub notation_texts: Vec<Text>,
    /// Data, parameters and symbols in the order in which nodes are numbered: as in
    /// `shapes`, then the rest.
    pub leaves: Vec<String>,
    /// The initial values of the parameters, in order.
    pub parameters: Vec<(String, Tensor)>,
    /// The names of the data, in the order of the first example.
    pub inputs: Vec<String>,
    /// The examples; each has a value for every input.
    pub data: Vec<Vec<Tensor>>,
    /// The examples of each iteration, counted from 1.
    pub batches: Vec<Vec<usize>>,
    /// One run for each optimizer.
    pub runs: Vec<Run>,
    /// How the set-up's numbers are displayed outside its runs.
    pub display: Display,
}

/// One line of a model.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name that is defined.
    pub name: String,
    /// Its expression.
    pub expression: Expression,
}

/// One optimizer with its options.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name in the set-up.
    pub name: String,
    /// Its kind.
    pub optimizer: &'static Optimizer,
    /// Its options, defaults filled in.
    pub options: Options,
    /// How its numbers are displayed.
    pub display: Display,
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

/// A cell with its audience.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which papers it stands on.
    pub audience: Audience,
    /// What it is.
    pub content: Content,
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
    /// Every iteration of a run, told.
    Narration(RunId),
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

/// A run, by its set-up's and its own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// The set-up.
    pub setup: usize,
    /// The run in it.
    pub run: usize,
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
}

impl Scenario {
    /// The run and its set-up.
    pub fn run(&self, id: RunId) -> (&Setup, &Run) {
        let setup = &self.setups[id.setup];
        (setup, &setup.runs[id.run])
    }

    /// Every text of the cells, in order.
    pub fn texts(&self) -> Vec<&Text> {
        let mut list = Vec::new();
        for cell in self.cells.iter().flatten() {
            cell.content.texts(&mut list);
        }
        list
    }

    /// Every run of the scenario, in order.
    pub fn run_ids(&self) -> Vec<RunId> {
        let indices =
            |setup: usize| (0..self.setups[setup].runs.len()).map(move |run| RunId { setup, run });
        (0..self.setups.len()).flat_map(indices).collect()
    }
}

impl Content {
    fn texts<'a>(&'a self, list: &mut Vec<&'a Text>) {
        match self {
            Self::Markdown(text) | Self::Callout { text, .. } => list.push(text),
            Self::Question(question) => {
                list.extend(&question.text);
                for part in &question.parts {
                    part.content.texts(list);
                }
            }
            Self::Ask(ask) => list.extend(ask.text.iter().chain(&ask.solution)),
            Self::Rules(_)
            | Self::Given(_)
            | Self::Plot { .. }
            | Self::Table { .. }
            | Self::Gradients { .. }
            | Self::Nodes(_)
            | Self::Adjoints { .. }
            | Self::Graph { .. }
            | Self::Narration(_) => {}
        }
    }
}

impl Setup {
    /// The expression of a definition.
    pub fn definition(&self, name: &str) -> Option<&Expression> {
        let found = self.model.iter().find(|definition| definition.name == name);
        found.map(|definition| &definition.expression)
    }

    /// Whether some name has a shape, but no value: then it can be derived, but not run.
    pub fn is_symbolic(&self) -> bool {
        let valued = |name: &String| self.inputs.contains(name) || self.is_parameter(name);
        !self.leaves.iter().all(valued)
    }

    /// Whether every datum, parameter and definition is a plain number.
    pub fn is_scalar(&self) -> bool {
        self.shapes.values().all(|shape| *shape == Shape::Scalar)
    }

    /// Whether the name is a parameter.
    pub fn is_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|(parameter, _)| parameter == name)
    }
}
