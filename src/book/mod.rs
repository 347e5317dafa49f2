//! Sheets in a book of mdBook: a preprocessor for its `[context, book]`.
//!
//! A line `{{#gradsheet sheets/adam.yaml}}` of a chapter becomes the sheet of that scenario, as
//! one line of HTML with MathML and SVG. The path is relative to the chapter's file and stays
//! below the book's source folder. mdBook's own escape `\{{#gradsheet …}}`, and code, are left.
//!
//! A book is `items` since mdBook 0.5, `sections` before; nothing else of it is read or changed.

mod chapter;
mod directive;

use std::path::PathBuf;

use serde_json::Value;

use crate::render::RenderError;
use crate::scenario::Problems;
use crate::sheet::{Paper, Templates};

/// Whether sheets show in what this renderer of mdBook makes.
#[must_use]
pub fn supports(renderer: &str) -> bool {
    ["html", "markdown"].contains(&renderer)
}

/// Something wrong with a chapter.
#[derive(Debug)]
pub struct Wrong {
    /// The chapter's file, below the book's folder.
    pub chapter: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub cause: Cause,
}

/// What is wrong with a line of a chapter.
#[derive(Debug)]
pub enum Cause {
    /// The line itself.
    Line(String),
    /// The scenario.
    Scenario(Problems),
    /// What the scenario leads to.
    Render {
        /// The scenario's file.
        path: PathBuf,
        /// Its text.
        text: String,
        /// What happened.
        error: Box<RenderError>,
    },
}

/// Why there is no book.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BookError {
    /// The input is not what mdBook sends.
    #[error("this is not what mdBook sends to a preprocessor: {0}")]
    Input(String),
    /// Chapters are wrong; all of it.
    #[error("problems in the chapters of the book")]
    Chapters(Vec<Wrong>),
}

/// What is the same for all chapters.
struct Setting<'a> {
    /// The book's folder.
    root: PathBuf,
    /// The folder of the chapters, below it.
    source: PathBuf,
    audience: Paper,
    templates: &'a Templates,
}

/// The book with every sheet in its place, as JSON for mdBook to read.
///
/// # Errors
///
/// Everything that is wrong with the chapters and their scenarios at once.
pub fn process(input: &str, templates: &Templates) -> Result<String, BookError> {
    let wrong = |message: &str| BookError::Input(message.to_owned());
    let value: Value =
        serde_json::from_str(input).map_err(|error| BookError::Input(error.to_string()))?;
    let Value::Array(mut pair) = value else { return Err(wrong("expected a list of two")) };
    let (Some(mut book), Some(context), true) = (pair.pop(), pair.pop(), pair.is_empty()) else {
        return Err(wrong("expected a list of two"));
    };
    let root = context.get("root").and_then(Value::as_str);
    let root = root.ok_or_else(|| wrong("the context has no `root`"))?;
    let config = context.get("config").unwrap_or(&Value::Null);
    let source = config.pointer("/book/src").and_then(Value::as_str).unwrap_or("src");
    let audience = match config.pointer("/preprocessor/gradsheet/audience") {
        None => Paper::Handout,
        Some(chosen) => {
            let name = chosen.as_str().unwrap_or_default();
            directive::paper(name).map_err(|message| {
                BookError::Input(format!("book.toml: [preprocessor.gradsheet]: {message}"))
            })?
        }
    };
    let setting = Setting { root: root.into(), source: source.into(), audience, templates };
    let key = if book.get("items").is_some() { "items" } else { "sections" };
    let items = book.get_mut(key).and_then(Value::as_array_mut);
    let items = items.ok_or_else(|| wrong("the book has neither `items` nor `sections`"))?;
    let mut problems = Vec::new();
    let mut number = 0;
    setting.items(items, &mut number, &mut problems);
    if problems.is_empty() { Ok(book.to_string()) } else { Err(BookError::Chapters(problems)) }
}

impl Setting<'_> {
    fn items(&self, items: &mut [Value], number: &mut usize, problems: &mut Vec<Wrong>) {
        for item in items {
            let Some(chapter) = item.get_mut("Chapter") else { continue };
            *number += 1;
            let file = ["source_path", "path"]
                .iter()
                .find_map(|key| chapter.get(*key).and_then(Value::as_str))
                .map(PathBuf::from);
            if let (Some(file), Some(Value::String(content))) = (file, chapter.get_mut("content")) {
                self.chapter(&file, *number, content, problems);
            }
            if let Some(inner) = chapter.get_mut("sub_items").and_then(Value::as_array_mut) {
                self.items(inner, number, problems);
            }
        }
    }
}
