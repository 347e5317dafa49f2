//! What is written of all variants together: key, manifest, and for a whole run the page of
//! the key and the report.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use gradsheet::RenderError;
use gradsheet::sheet::Templates;
use gradsheet::variants::{Around, COLUMNS, KeyPage, KeyRow, Report, manifest};

use super::scratch::failure;
use super::{Failure, render_failure};

/// The key's file name.
pub(crate) const KEY: &str = "key.csv";
/// The name of the key's page.
const PAGE: &str = "key.html";
/// The manifest's file name.
pub(crate) const MANIFEST: &str = "manifest.json";

/// What is written of a whole run alone.
pub(crate) struct Whole<'a> {
    /// The scenario, for messages.
    pub(crate) scenario: &'a Path,
    pub(crate) templates: &'a Templates,
    pub(crate) page: KeyPage<'a>,
    pub(crate) report: Report,
}

/// Files that grow with every variant.
pub(crate) struct Records<'a> {
    folder: PathBuf,
    rows: csv::Writer<File>,
    manifest: Out,
    /// The page's sections wait in a file without a name until all of its codes are known.
    whole: Option<(Whole<'a>, BufWriter<File>)>,
    begun: bool,
}

impl<'a> Records<'a> {
    /// Begins the files in a folder.
    pub(crate) fn new(
        folder: &Path,
        head: &Map<String, Json>,
        whole: Option<Whole<'a>>,
    ) -> Result<Self, Failure> {
        let key = folder.join(KEY);
        let begin = |error: csv::Error| failure(&key, &error.into());
        let mut rows = csv::Writer::from_path(&key).map_err(begin)?;
        rows.write_record(COLUMNS).map_err(begin)?;
        let mut manifest = Out::new(folder.join(MANIFEST))?;
        manifest.put(manifest::opening(head).as_bytes())?;
        let whole = match whole {
            None => None,
            Some(whole) => {
                let sections = tempfile::tempfile_in(folder);
                let sections = sections.map_err(|error| failure(&folder.join(PAGE), &error))?;
                Some((whole, BufWriter::new(sections)))
            }
        };
        Ok(Self { folder: folder.to_owned(), rows, manifest, whole, begun: false })
    }

    /// Adds a variant to all.
    pub(crate) fn add(&mut self, entry: &manifest::Entry, rows: &[KeyRow]) -> Result<(), Failure> {
        for row in rows {
            let written = self.rows.write_record(row.cells());
            written.map_err(|error| failure(&self.folder.join(KEY), &error.into()))?;
        }
        self.manifest.put(manifest::item(entry, !self.begun).as_bytes())?;
        self.begun = true;
        if let Some((whole, sections)) = &mut self.whole {
            whole.report.add(entry, rows);
            let section = whole.page.section(entry, rows);
            let section = section.map_err(|error| Failure::Input(error.to_string()))?;
            let written = sections.write_all(section.as_bytes());
            written.map_err(|error| failure(&self.folder.join(PAGE), &error))?;
        }
        Ok(())
    }

    /// Completes the files.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.manifest.put(manifest::CLOSING.as_bytes())?;
        self.manifest.finish()?;
        let key = self.folder.join(KEY);
        self.rows.flush().map_err(|error| failure(&key, &error))?;
        let Some((whole, sections)) = self.whole else { return Ok(()) };
        let around = whole.page.around().map_err(|error| Failure::Input(error.to_string()))?;
        let page = self.folder.join(PAGE);
        put_together(&page, &around, sections).map_err(|error| failure(&page, &error))?;
        let files = whole.report.files(whole.templates);
        let wrong = |error: RenderError| render_failure(whole.scenario, "", error);
        for (name, text) in files.map_err(wrong)? {
            let mut file = Out::new(self.folder.join(name))?;
            file.put(&text)?;
            file.finish()?;
        }
        Ok(())
    }
}

/// Writes a page whose sections wait in a file.
fn put_together(page: &Path, around: &Around, sections: BufWriter<File>) -> io::Result<()> {
    let mut sections = sections.into_inner()?;
    sections.rewind()?;
    let mut page = File::create(page)?;
    page.write_all(around.before.as_bytes())?;
    io::copy(&mut sections, &mut page)?;
    page.write_all(around.after.as_bytes())
}

/// A file with its path, for messages.
struct Out {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Out {
    fn new(path: PathBuf) -> Result<Self, Failure> {
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        match folder.and_then(|()| File::create(&path)) {
            Ok(file) => Ok(Self { path, file: BufWriter::new(file) }),
            Err(error) => Err(failure(&path, &error)),
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| failure(&self.path, &error))
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.file.flush().map_err(|error| failure(&self.path, &error))
    }
}
