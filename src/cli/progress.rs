//! A progress bar on standard error for long experiments; none where nobody watches.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::guard;
use gradsheet::engine::{Effort, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs work that reports how far its experiments are.
pub(crate) fn watched<T>(work: impl FnOnce(&Effort<'_>) -> T) -> T {
    let bar = Bar { begun: Instant::now(), shown: RefCell::new(None) };
    let result = work(&Effort { trials: u64::MAX, progress: &|progress| bar.show(progress) });
    if let Some(shown) = bar.shown.take() {
        shown.finish_and_clear();
    }
    result
}

struct Bar {
    begun: Instant,
    shown: RefCell<Option<ProgressBar>>,
}

impl Bar {
    fn show(&self, progress: &Progress<'_>) {
        guard::beat();
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        let mut shown = self.shown.borrow_mut();
        // The bar hides itself where standard error is no terminal.
        let bar = shown.get_or_insert_with(|| ProgressBar::new(progress.total).with_style(style()));
        bar.set_length(progress.total);
        bar.set_message(format!("{}.{}", progress.setup, progress.experiment));
        bar.set_position(progress.done);
    }
}

fn style() -> ProgressStyle {
    let template = "{msg} [{bar:30}] {pos}/{len} trials, {eta} left";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// How much of a countable work is done.
pub(crate) struct Counter {
    begun: Instant,
    bar: ProgressBar,
}

impl Counter {
    /// Begins a work of so many things.
    pub(crate) fn new(work: &'static str, things: &str, total: u64) -> Self {
        let template = format!("{{msg}} [{{bar:30}}] {{pos}}/{{len}} {things}, {{eta}} left");
        let style = ProgressStyle::with_template(&template);
        let bar = ProgressBar::hidden()
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(total);
        bar.set_message(work);
        Self { begun: Instant::now(), bar }
    }

    /// So many are done.
    pub(crate) fn show(&self, done: u64) {
        guard::beat();
        self.bar.set_position(done);
        if self.bar.is_hidden() && self.begun.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// So many more are done.
    pub(crate) fn advance(&self, more: u64) {
        self.show(self.bar.position() + more);
    }

    /// All is done.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
