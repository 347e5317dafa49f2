//! What stands around the pages: navigation, index, tags, and what machines read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::sheet::{Phrases, TemplateError, Templates};

use super::body::Body;
use super::course::Course;
use super::links::{encoded, hrefs, identifiers};
use super::outline::{Entry, HOME, Outline};
use super::sources::{Sources, relative};
use super::tags::Tags;

/// All pages of a course with their bodies.
pub struct Assembly<'a> {
    course: &'a Course,
    outline: &'a Outline,
    templates: &'a Templates,
    phrases: Phrases,
    home: Option<&'a Body>,
    bodies: Vec<&'a Body>,
    tags: Tags,
}

/// A link as templates see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub address: String,
}

/// A page in the table of contents.
#[derive(Debug, Serialize)]
struct Item {
    title: String,
    address: String,
    description: String,
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
    /// The pages of an outline; each has its body.
    pub fn new(
        course: &'a Course,
        outline: &'a Outline,
        templates: &'a Templates,
        bodies: &'a BTreeMap<String, Body>,
    ) -> Self {
        let phrases = Phrases::of(templates, &course.language);
        let home = outline.home.as_ref().and_then(|entry| bodies.get(&entry.source));
        let bodies: Vec<&Body> =
            outline.entries.iter().filter_map(|entry| bodies.get(&entry.source)).collect();
        let tags = Tags::new(bodies.iter().map(|body| body.tags.as_slice()));
        Self { course, outline, templates, phrases, home, bodies, tags }
    }

    /// Every page with its address, each made when it is asked for.
    pub fn addresses(&self) -> Vec<&str> {
        self.outline.entries.iter().map(|entry| entry.address.as_str()).collect()
    }

