//! Initializers and experiments: what the language says, what is drawn, what theory says.

use gradsheet::scenario::Scenario;
use gradsheet::sheet::Templates;
use gradsheet::trace::{self, Figure, Tensor, Trace, json};
use gradsheet::{Audience, Format, engine, scenario};

use crate::shipped;

fn read(text: &str) -> Scenario {
    scenario::read("experiment.yaml".as_ref(), text).unwrap_or_else(|error| panic!("{error}"))
}

fn execute(text: &str) -> Trace {
    engine::execute(&read(text)).unwrap()
}

fn solutions(text: &str) -> String {
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    let files = shipped::rendered(&read(text), &templates, &formats, Audience::Solutions);
    files.unwrap().remove("solutions.md").unwrap()
}

/// The cases of the one experiment of a trace.
fn cases(trace: &Trace) -> &[trace::Case] {
    let (_, setup) = trace.setups.iter().next().unwrap();
    &setup.experiments.iter().next().unwrap().1.cases
}

fn figure<'t>(case: &'t trace::Case, measure: &str, of: &str) -> &'t Figure {
    case.figures.iter().find(|one| one.measure == measure && one.of == of).unwrap()
}

/// A layer `relu(x W + b)` for one example with |x|² = n, under two biases.
fn layer(n: usize, m: usize, trials: usize) -> String {
    format!(
        "
title: A layer
setups:
  layer:
    dimensions: {{n: {n}, m: {m}}}
    shapes: {{x: [1, n], W: [n, m], b: [1, m]}}
    model: |
      y = relu(x @ W + b)
    init: {{W: kaiming_normal, b: 0}}
    data: [{{x: 1}}]
    experiments:
      bias:
        vary: {{b: [0, -1, -2, -4, -1e6]}}
        trials: {trials}
        measure: [active_fraction, dead_units, gradient_norm]
"
    )
}

