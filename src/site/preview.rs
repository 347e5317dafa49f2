//! A course as its writer sees it while writing: every page when it is asked for, and what is
//! wrong on the page where it is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::sheet::{TemplateError, Templates};

use super::Choice;
use super::assemble::Assembly;
use super::body::{Body, Workshop};
use super::cache::Cache;
use super::course::Course;
use super::facts::Facts;
use super::outline::{Entry, HOME, Outline};
use super::sources::Sources;

/// A course at one moment.
pub struct Preview {
    sources: Sources,
    course: Course,
    outline: Outline,
    templates: Templates,
    known: BTreeMap<String, Facts>,
    texts: BTreeMap<String, Arc<str>>,
    /// The files of the course that its pages link to.
    linked: BTreeSet<String>,
    /// What is wrong, by source; under no name what concerns all pages.
    wrong: BTreeMap<String, Vec<String>>,
}

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A page.
    Page(String),
    /// Something else that the site makes: sitemap, feed.
    Text(String),
    /// A file of the course, by path below its folder.
    File(String),
    /// Nothing; this page says so.
    Missing(String),
}

/// What a preview is made with, beside the texts of the course.
pub struct Materials<'a> {
    /// Pages of an earlier build.
    pub cache: &'a dyn Cache,
    /// For whom, and for which day.
    pub choice: Choice,
    /// The build of the program.
    pub program: &'a str,
    /// Hears of each page that is made.
    pub done: &'a (dyn Fn() + Sync),
}

impl Preview {
    /// A course as it is now; `before` is what it was. Whatever is wrong is kept, to be shown.
    pub fn new(
        sources: Sources,
        templates: Templates,
        materials: &Materials<'_>,
        before: Option<&Self>,
    ) -> Self {
        let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut of_all = Vec::new();
        let course = Course::read(&sources).unwrap_or_else(|problems| {
            of_all.push(problems.to_string());
            Course::after_folder(&sources)
        });
        let outline = Outline::new(&sources, &course).unwrap_or_else(|problems| {
            of_all.extend(problems);
            Outline::default()
        });
        let Materials { cache, choice, program, done } = *materials;
        let workshop = Workshop::new(&sources, &outline, &course, &templates, choice, program);
        let with_text = |entry: &Entry, body: Body| {
            let same = |before: &&Self| {
                before.known.get(&entry.source).is_some_and(|old| old.text == body.facts.text)
            };
            let kept = before.filter(same).and_then(|before| before.texts.get(&entry.source));
            let text = match (body.html, kept) {
                (Some(html), _) => Arc::from(html),
                (None, Some(kept)) => Arc::clone(kept),
                (None, None) => workshop.text(entry, &body.facts, cache)?.into(),
            };
            Ok((body.facts, text))
        };
        let (mut known, mut texts) = (BTreeMap::new(), BTreeMap::new());
        for (entry, made) in outline.all().zip(workshop.all(cache, done)) {
            let source = entry.source.clone();
            match made.and_then(|(body, _)| with_text(entry, body)) {
                Ok((facts, text)) => {
                    known.insert(source.clone(), facts);
                    texts.insert(source, text);
                }
                Err(fault) => {
                    let (title, language) = (source.clone(), course.language.clone());
                    known.insert(source.clone(), Facts { title, language, ..Facts::default() });
                    wrong.insert(source, vec![fault.message]);
                }
            }
        }
        let (dead, linked) = Assembly::new(&course, &outline, &templates, &known).check(&sources);
        for (source, message) in dead {
            let message = format!("{}: {message}", sources.path(&source).display());
            wrong.entry(source).or_default().push(message);
        }
        if !of_all.is_empty() {
            wrong.insert(String::new(), of_all);
        }
        Self { sources, course, outline, templates, known, texts, linked, wrong }
    }

    /// Everything that is wrong, as a terminal shows it.
    pub fn faults(&self) -> impl Iterator<Item = &str> {
        self.wrong.values().flatten().map(|message| message.trim_end())
    }

    /// The address of a source's page.
    pub fn address(&self, source: &str) -> Option<&str> {
        self.outline.of_source(source).map(|entry| entry.address.as_str())
    }

    /// What stands at an address from the site's top; that of a folder is its own page.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn answer(&self, address: &str) -> Result<Answer, TemplateError> {
        let address = match address {
            "" => HOME.to_owned(),
            folder if folder.ends_with('/') => format!("{folder}{HOME}"),
            page => page.to_owned(),
        };
        let assembly = Assembly::new(&self.course, &self.outline, &self.templates, &self.known);
        let at = |entry: &Entry| entry.address == address;
        if let Some(index) = self.outline.entries.iter().position(at) {
            let source = self.outline.entries.get(index).map(|entry| entry.source.as_str());
            return Ok(Answer::Page(assembly.page(index, &self.text(source)?)?));
        }
        if self.linked.contains(&address) {
            return Ok(Answer::File(address));
        }
        let home = self.outline.home.as_ref().map(|entry| entry.source.as_str());
        let of_all = self.wrong.contains_key("");
        let text = self.text(home)?;
        let mut others = assembly.others((home.is_some() || of_all).then_some(text.as_str()))?;
        if of_all && address.ends_with(".html") {
            return Ok(Answer::Page(others.remove(HOME).unwrap_or_default()));
        }
        Ok(match others.remove(&address) {
            Some(text) if address.ends_with(".html") => Answer::Page(text),
            Some(text) => Answer::Text(text),
            None => Answer::Missing(others.remove("404.html").unwrap_or_default()),
        })
    }

    /// The text of a page under what is wrong with it.
    fn text(&self, source: Option<&str>) -> Result<String, TemplateError> {
        let of_all = self.wrong.get("").into_iter().flatten();
        let own = source.and_then(|source| self.wrong.get(source)).into_iter().flatten();
        let wrong: Vec<&str> = of_all.chain(own).map(|message| message.trim_end()).collect();
        let text = source.and_then(|source| self.texts.get(source));
        let text = text.map(AsRef::as_ref).unwrap_or_default();
        if wrong.is_empty() {
            return Ok(text.to_owned());
        }
        let mut context = tera::Context::new();
        context.insert("wrong", &wrong);
        self.templates.words_or_english(&self.course.language).insert_into(&mut context);
        Ok(format!("{}{text}", self.templates.render("site/wrong.html", &context)?))
    }

    /// Where a file of the course lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.sources.path(name)
    }
}
