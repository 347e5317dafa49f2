//! What `gradsheet check` says about each scenario in `fixtures/invalid`, one a rule.
//!
//! The first line of a fixture states the rule that it breaks. The snapshots hold the
//! full text; a change to one is read as carefully as a change to the code.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use gradsheet::scenario;

use super::{handout, shipped};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/invalid")
}

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // Beside them is the folder with data files that some of them name.
    names.retain(|name| name.ends_with(".yaml"));
    names.sort();
    names
}

/// Runs `gradsheet check` where the fixtures are, so that messages hold no path of a machine.
fn check(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
    command.arg("check").args(arguments).current_dir(folder());
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn broken_scenarios_are_refused_in_these_words() {
    let names = names();
    assert!(names.len() >= 60, "the fixtures are gone");
    let mut wrong = Vec::new();
    for name in &names {
        let output = check(&[name]);
        let said = text(&output.stderr);
        let placed = said.strip_prefix(&format!("{name}:")).is_some_and(begins_with_a_place);
        if output.status.code() != Some(2) {
            wrong.push(format!("{name}: status {}, not 2", output.status));
        }
        if !placed {
            wrong.push(format!("{name}: no line and column in: {said}"));
        }
        if !output.stdout.is_empty() {
            wrong.push(format!("{name}: standard output holds {}", text(&output.stdout)));
        }
        if said.contains("panicked") {
            wrong.push(format!("{name}: a panic: {said}"));
        }
        insta::assert_snapshot!(name.trim_end_matches(".yaml"), said);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `3:14: …`, each number at least 1.
fn begins_with_a_place(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let mut number =
        || parts.next().and_then(|digits| digits.parse::<usize>().ok()).is_some_and(|n| n > 0);
    number() && number() && text.splitn(3, ':').nth(2).is_some_and(|rest| rest.starts_with(' '))
}

#[test]
fn a_place_is_a_line_and_a_column() {
    let table = [("3:14: no", true), ("3: no", false), ("0:1: no", false), (" no", false)];
    for (text, expected) in table {
        assert_eq!(begins_with_a_place(text), expected, "{text}");
    }
}

/// Nearly every fixture is one slip away from this scenario, about which nothing is said.
#[test]
fn the_scenario_behind_the_fixtures_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("right.yaml");
    std::fs::write(&path, RIGHT).unwrap();
    let output = check(&[path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

const RIGHT: &str = "title: One neuron
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: -1}
    data: [{x: 3, y: 0}, {x: -3, y: 0}]
    batches: [[1], [2]]
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
cells:
  - question: One step
    parts:
      - ask: Carry out the first step.
        answers: [sgd.t1.w]
";

#[test]
fn every_fixture_states_its_rule_and_none_repeats_another() {
    let mut seen: Vec<(String, String)> = Vec::new();
    for name in names() {
        let content = std::fs::read(folder().join(&name)).unwrap();
        let content = String::from_utf8_lossy(&content);
        let (rule, rest) = content.split_once('\n').unwrap();
        assert!(rule.starts_with("# ") && rule.ends_with('.'), "{name} states no rule: {rule}");
        if let Some((other, _)) = seen.iter().find(|(_, text)| text == rest) {
            panic!("{name} repeats {other}");
        }
        seen.push((name, rest.to_owned()));
    }
}

/// Whatever is deleted from a scenario or stands where it should not, either the scenario
/// still passes or something is said, at a place within the text.
#[test]
fn no_refusal_is_silent() {
    let wrong = ["null", "-0.5", "word", "[]", "{}", "[1]", "{a: 1}"];
    let wrong = wrong.map(|text| serde_yaml::from_str::<serde_yaml::Value>(text).unwrap());
    let mut refused = 0;
    let everything = ("everything".to_owned(), handout::EVERYTHING.to_owned());
    let mut scenarios = shipped::scenarios();
    // The long one takes long, and has no key that these don't.
    scenarios.retain(|(_, text)| text.len() < 4000);
    for (stem, text) in scenarios.into_iter().chain([everything]) {
        let yaml: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        let mut places = Vec::new();
        each_place(&yaml, &mut Vec::new(), &mut places);
        for place in places {
            for new in std::iter::once(None).chain(wrong.iter().map(Some)) {
                let mut other = yaml.clone();
                change(&mut other, &place, new);
                let text = serde_yaml::to_string(&other).unwrap();
                let Err(problems) = scenario::read(Path::new(&stem), &text) else { continue };
                refused += 1;
                let said = format!("{stem}: {place:?} as {new:?}: {problems}");
                assert!(!problems.list().is_empty(), "a silent refusal: {said}");
                for problem in problems.list() {
                    assert!(!problem.message.is_empty(), "{said}");
                    let line = text.lines().nth(problem.place.line - 1);
                    assert!(line.is_some() && problem.place.column > 0, "nowhere: {said}");
                }
            }
        }
    }
    assert!(refused > 500, "only {refused} scenarios were refused");
}

/// The way to every value: keys, and numbers of list elements.
fn each_place(yaml: &serde_yaml::Value, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let inner: Vec<(Step, &serde_yaml::Value)> = match yaml {
        serde_yaml::Value::Mapping(map) => {
            let key = |key: &serde_yaml::Value| Step::Key(key.as_str().unwrap().to_owned());
            map.iter().map(|(name, value)| (key(name), value)).collect()
        }
        serde_yaml::Value::Sequence(list) => {
            list.iter().enumerate().map(|(index, value)| (Step::Element(index), value)).collect()
        }
        _ => Vec::new(),
    };
    for (step, value) in inner {
        way.push(step);
        found.push(way.clone());
        each_place(value, way, found);
        way.pop();
    }
}

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Element(usize),
}

/// Puts another value at a place, or deletes what is there.
fn change(yaml: &mut serde_yaml::Value, way: &[Step], new: Option<&serde_yaml::Value>) {
    let [step, rest @ ..] = way else { return };
    let inner = match step {
        Step::Key(key) => &mut yaml[key.as_str()],
        Step::Element(index) => &mut yaml[*index],
    };
    match (rest, new) {
        ([_, ..], _) => change(inner, rest, new),
        ([], Some(new)) => *inner = new.clone(),
        ([], None) => match (yaml, step) {
            (serde_yaml::Value::Mapping(map), Step::Key(key)) => drop(map.remove(key.as_str())),
            (serde_yaml::Value::Sequence(list), Step::Element(index)) => drop(list.remove(*index)),
            _ => {}
        },
    }
}

#[test]
fn several_problems_are_reported_at_once() {
    let output = check(&["--format", "json", "several_problems.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Counted by hand in the file: an unknown function, a number that no YAML agrees on,
    // an example 9 of 2, a decay rate of 1, a misspelt key; in the order of the file.
    let expected = [
        (7, 15, "rleu"),
        (9, 15, "1_000"),
        (11, 21, "9"),
        (13, 53, "[0, 1)"),
        (14, 5, "optimisers"),
    ];
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), expected.len(), "{list:#?}");
    for (found, (line, column, word)) in list.iter().zip(expected) {
        assert_eq!(found["line"], line, "{found}");
        assert_eq!(found["column"], column, "{found}");
        assert!(found["message"].as_str().unwrap().contains(word), "{found}");
    }
}

#[test]
fn broken_scenarios_are_all_named_in_one_run() {
    let names = ["title_missing.yaml", "batch_is_empty.yaml", "formula_ends_too_early.yaml"];
    let output = check(&names);
    assert_eq!(output.status.code(), Some(2));
    for name in names {
        assert!(text(&output.stderr).contains(&format!("{name}:")), "{name} is not named");
    }
}

/// Runs the binary in a folder with these files and gives what it says, after status 2.
fn refused(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
    let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

const COURSE: &str = "titel: A course
language: [en]
order: [rihgt.yaml, right.yaml, right.yaml]
exclude: notes
base: example.org
theme: {accent: blue, accent_dark: '#111111', accents: red}
paper: {size: a3}
";

#[test]
fn a_broken_course_file_is_refused_in_these_words() {
    let files = [("gradsheet.yaml", COURSE), ("right.yaml", RIGHT)];
    insta::assert_snapshot!("course_file", refused(&files, &["site", "."]));
}

const PAGE: &str = "# Notes

A formula $\\frc{1}{2}$, and $a = b without an end.

See [](right.yaml#nothing), [this](absent.md), [that](../up.md) and [](right.yaml).

![](plot.png) ![a plot](plot.png) ![a plot](https://example.org/plot.png) ![a text](right.yaml)

See [](#nowhere).
";

#[test]
fn a_broken_page_of_a_course_is_refused_in_these_words() {
    let files = [("notes.md", PAGE), ("right.yaml", RIGHT)];
    insta::assert_snapshot!("course_page", refused(&files, &["site", "."]));
}

#[test]
fn broken_templates_are_refused_in_these_words() {
    let table = [
        ("template_filter", "block.md", "{{ title | uper }}\n"),
        ("template_name", "block.md", "A line.\n{{ wrds.note }}\n"),
        ("template_block", "block.md", "{% if words %}\n"),
        ("words_misspelt", "words/en.yaml", "solutons_note: For markers\nundefined: [none]\n"),
        ("words_no_yaml", "words/en.yaml", "solutions_note: \"For markers\n"),
        ("words_missing", "words/eo.yaml", "solutions_note: Nur por korektantoj\n"),
    ];
    for (name, file, content) in table {
        let file = format!("mine/{file}");
        let files = [("right.yaml", RIGHT), (file.as_str(), content)];
        let said = refused(&files, &["check", "--templates", "mine", "right.yaml"]);
        insta::assert_snapshot!(format!("folder_{name}"), said);
    }
}