#[test]
fn active_fractions_stand_beside_the_normal_distribution() {
    let trace = execute(&layer(32, 16, 100));
    // Φ(b/√2) by mpmath; of the last, the decimal logarithm.
    let table = [
        (0.5, -std::f64::consts::LOG10_2),
        (0.239_750_061_093_476_73, -0.620_241_273_489_701_5),
        (0.078_649_603_525_142_57, -1.104_303_462_325_841),
        (0.002_338_867_490_523_633, -2.630_994_382_622_040_5),
        (0.0, -108_573_620_482.061_53),
    ];
    let found = cases(&trace);
    assert_eq!(found.iter().map(|case| &case.values[0]).collect::<Vec<_>>().len(), 5);
    for (case, (value, log10)) in found.iter().zip(table) {
        let figure = figure(case, "active_fraction", "y");
        let theory = figure.theory.unwrap();
        assert!((theory.value - value).abs() <= 1e-12, "{:?}: {theory:?}", case.values);
        assert!((theory.log10 / log10 - 1.0).abs() <= 1e-12, "{:?}: {theory:?}", case.values);
        // 100 trials of 16 independent units.
        let spread = (value * (1.0 - value) / 1600.0).sqrt();
        assert!((figure.mean - value).abs() <= 4.0 * spread, "{:?}: {figure:?}", case.values);
        let (low, high) = figure.interval.unwrap();
        assert!(low <= figure.mean && figure.mean <= high && high - low < 0.06);
        // A single example: a unit is dead where it is not active.
        let dead = self::figure(case, "dead_units", "y");
        assert!((dead.mean + figure.mean - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_hopeless_bias_kills_a_wide_layer_exactly() {
    let text = layer(512, 256, 4);
    let trace = execute(&text);
    let case = &cases(&trace)[4];
    assert_eq!(case.values, ["-1e6"]);
    let active = figure(case, "active_fraction", "y");
    assert_eq!(active.mean.to_bits(), 0);
    // Wilson's interval of 0 in 4 · 256 draws ends at z²/(n + z²).
    let (low, high) = active.interval.unwrap();
    let square = 3.841_458_820_694_124;
    assert!(low.abs() <= 0.0 && (high - square / (1024.0 + square)).abs() < 1e-12);
    for parameter in ["W", "b"] {
        let norm = figure(case, "gradient_norm", parameter);
        assert_eq!((norm.mean.to_bits(), norm.error), (0, Some(0.0)));
    }
    let half = figure(&cases(&trace)[0], "active_fraction", "y");
    assert!((half.mean - 0.5).abs() <= 4.0 * (0.25_f64 / 1024.0).sqrt(), "{half:?}");
    let sheet = solutions(&text);
    assert!(sheet.contains("$10^{-108573620482.06}$"), "{sheet}");
    assert!(sheet.contains(r"\mathcal{N}\left(0, \frac{2}{512}\right)"), "{sheet}");
    assert!(sheet.contains(r"standard deviation $\sigma = 0.0625$"), "{sheet}");
}

#[test]
fn the_average_over_examples_weighs_each_norm() {
    // |x|² is 1 and 4, the weights' variance 1/2: (Φ(−√2) + Φ(−1/√2))/2, by mpmath.
    let trace = execute(
        "
title: Two examples
setups:
  layer:
    shapes: {x: [1, 1], W: [1, 3], b: [1, 3]}
    model: |
      y = relu(x @ W + b)
    init: {W: {kind: normal, std: \"sqrt(2)/2\"}, b: -1}
    data: [{x: 1}, {x: 2}]
    experiments:
      start: {trials: 2, measure: [active_fraction]}
",
    );
    let theory = figure(&cases(&trace)[0], "active_fraction", "y").theory.unwrap();
    assert!((theory.value - 0.159_199_832_309_309_65).abs() < 1e-14, "{theory:?}");
}

/// Each kind's formula and numbers, by hand, for `W` of 6 rows and 2 columns.
#[test]
fn the_sheet_prints_each_distribution() {
    let table = [
        ("zeros", "$W_{ij} = 0$", ""),
        ("ones", "$W_{ij} = 1$", ""),
        ("{kind: constant, value: \"1/3\"}", r"$W_{ij} = \frac{1}{3}$", ""),
        ("normal", r"W_{ij} \sim \mathcal{N}\left(0, 1\right)$", r"\sigma = 1$"),
        (
            "{kind: uniform, low: -3, high: 3}",
            r"\mathcal{U}\left(-3, 3\right)",
            r"\sigma \approx 1.732",
        ),
        (
            "{kind: truncated_normal, std: 0.5}",
            r"\mathcal{N}_{\left[-1,\, 1\right]}\left(0, 0.5^2\right)",
            // 0.5 · 0.87962566103423978
            r"\sigma \approx 0.4398",
        ),
        ("lecun_normal", r"\mathcal{N}\left(0, \frac{1}{n}\right)", r"\sigma \approx 0.4082"),
        ("lecun_uniform", r"\sqrt{\tfrac{3}{n}}", r"bound $\approx 0.7071$"),
        (
            "xavier_normal",
            r"\frac{2}{n + m}\right) = \mathcal{N}\left(0, \frac{2}{6 + 2}",
            r"\sigma = 0.5$",
        ),
        ("xavier_uniform", r"\sqrt{\tfrac{6}{n + m}}", r"bound $\approx 0.8660$"),
        ("kaiming_normal", r"\mathcal{N}\left(0, \frac{2}{n}\right)", r"\sigma \approx 0.5774"),
        (
            "{kind: kaiming_normal, fan: out, gain: linear}",
            r"\frac{1}{m}",
            r"\sigma \approx 0.7071",
        ),
        ("{kind: kaiming_uniform, gain: 1}", r"\sqrt{\tfrac{3}{n}}", r"bound $\approx 0.7071$"),
        ("orthogonal", r"W^\top W = I_{m}", r"\sigma \approx 0.4082"),
        // Four of six entries of a column are zero: variance 9/3.
        (
            "{kind: sparse, fraction: 0.6, std: 3}",
            r"\left\lceil 0.6\,n \right\rceil",
            r"\sigma \approx 1.732",
        ),
        ("identity", "$W = I$", ""),
    ];
    for (kind, formula, number) in table {
        let sheet = solutions(&format!(
            "
title: One layer
setups:
  layer:
    dimensions: {{n: 6, m: 2}}
    shapes: {{x: [1, n], W: [n, m]}}
    model: |
      y = x @ W
    init: {{W: {kind}}}
    data: [{{x: 1}}]
"
        ));
        assert!(sheet.contains(formula), "{kind}: no {formula} in {sheet}");
        assert!(sheet.contains(number), "{kind}: no {number} in {sheet}");
    }
}

const TRAINED: &str = "
title: Trained
seed: 5
setups:
  dead:
    shapes: {x: [1, 3], W: [3, 2], b: [1, 2], t: [1, 2]}
    model: |
      y = relu(x @ W + b)
      loss = 1/2 * sum((y - t)^2)
    init: {W: kaiming_normal, b: -1e6}
    data: &points
      - {x: [1, 0, 2], t: [2, 1]}
      - {x: [0, 1, 1], t: [0.5, 1.5]}
      - {x: [2, 1, 0], t: [2, 1]}
    iterations: 10
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.2}
      momentum: {kind: momentum, learning_rate: 0.2}
      adam: {kind: adam, learning_rate: 0.2}
  alive:
    shapes: {x: [1, 3], W: [3, 2], b: [1, 2], t: [1, 2]}
    model: |
      y = relu(x @ W + b)
      loss = 1/2 * sum((y - t)^2)
    init: {b: 0, W: kaiming_normal}
    data: *points
    iterations: 10
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.2}
";

#[test]
fn a_dead_layer_stays_dead_and_a_live_one_learns() {
    let trace = execute(TRAINED);
    let runs = |setup: &str, run: &str| {
        &trace.setups.get(setup).unwrap().runs.get(run).unwrap().iterations
    };
    for run in ["sgd", "momentum", "adam"] {
        let iterations = runs("dead", run);
        for record in &iterations[1..] {
            assert!(record.gradient.iter().all(|(_, gradient)| gradient.is_zero()), "{run}");
            assert_eq!(record.parameters, iterations[0].parameters, "{run}");
            // Half the squared length of the targets, averaged: (5 + 2.5 + 5)/6.
            let loss = record.loss.as_ref().unwrap().real().unwrap();
            assert_eq!(loss.closed_form().unwrap().to_text(), "25/12", "{run}");
        }
    }
    let losses: Vec<f64> = runs("alive", "sgd")[1..]
        .iter()
        .map(|record| record.loss.as_ref().unwrap().real().unwrap().to_f64())
        .collect();
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
    assert!(losses[9] < losses[0] / 10.0, "{losses:?}");
    // Both drew the same weights, though they stand at another place in `init`.
    let start = |setup: &str| runs(setup, "sgd")[0].parameters.get("W").unwrap().clone();
    assert_eq!(start("dead"), start("alive"));
}

#[test]
fn drawn_values_of_runs_end_within_four_digits() {
    let trace = execute(
        "
title: Generated
setups:
  net:
    shapes: {x: [1, 2], W: [2, 2]}
    model: |
      loss = sum((x @ W - y)^2)
    init: {W: xavier_normal}
    data: {kind: linear, count: 5, noise: 0.5}
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.01}
",
    );
    let setup = trace.setups.get("net").unwrap();
    assert_eq!(setup.data.len(), 5);
    let start = &setup.runs.get("sgd").unwrap().iterations[0].parameters;
    let weights = start.get("W").unwrap();
    for tensors in [vec![weights], setup.data.iter().map(|row| row.get("x").unwrap()).collect()] {
        let entries = || tensors.iter().flat_map(|tensor: &&Tensor| tensor.entries());
        let texts: Vec<String> =
            entries().map(|entry| entry.real().unwrap().closed_form().unwrap().to_text()).collect();
        // A decimal of three or four places is a fraction of 10 000.
        for text in &texts {
            let (_, denominator) = text.split_once('/').unwrap_or((text, "1"));
            assert_eq!(10_000 % denominator.parse::<u32>().unwrap(), 0, "{texts:?}");
        }
        assert!(texts.iter().any(|text| text != "0"), "{texts:?}");
    }
}

#[test]
fn families_sizes_and_options_vary_in_all_combinations() {
    let trace = execute(
        "
title: Families
setups:
  net:
    dimensions: {k: 4, depth: 2}
    shapes: {h_0: [1, k], \"W_{l}\": [k, k]}
    model: |
      h_{l} = relu(h_{l-1} @ W_{l}) for l in 1..depth
    init: {\"W_{l}\": kaiming_normal, W_1: identity}
    data: {kind: gaussian, count: 3}
    experiments:
      sizes:
        vary: {depth: [1, 3], \"W_{l}.gain\": [1, 2, linear]}
        trials: 3
        measure: [activation_mean_square, gradient_norm.W_1]
",
    );
    let found = cases(&trace);
    let values: Vec<String> = found.iter().map(|case| case.values.join(" ")).collect();
    assert_eq!(values, ["1 1", "1 2", "1 linear", "3 1", "3 2", "3 linear"]);
    for case in found {
        let depth: usize = case.values[0].parse().unwrap();
        assert_eq!(case.layers.len(), depth);
        assert_eq!(case.figures.len(), depth + 1);
        // The first layer's weights are the identity in every case.
        let first = figure(case, "activation_mean_square", "h_1");
        assert_eq!(first.error.unwrap_or(0.0).to_bits(), 0, "{first:?}");
    }
    // A gain of 2 quadruples the mean square of a layer: the draws are the same.
    let second = |case: usize| figure(&found[case], "activation_mean_square", "h_2").mean;
    assert!((second(4) / second(3) - 4.0).abs() < 1e-12);
    assert!((second(5) - second(3)).abs() < 1e-15);
}

/// Whatever theory promises, the estimates keep within five standard errors.
#[test]
fn estimates_agree_with_theory() {
    let trace = execute(
        "
title: Theory
seed: 11
setups:
  net:
    dimensions: {k: 24}
    shapes: {x: [1, k], W_1: [k, k], W_2: [k, k], b_2: [1, k]}
    model: |
      h_1 = relu(x @ W_1)
      h_2 = relu(h_1 @ W_2 + b_2)
    init: {W_1: kaiming_normal, W_2: kaiming_uniform, b_2: {kind: normal, std: 0.5}}
    data: {kind: gaussian, count: 4}
    adjoint: {kind: normal, std: 2}
    experiments:
      start:
        trials: 400
        measure: [active_fraction, activation_mean_square, gradient_mean_square]
",
    );
    let case = &cases(&trace)[0];
    let mut judged = 0;
    for figure in &case.figures {
        let Some(theory) = figure.theory else { continue };
        let error = figure.error.unwrap();
        assert!((figure.mean - theory.value).abs() < 5.0 * error, "{figure:?}");
        judged += 1;
    }
    assert_eq!(judged, 6);
    // Kaiming keeps the mean square, and the bias adds half its variance.
    let square = |of: &str| figure(case, "activation_mean_square", of).theory.unwrap().value;
    assert!((square("h_2") - square("h_1") - 0.125).abs() < 1e-12);
    // The free adjoint has mean square 4, and keeps it on the way down.
    let adjoint = |of: &str| figure(case, "gradient_mean_square", of).theory.unwrap().value;
    assert!((adjoint("h_2") - 4.0).abs() < 1e-12 && (adjoint("h_1") - 4.0).abs() < 1e-12);
}

/// A logarithm's theory stands beside all layers or none: under tanh it would be the last's.
#[test]
fn theories_of_logarithms_are_of_whole_columns() {
    for (activation, known) in [("relu", 3), ("tanh", 0)] {
        let trace = execute(&format!(
            "
title: A column
setups:
  deep:
    dimensions: {{n: 8, depth: 3}}
    shapes: {{h_0: [1, n], \"W_{{l}}\": [n, n]}}
    model: |
      h_{{l}} = {activation}(h_{{l-1}} @ W_{{l}}) for l in 1..depth
    init: {{\"W_{{l}}\": kaiming_normal}}
    data: [{{h_0: 1}}]
    experiments:
      start: {{trials: 2, measure: [gradient_std]}}
"
        ));
        let figures = &cases(&trace)[0].figures;
        let found = figures.iter().filter(|figure| figure.theory_logarithm.is_some()).count();
        assert_eq!((figures.len(), found), (3, known), "{activation}");
    }
}

/// Weights that are used twice have no theory: their layers are not independent.
#[test]
fn what_theory_does_not_cover_stands_alone() {
    let table = [
        ("h_2 = relu(h_1 @ W_1)", 1),
        ("h_2 = relu(h_1 @ W_2)", 2),
        ("h_2 = relu(h_1 @ W_2) + h_1", 1),
        ("h_2 = relu(h_1 @ W_2.T)", 1),
        ("h_2 = relu(2*(h_1 @ W_2))", 1),
    ];
    for (line, layers) in table {
        let trace = execute(&format!(
            "
title: Theory
setups:
  net:
    shapes: {{x: [1, 4], W_1: [4, 4], W_2: [4, 4]}}
    model: |
      h_1 = relu(x @ W_1)
      {line}
    init: {{W_1: kaiming_normal, W_2: kaiming_normal}}
    data: {{kind: gaussian, count: 2}}
    experiments:
      start: {{trials: 2, measure: [activation_mean_square]}}
"
        ));
        let figures = &cases(&trace)[0].figures;
        let covered = figures.iter().filter(|figure| figure.theory.is_some()).count();
        assert_eq!(covered, layers, "{line}");
    }
}

#[test]
fn a_loss_is_differentiated_in_floating_point_as_it_is_exactly() {
    // One trial with given weights: the norm is that of the exact gradient.
    let text = "
title: Loss
setups:
  net:
    shapes: {x: [1, 2], W: [2, 2], V: [2, 1]}
    model: |
      h = tanh(x @ W)
      y_hat = sigmoid(h @ V)
      again = y_hat
      loss = mean((again - y)^2) + 1/100*norm(V)
    init: {W: [[0.5, -1], [2, 0.25]], V: [[1], [-0.5]]}
    data: [{x: [1, 2], y: [[1]]}, {x: [-1, 0.5], y: [[0]]}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 1}
    experiments:
      one: {trials: 1, measure: [gradient_norm, gradient_mean.h, activation_mean.y_hat]}
";
    let trace = execute(text);
    let record = &trace.setups.get("net").unwrap().runs.get("sgd").unwrap().iterations[1];
    let norm = |tensor: &Tensor| {
        let squares = tensor.entries().iter().map(|entry| entry.real().unwrap().to_f64());
        squares.map(|entry| entry * entry).sum::<f64>().sqrt()
    };
    let case = &cases(&trace)[0];
    for parameter in ["W", "V"] {
        let exact = norm(record.gradient.get(parameter).unwrap());
        let found = figure(case, "gradient_norm", parameter).mean;
        assert!((found / exact - 1.0).abs() < 1e-13, "{parameter}: {found} {exact}");
    }
    let mean = |values: Vec<f64>| {
        values.iter().sum::<f64>() / f64::from(u32::try_from(values.len()).unwrap())
    };
    let entries = |read: &dyn Fn(&trace::Example) -> Tensor| {
        let all = record.examples.iter().flat_map(|example| read(example).entries().to_vec());
        mean(all.map(|entry| entry.real().unwrap().to_f64()).collect())
    };
    let adjoint = entries(&|example| example.adjoints.get("h").unwrap().clone());
    assert!((figure(case, "gradient_mean", "h").mean - adjoint).abs() < 1e-15);
    let value = entries(&|example| example.values.get("y_hat").unwrap().clone());
    assert!((figure(case, "activation_mean", "y_hat").mean - value).abs() < 1e-15);
}

#[test]
fn what_is_too_large_is_refused_before_it_runs() {
    let text = "
title: Large
setups:
  net:
    dimensions: {k: 2000}
    shapes: {x: [1, k], W: [k, k]}
    model: |
      y = relu(x @ W)
    init: {W: kaiming_normal}
    data: {kind: gaussian, count: 1000}
    experiments:
      long: {trials: 100000, measure: [active_fraction]}
";
    let error = engine::execute(&read(text)).unwrap_err().to_string();
    assert!(error.contains("net.long") && error.contains("take fewer trials"), "{error}");
}

/// Sizes that no memory holds are refused before anything is made of them.
#[test]
fn sizes_that_no_memory_holds_are_refused() {
    for init in ["kaiming_normal", "0"] {
        let text = format!(
            "
title: Huge
setups:
  net:
    dimensions: {{k: 100000}}
    shapes: {{x: [1, k], W: [k, k]}}
    model: |
      y = relu(x @ W)
    init: {{W: {init}}}
    data: {{kind: gaussian, count: 1}}
    experiments:
      one: {{trials: 1, measure: [active_fraction]}}
"
        );
        let error = engine::execute(&read(&text)).unwrap_err().to_string();
        assert!(error.contains("net.one") && error.contains("smaller sizes"), "{error}");
    }
}

#[test]
fn an_experiment_stands_in_the_trace() {
    let json = json::trace(&execute(&layer(4, 3, 2))).unwrap();
    let found = &json["setups"]["layer"]["experiments"]["bias"];
    assert_eq!(found["trials"], 2);
    let figure = &found["cases"][4]["figures"][0];
    assert_eq!(
        (figure["measure"].as_str(), figure["of"].as_str()),
        (Some("active_fraction"), Some("y"))
    );
    assert_eq!((&figure["mean"], &figure["theory"]["value"]), (&0.0.into(), &0.0.into()));
    assert!(figure["wilson_95"][1].as_f64().unwrap() > 0.1);
}
