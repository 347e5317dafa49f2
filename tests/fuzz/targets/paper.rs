//! LaTeX, or a Markdown text with formulas, to a page and to PDF.
//!
//! A formula is set or refused with a message by the program itself. That Typst complains of what
//! the program wrote is a finding, but for characters that no font has.

#![no_main]

use std::collections::BTreeMap;

use gradsheet::publish::pdf::{self, Sources, Standard};
use gradsheet::publish::print::{self, Layout, Print};
use gradsheet::publish::{Display, Page, Places, Vocabulary, Words, body, to_mathml};
use libfuzzer_sys::fuzz_target;

#[path = "../../it/harmless.rs"]
mod harmless;

const TEMPLATE: &str = include_str!("../../../templates/paper.typ");

fuzz_target!(|text: &str| {
    if text.contains('$') {
        set(text);
        return;
    }
    for display in [Display::Inline, Display::Block] {
        if let Ok(mathml) = to_mathml(text, display) {
            harmless::check(&mathml);
        }
    }
    set(&format!("${text}$\n\n$$\n{text}\n$$\n"));
});

/// A Markdown text as a page, and as a paper if it can be one.
fn set(markdown: &str) {
    let (none, data) = (BTreeMap::new(), BTreeMap::new());
    let page = Page {
        title: "T",
        language: "en",
        description: "",
        markdown,
        figures: &none,
        data: &data,
        places: &Places::default(),
        pictures: &none,
        folded: None,
        words: &Words::default(),
    };
    if let Ok(body) = body(&page) {
        harmless::check(&body);
    }
    let (vocabulary, layout) = (Vocabulary::new(), Layout::default());
    let print = Print { page: &page, vocabulary: &vocabulary, layout: &layout };
    let Ok(source) = print::source(&print, "") else { return };
    let files = BTreeMap::new();
    let sources = Sources { source: &source, template: TEMPLATE, files: &files };
    if let Err(error) = pdf::pdf(&sources, Standard::Accessible) {
        let fonts = error.0.iter().all(|message| message.contains("is in none of the fonts"));
        assert!(fonts, "{error}\n{}", source.text);
    }
}
