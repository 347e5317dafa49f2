//! A folder of many papers: written beside its place, then renamed as a whole.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use gradsheet::Files;
use gradsheet::variants::{COLUMNS, KeyRow, Press, Variant, manifest};

use super::Failure;

/// The key's file name.
pub(crate) const KEY: &str = "key.csv";
/// The manifest's file name.
pub(crate) const MANIFEST: &str = "manifest.json";

/// A folder on its way to its place.
pub(crate) struct Staging {
    place: PathBuf,
    folder: TempDir,
}

impl Staging {
    /// Begins a folder that will stand at `place`.
    pub(crate) fn new(place: &Path) -> Result<Self, Failure> {
        let parent = place.parent().unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(parent).map_err(|error| failure(parent, &error))?;
        let folder = tempfile::Builder::new().prefix(".variants-").tempdir_in(parent);
        Ok(Self {
            place: place.to_owned(),
            folder: folder.map_err(|error| failure(parent, &error))?,
        })
    }

    /// Writes files below a folder of that name.
    pub(crate) fn write(&self, name: &str, files: &Files) -> Result<(), Failure> {
        let top = self.folder.path().join(name);
        for (file, text) in files {
            let path = top.join(file);
            let folder = path.parent().unwrap_or(&top);
            let written =
                std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
            written.map_err(|error| failure(&path, &error))?;
        }
        Ok(())
    }

    /// Key and manifest, to be written row by row.
    pub(crate) fn records(&self, press: &Press<'_>, seed: u64) -> Result<Records, Failure> {
        let key = self.folder.path().join(KEY);
        let mut rows =
            csv::Writer::from_path(&key).map_err(|error| failure(&key, &error.into()))?;
        rows.write_record(COLUMNS).map_err(|error| failure(&key, &error.into()))?;
        let path = self.folder.path().join(MANIFEST);
        let file = File::create(&path).map_err(|error| failure(&path, &error))?;
        let mut records = Records {
            key,
            rows,
            path,
            file: BufWriter::new(file),
            stem: press.stem.to_owned(),
            begun: false,
        };
        records.put(&manifest::opening(&manifest::head(press.exam, press.stem, seed)))?;
        Ok(records)
    }

    /// Puts the whole folder in its place; what stood there goes.
    pub(crate) fn place_all(self) -> Result<(), Failure> {
        let place = self.place.clone();
        swap(self.folder.path(), &place)
    }

    /// Puts one paper in its place, and nothing else.
    pub(crate) fn place_one(self, name: &str) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.place).map_err(|error| failure(&self.place, &error))?;
        swap(&self.folder.path().join(name), &self.place.join(name))
    }

    /// Puts a share of the papers in its place, with key and manifest of their own.
    pub(crate) fn place_shard(self, index: u64, of: u64) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.place).map_err(|error| failure(&self.place, &error))?;
        let mut entries = Vec::new();
        let read = std::fs::read_dir(self.folder.path());
        for entry in read.map_err(|error| failure(self.folder.path(), &error))? {
            entries.push(entry.map_err(|error| failure(self.folder.path(), &error))?.path());
        }
        entries.sort();
        for from in entries {
            let Some(name) = from.file_name().and_then(|name| name.to_str()) else { continue };
            let name = match name.rsplit_once('.') {
                Some((stem, ending)) if from.is_file() => shard_name(stem, ending, index, of),
                _ => name.to_owned(),
            };
            swap(&from, &self.place.join(name))?;
        }
        Ok(())
    }
}

/// `key-2-of-4.csv`
pub(crate) fn shard_name(stem: &str, ending: &str, index: u64, of: u64) -> String {
    format!("{stem}-{index}-of-{of}.{ending}")
}

/// Renames to a place where something may stand.
fn swap(from: &Path, place: &Path) -> Result<(), Failure> {
    let fail = |error: std::io::Error| failure(place, &error);
    if !place.exists() || place.is_file() {
        return std::fs::rename(from, place).map_err(fail);
    }
    let parent = place.parent().unwrap_or_else(|| Path::new("."));
    let old = tempfile::Builder::new().prefix(".old-").tempdir_in(parent).map_err(fail)?;
    std::fs::rename(place, old.path().join("was")).map_err(fail)?;
    if let Err(error) = std::fs::rename(from, place) {
        // What stood there stands there again.
        std::fs::rename(old.path().join("was"), place).map_err(fail)?;
        return Err(fail(error));
    }
    Ok(())
}

/// Key and manifest while they are written.
pub(crate) struct Records {
    key: PathBuf,
    rows: csv::Writer<File>,
    path: PathBuf,
    file: BufWriter<File>,
    stem: String,
    begun: bool,
}

impl Records {
    /// Adds a variant to both.
    pub(crate) fn add(&mut self, variant: &Variant, rows: &[KeyRow]) -> Result<(), Failure> {
        for row in rows {
            let written = self.rows.write_record(row.cells());
            written.map_err(|error| failure(&self.key, &error.into()))?;
        }
        let entry = manifest::entry(&self.stem, variant);
        let item = manifest::item(&entry, !self.begun);
        self.begun = true;
        self.put(&item)
    }

    /// Completes both files.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.put(manifest::CLOSING)?;
        self.file.flush().map_err(|error| failure(&self.path, &error))?;
        self.rows.flush().map_err(|error| failure(&self.key, &error))
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        self.file.write_all(text.as_bytes()).map_err(|error| failure(&self.path, &error))
    }
}

pub(crate) fn failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Work(format!("{}: can't be written: {error}", path.display()))
}
