//! `gradsheet explain`: every printed number is the trace's, every line can be checked by
//! hand, and nothing stands there that the value does not depend on.

use std::num::NonZeroU32;
use std::path::Path as File;

use gradsheet::engine;
use gradsheet::explain::{self, DEPTH, Detail, ExplainError};
use gradsheet::formula::{Evaluator, Prove, ZeroOverZero, parse};
use gradsheet::number::{Rational, Real, parse_exact, trace_decimal};
use gradsheet::scenario::{self, Carry, Scenario};
use gradsheet::sheet::Templates;
use gradsheet::trace::{Reading, Tensor, Trace, Value};

use crate::shipped;

const PLAIN: Detail = Detail { significant: None, depth: DEPTH };

fn read(text: &str) -> Scenario {
    scenario::read(File::new("try.yaml"), text).unwrap_or_else(|error| panic!("{error}"))
}

fn told(text: &str, path: &str, detail: &Detail) -> Result<String, ExplainError> {
    let scenario = read(text);
    let path = scenario::path(&scenario, path).unwrap();
    explain::explain(&scenario, text, &path, detail, &Templates::built_in().unwrap())
}

/// The lines below the heading that begins so.
fn chapter<'t>(text: &'t str, heading: &str) -> Vec<&'t str> {
    let lines = text.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
    lines.take_while(|line| !line.is_empty()).map(str::trim).collect()
}

