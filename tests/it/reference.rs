//! Reference scenarios, computed elsewhere, and the facts of the worksheet that the
//! program grew from.
//!
//! `ref-*` and `trap-*` are shared with other programs, `own-*` are scalar equivalents
//! (see `fixtures/reference/make.py`). Branches are compared first: a wrong branch is
//! worse than a wrong digit.

use std::path::Path;
use std::process::Command;

use dashu_ratio::RBig;
use serde_json::Value as Json;

use crate::witness::{self, at, decimal, fixtures, fraction, read, record, traced};

fn list<'j>(expected: &'j Json, key: &str) -> &'j [Json] {
    expected[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}

/// `{path: "net.sgd.t2.e1", node, index, sign}`; scalars have no index in the trace.
fn branch(expected: &Json, trace: &Json) -> Result<(), String> {
    let fault = || format!("{expected} is not taken");
    let parts: Vec<&str> = text(expected, "path").split('.').collect();
    let [setup, run, t, example] = parts.as_slice() else { return Err(fault()) };
    let t = t.trim_start_matches('t').parse().map_err(|_| fault())?;
    let example: usize = example.trim_start_matches('e').parse().map_err(|_| fault())?;
    let record = record(trace, setup, run, t).ok_or_else(fault)?;
    let index = |branch: &Json| branch["index"].as_u64().unwrap_or(1);
    let found = list(&record["examples"][example - 1], "branches").iter().find(|branch| {
        branch["node"] == expected["node"] && Some(index(branch)) == expected["index"].as_u64()
    });
    let sign = found.ok_or_else(fault)?["sign"].as_i64();
    if sign == expected["sign"].as_i64() { Ok(()) } else { Err(format!("{expected}: {sign:?}")) }
}

fn check(expected: &Json, trace: &Json) -> Result<(), String> {
    let path = text(expected, "path");
    let found = at(trace, path).ok_or(format!("{path} leads nowhere"))?;
    let wanted = text(expected, "value");
    if wanted == "undefined" {
        let cause = text(found, "undefined");
        return if cause.is_empty() { Err(format!("{path}: {found}")) } else { Ok(()) };
    }
    let value = witness::value(found).map_err(|fault| format!("{path}: {fault}"))?;
    let wrong = Err(format!("{path}: {found} instead of {wanted}"));
    if text(expected, "tol") == "0" {
        return if value.exact == fraction(wanted) { Ok(()) } else { wrong };
    }
    let tolerance = decimal(text(expected, "tol")).ok_or("a broken tolerance")?;
    let wanted = decimal(wanted).ok_or("a broken value")?;
    let gap = value.decimal - wanted;
    let gap = if gap < RBig::ZERO { -gap } else { gap };
    if gap <= tolerance { Ok(()) } else { wrong }
}

/// Where a value is undefined, its iteration is the last.
fn ends(expected: &Json, trace: &Json) -> Result<(), String> {
    for undefined in list(expected, "checks").iter().filter(|check| check["value"] == "undefined") {
        let path = text(undefined, "path");
        let [setup, run, t, ..] = path.split('.').collect::<Vec<_>>()[..] else { continue };
        let t: u64 = t.trim_start_matches('t').parse().map_err(|_| "a broken path")?;
        if record(trace, setup, run, t + 1).is_some() {
            return Err(format!("the run goes on after {path}"));
        }
    }
    Ok(())
}

fn compare(expected: &Json, trace: &Json) -> Vec<String> {
    let branches = list(expected, "branches").iter().map(|expected| branch(expected, trace));
    let checks = list(expected, "checks").iter().map(|expected| check(expected, trace));
    branches.chain(checks).chain([ends(expected, trace)]).filter_map(Result::err).collect()
}

/// Runs the command, as the reference demands: status 1, and the word on standard error.
fn undecided(path: &Path, alternative: &Json) -> Vec<String> {
    let command = Command::new(env!("CARGO_BIN_EXE_gradsheet")).arg("trace").arg(path).output();
    let output = command.unwrap();
    let told = String::from_utf8_lossy(&output.stderr).contains("undecided");
    match output.status.code() {
        Some(1) if told && output.stdout.is_empty() => Vec::new(),
        Some(0) if alternative.is_object() => {
            compare(alternative, &serde_json::from_slice(&output.stdout).unwrap())
        }
        _ => vec![format!("{output:?}")],
    }
}

