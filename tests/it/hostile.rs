//! Scenarios that try to break the engine: extremes, kinks missed by a hair, operations
//! without a value. Each has a right answer, by hand.

use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::witness::{self, at, fraction, trace, traced};

const SGD: &str = "kind: sgd, learning_rate: 0.5";
/// No input may keep the engine busy for longer; a debug build has all of it.
const LONG: Duration = Duration::from_secs(5);

/// Paths and what they must lead to.
type Values<'t> = &'t [(&'t str, &'t str)];
/// Signs, and at a kink whether the convention mattered.
type Kinks<'t> = &'t [(i64, Option<bool>)];

/// A scenario of its parameters alone; `;` separates definitions.
fn scenario(model: &str, init: &str, optimizer: &str, iterations: usize) -> String {
    let model: String = model.split(';').map(|line| format!("      {}\n", line.trim())).collect();
    format!(
        "title: T\nsetups:\n  s:\n    model: |\n{model}    init: {{{init}}}\n    \
         iterations: {iterations}\n    optimizers:\n      o: {{{optimizer}}}\n"
    )
}

/// One step of gradient descent, rate 1/2.
fn step(model: &str, init: &str) -> Json {
    traced(model, &scenario(model, init, SGD, 1))
}

fn found<'t>(trace: &'t Json, path: &str) -> &'t Json {
    at(trace, &format!("s.o.{path}")).unwrap_or_else(|| panic!("{path} leads nowhere"))
}

/// Fractions must be exact, `3.14...` are first digits, `undefined` is its own word.
fn expect(trace: &Json, path: &str, expected: &str, what: &str) {
    let value = found(trace, path);
    if expected == "undefined" {
        assert!(value["undefined"].is_string(), "{what}: {path} is {value}, not undefined");
        return;
    }
    let read = witness::value(value).unwrap_or_else(|fault| panic!("{what}: {path}: {fault}"));
    match expected.strip_suffix("...") {
        Some(digits) => {
            let decimal = value["decimal"].as_str().unwrap_or_default();
            assert!(decimal.starts_with(digits), "{what}: {path} is {value}, not {expected}");
        }
        None => assert_eq!(read.exact, fraction(expected), "{what}: {path} is {value}"),
    }
}

#[test]
fn operations_have_a_value_or_none() {
    // model, start, what comes of it: paths and values
    let table: [(&str, &str, Values); 24] = [
        ("loss = w^0", "w: 0", &[("t1.loss", "1"), ("t1.grad.w", "0")]),
        ("loss = w^1", "w: 0", &[("t1.loss", "0"), ("t1.grad.w", "1")]),
        ("loss = 0^0 + w", "w: 0", &[("t1.loss", "1"), ("t1.grad.w", "1")]),
        ("loss = w^b", "w: 0, b: 0", &[("t1.loss", "1"), ("t1.grad.b", "undefined")]),
        ("loss = w^1.5", "w: 0", &[("t1.loss", "0"), ("t1.grad.w", "0")]),
        ("loss = w^0.5", "w: 0", &[("t1.loss", "0"), ("t1.grad.w", "undefined")]),
        ("loss = w^0.5", "w: -1", &[("t1.loss", "undefined"), ("t1.grad.w", "undefined")]),
        ("loss = w^(1/3)", "w: 8", &[("t1.loss", "2"), ("t1.grad.w", "1/12")]),
        ("loss = w^(1/3)", "w: 2", &[("t1.loss", "1.25992104989487316476721060727...")]),
        ("loss = (-1)^1e30 + w", "w: 1", &[("t1.loss", "2")]),
        ("loss = (-1)^(1e30 + 1) + w", "w: 1", &[("t1.loss", "0")]),
        ("loss = w^b + b", "w: 0, b: \"sqrt(2)\"", &[("t1.loss", "1.4142135623730950488...")]),
        ("loss = 1/(w - 1)", "w: 1", &[("t1.loss", "undefined"), ("t1.grad.w", "undefined")]),
        ("loss = (w - 1)/(w - 1)", "w: 1", &[("t1.loss", "undefined")]),
        ("loss = sqrt(w)", "w: 0", &[("t1.loss", "0"), ("t1.grad.w", "undefined")]),
        ("loss = log(w)", "w: 2", &[("t1.loss", "0.6931471805599453094..."), ("t1.grad.w", "1/2")]),
        // What has no value has no derivative, though 1/w has a value at -1.
        ("loss = log(w)", "w: -1", &[("t1.loss", "undefined"), ("t1.grad.w", "undefined")]),
        ("loss = log(w) + b", "w: -1, b: 2", &[("t1.loss", "undefined"), ("t1.b", "undefined")]),
        ("loss = b*b + log(w)", "w: 0, b: 2", &[("t1.grad.b", "undefined")]),
        // What the loss does not use can't harm it.
        ("q = sqrt(w); loss = w^2 + w", "w: 0", &[("t1.grad.w", "1"), ("t1.w", "-1/2")]),
        ("q = log(w); p = relu(q); loss = w^2", "w: -1", &[("t1.q", "undefined"), ("t1.w", "0")]),
        ("q = 1/w; loss = w^2 + w", "w: 0", &[("t1.q", "undefined"), ("t1.grad.w", "1")]),
        ("loss = log(exp(w))", "w: 300000", &[("t1.loss", "300000"), ("t1.grad.w", "1")]),
        ("loss = w*w", "w: \"sqrt(2)\"", &[("t1.loss", "2"), ("t1.w", "0")]),
    ];
    for (model, init, values) in table {
        let trace = step(model, init);
        for (path, expected) in values {
            expect(&trace, path, expected, model);
        }
    }
}

