//! Random short runs of every optimizer, from a scenario's text to the trace's digits,
//! against a second implementation.
//!
//! The second implementation shares nothing with the program: rules, schedules, clipping and
//! weight decay are written once more from their sources (`rule`, `schedule`, `run`), the
//! gradients are forward mode's, and the arithmetic is floating point of 512 bits (`float`).
//! Fractions must agree to 260 bits, decimals in every digit, branches in their signs, and
//! what is undefined must be so on both sides.
//!
//! `GRADSHEET_RANDOM_RUNS` says how many runs there are, `GRADSHEET_RANDOM_SEED` with which
//! seed they begin. Run `n` is drawn from seed `n` alone, so that
//!
//! ```text
//! GRADSHEET_RANDOM_SEED=n GRADSHEET_RANDOM_RUNS=1 cargo test --test it runs::
//! ```
//!
//! repeats it.

use std::env;
use std::thread;

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format, catalogue, scenario};

use crate::witness;

mod compare;
mod draw;
mod float;
mod neuron;
mod plan;
mod rule;
mod run;
mod schedule;
mod settings;
mod tally;

use compare::Verdict;
use plan::Plan;
use tally::Tally;

use crate::shipped;

/// One run in so many is rendered too.
const SHEETS: u64 = 10;
/// Runs where the environment asks for no other number.
const RUNS: u64 = 340;
/// From so many runs on, everything that the catalogue offers must have been met.
const MANY: u64 = 5000;

fn environment(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}: `{text}` is no number")),
        Err(_) => default,
    }
}

/// The line of the sheet in which a number is missing, of a run that has all its numbers.
fn unknown_number(text: &str) -> Option<String> {
    let scenario = scenario::read("run.yaml".as_ref(), text).ok()?;
    let templates = Templates::built_in().ok()?;
    match shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions) {
        Ok(files) => {
            let lines = files.get("solutions.md").into_iter().flat_map(|sheet| sheet.lines());
            let mut lines = lines.filter(|line| line.contains(r"\text{undefined}"));
            lines.next().map(|line| format!("on the sheet: {line}"))
        }
        // A number that lies on a tie, and isn't proved to.
        Err(error) if error.to_string().contains("undecided") => None,
        Err(error) => Some(format!("no sheet: {error}")),
    }
}

/// One run; a text for each disagreement.
fn check(plan: &Plan, tally: &mut Tally) {
    let text = plan.text();
    let Some(records) = run::records(plan) else {
        tally.extreme += 1;
        return;
    };
    let mut verdict = Verdict::default();
    match witness::trace("run.yaml", &text) {
        Ok(trace) => {
            let found = &trace["setups"]["s"]["runs"]["o"]["iterations"];
            let found = found.as_array().cloned().unwrap_or_default();
            // Before the first iteration there is a record of the state alone.
            if found.len() != records.len() + 1 {
                let what = format!("{} iterations instead of {}", found.len(), records.len() + 1);
                verdict.faults.push(what);
            }
            for (expected, found) in records.iter().zip(found.iter().skip(1)) {
                verdict.record(expected, found);
            }
            if plan.stays_rational() && verdict.decimals > 0 {
                verdict.faults.push("a fraction is not exact".to_owned());
            }
            if plan.seed.is_multiple_of(SHEETS) && verdict.undefined == 0 {
                verdict.faults.extend(unknown_number(&text));
                tally.sheets += 1;
            }
        }
        Err(message) if message.contains("undecided") => tally.undecided.push(plan.seed),
        Err(message) => verdict.faults.push(message),
    }
    tally.add(plan, &records, &verdict, &text);
}

#[test]
#[allow(clippy::print_stdout, reason = "what was met is told on a test's own page")]
fn every_optimizer_agrees_with_a_second_implementation() {
    let first = environment("GRADSHEET_RANDOM_SEED", 0);
    let count = environment("GRADSHEET_RANDOM_RUNS", RUNS);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = u64::try_from(threads).unwrap();
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let share = |thread: u64| {
            move || {
                let mut tally = Tally::default();
                for seed in (first..first + count).skip(usize::try_from(thread).unwrap()) {
                    if (seed - first) % threads == thread {
                        check(&draw::plan(seed), &mut tally);
                    }
                }
                tally
            }
        };
        let started: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let tally = tallies.into_iter().fold(Tally::default(), Tally::and);
    println!("{tally}");
    assert!(
        tally.faults.is_empty(),
        "{} of {count} runs disagree\n{}",
        tally.faults.len(),
        tally.report()
    );
    if count >= MANY {
        tally.covers(&tally::offered(catalogue::optimizers()));
    }
}
