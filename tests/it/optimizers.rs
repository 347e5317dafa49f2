//! The catalogue of optimizers against its sources' formulas, computed elsewhere
//! (`fixtures/optimizers/make.py`).

use dashu_ratio::RBig;
use serde_json::Value as Json;

use crate::witness::{self, at, decimal, fixtures, read};

/// Losses whose gradients are the data themselves.
fn scenario(shape: &str, options: &str) -> String {
    let rate = if options.contains("learning_rate:") { "" } else { "learning_rate: 0.1, " };
    let (model, init, data) = match shape {
        "matrix" => (
            "loss = sum(W*x)",
            "{W: [[1, -0.5]]}",
            "[{x: [[3, -2]]}, {x: [[-1, 0]]}, {x: [[2, 0.25]]}, {x: [[0.5, 1]]}]",
        ),
        _ => (
            "loss = w*x + b*y",
            "{w: 1, b: -0.5}",
            "[{x: 3, y: -2}, {x: -1, y: 0}, {x: 2, y: 0.25}, {x: 0.5, y: 1}]",
        ),
    };
    format!(
        "title: Steps
setups:
  s:
    model: {model}
    init: {init}
    data: {data}
    batches: [[1], [2], [3], [4]]
    optimizers:
      o: {{{rate}{options}}}
"
    )
}

fn close(found: &Json, expected: &str) -> Result<(), String> {
    let value = witness::value(found)?;
    let expected = decimal(expected).ok_or("a broken number")?;
    let gap = value.decimal - &expected;
    let gap = if gap < RBig::ZERO { -gap } else { gap };
    // Decimals of the trace have 40 digits.
    let near = gap <= witness::ten_to(-36);
    if near { Ok(()) } else { Err(format!("{found} instead of {expected}")) }
}

#[test]
fn every_step_is_that_of_its_source() {
    let table = read(&fixtures("optimizers").join("steps.tsv"));
    assert!(table.lines().count() >= 80, "the fixtures are gone");
    let mut faults = Vec::new();
    for row in table.lines() {
        let [shape, options, source, numbers @ ..] = &row.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{row}");
        };
        assert_eq!(numbers.len(), 8, "{row}");
        let trace = match witness::trace(options, &scenario(shape, options)) {
            Ok(trace) => trace,
            Err(message) => {
                faults.push(format!("{shape} {options}: {message}"));
                continue;
            }
        };
        let entries = if *shape == "matrix" { ["W.r1.c1", "W.r1.c2"] } else { ["w", "b"] };
        for (index, expected) in numbers.iter().enumerate() {
            let path = format!("s.o.t{}.{}", index / 2 + 1, entries[index % 2]);
            let found = at(&trace, &path).unwrap_or_else(|| panic!("{options}: {path}"));
            if let Err(fault) = close(found, expected) {
                faults.push(format!("{shape} {options} ({source}): {path}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
