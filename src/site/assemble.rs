//! What stands around the pages: navigation, index, tags, and what machines read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::sheet::{TemplateError, Templates, Words};

use super::cache::digest;
use super::course::Course;
use super::facts::{Facts, Link};
use super::links::{Href, encoded};
use super::outline::{Entry, HOME, Outline};
use super::sources::{Sources, relative};
use super::tags::Tags;

/// Where a paper of a page stands: `week1/sgd-handout.pdf` beside `week1/sgd.html`.
pub fn paper_address(page: &str, name: &str) -> String {
    format!("{}-{name}", page.trim_end_matches(".html"))
}

/// All pages of a course, and what is known of each.
pub struct Assembly<'a> {
    course: &'a Course,
    outline: &'a Outline,
    templates: &'a Templates,
    phrases: Words,
    home: Option<&'a Facts>,
    pages: Vec<&'a Facts>,
    tags: Tags,
}

/// What stands around the text of a page.
#[derive(Debug, Serialize)]
struct Around<'a> {
    title: &'a str,
    language: &'a str,
    description: &'a str,
    site: Link,
    home: String,
    footer: &'a str,
    license: &'a str,
    accent: Option<&'a str>,
    accent_dark: Option<&'a str>,
    feed: Option<String>,
    previous: Option<Link>,
    next: Option<Link>,
    sections: &'a [Link],
    tags: Vec<Link>,
    note: Option<String>,
    papers: Vec<Link>,
}

/// A page in the table of contents.
#[derive(Debug, Serialize)]
struct Item {
    title: String,
    address: String,
    description: String,
    time: Option<String>,
    release: Option<String>,
    tags: Vec<Link>,
}

/// The pages of one folder.
#[derive(Debug, Serialize)]
struct Group {
    title: Option<String>,
    items: Vec<Item>,
}

impl<'a> Assembly<'a> {
    /// The pages of an outline; what is known of each, by its source.
    pub fn new(
        course: &'a Course,
        outline: &'a Outline,
        templates: &'a Templates,
        known: &'a BTreeMap<String, Facts>,
    ) -> Self {
        let phrases = templates.words_or_english(&course.language);
        let home = outline.home.as_ref().and_then(|entry| known.get(&entry.source));
        let pages: Vec<&Facts> =
            outline.entries.iter().filter_map(|entry| known.get(&entry.source)).collect();
        let tags = Tags::new(pages.iter().map(|page| page.tags.as_slice()));
        Self { course, outline, templates, phrases, home, pages, tags }
    }

    /// What the page of that number is made of beside its text, the templates and the words:
    /// two builds with the same digest make the same page.
    pub fn key(&self, index: usize) -> Option<String> {
        let around = format!("{:?}", self.around_page(index)?);
        let text = &self.pages.get(index)?.text;
        Some(digest(format!("{around}\n{text}").as_bytes()))
    }

