//! What is read, what is kept of it, and what is refused in which words.

use super::{Data, Node, Style, read};

pub(super) fn entries(source: &str) -> Vec<(String, Node)> {
    let top = read(source).unwrap_or_else(|problems| panic!("{source:?}: {problems:?}"));
    let Data::Map(entries) = top.data else { panic!("not a mapping") };
    entries.into_iter().map(|(key, node)| (key.text, node)).collect()
}

pub(super) fn only(source: &str) -> Node {
    entries(source).remove(0).1
}

/// "line:column: field: message" of every problem.
pub(super) fn refused(source: &str) -> Vec<String> {
    let problems = read(source).expect_err(source);
    let line = |p: &super::Problem| match p.field.as_str() {
        "" => format!("{}: {}", p.place, p.message),
        field => format!("{}: {field}: {}", p.place, p.message),
    };
    problems.iter().map(line).collect()
}

#[test]
fn scalars_keep_their_characters() {
    let texts = [
        "0.10000000000000001",
        "123456789012345678901234567890",
        "1e-8",
        "0.10",
        "+5",
        "1_000",
        "010",
        "0x1F",
        "no",
        "y",
        "on",
        "True",
        "2025-01-15",
        "1/3",
        ".inf",
        "-2",
        "a#b",
        "12:30",
    ];
    for text in texts {
        let node = only(&format!("k: {text}"));
        assert_eq!(node.scalar().expect("a scalar").text, text);
        let in_list = only(&format!("k: [{text}, 1]"));
        let Data::List(items) = &in_list.data else { panic!("not a list") };
        assert_eq!(items[0].scalar().expect("a scalar").text, text);
    }
}

#[test]
fn styles_tell_numbers_from_texts() {
    // (source, style, text, nothing, truth value, number)
    let table = [
        ("k: 1", Style::Plain, "1", false, None, true),
        ("k: '1'", Style::SingleQuoted, "1", false, None, false),
        ("k: \"1\"", Style::DoubleQuoted, "1", false, None, false),
        ("k: |\n  1\n", Style::Literal, "1\n", false, None, false),
        ("k: >-\n  1\n  2\n", Style::Folded, "1 2", false, None, false),
        ("k: true", Style::Plain, "true", false, Some(true), false),
        ("k: 'true'", Style::SingleQuoted, "true", false, None, false),
        ("k: False", Style::Plain, "False", false, None, false),
        ("k:", Style::Plain, "", true, None, false),
        ("k: ~", Style::Plain, "~", true, None, false),
        ("k: null", Style::Plain, "null", true, None, false),
        ("k: ''", Style::SingleQuoted, "", false, None, false),
        ("k: 'null'", Style::SingleQuoted, "null", false, None, false),
    ];
    for (source, style, text, null, truth, number) in table {
        let node = only(source);
        let scalar = node.scalar().expect("a scalar");
        assert_eq!((scalar.style, scalar.text.as_str()), (style, text), "{source:?}");
        assert_eq!((node.is_null(), scalar.truth()), (null, truth), "{source:?}");
        assert_eq!(scalar.is_number(), number, "{source:?}");
    }
}

#[test]
fn a_block_ends_alike_with_and_without_a_last_line_break() {
    for source in ["k: |\n  a\n  b", "k: |\n  a\n  b\n", "k: |\n  a\n  b\n\n\n# end\n"] {
        assert_eq!(only(source).scalar().expect("a scalar").text, "a\nb\n", "{source:?}");
    }
}

#[test]
fn aliases_are_unrolled() {
    let entries = entries("a: &x [1, &y 2]\nb: *x\nc: {d: *y}\n");
    assert_eq!(entries[0].1, entries[1].1);
    assert_eq!(entries[1].1.place.to_string(), "1:7");
    let Data::Map(inner) = &entries[2].1.data else { panic!("not a mapping") };
    assert_eq!(inner[0].1.place.to_string(), "1:14");
}

#[test]
fn keys_keep_their_order_and_place() {
    let top = read("b: 1\n'a': 2\n? c\n: 3\n1: 4\n'<<': 5\nnull: 6\n").expect("a mapping");
    let Data::Map(entries) = &top.data else { panic!("not a mapping") };
    let keys: Vec<String> =
        entries.iter().map(|(key, _)| format!("{}@{}", key.text, key.place)).collect();
    assert_eq!(keys, ["b@1:1", "a@2:1", "c@3:3", "1@5:1", "<<@6:1", "null@7:1"]);
}

