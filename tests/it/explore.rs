//! Cells with frames: each is the cell of a scenario in which the value is written.

use std::collections::BTreeSet;

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};

use super::shipped::{self, Texts};

fn rendered(text: &str, audience: Audience) -> Texts {
    let templates = Templates::built_in().unwrap();
    let scenario = shipped::read("explore", text);
    let formats = [Format::Markdown, Format::Html];
    shipped::rendered(&scenario, &templates, &formats, audience).unwrap()
}

/// A bowl whose parameter shrinks by `1 - rate` in each step of SGD.
fn bowl(rate: &str, start: &str, cells: &str) -> String {
    format!(
        "title: Bowl
variables:
  alpha: {{choose: [0.25, 0.5], default: 0.5}}
  half: {{expression: \"alpha/2\"}}
setups:
  bowl:
    model: loss = 1/2 * w^2
    init: {{w: {start}}}
    iterations: 3
    optimizers:
      sgd: {{kind: sgd, learning_rate: {rate}}}
      momentum: {{kind: momentum, learning_rate: alpha, beta: half}}
cells:
{cells}"
    )
}

/// The frames of a sheet with one cell, without their indentation, labels apart.
fn frames(markdown: &str) -> Vec<(String, String)> {
    let (_, list) = markdown.split_once("<!-- frames -->\n\n").unwrap();
    let mut frames: Vec<(String, String)> = Vec::new();
    for line in list.lines() {
        match (line.split_once(". "), frames.last_mut()) {
            (Some((number, label)), _) if number.parse::<usize>().is_ok() => {
                frames.push((label.trim().to_owned(), String::new()));
            }
            (_, Some((_, text))) => {
                text.push_str(line.strip_prefix("    ").unwrap_or(line));
                text.push('\n');
            }
            _ => {}
        }
    }
    frames
}

#[test]
fn a_frame_is_the_cell_of_a_scenario_with_that_value() {
    let cells = [
        "table: iterations\n    of: [bowl.sgd, bowl.momentum]",
        "narration: bowl.sgd",
        "markdown: \"$w = << bowl.sgd.t3.w | tex >>$\"",
    ];
    for cell in cells {
        let explored =
            format!("  - {cell}\n    explore: {{learning_rate: [0.1, \"2\"], w: [1, 5]}}\n");
        let markdown = &rendered(&bowl("9", "7", &explored), Audience::Solutions)["solutions.md"];
        let found = frames(markdown);
        let values = [("0.1", "1"), ("0.1", "5"), ("2", "1"), ("2", "5")];
        assert_eq!(found.len(), values.len());
        for ((label, text), (rate, start)) in found.iter().zip(values) {
            assert_eq!(label, &format!(r"$\alpha = {rate}$, $w = {start}$"));
            // The same value for both runs, as the explored option is one of both.
            let written = bowl(rate, start, &format!("  - {cell}\n"))
                .replace("alpha, beta", &format!("{rate}, beta"));
            let alone = &rendered(&written, Audience::Solutions)["solutions.md"];
            let (_, alone) = alone.split_once("*Worked solutions*\n").unwrap();
            assert_eq!(text.trim(), alone.trim(), "{label}");
        }
    }
}

#[test]
fn frames_hold_what_a_hand_computes() {
    // w shrinks by 1 - rate: by 1/2, to and fro, by -2.
    let cell = "  - plot: parameters\n    of: [sgd]\n    explore: {learning_rate: [0.5, 2, 3]}\n";
    let files = rendered(&bowl("9", "1", cell), Audience::Solutions);
    let table = [
        ("figures/parameters-1-1.csv", "0,1\n1,0.5\n2,0.25\n3,0.125\n"),
        ("figures/parameters-1-2.csv", "0,1\n1,-1\n2,1\n3,-1\n"),
        ("figures/parameters-1-3.csv", "0,1\n1,-2\n2,4\n3,-8\n"),
    ];
    for (name, rows) in table {
        assert_eq!(files[name], format!("iteration t,w\n{rows}"), "{name}");
    }
    // One range for all: the first figure too reaches down to -8.
    assert!(files["figures/parameters-1-1.svg"].contains(">−5</text>"));
}

#[test]
fn a_variable_takes_what_follows_from_it_along() {
    let cell = "  - markdown: \"<< alpha | tex >>, << half | tex >>, << bowl.momentum.beta | tex >>\"\n    explore: {alpha: [0.4, \"1/3\"]}\n";
    let markdown = &rendered(&bowl("1", "1", cell), Audience::Handout)["handout.md"];
    let texts: Vec<String> = frames(markdown).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts[0].trim(), "0.4, 0.2, 0.2");
    assert_eq!(texts[1].trim(), r"\frac{1}{3}, \frac{1}{6}, \frac{1}{6}");
}

#[test]
fn frames_stand_where_their_cell_would() {
    let cells = "  - plot: loss\n    of: [sgd]\n    explore: {learning_rate: [0.5, 1]}\n  - plot: loss\n    of: [sgd]\n    audience: both\n";
    let handout = rendered(&bowl("1", "1", cells), Audience::Handout);
    assert!(!handout["handout.md"].contains("frames"));
    let names: Vec<&str> =
        handout.keys().map(String::as_str).filter(|name| name.ends_with("svg")).collect();
    // What is hidden counts as one figure.
    assert_eq!(names, ["figures/loss-2.svg"]);
}

#[test]
fn groups_of_frames_have_identifiers_of_their_own() {
    let cell = "  - narration: bowl.sgd\n    explore: {learning_rate: [0.5, 1]}\n";
    let page = &rendered(&bowl("1", "1", &cell.repeat(2)), Audience::Solutions)["solutions.html"];
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let different: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(different.len(), ids.len(), "{ids:?}");
    assert_eq!(page.matches("name=\"frames1\"").count(), 2);
    assert_eq!(page.matches("name=\"frames2\"").count(), 2);
    assert_eq!(page.matches(" checked>").count(), 2);
}

#[test]
fn an_author_s_comment_is_text() {
    let cell = "  - markdown: |\n      <!-- frames -->\n\n      1. a\n\n      2. b\n";
    let page = &rendered(&bowl("1", "1", cell), Audience::Handout)["handout.html"];
    assert!(page.contains("&lt;!-- frames --&gt;") && !page.contains("<input"), "{page}");
}