    /// The page of that number around its text.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn page(&self, index: usize, html: &str) -> Result<String, TemplateError> {
        let around = self.around_page(index);
        around.map_or_else(
            || Ok(String::new()),
            |around| self.templates.render("site/page.html", &self.context(&around, html)),
        )
    }

    fn around_page(&self, index: usize) -> Option<Around<'_>> {
        let (entry, page) = (self.outline.entries.get(index)?, self.pages.get(index)?);
        let near = |index: Option<usize>| Some(self.link(index?, &entry.address));
        let note = page.release.as_ref().filter(|_| page.held_back);
        Some(Around {
            previous: near(index.checked_sub(1)),
            next: near(Some(index + 1).filter(|next| *next < self.pages.len())),
            sections: &page.sections,
            tags: self.tag_links(page, &entry.address),
            note: note.map(|date| self.release(date)),
            papers: self.paper_links(page, &entry.address),
            ..self.around(&entry.address, page)
        })
    }

    /// Everything beside the pages: the front page, tags, 404; with a base address sitemap and
    /// feed. `home` is the text of the front page, if the course has one.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn others(&self, home: Option<&str>) -> Result<BTreeMap<String, String>, TemplateError> {
        let mut files = BTreeMap::new();
        let plain = Facts {
            title: self.course.title.clone(),
            description: self.course.description.clone(),
            language: self.course.language.clone(),
            ..Facts::default()
        };
        let around = self.around(HOME, self.home.unwrap_or(&plain));
        let around = Around { title: &self.course.title, tags: self.all_tags(HOME), ..around };
        let mut context = self.context(&around, home.unwrap_or_default());
        context.insert("has_text", &home.is_some());
        context.insert("groups", &self.groups());
        files.insert(HOME.to_owned(), self.templates.render("site/index.html", &context)?);
        for (tag, (address, pages)) in &self.tags.pages {
            let blanks = [("tag", tag.clone())];
            let page = Facts { title: self.phrases.say("site_tag", &blanks), ..plain.clone() };
            let mut context = self.context(&self.around(address, &page), "");
            let items: Vec<Item> = pages.iter().map(|index| self.item(*index, address)).collect();
            context.insert("groups", &[Group { title: None, items }]);
            files.insert(address.clone(), self.templates.render("site/tag.html", &context)?);
        }
        let page = Facts { title: self.phrases.word("site_not_found"), ..plain };
        // It is shown at any address, so that only an absolute one leads home.
        let home = self.course.base.clone().unwrap_or_else(|| "/".into());
        let around = Around { home, ..self.around("404.html", &page) };
        let context = self.context(&around, "");
        files.insert("404.html".into(), self.templates.render("site/404.html", &context)?);
        if let Some(base) = &self.course.base {
            let mut context = tera::Context::new();
            context.insert("site", &self.course_link(base));
            context.insert("description", &self.course.description);
            context.insert("language", &self.course.language);
            let absolute = |index: usize| {
                let mut item = self.item(index, HOME);
                item.address = format!("{base}{}", item.address);
                item
            };
            let items: Vec<Item> = (0..self.pages.len()).map(absolute).collect();
            context.insert("items", &items);
            let tags: Vec<Link> = self.all_tags(HOME);
            context.insert("tags", &tags);
            context.insert("feed", &format!("{base}feed.xml"));
            files
                .insert("sitemap.xml".into(), self.templates.render("site/sitemap.xml", &context)?);
            files.insert("feed.xml".into(), self.templates.render("site/feed.xml", &context)?);
        }
        Ok(files)
    }

    /// Links that lead nowhere, each with the source of its page; and files of the course that
    /// pages link to.
    pub fn check(&self, sources: &Sources) -> (Vec<(String, String)>, BTreeSet<String>) {
        let all = || {
            let pages = self.outline.entries.iter().zip(self.pages.iter().copied());
            self.outline.home.iter().zip(self.home).chain(pages)
        };
        let none = BTreeSet::new();
        let mut places: BTreeMap<&str, &BTreeSet<String>> =
            all().map(|(entry, page)| (entry.address.as_str(), &page.places)).collect();
        places.entry(HOME).or_insert(&none);
        for (address, _) in self.tags.pages.values() {
            places.insert(address, &none);
        }
        let mut dead = Vec::new();
        let mut copied = BTreeSet::new();
        for (entry, page) in all() {
            for Href { written, address, fragment } in &page.links {
                let message = match address {
                    None => format!("the link to `{written}` leads out of the course"),
                    Some(address) if sources.others.contains(address) => {
                        copied.insert(address.clone());
                        continue;
                    }
                    Some(address) => match (places.get(address.as_str()), fragment) {
                        (None, _) => {
                            format!("the link to `{address}` leads nowhere in the course")
                        }
                        (Some(places), Some(name)) if !places.contains(name) => {
                            format!("the link leads to `{name}`, which `{address}` doesn't have")
                        }
                        _ => continue,
                    },
                };
                dead.push((entry.source.clone(), message));
            }
        }
        (dead, copied)
    }

    fn around<'p>(&'p self, address: &str, page: &'p Facts) -> Around<'p> {
        let home = relative(address, HOME);
        Around {
            title: &page.title,
            language: &page.language,
            description: &page.description,
            site: self.course_link(&home),
            home,
            footer: &self.course.footer,
            license: &self.course.license,
            accent: self.course.theme.accent.as_deref(),
            accent_dark: self.course.theme.accent_dark.as_deref(),
            feed: self.course.base.as_ref().map(|_| relative(address, "feed.xml")),
            previous: None,
            next: None,
            sections: &[],
            tags: Vec::new(),
            note: None,
            papers: Vec::new(),
        }
    }

    fn context(&self, around: &Around<'_>, html: &str) -> tera::Context {
        // A record of texts and lists can always be written out.
        let mut context = tera::Context::from_serialize(around).unwrap_or_default();
        context.insert("body", html);
        self.phrases.insert_into(&mut context);
        context
    }

    fn course_link(&self, address: &str) -> Link {
        Link { title: self.course.title.clone(), address: address.to_owned() }
    }

    fn link(&self, index: usize, from: &str) -> Link {
        let title = self.pages.get(index).map(|page| page.title.clone()).unwrap_or_default();
        let address = self.outline.entries.get(index).map_or("", |entry| &entry.address);
        Link { title, address: encoded(&relative(from, address)) }
    }

    fn item(&self, index: usize, from: &str) -> Item {
        let Link { title, address } = self.link(index, from);
        let page = self.pages.get(index);
        Item {
            title,
            address,
            description: page.map(|page| page.description.clone()).unwrap_or_default(),
            time: page
                .and_then(|page| page.minutes)
                .map(|count| self.phrases.counted("minutes", count)),
            release: page
                .filter(|page| page.held_back)
                .and_then(|page| page.release.clone())
                .map(|date| self.release(&date)),
            tags: page.map(|page| self.tag_links(page, from)).unwrap_or_default(),
        }
    }

    /// When solutions appear; the parts of the date as well, for languages that order them otherwise.
    fn release(&self, date: &str) -> String {
        let mut parts = date.splitn(3, '-').map(|part| part.trim_start_matches('0').to_owned());
        let mut part = || parts.next().unwrap_or_default();
        let (year, month, day) = (part(), part(), part());
        let blanks = [("date", date.to_owned()), ("year", year), ("month", month), ("day", day)];
        self.phrases.say("site_release", &blanks)
    }

    /// The papers of a page, which stand beside it.
    fn paper_links(&self, page: &Facts, from: &str) -> Vec<Link> {
        let link = |name: &String| {
            let stem = name.trim_end_matches(".pdf");
            let address = paper_address(from, name);
            let title = self.phrases.word(&format!("site_paper_{stem}"));
            Link { title, address: encoded(&relative(from, &address)) }
        };
        page.papers.keys().map(link).collect()
    }

    fn tag_links(&self, page: &Facts, from: &str) -> Vec<Link> {
        let link = |tag: &String| {
            let (address, _) = self.tags.pages.get(tag)?;
            Some(Link { title: tag.clone(), address: relative(from, address) })
        };
        page.tags.iter().filter_map(link).collect()
    }

    fn all_tags(&self, from: &str) -> Vec<Link> {
        let link = |(tag, (address, _)): (&String, &(String, Vec<usize>))| Link {
            title: tag.clone(),
            address: relative(from, address),
        };
        self.tags.pages.iter().map(link).collect()
    }

    /// The contents: pages in order, those of one folder together.
    fn groups(&self) -> Vec<Group> {
        let folder =
            |entry: &Entry| entry.source.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let mut groups: Vec<(Option<String>, Group)> = Vec::new();
        for (index, entry) in self.outline.entries.iter().enumerate() {
            let own = folder(entry);
            if groups.last().is_none_or(|(last, _)| *last != own) {
                let is_folder_page = entry.address.ends_with("/index.html");
                let title = match (&own, is_folder_page) {
                    (Some(_), true) => self.pages.get(index).map(|page| page.title.clone()),
                    (Some(name), false) => Some(name.replace(['-', '_'], " ")),
                    (None, _) => None,
                };
                groups.push((own, Group { title, items: Vec::new() }));
            }
            if let Some((_, group)) = groups.last_mut() {
                group.items.push(self.item(index, HOME));
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }
}
