//! The numbers of questions, parts, figures, tables and equations, and the labels that name
//! them.
//!
//! What is hidden on one of the papers counts on it too, so that both number alike. Equations
//! of a part's own solution are counted apart, as S1, S2, …: a handout must not change with
//! them.

use super::asks::part_letter;
use super::definition::{Ask, Audience, Cell, Content, Scenario};
use super::text::Text;
use crate::markup;

/// What is numbered, with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// A question.
    Question(usize),
    /// A lettered part of a question.
    Part {
        /// The question.
        question: usize,
        /// The part's letter.
        letter: String,
    },
    /// A plot or a graph.
    Figure(usize),
    /// A table of iterations.
    Table(usize),
    /// A labelled equation: `3`, or `S1` in a solution.
    Equation(String),
    /// A labelled equation with a tag of the author's own.
    Tagged {
        /// What the tag prints, with its brackets.
        printed: String,
        /// The equation's label.
        label: String,
    },
}

impl Number {
    /// The identifier of the place in a page.
    pub fn anchor(&self) -> String {
        match self {
            Self::Question(number) => format!("question_{number}"),
            Self::Part { question, letter } => format!("question_{question}{letter}"),
            Self::Figure(number) => format!("figure_{number}"),
            Self::Table(number) => format!("table_{number}"),
            Self::Equation(number) => format!("equation_{number}"),
            Self::Tagged { label, .. } => format!("equation_tag_{label}"),
        }
    }
}

/// On which papers something is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// On the handout.
    pub handout: bool,
    /// On the solutions.
    pub solutions: bool,
}

impl Shown {
    /// On both papers.
    pub const EVERYWHERE: Self = Self { handout: true, solutions: true };

    /// Within something that is for an audience.
    #[must_use]
    pub fn to(self, audience: Audience) -> Self {
        Self {
            handout: self.handout && audience != Audience::Solutions,
            solutions: self.solutions && audience != Audience::Handout,
        }
    }
}

/// A cell with its number.
#[derive(Debug, Clone)]
pub struct Numbered<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Its number, if it has one.
    pub number: Option<Number>,
    /// Where it is seen.
    pub shown: Shown,
    /// The parts of a question.
    pub parts: Vec<Self>,
}

/// A label and what it names.
#[derive(Debug, Clone)]
pub struct Labelled<'a> {
    /// The label.
    pub name: String,
    /// What it names.
    pub number: Number,
    /// Where that is seen.
    pub shown: Shown,
    /// The text that the label stands in.
    pub text: &'a Text,
    /// Where in the text, in bytes.
    pub offset: usize,
    /// How many characters of it.
    pub width: usize,
}

/// The cells of a sheet with their numbers, and the labels, in order.
#[derive(Debug, Default)]
pub struct Numbering<'a> {
    /// The cells.
    pub cells: Vec<Numbered<'a>>,
    /// The labels.
    pub labels: Vec<Labelled<'a>>,
}

impl<'a> Numbering<'a> {
    /// Numbers the cells of a sheet.
    pub fn of(cells: &'a [Cell]) -> Self {
        let mut counts = Counts::default();
        let cells = cells.iter().map(|cell| counts.cell(cell, Shown::EVERYWHERE, None)).collect();
        Self { cells, labels: counts.labels }
    }

    /// What a label names.
    pub fn label(&self, name: &str) -> Option<&Labelled<'a>> {
        self.labels.iter().find(|label| label.name == name)
    }
}

impl Scenario {
    /// The numbers of the scenario's own cells.
    pub fn numbering(&self) -> Numbering<'_> {
        Numbering::of(self.cells.as_deref().unwrap_or_default())
    }
}

/// Counts on while the cells are walked.
#[derive(Debug, Default)]
struct Counts<'a> {
    questions: usize,
    figures: usize,
    tables: usize,
    equations: usize,
    solution_equations: usize,
    labels: Vec<Labelled<'a>>,
}

