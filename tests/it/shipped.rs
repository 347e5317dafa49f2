//! The scenarios that are shipped, and their papers, rendered through the library.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gradsheet::engine::Effort;
use gradsheet::scenario::Scenario;
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Files, Format, RenderError, scenario};

/// A folder of the repository.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every shipped scenario: its path below `scenarios/`, without its ending, and its text, in
/// the order of the paths.
pub(crate) fn scenarios() -> Vec<(String, String)> {
    let mut list = in_folder("scenarios", "");
    list.extend(course());
    assert!(list.len() >= 3, "the shipped scenarios are gone");
    list
}

/// The sheets of the course among them.
pub(crate) fn course() -> Vec<(String, String)> {
    in_folder("scenarios/course", "course/")
}

fn in_folder(name: &str, prefix: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder(name)).unwrap();
    let mut list: Vec<(String, String)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (stem, std::fs::read_to_string(path).unwrap())
        })
        // What the course is called and how it is ordered.
        .filter(|(stem, _)| stem != "gradsheet")
        .map(|(stem, text)| (format!("{prefix}{stem}"), text))
        .collect();
    list.sort();
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
) -> Texts {
    let effort = Effort { trials: 2, progress: &|_| {} };
    let files = gradsheet::render_with(&read(stem, text), templates, formats, audience, &effort);
    texts(files.unwrap_or_else(|error| panic!("{stem}: {error}")))
}

/// Every file of a scenario, its experiments cut to a few trials.
#[track_caller]
pub(crate) fn draft(stem: &str, text: &str) -> Texts {
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    render_for(stem, text, &templates, &formats, Audience::Both)
}

/// A sheet whose long lines go on in one: a line of a formula that begins with its relation
/// belongs to the one above.
pub(crate) fn unbroken(sheet: &str) -> String {
    let mut text = sheet.replace("\n> &= ", "\n&= ").replace("\n> &\\approx ", "\n&\\approx ");
    for relation in ["=", "\\approx"] {
        text = text.replace(&format!(" \\\\\n&{relation} "), &format!(" {relation} "));
    }
    text
}

/// Files of text by their path, as tests read them.
pub(crate) type Texts = BTreeMap<String, String>;

/// The files as texts.
#[track_caller]
pub(crate) fn texts(files: Files) -> Texts {
    let text = |(name, bytes)| (name, String::from_utf8(bytes).unwrap());
    files.into_iter().map(text).collect()
}

/// A scenario's papers as texts.
pub(crate) fn rendered(
    scenario: &Scenario,
    templates: &Templates,
    formats: &[Format],
    audience: Audience,
) -> Result<Texts, RenderError> {
    gradsheet::render(scenario, templates, formats, audience).map(texts)
}

/// Every file of a scenario, as `gradsheet render` writes them.
#[track_caller]
pub(crate) fn render(stem: &str, text: &str) -> Texts {
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    rendered(&read(stem, text), &templates, &formats, Audience::Both)
        .unwrap_or_else(|error| panic!("{stem}: {error}"))
}
