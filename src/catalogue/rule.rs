//! An update rule: lines that are carried out for every parameter, top to bottom.
//!
//! A line is `name = expression`, or one of several expressions by a comparison:
//!
//! ```text
//! step = eta_minus if p < 0 else 1 if p == 0 else eta_plus
//! ```

use crate::formula::{Expression, Operator, parse};
use crate::number::Sign;

/// An update rule in the language's own expressions.
///
/// Its lines may use `theta` (the parameter), `g` (its gradient), `t` (the iteration,
/// from 1), `rows` and `columns` (1 for a number), the optimizer's options and its states; the
/// last line gives `theta`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The states.
    pub states: Vec<State>,
    /// The lines.
    pub lines: Vec<Line>,
    /// The lines of the first iteration, where they differ.
    pub first: Option<Vec<Line>>,
    /// Where the gradient is taken, if not at `theta`.
    pub look_ahead: Option<Expression>,
    /// The line that gives the gradient after clipping and decay, where there is one.
    pub used_gradient: Option<String>,
}

/// What an optimizer remembers from one iteration to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its value before the first iteration, in terms of the options.
    pub start: Expression,
    /// Whether every entry of a parameter has one of its own.
    pub extent: Extent,
}

/// How much of a parameter has a value of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every entry.
    Entries,
    /// All entries together.
    Whole,
}

/// `name = expression`.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the line computes: a state, an intermediate quantity or `theta`.
    pub name: String,
    /// Expressions that hold under a condition; the first whose condition is met counts.
    pub cases: Vec<Case>,
    /// How it is computed where no condition is met.
    pub expression: Expression,
    /// What the line runs over.
    pub over: Over,
}

/// What a line runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// One parameter.
    Parameter,
    /// All parameters: the line is the norm of its expression over all of them.
    NormOfAll,
}

/// An expression with the condition under which it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// When.
    pub condition: Condition,
    /// What the line then is.
    pub expression: Expression,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The left side.
    pub left: Expression,
    /// How the sides compare.
    pub relation: Relation,
    /// The right side.
    pub right: Expression,
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `==`
    Equal,
    /// `>`
    Greater,
}

impl Relation {
    const ALL: [(&'static str, Self); 4] = [
        (" <= ", Self::AtMost),
        (" == ", Self::Equal),
        (" < ", Self::Less),
        (" > ", Self::Greater),
    ];

    /// Whether it holds where the difference of the sides has that sign.
    pub fn holds(self, difference: Sign) -> bool {
        match self {
            Self::Less => difference == Sign::Negative,
            Self::AtMost => difference != Sign::Positive,
            Self::Equal => difference == Sign::Zero,
            Self::Greater => difference == Sign::Positive,
        }
    }

    /// The sign in the scenario language.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
            Self::Greater => ">",
        }
    }

    /// The sign in LaTeX.
    pub fn latex(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => r"\le",
            Self::Equal => "=",
            Self::Greater => ">",
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} = ", self.name)?;
        for Case { condition, expression } in &self.cases {
            let relation = condition.relation.symbol();
            let Condition { left, right, .. } = condition;
            write!(out, "{expression} if {left} {relation} {right} else ")?;
        }
        match self.over {
            Over::Parameter => write!(out, "{}", self.expression),
            Over::NormOfAll => write!(out, "norm of all {}", self.expression),
        }
    }
}

impl Line {
    /// Every expression of the line, those of its conditions too.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let cases = self.cases.iter().flat_map(|case| {
            [&case.condition.left, &case.condition.right, &case.expression].into_iter()
        });
        cases.chain([&self.expression])
    }

    /// The same line with a term subtracted, in every case.
    pub(super) fn minus(mut self, term: &str) -> Self {
        let Ok(term) = parse(term) else { return self };
        let own = self.cases.iter_mut().map(|case| &mut case.expression);
        for expression in own.chain([&mut self.expression]) {
            let whole = std::mem::replace(expression, Expression::integer(0));
            *expression = Expression::binary(Operator::Subtract, whole, term.expression.clone());
        }
        self
    }

    /// The same line with a name exchanged for another.
    pub(super) fn renamed(&self, from: &str, to: &str) -> Self {
        self.map(&|expression| {
            expression.map(&mut |node| match node {
                Expression::Name(name) if name == from => Some(Expression::name(to)),
                _ => None,
            })
        })
    }

    /// The same line with every expression changed.
    pub fn map(&self, change: &dyn Fn(&Expression) -> Expression) -> Self {
        let case = |case: &Case| Case {
            condition: Condition {
                left: change(&case.condition.left),
                relation: case.condition.relation,
                right: change(&case.condition.right),
            },
            expression: change(&case.expression),
        };
        Self {
            name: self.name.clone(),
            cases: self.cases.iter().map(case).collect(),
            expression: change(&self.expression),
            over: self.over,
        }
    }
}

impl Rule {
    /// A rule from its text; the catalogue's tests read every one.
    pub(super) fn new(states: &[&str], text: &str) -> Self {
        let state = |name: &&str| State {
            name: (*name).to_owned(),
            start: Expression::integer(0),
            extent: Extent::Entries,
        };
        Self {
            states: states.iter().map(state).collect(),
            lines: lines(text),
            first: None,
            look_ahead: None,
            used_gradient: None,
        }
    }

