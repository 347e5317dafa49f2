//! The handout's promise: it holds nothing of a solution.
//!
//! (a) Whatever stands in `solution`, `answers` and `mistakes`, the handout's bytes are the
//!     same.
//! (b) No value of four or more significant digits that only the worked solutions know
//!     stands anywhere in the handout's files, or in their names.

use std::collections::BTreeSet;

use gradsheet::engine;
use gradsheet::sheet::Templates;
use gradsheet::trace::json;
use gradsheet::{Audience, Format};
use serde_yaml::Value;

use super::shipped::{self, Texts};

/// A scenario with a cell of every kind that shows results, and answers of many digits.
pub(crate) const EVERYTHING: &str = r"
title: Everything
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = sigmoid(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 0.7, b: -1.3}
    data: [{x: 3, y: 0}, {x: -3, y: 1}]
    batches: [[1], [2]]
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.3}
      adam: {kind: adam, learning_rate: 0.3}
cells:
  - plot: trajectory
    of: [neuron.sgd, neuron.adam]
  - code: numpy
    of: [neuron.adam]
  - code: pytorch
    audience: both
  - question: Steps
    setup: neuron
    text: Two optimizers.
    parts:
      - given: [parameters, forward]
        at: sgd.t1
      - ask: One step of SGD?
        solution: |
          The weight goes to $<< sgd.t1.w | decimal(places=6) >>$.

          $$ w - \alpha g $$ {#worked}

          So says [](#worked).
        answers: [sgd.t1.w, sgd.t1.b]
        marks: 2
        space: 4cm
      - plot: loss
        of: [sgd]
      - ask: Two steps of Adam?
        given: {show: [state, gradient], at: adam.t1}
        answers: [adam.t1.w, adam.t2.u.w, adam.t2.w]
        mistakes:
          - sgd_instead
          - {kind: old_state, remark: 'Not $<< adam.t1.w | decimal(places=7) >>$.'}
          - custom: {optimizer: {kind: adam, bias_correction: false}}
            remark: As in the other lecture.
      - table: iterations
        of: [adam]
  - question: Without parts
    setup: neuron
    text: And the loss?
    solution: It is $<< adam.t2.loss | tex >>$.
    answers: [adam.t2.loss]
    label: alone
  - markdown: |
      $$ a = b $$ {#later}

      See [](#later) and [](#alone).
  - narration: neuron.adam
  - markdown: Only for markers, $<< neuron.sgd.t2.w | scientific >>$.
    audience: solutions
";

fn scenarios() -> Vec<(String, String)> {
    let mut list = shipped::scenarios();
    list.push(("everything".into(), EVERYTHING.into()));
    list
}

fn all(stem: &str, text: &str) -> Texts {
    markdown(stem, text, Audience::Both)
}

#[track_caller]
fn paper(stem: &str, text: &str, audience: Audience) -> Texts {
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    shipped::render_for(stem, text, &templates, &formats, audience)
}

/// The same without the page, which is made from the Markdown.
#[track_caller]
fn markdown(stem: &str, text: &str, audience: Audience) -> Texts {
    let templates = Templates::built_in().unwrap();
    shipped::render_for(stem, text, &templates, &[Format::Markdown], audience)
}

/// Goes through every mapping below `cells`.
fn each_cell(yaml: &mut Value, change: &mut dyn FnMut(&mut serde_yaml::Mapping)) {
    match yaml {
        Value::Mapping(map) => {
            change(map);
            map.iter_mut().for_each(|(_, inner)| each_cell(inner, change));
        }
        Value::Sequence(list) => list.iter_mut().for_each(|inner| each_cell(inner, change)),
        _ => {}
    }
}

/// The scenario with its cells changed, written anew.
fn changed(text: &str, change: &mut dyn FnMut(&mut serde_yaml::Mapping)) -> String {
    let mut yaml: Value = serde_yaml::from_str(text).unwrap();
    if let Some(cells) = yaml.get_mut("cells") {
        each_cell(cells, change);
    }
    serde_yaml::to_string(&yaml).unwrap()
}

/// The path of the first parameter of the first run, as `answers` name it; a scenario may
/// have no runs.
fn some_answer(text: &str, t: usize) -> Option<String> {
    let yaml: Value = serde_yaml::from_str(text).unwrap();
    let mut setups = yaml["setups"].as_mapping().unwrap().iter();
    let (setup, body) = setups.find(|(_, body)| {
        body.get("optimizers").is_some() && body.get("start_iteration").is_none()
    })?;
    let first = |key: &str| {
        let (name, _) = body[key].as_mapping().unwrap().iter().next().unwrap();
        name.as_str().unwrap().to_owned()
    };
    Some(format!("{}.{}.t{t}.{}", setup.as_str().unwrap(), first("optimizers"), first("init")))
}

fn answers_of<const N: usize>(paths: [&Option<String>; N]) -> Vec<Value> {
    paths.into_iter().flatten().cloned().map(Value::from).collect()
}

#[test]
fn writing_a_scenario_anew_changes_nothing() {
    // What the next test builds on: reading and writing the YAML is neutral by itself.
    for (stem, text) in scenarios() {
        let again = changed(&text, &mut |_| {});
        assert_ne!(again, text, "{stem}: comments at least are lost on the way");
        assert!(all(&stem, &again) == all(&stem, &text), "{stem}");
    }
}

/// Each solution that an author wrote, long or short, stands on the solutions, and only there.
#[test]
fn written_solutions_stand_on_the_solutions() {
    let mut count = 0;
    for (stem, text) in shipped::scenarios() {
        let mut written = Vec::new();
        let mut yaml: Value = serde_yaml::from_str(&text).unwrap();
        each_cell(&mut yaml, &mut |cell| {
            if let Some(solution) = cell.get("solution").and_then(Value::as_str) {
                let begin = solution.split("<<").next().unwrap().split("[](").next().unwrap();
                written.push(begin.trim().to_owned());
            }
        });
        let solutions = &markdown(&stem, &text, Audience::Solutions)["solutions.md"];
        let flat = solutions.replace("\n> ", " ");
        for solution in written {
            let first = solution.split("\n\n").next().unwrap_or_default();
            let begin: String = first.replace('\n', " ").chars().take(60).collect();
            assert!(flat.contains(begin.trim()), "{stem} lacks `{begin}`");
            count += 1;
        }
    }
    assert!(count >= 3, "no shipped scenario has a written solution");
}

#[test]
fn solutions_and_answers_leave_no_trace_in_the_handout() {
    for (stem, text) in scenarios() {
        let before = paper(&stem, &text, Audience::Handout);
        let solutions = markdown(&stem, &text, Audience::Solutions);
        let mut count = 0;
        let (first, last) = (some_answer(&text, 0), some_answer(&text, 1));
        type Change<'a> = Box<dyn FnMut(&mut serde_yaml::Mapping) + 'a>;
        let replaced: Change<'_> = Box::new(|map| {
            for (key, value) in [
                ("solution", Value::from("Something else, at $x = 12345$.\n")),
                ("answers", Value::Sequence(answers_of([&last, &first]))),
                ("mistakes", Value::Sequence(vec!["sign_slip".into()])),
            ] {
                if map.contains_key(key) {
                    map.insert(key.into(), value);
                    count += 1;
                }
            }
        });
        let removed: Change<'_> = Box::new(|map| {
            map.remove("solution");
            map.remove("answers");
            map.remove("mistakes");
        });
        let added: Change<'_> = Box::new(|map| {
            if map.contains_key("ask") {
                let value = last.as_ref().map_or("1".into(), |last| format!("<< {last} | tex >>"));
                map.insert("solution".into(), format!("${value}$").into());
                map.insert("answers".into(), Value::Sequence(answers_of([&first, &last])));
                if last.is_some() {
                    map.insert("mistakes".into(), Value::Sequence(vec!["sign_slip".into()]));
                }
            }
        });
        for (name, mut change) in [("replaced", replaced), ("removed", removed), ("added", added)] {
            let other = changed(&text, &mut change);
            let after = paper(&stem, &other, Audience::Handout);
            assert!(before.keys().eq(after.keys()), "{stem}, {name}: other files");
            for (file, text) in &before {
                assert!(after[file] == *text, "{stem}, {name}: {file} differs");
            }
            // The change is not lost on the way: it reaches the other paper.
            let told = markdown(&stem, &other, Audience::Solutions) != solutions;
            let asks = text.contains("ask:");
            assert_eq!(told, asks, "{stem}, {name}: the solutions");
        }
        assert!(count > 0 || !text.contains("solution:"), "{stem}: nothing was replaced");
    }
}

