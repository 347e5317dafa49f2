//! Other sheets, as far as one sheet must know them to link to them.

use crate::scenario::{Number, Shown};

use super::build::Paper;

/// Who knows other sheets. A sheet that is built alone has none.
pub trait Links {
    /// The sheet of a scenario file, by its path from the folder of the file that refers to it.
    fn sheet(&self, path: &str, paper: Paper) -> Option<Elsewhere>;

    /// Paths that there are sheets for, for advice on misspelt ones.
    fn known(&self) -> Vec<String>;
}

/// Another sheet.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Its title.
    pub title: String,
    /// The address of its page, from the page that links to it.
    pub html: String,
    /// The same for Markdown.
    pub markdown: String,
    /// What its labels name: [`targets`](super::targets).
    pub labels: Vec<Target>,
}

/// What a label names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The label.
    pub name: String,
    /// The number.
    pub number: Number,
    /// The number in words, as in "equation (3)".
    pub printed: String,
    /// The identifier of the place in the page.
    pub anchor: String,
    /// On which papers it is.
    pub shown: Shown,
}

/// Whether a link leads to a scenario beside this one.
pub(super) fn is_sheet(path: &str) -> bool {
    let scheme = path.split(['/', '?']).next().is_some_and(|first| first.contains(':'));
    let ends = [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending));
    ends && !scheme && !path.starts_with(['/', '\\'])
}

/// Where `render` writes the same paper of another scenario, seen from this page; variants lie
/// two folders deeper.
pub(super) fn rendered_page(path: &str, paper: Paper, ending: &str, variant: bool) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let up = if variant { "../../../" } else { "../" };
    let stem: String = stem.bytes().map(encoded).collect();
    format!("{up}{stem}/{}.{ending}", paper.name())
}

/// A byte of a name as it stands in an address.
fn encoded(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_told_from_other_addresses() {
        let table = [
            ("momentum.yaml", true),
            ("../week 2/momentum.yml", true),
            ("a/b:c.yaml", true),
            ("https://example.org/a.yaml", false),
            ("file:a.yaml", false),
            ("/a.yaml", false),
            ("a.yaml.html", false),
            ("", false),
        ];
        for (path, sheet) in table {
            assert_eq!(is_sheet(path), sheet, "{path}");
        }
    }

    #[test]
    fn pages_lie_in_folders_beside_one_another() {
        let table = [
            ("momentum.yaml", false, "../momentum/handout.html"),
            ("week2/a b.yml", false, "../a%20b/handout.html"),
            ("../adam.v2.yaml", true, "../../../adam.v2/handout.html"),
        ];
        for (path, variant, page) in table {
            assert_eq!(rendered_page(path, Paper::Handout, "html", variant), page);
        }
    }
}
