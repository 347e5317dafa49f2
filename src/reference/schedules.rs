//! Schedules of the learning rate, by the lines that the engine runs.
//!
//! The lines are asked for with numbers that stand for names, and the names are put back.

use crate::catalogue::{
    Explanation, Form, Line, Parts, Quantity, SCHEDULES, SCHEDULES_EXPLAINED, Schedule,
};
use crate::formula::Expression;
use crate::formula::notation::Notation;
use crate::number::Rational;

use super::entry::{Change, Choice, Default, Entry, Family, Formula};
use super::rules::{latex_by, right_side};

/// The first of the numbers that stand for names.
const FIRST: usize = 700_001;

/// The names that they stand for, in order.
const NAMES: [&str; 7] =
    ["period", "start", "milestone_1", "milestone_2", "rate_1", "rate_2", "rate_3"];

/// Where a cycle has its peak, its end, and how far they are apart, as such numbers.
const CYCLE: [(usize, &str, &str); 3] = [
    (800_001, "peak", r"\mathrm{peak}"),
    (2_000_002, "end", r"\mathrm{end}"),
    (1_200_001, "(end - peak)", r"(\mathrm{end} - \mathrm{peak})"),
];

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
    let parts = parts(explained.kind);
    let formula = formula(explained.kind, &parts);
    let stairs = self::formula(explained.kind, &Parts { staircase: true, ..parts });
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

/// Two milestones, three rates, a cycle; everything else stays a name by itself.
fn parts(kind: &str) -> Parts {
    if kind == "one_cycle" {
        let [(peak, ..), (end, ..), _] = CYCLE;
        let cycle = Some((Rational::from(peak), Rational::from(end)));
        return Parts { size: FIRST, cycle, ..Parts::default() };
    }
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
    let line = schedule.lines.last()?.map(&named);
    let plain = |name: &str| schedule.quantity(name).map(|quantity| plain(quantity, kind));
    let words = |expression: &Expression| {
        expression.map(&mut |node| match node {
            Expression::Name(name) => plain(name).map(Expression::Name),
            _ => None,
        })
    };
    let length = format!(r"\mathrm{{{}}}", length(kind));
    let notation = Notation::default();
    let name = |name: &str| match schedule.quantity(name) {
        Some(quantity) => {
            let latex = quantity.latex.replace(&FIRST.to_string(), &length);
            let named = CYCLE.iter().map(|(number, _, name)| (number.to_string(), name));
            named.fold(latex, |latex, (number, name)| latex.replace(&number, name))
        }
        None => notation.in_rule(name),
    };
    let print = |expression: &Expression| latex_by(expression, &name);
    let shown = Line { name: "rate".to_owned(), ..line.map(&words) };
    Some(Formula {
        label: String::new(),
        text: shown.to_string(),
        latex: [r"\alpha_{k}".to_owned(), "=".to_owned(), right_side(&line, &print)],
    })
}

/// The names in the places of the numbers that stand for them.
fn named(expression: &Expression) -> Expression {
    expression.map(&mut |node| match node {
        Expression::Number(number) => name_of(number).map(Expression::name),
        _ => None,
    })
}

fn name_of(number: &Rational) -> Option<&'static str> {
    let listed = (FIRST..).zip(NAMES).chain(CYCLE.map(|(number, name, _)| (number, name)));
    listed.into_iter().find(|(known, _)| *number == Rational::from(*known)).map(|(_, name)| name)
}

/// The key that holds a schedule's whole number.
fn length(kind: &str) -> &'static str {
    if kind == "cosine" { "period" } else { "size" }
}

/// A quantity in the words of the scenario language.
fn plain(quantity: &Quantity, kind: &str) -> String {
    let k = match name_of(&quantity.after) {
        Some(after) => format!("k - {after}"),
        None => "k".to_owned(),
    };
    match &quantity.form {
        Form::Count => k,
        Form::Floor(_) => format!("floor({k}/{})", length(kind)),
        Form::Cosine(period) => {
            let known = name_of(period).filter(|_| kind != "cosine");
            let length = known.unwrap_or(length(kind));
            let most = length.trim_matches(['(', ')']);
            format!("cos(pi*min({k}, {most})/{length})")
        }
    }
}
