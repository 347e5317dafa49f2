//! What a build of a course keeps for the next: pages, and which files it wrote.
//!
//! It stands in the user's own cache folder, not in the course's: who is given a course by someone
//! else is not given pages that its sources don't make. What can't be written there is not kept;
//! the build is the same without it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use gradsheet::Files;
use gradsheet::site::{Cache, Key, Record, Sources, digest};

/// The file in a course's folder of kept pages that names the course.
const NAME: &str = "course.txt";

/// Pages on disk.
pub(crate) struct Kept {
    folder: Option<PathBuf>,
    forgets: bool,
}

/// A file that a build wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    /// What it was made of, if it is a page.
    pub(crate) key: String,
    /// The digest of its bytes.
    pub(crate) bytes: String,
}

/// Which build of the program this is: pages that another one made are not taken over.
pub(crate) fn program() -> String {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let build = file.map(|file| format!("{} {:?}", file.len(), file.modified().ok()));
    format!("{} {}", env!("CARGO_PKG_VERSION"), build.unwrap_or_default())
}

/// Where programs of this user keep what they can make again.
fn cache_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let own = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library").join("Caches"))
    } else {
        variable("HOME").map(|home| home.join(".cache"))
    };
    variable("XDG_CACHE_HOME").or(own).map(|folder| folder.join("gradsheet"))
}

impl Kept {
    /// What is kept of a course; `forgets` what was there before.
    pub(crate) fn new(root: &Path, forgets: bool) -> Self {
        let folder = cache_folder().and_then(|cache| {
            let root = root.canonicalize().ok()?;
            let name = digest(root.as_os_str().as_encoded_bytes());
            let folder = cache.join(name.get(..32)?);
            if !folder.exists() {
                forget_lost(&cache);
                std::fs::create_dir_all(&folder).ok()?;
                put(&folder.join(NAME), root.as_os_str().as_encoded_bytes());
            }
            Some(folder)
        });
        Self { folder, forgets }
    }

    fn path(&self, key: &Key, ending: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{}.{ending}", name(&key.source, key.paper))))
    }

    fn list(&self, output: &Path) -> Option<PathBuf> {
        let place = digest(output.as_os_str().as_encoded_bytes());
        Some(self.folder.as_ref()?.join(format!("written-{}.json", place.get(..16)?)))
    }

    /// The files that the last build wrote to this place.
    pub(crate) fn written(&self, output: &Path) -> BTreeMap<String, Written> {
        let read = || {
            let text = std::fs::read(self.list(output)?).ok()?;
            serde_json::from_slice::<BTreeMap<String, Written>>(&text).ok()
        };
        read().unwrap_or_default()
    }

    /// Keeps which files were written.
    pub(crate) fn remember(&self, output: &Path, files: &BTreeMap<String, Written>) {
        if let (Some(path), Ok(text)) = (self.list(output), serde_json::to_vec(files)) {
            put(&path, &text);
        }
    }

    /// Forgets the pages of sources that are gone.
    pub(crate) fn tidy(&self, sources: &Sources) {
        let papers = ["handout", "solutions", "course", "page"];
        let known: BTreeSet<String> = sources
            .pages
            .keys()
            .flat_map(|source| papers.iter().map(|paper| name(source, paper)))
            .collect();
        for entry in
            self.folder.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten()
        {
            let Ok(entry) = entry else { continue };
            let Ok(name) = entry.file_name().into_string() else { continue };
            let stem = name.split('.').next().unwrap_or_default();
            if name.starts_with("page-") && !known.contains(stem) {
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
        serde_json::from_slice(&std::fs::read(self.path(key, "json")?).ok()?).ok()
    }

    fn text(&self, key: &Key) -> Option<String> {
        std::fs::read_to_string(self.path(key, "html")?).ok()
    }

    fn paper(&self, key: &Key, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path(key, name)?).ok()
    }

    fn store(&self, key: &Key, record: &Record, text: &str, papers: &Files) {
        if let (Some(html), Some(json)) = (self.path(key, "html"), self.path(key, "json"))
            && let Ok(record) = serde_json::to_vec(record)
        {
            for (name, pdf) in papers {
                self.path(key, name).iter().for_each(|path| put(path, pdf));
            }
            put(&html, text.as_bytes());
            put(&json, &record);
        }
    }
}

fn name(source: &str, paper: &str) -> String {
    format!("page-{}-{paper}", &digest(source.as_bytes())[..32])
}

/// Removes what is kept of courses whose folder is gone.
fn forget_lost(cache: &Path) {
    for entry in std::fs::read_dir(cache).into_iter().flatten().flatten() {
        let is_own = entry.file_name().len() == 32;
        let course = std::fs::read_to_string(entry.path().join(NAME));
        if is_own && course.is_ok_and(|course| !Path::new(&course).is_dir()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Writes beside the place and renames; a cache that can't be written is none.
fn put(path: &Path, bytes: &[u8]) {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    if let Ok(mut file) = tempfile::NamedTempFile::new_in(folder)
        && std::io::Write::write_all(&mut file, bytes).is_ok()
    {
        let _ = file.persist(path);
    }
}