#[test]
fn a_definition_that_renames_has_an_adjoint_of_its_own() {
    // z = h = 2, p = 4: L = p² + 3z; ∂L/∂p = 8, ∂L/∂h = 8·2h = 32, ∂L/∂z = 32 + 3.
    let trace = step("z = 2*w; h = z; p = h*h; loss = p*p + 3*z", "w: 1");
    for (path, expected) in [("adjoint.p", "8"), ("adjoint.h", "32"), ("adjoint.z", "35")] {
        expect(&trace, &format!("t1.{path}"), expected, "h = z");
    }
    let trace = step("k = 3; v2 = w; loss = k*v2^2 + w", "w: 2");
    // ∂L/∂k = v², ∂L/∂v = 2kv, and w counts once more.
    for (path, expected) in [("adjoint.k", "4"), ("adjoint.v2", "12"), ("grad.w", "13")] {
        expect(&trace, &format!("t1.{path}"), expected, "k = 3");
    }
}

/// Sign and, at a kink, whether the convention mattered, for each branch of the example.
fn branches(trace: &Json) -> Vec<(i64, Option<bool>)> {
    let record = witness::record(trace, "s", "o", 1).unwrap();
    let list = record["examples"][0]["branches"].as_array().unwrap();
    let one = |branch: &Json| {
        (branch["sign"].as_i64().unwrap(), branch["convention"]["mattered"].as_bool())
    };
    list.iter().map(one).collect()
}

#[test]
fn kinks_are_met_exactly_or_missed_by_a_hair() {
    let (yes, no) = (Some(true), Some(false));
    let table: [(&str, &str, Kinks); 18] = [
        ("loss = relu(w - 1)", "w: 1", &[(0, yes)]),
        ("loss = relu(w - 1)", "w: 1.000000000000000000000000000001", &[(1, None)]),
        ("loss = relu(w - 1)", "w: 0.999999999999999999999999999999", &[(-1, None)]),
        ("loss = relu(w^2 - 2)", "w: \"sqrt(2)\"", &[(0, yes)]),
        // The square root of two, cut off after 40 decimals: below it.
        ("loss = relu(w^2 - 2)", "w: 1.4142135623730950488016887242096980785696", &[(-1, None)]),
        ("loss = relu(w^2 - 2)", "w: 1.4142135623730950488016887242096980785697", &[(1, None)]),
        ("loss = relu(w + b - sqrt(5 + 2*sqrt(6)))", "w: \"sqrt(2)\", b: \"sqrt(3)\"", &[(0, yes)]),
        ("loss = relu(w^3 - 2)", "w: \"2^(1/3)\"", &[(0, yes)]),
        ("loss = relu(exp(w)*exp(b) - exp(3))", "w: 1, b: 2", &[(0, yes)]),
        ("loss = relu(log(w) + log(b) - log(6))", "w: 2, b: 3", &[(0, yes)]),
        ("loss = relu(w)*relu(w)", "w: 1e-300", &[(1, None), (1, None)]),
        ("loss = max(w, w)", "w: 1", &[(0, no)]),
        ("loss = abs(w)", "w: 0", &[(0, yes)]),
        ("loss = abs(w)^2", "w: 0", &[(0, no)]),
        // Each kink answers for itself.
        ("p = relu(w); q = relu(b); loss = p + 0*q", "w: 0, b: 0", &[(0, yes), (0, no)]),
        ("p = relu(w); q = abs(b); loss = p + q^2", "w: 0, b: 0", &[(0, yes), (0, no)]),
        ("p = relu(w); q = relu(b); loss = p + q", "w: 0, b: 0", &[(0, yes), (0, yes)]),
        // Neither ReLU'(0) = 1 alone lets anything through, but the convention does.
        ("loss = relu(relu(w))", "w: 0", &[(0, yes), (0, yes)]),
    ];
    for (model, init, expected) in table {
        assert_eq!(branches(&step(model, init)), expected, "{model} at {init}");
    }
}

