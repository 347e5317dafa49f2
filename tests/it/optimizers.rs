//! The catalogue of optimizers against its sources' formulas, computed elsewhere
//! (`fixtures/optimizers/make.py`).

use dashu_ratio::RBig;
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};
use serde_json::Value as Json;

use crate::witness::{self, at, decimal, fixtures, read};

use crate::shipped;

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

#[test]
fn muon_makes_the_step_of_a_matrix_nearly_orthogonal() {
    let table = read(&fixtures("optimizers").join("muon.tsv"));
    assert_eq!(table.lines().count(), 3, "the fixtures are gone");
    for row in table.lines() {
        let [options, numbers @ ..] = &row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let text = format!(
            "title: Tall
setups:
  s:
    gradients:
      - {{W: [[3, -2], [1, 0.5], [0, 1]]}}
      - {{W: [[-1, 0], [2, 0.25], [0.5, -1]]}}
    init: {{W: [[1, -0.5], [\"1/3\", 2], [0, 1]]}}
    optimizers:
      o: {{learning_rate: 0.1, {options}}}
"
        );
        let trace = witness::traced(options, &text);
        assert_eq!(numbers.len(), 12, "{row}");
        for (index, expected) in numbers.iter().enumerate() {
            let (t, row, column) = (index / 6 + 1, index % 6 / 2 + 1, index % 2 + 1);
            let path = format!("s.o.t{t}.W.r{row}.c{column}");
            let found = at(&trace, &path).unwrap_or_else(|| panic!("{options}: {path}"));
            close(found, expected).unwrap_or_else(|fault| panic!("{options}: {path}: {fault}"));
        }
    }
}

/// A scenario of the loss ½(wx + b)² with more keys in the set-up and one optimizer `o`.
fn neuron(keys: &str, optimizer: &str) -> Json {
    witness::traced(keys, &neuron_text(keys, optimizer))
}

fn neuron_text(keys: &str, optimizer: &str) -> String {
    // Options in a line, or a block of them.
    let optimizer = match optimizer.strip_prefix('\n') {
        Some(block) => format!("\n{block}"),
        None => format!("{{{optimizer}}}"),
    };
    format!(
        "title: Neuron
setups:
  s:
    model: loss = 1/2*(w*x + b)^2
    init: {{w: 1, b: -1}}
    data: [{{x: 3}}, {{x: 2}}, {{x: 1}}, {{x: 0}}]
    {keys}
    optimizers:
      o: {optimizer}
"
    )
}

/// The sheet of a scenario with its solutions.
fn solutions(text: &str) -> String {
    let scenario = gradsheet::scenario::read("sheet.yaml".as_ref(), text).unwrap();
    let templates = Templates::built_in().unwrap();
    let mut files =
        shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions).unwrap();
    files.remove("solutions.md").unwrap()
}

fn exact(trace: &Json, table: &[(&str, &str)]) {
    for (path, expected) in table {
        let found = at(trace, &format!("s.o.{path}")).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(found["exact"], *expected, "{path}");
    }
}

#[test]
fn a_look_ahead_goes_as_far_as_the_step_of_its_own_parameter() {
    // Rates 1/4 and 1/2, halved after the first iteration. u = 3 and w = 1 - 3/4, then
    // w - 1/8·1/2·3 = 1/16 for the residual 2·1/16 - 1 = -7/8; b is frozen.
    let keys = "batches: [[1], [2]]\n    frozen: [b]\n    \
                schedule: {kind: step, size: 1, gamma: 0.5}";
    let optimizer = "kind: momentum, nesterov: lookahead, beta: 0.5, learning_rate: 0.5, \
                     overrides: {w: {learning_rate: 0.25}}";
    let trace = neuron(keys, optimizer);
    exact(&trace, &[("t1.w", "1/4"), ("t2.grad.w", "-7/4"), ("t2.u.w", "5/8"), ("t2.b", "-1")]);
    let ahead = witness::record(&trace, "s", "o", 2).unwrap()["look_ahead"].clone();
    assert_eq!((&ahead["w"]["exact"], &ahead["b"]["exact"]), (&"1/16".into(), &"-1".into()));
    let sheet = solutions(&neuron_text(keys, optimizer));
    for there in [
        r"\tilde{w} &= w_{1} - \alpha^{w}_{2} \beta u^{w}_{1} = 0.25 - 0.125 \cdot 0.5 \cdot 3 = 0.0625",
        r"\frac{1}{2} \cdot (0.0625 \cdot 2 - 1)^{2}",
    ] {
        assert!(sheet.contains(there), "{there}\n{sheet}");
    }
    assert!(!sheet.contains(r"\tilde{b}") && !sheet.contains("undefined"), "{sheet}");
}

#[test]
fn the_first_step_of_rprop_is_as_large_as_the_first_rate() {
    // As torch has it: the rate of the first iteration, 1/2·1/4, grows by 6/5 after that.
    let schedule = "schedule: {kind: linear, start: 0.25, period: 3}";
    let keys = format!("batches: [[1], [1]]\n    {schedule}");
    let trace = neuron(&keys, "kind: rprop, learning_rate: 0.5");
    exact(&trace, &[("t0.d.w", "1/8"), ("t1.w", "7/8"), ("t2.d.w", "3/20"), ("t2.w", "29/40")]);
    let sheet = solutions(&neuron_text(&keys, "kind: rprop, learning_rate: 0.5"));
    assert!(sheet.contains(r"d_{0} &= \alpha_{1} \\"), "{sheet}");
    let listed = neuron("batches: [[1], [1]]", "kind: rprop, learning_rate: [0.25, 0.5]");
    exact(&listed, &[("t0.d.w", "1/4"), ("t1.w", "3/4"), ("t2.d.w", "3/10")]);
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

#[test]
fn a_rule_of_the_scenarios_own_is_carried_out_like_the_catalogues() {
    let custom = "
        kind: custom
        learning_rate: 0.5
        state: {u: 0}
        options: {beta: 0.25}
        weight_decay: 0.1
        rule: |
          u = beta*u + (1 - beta)*g  # as momentum has it
          theta = theta - learning_rate*u";
    let own = "kind: momentum, beta: 0.25, learning_rate: 0.5, weight_decay: 0.1";
    let batches = "batches: [[1], [2], [3]]";
    let [custom, own] = [custom, own].map(|optimizer| neuron(batches, optimizer));
    let records = |trace: &Json| trace["setups"]["s"]["runs"]["o"]["iterations"].clone();
    assert_eq!(records(&custom), records(&own));
}

#[test]
fn rules_may_compare_and_take_norms() {
    let optimizer = "
        kind: custom
        learning_rate: 1
        state: {n: 1}
        rule: |
          n = max(n/2, abs(g))
          theta = theta - sign(g)*norm(theta)/n/t";
    let trace = neuron("batches: [[1], [2]]", optimizer);
    // g = (6, 2), then at (5/6, -3/2) the residual is 1/6: g = (1/3, 1/6), n = (3, 1).
    exact(&trace, &[("t0.n.w", "1"), ("t1.n.w", "6"), ("t1.w", "5/6"), ("t1.b", "-3/2")]);
    exact(&trace, &[("t2.n.w", "3"), ("t2.w", "25/36"), ("t2.b", "-9/4")]);
}

#[test]
fn schedules_give_their_rates_counted_from_zero() {
    // The formulas of the frameworks by hand, α = 1; cos(π/7) by mpmath.
    let table = [
        ("{kind: constant}", ["1", "1", "1", "1", "1", "1"]),
        ("{kind: step, size: 2, gamma: 0.5}", ["1", "1", "1/2", "1/2", "1/4", "1/4"]),
        ("{kind: multistep, milestones: [2, 4]}", ["1", "1", "1/10", "1/10", "1/100", "1/100"]),
        (
            "{kind: piecewise, milestones: [2, 5], rates: [0.3, 0.2, 0.1]}",
            ["3/10", "3/10", "1/5", "1/5", "1/5", "1/10"],
        ),
        ("{kind: exponential, gamma: 0.5}", ["1", "1/2", "1/4", "1/8", "1/16", "1/32"]),
        ("{kind: exponential, gamma: 0.25, size: 2}", ["1", "1/2", "1/4", "1/8", "1/16", "1/32"]),
        (
            "{kind: exponential, gamma: 0.25, size: 2, staircase: true}",
            ["1", "1", "1/4", "1/4", "1/16", "1/16"],
        ),
        ("{kind: inverse_time, rate: 1}", ["1", "1/2", "1/3", "1/4", "1/5", "1/6"]),
        ("{kind: inverse_time, rate: 1, size: 2}", ["1", "2/3", "1/2", "2/5", "1/3", "2/7"]),
        ("{kind: linear, start: 0.2, period: 4}", ["1/5", "2/5", "3/5", "4/5", "1", "1"]),
        ("{kind: polynomial, period: 4, power: 2}", ["1", "9/16", "1/4", "1/16", "0", "0"]),
        ("{kind: polynomial, period: 4, minimum: 0.5}", ["1", "7/8", "3/4", "5/8", "1/2", "1/2"]),
        ("{kind: cosine, period: 3}", ["1", "3/4", "1/4", "0", "0", "0"]),
        (
            "{kind: cosine, period: 4, minimum: 0.5}",
            ["1", "3/4 + 1/8*sqrt(2)", "3/4", "3/4 - 1/8*sqrt(2)", "1/2", "1/2"],
        ),
        (
            "{kind: cosine, period: 5}",
            [
                "1",
                "5/8 + 1/8*sqrt(5)",
                "3/8 + 1/8*sqrt(5)",
                "5/8 - 1/8*sqrt(5)",
                "3/8 - 1/8*sqrt(5)",
                "0",
            ],
        ),
        (
            "{kind: warmup, period: 2, then: {kind: step, size: 2, gamma: 0.5}}",
            ["0", "1/2", "1", "1", "1/2", "1/2"],
        ),
        (
            "{kind: warmup, period: 2, start: 0.5, then: {kind: cosine, period: 3}}",
            ["1/2", "3/4", "1", "3/4", "1/4", "0"],
        ),
        // Warm-up 1/2, 3/4, 1, 1, 1, 1; times 1, 1, 1, 1/10, ...; times powers of 1/2.
        (
            "{chain: [{kind: warmup, period: 2, start: 0.5}, {kind: multistep, milestones: [3]}, \
             {kind: exponential, gamma: 0.5}]}",
            ["1/2", "3/8", "1/4", "1/80", "1/160", "1/320"],
        ),
        // The second acts on the rate of the first: 1/2 + (rate - 1/2)/2^...
        (
            "{chain: [{kind: step, size: 2, gamma: 0.5}, \
             {kind: polynomial, period: 4, minimum: 0.25}]}",
            ["1", "13/16", "3/8", "5/16", "1/4", "1/4"],
        ),
        (
            "{kind: warmup, period: 1, then: {kind: multistep, milestones: [1, 2]}}",
            ["0", "1", "1/10", "1/100", "1/100", "1/100"],
        ),
    ];
    for (schedule, rates) in table {
        let keys = format!("batches: [[4], [4], [4], [4], [4], [4]]\n    schedule: {schedule}");
        let trace = neuron(&keys, "kind: sgd, learning_rate: 1");
        for (index, rate) in rates.iter().enumerate() {
            let t = u64::try_from(index).unwrap() + 1;
            let record = witness::record(&trace, "s", "o", t).unwrap();
            assert_eq!(record["learning_rate"]["exact"], *rate, "{schedule} at t{t}");
        }
    }
    // torch.optim.lr_scheduler.OneCycleLR(total_steps=11) and optax.cosine_onecycle_schedule(10)
    // by their formulas with mpmath: .960, .980, and the peak itself at k = 3.
    let cycles = [
        (
            "{kind: one_cycle, period: 11}",
            [
                "0.04",
                "0.42234111373473578085",
                "0.96026142472261744857",
                "0.97974656782130146595",
                "0.88447572476863033326",
            ],
        ),
        (
            "{kind: one_cycle, period: 10, form: optax}",
            ["0.04", "0.28", "0.76", "1", "0.95048463201347375828"],
        ),
    ];
    for (schedule, rates) in cycles {
        let keys = format!("batches: [[4], [4], [4], [4], [4]]\n    schedule: {schedule}");
        let trace = neuron(&keys, "kind: sgd, learning_rate: 1");
        for (t, rate) in (1..).zip(rates) {
            let record = witness::record(&trace, "s", "o", t).unwrap();
            let found = witness::value(&record["learning_rate"]).unwrap().decimal;
            let gap = found - decimal(rate).unwrap();
            let gap = if gap < RBig::ZERO { -gap } else { gap };
            assert!(gap < witness::ten_to(-19), "{schedule} at t{t}");
        }
    }
    let seven = "batches: [[4], [4], [4], [4]]\n    schedule: {kind: cosine, period: 7}";
    let trace = neuron(seven, "kind: sgd, learning_rate: 1");
    let record = |t| witness::record(&trace, "s", "o", t).unwrap()["learning_rate"].clone();
    close(&record(2), "0.950484433951209563118051159753722525582959581").unwrap();
    close(&record(4), "0.611260466978157202144451282248397379733177784").unwrap();
}

#[test]
fn a_step_takes_the_rate_of_its_iteration() {
    // x = 0, so that the gradient by b is b itself: b = -1, then -(1 - 1)(…), by hand.
    let keys = "batches: [[4], [4]]\n    schedule: {kind: step, size: 1, gamma: 0.5}";
    let lookahead = "kind: momentum, nesterov: lookahead, beta: 0.5, learning_rate: 0.5";
    let trace = neuron(keys, "kind: sgd, learning_rate: 0.5");
    exact(&trace, &[("t1.b", "-1/2"), ("t2.b", "-3/8")]);
    // u = -1/2, b = -3/4; then at -3/4 + 1/4·1/2·1/2 = -11/16: u = -1/4 - 11/32 = -19/32.
    let trace = neuron(keys, lookahead);
    exact(&trace, &[("t1.b", "-3/4"), ("t2.grad.b", "-11/16"), ("t2.u.b", "-19/32")]);
    exact(&trace, &[("t2.b", "-77/128")]);
}
