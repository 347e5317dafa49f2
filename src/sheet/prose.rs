//! Prose: the program's own phrases, with their blanks filled in.

use super::words::{Words, listed};

/// Says the phrases of one language.
pub(super) struct Prose {
    words: Words,
}

impl Prose {
    pub(super) fn new(words: &Words) -> Self {
        Self { words: words.clone() }
    }

    /// A phrase of the language file.
    pub(super) fn word(&self, key: &str) -> String {
        self.words.word(key)
    }

    /// The phrase, or an empty text where the language has none of that name.
    pub(super) fn optional_word(&self, key: &str) -> String {
        self.words.get(key).cloned().unwrap_or_default()
    }

    /// Every phrase, for templates.
    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    pub(super) fn mark(&self) -> char {
        self.words.mark()
    }

    /// A phrase with its blanks filled in.
    pub(super) fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        self.words.say(key, blanks)
    }

    /// a, b and c
    pub(super) fn list(&self, items: &[String]) -> String {
        match items.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                let blanks = [("first", listed(rest)), ("last", last.clone())];
                self.say("list_and", &blanks)
            }
            _ => items.concat(),
        }
    }
}
