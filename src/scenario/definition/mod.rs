//! A checked scenario: every name resolved, every number exact, every default in place.

mod cell;
mod experiment;
mod mistake;
mod printing;
mod run;
mod setup;

use std::path::PathBuf;

use crate::number::{Precision, Rounding};

use super::text::Text;
use super::variables::Assignment;
use super::{Date, Place, Suspicion};

pub use cell::{
    Activation, Ask, Audience, Backward, Callout, Cell, Content, ExperimentPlot, Explored, Frame,
    Frames, Given, Hint, Library, Moment, PlotKind, Question,
};
pub use experiment::{Axis, Case, Experiment, Measure, Quantity};
pub use mistake::{Instead, Mistake, Turn};
pub use printing::{Logo, Printing, SheetSize};
pub use run::Run;
pub use setup::{Definition, Generated, Generator, Initial, Parameter, Reduction, Setup};

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
    /// What its variables stand for.
    pub variables: Assignment,
    /// Whose paper it is, where it is one of many.
    pub label: Option<Label>,
    /// How it is printed.
    pub printing: Printing,
    /// What is suspicious about it, and meant.
    pub allowed: Vec<Suspicion>,
    /// The set-ups, in order.
    pub setups: Vec<Setup>,
    /// The cells; `None` asks for the default sheet.
    pub cells: Option<Vec<Cell>>,
    /// The data files that were read, by path below the scenario's folder.
    pub files: Vec<String>,
}

/// What tells one paper from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its code.
    pub code: String,
    /// The student that it is for.
    pub student: Option<String>,
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
    /// How many minutes the sheet takes.
    pub minutes: Option<u64>,
    /// What it assumes to be known, as Markdown.
    pub assumes: Vec<String>,
    /// From when on a course site shows the solutions.
    pub release: Option<Date>,
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

/// A run, by its set-up's and its own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// The set-up.
    pub setup: usize,
    /// The run in it.
    pub run: usize,
}

/// An experiment, by its set-up's and its own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExperimentId {
    /// The set-up.
    pub setup: usize,
    /// The experiment in it.
    pub experiment: usize,
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

    /// The experiment and its set-up.
    pub fn experiment(&self, id: ExperimentId) -> (&Setup, &Experiment) {
        let setup = &self.setups[id.setup];
        (setup, &setup.experiments[id.experiment])
    }

    /// The definitions whose distribution some plot of the experiment shows.
    pub fn histograms(&self, id: ExperimentId) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for cell in self.cells.iter().flatten() {
            cell.content.histograms(id, &mut names);
        }
        names
    }

    /// The cells with frames, in order of their numbers.
    pub fn frames(&self) -> Vec<&Frames> {
        let mut list = Vec::new();
        self.cells.iter().flatten().for_each(|cell| cell.content.frames(&mut list));
        list.sort_by_key(|frames| frames.number);
        list
    }

    /// Every run of the scenario, in order.
    pub fn run_ids(&self) -> Vec<RunId> {
        let indices =
            |setup: usize| (0..self.setups[setup].runs.len()).map(move |run| RunId { setup, run });
        (0..self.setups.len()).flat_map(indices).collect()
    }
}
