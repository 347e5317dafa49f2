//! One page alone: executed and rendered, or taken from the cache.

use std::collections::BTreeSet;
use std::sync::Mutex;

use rayon::prelude::*;

use crate::engine::Effort;
use crate::render::{self, CoursePage, Files, RenderError};
use crate::scenario::{self, Date, Place, Problem, Problems};
use crate::sheet::{Paper, Templates, plain};

use super::cache::{Cache, Key, Record, Why, digest};
use super::course::Course;
use super::facts::Facts;
use super::links::{FromPage, Sheets, to_pages};
use super::outline::{Entry, Kind, Outline};
use super::pictures::Pictures;
use super::sources::Sources;
use super::{Choice, For, Papers, markdown};

/// A page without what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What is known of it.
    pub facts: Facts,
    /// Its text; `None` where it is kept and was not asked for.
    pub html: Option<String>,
    /// Its papers; none where it is kept.
    pub papers: Files,
}

/// Why a page can't be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The source, by path below the course's folder.
    pub source: String,
    /// What is wrong, as the terminal says it.
    pub message: String,
    /// Whether the source is wrong; else the work failed.
    pub is_input: bool,
}

/// A page made anew.
struct Made {
    facts: Facts,
    html: String,
    papers: Files,
    /// The files that it was made from.
    inputs: BTreeSet<String>,
}

/// What all pages of a course are made with.
pub struct Workshop<'a> {
    sources: &'a Sources,
    outline: &'a Outline,
    course: &'a Course,
    templates: &'a Templates,
    choice: Choice,
    sheets: Sheets<'a>,
    base: String,
}

impl<'a> Workshop<'a> {
    /// A workshop for the pages of a course; `program` names the build of the program, whose
    /// pages alone are taken from a cache.
    pub fn new(
        sources: &'a Sources,
        outline: &'a Outline,
        course: &'a Course,
        templates: &'a Templates,
        choice: Choice,
        program: &str,
    ) -> Self {
        let (words, papers) = (&course.language, (choice.papers, &course.printing));
        let settings = format!("{program}\n{}\n{words}\n{papers:?}", templates.digest());
        let sheets = Sheets::new(sources, outline, templates);
        let base = digest(settings.as_bytes());
        Self { sources, outline, course, templates, choice, sheets, base }
    }

    /// The digest of the program's build, the templates and the course's language.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Every page in the order of the course, as [`Self::body`] gives it; `done` hears of each.
    pub fn all(
        &self,
        cache: &dyn Cache,
        done: &(dyn Fn() + Sync),
    ) -> Vec<Result<(Body, Why), Fault>> {
        let entries: Vec<&Entry> = self.outline.all().collect();
        entries
            .into_par_iter()
            .map(|entry| {
                let body = self.body(entry, cache);
                done();
                body
            })
            .collect()
    }

    /// A page, from the cache where nothing changed that it was made from.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with its source.
    pub fn body(&self, entry: &Entry, cache: &dyn Cache) -> Result<(Body, Why), Fault> {
        let key = self.key(entry);
        let mut why = Why::New;
        if let Some(record) = cache.load(&key) {
            why = record.why(&self.base, |path| self.digest(path));
            if why == Why::Kept && record.facts.held_back != self.holds_back(&record.facts) {
                why = Why::Settings;
            }
            if why == Why::Kept {
                return Ok((Body { facts: record.facts, html: None, papers: Files::new() }, why));
            }
        }
        let Made { facts, html, papers, inputs } = self.made(entry)?;
        let digests = inputs.iter().filter_map(|path| Some((path.clone(), self.digest(path)?)));
        let record = Record { base: self.base.clone(), inputs: digests.collect(), facts };
        cache.store(&key, &record, &html, &papers);
        Ok((Body { facts: record.facts, html: Some(html), papers }, why))
    }

    /// The text of a page; made again where the cache lost it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with its source.
    pub fn text(&self, entry: &Entry, facts: &Facts, cache: &dyn Cache) -> Result<String, Fault> {
        let kept = cache.text(&self.key(entry));
        match kept.filter(|html| digest(html.as_bytes()) == facts.text) {
            Some(html) => Ok(html),
            None => self.made(entry).map(|made| made.html),
        }
    }

    /// A paper of a page; made again where the cache lost it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with its source.
    pub fn paper(
        &self,
        entry: &Entry,
        facts: &Facts,
        name: &str,
        cache: &dyn Cache,
    ) -> Result<Vec<u8>, Fault> {
        let kept = cache.paper(&self.key(entry), name);
        match kept.filter(|bytes| facts.papers.get(name) == Some(&digest(bytes))) {
            Some(bytes) => Ok(bytes),
            None => self.made(entry).map(|mut made| made.papers.remove(name).unwrap_or_default()),
        }
    }

    fn key(&self, entry: &Entry) -> Key {
        let paper = match (entry.kind, self.choice.audience) {
            (Kind::Markdown, _) => "page",
            (Kind::Sheet, For::Handout) => "handout",
            (Kind::Sheet, For::Solutions) => "solutions",
            (Kind::Sheet, For::Both) => "course",
        };
        Key { source: entry.source.clone(), paper }
    }

    /// A page made anew.
    fn made(&self, entry: &Entry) -> Result<Made, Fault> {
        let made = match entry.kind {
            Kind::Sheet => self.sheet(entry)?,
            Kind::Markdown => self.markdown(entry)?,
        };
        let facts = made.facts.with_text(&made.html, &made.papers, &entry.address);
        Ok(Made { facts, ..made })
    }