/// A positive decimal by its digits, without zeros at either end: 0.350 is (35, -1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Digits {
    digits: String,
    /// The power of ten of the first digit.
    exponent: i64,
}

impl Digits {
    fn new(whole: &str, fraction: &str, power: i64) -> Self {
        let all = format!("{whole}{fraction}");
        let zeros = all.len() - all.trim_start_matches('0').len();
        let length = i64::try_from(whole.len()).unwrap();
        Self {
            digits: all.trim_matches('0').to_owned(),
            exponent: length - 1 - i64::try_from(zeros).unwrap() + power,
        }
    }

    fn is_long(&self) -> bool {
        self.digits.len() >= 4
    }

    /// Whether these digits are the other's, or what the other rounds to.
    fn is_rounding_of(&self, other: &Self) -> bool {
        let count = self.digits.len();
        if self == other {
            return true;
        }
        if other.digits.len() <= count {
            return false;
        }
        let (kept, rest) = other.digits.split_at(count);
        let up = rest.as_bytes()[0] >= b'5';
        let rounded: u128 = kept[..count.min(30)].parse::<u128>().unwrap() + u128::from(up);
        let rounded = rounded.to_string();
        let carried = i64::from(rounded.len() > count.min(30));
        rounded.trim_end_matches('0') == &self.digits[..count.min(30)]
            && self.exponent == other.exponent + carried
    }
}

