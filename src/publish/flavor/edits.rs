//! Changes to a text at places of it.

use std::ops::Range;

/// Changes by where they begin; of two that overlap the first counts.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Puts a text in the place of a range, or before it if the range is empty.
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// The text with all changes.
    pub(super) fn applied(mut self, source: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(source.len() + source.len() / 8);
        let mut done = 0;
        for (range, text) in self.0 {
            let Some(kept) = source.get(done..range.start) else { continue };
            out.push_str(kept);
            out.push_str(&text);
            done = range.end;
        }
        out.push_str(source.get(done..).unwrap_or_default());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_apply_in_the_order_of_the_text() {
        let mut edits = Edits::default();
        edits.replace(4..5, "E");
        edits.insert(1, "-");
        edits.insert(1, "+");
        edits.replace(2..4, "");
        edits.replace(3..5, "never");
        edits.insert(6, "!");
        assert_eq!(edits.applied("abcdef"), "a-+bEf!");
    }
}
