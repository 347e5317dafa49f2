//! Many papers in one PDF each: all handouts, and all solutions.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use gradsheet::Files;
use gradsheet::publish::pdf::{JoinError, Joined, Sides};
use gradsheet::scenario::Scenario;

use super::Failure;
use super::scratch::failure;

/// The files that papers are joined to, by the paper's own name.
pub(crate) struct Joining<'a> {
    folder: PathBuf,
    scenario: &'a Scenario,
    files: BTreeMap<String, (PathBuf, Joined<BufWriter<File>>)>,
}

impl<'a> Joining<'a> {
    /// Nothing yet; the files will stand in a folder.
    pub(crate) fn new(folder: &Path, scenario: &'a Scenario) -> Self {
        Self { folder: folder.to_owned(), scenario, files: BTreeMap::new() }
    }

    /// Adds the papers of a variant, behind those before it.
    pub(crate) fn add(&mut self, variant: &str, papers: &Files) -> Result<(), Failure> {
        for (name, pdf) in papers {
            let (path, joined) = match self.files.entry(name.clone()) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    let path = self.folder.join(joined_name(name));
                    let file = File::create(&path).map_err(|error| failure(&path, &error))?;
                    let joined = Joined::new(BufWriter::new(file), Sides::Both);
                    let joined = joined.map_err(|error| wrong(&path, error))?;
                    entry.insert((path, joined))
                }
            };
            joined.add(variant, pdf).map_err(|error| wrong(path, error))?;
        }
        Ok(())
    }

    /// Completes the files.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let front = &self.scenario.front;
        for (path, joined) in self.files.into_values() {
            let finished = joined.finish(&front.title, &front.language);
            finished.map_err(|error| wrong(&path, error))?;
        }
        Ok(())
    }
}

/// `handouts.pdf` for all `handout.pdf`; `solutions.pdf` is plural as it is.
fn joined_name(name: &str) -> String {
    let stem = name.trim_end_matches(".pdf").trim_end_matches('s');
    format!("{stem}s.pdf")
}

fn wrong(path: &Path, error: JoinError) -> Failure {
    match error {
        JoinError::File(error) => failure(path, &error),
        other => Failure::Work(format!("{}: {other}", path.display())),
    }
}