/// Every number of a text; signs are left out, an exponent `e-8` belongs to it.
fn numbers(text: &str) -> BTreeSet<Digits> {
    let letters: Vec<char> = text.chars().collect();
    let digits = |from: usize| -> String {
        letters[from.min(letters.len())..].iter().take_while(|c| c.is_ascii_digit()).collect()
    };
    let mut found = BTreeSet::new();
    let mut index = 0;
    while index < letters.len() {
        if !letters[index].is_ascii_digit() {
            index += 1;
            continue;
        }
        let whole = digits(index);
        index += whole.len();
        let mut fraction = String::new();
        if letters.get(index) == Some(&'.') {
            fraction = digits(index + 1);
            index += if fraction.is_empty() { 0 } else { 1 + fraction.len() };
        }
        let mut power = 0;
        if letters.get(index) == Some(&'e') {
            let sign = usize::from(letters.get(index + 1) == Some(&'-'));
            let exponent = digits(index + 1 + sign);
            if let (Ok(size), true) = (exponent.parse::<i64>(), exponent.len() < 6) {
                power = if sign == 1 { -size } else { size };
                index += 1 + sign + exponent.len();
            }
        }
        found.insert(Digits::new(&whole, &fraction, power));
    }
    found.retain(|number| !number.digits.is_empty());
    found
}

/// The long values that only the worked solutions know.
///
/// What both papers may say is found without the handout: it is the solutions paper of
/// the scenario without its solutions, its answers and its cells for markers alone.
fn secrets(stem: &str, text: &str) -> BTreeSet<Digits> {
    let bare = without_solutions(text);
    // Who writes a number outside a solution gives it away.
    let mut shared = numbers(&bare);
    for content in paper(stem, &bare, Audience::Solutions).values() {
        shared.extend(numbers(content));
    }
    let full = paper(stem, text, Audience::Solutions);
    let trace = engine::execute(&shipped::read(stem, text)).unwrap();
    let mut known = numbers(&full["solutions.md"]);
    known.extend(numbers(&json::trace(&trace).unwrap().to_string()));
    known.retain(|number| {
        number.is_long()
            && !shared.iter().any(|public| public.is_long() && public.is_rounding_of(number))
    });
    known
}

