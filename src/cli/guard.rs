//! What stops the program from outside of its work: a signal, too much memory, no progress.
//!
//! Most of what a scenario asks for is bounded where it is read. What is left, an expression
//! that swells or a number that takes for ever, is bounded here, by what the system says of the
//! program: a thread looks at its memory, and at when something was last done. However the
//! program ends, nothing half written stays.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gradsheet::limits::Limit;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::scratch;

/// How often memory is looked at: often enough that little comes on top of the limit.
const INTERVAL: Duration = Duration::from_millis(10);

/// Counts what gets done.
static BEATS: AtomicU64 = AtomicU64::new(0);
/// Set where nothing that takes long is left to do, as in a server that waits.
static IDLE: AtomicBool = AtomicBool::new(false);
/// Set once the program ends from here.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Begins to watch.
pub(crate) fn begin() {
    if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) {
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                stop("", u8::try_from(128 + signal).unwrap_or(1));
            }
        });
    }
    std::thread::spawn(|| {
        let why = watch();
        stop(&why, 1);
    });
}

/// Something was done: a scenario, a variant, a page, some trials.
pub(crate) fn beat() {
    BEATS.fetch_add(1, Ordering::Relaxed);
}

/// Whether there may be nothing to do from now on.
pub(crate) fn idle(yes: bool) {
    beat();
    IDLE.store(yes, Ordering::Relaxed);
}

/// Waits for the end if the program is ending, so that nothing is said about what fails then.
pub(crate) fn wait_if_stopping() {
    while STOPPING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// Watches until a limit is passed, and says which.
fn watch() -> String {
    let (mut last, mut since) = (0, Instant::now());
    loop {
        std::thread::sleep(INTERVAL);
        let used = memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem);
        if used > Limit::Memory.count() {
            let (allowed, advice) = (Limit::Memory.allowance(), Limit::Memory.advice(None));
            return format!("this needs more memory than {allowed}; {advice}");
        }
        let beats = BEATS.load(Ordering::Relaxed);
        if beats != last || IDLE.load(Ordering::Relaxed) {
            (last, since) = (beats, Instant::now());
        }
        if since.elapsed() > Duration::from_secs(Limit::Patience.get()) {
            let what = format!("{} seconds without progress", since.elapsed().as_secs());
            return Limit::Patience.exceeded_with_advice(what, None);
        }
    }
}

/// Ends the program, with nothing left behind.
fn stop(why: &str, status: u8) {
    STOPPING.store(true, Ordering::SeqCst);
    scratch::clean();
    if !why.is_empty() {
        eprintln!("stopped: {why}\n  = help: nothing was written; what stood there is untouched");
    }
    std::process::exit(status.into());
}
