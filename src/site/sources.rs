//! The texts of a course's folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The texts of a folder, by path below it with `/` between names.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The folder.
    pub root: PathBuf,
    /// The course file's text.
    pub course: Option<String>,
    /// Scenarios and Markdown pages.
    pub pages: BTreeMap<String, String>,
    /// Other files that a page may link to; they are copied as they are.
    pub others: Vec<String>,
}

impl Sources {
    /// Where a file of the course lies, as messages name it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// The address that a link leads to, from the folder of the page that holds it; `None` where
/// it leads out of the course.
pub(super) fn resolved(page: &str, link: &str) -> Option<String> {
    let mut names: Vec<&str> = page.split('/').collect();
    names.pop();
    for name in link.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// A relative address from one page to another.
pub(super) fn relative(from: &str, to: &str) -> String {
    let folders = |path: &str| path.matches('/').count();
    let shared = from
        .split_inclusive('/')
        .zip(to.split_inclusive('/'))
        .take_while(|(one, other)| one == other && one.ends_with('/'));
    let common: usize = shared.map(|(name, _)| name.len()).sum();
    let up = "../".repeat(folders(&from[common..]));
    let rest = &to[common..];
    if up.is_empty() && rest.is_empty() { "./".to_owned() } else { format!("{up}{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_below_the_course() {
        let table = [
            ("a.md", "b.yaml", Some("b.yaml")),
            ("week1/a.md", "../b.yaml", Some("b.yaml")),
            ("week1/a.md", "./c/../d.md", Some("week1/d.md")),
            ("a.md", "../b.md", None),
        ];
        for (page, link, expected) in table {
            assert_eq!(resolved(page, link).as_deref(), expected, "{page} {link}");
        }
    }

    #[test]
    fn addresses_are_relative_to_the_page() {
        let table = [
            ("a.html", "b.html", "b.html"),
            ("week1/a.html", "b.html", "../b.html"),
            ("week1/a.html", "week1/b.html", "b.html"),
            ("week1/a.html", "week2/b.html", "../week2/b.html"),
            ("week1/a.html", "week10/b.html", "../week10/b.html"),
            ("a.html", "tags/x.html", "tags/x.html"),
            ("a/b/c.html", "a/d.html", "../d.html"),
        ];
        for (from, to, expected) in table {
            assert_eq!(relative(from, to), expected, "{from} {to}");
        }
    }
}
