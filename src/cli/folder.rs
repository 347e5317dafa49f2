//! The texts of a course's folder, read from disk.

use std::path::{Path, PathBuf};

use gradsheet::site::Sources;

use super::{Failure, text};

/// The course file.
const COURSE: &str = "gradsheet.yaml";
/// What is no part of a course, beside what is hidden.
const LEFT_OUT: [&str; 2] = ["node_modules", "target"];

/// Whether a file or folder of that name is no part of a course.
pub(crate) fn is_left_out(name: &str) -> bool {
    name.starts_with('.') || LEFT_OUT.contains(&name)
}

/// Reads the sources of a course; folders in `output` are not its part.
pub(crate) fn read(root: &Path, output: &[PathBuf]) -> Result<Sources, Failure> {
    if !root.is_dir() {
        return Err(Failure::Input(format!("{}: this is no folder", root.display())));
    }
    let output: Vec<PathBuf> =
        output.iter().filter_map(|folder| folder.canonicalize().ok()).collect();
    let mut sources = Sources { root: root.to_owned(), ..Sources::default() };
    walk(root, "", &output, &mut sources)?;
    if sources.pages.is_empty() {
        return Err(Failure::Input(format!(
            "{}: there is no scenario (*.yaml) and no page (*.md) in this folder\n  \
             = help: `gradsheet new {0}` makes an example to start from",
            root.display()
        )));
    }
    Ok(sources)
}

fn walk(
    folder: &Path,
    prefix: &str,
    output: &[PathBuf],
    sources: &mut Sources,
) -> Result<(), Failure> {
    let fail = |error: std::io::Error| {
        Failure::Input(format!("{}: can't be read: {error}", folder.display()))
    };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        entries.push(entry.map_err(fail)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Links could lead out of the folder.
        let kind = entry.file_type().map_err(fail)?;
        if is_left_out(&name) || kind.is_symlink() {
            continue;
        }
        let below = format!("{prefix}{name}");
        if kind.is_dir() {
            let is_output = || path.canonicalize().is_ok_and(|path| output.contains(&path));
            if !is_output() {
                walk(&path, &format!("{below}/"), output, sources)?;
            }
        } else if below == COURSE {
            sources.course = Some(text(&path)?);
        } else if [".yaml", ".yml", ".md"].iter().any(|ending| name.ends_with(ending)) {
            sources.pages.insert(below, text(&path)?);
        } else {
            sources.others.push(below);
        }
    }
    Ok(())
}
