//! Writing files whole: beside their place first, then renamed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Failure;

/// Writes all files, or none: every file is written beside its place before the first is
/// renamed. A file that has its content already is left alone.
pub(crate) fn write(files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let mut waiting = Vec::new();
    for (path, text) in files {
        let same = std::fs::read(path).is_ok_and(|old| old == text.as_bytes());
        if !same {
            waiting.push((prepare(path, text).map_err(|error| failure(path, &error))?, path));
        }
    }
    for (file, path) in waiting {
        file.persist(path).map_err(|error| failure(path, &error.error))?;
    }
    Ok(())
}

fn prepare(path: &Path, text: &str) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Found now, before the first file is renamed.
    if path.is_dir() {
        return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory));
    }
    let mut file = tempfile::Builder::new().permissions(permissions()).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
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
