//! `gradsheet serve`: a course in the browser while it is written.
//!
//! One thread watches the folder and makes the preview anew; every request gets a thread of its
//! own and sees the preview as it is at that moment.

mod http;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;

use gradsheet::scenario::Date;
use gradsheet::site::{Choice, Materials, Papers, Preview};

use super::kept::{self, Kept};
use super::progress::Counter;
use super::{Failure, folder, guard, render, site, templates};

/// The port where nothing else is said, and how many after it are tried.
const PORT: u16 = 4000;
const TRIES: u16 = 20;

/// Arguments of `serve`.
#[derive(Debug, Args)]
#[command(
    after_help = "Open the address that is printed; a page reloads when what it is made from \
    is saved.\nWhat is wrong with a page is shown on it, as on the terminal, until it is mended. \
    Only this machine\nis served, under the names 127.0.0.1 and localhost, and only the course: \
    its pages and the files\nthat they link to. Ctrl-C ends it.\n\n  \
    gradsheet serve course                 the course site of a folder\n  \
    gradsheet serve course/neuron.yaml     the same, and the address of that sheet"
)]
pub(crate) struct Arguments {
    /// The folder of a course, or a scenario in it
    #[arg(value_name = "FOLDER|SCENARIO")]
    place: PathBuf,
    /// The port; 0 takes any that is free [default: 4000, or the next one that is free]
    #[arg(long, value_name = "P")]
    port: Option<u16>,
    /// For whom: `both` folds each solution under its part
    #[arg(long, default_value = "both")]
    audience: render::For,
    /// The day that it is, as 2026-12-01 [default: dated solutions stay hidden]
    #[arg(long, value_name = "DATE", value_parser = site::date)]
    as_of: Option<Date>,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (root, sheet) = split(&arguments.place)?;
    let desk = Desk {
        root: root.clone(),
        templates: arguments.templates.clone(),
        choice: Choice {
            audience: site::audience(arguments.audience),
            as_of: arguments.as_of,
            papers: Papers::None,
        },
        kept: Kept::new(&root, false),
        program: kept::program(),
    };
    // Before the first look, so that no change is missed.
    let mut watched = vec![root.as_path()];
    watched.extend(arguments.templates.as_deref());
    let changes = watch::Changes::of(&watched)?;
    let shown = Arc::new(Shown::new(desk.preview(None)?));
    tell_faults(&shown.now().1);
    let server = listen(arguments.port)?;
    let address = format!("http://127.0.0.1:{}/", http::port(&server));
    let page = sheet.as_deref().and_then(|sheet| shown.now().1.address(sheet).map(str::to_owned));
    eprintln!("{address}{}   (Ctrl-C ends it)", page.unwrap_or_default());
    let serving = Arc::clone(&shown);
    std::thread::spawn(move || http::serve(&server, &serving));
    while changes.wait() {
        let before = shown.now().1;
        match desk.preview(Some(&before)) {
            Ok(preview) => {
                tell_faults(&preview);
                shown.show(Ok(preview));
            }
            Err(failure) => {
                eprintln!("{failure}");
                shown.show(Err(failure.to_string()));
            }
        }
    }
    Err(Failure::Work(format!("{}: can't be watched any longer", root.display())))
}

/// The course's folder, and the scenario in it that is meant.
fn split(place: &Path) -> Result<(PathBuf, Option<String>), Failure> {
    if place.is_dir() {
        return Ok((place.to_owned(), None));
    }
    if !place.is_file() {
        return Err(Failure::Input(format!(
            "{}: there is no such folder or scenario",
            place.display()
        )));
    }
    let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty());
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((parent.unwrap_or_else(|| Path::new(".")).to_owned(), name))
}

fn listen(port: Option<u16>) -> Result<tiny_http::Server, Failure> {
    let ports = match port {
        Some(port) => port..=port,
        None => PORT..=PORT + TRIES,
    };
    let mut reason = String::new();
    for port in ports {
        match tiny_http::Server::http(("127.0.0.1", port)) {
            Ok(server) => return Ok(server),
            Err(error) => reason = format!("port {port} can't be served: {error}"),
        }
    }
    Err(Failure::Work(format!("{reason}\n  = help: `--port 0` takes any port that is free")))
}

fn tell_faults(preview: &Preview) {
    for fault in preview.faults() {
        eprintln!("{fault}\n");
    }
}

/// What previews are made from.
struct Desk {
    root: PathBuf,
    templates: Option<PathBuf>,
    choice: Choice,
    kept: Kept,
    program: String,
}

impl Desk {
    fn preview(&self, before: Option<&Preview>) -> Result<Preview, Failure> {
        guard::idle(false);
        let made = self.made(before);
        guard::idle(true);
        made
    }

    fn made(&self, before: Option<&Preview>) -> Result<Preview, Failure> {
        let templates = templates(self.templates.as_deref())?;
        let sources = folder::read(&self.root, &[site::output(None)])?;
        let counter =
            Counter::new("making", "pages", u64::try_from(sources.pages.len()).unwrap_or(0));
        let materials = Materials {
            cache: &self.kept,
            choice: self.choice,
            program: &self.program,
            done: &|| counter.advance(1),
        };
        let preview = Preview::new(sources, templates, &materials, before);
        counter.finish();
        Ok(preview)
    }
}

/// The preview as it is now, for all who ask.
struct Shown {
    now: Mutex<Moment>,
    changed: Condvar,
}

/// A preview, counted from 0; where there is none, what is wrong with the whole folder and the
/// last one.
struct Moment {
    number: u64,
    preview: Arc<Preview>,
    wrong: Option<String>,
}

impl Shown {
    fn new(preview: Preview) -> Self {
        let now = Moment { number: 0, preview: Arc::new(preview), wrong: None };
        Self { now: Mutex::new(now), changed: Condvar::new() }
    }

    fn now(&self) -> (u64, Arc<Preview>, Option<String>) {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        (now.number, Arc::clone(&now.preview), now.wrong.clone())
    }

    fn show(&self, result: Result<Preview, String>) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.number += 1;
        match result {
            Ok(preview) => (now.preview, now.wrong) = (Arc::new(preview), None),
            Err(message) => now.wrong = Some(message),
        }
        self.changed.notify_all();
    }

    /// Waits until there is another moment than that number's; `false` where none came in time.
    fn wait(&self, number: u64, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        while now.number == number {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(now, left);
            now = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}
