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

/// A scenario of the loss ½(wx + b)² with more keys in the set-up and one optimizer `o`.
fn neuron(keys: &str, optimizer: &str) -> Json {
    let text = format!(
        "title: Neuron
setups:
  s:
    model: loss = 1/2*(w*x + b)^2
    init: {{w: 1, b: -1}}
    data: [{{x: 3}}, {{x: 2}}, {{x: 1}}, {{x: 0}}]
    {keys}
    optimizers:
      o: {{{optimizer}}}
"
    );
    witness::traced(keys, &text)
}

fn exact(trace: &Json, table: &[(&str, &str)]) {
    for (path, expected) in table {
        let found = at(trace, &format!("s.o.{path}")).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(found["exact"], *expected, "{path}");
    }
}

#[test]
fn losses_add_up_where_the_reduction_is_their_sum() {
    // Residuals 2 and 1: gradients (6, 2) and (2, 1), losses 2 and 1/2.
    let optimizer = "kind: sgd, learning_rate: 0.1";
    let sum = neuron("batches: [[1, 2]]\n    reduction: sum", optimizer);
    let mean = neuron("batches: [[1, 2]]", optimizer);
    let table = [("t1.loss", "5/2"), ("t1.grad.w", "8"), ("t1.w", "1/5"), ("t1.b", "-13/10")];
    exact(&sum, &table);
    exact(&mean, &[("t1.loss", "5/4"), ("t1.grad.w", "4"), ("t1.w", "3/5"), ("t1.b", "-23/20")]);
}

#[test]
fn frozen_parameters_keep_their_values_and_have_no_gradient() {
    let keys = "batches: [[1], [2]]\n    frozen: [b]";
    let trace = neuron(keys, "kind: momentum, beta: 0.5, learning_rate: 0.1");
    // u = 3, w = 7/10; then the residual is 2·7/10 - 1 = 2/5 and u = 3/2 + 2/5.
    exact(&trace, &[("t1.w", "7/10"), ("t1.b", "-1"), ("t2.u.w", "19/10"), ("t2.b", "-1")]);
    assert!(at(&trace, "s.o.t1.grad.b").is_none() && at(&trace, "s.o.t1.u.b").is_none());
}

#[test]
fn a_run_begins_in_the_middle_with_its_state() {
    let keys = "batches: [[1]]\n    start_iteration: 2\n    \
                initial_state: {u: {w: 3, b: 1}, v: {w: 18, b: 2}}";
    let optimizer = "kind: adam, beta1: 0.5, beta2: 0.5, epsilon: 0, learning_rate: 0.5";
    let trace = neuron(keys, optimizer);
    // t = 3: u = (3 + 6)/2, v = (18 + 36)/2 = 27, both over 7/8: û = 36/7, v̂ = 216/7.
    exact(&trace, &[("t2.u.w", "3"), ("t2.w", "1"), ("t3.u.w", "9/2"), ("t3.v.w", "27")]);
    exact(&trace, &[("t3.u_hat.w", "36/7"), ("t3.v_hat.w", "216/7")]);
    assert_eq!(at(&trace, "s.o.t3.b").map(|b| b["exact"].is_string()), Some(true));
    assert!(at(&trace, "s.o.t0.w").is_none() && at(&trace, "s.o.t1.w").is_none());
}

#[test]
fn gradients_are_given_instead_of_a_model() {
    let text = "title: Given
setups:
  s:
    init: {w: 1, b: -1}
    gradients: [{w: 6, b: 2}, {b: 4, w: -12}]
    optimizers:
      o: {kind: momentum, beta: 0.5, learning_rate: 0.5}
";
    let trace = witness::traced("given", text);
    exact(&trace, &[("t1.u.w", "3"), ("t1.w", "-1/2"), ("t2.u.w", "-9/2"), ("t2.w", "7/4")]);
    exact(&trace, &[("t2.grad.w", "-12"), ("t2.u.b", "5/2")]);
    let record = witness::record(&trace, "s", "o", 1).unwrap();
    assert!(record.get("loss").is_none() && record.get("examples").is_none());
}

#[test]
fn overrides_exempt_a_parameter_from_decay() {
    let optimizer = "kind: sgd, learning_rate: 0.1, weight_decay: 0.5, \
                     overrides: {b: {weight_decay: 0, learning_rate: 0.2}}";
    let trace = neuron("batches: [[1]]", optimizer);
    // (6, 2): w = 1 - (6 + 1/2)/10, b = -1 - 2/5.
    exact(&trace, &[("t1.used_grad.w", "13/2"), ("t1.w", "7/20"), ("t1.b", "-7/5")]);
    exact(&trace, &[("t1.used_grad.b", "2"), ("t1.grad.w", "6")]);
}

#[test]
fn shuffled_batches_go_through_all_data_in_every_pass() {
    let keys = "batches: {size: 2, order: shuffled}\n    iterations: 12";
    let batches = |seed: u64| -> Vec<u64> {
        let text = format!(
            "title: Shuffled\nseed: {seed}\nsetups:\n  s:\n    model: loss = w*x\n    init: {{w: 1}}
    data: [{{x: 3}}, {{x: 2}}, {{x: 1}}, {{x: 0}}]\n    {keys}
    optimizers: {{o: {{kind: sgd, learning_rate: 1}}}}\n"
        );
        let trace = witness::traced("shuffled", &text);
        let records = trace["setups"]["s"]["runs"]["o"]["iterations"].as_array().unwrap();
        let batch = |record: &Json| record["batch"].as_array().unwrap().clone();
        records[1..].iter().flat_map(batch).map(|number| number.as_u64().unwrap()).collect()
    };
    let drawn = batches(7);
    assert_eq!(drawn.len(), 24);
    for pass in drawn.chunks(4) {
        let mut sorted = pass.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, [1, 2, 3, 4]);
    }
    assert_ne!(drawn[..4], drawn[4..8]);
    assert_eq!(drawn, batches(7));
    assert_ne!(drawn, batches(8));
}
