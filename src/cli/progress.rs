//! A progress bar on standard error for long experiments; none where nobody watches.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use gradsheet::engine::{Effort, Progress};
use indicatif::{ProgressBar, ProgressStyle};

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
