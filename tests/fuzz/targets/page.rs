//! Any text to pages: as a scenario if it is one, else as the text of a cell of a small one.
//!
//! No page runs or loads anything, whatever stands in the scenario. Scenarios that ask for much work
//! are passed over: that they are slow is no finding.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use gradsheet::scenario::{Initial, Scenario, Setup, read};
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format, engine::Effort, render_with};
use libfuzzer_sys::fuzz_target;

#[path = "../../it/harmless.rs"]
mod harmless;

/// The most of anything that a scenario may ask for: iterations, examples, entries, runs.
const MOST: usize = 20;
/// The most lines of a model: enough for what doubles with every line to show.
const LINES: usize = 60;

/// What a cell's text finds around it.
const AROUND: &str = "title: T\nsetups:\n  s:\n    model: |\n      z = w*x + b\n      loss = relu(z)\n    \
    init: {w: 1, b: 2}\n    data: [{x: 3}]\n    iterations: 1\n    \
    optimizers:\n      o: {kind: sgd, learning_rate: 0.5}\ncells:\n";

static TEMPLATES: LazyLock<Templates> =
    LazyLock::new(|| Templates::built_in().expect("the built-in templates are right"));

fuzz_target!(|text: &str| {
    let file = Path::new("absent/s.yaml");
    match read(file, text) {
        Ok(scenario) => render(&scenario),
        Err(_) => {
            let lines = text.split('\n').map(|line| format!("      {line}\n"));
            let block: String = lines.collect();
            let cells = format!(
                "- markdown: |2\n{block}- question: T\n  parts:\n  - ask: |2\n{block}    answers: loss\n    \
                 solution: |2\n{block}"
            );
            if let Ok(scenario) = read(file, &format!("{AROUND}{cells}")) {
                render(&scenario);
            }
        }
    }
});

fn render(scenario: &Scenario) {
    let frames: usize = scenario.frames().iter().map(|frames| frames.list.len()).sum();
    if frames > MOST || scenario.setups.len() > 4 || !scenario.setups.iter().all(is_small) {
        return;
    }
    let effort = Effort { trials: 2, progress: &|_| {} };
    let formats = [Format::Html, Format::Markdown];
    if let Ok(files) = render_with(scenario, &TEMPLATES, &formats, Audience::Both, &effort) {
        for (name, bytes) in files {
            if name.ends_with(".html") {
                harmless::check(std::str::from_utf8(&bytes).expect("a page is text"));
            }
        }
    }
}

fn is_small(setup: &Setup) -> bool {
    let entries: usize = setup.parameters.iter().map(|parameter| entries(&parameter.initial)).sum();
    let cases: usize = setup.experiments.iter().map(|experiment| experiment.cases.len()).sum();
    let passes: usize = setup.batches.iter().map(Vec::len).sum();
    let counts = [setup.runs.len(), setup.batches.len(), passes, cases, entries];
    setup.model.len() <= LINES && counts.iter().all(|&count| count <= MOST)
}

fn entries(initial: &Initial) -> usize {
    match initial {
        Initial::Exact(tensor) => tensor.entries().len(),
        Initial::Filled { counts: (rows, columns), .. } => rows * columns,
        Initial::Drawn { counts, .. } => {
            counts.flatten().map_or(1, |(rows, columns)| rows * columns)
        }
    }
}
