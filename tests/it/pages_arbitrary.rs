//! Texts that nobody wrote, in every place of a scenario that a page shows: no panic, and nothing that
//! runs or loads.

use std::path::Path;

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format, render, scenario};
use proptest::prelude::*;

use crate::harmless;

/// Pieces that mean something to Markdown, to formulas, to templates or to a browser.
const PIECES: [&str; 52] = [
    "a",
    " ",
    "\n",
    "\n\n",
    "# ",
    "> ",
    "- ",
    "1. ",
    "    ",
    "*",
    "**",
    "`",
    "```",
    "```space 5cm\n",
    "> [!NOTE]\n> ",
    "<!-- frames -->\n",
    "<!-- ",
    " -->",
    "| a | b |\n|---|---|\n| ",
    " | ",
    "[^1]",
    "[^1]: ",
    "[a](",
    "![a](figures/",
    "![",
    "](",
    ")",
    " \"",
    "\" onload=\"b",
    "' onload='b",
    "javascript:alert(1)",
    "jAvAsCrIpT&colon;",
    "data:text/html,",
    "<script>",
    "</script>",
    "<img src=x onerror=a>",
    "<svg onload=a>",
    "</title>",
    "</style>",
    "&lt;",
    "&#106;",
    "$",
    "$$",
    "\\text{<script>}",
    "\\frac{1}{",
    "}",
    "\\tag{\"><script>}",
    "{#a}",
    "<< loss >>",
    "<< ",
    " >>",
    "\u{2028}",
];

/// A scenario with a text in its title, its cells and its names for a page's head.
fn with(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    format!(
        "title: {quoted}\nsubtitle: {quoted}\ncourse: {quoted}\nauthors: [{quoted}]\n\
         license: {quoted}\ntags: [{quoted}]\nsetups:\n  s:\n    model: |\n      \
         loss = relu(w*x)\n    init: {{w: 1}}\n    data: [{{x: 3}}]\n    iterations: 1\n    \
         optimizers:\n      o: {{kind: sgd, learning_rate: 0.5}}\ncells:\n- markdown: {quoted}\n\
         - callout: note\n  text: {quoted}\n- question: {quoted}\n  text: {quoted}\n  \
         parts:\n  - ask: {quoted}\n    answers: [o.t1.loss]\n    solution: {quoted}\n"
    )
}

/// Renders what can be rendered, and looks at the pages. Whether there were any.
fn check(text: &str) -> bool {
    let Ok(scenario) = scenario::read(Path::new("absent/s.yaml"), text) else { return false };
    let templates = Templates::built_in().unwrap();
    let Ok(files) = render(&scenario, &templates, &[Format::Html], Audience::Both) else {
        return false;
    };
    for page in files.values() {
        harmless::check(std::str::from_utf8(page).unwrap());
    }
    true
}

#[test]
fn a_plain_text_is_rendered_in_all_places() {
    assert!(check(&with("Plain & <simple>")));
    assert!(check(&with("<script>alert(1)</script> [a](javascript:alert(1))")));
}

proptest! {
    // A page takes milliseconds, so that there are fewer cases than elsewhere.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases / 4,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_row_of_pieces_runs(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..12),
    ) {
        check(&with(&pieces.concat()));
    }

    #[test]
    fn no_text_runs(text in "[ -~]{0,60}") {
        check(&with(&text));
    }
}
