//! An update rule: lines that are carried out for every parameter, top to bottom.

use crate::formula::{Expression, parse};

/// An update rule in the language's own expressions.
///
/// Its lines may use `theta` (the parameter), `g` (its gradient), `t` (the iteration,
/// from 1), the optimizer's options and its states; the last line gives `theta`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The states, each zero before the first iteration.
    pub states: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// The lines of the first iteration, where they differ.
    pub first: Option<Vec<Line>>,
    /// Where the gradient is taken, if not at `theta`.
    pub look_ahead: Option<Expression>,
}

/// `name = expression`.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the line computes: a state, an intermediate quantity or `theta`.
    pub name: String,
    /// How.
    pub expression: Expression,
}

impl Rule {
    /// A rule from its text; the catalogue's tests read every one.
    pub(super) fn new(states: &[&str], text: &str) -> Self {
        let states = states.iter().map(|state| (*state).to_owned()).collect();
        Self { states, lines: lines(text), first: None, look_ahead: None }
    }

    /// The same rule with other lines in the first iteration.
    pub(super) fn first(mut self, text: &str) -> Self {
        self.first = Some(lines(text));
        self
    }

    /// The same rule with the gradient taken at another point.
    pub(super) fn look_ahead(mut self, text: &str) -> Self {
        self.look_ahead = parse(text).ok().map(|parsed| parsed.expression);
        self
    }

    /// The lines of iteration `t`.
    pub fn lines_at(&self, t: usize) -> &[Line] {
        match &self.first {
            Some(first) if t == 1 => first,
            _ => &self.lines,
        }
    }
}

fn lines(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let (name, expression) = line.split_once('=')?;
        let expression = parse(expression.trim()).ok()?.expression;
        Some(Line { name: name.trim().to_owned(), expression })
    };
    text.lines().filter_map(line).collect()
}
