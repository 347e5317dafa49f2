//! Any text read as a scenario: read or refused, and every complaint can be printed.

#![no_main]

use std::path::Path;

use gradsheet::scenario::{Exam, defaults, space};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // A folder that is not there, so that no data file is read.
    match Exam::read(Path::new("absent/s.yaml"), text) {
        Ok((exam, scenario)) => {
            let _ = (space(&exam.variables), defaults(&exam.variables));
            assert!(!scenario.setups.is_empty(), "a scenario without a set-up");
        }
        Err(problems) => {
            assert!(!problems.list().is_empty(), "refused without a reason");
            let lines = text.split('\n').count();
            for problem in problems.list() {
                let line = problem.place.line;
                assert!((1..=lines + 1).contains(&line), "line {line} of {lines}");
            }
            assert!(!problems.to_string().is_empty());
        }
    }
});
