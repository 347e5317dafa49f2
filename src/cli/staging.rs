//! A folder of many papers: written beside its place, then renamed as a whole.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use gradsheet::Files;

use super::Failure;

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
        let mut builder = tempfile::Builder::new();
        let folder = builder.prefix(".variants-").permissions(permissions()).tempdir_in(parent);
        Ok(Self {
            place: place.to_owned(),
            folder: folder.map_err(|error| failure(parent, &error))?,
        })
    }

    /// Writes files below a folder of that name.
    pub(crate) fn write(&self, name: &str, files: &Files) -> Result<(), Failure> {
        let top = self.folder.path().join(name);
        for (file, bytes) in files {
            let path = top.join(file);
            let folder = path.parent().unwrap_or(&top);
            let written =
                std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes));
            written.map_err(|error| failure(&path, &error))?;
        }
        Ok(())
    }

    /// Where it is written for now.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
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
        std::fs::create_dir_all(&self.place).map_err(|error| failure(&self.place, &error))?;
        let mut entries = Vec::new();
        let read = std::fs::read_dir(self.folder.path());
        for entry in read.map_err(|error| failure(self.folder.path(), &error))? {
            entries.push(entry.map_err(|error| failure(self.folder.path(), &error))?.path());
        }
        entries.sort();
        for from in entries {
            let Some(name) = from.file_name().and_then(|name| name.to_str()) else { continue };
            let name = if from.is_file() { rename(name) } else { name.to_owned() };
            swap(&from, &self.place.join(name))?;
        }
        Ok(())
    }
}

/// Open to all, as an ordinary new folder is; temporary ones are private by default.
#[cfg(unix)]
fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o755)
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

pub(crate) fn failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Work(format!("{}: can't be written: {error}", path.display()))
}
