//! Random scenarios against a second implementation: `fixtures/random/make.py`, with
//! fractions, mpmath and forward-mode derivatives.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::witness::{self, decimal, fixtures, fraction, read, rounded};

/// The expected text of a value (see `make.py`) against a value of the trace.
fn compare(expected: &Json, found: Option<&Json>) -> Result<(), String> {
    let found = found.ok_or("there is no such value")?;
    let Some(expected) = expected.as_str() else {
        let undefined = found["undefined"].as_str().is_some_and(|cause| !cause.is_empty());
        return if undefined { Ok(()) } else { Err(format!("{found} should be undefined")) };
    };
    let value = witness::value(found)?;
    let wrong = || Err(format!("{found} should be {expected}"));
    if let Some(digits) = expected.strip_prefix('=') {
        let same = value.exact.is_some() && decimal(digits).as_ref() == Some(&value.decimal);
        return if same { Ok(()) } else { wrong() };
    }
    if let Some(digits) = expected.strip_prefix('~') {
        let expected = decimal(digits).ok_or("the fixture is broken")?;
        let found = value.exact.map_or(value.decimal, |exact| rounded(&exact, witness::DIGITS));
        return if found == expected { Ok(()) } else { wrong() };
    }
    if fraction(expected) == value.exact { Ok(()) } else { wrong() }
}

/// Values in the order of their names.
fn all(names: &[Json], expected: &Json, found: &Json, what: &str, faults: &mut Vec<String>) {
    let names = names.iter().filter_map(Json::as_str);
    for (name, expected) in names.zip(expected.as_array().unwrap()) {
        if let Err(fault) = compare(expected, found.get(name)) {
            faults.push(format!("{what}{name}: {fault}"));
        }
    }
}

fn branches(expected: &Json, found: &Json, what: &str, faults: &mut Vec<String>) {
    let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
    let (expected, found) = (list(expected), list(found));
    if expected.len() != found.len() {
        faults.push(format!("{what}{} branches instead of {}", found.len(), expected.len()));
    }
    for (expected, found) in expected.iter().zip(&found) {
        let same = expected[0] == found["node"]
            && expected[1] == found["function"]
            && expected[2] == found["sign"];
        let convention = &found["convention"];
        let kink = match expected[2].as_i64() {
            Some(0) => {
                let slope = expected[3].as_str().and_then(fraction);
                let told = convention["derivative"]["exact"].as_str().and_then(fraction);
                let mattered = expected[4].is_null() || expected[4] == convention["mattered"];
                slope == told && mattered
            }
            _ => convention.is_null(),
        };
        if !same || !kink {
            faults.push(format!("{what}{found} should be {expected}"));
        }
    }
}

fn check(expected: &Json, trace: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    let parameters = expected["parameters"].as_array().unwrap();
    let definitions = expected["definitions"].as_array().unwrap();
    let inner: Vec<Json> = definitions.iter().filter(|name| **name != "loss").cloned().collect();
    let iterations = expected["iterations"].as_array().unwrap();
    let run = &trace["setups"]["s"]["runs"]["o"];
    let records = run["iterations"].as_array().unwrap();
    if records.len() != iterations.len() + 1 {
        faults.push(format!("{} records instead of {}", records.len(), iterations.len() + 1));
    }
    for (expected, record) in iterations.iter().zip(&records[1..]) {
        let t = &record["t"];
        let examples = expected["e"].as_array().unwrap();
        let found = record["examples"].as_array().unwrap();
        assert_eq!(examples.len(), found.len());
        for (k, (expected, found)) in examples.iter().zip(found).enumerate() {
            let place = format!("t{t}.e{}.", k + 1);
            branches(&expected["b"], &found["branches"], &place, &mut faults);
            all(definitions, &expected["v"], &found["values"], &place, &mut faults);
            let adjoints = format!("{place}adjoint.");
            all(&inner, &expected["a"], &found["adjoints"], &adjoints, &mut faults);
        }
        if let Err(fault) = compare(&expected["l"], record.get("loss")) {
            faults.push(format!("t{t}.loss: {fault}"));
        }
        all(parameters, &expected["g"], &record["gradient"], &format!("t{t}.grad."), &mut faults);
        for (state, values) in expected["s"].as_object().unwrap() {
            let place = format!("t{t}.{state}.");
            all(parameters, values, &record["state"][state], &place, &mut faults);
        }
        all(parameters, &expected["p"], &record["parameters"], &format!("t{t}."), &mut faults);
    }
    faults
}

#[test]
fn random_scenarios_agree_with_a_second_implementation() {
    let folder = fixtures("random");
    let scenarios = read(&folder.join("scenarios.yaml"));
    let expected = read(&folder.join("expected.jsonl"));
    let scenarios: Vec<&str> = scenarios.split("---\n").collect();
    let expected: Vec<Json> =
        expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(scenarios.len() >= 300 && scenarios.len() == expected.len(), "the fixtures are gone");
    let (mut wrong, mut signs) = (String::new(), BTreeMap::<i64, usize>::new());
    for (text, expected) in scenarios.iter().zip(&expected) {
        let title = expected["title"].as_str().unwrap();
        assert!(text.starts_with(&format!("title: {title}\n")), "{title} is out of step");
        let faults = match witness::trace(title, text) {
            Ok(trace) => check(expected, &trace),
            Err(message) => vec![message],
        };
        for fault in faults.iter().take(3) {
            wrong.push_str(&format!("{title}: {fault}\n"));
        }
        let examples = expected["iterations"].as_array().unwrap().iter().flat_map(|iteration| {
            iteration["e"].as_array().unwrap().iter().flat_map(|e| e["b"].as_array().unwrap())
        });
        for branch in examples {
            *signs.entry(branch[2].as_i64().unwrap()).or_default() += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // The fixtures visit every branch, kinks not the least.
    assert!([-1, 0, 1].iter().all(|sign| signs.get(sign).is_some_and(|count| *count >= 50)));
}
