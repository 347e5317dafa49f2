//! Where the characters of a text stand, found by looking at the file.

use super::super::{Data, Node, read};

/// The value of the first key.
fn value(source: &str) -> Node {
    let top = read(source).unwrap_or_else(|problems| panic!("{source:?}: {problems:?}"));
    let Data::Map(entries) = top.data else { panic!("not a mapping") };
    entries[0].1.clone()
}

/// In each row the character `X` stands once in the file and once in the text,
/// so its place can be counted in the file.
#[test]
fn a_character_of_the_text_is_found_in_the_file() {
    let table = [
        ("k: X", "1:4"),
        ("k: abX", "1:6"),
        ("k:   é∇X # c", "1:8"),
        ("k: 'abX'", "1:7"),
        ("k: \"abX\"", "1:7"),
        ("k: |\n  abX\n", "2:5"),
        ("k: |\n  a\n    b X\n", "3:7"),
        ("k: |\n\n\n    a\n\n    bX\n", "6:6"),
        ("k: |2\n    X\n", "2:5"),
        ("k: |2\n\n  \n   X\n", "4:4"),
        ("k: |-\n  a\n  éX", "3:4"),
        ("k: |  # comment\n  X\n", "2:3"),
        ("k: |\r\n  a\r\n  bX\r\n", "3:4"),
        ("k: &a |\n    b\n    X\n", "3:5"),
        ("k: &a  # c | d\n  |\n\n    b\n    X\n", "5:5"),
        ("k: &a abX", "1:9"),
        ("k: |\n  &a # !t X\n", "2:11"),
        ("k: &a\n  # c\n  'X'\n", "3:4"),
        // Escapes and doubled quotes are two characters of the file.
        ("k: 'it''s X'", "1:11"),
        ("k: \"a\\\\X\"", "1:8"),
        ("k: \"\\\"X\"", "1:7"),
        // Folded over lines.
        ("k: ab\n  cX\n", "2:4"),
        ("k: 'ab\n\n  c''X'\n", "3:6"),
        ("k: \"a  \n   bX\"\n", "2:5"),
        ("k: \"a\\\n   bX\"\n", "2:5"),
        ("k: >\n  a\n  b X\n\n    c\n", "3:5"),
        ("k: >-\n\n  a\n\n   bX\n", "5:5"),
        ("k: [1, 'X']", "1:9"),
    ];
    for (source, expected) in table {
        let node = value(source);
        let node = match &node.data {
            Data::List(items) => &items[1],
            Data::Map(_) | Data::Scalar(_) => &node,
        };
        let text = &node.scalar().expect("a scalar").text;
        let offset = text.find('X').expect("the text holds an X");
        assert_eq!(node.place_of(offset).to_string(), expected, "{source:?}");
    }
}

#[test]
fn a_node_begins_where_its_first_character_stands() {
    let table = [
        ("k: 12", "1:4"),
        ("k: 'a'", "1:4"),
        ("k: [1]", "1:4"),
        ("k: {a: 1}", "1:4"),
        ("k:\n  a: 1", "2:3"),
        ("k:\n  - 1", "2:3"),
        ("k: &x\n  a: 1", "2:3"),
        ("k: &x [1]", "1:7"),
        ("k: |\n  a\n", "2:3"),
        ("k: &x |\n  a\n", "2:1"),
        // A value that is not there is looked for at the colon.
        ("k:", "1:2"),
        ("k:\nl: 1", "1:2"),
        ("é: ∇", "1:4"),
        ("\u{feff}k: 1", "1:4"),
        ("# c\n---\nk: 1", "3:4"),
    ];
    for (source, expected) in table {
        assert_eq!(value(source).place.to_string(), expected, "{source:?}");
    }
}

#[test]
fn offsets_between_characters_and_past_the_end_stay_in_the_text() {
    // "é" has two bytes; the block's text is "aé\nb\n".
    let table = [
        (0, "2:3"),
        (1, "2:4"),
        (2, "2:4"),
        (3, "2:5"),
        (4, "3:3"),
        (5, "3:4"),
        (6, "3:4"),
        (99, "3:4"),
    ];
    let node = value("k: |\n  aé\n  b\n");
    for (offset, expected) in table {
        assert_eq!(node.place_of(offset).to_string(), expected, "offset {offset}");
    }
}
