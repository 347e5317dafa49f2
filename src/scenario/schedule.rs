//! The schedule of a learning rate: its kind, its numbers, what follows a warm-up.

use crate::catalogue::{CYCLE_FORMS, Parts, SCHEDULES, Schedule};
use crate::number::{Rational, parse_decimal};

use super::quantity::rational;
use super::schema::SCHEDULE;
use super::setup::helped;
use super::yaml::{Data, Key, Node};
use super::{Field, Fields, suggest};

/// The longest period, and the last milestone.
const MAX_PERIOD: u64 = 1_000_000;

/// Reads a schedule.
pub(super) fn read(field: &Field<'_>) -> Option<Schedule> {
    let mut map = field.fields(&SCHEDULE)?;
    if let Some(list) = map.take("chain") {
        let chain = chain(&list);
        map.finish();
        return chain;
    }
    let kind_field = map.required("kind");
    let kind = match &kind_field {
        Some(field) => field.text()?.text.as_str(),
        None => "",
    };
    let schedule = if kind == "warmup" {
        warmup(&mut map)
    } else if let Some((name, numbers)) = SCHEDULES.iter().find(|(known, _)| *known == kind) {
        parts(&mut map, name, numbers).and_then(|parts| Schedule::new(name, &parts))
    } else {
        if let Some(field) = &kind_field {
            let known = SCHEDULES.iter().map(|(known, _)| *known).chain(["warmup"]);
            let problem = field.problem(format!("there is no schedule `{kind}`"));
            field.report().push(match kind {
                "chain" => problem.with_help("a chain is written `{chain: [{kind: ...}, ...]}`"),
                _ => helped(problem, suggest(kind, known)),
            });
        }
        return None;
    };
    map.finish();
    schedule
}

/// A rise from `start` times the rate, then another schedule.
fn warmup(map: &mut Fields<'_>) -> Option<Schedule> {
    let period = whole(map.required("period"));
    let start = match map.take("start") {
        Some(field) => not_negative(&field),
        None => Some(Rational::ZERO),
    };
    let then = match map.take("then") {
        Some(field) => {
            if let kind @ ("warmup" | "chain") = kind_of(&field) {
                let problem = field.problem(format!("a warm-up is not followed by a `{kind}`"));
                let help = "a `chain` may have a warm-up as its first schedule";
                field.report().push(problem.with_help(help));
                return None;
            }
            read(&field)
        }
        None => Schedule::new("constant", &Parts::default()),
    };
    then?.warmed_up(period?, &start?)
}

/// `chain: [...]`, each acting on the rate that the one before gives.
fn chain(field: &Field<'_>) -> Option<Schedule> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of schedules is empty");
        return None;
    }
    let one = |(index, item): (usize, &Field<'_>)| {
        match kind_of(item) {
            "chain" => item.refuse("a chain does not hold another"),
            "piecewise" if index > 0 => {
                item.refuse("`piecewise` lists the rates themselves, so it comes first in a chain");
            }
            _ => return read(item),
        }
        None
    };
    let stages: Vec<Option<Schedule>> = items.iter().enumerate().map(one).collect();
    stages.into_iter().collect::<Option<_>>().map(Schedule::chained)
}

/// The kind of a schedule, empty where none is given.
fn kind_of<'n>(field: &Field<'n>) -> &'n str {
    let Data::Map(entries) = &field.node().data else { return "" };
    let entry = |(key, node): &'n (Key, Node)| match key.text.as_str() {
        "kind" => node.scalar().map(|kind| kind.text.as_str()),
        "chain" => Some("chain"),
        _ => None,
    };
    entries.iter().find_map(entry).unwrap_or("")
}

