//! What is known of a page beside its text: all that other pages and the course need.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::render::Files;

use super::cache::digest;
use super::links::{Href, hrefs, identifiers};

/// A link as templates see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub address: String,
}

/// A page without its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The title, without formulas.
    pub title: String,
    /// One sentence on it.
    pub description: String,
    /// Its language.
    pub language: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// How many minutes it takes.
    pub minutes: Option<u64>,
    /// The day from which its solutions are shown.
    pub release: Option<String>,
    /// Whether they are hidden for its sake.
    pub held_back: bool,
    /// Its sections, with places in the page.
    pub sections: Vec<Link>,
    /// What links can lead to in it.
    pub places: BTreeSet<String>,
    /// Its links within the site.
    pub links: BTreeSet<Href>,
    /// The digest of its text.
    pub text: String,
    /// The digests of its papers, by name.
    #[serde(default)]
    pub papers: BTreeMap<String, String>,
}

impl Facts {
    /// With what stands in the text of the page at an address.
    pub(super) fn with_text(self, html: &str, papers: &Files, address: &str) -> Self {
        let papers = papers.iter();
        Self {
            papers: papers.map(|(name, bytes)| (name.clone(), digest(bytes))).collect(),
            sections: sections(html),
            places: identifiers(html),
            links: hrefs(html, address),
            text: digest(html.as_bytes()),
            ..self
        }
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
