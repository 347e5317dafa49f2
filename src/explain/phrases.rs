//! The phrases of the language file that an explanation uses.

use crate::sheet::{Templates, Words, fill};

/// A language's phrases; English ones where it has none.
pub(super) struct Phrases<'a> {
    lists: Vec<&'a Words>,
}

impl<'a> Phrases<'a> {
    pub(super) fn new(templates: &'a Templates, language: &str) -> Self {
        let languages = [language, "en"].into_iter();
        Self { lists: languages.filter_map(|language| templates.words(language)).collect() }
    }

    /// A phrase.
    pub(super) fn word(&self, key: &str) -> String {
        let found = self.lists.iter().find_map(|words| words.get(key));
        found.cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A phrase with its blanks filled in.
    pub(super) fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        fill(&self.word(key), blanks)
    }
}
