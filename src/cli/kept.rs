//! What a build of a course keeps for the next: bodies, and which files it wrote.
//!
//! It stands in `.gradsheet` in the course's folder, which a version control system is told to
//! leave out. What can't be written there is not kept; the build is the same without it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gradsheet::site::{Cache, Key, Record, Sources, digest};

/// The folder of what is kept.
pub(crate) const NAME: &str = ".gradsheet";

/// Bodies on disk.
pub(crate) struct Kept {
    folder: PathBuf,
    forgets: bool,
}

impl Kept {
    /// What is kept in a course's folder; `forgets` what was there before.
    pub(crate) fn new(root: &Path, forgets: bool) -> Self {
        let folder = root.join(NAME);
        if !folder.exists() && std::fs::create_dir(&folder).is_ok() {
            let _ = std::fs::write(folder.join(".gitignore"), "*\n");
        }
        Self { folder, forgets }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(name(&key.source, key.paper))
    }

    fn list(&self, output: &Path) -> PathBuf {
        let place = digest(output.as_os_str().as_encoded_bytes());
        self.folder.join(format!("written-{}.json", &place[..16]))
    }

    /// The files that the last build wrote to this place.
    pub(crate) fn written(&self, output: &Path) -> BTreeSet<String> {
        let text = std::fs::read_to_string(self.list(output)).unwrap_or_default();
        let names: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
        let inside = |name: &String| {
            Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)))
        };
        names.into_iter().filter(inside).collect()
    }

    /// Keeps which files were written.
    pub(crate) fn remember(&self, output: &Path, names: &BTreeSet<String>) {
        if let Ok(text) = serde_json::to_string(names) {
            put(&self.list(output), &text);
        }
    }

    /// Forgets the bodies of sources that are gone.
    pub(crate) fn tidy(&self, sources: &Sources) {
        let papers = ["handout", "solutions", "course", "page"];
        let known: BTreeSet<String> = sources
            .pages
            .keys()
            .flat_map(|source| papers.iter().map(|paper| name(source, paper)))
            .collect();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with("body-") && !known.contains(&name) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

impl Cache for Kept {
    fn load(&self, key: &Key) -> Option<Record> {
        if self.forgets {
            return None;
        }
        serde_json::from_slice(&std::fs::read(self.path(key)).ok()?).ok()
    }

    fn store(&self, key: &Key, record: &Record) {
        if let Ok(text) = serde_json::to_string(record) {
            put(&self.path(key), &text);
        }
    }
}

fn name(source: &str, paper: &str) -> String {
    format!("body-{}-{paper}.json", &digest(source.as_bytes())[..32])
}

/// Writes beside the place and renames; a cache that can't be written is none.
fn put(path: &Path, text: &str) {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    if let Ok(mut file) = tempfile::NamedTempFile::new_in(folder)
        && std::io::Write::write_all(&mut file, text.as_bytes()).is_ok()
    {
        let _ = file.persist(path);
    }
}
