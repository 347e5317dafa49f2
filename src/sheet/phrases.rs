//! Phrases of a language, with blanks to be filled in.

use super::templates::Templates;
use super::words::Words;

/// The words of one language.
#[derive(Debug)]
pub struct Phrases(Words);

impl Phrases {
    /// The words of a language; English ones where it has none.
    pub fn of(templates: &Templates, language: &str) -> Self {
        let words = templates.words(language).or_else(|| templates.words("en"));
        Self(words.cloned().unwrap_or_default())
    }

    /// A phrase.
    pub fn word(&self, key: &str) -> String {
        self.0.word(key)
    }

    /// A phrase with its blanks filled in.
    pub fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        self.0.say(key, blanks)
    }

    /// A number with a point, with the mark of the language in its place.
    pub fn number(&self, text: &str) -> String {
        let mark = self.0.get("decimal_mark").map_or(".", String::as_str);
        text.replace('.', mark)
    }

    /// Every phrase, for templates.
    pub fn words(&self) -> &Words {
        &self.0
    }
}
