//! Plain Markdown pages: front matter, title, and links that get their text from elsewhere.

use crate::markup;
use crate::scenario::{Field, Problem, Report, yaml};
use crate::sheet::{Links, Paper};

use super::keys::FRONT;

/// A Markdown page taken apart.
#[derive(Debug, Default)]
pub(super) struct Source<'t> {
    pub(super) title: Option<String>,
    pub(super) description: String,
    pub(super) language: Option<String>,
    pub(super) tags: Vec<String>,
    /// What follows the front matter.
    pub(super) text: &'t str,
}

/// Takes a page apart; `stem` names it where it has no title.
pub(super) fn read(text: &str) -> Result<Source<'_>, Vec<Problem>> {
    let mut source = Source { text, ..Source::default() };
    if let Some((front, rest)) = front_matter(text) {
        source.text = rest;
        // The lines of the front matter are those of the file: its first line is a comment.
        let padded = format!("#\n{front}");
        let top = yaml::read(&padded)?;
        let report = Report::new();
        fields(&Field::new(&top, "", &report), &mut source);
        let problems = report.into_problems();
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    if source.title.is_none() {
        let heading = source.text.lines().find_map(|line| line.strip_prefix("# "));
        source.title = heading.map(|line| line.trim().trim_end_matches('#').trim().to_owned());
    }
    Ok(source)
}

fn front_matter(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((rest.get(..at)?, rest.get(at + line.len()..)?));
        }
        at += line.len();
    }
    None
}

fn fields(top: &Field<'_>, source: &mut Source<'_>) {
    let Some(mut map) = top.fields(&FRONT) else { return };
    let mut text = |key| map.text(key).map(|scalar| scalar.text.clone());
    source.title = text("title");
    source.description = text("description").unwrap_or_default();
    source.language = text("language");
    let tags = map.items("tags").unwrap_or_default();
    source.tags = tags.iter().filter_map(|tag| Some(tag.text()?.text.clone())).collect();
    map.finish();
}

/// The text with words in its links that have none: a sheet's title, or what a label names.
pub(super) fn with_words(text: &str, links: &dyn Links) -> Result<String, Vec<(usize, String)>> {
    let mut edits = Vec::new();
    let mut problems = Vec::new();
    for link in markup::read(text).links {
        if !text.get(link.text.clone()).unwrap_or_default().trim().is_empty() {
            continue;
        }
        let (path, label) = match link.destination.split_once('#') {
            Some((path, label)) => (path, Some(label)),
            None => (link.destination.as_str(), None),
        };
        let Some(sheet) = links.sheet(path, Paper::Handout) else {
            let message = format!("a link to `{}` needs a text", link.destination);
            problems.push((link.range.start, message));
            continue;
        };
        let words = match label {
            None => Some((sheet.title.clone(), None)),
            Some(label) => {
                let target = sheet.labels.iter().find(|target| target.name == label);
                target.map(|target| {
                    (format!("{} ({})", sheet.title, target.printed), Some(target.anchor.clone()))
                })
            }
        };
        match words {
            None => {
                let label = label.unwrap_or_default();
                problems.push((link.range.start, format!("`{path}` has no label `{label}`")));
            }
            Some((words, anchor)) => {
                let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
                edits.push((link.range, format!("[{words}](<{}{anchor}>)", sheet.html)));
            }
        }
    }
    if problems.is_empty() { Ok(markup::exchange(text, edits)) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_title_in_front_or_as_a_heading() {
        let table = [
            ("# One #\n\ntext", Some("One"), "# One #\n\ntext"),
            ("---\ntitle: Two\ntags: [a]\n---\n# Other\n", Some("Two"), "# Other\n"),
            ("---\nno front matter", None, "---\nno front matter"),
            ("text", None, "text"),
        ];
        for (text, title, rest) in table {
            let source = read(text).unwrap();
            assert_eq!((source.title.as_deref(), source.text), (title, rest), "{text}");
        }
    }

    #[test]
    fn front_matter_is_checked_at_its_lines() {
        let problems = read("---\ntitle: T\ntag: [a]\n---\n").map(drop).unwrap_err();
        assert_eq!(problems[0].place.line, 3);
        assert!(problems[0].message.contains("tag"));
    }
}
