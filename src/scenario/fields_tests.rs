//! A mapping's keys: taken, required, refused for now, unknown, missing.

use super::super::{Bounds, Field, Holds, MANY, Mapping, Names, Report, key, yaml};
use super::Fields;

/// The keys that the decoders below take.
static TABLE: Mapping = Mapping {
    name: "table",
    meaning: "",
    keys: &[
        key("title", "", Holds::Filled).required(),
        key("model", "", Holds::Text).required(),
        key("seed", "", Holds::Whole(0, u64::MAX)),
        key("rate", "", Holds::Decimal(Bounds::None)),
        key("rounding", "", Holds::Words(&["up", "even"])),
        key("exact", "", Holds::Truth),
        key("data", "", Holds::List(0, MANY, &Holds::Text)),
        key("init", "", Holds::Entries(0, Names::Any, &Holds::Text)),
        key("note", "", Holds::Text),
    ],
    branches: None,
};

static QUESTION: Mapping = Mapping {
    name: "question",
    meaning: "",
    keys: &[
        key("question", "", Holds::Text),
        key("marks", "", Holds::Whole(1, 100)),
        key("rounding", "", Holds::Words(&["up", "even"])),
        key("rate", "", Holds::Decimal(Bounds::None)),
        key("seed", "", Holds::Whole(0, u64::MAX)),
    ],
    branches: None,
};
static ONE: Mapping =
    Mapping { name: "one", meaning: "", keys: &[key("a", "", Holds::Text)], branches: None };
static NONE: Mapping = Mapping { name: "none", meaning: "", keys: &[], branches: None };

/// Reads a document's top with `decode`; every problem as one line.
fn problems(source: &str, table: &'static Mapping, decode: impl Fn(&mut Fields)) -> Vec<String> {
    let top = yaml::read(source).expect(source);
    let report = Report::new();
    let mut map = Field::new(&top, "s", &report).fields(table).expect("a mapping");
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
        assert_eq!(problems(source, &TABLE, decode), expected, "{source:?}");
    }
}

#[test]
fn values_come_out_by_key() {
    let top = yaml::read("question: Q\nmarks: 2\nrounding: even\nrate: 0.10").expect("a mapping");
    let report = Report::new();
    let mut map = Field::new(&top, "", &report).fields(&QUESTION).expect("a mapping");
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
        problems("zzz: 1", &ONE, |map| {
            let _ = map.take("a");
        }),
        ["1:1 +3 s.zzz: unknown key `zzz` (the only key allowed here is `a`)"]
    );
    assert_eq!(
        problems("zzz: 1", &NONE, |_| ()),
        ["1:1 +3 s.zzz: unknown key `zzz` (no keys are allowed here)"]
    );
}

/// What the reader of a mapping with the key `a`, a text, may not do.
#[test]
fn a_reader_that_its_table_does_not_know_of_is_stopped() {
    type Reads = fn(&mut Fields);
    let table: [(&str, Reads, &str); 6] = [
        (
            "a: 1",
            |map| drop((map.take("a"), map.take("b"))),
            "s: the table `one`: it has no key `b`",
        ),
        ("a: 1", |map| drop(map.required("a")), "it does not require `a`"),
        (
            "a: true",
            |map| assert_eq!(map.truth("a"), Some(true)),
            "the reader of `a` does not fit Text",
        ),
        ("{}", |map| assert_eq!(map.truth("a"), None), "the reader of `a` does not fit Text"),
        ("a: []", |map| drop(map.take("a").map(|a| a.items())), "s.a is read as a list"),
        ("{}", |_| (), "the table `one`: `a` is not read"),
    ];
    for (source, reads, said) in table {
        let told = std::panic::catch_unwind(|| problems(source, &ONE, reads)).unwrap_err();
        let told = told.downcast_ref::<String>().expect("a message");
        assert!(told.contains(said), "{said} in {told}");
    }
}

#[test]
fn where_something_is_refused_a_reader_may_differ_from_its_table() {
    let said = problems("{}", &ONE, |map| map.whole().refuse("nothing fits"));
    assert_eq!(said, ["1:1 +1 s: nothing fits"]);
}
