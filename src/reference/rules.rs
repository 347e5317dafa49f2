//! Lines of rules as formulas, in the scenario language and in LaTeX.

use crate::catalogue::{Line, Rule, state_meaning};
use crate::formula::latex::Printer;
use crate::formula::notation::Notation;
use crate::formula::{Expression, Shown};
use crate::number::{Rational, exact_input_latex};

use super::entry::{Formula, State};

/// A rule's lines; those of the first iteration and the look-ahead point where there are any.
pub(super) fn formulas(rule: &Rule) -> Vec<Formula> {
    let mut list: Vec<Formula> = Vec::new();
    if let Some(point) = &rule.look_ahead {
        list.push(Formula {
            label: "the gradient is taken at".to_owned(),
            text: text(point),
            latex: [String::new(), String::new(), latex(point)],
        });
    }
    list.extend(rule.lines.iter().map(line));
    for first in rule.first.iter().flatten().map(line) {
        if !list.contains(&first) {
            list.push(Formula { label: "in the first iteration:".to_owned(), ..first });
        }
    }
    list
}

/// The states of a rule.
pub(super) fn states(kind: &str, rule: &Rule) -> Vec<State> {
    let state = |state: &crate::catalogue::State| State {
        name: state.name.clone(),
        start: text(&state.start),
        meaning: state_meaning(kind, &state.name),
    };
    rule.states.iter().map(state).collect()
}

fn line(line: &Line) -> Formula {
    let left = Notation::default().in_rule(&line.name);
    Formula {
        label: String::new(),
        text: line.map(&readable).to_string(),
        latex: [left, r"\leftarrow".to_owned(), right_side(line, &latex)],
    }
}

/// The right side of a line as LaTeX.
pub(super) fn right_side(line: &Line, print: &dyn Fn(&Expression) -> String) -> String {
    line.right_side(print, r"\theta", ["if", "otherwise"])
}

/// An expression in the scenario language.
pub(super) fn text(expression: &Expression) -> String {
    readable(expression).to_string()
}

/// Fractions that end as decimals.
pub(super) fn readable(expression: &Expression) -> Expression {
    expression.map(&mut |node| match node {
        Expression::Number(number) => {
            let latex = exact_input_latex(number, '.');
            let decimal = latex.contains('.') && !latex.contains('\\');
            decimal.then(|| Expression::Name(latex))
        }
        _ => None,
    })
}

/// An expression as LaTeX.
pub(super) fn latex(expression: &Expression) -> String {
    let notation = Notation::default();
    latex_by(expression, &|name| notation.in_rule(name))
}

/// An expression as LaTeX, with the names as the function writes them.
pub(super) fn latex_by(expression: &Expression, name: &dyn Fn(&str) -> String) -> String {
    Printer { name, number: &number }.latex(expression)
}

fn number(number: &Rational) -> Shown {
    let negative = *number < Rational::ZERO;
    let size = if negative { -number.clone() } else { number.clone() };
    let magnitude = exact_input_latex(&size, '.');
    Shown { magnitude, negative, exact: true, compound: false }
}
