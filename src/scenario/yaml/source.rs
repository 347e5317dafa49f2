//! The text as both readers get it, and the way from a character to a byte.
//!
//! Two repairs remove known disagreements without moving any place: a leading
//! byte-order mark is dropped, and a missing final line break is added (without
//! it a block that ends the file keeps one for one reader only).

use std::borrow::Cow;

/// A document on its way to the readers.
pub(super) struct Source<'t> {
    text: Cow<'t, str>,
    /// Byte offset of every character, where they are not the same.
    bytes: Option<Vec<usize>>,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = if text.is_empty() || text.ends_with('\n') {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(format!("{text}\n"))
        };
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).collect());
        Self { text, bytes }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The byte at which a character begins; the end of the text for one beyond it.
    fn byte(&self, character: usize) -> usize {
        let byte = match &self.bytes {
            Some(bytes) => bytes.get(character).copied(),
            None => Some(character),
        };
        byte.unwrap_or(self.text.len()).min(self.text.len())
    }

    /// The text before a character.
    pub(super) fn before(&self, character: usize) -> &str {
        &self.text[..self.byte(character)]
    }

    /// The text from one character up to another.
    pub(super) fn between(&self, from: usize, to: usize) -> &str {
        let from = self.byte(from);
        &self.text[from..self.byte(to).max(from)]
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn characters_are_found_among_wider_ones() {
        for text in ["abcdef\n", "aé∇def\n"] {
            let source = Source::new(text);
            assert_eq!(source.between(3, 5), "de");
            assert_eq!(source.before(1), "a");
            assert_eq!(source.between(5, 3), "");
            assert_eq!(source.between(5, 99), "f\n");
        }
    }

    #[test]
    fn the_text_is_repaired_at_both_ends() {
        for (text, expected) in [("\u{feff}a", "a\n"), ("a\n", "a\n"), ("", "")] {
            assert_eq!(Source::new(text).text(), expected);
        }
    }
}
