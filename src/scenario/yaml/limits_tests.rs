//! Documents too large, too deep or too repetitive, and large ones that are not.

use super::Data;
use super::tests::{entries, only, refused};

#[test]
fn a_file_past_the_size_limit_is_refused() {
    let source = format!("a: {}", "x".repeat(1 << 20));
    assert_eq!(
        refused(&source),
        [
            "1:1: the 1048579 bytes of this file are more than the 1MiB that the limit `file_size` allows"
        ]
    );
}

#[test]
fn nesting_and_repetition_end_quickly() {
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &(1..9)
            .map(|i| {
                let (last, this) = (char::from(b'a' + i - 1), char::from(b'a' + i));
                format!("{this}: &{this} [{}]\n", vec![format!("*{last}"); 10].join(", "))
            })
            .collect::<String>();
    let anchors: String = (0..60).map(|i| format!("&a{i} [")).collect();
    let table = [
        ("a: ".to_owned() + &"[".repeat(100_000), "more than the 64 that the limit `nesting`"),
        ("{a: ".repeat(100_000), "more than the 64 that the limit `nesting`"),
        ("a: [".repeat(100_000), "more than the 64 that the limit `nesting`"),
        ("- ".repeat(100_000), "more than the 64 that the limit `nesting`"),
        ("? ".repeat(100_000), "more than the 64 that the limit `nesting`"),
        ("a: ".to_owned() + &"[? ".repeat(100_000), "more than the 64 that the limit `nesting`"),
        ("a: ]\n".to_owned() + &"{a: ".repeat(100_000), "not valid YAML"),
        (bomb, "repeat too much"),
        (format!("a: {anchors}{}", "x, ".repeat(100_000)), "not valid YAML"),
        (format!("a: {anchors}{}{}", "x, ".repeat(100_000), "]".repeat(60)), "repeat too much"),
    ];
    for (source, expected) in table {
        let problems = refused(&source);
        let shown: String = source.chars().take(40).collect();
        assert!(problems[0].contains(expected), "{shown}: {problems:?}");
    }
}

#[test]
fn large_flat_documents_are_read() {
    let wide = format!("a: [{}]", vec!["1"; 100_000].join(", "));
    let Data::List(items) = only(&wide).data else { panic!("not a list") };
    assert_eq!(items[99_999].place.column, 5 + 3 * 99_999);
    let keys: String = (0..50_000).map(|i| format!("é{i}: 1\n")).collect();
    assert_eq!(entries(&keys).len(), 50_000);
    let folded = format!("a: '{}\n  b'", "it''s ".repeat(100_000));
    let node = only(&folded);
    assert_eq!(node.place_of(usize::MAX).to_string(), "2:4");
}
