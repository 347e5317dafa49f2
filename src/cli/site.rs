//! `gradsheet site`: a folder of scenarios and pages as a course site.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use clap::Args;
use rayon::prelude::*;

use gradsheet::Files;
use gradsheet::scenario::Date;
use gradsheet::site::{
    Assembly, Choice, Course, Entry, Facts, Fault, For, Outline, Papers, Sources, Why, Workshop,
    digest, paper_address,
};

use super::kept::{self, Kept, Written};
use super::progress::Counter;
use super::{Failure, files, folder, render, say, template, templates};

/// Arguments of `site`.
#[derive(Debug, Args)]
#[command(after_help = "Pages, for a folder with sgd.yaml, notes.md and week2/adam.yaml:\n  \
    output/site/index.html         the contents; above them what index.md says\n  \
    output/site/sgd.html           a sheet, its solutions folded under their parts\n  \
    output/site/notes.html         a page\n  \
    output/site/week2/adam.html\n  \
    output/site/sgd-handout.pdf, sgd-solutions.pdf    with `--to html,pdf`\n  \
    output/site/tags/*.html, 404.html; with `base` in the course file sitemap.xml and feed.xml\n\n\
    The course file, gradsheet.yaml, is optional:\n  \
    title: Optimization for deep learning\n  \
    order: [notes.md, sgd.yaml, week2]     the rest follows by name\n  \
    exclude: [drafts]\n  \
    base: https://example.org/course/\n  \
    language: en\n  \
    theme: {accent: \"#0b62a8\", accent_dark: \"#7cb8f0\"}\n  \
    footer: Department of Examples\n  \
    license: CC BY 4.0\n  \
    paper: {size: letter, header: Deep Learning}       of sheets that don't say so themselves\n\n\
    `release: 2026-12-01` in a scenario holds its solutions back until that day is reached by\n\
    `--as-of`; the clock is never read. What did not change is not executed again: pages are kept in\n\
    gradsheet/ in the user's cache folder ($XDG_CACHE_HOME, ~/.cache, ~/Library/Caches or\n\
    %LOCALAPPDATA%).")]
pub(crate) struct Arguments {
    /// The folder of the course
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// What to write: pages, and PDFs beside them
    #[arg(long, value_delimiter = ',', default_value = "html", value_name = "FORMATS")]
    to: Vec<render::To>,
    /// For whom: `both` folds each solution under its part
    #[arg(long, default_value = "both")]
    audience: render::For,
    /// The day for which the site is built, as 2026-12-01 [default: dated solutions stay hidden]
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
    /// Where to write [default: output/site]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Says of each page why it was made again, or that it was kept
    #[arg(long)]
    explain: bool,
    /// Makes every page anew, as if it were the first time
    #[arg(long)]
    fresh: bool,
}

/// Where a site is written.
pub(crate) fn output(asked: Option<&Path>) -> PathBuf {
    asked.map_or_else(|| Path::new("output").join("site"), Path::to_owned)
}

pub(crate) fn date(text: &str) -> Result<Date, String> {
    Date::read(text).ok_or_else(|| "a day is written as 2026-12-01".into())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let templates = templates(arguments.templates.as_deref())?;
    let output = output(arguments.output.as_deref());
    let sources = folder::read(&arguments.folder, std::slice::from_ref(&output))?;
    let papers = papers(&arguments.to)?;
    let choice = Choice { audience: audience(arguments.audience), as_of: arguments.as_of, papers };
    let (course, outline) = plan(&sources)?;
    let kept = Kept::new(&arguments.folder, arguments.fresh);
    let program = kept::program();
    let workshop = Workshop::new(&sources, &outline, &course, &templates, choice, &program);
    let counter = Counter::new("making", "pages", count(&outline));
    let made = workshop.all(&kept, &|| counter.advance(1));
    counter.finish();
    let mut texts = BTreeMap::new();
    let mut known = BTreeMap::new();
    let mut papers = BTreeMap::new();
    let mut faults = Vec::new();
    for (entry, result) in outline.all().zip(made) {
        let source = entry.source.clone();
        match result {
            Ok((body, why)) => {
                if arguments.explain {
                    say(&format!("{source}: {}", told(&why)));
                }
                texts.extend(body.html.map(|html| (source.clone(), html)));
                papers.insert(source.clone(), body.papers);
                known.insert(source, body.facts);
            }
            Err(fault) => faults.push(fault),
        }
    }
    fail_with(&faults)?;
    let assembly = Assembly::new(&course, &outline, &templates, &known);
    let (dead, copied) = assembly.check(&sources);
    if !dead.is_empty() {
        let line = |(source, message): &(String, String)| {
            format!("{}: {message}", sources.path(source).display())
        };
        return Err(Failure::Input(dead.iter().map(line).collect::<Vec<_>>().join("\n")));
    }
    let site = Site { workshop, assembly, known: &known, texts, papers, kept: &kept };
    site.write(&outline, &sources, &copied, &output)
}

/// What is printed; a site has pages in any case, and no Markdown.
fn papers(to: &[render::To]) -> Result<Papers, Failure> {
    if !to.contains(&render::To::Html) || to.contains(&render::To::Md) {
        return Err(Failure::Input(
            "a site is made of pages: `--to html` or `--to html,pdf`".into(),
        ));
    }
    let printed = to.contains(&render::To::Pdf);
    // A program without PDF says what to do instead.
    render::formats(to, None)?;
    Ok(if printed { Papers::Pdf } else { Papers::None })
}

pub(crate) fn audience(audience: render::For) -> For {
    match audience {
        render::For::Handout => For::Handout,
        render::For::Solutions => For::Solutions,
        render::For::Both => For::Both,
    }
}

/// The course file and the pages in order.
pub(crate) fn plan(sources: &Sources) -> Result<(Course, Outline), Failure> {
    let course = Course::read(sources).map_err(|problems| Failure::Input(problems.to_string()))?;
    let outline = Outline::new(sources, &course).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| format!("{}/{problem}", sources.root.display()))
            .collect();
        Failure::Input(lines.join("\n"))
    })?;
    Ok((course, outline))
}

fn count(outline: &Outline) -> u64 {
    u64::try_from(outline.all().count()).unwrap_or(u64::MAX)
}

fn fail_with(faults: &[Fault]) -> Result<(), Failure> {
    if faults.is_empty() { Ok(()) } else { Err(failure(faults)) }
}

/// All faults at once.
fn failure(faults: &[Fault]) -> Failure {
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.trim_end()).collect();
    let message = messages.join("\n\n");
    match faults.iter().any(|fault| fault.is_input) {
        true => Failure::Input(message),
        false => Failure::Work(message),
    }
}

fn told(why: &Why) -> String {
    match why {
        Why::Kept => "kept".into(),
        Why::New => "made, since there was none".into(),
        Why::Settings => {
            "made again, since the program, its templates or the course's settings changed".into()
        }
        Why::Changed(files) => format!("made again, since {} changed", files.join(", ")),
    }
}

/// A course with all its pages, on the way to its files.
struct Site<'a> {
    workshop: Workshop<'a>,
    assembly: Assembly<'a>,
    known: &'a BTreeMap<String, Facts>,
    texts: BTreeMap<String, String>,
    papers: BTreeMap<String, Files>,
    kept: &'a Kept,
}

impl Site<'_> {
    /// Writes what differs, and removes what an earlier build wrote and this one doesn't.
    fn write(
        &self,
        outline: &Outline,
        sources: &Sources,
        copied: &BTreeSet<String>,
        output: &Path,
    ) -> Result<(), Failure> {
        let writer = files::Writer::new(output)?;
        let mut waiting = files::Waiting::default();
        let mut names: BTreeMap<String, Written> = BTreeMap::new();
        let home = outline.home.as_ref().map(|entry| self.text(entry)).transpose()?;
        let others = self.assembly.others(home.as_deref()).map_err(|error| template(&error))?;
        for (name, text) in others {
            waiting.extend(writer.add(&output.join(&name), text.as_bytes())?);
            names.insert(name, Written { key: String::new(), bytes: String::new() });
        }
        let place = output.canonicalize().unwrap_or_else(|_| output.to_owned());
        let before = self.kept.written(&place);
        let pages: Vec<(usize, &Entry)> = outline.entries.iter().enumerate().collect();
        let written: Vec<Result<(Written, files::Waiting), Failure>> = pages
            .par_iter()
            .map(|(index, entry)| {
                let old = before.get(&entry.address);
                self.page(*index, entry, old, (&writer, &output.join(&entry.address)))
            })
            .collect();
        for ((_, entry), one) in pages.iter().zip(written) {
            let (written, files) = one?;
            waiting.extend(files);
            names.insert(entry.address.clone(), written);
        }
        for (_, entry) in &pages {
            for (name, old) in self.papers_of(entry) {
                let address = paper_address(&entry.address, &name);
                let path = output.join(&address);
                if !std::fs::read(&path).is_ok_and(|bytes| digest(&bytes) == old) {
                    waiting.extend(writer.add(&path, &self.paper(entry, &name)?)?);
                }
                names.insert(address, Written { key: String::new(), bytes: old });
            }
        }
        for name in copied {
            let path = sources.path(name);
            let bytes = std::fs::read(&path).map_err(|error| {
                Failure::Input(format!("{}: can't be read: {error}", path.display()))
            })?;
            waiting.extend(writer.add(&output.join(name), &bytes)?);
            names.insert(name.clone(), Written { key: String::new(), bytes: String::new() });
        }
        writer.place(waiting)?;
        let place = output.canonicalize().unwrap_or_else(|_| output.to_owned());
        for name in before.keys().filter(|name| !names.contains_key(*name) && is_inside(name)) {
            // It may be gone already.
            let _ = std::fs::remove_file(output.join(name));
        }
        self.kept.remember(&place, &names);
        self.kept.tidy(sources);
        Ok(())
    }

    /// One page, unless its file is what it would become.
    fn page(
        &self,
        index: usize,
        entry: &Entry,
        old: Option<&Written>,
        (writer, path): (&files::Writer, &Path),
    ) -> Result<(Written, files::Waiting), Failure> {
        let key = self.assembly.key(index).unwrap_or_default();
        let key = format!("{key} {}", self.workshop.base());
        if let Some(old) = old.filter(|old| old.key == key)
            && std::fs::read(path).is_ok_and(|bytes| digest(&bytes) == old.bytes)
        {
            return Ok((old.clone(), files::Waiting::default()));
        }
        let page =
            self.assembly.page(index, &self.text(entry)?).map_err(|error| template(&error))?;
        let waiting = writer.add(path, page.as_bytes())?;
        Ok((Written { key, bytes: digest(page.as_bytes()) }, waiting))
    }

    /// The papers of a page, with their digests.
    fn papers_of(&self, entry: &Entry) -> BTreeMap<String, String> {
        self.known.get(&entry.source).map(|facts| facts.papers.clone()).unwrap_or_default()
    }

    fn paper(&self, entry: &Entry, name: &str) -> Result<Cow<'_, [u8]>, Failure> {
        if let Some(bytes) = self.papers.get(&entry.source).and_then(|papers| papers.get(name)) {
            return Ok(Cow::Borrowed(bytes));
        }
        let facts = self.known.get(&entry.source).cloned().unwrap_or_default();
        let bytes = self.workshop.paper(entry, &facts, name, self.kept);
        bytes.map(Cow::Owned).map_err(|fault| failure(&[fault]))
    }

    fn text(&self, entry: &Entry) -> Result<Cow<'_, str>, Failure> {
        if let Some(text) = self.texts.get(&entry.source) {
            return Ok(Cow::Borrowed(text));
        }
        let facts = self.known.get(&entry.source).cloned().unwrap_or_default();
        let text = self.workshop.text(entry, &facts, self.kept);
        text.map(Cow::Owned).map_err(|fault| failure(&[fault]))
    }
}

/// Whether a name leads to a file below the folder that it is joined to.
fn is_inside(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}