/// A line without the blanks that align it.
fn tight(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn worksheet() -> String {
    std::fs::read_to_string(shipped::folder("scenarios/optimization-initialization.yaml")).unwrap()
}

/// Worked by hand: z = 1·3 − 1 = 2, so ŷ = 2, the gradient is 2·1·3 = 6, w = 1 − ½·6 = −2.
#[test]
fn a_step_of_sgd_is_told_as_on_paper() {
    let text = told(&worksheet(), "network.sgd.t1.w", &PLAIN).unwrap();
    let own: Vec<String> = chapter(&text, "The scenario's own").into_iter().map(tight).collect();
    assert_eq!(
        own,
        [
            "network.sgd.t0.w = 1 (init, line 14)",
            "network.sgd.t0.b = -1 (init, line 14)",
            "network.data.d1.x = 3 (data, line 15)",
            "network.data.d1.y = 0 (data, line 15)",
            "network.sgd.learning_rate = 0.5 (option, line 18)",
        ]
    );
    let lines: Vec<String> = chapter(&text, "Iteration 1").into_iter().map(tight).collect();
    assert_eq!(
        lines,
        [
            "network.sgd.t1.z = w*x + b = 1*3 - 1 = 2",
            "network.sgd.t1.y_hat = relu(z) = relu(2) = 2 (active: z > 0)",
            "network.sgd.t1.grad.w = (y_hat - y)*relu'(z)*x = (2 - 0)*1*3 = 6",
            "network.sgd.t1.w = t0.w - learning_rate*grad.w = 1 - 0.5*6 = -2",
        ]
    );
    assert!(text.contains("Iteration 1, on example 1:\n"));
}

/// The worksheet's second step: z = (1 − √2/4)(−3) − 1 − √2/4 = −4 + √2/2 is negative, so
/// u = 3/2, v = 9, and w = 1 − √2/4 − ½·(3/2)/3 = 3/4 − √2/4.
#[test]
fn square_roots_stay_in_every_line() {
    let text = told(&worksheet(), "network.exact_adam.t2.w", &PLAIN).unwrap();
    let lines: Vec<String> = chapter(&text, "Iteration 2").into_iter().map(tight).collect();
    assert_eq!(
        lines,
        [
            "network.exact_adam.t2.z = w*x + b = (1 - 1/4*sqrt(2))*(-3) + (-1 - 1/4*sqrt(2)) \
             = -4 + 1/2*sqrt(2) ≈ -3.29",
            "network.exact_adam.t2.y_hat = relu(z) = relu(-4 + 1/2*sqrt(2)) = 0 (inactive: z < 0)",
            "network.exact_adam.t2.grad.w = (y_hat - y)*relu'(z)*x = (0 - 0)*0*(-3) = 0",
            "network.exact_adam.t2.u.w = beta1*t1.u.w + (1 - beta1)*grad.w \
             = 0.5*3 + (1 - 0.5)*0 = 1.5",
            "network.exact_adam.t2.v.w = beta2*t1.v.w + (1 - beta2)*grad.w^2 \
             = 0.5*18 + (1 - 0.5)*0^2 = 9",
            "network.exact_adam.t2.w = t1.w - learning_rate*(u.w/(sqrt(v.w) + epsilon)) \
             = 1 - 1/4*sqrt(2) - 0.5*(1.5/(sqrt(9) + 0)) = 3/4 - 1/4*sqrt(2) ≈ 0.40",
        ]
    );
    // 3/4 - sqrt(2)/4 = 0.39644660940672623779957781894757548…
    let finer = Detail { significant: NonZeroU32::new(20), ..PLAIN };
    let text = told(&worksheet(), "network.exact_adam.t2.w", &finer).unwrap();
    assert!(text.ends_with("= 3/4 - 1/4*sqrt(2) ≈ 0.39644660940672623780\n"), "{text}");
}

/// With two decimals carried: w = 0.65, b = −1.35, so z = 0.65·(−3) − 1.35 = −3.3 exactly.
#[test]
fn a_carried_run_is_told_as_the_sheet_prints_it() {
    let text = told(&worksheet(), "network.adam.t2.w", &PLAIN).unwrap();
    assert!(text.starts_with("Each iteration goes on from the displayed numbers"), "{text}");
    let first = chapter(&text, "Iteration 1");
    assert!(first[8].ends_with("= 1 - 0.5*(3/(sqrt(18) + 1e-8)) ≈ 0.65"), "{}", first[8]);
    let second = chapter(&text, "Iteration 2");
    assert!(second[0].ends_with("= w*x + b = 0.65*(-3) - 1.35 = -3.3"), "{}", second[0]);
    assert!(second[5].ends_with("= 0.65 - 0.5*(1.5/(sqrt(9) + 1e-8)) ≈ 0.40"), "{}", second[5]);
    let finer = Detail { significant: NonZeroU32::new(6), ..PLAIN };
    let text = told(&worksheet(), "network.adam.t1.w", &finer).unwrap();
    assert!(text.ends_with(" ≈ 0.646447   (goes on as 0.65)\n"), "{text}");
}

#[test]
fn undefined_values_are_told_with_their_cause() {
    let text = told(&worksheet(), "no_epsilon.adam.t1.w", &PLAIN).unwrap();
    let last = text.lines().last().unwrap();
    let end = "= 1 - 0.5*(0/(sqrt(0) + 0)) = undefined   (0/0 in u/(sqrt(v) + epsilon))";
    assert!(last.ends_with(end), "{last}");
}

/// z = −½·(−3) − 3/2 = 0: the kink, which changes nothing since ŷ = y there.
#[test]
fn kinks_are_told() {
    let text = told(&worksheet(), "network.momentum.t2.b", &PLAIN).unwrap();
    let line = tight(chapter(&text, "Iteration 2")[1]);
    let end = "= relu(0) = 0 (z = 0, the kink: relu' is 0 by the convention, any other gives the \
               same gradient)";
    assert!(line.ends_with(end), "{line}");
}

/// Given gradients 6, −12 and 1 with β = ½ and α = ½: u = 3, −4.5, −1.75.
const GIVEN: &str = "
title: Momentum from given gradients
setups:
  net:
    gradients: [{w: 6, b: 1}, {w: -12, b: 1}, {w: 1, b: 1}, {w: 0, b: 1}]
    init: {w: 1, b: 0}
    optimizers:
      momentum: {kind: momentum, learning_rate: 0.5, beta: 0.5}
      rprop: {kind: rprop, learning_rate: 0.1}
";

#[test]
fn several_iterations_are_told_back_to_the_first() {
    let text = told(GIVEN, "momentum.t3.w", &PLAIN).unwrap();
    let lines: Vec<String> = text.lines().map(tight).collect();
    let from = lines.iter().position(|line| line == "Iteration 1:").unwrap();
    assert_eq!(
        &lines[from..],
        [
            "Iteration 1:",
            "net.momentum.t1.u.w = beta*t0.u.w + (1 - beta)*grad.w = 0.5*0 + (1 - 0.5)*6 = 3",
            "net.momentum.t1.w = t0.w - learning_rate*u.w = 1 - 0.5*3 = -0.5",
            "",
            "Iteration 2:",
            "net.momentum.t2.u.w = beta*t1.u.w + (1 - beta)*grad.w = 0.5*3 + (1 - 0.5)*(-12) = -4.5",
            "net.momentum.t2.w = t1.w - learning_rate*u.w = -0.5 - 0.5*(-4.5) = 1.75",
            "",
            "Iteration 3:",
            "net.momentum.t3.u.w = beta*t2.u.w + (1 - beta)*grad.w \
             = 0.5*(-4.5) + (1 - 0.5)*1 = -1.75",
            "net.momentum.t3.w = t2.w - learning_rate*u.w = 1.75 - 0.5*(-1.75) = 2.625",
        ]
    );
    assert!(!text.contains(".b "), "b is another matter: {text}");
}

#[test]
fn the_depth_limits_what_is_told() {
    let text = told(GIVEN, "momentum.t3.w", &Detail { depth: 0, ..PLAIN }).unwrap();
    assert!(!text.contains("Iteration 1") && !text.contains("Iteration 2"), "{text}");
    let before: Vec<String> = chapter(&text, "Computed before").into_iter().map(tight).collect();
    assert_eq!(
        before,
        [
            "net.momentum.t2.u.w = -4.5 (gradsheet explain try.yaml net.momentum.t2.u.w)",
            "net.momentum.t2.w = 1.75 (gradsheet explain try.yaml net.momentum.t2.w)",
        ]
    );
}

/// Rprop's step starts at the learning rate and halves where the sign of the gradient changes.
#[test]
fn cases_of_a_rule_are_told_with_their_condition() {
    let text = told(GIVEN, "rprop.t2.w", &PLAIN).unwrap();
    let own: Vec<String> = chapter(&text, "The scenario's own").into_iter().map(tight).collect();
    let start = "net.rprop.t0.d.w = learning_rate = 0.1 (initial state)";
    assert!(own.iter().any(|line| line == start), "{text}");
    let lines: Vec<String> = chapter(&text, "Iteration 2").into_iter().map(tight).collect();
    assert_eq!(lines[0], "net.rprop.t2.p.w = t1.g_prev.w*grad.w = 6*(-12) = -72");
    assert_eq!(lines[1], "net.rprop.t2.eta.w = eta_minus = 0.5 (p.w < 0)");
}

/// Clipped to norm 1, with a batch of two: by hand, x W = 1·3 + 2·(−1) = 1 and −3.
const MATRIX: &str = "
title: A row times a column
setups:
  net:
    model: |
      y_hat = relu(x @ W)
      loss = half_squared_error(y_hat, y)
    init: {W: [[3], [-1]]}
    data: [{x: [[1, 2]], y: 0}, {x: [[-1, 0]], y: 1}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
";

#[test]
fn matrices_are_told_whole_and_end_with_the_entry() {
    let text = told(MATRIX, "sgd.t1.W.r2.c1", &PLAIN).unwrap();
    let lines: Vec<String> = chapter(&text, "Iteration 1").into_iter().map(tight).collect();
    assert_eq!(
        lines,
        [
            "net.sgd.t1.e1.y_hat = relu(x @ W) = relu([[1, 2]] @ [[3], [-1]]) = [[1]] \
             (relu: 1 active)",
            "net.sgd.t1.e1.adjoint.y_hat = y_hat - y = [[1]] - 0 = [[1]]",
            "net.sgd.t1.e1.grad.W = x.T @ (adjoint.y_hat*relu'(x @ W)) \
             = [[1, 2]].T @ ([[1]]*[[1]]) = [[1], [2]]",
            "net.sgd.t1.e2.y_hat = relu(x @ W) = relu([[-1, 0]] @ [[3], [-1]]) = [[0]] \
             (relu: 1 inactive)",
            "net.sgd.t1.e2.adjoint.y_hat = y_hat - y = [[0]] - 1 = [[-1]]",
            "net.sgd.t1.e2.grad.W = x.T @ (adjoint.y_hat*relu'(x @ W)) \
             = [[-1, 0]].T @ ([[-1]]*[[0]]) = [[0], [0]]",
            "net.sgd.t1.grad.W = 1/2*(e1.grad.W + e2.grad.W) = 1/2*([[1], [2]] + [[0], [0]]) \
             = [[0.5], [1]]",
            "net.sgd.t1.W = t0.W - learning_rate*grad.W = [[3], [-1]] - 0.5*[[0.5], [1]] \
             = [[2.75], [-1.5]]",
            "net.sgd.t1.W.r2.c1 = -1.5 (row 2, column 1 of net.sgd.t1.W)",
        ]
    );
}

#[test]
fn a_run_that_ended_has_nothing_to_explain_after_it() {
    let text = "
title: Zero over zero
setups:
  net:
    gradients: [{w: 0}, {w: 1}]
    init: {w: 1}
    optimizers:
      adam: {kind: adam, learning_rate: 0.5, epsilon: 0}
";
    let error = told(text, "adam.t2.w", &PLAIN).unwrap_err().to_string();
    assert!(error.starts_with("net.adam ended with iteration 1: 0/0 in "), "{error}");
}

/// A printed line: its path, the relation and the text of every step.
struct Printed<'t> {
    left: &'t str,
    steps: Vec<(char, &'t str)>,
}

fn printed(line: &str) -> Option<Printed<'_>> {
    let (left, rest) = line.strip_prefix("  ")?.split_once(' ')?;
    let rest = rest.trim_start();
    let end = rest.rfind("   (").filter(|_| rest.ends_with(')')).unwrap_or(rest.len());
    let mut steps = Vec::new();
    let mut rest = &rest[..end];
    while let Some(relation) = rest.chars().next() {
        let after = rest[relation.len_utf8()..].trim_start();
        let next = [" = ", " ≈ "].iter().filter_map(|sign| after.find(sign)).min();
        let (step, more) = after.split_at(next.unwrap_or(after.len()));
        steps.push((relation, step.trim()));
        rest = more.trim_start();
    }
    Some(Printed { left, steps })
}

/// Whether the end of a line is the value: exactly, or rounded to its last digit.
fn agrees(relation: char, text: &str, value: &Value, carry: Carry) -> bool {
    let Some(real) = value.real() else { return text == "undefined" && relation == '=' };
    match (relation, parse_exact(text)) {
        ('=', Ok(number)) => real.as_rational().as_deref() == Some(&number),
        ('=', Err(_)) => real.closed_form().is_some_and(|form| form.to_text() == text),
        (_, Ok(number)) => {
            let exact = parse_exact(&trace_decimal(real).unwrap()).unwrap();
            let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
            let digits = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
            let mut unit = Rational::ONE;
            let last = power.parse::<i64>().unwrap() - i64::try_from(digits).unwrap();
            for _ in 0..last.abs() {
                let ten = Rational::from(10);
                unit = if last < 0 { unit / ten } else { unit * ten };
            }
            let difference = if exact > number { &exact - &number } else { &number - &exact };
            // An integer may be cut to its first digits.
            let last_digit =
                if digits == 0 && power == "0" { Rational::from(1_000_000) } else { unit };
            // A form with roots may come to a decimal without being seen to.
            let open = carry == Carry::Displayed || real.as_rational().is_none();
            let rounded = number != exact || open;
            difference <= last_digit / Rational::from(2) && rounded
        }
        _ => false,
    }
}

/// What the numbers put in come to, where they are numbers and not matrices.
fn computed(text: &str) -> Option<Real> {
    let expression = parse(text).ok()?.expression;
    let mut prove = Prove;
    let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero: ZeroOverZero::Undefined };
    let names = |name: &str| panic!("{text} has the name {name}");
    evaluator.evaluate(&expression, &names).ok()
}

