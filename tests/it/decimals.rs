//! What is rounded, and how: display, ties, and runs that go on from displayed numbers.

use gradsheet::number::{Decimal, Precision, Real, Rounding, round};
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format, scenario};
use serde_json::Value as Json;

use crate::witness::{self, at, fixtures, fraction, read, traced};

mod pencil;

use Precision::{Decimals, Significant};
use Rounding::{HalfEven, HalfUp};

use crate::shipped;

fn rounded(number: &str, precision: Precision, rounding: Rounding) -> Decimal {
    let number = Real::from(fraction(number).unwrap());
    round(&number, precision, rounding).unwrap()
}

#[test]
fn fractions_print_with_the_digits_asked_for() {
    let table = [
        // Integers are never rounded.
        ("-2", Decimals(2), "-2", true),
        ("0", Decimals(2), "0", true),
        ("1234567", Significant(3), "1234567", true),
        ("-100", Decimals(0), "-100", true),
        // What ends within the asked digits drops its trailing zeros.
        ("-33/10", Decimals(2), "-3.3", true),
        ("1/2", Decimals(4), "0.5", true),
        ("5/2", Significant(2), "2.5", true),
        ("2001/2", Significant(5), "1000.5", true),
        // What is rounded keeps them.
        ("399/1000", Decimals(2), "0.40", false),
        ("-1999/1000", Decimals(2), "-2.00", false),
        ("1/3", Decimals(2), "0.33", false),
        ("2/3", Significant(4), "0.6667", false),
        ("20004/10000", Significant(4), "2.000", false),
        ("99995/10000", Significant(4), "10.00", false),
        ("1/3", Decimals(0), "0.3", false),
        ("7/3", Decimals(0), "2", false),
        // What is not zero is never printed as zero.
        ("1/300", Decimals(2), "0.003", false),
        ("-1/300", Decimals(2), "-0.003", false),
        ("1/1000", Decimals(2), "0.001", true),
        ("96/100000000", Decimals(2), "0.000001", false),
    ];
    for (number, precision, text, exact) in table {
        let decimal = rounded(number, precision, HalfUp);
        assert_eq!(decimal.to_plain('.'), text, "{number} by {precision:?}");
        assert_eq!(decimal.exact, exact, "{number} by {precision:?}");
    }
}

#[test]
fn ties_go_away_from_zero_or_to_the_even_digit() {
    let table = [
        ("1/8", Decimals(2), "0.13", "0.12"),
        ("-1/8", Decimals(2), "-0.13", "-0.12"),
        ("3/8", Decimals(2), "0.38", "0.38"),
        ("5/2", Decimals(0), "3", "2"),
        ("7/2", Decimals(0), "4", "4"),
        ("-5/2", Decimals(0), "-3", "-2"),
        ("1005/1000", Decimals(2), "1.01", "1.00"),
        ("1015/1000", Decimals(2), "1.02", "1.02"),
        ("20005/2", Significant(4), "10000", "10000"),
        ("20005/2", Significant(5), "10003", "10002"),
        ("9995/1000", Significant(3), "10.0", "10.0"),
        ("9985/1000", Significant(3), "9.99", "9.98"),
        // To the even digit would be 0; one digit stays.
        ("1/200", Decimals(2), "0.01", "0.005"),
        ("-1/200", Decimals(2), "-0.01", "-0.005"),
        // Not a tie, by one unit far to the right.
        ("12500000000000000001/100000000000000000000", Decimals(2), "0.13", "0.13"),
        ("12499999999999999999/100000000000000000000", Decimals(2), "0.12", "0.12"),
    ];
    for (number, precision, up, even) in table {
        for (rounding, text) in [(HalfUp, up), (HalfEven, even)] {
            let decimal = rounded(number, precision, rounding);
            assert_eq!(decimal.to_plain('.'), text, "{number} by {precision:?}, {rounding:?}");
        }
    }
}

#[test]
fn irrational_numbers_are_never_exact() {
    let root = |number: i64| Real::from(number).sqrt().unwrap();
    let near = Real::from(fraction("1/1000000000000000000000000000000").unwrap());
    let table = [
        (root(2), Decimals(3), "1.414"),
        (-root(2), Significant(1), "-1"),
        (root(2) + Real::from(fraction("859/10000").unwrap()), Significant(2), "1.5"),
        (root(2) - root(2), Decimals(2), "0"),
        (root(2) * near.clone(), Decimals(2), "0.000000000000000000000000000001"),
        (Real::from(2).log().unwrap(), Decimals(5), "0.69315"),
        (Real::from(1).exp().unwrap(), Significant(10), "2.718281828"),
        // 1/2 and a little more or less, where the little is beyond the first precision.
        (root(2) * near.clone() + Real::from(fraction("1/2").unwrap()), Decimals(0), "1"),
        (Real::from(fraction("1/2").unwrap()) - root(2) * near, Decimals(0), "0.5"),
    ];
    for (number, precision, text) in table {
        let decimal = round(&number, precision, HalfEven).unwrap();
        assert_eq!(decimal.to_plain('.'), text);
        assert_eq!(decimal.exact, text == "0", "{text}");
    }
}

