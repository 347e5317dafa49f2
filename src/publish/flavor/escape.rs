//! Characters of running text that a generator would obey.

use super::Flavor;

/// A character in its line.
pub(super) struct Spot<'s> {
    /// From the character on, to the end of its line.
    pub(super) rest: &'s str,
    /// The byte before it; a line break at the beginning.
    pub(super) before: u8,
    /// Whether its line, or its list item, begins with it.
    pub(super) first: bool,
    /// Whether its paragraph begins with it.
    pub(super) opening: bool,
}

/// How a character is written so that it stands for itself; `None` if it does already.
pub(super) fn spelled(flavor: Flavor, spot: &Spot<'_>) -> Option<&'static str> {
    let mut letters = spot.rest.chars();
    let letter = letters.next()?;
    let next = letters.next().unwrap_or('\n');
    match flavor {
        // Liquid, and the attributes of kramdown, which knows no escaped percent sign.
        Flavor::GitHub => (letter == '{' && matches!(next, '{' | '%' | ':')).then_some("&#123;"),
        _ => match letter {
            '{' => Some("\\{"),
            '~' => Some("\\~"),
            '<' => Some("\\<"),
            '%' if spot.before == b'{' || spot.first => Some("\\%"),
            // Definition lists and the fences of divisions.
            ':' if spot.first => Some("\\:"),
            '+' if spot.first && spot.rest.starts_with("+++") => Some("\\+"),
            '[' if spot.first && is_box(spot.rest) => Some("\\["),
            _ => own(flavor, spot, letter, next),
        },
    }
}

fn own(flavor: Flavor, spot: &Spot<'_>, letter: char, next: char) -> Option<&'static str> {
    match (flavor, letter) {
        (Flavor::Quarto | Flavor::Myst, '@') => Some("\\@"),
        (Flavor::Quarto | Flavor::Myst, '[') if cites(spot.rest) => Some("\\["),
        (Flavor::Quarto, '^') => Some("\\^"),
        // Macros of raw TeX, which Pandoc leaves out of a page.
        (Flavor::Quarto, '\\') if next.is_ascii_alphabetic() => Some("\\\\"),
        (Flavor::Quarto, '|') if spot.first => Some("\\|"),
        (Flavor::Quarto, '.') if spot.opening => Some("\\."),
        (Flavor::Quarto, ')') if spot.opening => Some("\\)"),
        (Flavor::Quarto, '(') if spot.first && ends_number(spot.rest.get(1..)?) => Some("\\("),
        (Flavor::Myst, '(') if spot.first && spot.rest.contains(")=") => Some("\\("),
        _ => None,
    }
}

/// Where Pandoc would see the number of a list item, as in `A. ` or `iv) `, but CommonMark sees
/// text: how many bytes lie before the stop.
pub(super) fn number(text: &str) -> Option<usize> {
    let end = text.find(['.', ')'])?;
    (end > 0 && ends_number(text) && !text.starts_with('(')).then_some(end)
}

fn ends_number(text: &str) -> bool {
    let Some(end) = text.find(['.', ')']) else { return false };
    let (number, rest) = text.split_at(end);
    let letters = number.strip_prefix('@').unwrap_or(number);
    let roman = !letters.is_empty() && letters.chars().all(|c| "ivxlcdmIVXLCDM".contains(c));
    let short =
        letters.chars().count() == 1 && letters.chars().all(|c| c.is_alphanumeric() || c == '#');
    let digits = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_digit());
    let behind = rest.chars().nth(1).unwrap_or(' ');
    (roman || short || digits || number.starts_with('@')) && behind.is_whitespace()
}

/// `[@name]`, a citation between brackets.
fn cites(text: &str) -> bool {
    text.split_once(']').is_some_and(|(inner, _)| inner.contains('@'))
}

/// `[ ]` and `[x]`, the box of a task.
fn is_box(text: &str) -> bool {
    ["[ ]", "[x]", "[X]"].iter().any(|open| text.starts_with(open))
}

/// Every mark of punctuation as an entity: the same text for every parser.
pub(super) fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            out.push_str(&format!("&#{};", u32::from(letter)));
        } else {
            out.push(letter);
        }
    }
    out
}
