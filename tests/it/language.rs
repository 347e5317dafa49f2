//! A sheet in another language than English: the same numbers, in that language's words and signs.

use gradsheet::scenario::yaml::{self, Data};

use super::shipped::{self, Texts};

/// A scenario of the shipped ones, in German.
fn german(stem: &str, text: &str) -> Texts {
    let text = text.replacen("\ntitle:", "\nlanguage: de\ntitle:", 1);
    let text = if text.starts_with("title:") { format!("language: de\n{text}") } else { text };
    shipped::draft(stem, &text)
}

/// Whether a text has a decimal point in a number.
fn decimal_point(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    (1..bytes.len().saturating_sub(1))
        .find(|&at| {
            bytes[at] == b'.' && bytes[at - 1].is_ascii_digit() && bytes[at + 1].is_ascii_digit()
        })
        .map(|at| {
            let mut from = at.saturating_sub(40);
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (at + 20).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            &text[from..to]
        })
}

const NEURON: &str = "title: Ein Neuron
setups:
  n:
    dimensions: {k: 4}
    shapes: {x: [1, k], W: [k, 1]}
    model: |
      z = x @ W
      h = leaky_relu(z, 0.25)
      loss = half_squared_error(h, 1.5)
    init: {W: {kind: normal, std: 0.05}}
    data: [{x: 0.5}]
    iterations: 3
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.25, clip: {kind: norm, at: 0.75}}
      adam: {kind: adam, learning_rate: 0.125}
    experiments:
      e: {vary: {W.std: [0.01, 0.5]}, trials: 20, measure: [active_fraction.z, activation_std.z]}
cells:
  - question: Frage
    parts:
      - ask: Was?
        answers: [n.sgd.t1.loss: 0.5, n.sgd.t2.loss: 1]
        marks: 1.5
  - narration: n.adam
  - table: iterations
    of: [n.sgd]
  - experiment: n.e
  - plot: sweep
    of: n.e
  - plot: loss
    of: [n.sgd, n.adam]
  - plot: activation
    of: [sigmoid]
";

/// What stands between the tags of a page or a drawing; Markdown as it is.
fn visible(file: &str, text: &str) -> String {
    if file.ends_with(".md") {
        return text.to_owned();
    }
    let text = text.find("<body").map_or(text, |body| &text[body..]);
    // The rules of a drawing and code are in no language.
    let pieces =
        text.split('<').filter(|tag| !tag.starts_with("style") && !tag.starts_with("code"));
    pieces.filter_map(|piece| Some(piece.split_once('>')?.1)).collect::<Vec<_>>().join("\n")
}

#[test]
fn german_numbers_have_a_comma() {
    let files = german("neuron", NEURON);
    for (file, text) in files.iter().filter(|(file, _)| !file.ends_with(".csv")) {
        assert_eq!(decimal_point(&visible(file, text)), None, "{file}");
    }
    let figure = visible("loss.svg", &files["figures/loss-2.svg"]);
    assert!(figure.contains("0,") || figure.contains("1,"), "no decimal comma: {figure}");
}

#[test]
fn german_sheets_speak_german() {
    let english = [
        "The forward pass",
        "the update rule",
        "Solution.",
        "Figure",
        "Table",
        "marks",
        "Estimates",
        "iteration",
        "Iteration 1.*  The",
        "Time:",
        "Assumed",
    ];
    let sheets = german("neuron", NEURON);
    for word in english {
        for file in ["solutions.md", "handout.md"] {
            assert!(!sheets[file].contains(word), "`{word}` in {file}:\n{}", sheets[file]);
        }
    }
    for word in ["Lösung.", "Abbildung", "Tabelle", "Punkte", "Update-Regel von Adam"] {
        assert!(sheets["solutions.md"].contains(word), "no `{word}`:\n{}", sheets["solutions.md"]);
    }
    assert!(sheets["solutions.html"].contains("<html lang=\"de\">"));
}

/// Every language has the phrases of every other one, with the same blanks.
#[test]
fn languages_have_the_same_phrases_and_blanks() {
    let read = |language: &str| -> std::collections::BTreeMap<String, String> {
        let path = shipped::folder(&format!("templates/words/{language}.yaml"));
        let top = yaml::read(&std::fs::read_to_string(path).unwrap()).unwrap();
        let Data::Map(entries) = top.data else { panic!("{language} is no mapping") };
        let text = |node: yaml::Node| node.scalar().unwrap().text.clone();
        entries.into_iter().map(|(key, node)| (key.text, text(node))).collect()
    };
    let blanks = |text: &str| {
        let names = text.split("<<").skip(1).filter_map(|rest| rest.split_once(">>"));
        let mut names: Vec<String> = names.map(|(name, _)| name.trim().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    };
    let (english, german) = (read("en"), read("de"));
    assert!(english.len() > 400);
    let templates = gradsheet::sheet::Templates::built_in().unwrap();
    assert_eq!(templates.languages().collect::<Vec<_>>(), ["de", "en"]);
    for (language, phrases) in [("en", &english), ("de", &german)] {
        assert_eq!(**templates.words(language).unwrap(), *phrases, "{language}");
    }
    assert!(english.keys().eq(german.keys()));
    for (key, text) in &english {
        // A date has its parts too, and a language may order them.
        if key == "site_release" {
            continue;
        }
        assert_eq!(blanks(text), blanks(&german[key]), "{key}");
    }
}
