//! Numbers in prose that the run does not have.
//!
//! A text that says `$w = 3$`, of a parameter, the loss, a datum or an option, states a value by
//! hand. It is compared with every value that the run ever gives that name, rounded as it is
//! written there; a name that never has it is suspicious. Definitions between parameters and loss
//! are passed over, since texts speak of them in general ("at $z = 0$"), and so is zero.

use crate::number::{Rational, Real, parse_decimal};
use crate::scenario::{Cell, Content, Scenario, Setup, Text};
use crate::trace::{Trace, Value};

use super::{Found, Rule};

/// The most values that a message names.
const FEW: usize = 4;

pub(super) fn contradicting(scenario: &Scenario, trace: &Trace, found: &mut Found) {
    let only = (scenario.setups.len() == 1).then_some(0);
    for cell in scenario.cells.iter().flatten() {
        review(scenario, trace, cell, only, found);
    }
}

fn review(scenario: &Scenario, trace: &Trace, cell: &Cell, home: Option<usize>, found: &mut Found) {
    let mut texts: Vec<&Text> = Vec::new();
    let mut home = home;
    match &cell.content {
        Content::Markdown(text) | Content::Callout { text, .. } => texts.push(text),
        Content::Ask(ask) => texts.extend(ask.text.iter().chain(&ask.solution)),
        Content::Question(question) => {
            home = question.setup.or(home);
            texts.extend(&question.text);
            for part in &question.parts {
                review(scenario, trace, part, home, found);
            }
        }
        _ => {}
    }
    let Some(setup) = home.and_then(|index| scenario.setups.get(index)) else { return };
    for name in names(setup) {
        let values = values(setup, trace, &name);
        if values.is_empty() {
            continue;
        }
        for text in &texts {
            for stated in statements(&text.source, &setup.notation.latex(&name)) {
                if stated.value == Rational::ZERO || values.iter().any(|value| stated.is(value)) {
                    continue;
                }
                let width = stated.end - stated.start;
                let message = format!(
                    "`{name}` is {} here, a value that it has nowhere in `{}`",
                    stated.written, setup.name
                );
                let problem = text.problem(stated.start, width, message).as_warning();
                let known: Vec<String> = values.iter().take(FEW).map(plain).collect();
                let more = if values.len() > FEW { ", …" } else { "" };
                let help = format!(
                    "it is {}{more}; `<< … | tex >>` with its path prints the run's own",
                    known.join(", ")
                );
                found.push((Rule::ContradictingNumber, problem.with_help(help)));
            }
        }
    }
}

/// Parameters, data, the loss and the options that are numbers.
fn names(setup: &Setup) -> Vec<String> {
    let mut list: Vec<String> = setup.parameter_names().map(str::to_owned).collect();
    list.extend(setup.inputs.iter().cloned());
    list.push("loss".to_owned());
    for run in &setup.runs {
        let numbers = run.options.iter().filter(|(name, _)| run.options.number(name).is_some());
        list.extend(numbers.map(|(name, _)| name.to_owned()));
    }
    list.sort();
    list.dedup();
    list
}

/// Every value that a name has.
fn values(setup: &Setup, trace: &Trace, name: &str) -> Vec<Real> {
    let mut list: Vec<Real> = Vec::new();
    let mut add = |value: Option<&Real>| {
        if let Some(value) = value
            && !list.contains(value)
        {
            list.push(value.clone());
        }
    };
    for parameter in setup.parameters.iter().filter(|one| one.name == name) {
        let start = parameter.initial.counts().is_some().then(|| parameter.initial.tensor());
        add(start.as_ref().and_then(|start| start.real()));
    }
    let Some(record) = trace.setups.get(&setup.name) else { return list };
    for example in &record.data {
        add(example.get(name).and_then(|value| value.real()));
    }
    for (_, run) in record.runs.iter() {
        if let Some(option) = run.options.get(name) {
            add(Some(&Real::from(option.clone())));
        }
        for iteration in run.iterations.iter().chain(run.carried.iter().flatten()) {
            add(iteration.parameters.get(name).and_then(|value| value.real()));
            if name == "loss" {
                add(iteration.loss.as_ref().and_then(|value| value.real()));
            }
            if name == "learning_rate" {
                add(iteration.learning_rate.as_ref());
            }
            for example in &iteration.examples {
                add(example
                    .values
                    .get(name)
                    .and_then(|tensor| tensor.scalar().and_then(Value::real)));
            }
        }
    }
    list
}