    /// The page of that number.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn page(&self, index: usize) -> Result<String, TemplateError> {
        let (Some(entry), Some(body)) = (self.outline.entries.get(index), self.bodies.get(index))
        else {
            return Ok(String::new());
        };
        let mut context = self.context(&entry.address, body);
        let near = |index: Option<usize>| Some(self.link(index?, &entry.address));
        context.insert("previous", &near(index.checked_sub(1)));
        context.insert("next", &near(Some(index + 1).filter(|next| *next < self.bodies.len())));
        context.insert("sections", &sections(&body.html));
        context.insert("tags", &self.tag_links(body, &entry.address));
        let note = body.release.as_ref().filter(|_| body.held_back);
        let blanks = |date: &String| [("date", date.clone())];
        context.insert("note", &note.map(|date| self.phrases.say("site_release", &blanks(date))));
        self.templates.render("site/page.html", &context)
    }

    /// Everything beside the pages: the front page, tags, 404; with a base address sitemap and
    /// feed.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn others(&self) -> Result<BTreeMap<String, String>, TemplateError> {
        let mut files = BTreeMap::new();
        let plain = Body {
            title: self.course.title.clone(),
            description: self.course.description.clone(),
            language: self.course.language.clone(),
            ..Body::default()
        };
        let mut context = self.context(HOME, self.home.unwrap_or(&plain));
        context.insert("title", &self.course.title);
        context.insert("has_text", &self.home.is_some());
        context.insert("groups", &self.groups());
        let tags: Vec<Link> = self.all_tags(HOME);
        context.insert("tags", &tags);
        files.insert(HOME.to_owned(), self.templates.render("site/index.html", &context)?);
        for (tag, (address, pages)) in &self.tags.pages {
            let blanks = [("tag", tag.clone())];
            let body = Body { title: self.phrases.say("site_tag", &blanks), ..plain.clone() };
            let mut context = self.context(address, &body);
            let items: Vec<Item> = pages.iter().map(|index| self.item(*index, address)).collect();
            context.insert("groups", &[Group { title: None, items }]);
            files.insert(address.clone(), self.templates.render("site/tag.html", &context)?);
        }
        let body = Body { title: self.phrases.word("site_not_found"), ..plain };
        let mut context = self.context("404.html", &body);
        // It is shown at any address, so that only an absolute one leads home.
        context.insert("home", self.course.base.as_deref().unwrap_or("/"));
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
            let items: Vec<Item> = (0..self.bodies.len()).map(absolute).collect();
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

    /// Links that lead nowhere, and files of the course that pages link to.
    pub fn check(&self, sources: &Sources) -> (Vec<(String, String)>, BTreeSet<String>) {
        let all = || {
            let pages = self.outline.entries.iter().zip(self.bodies.iter().copied());
            self.outline.home.iter().zip(self.home).chain(pages)
        };
        let mut places: BTreeMap<&str, BTreeSet<&str>> =
            all().map(|(entry, body)| (entry.address.as_str(), identifiers(&body.html))).collect();
        places.entry(HOME).or_default();
        for (address, _) in self.tags.pages.values() {
            places.insert(address, BTreeSet::new());
        }
        let mut dead = Vec::new();
        let mut copied = BTreeSet::new();
        for (entry, body) in all() {
            for href in hrefs(&body.html, &entry.address) {
                let message = match href {
                    Err(link) => format!("the link to `{link}` leads out of the course"),
                    Ok(href) if sources.others.contains(&href.address) => {
                        copied.insert(href.address);
                        continue;
                    }
                    Ok(href) => match (places.get(href.address.as_str()), &href.fragment) {
                        (None, _) => {
                            format!("the link to `{}` leads nowhere in the course", href.address)
                        }
                        (Some(places), Some(name)) if !places.contains(name.as_str()) => {
                            format!(
                                "the link leads to `{name}`, which `{}` doesn't have",
                                href.address
                            )
                        }
                        _ => continue,
                    },
                };
                dead.push((entry.source.clone(), message));
            }
        }
        (dead, copied)
    }

    fn context(&self, address: &str, body: &Body) -> tera::Context {
        let mut context = tera::Context::new();
        context.insert("title", &body.title);
        context.insert("language", &body.language);
        context.insert("description", &body.description);
        context.insert("body", &body.html);
        context.insert("site", &self.course_link(&relative(address, HOME)));
        context.insert("home", &relative(address, HOME));
        context.insert("footer", &self.course.footer);
        context.insert("license", &self.course.license);
        context.insert("accent", &self.course.theme.accent);
        context.insert("accent_dark", &self.course.theme.accent_dark);
        let feed = self.course.base.as_ref().map(|_| relative(address, "feed.xml"));
        context.insert("feed", &feed);
        context.insert("words", self.phrases.words());
        context
    }

    fn course_link(&self, address: &str) -> Link {
        Link { title: self.course.title.clone(), address: address.to_owned() }
    }

    fn link(&self, index: usize, from: &str) -> Link {
        let title = self.bodies.get(index).map(|body| body.title.clone()).unwrap_or_default();
        let address = self.outline.entries.get(index).map_or("", |entry| &entry.address);
        Link { title, address: encoded(&relative(from, address)) }
    }

    fn item(&self, index: usize, from: &str) -> Item {
        let Link { title, address } = self.link(index, from);
        let body = self.bodies.get(index);
        Item {
            title,
            address,
            description: body.map(|body| body.description.clone()).unwrap_or_default(),
            release: body
                .filter(|body| body.held_back)
                .and_then(|body| body.release.clone())
                .map(|date| self.phrases.say("site_release", &[("date", date)])),
            tags: body.map(|body| self.tag_links(body, from)).unwrap_or_default(),
        }
    }

    fn tag_links(&self, body: &Body, from: &str) -> Vec<Link> {
        let link = |tag: &String| {
            let (address, _) = self.tags.pages.get(tag)?;
            Some(Link { title: tag.clone(), address: relative(from, address) })
        };
        body.tags.iter().filter_map(link).collect()
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
                    (Some(_), true) => self.bodies.get(index).map(|body| body.title.clone()),
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

/// The sections of a page; those inside of what is folded are not listed.
fn sections(html: &str) -> Vec<Link> {
    let mut list = Vec::new();
    let mut folds = 0_usize;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if rest.starts_with("<details") {
            folds += 1;
        } else if rest.starts_with("</details") {
            folds = folds.saturating_sub(1);
        } else if let (0, Some(after)) = (folds, rest.strip_prefix("<h2 id=\""))
            && let Some((anchor, after)) = after.split_once("\">")
            && let Some((title, _)) = after.split_once("</h2>")
        {
            list.push(Link { title: without_identifiers(title), address: format!("#{anchor}") });
        }
        rest = &rest[1..];
    }
    list
}

/// A heading's HTML without the places in it that links lead to.
fn without_identifiers(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<span id=\"") {
        out.push_str(before);
        rest = after.split_once("</span>").map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_the_headings_that_everybody_sees() {
        let html = "<h1 id=\"t\">T</h1><h2 id=\"a\"><span id=\"q_1\"></span>1. A</h2><details>\
                    <h2 id=\"b\">B</h2></details><h2 id=\"c\"><math>x</math></h2>";
        let found: Vec<_> =
            sections(html).into_iter().map(|link| (link.title, link.address)).collect();
        let expected = [("1. A", "#a"), ("<math>x</math>", "#c")];
        assert_eq!(found, expected.map(|(title, at)| (title.to_owned(), at.to_owned())));
    }
}
