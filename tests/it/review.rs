//! Warnings: each rule has a scenario that it speaks of, and neighbours that it is silent about.

use gradsheet::scenario::Exam;
use gradsheet::{engine, review};

/// What is suspicious about a scenario made of these parts.
fn warned(top: &str, model: &str, init: &str, cells: &str) -> Vec<String> {
    let text = format!(
        "title: T\n{top}\nsetups:\n  s:\n    model: |\n      {}\n    init: {init}\n    data: [{{x: 3, y: 1}}]\n    \
         iterations: 2\n    optimizers:\n      o: {{kind: sgd, learning_rate: 0.5}}\n{cells}",
        model.replace("; ", "\n      ")
    );
    let (exam, scenario) = Exam::read("t.yaml".as_ref(), &text).unwrap_or_else(|e| panic!("{e}"));
    let trace = engine::execute(&scenario).unwrap();
    review::warnings(&exam, &scenario, &trace)
        .iter()
        .map(|problem| format!("{} {}", problem.place, problem.message))
        .collect()
}

const LINE: &str = "loss = 1/2 * (w*x + b - y)^2";

/// Checks that exactly one warning is given, or none.
fn expect(found: &[String], begin: Option<(&str, &str)>) {
    match begin {
        None => assert!(found.is_empty(), "{found:#?}"),
        Some((place, words)) => {
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].starts_with(place), "{found:#?}");
            assert!(found[0].contains(words), "{found:#?}");
        }
    }
}

#[test]
fn an_unused_variable() {
    let top = "variables:\n  k: {choose: [1, 2]}";
    let unused = Some(("3:3 ", "`k` is used nowhere"));
    let said = "cells:\n  - markdown: The letter k << k >>.\n";
    let named = "cells:\n  - markdown: The letter k alone.\n";
    expect(&warned(top, LINE, "{w: 1, b: 0}", ""), unused);
    expect(&warned(top, LINE, "{w: 1, b: 0}", named), unused);
    expect(&warned(top, LINE, "{w: k, b: 0}", ""), None);
    expect(&warned(top, LINE, "{w: \"k/2\", b: 0}", ""), None);
    expect(&warned(top, LINE, "{w: 1, b: 0}", said), None);
    let chain = "variables:\n  k: {choose: [1, 2]}\n  m: {expression: 2*k}";
    expect(&warned(chain, LINE, "{w: m, b: 0}", ""), None);
}

#[test]
fn an_answer_that_nobody_asks_for() {
    let cells = |text: &str| {
        format!(
            "cells:\n  - question: Q\n    parts:\n      - ask: {text}\n        \
             answers: [o.t1.w, o.t1.b]\n"
        )
    };
    let both = "{w: 1, b: 0}";
    expect(&warned("", LINE, both, &cells("What is $w$?")), Some(("15:14 ", "`s.o.t1.b`")));
    expect(&warned("", LINE, both, &cells("What are $w, b$?")), None);
    expect(&warned("", LINE, both, &cells("Carry out the step.")), None);
}

#[test]
fn a_number_that_contradicts_the_run() {
    // w = 1, b = 0 on (3, 1): the error is 2, the gradient (6, 2); w = 1 - 3 = -2, b = -1.
    let said = |text: &str| format!("cells:\n  - markdown: {text}\n");
    let both = "{w: 1, b: 0}";
    let wrong = Some(("13:29 ", "`w` is -3 here"));
    expect(&warned("", LINE, both, &said("After a step $w = -3$.")), wrong);
    expect(&warned("", LINE, both, &said("After a step $w = -2$, $b = -1.0$.")), None);
    expect(&warned("", LINE, both, &said("With $x = 3$, $y = 1$ at $w = 1$.")), None);
    expect(&warned("", LINE, both, &said("With w = -3 in plain words.")), None);
    let allowed = "allow: [contradicting_number]";
    expect(&warned(allowed, LINE, both, &said("After a step $w = -3$.")), None);
}

#[test]
fn a_plot_of_nothing_that_was_introduced() {
    let plot = "cells:\n  - plot: loss\n    of: [o]\n";
    let both = "{w: 1, b: 0}";
    expect(&warned("", LINE, both, plot), Some(("13:5 ", "no cell of the sheet introduces")));
    let told = "cells:\n  - rules: [o]\n  - plot: loss\n    of: [o]\n";
    expect(&warned("", LINE, both, told), None);
    expect(&warned("", LINE, both, ""), None);
}

#[test]
fn a_kink_whose_convention_matters() {
    // The pre-activation is 3 - 3 = 0 in the first step.
    let model = "z = w*x + b; h = relu(z); loss = 1/2 * (h - y)^2";
    let chosen = "z = w*x + b; h = relu(z, at_kink=0); loss = 1/2 * (h - y)^2";
    let kink = "{w: 1, b: -3}";
    expect(&warned("", model, kink, ""), Some(("7:7 ", "exactly on its kink")));
    expect(&warned("", chosen, kink, ""), None);
    expect(&warned("allow: kink", model, kink, ""), None);
    expect(&warned("", model, "{w: 1, b: -2}", ""), None);
}

#[test]
fn a_branch_that_double_precision_takes_otherwise() {
    // 0.1*3 - 0.3 is exactly zero, and 5.6e-17 in double precision.
    let model = "z = w*x + b; h = relu(z); loss = 1/2 * (h - y)^2";
    let found = warned("allow: [kink]", model, "{w: 0.1, b: -0.3}", "");
    expect(&found, Some(("13:7 ", "in double precision")));
    expect(&warned("allow: [kink]", model, "{w: 0.5, b: -1.5}", ""), None);
}
