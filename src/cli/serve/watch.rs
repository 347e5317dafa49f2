//! Hearing that something in a folder was saved.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Config, Event, EventKind, PollWatcher, RecursiveMode, Watcher};

use super::Failure;
use super::folder::is_left_out;

/// A save is several events: they count as one if they follow each other so closely.
const QUIET: Duration = Duration::from_millis(15);
/// How often a folder is looked at that can't tell of changes by itself.
const ROUND: Duration = Duration::from_millis(500);

/// The changes in some folders.
pub(super) struct Changes {
    // It ends with the watcher.
    _watcher: Box<dyn Watcher>,
    events: Receiver<notify::Result<Event>>,
    roots: Vec<PathBuf>,
}

impl Changes {
    /// Begins to listen.
    pub(super) fn of(folders: &[&Path]) -> Result<Self, Failure> {
        let (sender, events) = channel();
        let roots: Vec<PathBuf> = folders
            .iter()
            .map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))
            .collect();
        let polled = || -> notify::Result<Box<dyn Watcher>> {
            let config = Config::default().with_poll_interval(ROUND);
            let mut watcher = PollWatcher::new(sender.clone(), config)?;
            watch(&mut watcher, &roots)?;
            Ok(Box::new(watcher))
        };
        let told = || -> notify::Result<Box<dyn Watcher>> {
            let mut watcher = notify::recommended_watcher(sender.clone())?;
            watch(&mut watcher, &roots)?;
            Ok(Box::new(watcher))
        };
        let watcher = told().or_else(|_| polled()).map_err(|error| {
            Failure::Work(format!("{}: can't be watched: {error}", roots[0].display()))
        })?;
        Ok(Self { _watcher: watcher, events, roots })
    }

    /// Waits for the next change that matters; `false` when there can't be any.
    pub(super) fn wait(&self) -> bool {
        loop {
            let Ok(first) = self.events.recv() else { return false };
            let mut matters = self.matters(&first);
            while let Ok(next) = self.events.recv_timeout(QUIET) {
                matters |= self.matters(&next);
            }
            if matters {
                return true;
            }
        }
    }

    fn matters(&self, event: &notify::Result<Event>) -> bool {
        // After an error events may be missing.
        let Ok(event) = event else { return true };
        let written = AccessKind::Close(AccessMode::Write);
        if matches!(event.kind, EventKind::Access(kind) if kind != written) {
            return false;
        }
        event.need_rescan() || event.paths.iter().any(|path| self.is_part(path))
    }

    /// Whether a path could belong to the course.
    fn is_part(&self, path: &Path) -> bool {
        let below = self.roots.iter().find_map(|root| path.strip_prefix(root).ok());
        below.is_some_and(|below| !below.iter().any(|name| is_left_out(&name.to_string_lossy())))
    }
}

fn watch(watcher: &mut dyn Watcher, roots: &[PathBuf]) -> notify::Result<()> {
    roots.iter().try_for_each(|root| watcher.watch(root, RecursiveMode::Recursive))
}
