//! Initializers: the distribution of an entry under the defaults, and the options.

use crate::initialization::exact::Number;
use crate::initialization::formula::Names;
use crate::initialization::kinds::{KINDS, Kind, OptionEntry, OptionType};
use crate::initialization::reader::{OptionValue, build};

use super::entry::{Choice, Default, Entry, Family, Formula};
use super::plain::plain;

pub(super) fn family() -> Family {
    Family {
        title: "Initializers",
        place: "values of `init` and `adjoint`",
        lead: "`W` has n rows (the inputs of a unit) and m \
               columns (the units); the formulas are those of the defaults.",
        entries: KINDS.iter().map(of).collect(),
    }
}

fn of(kind: &Kind) -> Entry {
    Entry {
        kind: kind.name,
        called: kind.name.to_owned(),
        family: "an initializer",
        source: kind.source,
        formulas: formula(kind).into_iter().collect(),
        legend: "W has n rows (the inputs of a unit) and m columns (the units)",
        options: kind.options.iter().map(choice).collect(),
        ..Entry::default()
    }
}

/// The distribution under the defaults; what has none is one tenth.
fn formula(kind: &Kind) -> Option<Formula> {
    let names = Names { parameter: "W", rows: "n", columns: "m", shape: None };
    let given: Vec<(String, OptionValue)> = kind
        .options
        .iter()
        .filter(|option| option.default.is_none())
        .map(|option| (option.name.to_owned(), OptionValue::Number(Number::ratio(1, 10))))
        .collect();
    let label: Vec<String> = given.iter().map(|(name, _)| format!("with {name}: 0.1,")).collect();
    let scheme = build(kind.name, "", &given).ok()?;
    let right = scheme.formula(&names);
    // Some are told by a property of the whole.
    let (left, relation) = match (right.contains(r"\top"), right.contains('I')) {
        (true, _) => ("", ""),
        (false, true) => ("W", "="),
        (false, false) if scheme.is_random() => ("W_{ij}", r"\sim"),
        (false, false) => ("W_{ij}", "="),
    };
    let latex = [left.to_owned(), relation.to_owned(), right];
    Some(Formula { label: label.concat(), text: plain(&latex.join(" ")), latex })
}

fn choice(option: &OptionEntry) -> Choice {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let default = option.default.map(str::to_owned);
    Choice {
        name: option.name,
        meaning: option.meaning.to_owned(),
        allowed: match option.holds {
            OptionType::Number => words(&["a number"]),
            OptionType::Gain => {
                words(&["a number, relu, leaky_relu(a), tanh, linear, sigmoid or selu"])
            }
            OptionType::Choice(list) => words(list),
        },
        default: default.map_or(Default::Required, Default::Value),
        others: option.conventions.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
        changes: Vec::new(),
    }
}