/// Checks every line; how many lines were computed again.
fn check(scenario: &Scenario, trace: &Trace, text: &str, path: &str) -> usize {
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).collect();
    let asked = printed(lines.last().unwrap()).unwrap();
    assert_eq!(asked.left, path, "{text}");
    // A carried value is the rounded number itself.
    let mut runs = scenario.setups.iter().flat_map(|setup| &setup.runs);
    let carried = runs.any(|run| run.display.carry == Carry::Displayed);
    let carry = if carried { Carry::Displayed } else { Carry::Exact };
    let mut again = 0;
    for line in &lines {
        let Printed { left, steps } = printed(line).unwrap();
        let (relation, end) = *steps.last().unwrap();
        let named = scenario::path(scenario, left).ok();
        let value = named.and_then(|path| path.value(trace, Reading::Printed));
        if let Some(value) = value.as_ref().and_then(Tensor::scalar) {
            assert!(agrees(relation, end, value, carry), "{line}\nis not {value:?}");
        } else if let Some(value) = value.filter(|_| end.contains('[') && !end.contains('x')) {
            let entries: Vec<&str> =
                end.split(['[', ']', ',', ' ']).filter(|part| !part.is_empty()).collect();
            assert_eq!(entries.len(), value.entries().len(), "{line}");
            for (text, value) in entries.iter().zip(value.entries()) {
                let either = agrees('=', text, value, carry) || agrees('≈', text, value, carry);
                assert!(either, "{line}\n{text} is not {value:?}");
                assert!(relation == '≈' || agrees('=', text, value, carry), "{line}");
            }
        }
        let exact = |step: &&(char, &str)| step.0 == '=' && !step.1.contains('[');
        if let [_, put_in, .., result] = steps.as_slice()
            && let Some(put_in) = Some(put_in).filter(exact)
            && !put_in.1.contains("undefined")
            && let Some(value) = computed(put_in.1)
        {
            assert!(agrees(result.0, result.1, &Value::Real(value), carry), "{line}");
            again += 1;
        }
    }
    again
}

