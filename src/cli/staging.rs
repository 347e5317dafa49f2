//! A folder of many papers: written beside its place, then renamed as a whole.

use std::path::{Path, PathBuf};

use gradsheet::Files;

use super::Failure;
use super::guard;
use super::scratch::{Scratch, failure, placing, put};

/// A folder on its way to its place.
pub(crate) struct Staging {
    place: PathBuf,
    // Removed when it is dropped, and with it what did not get its place.
    _scratch: Scratch,
    folder: PathBuf,
}

impl Staging {
    /// Begins a folder that will stand at `place`.
    pub(crate) fn new(place: &Path) -> Result<Self, Failure> {
        let scratch = Scratch::new(place.parent().unwrap_or_else(|| Path::new(".")))?;
        // One within, which is as open to others as an ordinary new folder.
        let folder = scratch.path().join("papers");
        std::fs::create_dir(&folder).map_err(|error| failure(place, &error))?;
        Ok(Self { place: place.to_owned(), _scratch: scratch, folder })
    }

    /// Writes files below a folder of that name.
    pub(crate) fn write(&self, name: &str, files: &Files) -> Result<(), Failure> {
        guard::wait_if_stopping();
        let top = self.folder.join(name);
        let mut made = PathBuf::new();
        for (file, bytes) in files {
            let path = top.join(file);
            let folder = path.parent().unwrap_or(&top);
            if made != folder {
                std::fs::create_dir_all(folder).map_err(|error| failure(&path, &error))?;
                folder.clone_into(&mut made);
            }
            std::fs::write(&path, bytes).map_err(|error| failure(&path, &error))?;
        }
        Ok(())
    }

    /// Where it is written for now.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the whole folder in its place; what stood there goes.
    pub(crate) fn place_all(self) -> Result<(), Failure> {
        let _placing = placing();
        put(&self.folder, &self.place).map_err(|error| failure(&self.place, &error))
    }

    /// Puts one paper in its place, and nothing else.
    pub(crate) fn place_one(self, name: &str) -> Result<(), Failure> {
        let _placing = placing();
        let fail = |error: std::io::Error| failure(&self.place, &error);
        std::fs::create_dir_all(&self.place).map_err(fail)?;
        put(&self.folder.join(name), &self.place.join(name)).map_err(fail)
    }

    /// Puts a share of the papers in its place, with key and manifest of their own.
    pub(crate) fn place_shard(self, index: u64, of: u64) -> Result<(), Failure> {
        self.place_each(|name| match name.rsplit_once('.') {
            Some((stem, ending)) => shard_name(stem, ending, index, of),
            None => name.to_owned(),
        })
    }

    /// Puts everything in its place, and leaves what else stands there.
    pub(crate) fn place_beside(self) -> Result<(), Failure> {
        self.place_each(str::to_owned)
    }

    fn place_each(self, rename: impl Fn(&str) -> String) -> Result<(), Failure> {
        let _placing = placing();
        std::fs::create_dir_all(&self.place).map_err(|error| failure(&self.place, &error))?;
        let mut entries = Vec::new();
        let read = std::fs::read_dir(&self.folder);
        for entry in read.map_err(|error| failure(&self.folder, &error))? {
            entries.push(entry.map_err(|error| failure(&self.folder, &error))?.path());
        }
        entries.sort();
        for from in entries {
            let Some(name) = from.file_name().and_then(|name| name.to_str()) else { continue };
            let name = if from.is_file() { rename(name) } else { name.to_owned() };
            let place = self.place.join(name);
            put(&from, &place).map_err(|error| failure(&place, &error))?;
        }
        Ok(())
    }
}

/// `key-2-of-4.csv`
pub(crate) fn shard_name(stem: &str, ending: &str, index: u64, of: u64) -> String {
    format!("{stem}-{index}-of-{of}.{ending}")
}
