//! The sheets of one chapter.

use std::path::{Component, Path, PathBuf};

use crate::publish::{self, Embedding};
use crate::render;
use crate::scenario;

use super::directive::{self, OPEN};
use super::{Cause, Setting, Wrong};

/// What mdBook's own style would do to a sheet.
const STYLE: &str = "mdbook.css";

impl Setting<'_> {
    /// Puts the sheets of a chapter into its text.
    pub(super) fn chapter(
        &self,
        file: &Path,
        number: usize,
        content: &mut String,
        problems: &mut Vec<Wrong>,
    ) {
        if !content.contains(OPEN) {
            return;
        }
        let outline = publish::outline(content);
        let mut out = String::with_capacity(content.len());
        let mut start = 0;
        let mut sheets = 0;
        for (index, line) in content.split_inclusive('\n').enumerate() {
            let at = start;
            start += line.len();
            let found = line.match_indices(OPEN).find(|(column, _)| {
                let place = at + column;
                !line[..*column].ends_with('\\')
                    && outline.code.iter().all(|code| !code.contains(&place))
            });
            if found.is_none() {
                out.push_str(line);
                continue;
            }
            sheets += 1;
            let above = outline.headings.iter().rev().find(|(heading, _)| *heading < at);
            let place = Embedding {
                prefix: &format!("sheet_{number}_{sheets}_"),
                below: above.map_or(0, |(_, level)| *level),
                style: Some(STYLE),
            };
            match self.sheet(file, line, &place) {
                // Empty lines around it keep the HTML apart from the text.
                Ok(html) => out.push_str(&format!("\n{html}\n\n")),
                Err(cause) => {
                    let chapter = self.source.join(file);
                    problems.push(Wrong { chapter, line: index + 1, cause });
                }
            }
        }
        *content = out;
    }

    fn sheet(&self, file: &Path, line: &str, place: &Embedding<'_>) -> Result<String, Cause> {
        let directive = directive::read(line).map_err(Cause::Line)?;
        let path = self.below(file, directive.path).map_err(Cause::Line)?;
        let unreadable =
            |error| Cause::Line(format!("`{}` can't be read: {error}", directive.path));
        let text = std::fs::read_to_string(&path).map_err(unreadable)?;
        let scenario = scenario::read(&path, &text).map_err(Cause::Scenario)?;
        let paper = directive.audience.unwrap_or(self.audience);
        render::embedded(&scenario, self.templates, paper, place).map_err(|error| Cause::Render {
            path,
            text,
            error: Box::new(error),
        })
    }

    /// The file of a path that a chapter names, if it lies in the book's source folder.
    fn below(&self, chapter: &Path, name: &str) -> Result<PathBuf, String> {
        let out = || format!("`{name}` leads out of the book's source folder");
        let mut steps: Vec<Component<'_>> = chapter.parent().map_or_else(Vec::new, |folder| {
            folder.components().filter(|step| *step != Component::CurDir).collect()
        });
        for step in Path::new(name).components() {
            match step {
                Component::Normal(_) => steps.push(step),
                Component::CurDir => {}
                Component::ParentDir => drop(steps.pop().ok_or_else(out)?),
                Component::RootDir | Component::Prefix(_) => {
                    return Err(format!("`{name}` is not relative to the chapter's file"));
                }
            }
        }
        let absent = |error| format!("`{name}` can't be read: {error}");
        let root = self.root.join(&self.source).canonicalize().map_err(absent)?;
        let path = root.join(steps.iter().collect::<PathBuf>()).canonicalize().map_err(absent)?;
        // A link of the file system may lead out as well.
        if path.starts_with(&root) { Ok(path) } else { Err(out()) }
    }
}
