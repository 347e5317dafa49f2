//! Markdown of a sheet -> the source of a paper, in Typst's language.
//!
//! A paper has what the page has: the same text, numbers, formulas and figures, from the same
//! Markdown (see [`super`] for what its constructs mean). How it looks is decided in the template
//! `paper.typ`; here every construct becomes a call of one of its functions, with all text in string
//! literals, so that nothing in a text is obeyed:
//!
//! | Markdown | source |
//! |---|---|
//! | the `#` heading and the byline below it | `#title-block[#sheet-title[…]…]` |
//! | a lettered part | `#part[…]` |
//! | marks at the end of a paragraph | `#marks[…]` |
//! | a worked solution, a callout, frames | `#solution[…]`, `#callout(…)[…]`, `#frames[…]`, `#frame[…]` |
//! | room to write | `#room(5cm)` |
//! | a figure | `#drawing(…)`, without the table of its data, which the figure shows |
//! | a formula | `#formula("in words", $…$)`, with `fit: true` where it might be too wide |
//! | `<!-- new page -->` | `#new-page()` |
//!
//! Headings go down by one level at a time, as a tagged document must; a link to a place that is not
//! on the paper is text.

mod blocks;
pub(super) mod literal;
mod writer;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::formula::Vocabulary;
use super::formulas::FormulaProblem;
use super::{Page, Places, Words, figure};

use literal::{optional, string};

/// The line that begins a new page on paper.
pub(super) const NEW_PAGE: &str = "<!-- new page -->";

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;
/// The margins at the left and at the right, in millimetres, as in `paper.typ`.
const MARGIN: f32 = 22.0;
/// The space between two columns, in millimetres, as in `paper.typ`.
const GUTTER: f32 = 8.0;

/// A sheet of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// 210 mm wide, 297 mm high.
    #[default]
    A4,
    /// 8.5 in wide, 11 in high.
    Letter,
}

/// How a paper is laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The sheets.
    pub size: Size,
    /// One column or two.
    pub columns: u8,
    /// The size of the text, in points.
    pub font_size: f32,
    /// At the head of every page.
    pub header: Option<String>,
    /// At the foot of every page, beside its number.
    pub footer: Option<String>,
    /// The name of the file of a logo.
    pub logo: Option<String>,
    /// What tells this paper from others, on every page.
    pub code: Option<String>,
    /// Fields for a name and a number, and a table for marks.
    pub exam: Option<Exam>,
    /// The day that archives file it under: year, month, day. The clock is never read.
    pub date: Option<[u32; 3]>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            size: Size::A4,
            columns: 1,
            font_size: 11.0,
            header: None,
            footer: None,
            logo: None,
            code: None,
            exam: None,
            date: None,
        }
    }
}

impl Layout {
    /// How wide a column is, in em of its text.
    fn column(&self) -> f32 {
        let paper = match self.size {
            Size::A4 => 210.0,
            Size::Letter => 215.9,
        };
        let text = paper - 2.0 * MARGIN;
        let column = if self.columns > 1 { (text - GUTTER) / 2.0 } else { text };
        column * POINTS / self.font_size
    }
}

/// The head of an exam.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exam {
    /// The student's name, where it is known.
    pub student: Option<String>,
    /// The questions that give marks: a number, and marks as written.
    pub questions: Vec<(String, String)>,
    /// All marks together.
    pub total: String,
}

/// What a paper is made of.
#[derive(Debug, Clone, Copy)]
pub struct Print<'a> {
    /// Text and figures, as of a page.
    pub page: &'a Page<'a>,
    /// The words of its language.
    pub vocabulary: &'a Vocabulary,
    /// How it is laid out.
    pub layout: &'a Layout,
}

/// The source of a paper for Typst, with a preamble of the user's before its text.
///
/// # Errors
/// Every formula that cannot be set.
pub fn source(print: &Print<'_>, preamble: &str) -> Result<Source, Vec<FormulaProblem>> {
    let body = writer::body(print)?;
    let mut head = String::from("#import \"/paper.typ\": *\n");
    settings(print, &mut head);
    let preamble_from = head.len();
    head.push_str(preamble);
    let preamble_to = head.len();
    head.push('\n');
    head.push_str(&body);
    Ok(Source { text: head, preamble: preamble_from..preamble_to })
}

/// The source of a paper.
#[derive(Debug, Clone)]
pub struct Source {
    /// In Typst's language.
    pub text: String,
    /// Where in it the user's preamble stands.
    pub preamble: std::ops::Range<usize>,
}

/// The call of the template for the whole paper.
fn settings(print: &Print<'_>, out: &mut String) {
    let Print { page, vocabulary, layout } = print;
    let paper = match layout.size {
        Size::A4 => "a4",
        Size::Letter => "us-letter",
    };
    let (language, region) = match page.language.split_once('-') {
        Some((language, region)) => (language, string(region)),
        None => (page.language, "none".to_owned()),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "#show: paper.with(title: {}, description: {}, language: {}, region: {region}, \
         size: \"{paper}\", columns: {}, font-size: {}pt, header: {}, footer: {}, logo: {}, \
         code: {}, date: {}, words: {})",
        string(page.title),
        string(page.description),
        string(language),
        layout.columns,
        layout.font_size,
        optional(layout.header.as_deref()),
        optional(layout.footer.as_deref()),
        optional(layout.logo.as_deref()),
        optional(layout.code.as_deref()),
        layout.date.map_or_else(
            || "none".to_owned(),
            |[year, month, day]| format!("datetime(year: {year}, month: {month}, day: {day})")
        ),
        words(vocabulary),
    );
}

/// The words of papers as a dictionary.
fn words(vocabulary: &Vocabulary) -> String {
    let own = vocabulary.iter().filter_map(|(key, word)| Some((key.strip_prefix("print_")?, word)));
    let entries: String =
        own.map(|(key, word)| format!("{}: {}, ", string(key), string(word))).collect();
    if entries.is_empty() { "(:)".to_owned() } else { format!("({entries})") }
}

/// Every formula of a Markdown text that papers can't show, in the order of the text.
#[must_use]
pub fn formula_problems(markdown: &str) -> Vec<FormulaProblem> {
    let empty = (BTreeMap::new(), BTreeMap::new(), Vocabulary::new());
    let page = Page {
        title: "",
        language: "",
        description: "",
        markdown,
        figures: &empty.0,
        data: &BTreeMap::new(),
        places: &Places::default(),
        pictures: &empty.1,
        folded: None,
        words: &Words::default(),
    };
    let print = Print { page: &page, vocabulary: &empty.2, layout: &Layout::default() };
    writer::body(&print).err().unwrap_or_default()
}

/// How wide a drawing is, in points, if it says so.
fn natural_width(svg: &str) -> f32 {
    figure::width(svg).map_or(330.0, |pixels| pixels * DRAWN)
}

/// Points on paper for a pixel of a drawing: its letters become as large as the text's.
const DRAWN: f32 = 0.56;

#[cfg(test)]
mod tests;
