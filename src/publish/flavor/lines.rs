//! Lines of a source that stand in quotations and lists.

/// What a new line must begin with to stand in the same quotations and list items as the text at
/// a place.
pub(super) fn prefix(source: &str, at: usize) -> String {
    let before = source.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = &before[start..];
    // Behind the first character that is no mark of a container, the line's own text begins.
    let mut prefix = String::new();
    let mut rest = line;
    loop {
        let marker = rest.trim_start_matches([' ', '\t']);
        let blank = rest.len() - marker.len();
        if marker.is_empty() {
            prefix.push_str(rest);
            return prefix;
        }
        prefix.push_str(&rest[..blank]);
        let Some(width) = mark(marker) else { return prefix };
        match marker.as_bytes().first() {
            Some(b'>') => prefix.push('>'),
            _ => prefix.extend(std::iter::repeat_n(' ', width)),
        }
        rest = &marker[width..];
    }
}

/// The width of the mark of a quotation or a list item that a line begins with.
fn mark(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = line.bytes().skip(digits);
    match (digits, rest.next()?) {
        (0, b'>') => Some(1),
        (0, b'-' | b'*' | b'+') if rest.next().is_none_or(|byte| byte == b' ') => Some(1),
        (1.., b'.' | b')') if rest.next().is_none_or(|byte| byte == b' ') => Some(digits + 1),
        _ => None,
    }
}

/// Whether nothing but marks of containers stands before a place in its line.
pub(super) fn begins_line(source: &str, at: usize) -> bool {
    let before = source.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let mut rest = before[start..].trim_start_matches([' ', '\t']);
    while let Some(width) = mark(rest) {
        rest = rest[width..].trim_start_matches([' ', '\t']);
    }
    rest.is_empty()
}

/// The lines of a text, each but the first with a prefix.
pub(super) fn indented(text: &str, prefix: &str) -> String {
    let mut lines = text.lines();
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        out.push_str(format!("{prefix}{line}").trim_end_matches(' '));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_repeats_quotations_and_indents_items() {
        let table = [
            ("abc", 1, ""),
            ("x\n> abc", 4, "> "),
            ("x\n> - abc", 6, ">   "),
            ("12. > a", 6, "    > "),
            ("> a b", 4, "> "),
            ("- a - b", 6, "  "),
            ("  a", 2, "  "),
        ];
        for (source, at, expected) in table {
            assert_eq!(prefix(source, at), expected, "{source:?}");
        }
    }
}
