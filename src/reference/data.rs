//! Where examples come from: generators, and files.

use crate::initialization::data::{GENERATORS, GeneratorKind};

use super::entry::{Choice, Default, Entry, Family, Formula};

const COUNT: (&str, &str) = ("count", "how many examples are made");

pub(super) fn family() -> Family {
    Family {
        title: "Data",
        place: "values of `data`",
        lead: "Examples may be listed, too: `data: [{x: 3, y: 0}]`. \
               Generators draw from the scenario's seed, the same examples every time.",
        entries: GENERATORS.iter().map(generator).chain([file()]).collect(),
    }
}

fn generator(kind: &GeneratorKind) -> Entry {
    let count = key(COUNT.0, COUNT.1, "a whole number, 1 or more", Default::Required);
    let own = kind.options.iter().map(|option| {
        let default = Default::Value(option.default.to_string());
        key(option.name, option.meaning, "a number", default)
    });
    let formula = |(text, [left, relation, right]): &(&str, [&str; 3])| Formula {
        label: String::new(),
        text: (*text).to_owned(),
        latex: [left, relation, right].map(|part| (*part).to_owned()),
    };
    Entry {
        kind: kind.name,
        called: kind.name.to_owned(),
        family: "a generator of data",
        source: kind.source,
        meaning: kind.meaning,
        formulas: kind.formulas.iter().map(formula).collect(),
        options: [count].into_iter().chain(own).collect(),
        example: kind.example,
        ..Entry::default()
    }
}

fn file() -> Entry {
    Entry {
        kind: "csv",
        called: "csv".to_owned(),
        family: "data from a file",
        source: "RFC 4180",
        meaning: "a line for each example, below a line with the names: x is a number, x.c1 and x.c2 \
                  are the entries of a row",
        options: vec![key(
            "path",
            "the file, below the scenario's folder",
            "a relative path",
            Default::Required,
        )],
        example: "data: {kind: csv, path: points.csv}",
        ..Entry::default()
    }
}

fn key(name: &'static str, meaning: &str, allowed: &str, default: Default) -> Choice {
    Choice {
        name,
        meaning: meaning.to_owned(),
        allowed: vec![allowed.to_owned()],
        default,
        others: Vec::new(),
        changes: Vec::new(),
    }
}
