//! Files that a scenario names: they lie below its own folder, and no link leads out of it.

use std::path::{Component, Path, PathBuf};

use crate::limits::Limit;

use super::Field;

/// The content of the file that a field names; what is wrong with it is reported there.
pub(super) fn read(field: &Field<'_>, folder: &Path, name: &str) -> Option<Vec<u8>> {
    let read = below(folder, name).and_then(|path| {
        std::fs::read(&path).map_err(|error| format!("`{name}` can't be read: {error}"))
    });
    match read {
        Ok(bytes) => {
            field.report().reads(name);
            Some(bytes)
        }
        Err(message) => {
            field.refuse(message);
            None
        }
    }
}

/// The file of that name, if it lies below the folder and is not too large.
fn below(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let relative = Path::new(name);
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if name.is_empty() || !plain {
        return Err(format!("`{name}` must be a file below the scenario's folder"));
    }
    let absent = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("there is no file `{name}` below the scenario's folder")
        }
        _ => format!("`{name}` can't be read: {error}"),
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let root = folder.canonicalize().map_err(absent)?;
    let path = root.join(relative).canonicalize().map_err(absent)?;
    if !path.starts_with(&root) {
        return Err(format!("`{name}` leads out of the scenario's folder"));
    }
    let about = path.metadata().map_err(absent)?;
    if !about.is_file() {
        return Err(format!("`{name}` is not a file"));
    }
    if about.len() > Limit::DataSize.get() {
        let what = format!("the {} bytes of `{name}`", about.len());
        return Err(Limit::DataSize.exceeded_with_advice(what, Some(about.len())));
    }
    Ok(path)
}
