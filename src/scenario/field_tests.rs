//! What each reader accepts, and the words in which it refuses.

use super::super::{Mapping, Report, yaml};
use super::Field;

/// A mapping without keys.
static ONE: Mapping = Mapping { name: "one", meaning: "", keys: &[], branches: None };

/// Reads `k` of a document with a reader; the problems as "path: message (help)".
fn with<T>(source: &str, read: impl Fn(&Field) -> Option<T>) -> (Option<T>, Vec<String>) {
    let top = yaml::read(source).unwrap_or_else(|problems| panic!("{source:?}: {problems:?}"));
    let report = Report::new();
    let value = {
        let entries = Field::new(&top, "", &report).entries().expect("a mapping");
        read(&entries[0].1)
    };
    let line = |p: super::Problem| match p.help {
        Some(help) => format!("{}: {} ({help})", p.field, p.message),
        None => format!("{}: {}", p.field, p.message),
    };
    (value, report.into_problems().into_iter().map(line).collect())
}

fn accepted<T>(source: &str, read: impl Fn(&Field) -> Option<T>) -> T {
    let (value, problems) = with(source, read);
    assert_eq!(problems, Vec::<String>::new(), "{source:?}");
    value.expect(source)
}

fn refused<T>(source: &str, read: impl Fn(&Field) -> Option<T>) -> String {
    let (value, problems) = with(source, read);
    assert!(value.is_none(), "{source:?}");
    problems.join("; ")
}

#[test]
fn numbers_keep_their_text() {
    for text in ["0.10000000000000001", "1e-8", "0.10", "-3", "123456789012345678901234567890"] {
        let source = format!("k: {text}");
        assert_eq!(accepted(&source, |field| field.number().map(|s| s.text.clone())), text);
    }
}

#[test]
fn what_is_not_a_number_is_named() {
    let table = [
        ("k: x", "k: expected a number, found the text `x`"),
        ("k:", "k: expected a number, found nothing"),
        ("k: [1]", "k: expected a number, found a list"),
        ("k: {a: 1}", "k: expected a number, found a mapping"),
        ("k: true", "k: expected a number, found `true`"),
        ("k: '1'", "k: expected a number, found the text `1` (leave the quotes out)"),
        ("k: 1_000", "k: expected a number, found the text `1_000` (write the digits without `_`)"),
        (
            "k: 010",
            "k: expected a number, found the text `010` (write the number without the zeros in front)",
        ),
        ("k: ''", "k: expected a number, found an empty text"),
        ("k: |\n  a\n  b\n", "k: expected a number, found the text `a…`"),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source, |field| field.number().cloned()), expected);
    }
}

#[test]
fn whole_numbers_have_bounds() {
    assert_eq!(accepted("k: 0", |field| field.unsigned()), 0);
    assert_eq!(accepted("k: 18446744073709551615", |field| field.unsigned()), u64::MAX);
    assert_eq!(accepted("k: 30", |field| field.unsigned_in(1..=30)), 30);
    let table = [
        ("k: 31", "k: expected a whole number from 1 to 30, found the number `31`"),
        ("k: 0", "k: expected a whole number from 1 to 30, found the number `0`"),
        ("k: -1", "k: expected a whole number from 1 to 30, found the number `-1`"),
        ("k: 2.0", "k: expected a whole number from 1 to 30, found the number `2.0`"),
        ("k: 1e1", "k: expected a whole number from 1 to 30, found the number `1e1`"),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source, |field| field.unsigned_in(1..=30)), expected);
    }
    let table = [
        ("k: -1", "k: expected a whole number from 0, found the number `-1`"),
        (
            "k: 18446744073709551616",
            "k: expected a whole number from 0 to 18446744073709551615, \
             found the number `18446744073709551616`",
        ),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source, |field| field.unsigned()), expected);
    }
}

#[test]
fn texts_are_scalars_but_nothing() {
    for (source, text) in [("k: a b", "a b"), ("k: 101", "101"), ("k: ''", ""), ("k: true", "true")]
    {
        assert_eq!(accepted(source, |field| field.text().map(|s| s.text.clone())), text);
    }
    let table = [
        ("k: ~", "k: expected a text, found nothing"),
        ("k: []", "k: expected a text, found a list"),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source, |field| field.text().cloned()), expected);
    }
}

#[test]
fn truth_values_are_two_words() {
    assert!(accepted("k: true", |field| field.truth()));
    assert!(!accepted("k: false", |field| field.truth()));
    let table = [
        ("k: yes", "k: expected `true` or `false`, found the text `yes` (write `true` or `false`)"),
        ("k: 'true'", "k: expected `true` or `false`, found the text `true`"),
        ("k: 1", "k: expected `true` or `false`, found the number `1`"),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source, |field| field.truth()), expected);
    }
}

#[test]
fn a_choice_names_what_may_be_chosen() {
    let words = [("mean", 1), ("sum", 2), ("none", 3)];
    assert_eq!(accepted("k: sum", |field| field.choice(&words)), 2);
    let table = [
        (
            "k: maen",
            "k: expected `mean`, `sum` or `none`, found the text `maen` (did you mean `mean`?)",
        ),
        ("k: 3", "k: expected `mean`, `sum` or `none`, found the number `3`"),
        ("k: [sum]", "k: expected `mean`, `sum` or `none`, found a list"),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source, |field| field.choice(&words)), expected);
    }
}

#[test]
fn elements_count_from_one_and_keys_lengthen_the_path() {
    let expected = "k[2]: expected a number, found the text `x`; \
                    k[3].a: expected a number, found a list";
    let read = |field: &Field| -> Option<()> {
        let items = field.items()?;
        let _ = items[1].number();
        let _ = items[2].entries()?[0].1.number();
        None
    };
    assert_eq!(refused("k: [1, x, {a: []}]", read), expected);
    assert_eq!(
        refused("k: 1", |field| field.items().map(|_| ())),
        "k: expected a list, found the number `1` (a list of one is written `[1]`)"
    );
    assert_eq!(
        refused("k: [1]", |field| field.fields(&ONE).map(|_| ())),
        "k: expected a mapping, found a list (a mapping is `{key: value}`, or a line `key: value` \
         for each entry)"
    );
}

#[test]
fn a_byte_of_a_text_can_be_refused() {
    let top = yaml::read("k: |\n  z = w*x\n  y = q\n").expect("a mapping");
    let report = Report::new();
    let entries = Field::new(&top, "", &report).entries().expect("a mapping");
    // "z = w*x\n" has eight bytes, so the `q` is byte 12.
    entries[0].1.refuse_at(12, "unknown name `q`");
    let problem = report.into_problems().remove(0);
    assert_eq!((problem.place.to_string(), problem.field), ("3:7".to_owned(), "k".to_owned()));
}