#[test]
fn a_tie_is_split_as_it_is_told() {
    let table = [
        ("max(w, b)", "1/2", "1/2"),
        ("max(w, b, at_kink=1)", "1", "0"),
        ("max(w, b, at_kink=0)", "0", "1"),
        ("min(w, b)", "1/2", "1/2"),
        ("min(w, b, at_kink=0.25)", "1/4", "3/4"),
    ];
    for (loss, w, b) in table {
        let trace = step(&format!("loss = {loss}"), "w: 3, b: 3");
        expect(&trace, "t1.grad.w", w, loss);
        expect(&trace, "t1.grad.b", b, loss);
    }
}

#[test]
fn extremes_are_exact() {
    let trace = traced("tiny", &scenario("loss = w^2", "w: 1e-300", SGD, 1));
    assert_eq!(found(&trace, "t1.loss")["decimal"], "1e-600");
    assert_eq!(found(&trace, "t1.w")["decimal"], "0");
    // w ← w - 10⁹·2w = -1999999999 w
    let large = scenario("loss = w^2", "w: 1", "kind: sgd, learning_rate: 1e9", 3);
    expect(&traced("large", &large), "t3.w", "-7999999988000000005999999999", "large");
    // The first step of Adam has length α whatever the gradient's size.
    let adam = "kind: adam, learning_rate: 0.1, epsilon: 0";
    for gradient in ["1e-3000", "1e3000", "-0.3"] {
        let trace = traced("adam", &scenario(&format!("loss = {gradient}*w"), "w: 1", adam, 2));
        let expected = if gradient.starts_with('-') { ["11/10", "6/5"] } else { ["9/10", "4/5"] };
        expect(&trace, "t1.w", expected[0], gradient);
        expect(&trace, "t2.w", expected[1], gradient);
    }
    let trace = step("loss = sigmoid(w)", "w: 1000");
    assert_eq!(found(&trace, "t1.loss")["decimal"], "1.000000000000000000000000000000000000000");
    // e^-1000 = 5.0759...e-435, and σ' = σ(1 - σ) is that but for its square.
    expect(&trace, "t1.grad.w", "5.07595889754945676529180947957...", "sigmoid");
}

#[test]
fn what_is_beyond_every_range_is_said_to_be() {
    let table = [
        ("loss = exp(exp(w))", "w: 100"),
        ("loss = exp(exp(exp(w)))", "w: 3"),
        ("loss = w^1000000000", "w: 3"),
        ("loss = ((w^1000)^1000)^1000", "w: 1.5"),
        ("loss = exp(w)*exp(w) + w", "w: 2000000"),
    ];
    for (model, init) in table {
        let message = trace(model, &scenario(model, init, SGD, 1)).unwrap_err();
        assert!(message.contains("range"), "{model}: {message}");
        assert!(!message.contains("zero to"), "{model}: {message}");
    }
}

#[test]
fn long_runs_end_in_time() {
    let regression = "loss = 1/2*(w*1.5 + b - 0.3)^2 + 1/2*(b - 0.7*w - 2)^2";
    let neuron = "z = 1.5*w + b; h = tanh(z); loss = 1/2*(h - 0.3)^2 + 1/2*(w - 1)^2";
    let layers = "h = relu(0.7*w + b); z = h*a + k; loss = (z - 0.33)^2";
    let four = "w: 0.31, b: 0.17, a: 0.77, k: -0.3";
    let adam = "kind: adam, learning_rate: 0.1";
    let table = [
        (regression, "w: 1, b: 0", "kind: momentum, learning_rate: 0.1", 200),
        (neuron, "w: 1, b: 0", "kind: momentum, learning_rate: 0.1", 60),
        (regression, "w: 1, b: 0", adam, 30),
        (regression, "w: 1, b: 0", "kind: adam, learning_rate: 0.1, epsilon: 0", 15),
        (neuron, "w: 1, b: 0", adam, 15),
        // Fractions that triple in length with each step.
        ("loss = w^4", "w: 1", "kind: sgd, learning_rate: 0.1", 9),
        (layers, four, "kind: sgd, learning_rate: 0.13", 7),
    ];
    for (model, init, optimizer, iterations) in table {
        let start = Instant::now();
        let trace = traced(model, &scenario(model, init, optimizer, iterations));
        let last = found(&trace, &format!("t{iterations}.w"));
        assert!(last["decimal"].is_string(), "{model}: {last}");
        assert!(start.elapsed() < LONG, "{model} by {optimizer}: {:?}", start.elapsed());
    }
}

#[test]
fn a_fraction_too_long_to_keep_goes_on_as_a_ball() {
    // The fraction w² has 1.1 million bits.
    let trace = step("v2 = w*w; loss = v2*w", "w: \"(3/7)^130000\"");
    let table = [
        ("t1.v2", "1.085983946731405353451849772330..."),
        ("t1.loss", "1.131709882150590891000507584649..."),
    ];
    for (path, expected) in table {
        expect(&trace, path, expected, "a power of 3/7");
        let exact = &found(&trace, path)["exact"];
        assert!(exact.is_null(), "{path} is written out");
    }
    assert!(found(&trace, "t1.v2")["decimal"].as_str().unwrap().ends_with("e-95674"));
}
