//! Identifiers for headings: `## Dead ReLU, again` becomes `dead-relu-again`.
//!
//! Letters and digits of any script stay; everything between them becomes one hyphen. A second
//! heading of the same text gets `-2`. No other identifier of a page can clash with these, since
//! all others contain an underscore.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Places;

/// What an identifier belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Equation,
    Block,
}

/// The identifier of a place within a range of the text.
pub(super) fn named<'p>(places: &'p Places, range: &Range<usize>, named: Named) -> Option<&'p str> {
    let mut found = places.identifiers.range(range.clone());
    let fits = |name: &str| (named == Named::Equation) == name.starts_with("equation_");
    found.find(|(_, name)| fits(name)).map(|(_, name)| name.as_str())
}

/// The identifiers that a page has given away.
#[derive(Default)]
pub(super) struct Anchors(BTreeSet<String>);

impl Anchors {
    /// A new identifier for a heading of this text.
    pub(super) fn take(&mut self, heading: &str) -> String {
        let words: Vec<String> = heading
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let stem = if words.is_empty() { "section".to_owned() } else { words.join("-") };
        let mut anchor = stem.clone();
        let mut number = 1;
        while !self.0.insert(anchor.clone()) {
            number += 1;
            anchor = format!("{stem}-{number}");
        }
        anchor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_words_and_never_repeat() {
        let mut anchors = Anchors::default();
        let table = [
            ("1. Optimization Update Rules", "1-optimization-update-rules"),
            ("Dead ReLU", "dead-relu"),
            ("Dead  “ReLU”!", "dead-relu-2"),
            ("Dead ReLU 2", "dead-relu-2-2"),
            ("Übung für α", "übung-für-α"),
            ("???", "section"),
            ("", "section-2"),
        ];
        for (heading, anchor) in table {
            assert_eq!(anchors.take(heading), anchor, "{heading}");
        }
    }
}
