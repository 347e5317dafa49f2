//! The one folder that a command writes to before anything gets its place.
//!
//! It stands in the output folder, `.gradsheet-` and some letters, so that renaming is one step
//! of the file system. It goes when the command ends: done, failed, or interrupted. One whose
//! command was killed is found by the next: a command holds a lock on its own.
//!
//! Putting files in place is not interrupted: a signal waits for it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use super::Failure;

const PREFIX: &str = ".gradsheet-";
/// Within a folder: held by its command.
const LOCK: &str = "lock";

/// What has to go if the program is stopped.
static OPEN: Mutex<Vec<Debris>> = Mutex::new(Vec::new());
/// Held while files are put in place.
static PLACING: Mutex<()> = Mutex::new(());

/// A folder to be removed, with the folders around it that were made for it.
#[derive(Debug, Clone)]
struct Debris {
    scratch: PathBuf,
    made: Vec<PathBuf>,
}

/// A folder of this command alone.
pub(crate) struct Scratch {
    folder: TempDir,
    made: Vec<PathBuf>,
    // Unlocked when it is closed.
    _lock: File,
}

impl Scratch {
    /// Makes the folder in another, which is made where it is missing.
    pub(crate) fn new(parent: &Path) -> Result<Self, Failure> {
        let fail = |error: io::Error| failure(parent, &error);
        let made = missing(parent);
        std::fs::create_dir_all(parent).map_err(fail)?;
        sweep(parent);
        // Another command may take a folder for a dead one before it is locked.
        for _ in 0..100 {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
            let folder = folder.map_err(|error| {
                remove_empty(&made);
                failure(parent, &error)
            })?;
            let debris = Debris { scratch: folder.path().to_owned(), made: made.clone() };
            open().push(debris);
            let lock = File::create_new(folder.path().join(LOCK));
            if let Ok(lock) = lock
                && lock.try_lock().is_ok()
                && folder.path().join(LOCK).exists()
            {
                return Ok(Self { folder, made, _lock: lock });
            }
            close(folder.path());
        }
        Err(fail(io::ErrorKind::ResourceBusy.into()))
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        close(self.folder.path());
        // The folder goes first, or those around it are not empty.
        let _ = std::fs::remove_dir_all(self.folder.path());
        remove_empty(&self.made);
    }
}

/// Removes everything that is not in its place, once nothing is on its way there.
pub(crate) fn clean() {
    // Kept for good: nothing is put in place any more.
    std::mem::forget(placing());
    for Debris { scratch, made } in open().drain(..) {
        // Other threads may be about to write a last file to it, and make the folder again.
        let mut gone = 0;
        for _ in 0..100 {
            let _ = std::fs::remove_dir_all(&scratch);
            remove_empty(&made);
            gone = if scratch.exists() { 0 } else { gone + 1 };
            if gone == 3 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

/// While this is held, no signal ends the program.
pub(crate) fn placing() -> MutexGuard<'static, ()> {
    PLACING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts a file or a folder of a scratch folder in its place; what stood there is then in the
/// scratch folder.
pub(crate) fn put(from: &Path, place: &Path) -> io::Result<()> {
    let is_folder = |path: &Path| path.symlink_metadata().is_ok_and(|about| about.is_dir());
    if !is_folder(place) {
        return std::fs::rename(from, place);
    }
    if !is_folder(from) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Both change places in one step, where the file system can do that.
    let flags = rustix::fs::RenameFlags::EXCHANGE;
    if rustix::fs::renameat_with(rustix::fs::CWD, from, rustix::fs::CWD, place, flags).is_ok() {
        return Ok(());
    }
    let old = from.with_extension("old");
    // Should the program be killed in between, the next one puts it back.
    std::fs::write(from.with_extension("place"), place.as_os_str().as_encoded_bytes())?;
    std::fs::rename(place, &old)?;
    std::fs::rename(from, place).inspect_err(|_| {
        let _ = std::fs::rename(&old, place);
    })
}

/// Removes the folders of commands that were killed.
fn sweep(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_scratch = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_scratch || !is_folder {
            continue;
        }
        match File::open(entry.path().join(LOCK)) {
            Ok(lock) if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) => {}
            Ok(_) => {
                restore(&entry.path());
                let _ = std::fs::remove_dir_all(entry.path());
            }
            Err(_) => remove_unlocked(&entry.path()),
        }
    }
}

/// Removes a folder whose lock is missing, unless it is locked by now: its command was killed at
/// once, or while it removed the folder.
fn remove_unlocked(scratch: &Path) {
    let Ok(entries) = std::fs::read_dir(scratch) else { return };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    if names.is_empty() {
        // Fails if the lock is made just now; who makes it later finds no folder, and makes another.
        let _ = std::fs::remove_dir(scratch);
    } else if !names.iter().any(|name| name == LOCK) {
        let _ = std::fs::remove_dir_all(scratch);
    }
}

/// Puts back what a killed command had taken from its place.
fn restore(scratch: &Path) {
    for entry in std::fs::read_dir(scratch).into_iter().flatten().flatten() {
        let note = entry.path();
        if note.extension().is_some_and(|ending| ending == "place")
            && let Ok(place) = std::fs::read_to_string(&note)
            && !Path::new(&place).exists()
        {
            let _ = std::fs::rename(note.with_extension("old"), place);
        }
    }
}

fn open() -> MutexGuard<'static, Vec<Debris>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn close(scratch: &Path) {
    open().retain(|debris| debris.scratch != scratch);
}

/// The folders that have to be made for this one, innermost first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    let above = folder.ancestors().filter(|path| !path.as_os_str().is_empty());
    above.take_while(|path| !path.exists()).map(Path::to_owned).collect()
}

fn remove_empty(folders: &[PathBuf]) {
    // Fails where something stands in it, as it should.
    folders.iter().for_each(|folder| drop(std::fs::remove_dir(folder)));
}

/// What keeps a place from being written.
pub(crate) fn failure(path: &Path, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; what stood there is untouched: make room and try again"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "; `-o` names another folder"
        }
        _ => "",
    };
    // Of a folder that nobody knows, the one that it stands in.
    let is_scratch = |path: &&Path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
    };
    let shown = path.ancestors().find(is_scratch).and_then(Path::parent).unwrap_or(path);
    let reason = error.to_string();
    let reason = reason.split(" at path ").next().unwrap_or_default();
    Failure::Work(format!("{}: can't be written: {reason}{advice}", shown.display()))
}
