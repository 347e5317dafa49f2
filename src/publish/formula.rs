//! LaTeX formulas -> MathML.
//!
//! A formula is converted wholly or not at all: what cannot be set is a problem with a message
//! and a place, never red text in a page.
//!
//! Supported is what pulldown-latex parses: AMS mathematics without `\tag`, `\label` and
//! `\newcommand`; a page takes `\tag` off before and prints it itself. No line is numbered, nor
//! are `align` and `align*` told apart.
//! `\operatorname*` is understood here, and so are formulas inside `\text`.

mod alphabet;
mod blank;
mod form;
mod layout;
mod leaf;
mod node;
mod printed;
mod row;
mod spoken;
mod tree;
mod typst;

use std::borrow::Cow;

use pulldown_latex::event::Style;
use pulldown_latex::{Event, Parser, Storage};

use crate::limits::Limit;

use form::{Form, form};
use node::Node;

pub(super) use printed::{Printed, print};
pub use spoken::Vocabulary;

/// The parser takes an unbraced argument by recursion (`\sqrt\sqrt\sqrt x`), so that a formula of
/// more commands than this is parsed on a stack of its own.
const MOST_COMMANDS: usize = 80;
/// Enough for each byte of a formula that consists of such commands. How long it may be is
/// limited, since nested groups take quadratic time too.
const STACK_FOR_BYTE: usize = 6_800;
/// Macros could multiply a formula without bound, so they cannot be defined in one.
const DEFINITIONS: [&str; 9] = [
    "\\def",
    "\\edef",
    "\\gdef",
    "\\xdef",
    "\\let",
    "\\futurelet",
    "\\newcommand",
    "\\renewcommand",
    "\\providecommand",
];

/// Commands whose argument is read as words.
const WORDS: [&str; 7] =
    ["\\text", "\\textrm", "\\textbf", "\\textit", "\\textsf", "\\texttt", "\\operatorname"];

/// Whether a formula stands in a line of text or on lines of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Display {
    /// `$...$`
    Inline,
    /// `$$...$$`
    Block,
}

/// A formula ready for a page.
#[derive(Debug, Clone)]
pub(super) struct Formula {
    /// The whole formula, or the pieces of a long inline one, between which a line may break.
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) mathml: String,
    /// About its width in em, rather too much than too little.
    pub(super) width: f32,
}

/// The MathML of a formula, or what is wrong with it.
///
/// # Errors
/// The message for a reader, without the place.
pub fn to_mathml(tex: &str, display: Display) -> Result<String, String> {
    Ok(Form::read(tex, 0, display)?.mathml(display))
}

/// A formula whose pieces are, where it can be broken, at most `longest` em wide.
pub(super) fn convert(tex: &str, display: Display, longest: f32) -> Result<Formula, String> {
    let (form, numbers) = form(tex, display)?;
    Ok(form.formula(&numbers, display, longest))
}

/// What is wrong with a formula, if anything.
pub(super) fn check(tex: &str, display: Display) -> Result<(), String> {
    form(tex, display).map(drop)
}

fn mode(display: Display) -> (Style, &'static str) {
    match display {
        Display::Inline => (Style::Text, ""),
        Display::Block => (Style::Display, " display=\"block\""),
    }
}

fn parse(tex: &str, style: Style, depth: usize) -> Result<Vec<Node>, String> {
    if tex.len() > Limit::FormulaLength.count() {
        let (what, needed) = (format!("its {} bytes", tex.len()), u64::try_from(tex.len()).ok());
        return Err(Limit::FormulaLength.exceeded_with_advice(what, needed));
    }
    if count_commands(tex)? <= MOST_COMMANDS {
        return parse_here(tex, style, depth);
    }
    std::thread::scope(|scope| {
        let parser =
            std::thread::Builder::new().stack_size(STACK_FOR_BYTE * Limit::FormulaLength.count());
        let parsed = parser.spawn_scoped(scope, || parse_here(tex, style, depth));
        parsed.ok().and_then(|thread| thread.join().ok())
    })
    .unwrap_or_else(|| Err("the formula is too complex".into()))
}

fn parse_here(tex: &str, style: Style, depth: usize) -> Result<Vec<Node>, String> {
    let tex = starred_operators(tex);
    let storage = Storage::new();
    let mut events: Vec<Event<'_>> = Vec::with_capacity(tex.len());
    for event in Parser::new(&tex, &storage) {
        events.push(event.map_err(|error| message(&tex, &error.to_string()))?);
    }
    tree::build(&events, style, depth)
}

/// How many commands a formula has; an error if one of them cannot be had.
fn count_commands(tex: &str) -> Result<usize, String> {
    let (mut count, mut rest) = (0, tex);
    while let Some(at) = rest.find('\\') {
        let name = command_at(&rest[at..]);
        if DEFINITIONS.contains(&name) {
            return Err(format!("`{name}`: macros cannot be defined in a formula"));
        }
        // Line breaks take no argument.
        count += usize::from(name != "\\\\");
        rest = &rest[at + name.len()..];
        let argument = rest.trim_start_matches('*').trim_start();
        if WORDS.contains(&name) && !argument.starts_with('{') {
            // The parser would take the whole rest of the formula for the word.
            return Err(format!("`{name}` needs braces around its text"));
        }
    }
    Ok(count)
}

/// `\operatorname*{name}` as `\operatorname{name}\limits`, which the parser knows.
fn starred_operators(tex: &str) -> Cow<'_, str> {
    const STARRED: &str = "\\operatorname*{";
    let Some(at) = tex.find(STARRED) else {
        return Cow::Borrowed(tex);
    };
    let name = at + STARRED.len();
    let Some(length) = tex[name..].find('}') else {
        return Cow::Borrowed(tex);
    };
    let (name, rest) = (&tex[name..name + length], &tex[name + length + 1..]);
    Cow::Owned(format!("{}\\operatorname{{{name}}}\\limits{}", &tex[..at], starred_operators(rest)))
}

/// The parser's message in one line, with the name of what it does not know.
fn message(tex: &str, error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    let line = line.trim_start_matches("parsing error: ");
    match culprit(tex) {
        Some(name) if name.starts_with('\\') => format!("unknown command `{name}`"),
        Some(name) => format!("unknown environment `{name}`"),
        None => line.replace("unkown", "unknown").replace("{{}}", "{}"),
    }
}

/// The first command or environment of a formula that the parser does not know.
pub(super) fn culprit(tex: &str) -> Option<&str> {
    let mut rest = tex;
    while let Some(at) = rest.find('\\') {
        let name = command_at(&rest[at..]);
        let behind = &rest[at + name.len()..];
        if name == "\\begin" {
            let environment = behind.strip_prefix('{').and_then(|inner| inner.split('}').next());
            if let Some(environment) = environment
                && fails(&format!("\\begin{{{environment}}}\\end{{{environment}}}"), "environment")
            {
                return Some(environment);
            }
        } else if fails(name, "unknown primitive") {
            return Some(name);
        }
        rest = behind;
    }
    None
}

fn fails(tex: &str, complaint: &str) -> bool {
    let storage = Storage::new();
    let error = Parser::new(tex, &storage).find_map(Result::err).map(|error| error.to_string());
    error.is_some_and(|text| text.lines().next().is_some_and(|line| line.contains(complaint)))
}

/// The control sequence at the start of `tex`: `\name`, or a backslash and one character.
fn command_at(tex: &str) -> &str {
    let letters = tex[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
    let length = match letters {
        0 => tex[1..].chars().next().map_or(0, char::len_utf8),
        _ => letters,
    };
    &tex[..1 + length]
}

#[cfg(test)]
mod tests;
