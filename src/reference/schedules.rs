//! Schedules of the learning rate, by the lines that the engine runs.
//!
//! The lines are asked for with numbers that stand for names, and the names are put back.

use crate::catalogue::{Explanation, Form, Line, Parts, SCHEDULES, SCHEDULES_EXPLAINED, Schedule};
use crate::formula::Expression;
use crate::formula::notation::Notation;
use crate::number::Rational;

use super::entry::{Change, Choice, Default, Entry, Family, Formula};
use super::rules::{latex_by, right_side, with};

/// The first of the numbers that stand for names.
const FIRST: usize = 700_001;

/// The names that they stand for, in order.
const NAMES: [&str; 7] =
    ["period", "start", "milestone_1", "milestone_2", "rate_1", "rate_2", "rate_3"];

pub(super) fn family() -> Family {
    Family {
        title: "Schedules",
        place: "values of `schedule`",
        lead: "They stand in a set-up or in one of its optimizers. `k` counts the \
               iterations before, from 0; `learning_rate` is the optimizer's, `rate` what takes \
               its place.",
        entries: SCHEDULES_EXPLAINED.iter().map(entry).collect(),
    }
}

fn entry(explained: &Explanation) -> Entry {
    let numbers = SCHEDULES.iter().find(|(kind, _)| *kind == explained.kind);
    let numbers = numbers.map_or(&[][..], |(_, numbers)| numbers);
    let key = |(name, meaning): &(&'static str, &str)| {
        let number = numbers.iter().find(|(known, _)| known == name);
        let whole = ["size", "period"].contains(name);
        Choice {
            name,
            meaning: (*meaning).to_owned(),
            allowed: match number {
                _ if whole => vec!["a whole number, 1 or more".to_owned()],
                Some(_) => vec!["0 or more".to_owned()],
                None => Vec::new(),
            },
            default: match number {
                Some((_, Some(default))) => Default::Value((*default).to_owned()),
                Some((_, None)) => Default::Required,
                None => Default::Told,
            },
            others: Vec::new(),
            changes: Vec::new(),
        }
    };
    let mut options: Vec<Choice> = explained.keys.iter().map(key).collect();
    let formula = formula(explained.kind, &parts());
    let stairs = self::formula(explained.kind, &Parts { staircase: true, ..parts() });
    for option in options.iter_mut().filter(|option| option.name == "staircase") {
        let formulas = stairs.clone().into_iter().collect();
        option.changes.push(Change { when: "true".to_owned(), formulas, states: Vec::new() });
    }
    Entry {
        kind: explained.kind,
        called: explained.kind.to_owned(),
        family: "a schedule of the learning rate",
        source: explained.source,
        meaning: explained.meaning,
        formulas: formula.into_iter().collect(),
        legend: "k counts the iterations before, from 0; learning_rate is the optimizer's",
        options,
        example: explained.example,
        ..Entry::default()
    }
}

/// Two milestones, three rates; everything else stays a name by itself.
fn parts() -> Parts {
    let number = |index: usize| Rational::from(FIRST + index);
    Parts {
        size: FIRST,
        milestones: vec![FIRST + 2, FIRST + 3],
        rates: vec![number(4), number(5), number(6)],
        ..Parts::default()
    }
}

fn formula(kind: &str, parts: &Parts) -> Option<Formula> {
    let schedule = match kind {
        "warmup" => {
            let after = Schedule::new("constant", &Parts::default())?;
            after.warmed_up(FIRST, &Rational::from(FIRST + 1))?
        }
        _ => Schedule::new(kind, parts)?,
    };
    let line = with(&schedule.line, &named);
    let plain = |name: &str| Some(plain(schedule.quantity(name)?.form, kind));
    let words = |expression: &Expression| {
        expression.map(&mut |node| match node {
            Expression::Name(name) => plain(name).map(Expression::Name),
            _ => None,
        })
    };
    let length = format!(r"\mathrm{{{}}}", length(kind));
    let notation = Notation::default();
    let name = |name: &str| match schedule.quantity(name) {
        Some(quantity) => quantity.latex.replace(&FIRST.to_string(), &length),
        None => notation.in_rule(name),
    };
    let print = |expression: &Expression| latex_by(expression, &name);
    let shown = Line { name: "rate".to_owned(), ..with(&line, &words) };
    Some(Formula {
        label: String::new(),
        text: shown.to_string(),
        latex: [r"\alpha_{k}".to_owned(), "=".to_owned(), right_side(&line, &print)],
    })
}

/// The names in the places of the numbers that stand for them.
fn named(expression: &Expression) -> Expression {
    expression.map(&mut |node| {
        let Expression::Number(number) = node else { return None };
        let known = (0..NAMES.len()).find(|index| *number == Rational::from(FIRST + index));
        known.and_then(|index| NAMES.get(index)).map(|name| Expression::name(name))
    })
}

/// The key that holds a schedule's whole number.
fn length(kind: &str) -> &'static str {
    if kind == "cosine" { "period" } else { "size" }
}

/// A quantity in the words of the scenario language.
fn plain(form: Form, kind: &str) -> String {
    let length = length(kind);
    match form {
        Form::Count => "k".to_owned(),
        Form::Floor(_) => format!("floor(k/{length})"),
        Form::Cosine(_) => format!("cos(pi*min(k, {length})/{length})"),
    }
}
