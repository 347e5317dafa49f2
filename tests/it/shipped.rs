//! The scenarios that are shipped, and their papers, rendered through the library.

use std::path::{Path, PathBuf};

use gradsheet::engine::Effort;
use gradsheet::scenario::Scenario;
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Files, Format, scenario};

/// A folder of the repository.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every shipped scenario: its stem and its text, in the order of the stems.
pub(crate) fn scenarios() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder("scenarios")).unwrap();
    let mut list: Vec<(String, String)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (stem, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    list.sort();
    assert!(list.len() >= 3, "the shipped scenarios are gone");
    list
}

/// Reads a scenario under the name that its stem gives.
#[track_caller]
pub(crate) fn read(stem: &str, text: &str) -> Scenario {
    let file = PathBuf::from(format!("scenarios/{stem}.yaml"));
    scenario::read(&file, text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The files of a scenario whose experiments are cut to a few trials: for what is compared
/// with itself.
#[track_caller]
pub(crate) fn render_for(
    stem: &str,
    text: &str,
    templates: &Templates,
    formats: &[Format],
    audience: Audience,
) -> Files {
    let effort = Effort { trials: 2, progress: &|_| {} };
    gradsheet::render_with(&read(stem, text), templates, formats, audience, &effort)
        .unwrap_or_else(|error| panic!("{stem}: {error}"))
}

/// Every file of a scenario, as `gradsheet render` writes them.
#[track_caller]
pub(crate) fn render(stem: &str, text: &str) -> Files {
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    gradsheet::render(&read(stem, text), &templates, &formats, Audience::Both)
        .unwrap_or_else(|error| panic!("{stem}: {error}"))
}
