//! Which links of a Markdown text survive in a page.
//!
//! A link may lead to the web (`http`, `https`), to a mailbox (`mailto`), to a file beside the
//! page or to a place in it. Everything else could run a script or open a local file.

/// Whether a link may lead to `destination`, whose entities are already decoded.
pub(super) fn is_safe(destination: &str) -> bool {
    // Browsers drop tabs and line breaks from an address, and take a backslash for a slash.
    let clean = !destination.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\');
    // An address that starts with two slashes leads to another host by the page's own scheme.
    clean && !destination.starts_with("//") && has_safe_scheme(destination)
}

fn has_safe_scheme(destination: &str) -> bool {
    let end = destination.find([':', '/', '?', '#']);
    match end.map(|end| destination.split_at(end)) {
        Some((scheme, rest)) if rest.starts_with(':') => {
            ["http", "https", "mailto"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_destinations_survive() {
        let table = [
            ("https://example.org/a?b#c", true),
            ("HTTP://example.org", true),
            ("mailto:a@example.org", true),
            ("other.html", true),
            ("../a/b.html#part", true),
            ("a/b:c", true),
            ("#part", true),
            ("?page=1:2", true),
            ("javascript:alert(1)", false),
            ("JaVaScRiPt:alert(1)", false),
            ("java\tscript:alert(1)", false),
            (" javascript:alert(1)", false),
            ("\u{1}javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("vbscript:x", false),
            ("file:///etc/passwd", false),
            ("//example.org", false),
            ("\\\\example.org", false),
            (":x", false),
        ];
        for (destination, safe) in table {
            assert_eq!(is_safe(destination), safe, "{destination:?}");
        }
    }
}
