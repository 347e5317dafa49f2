//! Writing files whole: beside their place first, then renamed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Failure;
use super::guard;
use super::scratch::{Scratch, failure, placing, put};

/// Writes all files, or none, below a folder: every file is written beside it before the first
/// is renamed. A file that has its content already is left alone.
pub(crate) fn write(root: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<(), Failure> {
    let writer = Writer::new(root)?;
    let mut waiting = Waiting::default();
    for (path, bytes) in files {
        waiting.extend(writer.add(path, bytes)?);
    }
    writer.place(waiting)
}

/// Writes files to where they wait.
pub(crate) struct Writer {
    scratch: Scratch,
    count: AtomicUsize,
}

/// Files that are written, but not in their places.
#[derive(Default)]
pub(crate) struct Waiting(Vec<(PathBuf, PathBuf)>);

impl Writer {
    /// For files below a folder.
    pub(crate) fn new(root: &Path) -> Result<Self, Failure> {
        Ok(Self { scratch: Scratch::new(root)?, count: AtomicUsize::new(0) })
    }

    /// Writes a file, unless it has its content already.
    pub(crate) fn add(&self, path: &Path, bytes: &[u8]) -> Result<Waiting, Failure> {
        guard::wait_if_stopping();
        if std::fs::read(path).is_ok_and(|old| old == bytes) {
            return Ok(Waiting::default());
        }
        // Found now, before the first file is renamed.
        if path.is_dir() {
            return Err(failure(path, &std::io::ErrorKind::IsADirectory.into()));
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let file = self.scratch.path().join(number.to_string());
        std::fs::write(&file, bytes).map_err(|error| failure(path, &error))?;
        Ok(Waiting(vec![(file, path.to_owned())]))
    }

    /// Renames files to their places.
    pub(crate) fn place(self, waiting: Waiting) -> Result<(), Failure> {
        let placing = placing();
        for (file, path) in waiting.0 {
            let folder = path.parent().unwrap_or_else(|| Path::new("."));
            let placed = std::fs::create_dir_all(folder).and_then(|()| put(&file, &path));
            placed.map_err(|error| failure(&path, &error))?;
        }
        drop(placing);
        Ok(())
    }
}

impl Waiting {
    /// Takes over the files of another list.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}