    /// The digest of a file as it is now.
    fn digest(&self, path: &str) -> Option<String> {
        match self.sources.pages.get(path) {
            Some(text) => Some(digest(text.as_bytes())),
            None => Some(digest(&std::fs::read(self.sources.path(path)).ok()?)),
        }
    }

    fn holds_back(&self, facts: &Facts) -> bool {
        let release = facts.release.as_deref().and_then(Date::read);
        is_held_back(release, self.choice)
    }

    fn links<'e>(&'e self, entry: &'e Entry) -> FromPage<'e> {
        let (source, address) = (&entry.source, &entry.address);
        FromPage { sheets: &self.sheets, source, address, used: Mutex::default() }
    }

    fn sheet(&self, entry: &Entry) -> Result<Made, Fault> {
        let path = self.sources.path(&entry.source);
        let text = self.sources.pages.get(&entry.source).map_or("", String::as_str);
        let mut scenario =
            scenario::read(&path, text).map_err(|problems| input(entry, problems.to_string()))?;
        scenario.printing = scenario.printing.or(&self.course.printing);
        let held_back = is_held_back(scenario.front.release, self.choice);
        let paper = match (self.choice.audience, held_back) {
            (For::Handout, _) | (_, true) => Paper::Handout,
            (For::Solutions, false) => Paper::Solutions,
            (For::Both, false) => Paper::Folded,
        };
        let links = self.links(entry);
        let printed: &[Paper] = match (self.choice.papers, paper) {
            (Papers::None, _) => &[],
            (Papers::Pdf, Paper::Handout) => &[Paper::Handout],
            (Papers::Pdf, Paper::Solutions) => &[Paper::Solutions],
            (Papers::Pdf, Paper::Folded) => &[Paper::Handout, Paper::Solutions],
        };
        let order = CoursePage { paper, printed, links: &links, effort: &Effort::FULL };
        let (page, papers) = render::course_page(&scenario, self.templates, &order)
            .map_err(|error| fault(entry, &path, text, error))?;
        let mut inputs = links.used.into_inner().unwrap_or_default();
        inputs.insert(entry.source.clone());
        let folder = entry.source.rsplit_once('/').map_or("", |(folder, _)| folder);
        for file in &scenario.files {
            inputs.insert(format!("{folder}/{file}").trim_start_matches('/').to_owned());
        }
        let front = &scenario.front;
        let html = to_pages(&page, &entry.source, &entry.address, self.outline);
        let facts = Facts {
            title: plain(&front.title),
            description: front.subtitle.as_deref().map(plain).unwrap_or_default(),
            language: front.language.clone(),
            tags: front.tags.clone(),
            minutes: front.minutes,
            release: front.release.map(|date| date.to_string()),
            held_back,
            ..Facts::default()
        };
        Ok(Made { facts, html, papers, inputs })
    }

    fn markdown(&self, entry: &Entry) -> Result<Made, Fault> {
        let path = self.sources.path(&entry.source).display().to_string();
        let text = self.sources.pages.get(&entry.source).map_or("", String::as_str);
        let fail =
            |list: Vec<Problem>| input(entry, Problems::new(path.as_str(), text, list).to_string());
        let source = markdown::read(text).map_err(&fail)?;
        let links = self.links(entry);
        let front = text.len() - source.text.len();
        let placed =
            |(offset, message): (usize, String)| Problem::new(place(text, front + offset), message);
        let mut problems: Vec<(usize, String)> = render::markdown_problems(source.text);
        let pictures = Pictures::read(source.text, &entry.source, self.sources);
        problems.extend(pictures.problems);
        let worded = markdown::with_words(source.text, &links);
        problems.extend(worded.as_ref().err().cloned().unwrap_or_default());
        problems.sort();
        let (Ok(worded), true) = (worded, problems.is_empty()) else {
            return Err(fail(problems.into_iter().map(placed).collect()));
        };
        let language = source.language.unwrap_or_else(|| self.course.language.clone());
        let html = render::markdown_page(&worded, &language, &pictures.addresses, self.templates)
            .map_err(|error| fault(entry, path.as_ref(), text, error))?;
        let stem = entry.source.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
        let html = to_pages(&html, &entry.source, &entry.address, self.outline);
        let facts = Facts {
            title: plain(&source.title.unwrap_or_else(|| stem.to_owned())),
            description: source.description,
            language,
            tags: source.tags,
            ..Facts::default()
        };
        let mut inputs = links.used.into_inner().unwrap_or_default();
        inputs.insert(entry.source.clone());
        inputs.extend(pictures.files);
        Ok(Made { facts, html, papers: Files::new(), inputs })
    }
}

/// Whether solutions stay hidden until a day that has not come.
fn is_held_back(release: Option<Date>, choice: Choice) -> bool {
    let waits = release.is_some_and(|day| choice.as_of.is_none_or(|today| today < day));
    waits && choice.audience != For::Handout
}

fn input(entry: &Entry, message: String) -> Fault {
    Fault { source: entry.source.clone(), message, is_input: true }
}

fn fault(entry: &Entry, path: &std::path::Path, text: &str, error: RenderError) -> Fault {
    let name = path.display().to_string();
    match error {
        RenderError::Texts(list) => input(entry, Problems::new(name, text, list).to_string()),
        RenderError::Template(error) => input(entry, error.to_string()),
        #[cfg(feature = "pdf")]
        RenderError::Pdf(error) => input(entry, format!("{name}: {error}")),
        other => Fault {
            source: entry.source.clone(),
            message: format!("{name}: {other}"),
            is_input: false,
        },
    }
}

/// The place of a byte.
fn place(text: &str, offset: usize) -> Place {
    Place::START.after(text.get(..offset).unwrap_or(text))
}
