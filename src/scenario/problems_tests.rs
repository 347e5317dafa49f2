//! What is printed, character by character.

use super::super::{Place, Problem};
use super::{Problems, marked};

fn at(line: usize, column: usize, message: &str) -> Problem {
    Problem::new(Place { line, column }, message)
}

#[test]
fn a_problem_shows_its_line_marked_and_its_help() {
    let source = "title: t\n\n  adam: {beta2: 1}\n";
    let problem = at(3, 17, "decay rate must lie in [0, 1), got 1")
        .in_field("adam.beta2")
        .with_help("the usual value is 0.999");
    let expected = "\
a.yaml:3:17: adam.beta2: decay rate must lie in [0, 1), got 1
  |
3 |   adam: {beta2: 1}
  |                 ^
  = help: the usual value is 0.999";
    assert_eq!(Problems::new("a.yaml", source, vec![problem]).to_string(), expected);
}

#[test]
fn several_problems_are_ordered_deduplicated_and_counted() {
    let list = vec![at(2, 1, "later"), at(1, 4, "twice"), at(1, 4, "twice")];
    let expected = "\
f:1:4: twice
  |
1 | a: 1
  |    ^

f:2:1: later
  |
2 | b: 2
  | ^

2 problems in f";
    assert_eq!(Problems::new("f", "a: 1\nb: 2\n", list).to_string(), expected);
}

#[test]
fn a_line_number_of_two_digits_widens_the_margin() {
    let source = "\n".repeat(13) + "x: 1";
    let expected = "f:14:4: m\n   |\n14 | x: 1\n   |    ^";
    assert_eq!(Problems::new("f", source, vec![at(14, 4, "m")]).to_string(), expected);
}

#[test]
fn a_place_outside_the_text_shows_no_line() {
    let list = vec![at(9, 1, "m").with_help("h")];
    assert_eq!(Problems::new("f", "a", list).to_string(), "f:9:1: m\n  = help: h");
}

#[test]
fn the_marker_stands_under_the_character_whatever_its_width() {
    // (line, column, width, shown line, cells before the marker, cells marked)
    let table = [
        ("ab: c", 5, 1, "ab: c", 4, 1),
        ("a:\tb", 4, 1, "a:    b", 6, 1),
        ("漢字: x", 5, 1, "漢字: x", 6, 1),
        ("漢字: x", 1, 2, "漢字: x", 0, 4),
        ("e\u{301}: x", 5, 1, "e\u{301}: x", 3, 1),
        ("a", 9, 3, "a", 1, 1),
        ("", 1, 1, "", 0, 1),
        ("a\u{2028}b", 3, 1, "a\u{fffd}b", 2, 1),
        ("a\u{7}b", 2, 1, "a\u{fffd}b", 1, 1),
    ];
    for (line, column, width, shown, before, carets) in table {
        let expected = (shown.to_owned(), " ".repeat(before), "^".repeat(carets));
        assert_eq!(marked(line, column, width), expected, "{line:?}");
    }
}

#[test]
fn a_long_line_is_cut_around_the_marker() {
    let line = format!("{}X{}", "a".repeat(500), "b".repeat(500));
    let (text, indent, carets) = marked(&line, 501, 400);
    assert_eq!(text, format!("…{}X{}…", "a".repeat(60), "b".repeat(39)));
    assert_eq!((indent.len(), carets.len()), (61, 40));
    let (text, indent, _) = marked(&line, 1002, 1);
    assert_eq!(text, format!("…{}", "b".repeat(100)));
    assert_eq!(indent.len(), 101);
}

#[test]
fn very_many_problems_are_counted_not_printed() {
    let list = (1..=250).map(|column| at(1, column, "m")).collect();
    let text = Problems::new("f", "a", list).to_string();
    assert!(text.ends_with("\n\n250 problems in f, the first 100 shown"));
    assert_eq!(text.matches(": m\n").count(), 100);
}
