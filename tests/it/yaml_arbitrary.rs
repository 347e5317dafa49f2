//! Documents that nobody wrote: no panic, every place inside the file.

use gradsheet::scenario::yaml::{self, Data, Node, Scalar};
use gradsheet::scenario::{Place, Problem, Problems};
use proptest::prelude::*;

/// A document with every kind of node, to be damaged.
const WHOLE: &str = "\
title: One neuron, 'two' steps
course: \"a \\\\b\"
setups:
  neuron: &neuron
    model: |

      z = w*x + b   # naïve
      y_hat = relu(z)
    init: {w: 1, b: -1e-8, \"W_{l}\": [[1, 2], [3, 4]]}
    data: [{x: 3, y: 0.10000000000000001}, {x: -3, y: 0}]
    'notation': {learning_rate: '\\alpha', it: 'it''s ∇
      folded'}
  other: *neuron
cells:
- markdown: >-
    folded *text*
    over lines

      and more
- question: plain text
    over lines
  null: ~
  empty:
  marks: 2
";

/// Pieces that mean something to a YAML reader.
const PIECES: [&str; 44] = [
    "a",
    "b: ",
    "- ",
    "? ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "|\n",
    ">\n",
    "|+2\n",
    "'",
    "''",
    "\"",
    "\\",
    "\\n",
    "\\\\",
    "&a ",
    "*a",
    "!t ",
    "<<: ",
    "#",
    " # c",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\t",
    "\r\n",
    "~",
    "null",
    "0.10",
    "é",
    "漢",
    "\u{2028}",
    "\u{feff}",
    "@",
    "`",
    "\u{0}",
];

fn is_inside(place: Place, lines: &[&str]) -> bool {
    let line = lines.get(place.line.wrapping_sub(1));
    // A missing last line break and an empty last line come to the same.
    let length = line.map(|line| line.chars().count());
    match length {
        Some(length) => (1..=length + 1).contains(&place.column),
        None => place == Place { line: lines.len() + 1, column: 1 },
    }
}

fn scalar_places(scalar: &Scalar, places: &mut Vec<Place>) {
    places.extend((0..=scalar.text.len() + 1).map(|offset| scalar.place_of(offset)));
}

fn places(node: &Node, all: &mut Vec<Place>) {
    all.push(node.place);
    match &node.data {
        Data::Scalar(scalar) => scalar_places(scalar, all),
        Data::List(items) => items.iter().for_each(|item| places(item, all)),
        Data::Map(entries) => {
            for (key, value) in entries {
                all.push(key.place);
                places(value, all);
            }
        }
    }
}

/// Reads a text and checks whatever comes of it.
fn check(text: &str) {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> = bare.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let mut all = Vec::new();
    match yaml::read(text) {
        Ok(node) => places(&node, &mut all),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason: {text:?}");
            all.extend(problems.iter().map(|problem: &Problem| problem.place));
            assert!(!Problems::new("f", text, problems).to_string().is_empty());
        }
    }
    for place in all {
        assert!(is_inside(place, &lines), "{place} lies outside {text:?}");
    }
}

#[test]
fn the_whole_document_is_read() {
    assert!(yaml::read(WHOLE).is_ok(), "{:?}", yaml::read(WHOLE));
}

/// A repeated count of cases may be asked for by `PROPTEST_CASES`.
fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_row_of_pieces(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40)) {
        check(&pieces.concat());
        check(&format!("k: {}", pieces.concat()));
    }

    #[test]
    fn a_document_damaged_in_places(
        damage in proptest::collection::vec(
            (0..WHOLE.len(), 0..4_usize, proptest::sample::select(&PIECES[..])),
            1..4,
        ),
    ) {
        let mut text: Vec<char> = WHOLE.chars().collect();
        for (at, removed, piece) in damage {
            let from = at.min(text.len());
            let to = (from + removed).min(text.len());
            text.splice(from..to, piece.chars());
        }
        check(&text.into_iter().collect::<String>());
    }

    #[test]
    fn a_document_cut_off(at in 0..WHOLE.len()) {
        check(&String::from_utf8_lossy(&WHOLE.as_bytes()[..at]));
    }

    #[test]
    fn block_lines_are_found_again(
        lines in proptest::collection::vec("[a-zé∇ #:]{0,8}", 1..6),
        indent in 1..6_usize,
    ) {
        // The first line with text fixes the indentation, so it must not begin
        // with a space; a blank line before it must not be longer than it.
        let lines: Vec<String> = lines.iter().map(|line| format!("x{line}")).collect();
        let margin = " ".repeat(indent);
        let block: String = lines.iter().map(|line| format!("{margin}{line}\n")).collect();
        let top = yaml::read(&format!("k: |\n{block}")).unwrap();
        let Data::Map(entries) = &top.data else { panic!("a mapping") };
        let mut offset = 0;
        for (row, line) in lines.iter().enumerate() {
            for (column, (byte, _)) in line.char_indices().enumerate() {
                let expected = Place { line: row + 2, column: indent + 1 + column };
                prop_assert_eq!(entries[0].1.place_of(offset + byte), expected);
            }
            offset += line.len() + 1;
        }
    }
}