fn without_solutions(text: &str) -> String {
    let mut yaml: Value = serde_yaml::from_str(text).unwrap();
    if yaml.get("cells").is_none() {
        // The default sheet's narration, plots and tables are results; its rules are not.
        yaml["cells"] = Value::Sequence(Vec::new());
    }
    prune(&mut yaml["cells"]);
    serde_yaml::to_string(&yaml).unwrap()
}

fn prune(yaml: &mut Value) {
    if let Value::Sequence(list) = yaml {
        list.retain(|cell| {
            let result = ["plot", "table", "narration"].iter().any(|kind| cell.get(kind).is_some());
            let audience = cell.get("audience").and_then(Value::as_str);
            audience != Some("solutions") && (audience.is_some() || !result)
        });
        list.iter_mut().for_each(prune);
    } else if let Value::Mapping(map) = yaml {
        map.remove("solution");
        map.remove("answers");
        map.remove("mistakes");
        if let Some(parts) = map.get_mut("parts") {
            prune(parts);
        }
    }
}

/// Where secrets stand in the files of a handout, their names included.
fn leaks(handout: &Texts, secrets: &BTreeSet<Digits>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, content) in handout {
        for (place, text) in [("the name of", name), ("the text of", content)] {
            for number in numbers(text).iter().filter(|number| number.is_long()) {
                if secrets.iter().any(|secret| number.is_rounding_of(secret)) {
                    found.push(format!("{} in {place} {name}", number.digits));
                }
            }
        }
    }
    found
}

#[test]
fn no_long_value_of_a_solution_stands_in_the_handout() {
    let mut count = 0;
    for (stem, text) in scenarios() {
        let secrets = secrets(&stem, &text);
        count += secrets.len();
        let found = leaks(&paper(&stem, &text, Audience::Handout), &secrets);
        assert!(found.is_empty(), "{stem}: {found:#?}");
    }
    assert!(count > 50, "only {count} values were looked for");
}

#[test]
fn a_leak_is_found_wherever_it_is() {
    let secrets = secrets("everything", EVERYTHING);
    let handout = paper("everything", EVERYTHING, Audience::Handout);
    assert!(handout.contains_key("handout.html") && leaks(&handout, &secrets).is_empty());
    let secret = secrets.iter().find(|number| number.digits.len() > 20).unwrap();
    // Five digits of it, cut off: as likely to be the rounded ones as not, so try both.
    let shown = |count: usize| {
        let kept: u64 = secret.digits[..count].parse().unwrap();
        [kept, kept + 1].map(|digits| format!("0.{digits}e{}", secret.exponent + 1))
    };
    for count in [4, 5, 9] {
        let found = shown(count).map(|text| {
            let places: [(&str, String); 4] = [
                ("handout.md", format!("w is {text}.")),
                ("handout.html", format!("<!-- {text} -->")),
                ("figures/loss-1.svg", format!("<svg><desc>from {text} on</desc></svg>")),
                (&format!("figures/{text}.svg"), String::new()),
            ]
            .map(|(name, leak)| (Box::leak(name.to_owned().into_boxed_str()) as &str, leak));
            places.map(|(name, leak)| {
                let mut copy = handout.clone();
                copy.entry(name.to_owned()).or_default().push_str(&leak);
                leaks(&copy, &secrets).len()
            })
        });
        let [cut, raised] = found;
        assert!(cut == [1; 4] || raised == [1; 4], "{count} digits: {found:?}");
    }
}

#[test]
fn numbers_are_read_by_value() {
    let digits = |text: &str| numbers(text).into_iter().next().unwrap();
    // Left is printed, right is the value: does left give right away?
    let table = [
        ("0.3536", "0.35355339059327376", true),
        ("0.3535", "0.35355339059327376", false),
        ("0.35355", "0.35355339059327376", true),
        ("3.536e-1", "0.35355339059327376", true),
        ("3.536", "0.35355339059327376", false),
        ("-0.3536", "0.35355339059327376", true),
        ("1234", "1234", true),
        ("1234.5", "1234.5", true),
        ("1234.5", "1234", false),
    ];
    for (printed, value, expected) in table {
        assert_eq!(digits(printed).is_rounding_of(&digits(value)), expected, "{printed} {value}");
    }
}
