//! The source of a paper -> PDF, by Typst.
//!
//! A paper is made from its source, the template `paper.typ`, and its drawings, all of which are in
//! memory; nothing is read from the system, no font either: those that Typst's authors choose are
//! in the program. It carries no date and no random identifier, so that the same source gives the
//! same bytes.
//!
//! Every paper is tagged as PDF/UA-1 demands (ISO 14289-1); with [`Standard::Archival`] it is PDF/A-2a
//! (ISO 19005-2) as well. What a standard forbids, such as a character that no font has, is an error.

mod join;
mod world;

use std::collections::BTreeMap;

use rayon::{ThreadPool, ThreadPoolBuilder};
use typst::diag::{SourceDiagnostic, Warned};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::print::Source;
use world::{Place, World};

pub use join::{JoinError, Joined, Sides};

/// What is remembered of the work on earlier papers is forgotten after so many.
const REMEMBERED: usize = 8;

/// Enough for content as deep as Typst allows.
const STACK: usize = 32 << 20;

/// The standards that a paper keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standard {
    /// PDF/UA-1.
    #[default]
    Accessible,
    /// PDF/UA-1 and PDF/A-2a.
    Archival,
}

/// What a paper is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// Its text.
    pub source: &'a Source,
    /// The template `paper.typ`.
    pub template: &'a str,
    /// Drawings and pictures by path, `figures/loss-1.svg`.
    pub files: &'a BTreeMap<String, Vec<u8>>,
}

/// Why there is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct PdfError(
    /// What is wrong, all of it.
    pub Vec<String>,
);

/// A paper as PDF, and what Typst warns of.
///
/// # Errors
/// What is wrong with the template or the preamble, each with its place; what the standards forbid.
pub fn pdf(sources: &Sources<'_>, standard: Standard) -> Result<(Vec<u8>, Vec<String>), PdfError> {
    apart(|| made(sources, standard))
}

/// Does work that shares itself among threads, one piece inside of another where it waits.
///
/// Where papers are made side by side, a thread that waits for a share of one paper would begin
/// the next within it, and so on, without a bound to the stack and the papers in memory. There each
/// thread has another one to itself, for which it waits without doing anything else.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread_local! {
        static ALONE: Option<ThreadPool> =
            ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build().ok();
    }
    if rayon::current_thread_index().is_none() {
        return work();
    }
    ALONE.with(|pool| match pool {
        None => work(),
        Some(pool) => std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.install(work));
            waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    })
}

fn made(sources: &Sources<'_>, standard: Standard) -> Result<(Vec<u8>, Vec<String>), PdfError> {
    let world = World::new(sources);
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&world);
    let told = |list: &[SourceDiagnostic]| -> Vec<String> {
        let mut lines: Vec<String> = list.iter().map(|one| told(one, &world, sources)).collect();
        lines.dedup();
        lines
    };
    let made = output.and_then(|document| typst_pdf::pdf(&document, &options(standard)));
    comemo::evict(REMEMBERED);
    match made {
        Ok(bytes) => Ok((bytes, told(&warnings))),
        Err(errors) => Err(PdfError(to_the_point(told(&errors)))),
    }
}

fn options(standard: Standard) -> PdfOptions {
    let list: &[PdfStandard] = match standard {
        Standard::Accessible => &[PdfStandard::V_1_7, PdfStandard::Ua_1],
        Standard::Archival => &[PdfStandard::V_1_7, PdfStandard::A_2a, PdfStandard::Ua_1],
    };
    PdfOptions {
        standards: PdfStandards::new(list).unwrap_or_default(),
        creator: typst::foundations::Smart::Custom(Some("gradsheet".into())),
        ..PdfOptions::default()
    }
}

/// `paper.typ:12:3: unknown variable: foo`.
fn told(one: &SourceDiagnostic, world: &World<'_>, sources: &Sources<'_>) -> String {
    let mut text = match world.place(one.span) {
        Some((Place::Template, at)) => format!("paper.typ:{}", position(sources.template, at)),
        Some((Place::Source, at)) if sources.source.preamble.contains(&at) => {
            let preamble = &sources.source.text[sources.source.preamble.clone()];
            format!("preamble.typ:{}", position(preamble, at - sources.source.preamble.start))
        }
        _ => "the paper".to_owned(),
    };
    text.push_str(": ");
    if let Some(message) = reworded(&one.message) {
        return text + &message;
    }
    text.push_str(&one.message);
    for hint in &one.hints {
        text.push_str("\n  = help: ");
        text.push_str(&hint.v);
    }
    text
}

/// What a writer of scenarios understands better than Typst's own words.
fn reworded(message: &str) -> Option<String> {
    if let Some((_, rest)) = message.split_once("the text `\"")
        && let Some((text, _)) = rest.split_once("\"` could not be displayed")
    {
        return Some(format!(
            "`{text}` is in none of the fonts of papers, which have Latin, Greek, Cyrillic and the \
             signs of mathematics\n  = help: print the HTML page instead, from a browser"
        ));
    }
    let depths = ["maximum parsing depth exceeded", "maximum layout depth exceeded"];
    depths.iter().any(|depth| message.starts_with(depth)).then(|| {
        "quotations, lists or emphases stand too deep within each other for a paper".to_owned()
    })
}

/// What is wrong with a user's file, where something is: it makes all else wrong.
fn to_the_point(mut lines: Vec<String>) -> Vec<String> {
    let is_placed = |line: &String| line.contains(".typ:");
    if lines.iter().any(is_placed) {
        lines.retain(is_placed);
    }
    lines
}

/// Line and column of a byte, both from 1.
fn position(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{line}:{column}")
}

#[cfg(test)]
mod tests;
