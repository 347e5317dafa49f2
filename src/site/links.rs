//! Links between the pages of a course: what they lead to, and whether it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use crate::scenario;
use crate::sheet::{Elsewhere, Links, Paper, Target, Templates, targets};

use super::outline::Outline;
use super::sources::{Sources, relative, resolved};

/// What other pages need to know of a sheet.
#[derive(Debug)]
struct Known {
    title: String,
    labels: Vec<Target>,
}

/// The sheets of a course, each read when a link first leads to it.
pub(super) struct Sheets<'a> {
    pub(super) sources: &'a Sources,
    pub(super) outline: &'a Outline,
    pub(super) templates: &'a Templates,
    known: Mutex<BTreeMap<String, Option<Arc<Known>>>>,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(
        sources: &'a Sources,
        outline: &'a Outline,
        templates: &'a Templates,
    ) -> Self {
        Self { sources, outline, templates, known: Mutex::default() }
    }

    fn known(&self, source: &str) -> Option<Arc<Known>> {
        if let Ok(known) = self.known.lock()
            && let Some(found) = known.get(source)
        {
            return found.clone();
        }
        let read = || {
            let text = self.sources.pages.get(source)?;
            let scenario = scenario::read(&self.sources.path(source), text).ok()?;
            let words = self.templates.words(&scenario.front.language)?;
            let labels = targets(&scenario, words);
            Some(Arc::new(Known { title: scenario.front.title.clone(), labels }))
        };
        let found = read();
        if let Ok(mut known) = self.known.lock() {
            known.insert(source.to_owned(), found.clone());
        }
        found
    }
}

/// The links of one page.
pub(super) struct FromPage<'a> {
    pub(super) sheets: &'a Sheets<'a>,
    /// The source of the page.
    pub(super) source: &'a str,
    /// The address of the page.
    pub(super) address: &'a str,
    /// The sources that its links lead to.
    pub(super) used: Mutex<BTreeSet<String>>,
}

impl Links for FromPage<'_> {
    fn sheet(&self, path: &str, _: Paper) -> Option<Elsewhere> {
        let source = resolved(self.source, path)?;
        let entry = self.sheets.outline.of_source(&source)?;
        let known = self.sheets.known(&source)?;
        if let Ok(mut used) = self.used.lock() {
            used.insert(source);
        }
        let address = relative(self.address, &entry.address);
        Some(Elsewhere {
            title: known.title.clone(),
            html: address.clone(),
            markdown: address,
            labels: known.labels.clone(),
        })
    }

    fn known(&self) -> Vec<String> {
        let sheets = self.sheets.outline.all().filter(|entry| entry.source != self.source);
        sheets.map(|entry| relative(self.source, &entry.source)).collect()
    }
}

/// A link of a finished page that stays within the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Href {
    /// As it is written.
    pub written: String,
    /// Where it leads, from the site's top; nowhere if out of the course.
    pub address: Option<String>,
    /// The place on that page.
    pub fragment: Option<String>,
}

/// The HTML with links to sources of the course turned into links to their pages.
pub(super) fn to_pages(html: &str, source: &str, address: &str, outline: &Outline) -> String {
    rewritten(html, |link| {
        let (path, fragment) = parts(link)?;
        let target = resolved(source, &decoded(path))?;
        let entry = outline.of_source(&target)?;
        let fragment = fragment.map(|name| format!("#{name}")).unwrap_or_default();
        Some(format!("{}{fragment}", encoded(&relative(address, &entry.address))))
    })
}

/// Every link of a page that stays within the site, once.
pub(super) fn hrefs(html: &str, address: &str) -> BTreeSet<Href> {
    let mut list = BTreeSet::new();
    rewritten(html, |link| {
        let fragment_only = link.strip_prefix('#');
        let (path, fragment) = match fragment_only {
            Some(fragment) => ("", Some(fragment)),
            None => parts(link)?,
        };
        let target = match path {
            "" => Some(address.to_owned()),
            path => resolved(address, &decoded(path)),
        };
        let fragment = fragment.map(decoded);
        list.insert(Href { written: link.to_owned(), address: target, fragment });
        None
    });
    list
}

/// The identifiers of a page.
pub(super) fn identifiers(html: &str) -> BTreeSet<String> {
    let after = html.split(" id=\"").skip(1);
    after.filter_map(|rest| Some(rest.split('"').next()?.to_owned())).collect()
}

/// Path and fragment of a relative address.
fn parts(link: &str) -> Option<(&str, Option<&str>)> {
    let scheme = link.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    if scheme || link.starts_with(['/', '#', '?']) {
        return None;
    }
    let link = link.split('?').next().unwrap_or(link);
    Some(match link.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (link, None),
    })
}

/// The HTML with other addresses in its links, as far as `change` has any.
fn rewritten(html: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    const PLACE: &str = "<a href=\"";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(PLACE) {
        let (before, after) = rest.split_at(at + PLACE.len());
        out.push_str(before);
        let Some(end) = after.find('"') else {
            rest = after;
            break;
        };
        let link = after[..end].replace("&amp;", "&");
        match change(&link) {
            Some(new) => out.push_str(&new.replace('&', "&amp;")),
            None => out.push_str(&after[..end]),
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// The text of an address, in which `%20` is a space.
pub fn decoded(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push(hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A path as it stands in an address.
pub(super) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_sources_lead_to_pages() {
        let sources = Sources {
            pages: [("w/a b.yaml", ""), ("c.md", "")]
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .into(),
            ..Sources::default()
        };
        let course = super::super::Course::read(&sources).unwrap();
        let outline = Outline::new(&sources, &course).unwrap();
        let html = "<a href=\"w/a%20b.yaml#x\">1</a> <a href=\"https://e.org/c.md\">2</a> \
                    <a href=\"#y\">3</a> <a href=\"points.csv\">4</a>";
        let expected = html.replace("b.yaml", "b.html");
        assert_eq!(to_pages(html, "c.md", "c.html", &outline), expected);
        let found: Vec<Href> = hrefs(&expected, "c.html").into_iter().collect();
        let href = |written: &str, address: &str, fragment: Option<&str>| Href {
            written: written.to_owned(),
            address: Some(address.to_owned()),
            fragment: fragment.map(str::to_owned),
        };
        let table = [
            href("#y", "c.html", Some("y")),
            href("points.csv", "points.csv", None),
            href("w/a%20b.html#x", "w/a b.html", Some("x")),
        ];
        assert_eq!(found, table);
        let outside = hrefs("<a href=\"../x\">", "c.html");
        assert!(outside.iter().all(|href| href.address.is_none()) && outside.len() == 1);
    }
}
