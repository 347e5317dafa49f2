//! Which pages a course has, and in which order.

use std::collections::BTreeMap;

use super::course::{Course, is_below};
use super::sources::Sources;

/// What a page is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A scenario.
    Sheet,
    /// Markdown.
    Markdown,
}

/// A page of the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its source, by path below the course's folder.
    pub source: String,
    /// Its address, from the site's top.
    pub address: String,
    /// What it is made from.
    pub kind: Kind,
}

impl Entry {
    /// Whether it is the course's own front page.
    pub fn is_home(&self) -> bool {
        self.address == HOME
    }
}

/// The address of the front page.
pub(super) const HOME: &str = "index.html";
/// Addresses that the site itself needs.
const OWN: [&str; 3] = ["404.html", "sitemap.xml", "feed.xml"];
/// The folder of the pages of tags.
pub(super) const TAGS: &str = "tags";

/// The pages of a course in order; the front page is not among them.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The pages.
    pub entries: Vec<Entry>,
    /// What stands on the front page above the contents.
    pub home: Option<Entry>,
}

impl Outline {
    /// The pages of a course.
    ///
    /// # Errors
    ///
    /// Sources whose pages would have the same address, a line for each.
    pub fn new(sources: &Sources, course: &Course) -> Result<Self, Vec<String>> {
        let mut paths: Vec<&String> =
            sources.pages.keys().filter(|path| !course.leaves_out(path)).collect();
        let rank = |path: &str| {
            let place = course.order.iter().position(|name| is_below(path, name));
            // A folder's own page stands before the others of the folder.
            let own = folder_page(path).is_some();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            (place.unwrap_or(course.order.len()), folder.to_owned(), !own, path.to_owned())
        };
        paths.sort_by_cached_key(|path| rank(path));
        let mut outline = Self::default();
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        let mut problems = Vec::new();
        for path in paths {
            let kind = if path.ends_with(".md") { Kind::Markdown } else { Kind::Sheet };
            let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
            let address = folder_page(path).unwrap_or_else(|| format!("{stem}.html"));
            let sheet_at_home = kind == Kind::Sheet && address == HOME;
            let reserved = OWN.contains(&address.as_str()) || is_below(&address, TAGS);
            if reserved || sheet_at_home {
                problems.push(format!("{path}: `{address}` is a page that the site itself makes"));
            } else if let Some(other) = taken.insert(address.clone(), path) {
                problems.push(format!("{path}: {other} has the same address, `{address}`"));
            }
            let entry = Entry { source: path.clone(), address, kind };
            if entry.is_home() {
                outline.home = Some(entry);
            } else {
                outline.entries.push(entry);
            }
        }
        if problems.is_empty() { Ok(outline) } else { Err(problems) }
    }

    /// Every page, the front page's text first.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        self.home.iter().chain(&self.entries)
    }

    /// The page of a source.
    pub fn of_source(&self, source: &str) -> Option<&Entry> {
        self.all().find(|entry| entry.source == source)
    }
}

/// The address of a folder's own page, if this is its source.
fn folder_page(path: &str) -> Option<String> {
    let (folder, name) = match path.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), path),
    };
    matches!(name, "index.md" | "README.md").then(|| format!("{folder}index.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(names: &[&str]) -> Sources {
        let pages = names.iter().map(|name| ((*name).to_owned(), String::new())).collect();
        Sources { pages, ..Sources::default() }
    }

    #[test]
    fn pages_stand_in_the_order_of_the_course_and_then_by_name() {
        let mut sources =
            sources(&["a.yaml", "b.md", "index.md", "w/x.yaml", "w/README.md", "z/q.md"]);
        sources.course = Some("title: T\norder: [w, b.md]\nexclude: [z]\n".into());
        let course = Course::read(&sources).unwrap();
        let outline = Outline::new(&sources, &course).unwrap();
        let addresses: Vec<&str> =
            outline.entries.iter().map(|entry| entry.address.as_str()).collect();
        assert_eq!(addresses, ["w/index.html", "w/x.html", "b.html", "a.html"]);
        assert!(outline.home.is_some());
    }

    #[test]
    fn an_address_is_given_once() {
        let sources = sources(&["a.md", "a.yaml", "404.md", "tags/x.md", "index.yaml"]);
        let course = Course::read(&sources).unwrap();
        let problems = Outline::new(&sources, &course).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
    }
}