/// A value as it is stated in a text.
#[derive(Debug, PartialEq)]
struct Stated<'t> {
    start: usize,
    end: usize,
    written: &'t str,
    value: Rational,
}

impl Stated<'_> {
    /// Whether this is the number, rounded to the digits that are written.
    fn is(&self, value: &Real) -> bool {
        let places = self.written.split_once('.').map_or(0, |(_, digits)| digits.len());
        let unit = (0..places).fold(1.0, |unit, _| unit / 10.0);
        let stated = Real::from(self.value.clone());
        // A warning may be wrong, so floating point is good enough to make it.
        (value.to_f64() - stated.to_f64()).abs() <= 0.5 * unit + 1e-12 || *value == stated
    }
}

/// Where a text says that a symbol has a value: `w = -0.5`, `w \approx 0.65`.
fn statements<'t>(text: &'t str, symbol: &str) -> Vec<Stated<'t>> {
    let mut list = Vec::new();
    for (start, _) in text.match_indices(symbol) {
        if !in_formula(&text[..start]) || !begins(&text[..start]) {
            continue;
        }
        let behind = text[start + symbol.len()..].trim_start_matches(' ');
        let relation = ["=", "\\approx"].iter().find_map(|sign| behind.strip_prefix(sign));
        let Some(number) = relation.map(|rest| rest.trim_start_matches(' ')) else { continue };
        let length = length(number);
        let (written, rest) = number.split_at(length);
        // What goes on, as in `10^{-8}`, `1/3` or `2 w`, is no number.
        let goes_on = rest
            .trim_start_matches(' ')
            .starts_with(|next: char| next.is_alphanumeric() || "^/*+-_\\(".contains(next));
        let ends = rest.starts_with("\\\\") || rest.starts_with(" \\\\") || !goes_on;
        if let (true, Ok(value)) = (ends, parse_decimal(written)) {
            let end = text.len() - rest.len();
            list.push(Stated { start, end, written, value });
        }
    }
    list
}

/// Whether the text so far has opened a formula.
fn in_formula(before: &str) -> bool {
    before.matches('$').count() % 2 == 1 || before.matches("$$").count() % 2 == 1
}

/// Whether a symbol may begin after this text.
fn begins(before: &str) -> bool {
    let near = before.trim_end_matches(' ');
    !near.ends_with("\\partial")
        && before.chars().next_back().is_none_or(|last| " $,;&({\n".contains(last))
}

/// How many bytes of a text are a decimal number.
fn length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with('-'));
    let whole = sign + digits(&text[sign..]);
    match text[whole..].strip_prefix('.') {
        Some(rest) if digits(rest) > 0 => whole + 1 + digits(rest),
        _ => whole,
    }
}

fn plain(value: &Real) -> String {
    match value.closed_form() {
        Some(form) if form.to_text().len() <= 12 => form.to_text(),
        _ => format!("about {:.4}", value.to_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn statements_are_found_in_formulas_alone() {
        let table: [(&str, &[&str]); 12] = [
            ("so $w = 3$.", &["3"]),
            ("so $w=-0.25, b = 1$", &["-0.25"]),
            ("$w \\approx 0.65$", &["0.65"]),
            ("$$\nw = 1 \\\\\nb = 2\n$$", &["1"]),
            ("w = 3", &[]),
            ("$w = 3 x$", &[]),
            ("$w = 10^{-8}$", &[]),
            ("$w = 1/3$", &[]),
            ("$w_1 = 3$", &[]),
            ("$\\partial w = 3$", &[]),
            ("$2w = 3$", &[]),
            ("$w$ is $3$", &[]),
        ];
        for (text, expected) in table {
            let found: Vec<&str> = statements(text, "w").iter().map(|one| one.written).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
