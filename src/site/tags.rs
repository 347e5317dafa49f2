//! Tags: which pages share one, and where the page of a tag is.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::TAGS;

/// The tags of a course.
#[derive(Debug, Default)]
pub(super) struct Tags {
    /// The pages of each tag by their numbers, and the address of the tag's own page.
    pub(super) pages: BTreeMap<String, (String, Vec<usize>)>,
}

impl Tags {
    /// The tags of pages in order.
    pub(super) fn new<'t>(pages: impl Iterator<Item = &'t [String]>) -> Self {
        let mut tags = Self::default();
        for (index, list) in pages.enumerate() {
            for tag in list {
                let (_, pages) = tags.pages.entry(tag.clone()).or_default();
                if pages.last() != Some(&index) {
                    pages.push(index);
                }
            }
        }
        let mut taken = BTreeSet::new();
        for (tag, (address, _)) in &mut tags.pages {
            let words = tag.split(|letter: char| !letter.is_ascii_alphanumeric());
            let words: Vec<String> =
                words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
            let stem = if words.is_empty() { "tag".to_owned() } else { words.join("-") };
            let mut name = stem.clone();
            let mut number = 1;
            while !taken.insert(name.clone()) {
                number += 1;
                name = format!("{stem}-{number}");
            }
            *address = format!("{TAGS}/{name}.html");
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_pages_of_their_own() {
        let lists: [&[String]; 3] =
            [&["C++".into(), "sgd".into()], &["C".into()], &["sgd".into(), "sgd".into()]];
        let tags = Tags::new(lists.into_iter());
        let found: Vec<_> =
            tags.pages.iter().map(|(tag, (at, pages))| (&**tag, &**at, &**pages)).collect();
        let expected: [(&str, &str, &[usize]); 3] = [
            ("C", "tags/c.html", &[1]),
            ("C++", "tags/c-2.html", &[0]),
            ("sgd", "tags/sgd.html", &[0, 2]),
        ];
        assert_eq!(found, expected);
    }
}
