//! The catalogue's page: as it is committed, as a reader sees it, and its examples.

use gradsheet::publish::formula_problems;
use gradsheet::reference::{self, Style};
use gradsheet::trace::json;
use gradsheet::{engine, scenario};

use super::shipped;

fn page() -> String {
    reference::overview(Style::Markdown)
}

#[test]
fn the_committed_page_is_the_one_that_list_prints() {
    let committed = include_str!("../../src/reference/catalogue.md");
    let page = reference::overview(Style::CommonMark);
    let differ = committed.lines().zip(page.lines()).find(|(old, new)| old != new);
    assert!(
        committed == page,
        "the page is not that of the catalogue any more: {differ:?}; after a look at the \
         difference, `cargo run -- list --format commonmark > catalogue.md`, and \
         `mv catalogue.md src/reference/`"
    );
}

#[test]
fn every_formula_of_the_page_can_be_set() {
    let page = page();
    assert_eq!(formula_problems(&page), []);
    assert!(page.matches("$$\n\\begin{aligned}").count() > 80, "the formulas are gone");
}

/// The fenced blocks of the page in one language.
fn blocks(language: &str) -> Vec<String> {
    let page = page();
    let fence = format!("```{language}\n");
    let blocks = page.split(&fence).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A scenario with the example in its place.
fn around(example: &str) -> String {
    let key = example.split(':').next().unwrap();
    let indented: String = example.lines().map(|line| format!("    {line}\n")).collect();
    let optimizers = match key {
        "optimizers" => "",
        _ if example.contains("inside") => {
            "    optimizers:\n      o: {kind: lamb, learning_rate: 0.1}\n"
        }
        _ => "    optimizers:\n      o: {kind: sgd, learning_rate: 0.1}\n",
    };
    let data = if key == "data" { "" } else { "    data: [{x: [1, 2], y: 1}]\n" };
    format!(
        "title: Example
setups:
  s:
    model: |
      loss = half_squared_error(x @ W, y)
    shapes: {{x: [1, 2], W: [2, 1], y: [1, 1]}}
    init: {{W: 1}}
    iterations: 2
{data}{optimizers}{indented}"
    )
}

#[test]
fn every_example_of_the_page_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("points.csv"), "x.c1,x.c2,y.c1\n1,2,1\n").unwrap();
    let examples = blocks("yaml");
    assert!(examples.len() > 20, "{examples:?}");
    for example in examples {
        let text = around(&example);
        if let Err(problems) = scenario::read(&folder.path().join("example.yaml"), &text) {
            panic!("{problems}\n{text}");
        }
    }
}

/// The example of a rule of one's own is momentum in the form of a running mean.
#[test]
fn the_example_of_a_rule_is_momentum() {
    let examples = blocks("yaml");
    let custom = examples.iter().find(|example| example.starts_with("optimizers")).unwrap();
    let other = "optimizers:\n  mine: {kind: momentum, learning_rate: 0.1, beta: 0.9}\n";
    let [own, known] = [custom.as_str(), other].map(|optimizers| {
        let trace = engine::execute(&shipped::read("example", &around(optimizers))).unwrap();
        json::trace(&trace).unwrap()["setups"]["s"]["runs"]["mine"]["iterations"].clone()
    });
    assert!(own[2]["parameters"]["W"].is_array());
    for t in 0..3 {
        assert_eq!(own[t]["parameters"], known[t]["parameters"]);
        assert_eq!(own[t]["state"], known[t]["state"]);
    }
}