#[test]
fn reference_scenarios_have_their_certified_results() {
    let folder = fixtures("reference");
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let mut scenarios: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "yaml")).collect();
    scenarios.sort();
    assert!(scenarios.len() >= 12, "the fixtures are gone");
    let mut faults = Vec::new();
    for path in scenarios {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = read(&path.with_extension("expect.json"));
        let expected: Json = serde_json::from_str(&expected).unwrap();
        let found = match expected["error"].as_str() {
            Some(_) => undecided(&path, &expected["alternative"]),
            None => compare(&expected, &traced(&name, &read(&path))),
        };
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The worksheet's scenario with one optimizer `o`.
fn worksheet(optimizer: &str) -> Json {
    let text = format!(
        "title: Worksheet
setups:
  s:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {{w: 1, b: -1}}
    data: [{{x: 3, y: 0}}, {{x: -3, y: 0}}]
    batches: [[1], [2]]
    optimizers:
      o: {{learning_rate: 0.5, {optimizer}}}
"
    );
    traced("worksheet", &text)
}

/// Each path with its `exact`, or where that is null the first digits of its `decimal`.
fn facts(trace: &Json, table: &[(&str, &str)]) {
    for (path, expected) in table {
        let found = at(trace, &format!("s.o.{path}")).unwrap_or_else(|| panic!("{path}"));
        witness::value(found).unwrap_or_else(|fault| panic!("{path}: {fault}"));
        match expected.strip_suffix("...") {
            Some(digits) => {
                assert!(text(found, "decimal").starts_with(digits), "{path}: {found}");
            }
            None => assert_eq!(text(found, "exact"), *expected, "{path}"),
        }
    }
}

#[test]
fn the_worksheet_by_sgd() {
    // (b): ŷ = 2, gradient (2·3, 2·1) = (6, 2); (e): -3·(-2) - 2 = 4, gradient (-12, 4).
    let table = [
        ("t1.grad.w", "6"),
        ("t1.grad.b", "2"),
        ("t1.w", "-2"),
        ("t1.b", "-2"),
        ("t2.z", "4"),
        ("t2.grad.w", "-12"),
        ("t2.w", "4"),
        ("t2.b", "-4"),
    ];
    facts(&worksheet("kind: sgd"), &table);
}

#[test]
fn the_worksheet_by_momentum_meets_the_kink() {
    // (c), (f): u = g/2, then the second pre-activation is -3·(-1/2) - 3/2 = 0.
    let table = [
        ("t1.u.w", "3"),
        ("t1.u.b", "1"),
        ("t1.w", "-1/2"),
        ("t1.b", "-3/2"),
        ("t2.z", "0"),
        ("t2.adjoint.z", "0"),
        ("t2.u.w", "3/2"),
        ("t2.u.b", "1/2"),
        ("t2.w", "-5/4"),
        ("t2.b", "-7/4"),
    ];
    let trace = worksheet("kind: momentum, beta: 0.5");
    facts(&trace, &table);
    let branches = &record(&trace, "s", "o", 2).unwrap()["examples"][0]["branches"];
    assert_eq!(branches[0]["sign"], 0);
    // The prediction is right, so that no slope at the kink would change anything.
    assert_eq!(branches[0]["convention"]["mattered"], false);
}

#[test]
fn the_worksheet_by_adam_without_epsilon_stays_in_the_surds() {
    // (d), (g): v = (18, 2), so that u/√v = (3/√18, 1/√2) = √2/2 for both.
    let table = [
        ("t1.u.w", "3"),
        ("t1.u.b", "1"),
        ("t1.v.w", "18"),
        ("t1.v.b", "2"),
        ("t1.w", "1 - 1/4*sqrt(2)"),
        ("t1.b", "-1 - 1/4*sqrt(2)"),
        ("t2.z", "-4 + 1/2*sqrt(2)"),
        ("t2.y_hat", "0"),
        ("t2.v.w", "9"),
        ("t2.v.b", "1"),
        ("t2.w", "3/4 - 1/4*sqrt(2)"),
        ("t2.b", "-5/4 - 1/4*sqrt(2)"),
    ];
    let trace = worksheet("kind: adam, beta1: 0.5, beta2: 0.5, epsilon: 0, bias_correction: false");
    facts(&trace, &table);
}

#[test]
fn the_worksheet_by_adam_with_epsilon_differs_in_the_ninth_digit() {
    let table = [
        ("t1.w", "0.64644661024005956916..."),
        ("t1.b", "-1.35355338809327377987..."),
        ("t2.w", "0.39644661107339289972..."),
        ("t2.b", "-1.60355338559327380487..."),
    ];
    let trace = worksheet("kind: adam, beta1: 0.5, beta2: 0.5, bias_correction: false");
    facts(&trace, &table);
}