/// Every last parameter of every run, told back to the beginning, and some values more.
fn paths(scenario: &Scenario, trace: &Trace) -> Vec<String> {
    let mut list = Vec::new();
    for setup in &scenario.setups {
        let Some(record) = trace.setups.get(&setup.name) else { continue };
        for (name, run) in record.runs.iter() {
            let last = run.printed().last().unwrap();
            let begins = format!("{}.{name}.t{}", setup.name, last.t);
            list.extend(last.parameters.names().map(|own| format!("{begins}.{own}")));
            if last.loss.is_some() {
                list.push(format!("{begins}.loss"));
            }
            for example in last.examples.iter().take(1) {
                let e = if last.examples.len() > 1 { "e1." } else { "" };
                list.extend(
                    example.adjoints.names().map(|own| format!("{begins}.{e}adjoint.{own}")),
                );
            }
            let first = last.parameters.names().next();
            if let Some(own) = first.filter(|own| last.gradient.get(own).is_some()) {
                list.push(format!("{begins}.used_grad.{own}"));
            }
        }
    }
    list
}

#[test]
fn every_printed_number_is_the_traces_and_every_line_adds_up() {
    let templates = Templates::built_in().unwrap();
    let detail = Detail { depth: 100, ..PLAIN };
    let mut texts: Vec<(String, String)> = Vec::new();
    for folder in ["tests/fixtures/random", "tests/fixtures/reference"] {
        let mut files: Vec<_> = std::fs::read_dir(shipped::folder(folder)).unwrap().collect();
        files.sort_by_key(|file| file.as_ref().unwrap().path());
        for file in files {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = path.display().to_string();
                texts.extend(text.split("\n---\n").map(|text| (name.clone(), text.to_owned())));
            }
        }
    }
    texts.extend([GIVEN, MATRIX].map(|text| ("own".to_owned(), text.to_owned())));
    let (mut told, mut again) = (0, 0);
    for (file, text) in texts.iter().step_by(STEP) {
        let Ok(scenario) = scenario::read(File::new("try.yaml"), text) else { continue };
        // Scenarios that are there to be undecided have no trace.
        let Ok(trace) = engine::execute(&scenario) else { continue };
        for path in paths(&scenario, &trace) {
            let known = scenario::path(&scenario, &path)
                .unwrap_or_else(|error| panic!("{file}: {path}: {error:?}"));
            let explained = explain::explain(&scenario, text, &known, &detail, &templates);
            let explained = explained.unwrap_or_else(|error| panic!("{file}: {path}: {error}"));
            again += check(&scenario, &trace, &explained, &path);
            told += 1;
        }
    }
    assert!(told > 100 && again > 500, "{told} values, {again} lines computed again");
}

/// One of so many random scenarios is told, which keeps the test short.
const STEP: usize = 9;
