//! Writing files whole: beside their place first, then renamed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::Failure;

/// Writes all files, or none: every file is written beside its place before the first is
/// renamed. A file that has its content already is left alone.
pub(crate) fn write(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Failure> {
    let mut waiting = Waiting::default();
    for (path, bytes) in files {
        waiting.add(path, bytes)?;
    }
    waiting.place()
}

/// Files that stand beside their places; they go where they are not placed.
#[derive(Default)]
pub(crate) struct Waiting(Vec<(TempPath, PathBuf)>);

impl Waiting {
    /// Writes a file beside its place, unless it has its content already.
    pub(crate) fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        if !std::fs::read(path).is_ok_and(|old| old == bytes) {
            let file = prepare(path, bytes).map_err(|error| failure(path, &error))?;
            // Closed, since a system opens only so many files at a time.
            self.0.push((file.into_temp_path(), path.to_owned()));
        }
        Ok(())
    }

    /// Takes over the files of another list.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Renames all files to their places.
    pub(crate) fn place(self) -> Result<(), Failure> {
        for (file, path) in self.0 {
            file.persist(&path).map_err(|error| failure(&path, &error.error))?;
        }
        Ok(())
    }
}

fn prepare(path: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Found now, before the first file is renamed.
    if path.is_dir() {
        return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory));
    }
    let mut file = tempfile::Builder::new().permissions(permissions()).tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Readable by all, as an ordinary new file is; temporary files are private by default.
#[cfg(unix)]
fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o644)
}

fn failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Work(format!("{}: can't be written: {error}", path.display()))
}
