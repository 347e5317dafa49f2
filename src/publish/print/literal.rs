//! Text as Typst takes it for text and nothing else.

use std::borrow::Cow;

/// A string literal. Control characters, which no font shows, become spaces.
pub(in crate::publish) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A string literal that keeps its lines.
pub(super) fn lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(|line| string(line).into()).collect();
    let inner = lines.iter().map(|line| &line[1..line.len() - 1]);
    format!("\"{}\"", inner.collect::<Vec<_>>().join("\\n"))
}

/// A string literal, or `none`.
pub(super) fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_obeyed() {
        let table = [
            ("a", "\"a\""),
            ("a\" #b \\ $x$ [c]", "\"a\\\" #b \\\\ $x$ [c]\""),
            ("a\nb\u{0}", "\"a b \""),
        ];
        for (text, literal) in table {
            assert_eq!(string(text), literal);
        }
        assert_eq!(lines("a \"\n  b\n"), "\"a \\\"\\n  b\"");
        assert_eq!(optional(None), "none");
    }
}
