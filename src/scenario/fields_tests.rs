//! A mapping's keys: taken, required, refused for now, unknown, missing.

use super::super::{Field, Report, yaml};
use super::Fields;

/// Reads a document's top with `decode`; every problem as one line.
fn problems(source: &str, decode: impl Fn(&mut Fields)) -> Vec<String> {
    let top = yaml::read(source).expect(source);
    let report = Report::new();
    let mut map = Field::new(&top, "s", &report).fields().expect("a mapping");
    decode(&mut map);
    map.finish();
    let line = |p: super::Problem| {
        let help = p.help.map_or(String::new(), |help| format!(" ({help})"));
        format!("{} +{} {}: {}{help}", p.place, p.width, p.field, p.message)
    };
    report.into_problems().into_iter().map(line).collect()
}

/// A decoder with one key of each kind.
fn decode(map: &mut Fields) {
    let _ = map.required_text("title");
    let _ = map.required("model");
    let _ = map.unsigned("seed");
    let _ = map.number("rate");
    let _ = map.choice("rounding", &[("up", 0), ("even", 1)]);
    let _ = map.truth("exact");
    let _ = map.items("data");
    let _ = map.entries("init");
    let _ = map.text("note");
}

#[test]
fn every_broken_rule_is_reported() {
    let keys = "`title`, `model`, `seed`, `rate`, `rounding`, `exact`, `data`, `init`, `note`";
    let table: [(&str, Vec<String>); 5] = [
        ("title: t\nmodel: m\nseed: 7\nnote: n", vec![]),
        (
            "seed: -1\ntitle: ' '\nmodel: m\nexact: 1",
            vec![
                "2:8 +3 s.title: the text is empty".into(),
                "1:7 +2 s.seed: expected a whole number from 0, found the number `-1`".into(),
                "4:8 +1 s.exact: expected `true` or `false`, found the number `1`".into(),
            ],
        ),
        (
            "title: t\nmodel: m\ninti: 1\nfoo: 2",
            vec![
                "3:1 +4 s.inti: unknown key `inti` (did you mean `init`?)".into(),
                format!("4:1 +3 s.foo: unknown key `foo` (the keys allowed here are {keys})"),
            ],
        ),
        ("title: t", vec!["1:1 +1 s: the key `model` is missing".into()]),
        // The misspelt key is the missing one, so that is said once.
        (
            "titel: t\nmodel: m",
            vec!["1:1 +5 s.titel: unknown key `titel` (did you mean `title`?)".into()],
        ),
    ];
    for (source, expected) in table {
        assert_eq!(problems(source, decode), expected, "{source:?}");
    }
}

#[test]
fn values_come_out_by_key() {
    let top = yaml::read("question: Q\nmarks: 2\nrounding: even\nrate: 0.10").expect("a mapping");
    let report = Report::new();
    let mut map = Field::new(&top, "", &report).fields().expect("a mapping");
    assert_eq!(map.first_left().map(|key| key.text.as_str()), Some("question"));
    assert_eq!(map.text("question").map(|s| s.text.as_str()), Some("Q"));
    assert_eq!(map.first_left().map(|key| key.text.as_str()), Some("marks"));
    assert_eq!(map.unsigned_in("marks", 1..=100), Some(2));
    assert_eq!(map.choice("rounding", &[("up", 'u'), ("even", 'e')]), Some('e'));
    assert_eq!(map.number("rate").map(|s| s.text.as_str()), Some("0.10"));
    assert_eq!(map.unsigned("seed"), None);
    map.finish();
    assert!(report.is_empty());
}

#[test]
fn a_mapping_with_one_key_or_none_says_so() {
    assert_eq!(
        problems("zzz: 1", |map| {
            let _ = map.take("a");
        }),
        ["1:1 +3 s.zzz: unknown key `zzz` (the only key allowed here is `a`)"]
    );
    assert_eq!(
        problems("zzz: 1", |_| ()),
        ["1:1 +3 s.zzz: unknown key `zzz` (no keys are allowed here)"]
    );
}
