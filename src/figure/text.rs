//! Text without fonts: estimates of its width, and what may stand in XML.

use super::view::tenths;

/// The height of letters at their largest, on narrow screens; layouts reserve it.
pub(super) const SIZE: f64 = 205.0;

/// An estimate of a text's width, rather too large than too small.
pub(super) fn width(text: &str) -> i32 {
    tenths(text.chars().map(|c| SIZE * share(c)).sum())
}

/// The width of a character as a share of the letters' size.
fn share(character: char) -> f64 {
    match character {
        '\u{300}'..='\u{36f}' => 0.0,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '·' => 0.3,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '⁰'..='⁹' | '₀'..='₉' => 0.4,
        '¹' | '²' | '³' | '⁻' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.97,
        'A'..='Z' | '=' | '+' | '−' | '<' | '>' => 0.7,
        '\u{1100}'.. => 1.0,
        _ => 0.62,
    }
}

/// The text with everything replaced that XML forbids or that breaks lines.
pub(super) fn printable(text: &str) -> String {
    let allowed = |character: char| match character {
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => ' ',
        _ => character,
    };
    text.chars().map(allowed).collect()
}

/// The text as content or attribute of an element.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_controls_are_defused() {
        let table = [
            ("w < b & \"c\">", "w &lt; b &amp; &quot;c&quot;&gt;"),
            ("a\nb\u{0}c\u{ffff}", "a b c\u{fffd}"),
            ("β₁", "β₁"),
        ];
        for (text, escaped) in table {
            assert_eq!(escape(text), escaped);
        }
    }
}
