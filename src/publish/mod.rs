//! Markdown of a sheet -> one HTML page: style and figures inside, formulas as MathML, no script,
//! no request.
//!
//! The Markdown is CommonMark with tables, footnotes, `$...$` and `$$...$$`, and GitHub's alerts.
//! It reads well as it is; these constructs look better in a page:
//!
//! | Markdown | in the page |
//! |---|---|
//! | a paragraph right below the `#` heading, wholly `*in emphasis*` | the sheet's byline |
//! | a paragraph that begins with `**(a)**` | a lettered part, its letter hanging |
//! | `*(2 marks)*` at the end of a paragraph | its marks, at the right margin |
//! | `> **Solution.** ...`, any block quote that begins with strong text | a worked solution |
//! | `> [!CAUTION]` and NOTE, TIP, IMPORTANT, WARNING | a callout |
//! | an empty code block with the info string `space 5cm` | room to write, 5 cm high |
//! | `![text](figures/NAME.svg "caption")` | the figure NAME.svg, if the page has it; below it, closed, the table of its data; a paragraph `*caption*` below it says the same and is left out |
//! | a paragraph in strong text, the line `<!-- frames -->`, an ordered list | frames to step through, each labelled by its item's first paragraph |
//! | `\tag{3}` in a display formula | (3) at the right margin |
//!
//! Room to write shows as an empty box where the Markdown is shown as it is. Its height is a
//! number and `mm`, `cm` or `in`, up to 25 cm.
//!
//! **Untrusted text.** Raw HTML is shown as text. Links survive if they lead to `http`, `https`,
//! `mailto`, a relative address or a place in the page; of others only the text stays. An image
//! that is not one of the page's figures would be a request: its alternative text stays. Only the
//! figures' SVG is taken as it is.
//!
//! **Width.** Formulas, tables and code that a telephone might not hold stand in boxes that scroll
//! and can be reached with the keyboard. A formula too wide for paper is set smaller there.

mod anchor;
mod blocks;
mod data;
mod destination;
mod embed;
mod figure;
pub mod flavor;
pub mod formula;
mod formulas;
mod frames;
mod html;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod print;
mod reader;

use std::collections::BTreeMap;

use pulldown_cmark::BlockQuoteKind;

pub use crate::markup::Places;
pub use data::Data;
pub use embed::{Embedding, Outline, embedded, outline};
pub use formula::{Display, Vocabulary, to_mathml};
pub use formulas::{FormulaProblem, formula_problems};

/// The template of a page; it includes `style.css`.
const TEMPLATE: &str = "page.html";

/// About how long a page is without its body, in bytes; the style is most of it.
const AROUND: usize = 12_000;

/// What a page is made of.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The title in the browser's bar; the heading is part of the Markdown.
    pub title: &'a str,
    /// The language of the text, as in `en` or `de-CH`.
    pub language: &'a str,
    /// One sentence for search engines; may be empty.
    pub description: &'a str,
    /// The text.
    pub markdown: &'a str,
    /// File name -> SVG of the figures that the text may show.
    pub figures: &'a BTreeMap<String, String>,
    /// File name of a figure -> the table that stands below it.
    pub data: &'a BTreeMap<String, Data>,
    /// The places in the text that links lead to, and where links lead; may be empty.
    pub places: &'a Places,
    /// Destination -> `data:` address of other images that the text may show; may be empty.
    pub pictures: &'a BTreeMap<String, String>,
    /// Block quotes that begin with this word in strong text are folded away.
    pub folded: Option<&'a str>,
    /// Words that the page adds by itself.
    pub words: &'a Words<'a>,
}

impl<'a> Page<'a> {
    /// The drawing that a destination names, if the page has it.
    fn drawing(&self, destination: &str) -> Option<&'a str> {
        let name = destination.strip_prefix("figures/")?;
        self.figures.get(name).map(String::as_str)
    }
}

/// Words that stand in no Markdown: titles of callouts, and names of boxes for screen readers.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "each field is the word that it is named after")]
pub struct Words<'a> {
    pub note: &'a str,
    pub tip: &'a str,
    pub important: &'a str,
    pub warning: &'a str,
    pub caution: &'a str,
    pub formula: &'a str,
    pub table: &'a str,
    pub figure: &'a str,
    pub data: &'a str,
    pub code: &'a str,
}

impl<'w> Words<'w> {
    /// The class of a callout, and its title.
    fn callout(&self, kind: BlockQuoteKind) -> (&'static str, &'w str) {
        match kind {
            BlockQuoteKind::Note => ("note", self.note),
            BlockQuoteKind::Tip => ("tip", self.tip),
            BlockQuoteKind::Important => ("important", self.important),
            BlockQuoteKind::Warning => ("warning", self.warning),
            BlockQuoteKind::Caution => ("caution", self.caution),
        }
    }
}

impl Default for Words<'_> {
    fn default() -> Self {
        Self {
            note: "Note",
            tip: "Tip",
            important: "Important",
            warning: "Warning",
            caution: "Caution",
            formula: "Formula",
            table: "Table",
            figure: "Figure",
            data: "Data of this figure",
            code: "Code",
        }
    }
}

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// Some formulas cannot be converted; all of them are listed, in the order of the text.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Formulas(Vec<FormulaProblem>),
    /// The page's template is broken.
    #[error(transparent)]
    Template(#[from] tera::Error),
}

/// The whole page. `templates` must hold `page.html`, escaped as HTML, and `style.css`.
///
/// # Errors
/// Every formula that cannot be converted, or the first thing wrong with the template.
pub fn page(page: &Page<'_>, templates: &tera::Tera) -> Result<String, PageError> {
    let body = body(page)?;
    let mut context = tera::Context::new();
    context.insert("title", page.title);
    context.insert("language", page.language);
    context.insert("description", page.description);
    context.insert("body", &body);
    let mut html = Vec::with_capacity(body.len() + AROUND);
    templates.render_to(TEMPLATE, &context, &mut html)?;
    Ok(String::from_utf8(html).map_err(tera::Error::from)?)
}

/// The page's text alone, as HTML.
///
/// # Errors
/// Every formula that cannot be converted.
pub fn body(page: &Page<'_>) -> Result<String, PageError> {
    html::body(page).map_err(PageError::Formulas)
}

#[cfg(test)]
mod tests;
