//! Phrases of a language, with blanks to be filled in.

use tera::{Context, Tera};

use super::prose::plain_engine;
use super::templates::{Templates, Words};

/// The words of one language.
#[derive(Debug)]
pub struct Phrases {
    tera: Tera,
    words: Words,
}

impl Phrases {
    /// The words of a language; English ones where it has none.
    pub fn of(templates: &Templates, language: &str) -> Self {
        let words = templates.words(language).or_else(|| templates.words("en"));
        Self { tera: plain_engine(), words: words.cloned().unwrap_or_default() }
    }

    /// A phrase.
    pub fn word(&self, key: &str) -> String {
        self.words.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A phrase with its blanks filled in.
    pub fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        let phrase = self.word(key);
        let mut context = Context::new();
        for (name, text) in blanks {
            context.insert(*name, text);
        }
        self.tera.render_str(&phrase, &context, false).unwrap_or(phrase)
    }

    /// A number with a point, with the mark of the language in its place.
    pub fn number(&self, text: &str) -> String {
        let mark = self.words.get("decimal_mark").map_or(".", String::as_str);
        text.replace('.', mark)
    }

    /// Every phrase, for templates.
    pub fn words(&self) -> &Words {
        &self.words
    }
}