    /// A rule of the scenario's own: states with where they start, and lines.
    pub fn of_lines(states: Vec<(String, Expression)>, lines: Vec<(String, Expression)>) -> Self {
        let state = |(name, start)| State { name, start, extent: Extent::Entries };
        let line = |(name, expression)| Line {
            name,
            cases: Vec::new(),
            expression,
            over: Over::Parameter,
        };
        Self {
            states: states.into_iter().map(state).collect(),
            lines: lines.into_iter().map(line).collect(),
            first: None,
            look_ahead: None,
            used_gradient: None,
        }
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

    /// The same rule with a state that starts elsewhere than at zero.
    pub(super) fn starting(mut self, state: &str, start: &str) -> Self {
        for known in self.states.iter_mut().filter(|known| known.name == state) {
            if let Ok(parsed) = parse(start) {
                known.start = parsed.expression;
            }
        }
        self
    }

    /// The same rule with one number for a state, however many entries a parameter has.
    pub(super) fn whole(mut self, state: &str) -> Self {
        for known in self.states.iter_mut().filter(|known| known.name == state) {
            known.extent = Extent::Whole;
        }
        self
    }

    /// The same rule for the gradient that the lines of `prelude`, put before its own, make of `g`.
    pub(super) fn after(mut self, prelude: &[Line]) -> Self {
        let Some(last) = prelude.last().map(|line| line.name.clone()) else { return self };
        let whole = |own: &[Line]| {
            let own = own.iter().map(|line| line.renamed("g", &last));
            prelude.iter().cloned().chain(own).collect()
        };
        self.first = self.first.as_deref().map(&whole);
        self.lines = whole(&self.lines);
        self.used_gradient = Some(last);
        self
    }

    /// The same rule with the rate that the last of the lines gives, in the place of the
    /// constant one.
    pub(super) fn scheduled(mut self, rate: &[Line]) -> Self {
        let Some(last) = rate.last().map(|line| line.name.clone()) else { return self };
        let whole = |own: &[Line]| {
            let own = own.iter().map(|line| line.renamed("learning_rate", &last));
            rate.iter().cloned().chain(own).collect()
        };
        self.first = self.first.as_deref().map(&whole);
        self.lines = whole(&self.lines);
        let look_ahead = self.look_ahead.as_ref().map(|point| {
            point.map(&mut |node| match node {
                Expression::Name(name) if name == "learning_rate" => Some(Expression::name(&last)),
                _ => None,
            })
        });
        self.look_ahead = look_ahead;
        self
    }

    /// The same rule with other last lines.
    pub(super) fn ending(mut self, change: impl Fn(Line) -> Vec<Line>) -> Self {
        for lines in [Some(&mut self.lines), self.first.as_mut()].into_iter().flatten() {
            if let Some(last) = lines.pop() {
                lines.extend(change(last));
            }
        }
        self
    }

    /// The lines of iteration `t`.
    pub fn lines_at(&self, t: usize) -> &[Line] {
        match &self.first {
            Some(first) if t == 1 => first,
            _ => &self.lines,
        }
    }

    /// The state of that name.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// Whether a line is the same for all parameters: it uses neither a parameter, nor a
    /// gradient, nor a state that a parameter's entries have.
    pub fn is_shared(&self, name: &str) -> bool {
        let of_entries = |name: &str| {
            ["theta", "g", "rows", "columns"].contains(&name)
                || self.state(name).is_some_and(|state| state.extent == Extent::Entries)
        };
        if of_entries(name) {
            return false;
        }
        let Some(line) = self.lines.iter().find(|line| line.name == name) else { return true };
        line.over == Over::NormOfAll
            || line.expressions().all(|expression| {
                !expression.any(&mut |node| match node {
                    Expression::Name(other) => other != name && !self.is_shared(other),
                    _ => false,
                })
            })
    }
}

impl Rule {
    /// Whether a line is the same in every iteration: it uses options alone.
    pub fn is_constant(&self, name: &str) -> bool {
        let changes = |name: &str| {
            name.starts_with("scheduled_")
                || ["theta", "g", "t", "rows", "columns", "learning_rate"].contains(&name)
                || self.state(name).is_some()
        };
        if changes(name) {
            return false;
        }
        let Some(line) = self.lines.iter().find(|line| line.name == name) else { return true };
        line.over == Over::Parameter
            && line.expressions().all(|expression| {
                !expression.any(&mut |node| match node {
                    Expression::Name(other) => !self.is_constant(other),
                    _ => false,
                })
            })
    }
}

/// Lines from their text.
pub(super) fn lines(text: &str) -> Vec<Line> {
    text.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let (name, text) = text.split_once('=')?;
    let mut parts: Vec<&str> = text.split(" else ").collect();
    let expression = parse(parts.pop()?.trim()).ok()?.expression;
    let cases = parts.into_iter().map(case).collect::<Option<_>>()?;
    Some(Line { name: name.trim().to_owned(), cases, expression, over: Over::Parameter })
}

fn case(text: &str) -> Option<Case> {
    let (expression, condition) = text.split_once(" if ")?;
    let expression = parse(expression.trim()).ok()?.expression;
    let (sign, relation) = Relation::ALL.iter().find(|(sign, _)| condition.contains(sign))?;
    let (left, right) = condition.split_once(sign)?;
    let left = parse(left.trim()).ok()?.expression;
    let right = parse(right.trim()).ok()?.expression;
    Some(Case { condition: Condition { left, relation: *relation, right }, expression })
}
