//! Wrong turns: the numbers that students get, worked out by hand, and who can tell them.

use std::path::Path;

use gradsheet::engine::{Models, execute};
use gradsheet::marking::{Outcome, WrongTurn, wrong_turns, wrong_turns_by};
use gradsheet::scenario::{self, Exam, RunId, Scenario};
use gradsheet::trace::Trace;
use gradsheet::variants::{Reason, Search, TooFew, Variant};

use super::shipped::{self, Texts};

const NEURON: &str = "title: Wrong turns
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: -1}
    data: [{x: 3, y: 0}, {x: -3, y: 0}]
    batches: [[1], [2]]
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
      momentum: {kind: momentum, learning_rate: 0.5, beta: 0.5}
      adam: {kind: adam, learning_rate: 0.5, beta1: 0.5, beta2: 0.5, epsilon: 0, bias_correction: false}
      corrected: {kind: adam, learning_rate: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 1}
      decayed: {kind: momentum, learning_rate: 0.5, beta: 0.5, weight_decay: {kind: decoupled, value: 0.5}}
  layer:
    shapes: {x: [1, 2], W: [2, 1]}
    model: |
      h = relu(x @ W)
      loss = 1/2 * sum((h - y)^2)
    init: {W: [[1], [-1]]}
    data: [{x: [1, 2], y: 1}, {x: [2, 1], y: 0}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
";

/// What each mistake leads to for the answers of one part: `4` or `1 - 1/2*sqrt(2)`, with `=`
/// before what can't be told from the right value; `-` for no value.
#[track_caller]
fn found(answers: &str, mistakes: &str) -> Vec<String> {
    let text = format!(
        "{NEURON}cells:\n  - question: Q\n    text: T\n    answers: {answers}\n    mistakes: {mistakes}\n"
    );
    let scenario = scenario::read(Path::new("q.yaml"), &text).unwrap_or_else(|all| panic!("{all}"));
    let trace = execute(&scenario).unwrap();
    let turns = wrong_turns(&scenario, &trace).unwrap();
    assert_same_by_shared_models(&scenario, &trace, &turns);
    let exact = |value: &gradsheet::trace::Value| match value.real() {
        Some(real) => real.closed_form().unwrap().to_text(),
        None => "undefined".to_owned(),
    };
    let mut list = Vec::new();
    for turn in turns {
        let told = turn.answers.iter().map(|answer| {
            let entries = answer.value.iter().flat_map(|value| value.entries());
            let mut text = entries.map(exact).collect::<Vec<_>>().join(" ");
            if answer.value.is_none() {
                text.push('-');
            }
            if answer.outcome == Outcome::Right { format!("={text}") } else { text }
        });
        list.push(told.collect::<Vec<_>>().join(", "));
    }
    list
}

/// Models that have executed the runs know passes of theirs; nothing else may come of them.
#[track_caller]
fn assert_same_by_shared_models(scenario: &Scenario, trace: &Trace, turns: &[WrongTurn]) {
    let models = Models::new(&scenario.setups);
    for (index, setup) in scenario.setups.iter().enumerate() {
        for (number, run) in setup.runs.iter().enumerate() {
            let record = models.execute(RunId { setup: index, run: number }).unwrap();
            assert_eq!(Some(&record), trace.setups.get(&setup.name).unwrap().runs.get(&run.name));
        }
    }
    let again = wrong_turns_by(&models, scenario, trace).unwrap();
    let answers =
        |turns: &[WrongTurn]| -> Vec<_> { turns.iter().map(|turn| turn.answers.clone()).collect() };
    assert_eq!(answers(&again), answers(turns));
}

#[test]
fn each_mistake_leads_to_the_number_of_the_altered_algorithm() {
    // z = 3 - 1 = 2, so the gradient is (6, 2); momentum then has u = (3, 1), w = -1/2,
    // b = -3/2, z = 0 in iteration 2, and no gradient.
    let table: [(&str, &str, &str); 22] = [
        ("[sgd.t1.w, sgd.t1.b]", "sign_slip", "4, 0"),
        // ReLU is active, so its derivative is 1 anyway.
        ("[sgd.t1.w]", "forgotten_activation_derivative", "=-2"),
        // u = 6, 2
        ("[momentum.t1.w, momentum.t1.b]", "momentum_without_factor", "-2, -2"),
        // The step goes on from the right state; its gradient is 0, so the factor is of no use.
        ("[momentum.t2.w]", "momentum_without_factor", "=-5/4"),
        // From w = b = -2: z = 4, the gradient is (-12, 4), u = 3 - 12 = -9 and 1 + 4 = 5.
        (
            "[momentum.t1.w, momentum.t2.z, momentum.t2.u.w, momentum.t2.u.b, momentum.t2.w, momentum.t2.b]",
            "momentum_without_factor",
            "-2, 4, -9, 5, 5/2, -9/2",
        ),
        ("[momentum.t1.u.w, momentum.t1.w]", "sgd_instead", "-, -2"),
        ("[momentum.t2.w, momentum.t2.b]", "sgd_instead", "-1/2, -3/2"),
        // u1 = (3, 1) once more in the place of u2 = (3/2, 1/2), which itself is right.
        ("[momentum.t2.u.w, momentum.t2.w, momentum.t2.b]", "old_state", "=3/2, -2, -2"),
        ("[momentum.t1.w]", "old_state", "1"),
        ("[momentum.t1.u.w, momentum.t1.w]", "sign_slip", "=3, 5/2"),
        // The decay keeps its sign: 1 + 3/2 - 1/2·1/2·1.
        ("[decayed.t1.w]", "sign_slip", "9/4"),
        // Clipping and decay stay with SGD: 1 - 3 - 1/4.
        ("[decayed.t1.w]", "sgd_instead", "-9/4"),
        // u = 6, v = 18: 1 - 1/2·6/(3√2)
        (
            "[adam.t1.u.w, adam.t1.v.w, adam.t1.w]",
            "momentum_without_factor",
            "6, =18, 1 - 1/2*sqrt(2)",
        ),
        ("[adam.t1.w, adam.t1.b]", "sgd_instead", "-2, -2"),
        ("[adam.t1.w]", "sign_slip", "1 + 1/4*sqrt(2)"),
        // 0/0
        ("[adam.t1.w]", "old_state", "undefined"),
        // û = 6 and v̂ = 36 would give 1 - 3/7; u = 3 and v = 9 give 1 - 1/2·3/4.
        ("[corrected.t1.w]", "no_bias_correction", "5/8"),
        // 1 - 3/√37
        ("[corrected.t1.w]", "epsilon_misplaced", "1 - 3/37*sqrt(37)"),
        // The first unit is off: h = 0 and h - 1 = -1 against x = (1, 2); the second is on:
        // h = 1 against (2, 1). The mean gradient is (1, 1/2).
        ("[layer.sgd.t1.W]", "sum_instead_of_mean", "0 -3/2"),
        (
            "[layer.sgd.t1.grad.W, layer.sgd.t1.W]",
            "forgotten_activation_derivative",
            "1/2 -1/2, 3/4 -3/4",
        ),
        ("[layer.sgd.t1.loss]", "sum_instead_of_mean", "1"),
        ("[layer.sgd.t1.W.r1.c1, layer.sgd.t1.W.r2.c1]", "sign_slip", "3/2, -3/4"),
    ];
    for (answers, mistake, expected) in table {
        let answers = match answers.contains("layer") {
            true => answers.to_owned(),
            false => answers.replace('[', "[neuron.").replace(", ", ", neuron."),
        };
        assert_eq!(found(&answers, &format!("[{mistake}]")), [expected], "{mistake}: {answers}");
    }
}

#[test]
fn a_mistake_may_be_made_from_an_earlier_iteration_on() {
    // As above: w = -2, then 5/2.
    let answers = "[neuron.momentum.t2.w]";
    assert_eq!(found(answers, "[{kind: momentum_without_factor, from: 1}]"), ["5/2"]);
    assert_eq!(found(answers, "[{kind: momentum_without_factor, from: 2}]"), ["=-5/4"]);
}

#[test]
fn a_mistake_of_the_authors_own_is_another_optimizer_or_another_model() {
    let answers = "[neuron.momentum.t1.u.w, neuron.momentum.t1.w]";
    let table = [
        // The rate is that of the run where none is given.
        ("{optimizer: {kind: momentum, beta: 0.5, form: heavy_ball}}", "6, -2"),
        (
            "{optimizer: {kind: momentum, beta: 0.5, form: heavy_ball, learning_rate: 0.25}}",
            "6, =-1/2",
        ),
        // Its second moment begins at 0: v = (1 - 3/4)·36 = 9, 1 - 1/2·3/3.
        (
            "{optimizer: {kind: adam, beta1: 0.5, beta2: 0.75, epsilon: 0, bias_correction: false}}",
            "=3, 1/2",
        ),
        // z = 4: the gradient is (12, -4)
        ("{model: \"loss = 1/2*(relu(w*x - b) - y)^2\"}", "6, -2"),
    ];
    for (custom, expected) in table {
        assert_eq!(found(answers, &format!("[{{custom: {custom}}}]")), [expected], "{custom}");
    }
}

#[test]
fn a_mistake_is_made_in_every_run_that_is_asked_about_and_allows_it() {
    let answers = "[neuron.sgd.t1.w, neuron.momentum.t1.w, neuron.adam.t1.w]";
    assert_eq!(found(answers, "[sgd_instead]"), ["-2", "-2"]);
    assert_eq!(
        found(answers, "[{kind: sign_slip, remark: Why?}]"),
        ["4", "5/2", "1 + 1/4*sqrt(2)"]
    );
}

fn rendered(question: &str) -> Texts {
    let text =
        format!("{NEURON}cells:\n  - question: Q\n    setup: neuron\n    text: T\n{question}");
    shipped::render("q", &text)
}

#[test]
fn the_marker_reads_what_wrong_numbers_mean() {
    let files = rendered(
        "    answers: [momentum.t1.w, momentum.t1.b]
    mistakes:
      - {kind: momentum_without_factor, remark: 'Half the marks, $w \\ne << momentum.t1.w | tex >>$.'}
      - sgd_instead
      - old_state
      - forgotten_activation_derivative
",
    );
    let expected = "\
> **Wrong turns.** If other numbers are handed in, they point to one of these mistakes:
>
> - $w_{1} = -2$, $b_{1} = -2$: the gradient entered the momentum in full, without its factor. \
Half the marks, $w \\ne -0.5$. Or: plain SGD was used instead of SGD with Momentum.
> - $w_{1} = 1$, $b_{1} = -1$: the step was made with the state before the iteration, not the new one.
>
> **Not to be seen.** These mistakes can't be told from the right numbers here:
>
> - the derivative of the activation function was left out of the backward pass.
";
    let solutions = &files["solutions.md"];
    assert!(solutions.contains(expected), "{solutions}");
    assert!(!files["handout.md"].contains("SGD"), "{}", files["handout.md"]);
}

fn find(text: &str, count: u64) -> Result<Vec<Variant>, Box<TooFew>> {
    let (exam, default) =
        Exam::read(Path::new("exam.yaml"), text).unwrap_or_else(|all| panic!("{all}"));
    let trace = execute(&default).unwrap();
    Search::new(&exam, &default, &trace, 1, 1000).find(count, &|_| {})
}

/// w0 and b0 vary from 1 to 3, x from 0 to 2; one step of SGD on (wx + b)²/2.
fn exam(x: u64, answers: &str, mistakes: &str) -> String {
    format!(
        "title: An exam
variables:
  x1: {{integers: [0, 2], default: {x}}}
  w0: {{integers: [1, 3]}}
  b0: {{integers: [0, 2], default: 2}}
setups:
  s:
    model: loss = 1/2*(w*x + b)^2
    init: {{w: w0, b: b0}}
    data: [{{x: x1}}]
    iterations: 1
    optimizers:
      o: {{kind: sgd, learning_rate: 0.5}}
cells:
  - question: A step
    text: One step.
    answers: {answers}
    mistakes: {mistakes}
"
    )
}

#[test]
fn variants_in_which_a_mistake_does_not_show_are_rejected() {
    // The gradient is ((wx + b)x, wx + b); with the sign slip of the model below it is
    // ((wx - b)x, b - wx).
    let other = "[{custom: {model: loss = 1/2*(w*x - b)^2}}]";
    type Hidden = fn(i64, i64, i64) -> bool;
    let table: [(u64, &str, &str, Hidden); 4] = [
        (1, "[o.t1.w]", "[sign_slip]", |x, w, b| (w * x + b) * x == 0),
        (1, "[o.t1.w]", other, |x, _, b| b * x == 0),
        // In the default paper both answers show it, so they have to everywhere.
        (1, "[o.t1.w, o.t1.b]", other, |x, _, b| b * x == 0 || x == 0),
        // There only that of b does.
        (0, "[o.t1.w, o.t1.b]", "[sign_slip]", |x, w, b| w * x + b == 0),
    ];
    for (x, answers, mistakes, hidden) in table {
        let mut rejected = 0;
        for x in 0..3 {
            for w in 1..4 {
                rejected += (0..3).filter(|b| hidden(x, w, *b)).count();
            }
        }
        let few = find(&exam(x, answers, mistakes), 1000).unwrap_err();
        let expected = vec![(Reason::Mistake, u64::try_from(rejected).unwrap())];
        assert_eq!(few.reasons, expected, "{answers} {mistakes}");
        assert!(few.complete);
    }
}

/// Rounded answers are apart only by more than both tolerances.
#[test]
fn a_wrong_number_within_the_tolerance_is_rejected() {
    // Right: w - 1/(3·k); with the other rate of 1/4: 9/10 of that step.
    let text = |first: u64| {
        format!(
            "title: An exam
display: {{decimals: 1}}
variables:
  k: {{integers: [{first}, 5], default: {first}}}
  c: {{expression: 1/(3*k)}}
setups:
  s:
    model: loss = d*w
    init: {{w: 1}}
    iterations: 1
    data: [{{d: c}}]
    optimizers:
      o: {{kind: sgd, learning_rate: 1}}
cells:
  - question: A step
    text: One step.
    answers: [o.t1.w]
    mistakes: [{{custom: {{optimizer: {{kind: sgd, learning_rate: 0.4}}}}}}]
"
        )
    };
    // 0.6/(3k) has to be more than 0.1, twice half a unit: k < 2.
    let few = find(&text(1), 9).unwrap_err();
    assert_eq!((few.found, few.reasons.as_slice()), (1, [(Reason::Mistake, 4)].as_slice()));
    let few = find(&text(2), 9).unwrap_err();
    assert_eq!((few.found, few.reasons.as_slice()), (0, [(Reason::Mistake, 4)].as_slice()));
}

#[test]
fn a_carried_wrong_turn_goes_on_from_the_displayed_numbers() {
    // Right: w = 1 - 0.37 = 0.63, displayed 0.6. From there the step in the wrong direction
    // leads to 0.6 + 0.37·0.6 = 0.822, displayed 0.8; exactly it would be 0.63·1.37 = 0.8631.
    let text = "title: Carried
display: {decimals: 2, carry: displayed}
setups:
  s:
    model: loss = 1/2*w^2
    init: {w: 1}
    iterations: 2
    optimizers:
      o: {kind: sgd, learning_rate: 0.37, display: {decimals: 1}}
cells:
  - question: Q
    text: T
    answers: [o.t2.w]
    mistakes: [sign_slip]
";
    let scenario = scenario::read(Path::new("q.yaml"), text).unwrap_or_else(|all| panic!("{all}"));
    let trace = execute(&scenario).unwrap();
    let turns = wrong_turns(&scenario, &trace).unwrap();
    let value = turns[0].answers[0].value.as_ref().unwrap().real().unwrap().clone();
    assert_eq!(value.closed_form().unwrap().to_text(), "411/500");
    let solutions = &shipped::render("q", text)["solutions.md"];
    assert!(solutions.contains("> - $w_{2} \\approx 0.8$: the step was added"), "{solutions}");
}