/// Which of the two counts an equation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Sheet,
    Solutions,
}

impl<'a> Counts<'a> {
    /// `part` is the number that the cell gets as a part that asks.
    fn cell(&mut self, cell: &'a Cell, around: Shown, part: Option<Number>) -> Numbered<'a> {
        let shown = around.to(cell.audience);
        // A cell with frames counts once, as what is shown first.
        let content = cell.content.shown();
        let number = match content {
            Content::Question(_) => Some(Number::Question(next(&mut self.questions))),
            Content::Ask(_) => part,
            Content::Plot { .. }
            | Content::ExperimentPlot { .. }
            | Content::Activations(_)
            | Content::Graph { .. } => Some(Number::Figure(next(&mut self.figures))),
            Content::Table { .. } => Some(Number::Table(next(&mut self.tables))),
            Content::Rules(_)
            | Content::Gradients { .. }
            | Content::Nodes(_)
            | Content::Adjoints { .. } => {
                let labelled = cell.label.is_some();
                labelled.then(|| Number::Equation(next(&mut self.equations).to_string()))
            }
            Content::Markdown(_)
            | Content::Callout { .. }
            | Content::Given(_)
            | Content::Experiment(_)
            | Content::Page(_)
            | Content::Narration(_)
            | Content::Code { .. }
            | Content::Frames(_) => None,
        };
        if let (Some(text), Some(number)) = (&cell.label, &number) {
            let name = text.source.trim().to_owned();
            let width = name.chars().count();
            let number = number.clone();
            self.labels.push(Labelled { name, number, shown, text, offset: 0, width });
        }
        let mut parts = Vec::new();
        match content {
            Content::Markdown(text) | Content::Callout { text, .. } => {
                self.text(text, shown, Count::Sheet);
            }
            Content::Ask(ask) => self.ask(ask, shown),
            Content::Question(question) => {
                question.text.iter().for_each(|text| self.text(text, shown, Count::Sheet));
                let asks = |cell: &&Cell| matches!(cell.content, Content::Ask(_));
                let single = question.parts.iter().filter(asks).count() < 2;
                let question_number = self.questions;
                let mut letters = 0;
                for cell in &question.parts {
                    let part = match (&cell.content, single) {
                        (Content::Ask(_), true) => Number::Question(question_number),
                        _ => {
                            Number::Part { question: question_number, letter: part_letter(letters) }
                        }
                    };
                    letters += usize::from(asks(&cell));
                    parts.push(self.cell(cell, shown, Some(part)));
                }
            }
            _ => {}
        }
        Numbered { cell, number, shown, parts }
    }

    fn ask(&mut self, ask: &'a Ask, shown: Shown) {
        ask.text.iter().for_each(|text| self.text(text, shown, Count::Sheet));
        let solution = shown.to(Audience::Solutions);
        ask.solution.iter().for_each(|text| self.text(text, solution, Count::Solutions));
    }

    /// The labelled equations of a text.
    fn text(&mut self, text: &'a Text, shown: Shown, count: Count) {
        if !text.source.contains("{#") {
            return;
        }
        for equation in markup::read(&text.source).equations {
            let Some(mark) = equation.mark else { continue };
            let name = mark.name;
            let tag = markup::split_tag(&equation.tex).ok().and_then(|(_, tag)| tag);
            let number = match (tag, count) {
                (Some(tag), _) => Number::Tagged { printed: tag.printed(), label: name.clone() },
                (None, Count::Sheet) => Number::Equation(next(&mut self.equations).to_string()),
                (None, Count::Solutions) => {
                    Number::Equation(format!("S{}", next(&mut self.solution_equations)))
                }
            };
            let width = text.source[mark.range.clone()].chars().count();
            let offset = mark.range.start;
            self.labels.push(Labelled { name, number, shown, text, offset, width });
        }
    }
}

fn next(count: &mut usize) -> usize {
    *count += 1;
    *count
}