#[test]
fn the_trace_has_forty_digits() {
    let table = [
        ("1/3", "0.3333333333333333333333333333333333333333"),
        ("-2/3", "-0.6666666666666666666666666666666666666667"),
        ("1/8", "0.125"),
        ("1/30000000", "3.333333333333333333333333333333333333333e-8"),
        ("1/3000000", "0.0000003333333333333333333333333333333333333333"),
        ("10000000000000000000000", "1e22"),
        ("100000000000000000000", "100000000000000000000"),
        ("1/10000000", "0.0000001"),
        ("1/100000000", "1e-8"),
        ("0", "0"),
    ];
    for (number, text) in table {
        let scenario = format!(
            "title: T\nsetups:\n  s:\n    model: loss = w\n    init: {{w: \"{number}\"}}\n    \
             iterations: 1\n    optimizers:\n      o: {{kind: sgd, learning_rate: 0}}\n"
        );
        let trace = traced(number, &scenario);
        let found = at(&trace, "s.o.t1.w").unwrap();
        assert_eq!((&found["decimal"], &found["exact"]), (&text.into(), &number.into()));
    }
}

/// The worksheet's part (g): Adam with two decimals, going on from what was written down.
const WORKSHEET: &str = "
title: Worksheet
setups:
  s:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: -1}
    data: [{x: 3, y: 0}, {x: -3, y: 0}]
    batches: [[1], [2]]
    optimizers:
      o:
        kind: adam
        learning_rate: 0.5
        beta1: 0.5
        beta2: 0.5
        bias_correction: false
        display: {decimals: 2, carry: displayed}
      sgd: {kind: sgd, learning_rate: 0.5}
cells:
  - narration: s.o
  - narration: s.sgd
";

#[test]
fn a_carried_run_goes_on_from_displayed_numbers() {
    // w = 1 - 0.5·3/√18 ≈ 0.65 and b = -1 - 0.5/√2 ≈ -1.35; then z = -1.95 - 1.35 = -3.3,
    // u = (1.5, 0.5), v = (9, 1): w = 0.65 - 0.5·1.5/3 = 0.4 but for epsilon, b = -1.6.
    let trace = traced("worksheet", WORKSHEET);
    let run = &trace["setups"]["s"]["runs"]["o"];
    let carried = run["carried"].as_array().unwrap();
    let value = |t: usize, group: &str, name: &str| {
        carried[t][group][name]["exact"].as_str().unwrap_or("none").to_owned()
    };
    assert_eq!([value(1, "parameters", "w"), value(1, "parameters", "b")], ["13/20", "-27/20"]);
    assert_eq!([value(2, "parameters", "w"), value(2, "parameters", "b")], ["2/5", "-8/5"]);
    assert_eq!(carried[2]["examples"][0]["values"]["z"]["exact"], "-33/10");
    assert_eq!(carried[2]["state"]["v"]["w"]["exact"], "9");
    // The exact run is not touched by it.
    let exact = at(&trace, "s.o.t2.w").unwrap()["decimal"].as_str().unwrap();
    assert!(exact.starts_with("0.39644661107339289972"), "{exact}");
}

#[test]
fn a_sheet_puts_equals_before_exact_numbers_only() {
    let scenario = scenario::read("worksheet.yaml".as_ref(), WORKSHEET).unwrap();
    let templates = Templates::built_in().unwrap();
    let files =
        shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions).unwrap();
    let sheet = &files["solutions.md"];
    for there in [r"\approx 0.65", r"\approx -1.35", r"\approx 0.40", r"\approx -1.60", "= -3.3"] {
        assert!(sheet.contains(there), "{there} is missing:\n{sheet}");
    }
    for never in ["= 0.65\n", "= 0.40", "-0.00", " 0.00", "= -2.00", "-3.30"] {
        assert!(!sheet.contains(never), "{never}:\n{sheet}");
    }
    assert!(sheet.contains(r"= 1 - 0.5 \cdot 6 = -2"), "{sheet}");
}

fn carried(expected: &Json, trace: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    let records = trace["setups"]["s"]["runs"]["o"]["carried"].as_array().unwrap();
    let iterations = expected["iterations"].as_array().unwrap();
    let names: Vec<&str> =
        expected["parameters"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    let mut compare = |expected: &Json, found: &Json, place: &str| {
        for (name, expected) in names.iter().zip(expected.as_array().unwrap()) {
            let value = witness::value(&found[*name]).unwrap();
            if value.exact != expected.as_str().and_then(fraction) {
                faults.push(format!("{place}{name}: {} should be {expected}", found[*name]));
            }
        }
    };
    assert_eq!(records.len(), iterations.len() + 1);
    for (expected, record) in iterations.iter().zip(&records[1..]) {
        let t = &record["t"];
        compare(&expected["p"], &record["parameters"], &format!("t{t}."));
        for (state, values) in expected["s"].as_object().unwrap() {
            compare(values, &record["state"][state], &format!("t{t}.{state}."));
        }
    }
    faults
}

#[test]
fn carried_runs_agree_with_a_second_implementation() {
    let folder = fixtures("random");
    let (scenarios, expected) =
        (read(&folder.join("carried.yaml")), read(&folder.join("carried.jsonl")));
    let scenarios: Vec<&str> = scenarios.split("---\n").collect();
    let expected: Vec<Json> =
        expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(scenarios.len() >= 40 && scenarios.len() == expected.len(), "the fixtures are gone");
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (text, expected) in scenarios.iter().zip(&expected) {
        let title = expected["title"].as_str().unwrap();
        let faults = match (witness::trace(title, text), expected["differs"] == true) {
            (Ok(trace), false) => carried(expected, &trace),
            (Err(message), true) => {
                refused += 1;
                // The error says where, and which branches they are.
                let told = message.contains("s.o.t") && message.contains("carry");
                if told { Vec::new() } else { vec![message] }
            }
            (Err(message), false) => vec![message],
            (Ok(_), true) => vec!["another branch is taken, and nothing said".to_owned()],
        };
        wrong.extend(faults.into_iter().map(|fault| format!("{title}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused >= 3, "{refused} carried runs take another branch");
}
