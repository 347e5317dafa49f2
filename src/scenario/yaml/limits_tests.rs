//! Documents too large, too deep or too repetitive, and large ones that are not.

use super::tests::{entries, only, refused};
use super::{Data, SIZE_LIMIT};

#[test]
fn a_file_past_the_size_limit_is_refused() {
    let source = format!("a: {}", "x".repeat(SIZE_LIMIT));
    assert_eq!(
        refused(&source),
        ["1:1: the file has 1048579 bytes, more than the 1048576 that are read"]
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
        ("a: ".to_owned() + &"[".repeat(100_000), "nest deeper than 64"),
        ("{a: ".repeat(100_000), "nest deeper than 64"),
        ("a: [".repeat(100_000), "nest deeper than 64"),
        ("- ".repeat(100_000), "nest deeper than 64"),
        ("? ".repeat(100_000), "nest deeper than 64"),
        ("a: ".to_owned() + &"[? ".repeat(100_000), "nest deeper than 64"),
        ("a: ]\n".to_owned() + &"{a: ".repeat(100_000), "not valid YAML"),
        (bomb, "repeat too much"),
        (format!("a: {anchors}{}", "x, ".repeat(100_000)), "not valid YAML"),
        (format!("a: {anchors}{}{}", "x, ".repeat(100_000), "]".repeat(60)), "repeat too much"),
    ];
    let begin = std::time::Instant::now();
    for (source, expected) in table {
        let problems = refused(&source);
        let shown: String = source.chars().take(40).collect();
        assert!(problems[0].contains(expected), "{shown}: {problems:?}");
    }
    // Unoptimised and on a busy machine this takes well under a second.
    assert!(begin.elapsed().as_secs() < 10);
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