fn parts(
    map: &mut Fields<'_>,
    kind: &str,
    known: &[(&'static str, Option<&str>)],
) -> Option<Parts> {
    let mut parts = Parts { size: 1, ..Parts::default() };
    let mut sound = true;
    for (name, default) in known {
        let field = match default {
            Some(_) => map.take(name),
            None => map.required(name),
        };
        let number = match (&field, default) {
            (Some(_), _) if ["size", "period"].contains(name) => whole(field).map(Rational::from),
            (Some(field), _) => not_negative(field),
            (None, Some(default)) => parse_decimal(default).ok(),
            (None, None) => None,
        };
        let Some(number) = number else {
            sound = false;
            continue;
        };
        if ["size", "period"].contains(name) {
            parts.size = usize::try_from(number.numerator().clone()).unwrap_or(1);
        }
        parts.numbers.push((name, number));
    }
    if kind == "exponential" {
        parts.staircase = map.truth("staircase").unwrap_or(false);
    }
    if kind == "one_cycle" && sound {
        parts.cycle = cycle(map, &parts);
        sound = parts.cycle.is_some();
    }
    if ["multistep", "piecewise"].contains(&kind) {
        let milestones = map.required("milestones");
        parts.milestones = milestones.as_ref().and_then(ascending).unwrap_or_default();
        sound &= !parts.milestones.is_empty();
    }
    if kind == "piecewise" {
        let rates = map.required("rates");
        let items = rates.as_ref().and_then(Field::items).unwrap_or_default();
        parts.rates = items.iter().filter_map(not_negative).collect();
        if let (Some(field), true) = (&rates, parts.rates.len() == items.len())
            && sound
            && items.len() != parts.milestones.len() + 1
        {
            field.refuse(format!(
                "{} milestones divide the run for {} rates, but {} are listed",
                parts.milestones.len(),
                parts.milestones.len() + 1,
                items.len()
            ));
            return None;
        }
    }
    sound.then_some(parts)
}

/// Where a cycle has its peak and its end.
fn cycle(map: &mut Fields<'_>, parts: &Parts) -> Option<(Rational, Rational)> {
    let number = |name: &str| {
        let found = parts.numbers.iter().find(|(known, _)| *known == name);
        found.map_or(Rational::ZERO, |(_, number)| number.clone())
    };
    let form = map.choice("form", &CYCLE_FORMS.map(|form| (form, form)));
    let (period, share) = (Rational::from(parts.size), number("pct_start"));
    let (peak, end) = match form {
        Some("optax") => (Rational::from((&period * share).floor()), period),
        _ => (&period * share - Rational::ONE, period - Rational::ONE),
    };
    let divisor = number("div_factor") * number("final_div_factor");
    if divisor == Rational::ZERO {
        let entries = map.whole().entries().unwrap_or_default();
        let zero = entries.iter().find(|(key, own)| {
            key.text.ends_with("div_factor")
                && own
                    .node()
                    .scalar()
                    .is_some_and(|number| number.text.trim_matches(['0', '.']).is_empty())
        });
        let place = zero.map_or(map.whole(), |(_, own)| own);
        place.refuse("`div_factor` and `final_div_factor` must be above 0");
        return None;
    }
    if peak <= Rational::ZERO || peak >= end {
        map.whole().refuse_with(
            "the peak of the cycle would not lie between its first and its last iteration",
            "take a longer `period`, or another `pct_start`",
        );
        return None;
    }
    Some((peak, end))
}

fn whole(field: Option<Field<'_>>) -> Option<usize> {
    usize::try_from(field?.unsigned_in(1..=MAX_PERIOD)?).ok()
}

fn not_negative(field: &Field<'_>) -> Option<Rational> {
    let number = rational(field)?;
    if number < Rational::ZERO {
        field.refuse("a schedule's numbers must not be negative");
        return None;
    }
    Some(number)
}

/// Iterations, each later than the one before.
fn ascending(field: &Field<'_>) -> Option<Vec<usize>> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of milestones is empty");
        return None;
    }
    let list: Option<Vec<usize>> =
        items.iter().map(|item| usize::try_from(item.unsigned_in(1..=MAX_PERIOD)?).ok()).collect();
    let list = list?;
    if list.windows(2).any(|pair| pair[0] >= pair[1]) {
        field.refuse_with("milestones must ascend", "list each iteration once, the earliest first");
        return None;
    }
    Some(list)
}