#[test]
fn what_the_language_leaves_out_is_refused() {
    let table: [(&str, &[&str]); 25] = [
        ("", &["1:1: the file is empty"]),
        ("# only a comment\n", &["1:1: the file is empty"]),
        ("---\n", &["1:1: the file is empty"]),
        ("[1]", &["1:1: a scenario is a mapping of keys, found a list"]),
        ("hello", &["1:1: a scenario is a mapping of keys, found the text `hello`"]),
        ("a: 1\n---\nb: 2\n", &["2:1: a second document begins here"]),
        ("a: !!str 1", &["1:4: a: tags are not part of a scenario"]),
        ("a: [!x {b: 1}]", &["1:5: a[1]: tags are not part of a scenario"]),
        ("a: {<<: 1}", &["1:5: a.<<: merge keys `<<` are not part of a scenario"]),
        ("a:\n  : 1", &["2:3: a.?: a key is missing"]),
        ("a: {[1]: 2}", &["1:5: a.?: a key must be a name or a text, found a list"]),
        (
            "a: 1\nb: {c: 1, c: 2, c: 3}\n'a': 2",
            &[
                "2:11: b.c: the key `c` stands twice, first at 2:5",
                "2:17: b.c: the key `c` stands twice, first at 2:5",
                "3:1: a: the key `a` stands twice, first at 1:1",
            ],
        ),
        ("k: &x a\nl: {*x : 1, *x : 2}", &["1:7: l.a: the key `a` stands twice, first at 1:7"]),
        ("a: &x [*x]", &["1:8: a[1]: an alias stands inside the text that it repeats"]),
        ("a: |\n  b\tc\n", &["2:4: a: a tab stands in a text"]),
        ("a: b\tc", &["1:5: a: a tab stands in a text"]),
        ("a: \"b\tc\"", &["1:6: a: a tab stands in a text"]),
        ("a: \"\\0\"", &["1:5: a: the control character U+0000 stands in a text"]),
        ("a: b\u{1}", &["1:5: the character U+0001 may not stand here"]),
        ("a: 1 # \u{2028}b: 2", &["1:8: the character U+2028 may not stand here"]),
        ("a: 1\rb: 2", &["1:5: the character U+000D may not stand here"]),
        ("a: b\u{feff}c", &["1:5: the character U+FEFF may not stand here"]),
        (
            "a: \"$\\nabla f$\"",
            &["1:6: a: in double quotes the `\\n` of `\\nabla` turns into a line break"],
        ),
        (
            "a: [\"x\n  \\frac12\"]",
            &["2:3: a[1]: in double quotes the `\\f` of `\\frac` turns into a form feed"],
        ),
        ("a: \"b\\n\"", &["1:6: a: in double quotes `\\n` turns into a line break"]),
    ];
    for (source, expected) in table {
        assert_eq!(refused(source), expected, "{source:?}");
    }
}

#[test]
fn double_quotes_keep_what_is_not_an_escape_with_a_letter() {
    for (source, text) in [
        ("k: \"\\\\nabla\"", "\\nabla"),
        ("k: \"\\\\\\\\\"", "\\\\"),
        ("k: \"a\\\"b\"", "a\"b"),
        ("k: '\\nabla'", "\\nabla"),
        ("k: |\n  \\nabla\n", "\\nabla\n"),
        ("k: \\nabla", "\\nabla"),
    ] {
        assert_eq!(only(source).scalar().expect("a scalar").text, text);
    }
}

#[test]
fn tabs_may_separate() {
    for source in ["k: 1\t# a\tcomment\n", "k: [1,\t2]"] {
        assert!(read(source).is_ok(), "{source:?}");
    }
}

#[test]
fn what_two_versions_of_yaml_read_differently_is_refused() {
    let table = [
        ("k: {a\n- >\n:\n    0.10}", "4:5"),
        ("k: {\n  0.10\n    \n''b: 0.10}", "4:6"),
        ("k: [&a :'@0.10>\n\n]", "1:5"),
    ];
    for (source, place) in table {
        let expected = format!("{place}: two versions of YAML read this differently");
        assert_eq!(refused(source), [expected], "{source:?}");
    }
}
