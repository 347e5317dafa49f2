//! What a derived solution shows: what is asked, named by run and iteration, in lines that fit.

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};

use super::shipped;

fn solutions(text: &str) -> String {
    let templates = Templates::built_in().unwrap();
    let scenario = shipped::read("solved", text);
    let formats = [Format::Markdown];
    shipped::rendered(&scenario, &templates, &formats, Audience::Solutions).unwrap()["solutions.md"]
        .clone()
}

#[track_caller]
fn holds(sheet: &str, lines: &[&str]) {
    let mut rest = sheet;
    for line in lines {
        let Some(at) = rest.find(line) else { panic!("no `{line}`, or not here, in\n{sheet}") };
        rest = &rest[at + line.len()..];
    }
}

/// f = (w x)² and a second parameter, by hand: w = 3, v = 1, x = 2: z = 6, L = 36 + 1;
/// the gradients are 2 · 6 · 2 = 24 and 2.
const TWO: &str = "title: T
setups:
  s:
    model: |
      z = w*x
      loss = z^2 + v^2
    init: {w: 3, v: 1}
    data: [{x: 2}]
    iterations: 2
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.01}
      heavy: {title: the heavy ball, kind: momentum, form: heavy_ball, learning_rate: 0.01, beta: 0.5}
cells:
  - question: Q
    parts:
";

#[test]
fn an_asked_adjoint_stands_in_its_solution_and_what_nobody_asks_does_not() {
    let sheet = solutions(&format!(
        "{TWO}      - ask: A\n        answers: [sgd.t1.adjoint.z, sgd.t1.grad.w]\n"
    ));
    holds(&sheet, &[r"\frac{\partial L}{\partial z} &= 2 z = 2 \cdot 6 = 12", r"\nabla_{w} L &="]);
    assert!(!sheet.contains(r"\nabla_{v} L"), "{sheet}");
}

#[test]
fn iterations_and_runs_are_named_and_a_known_gradient_is_not_called_this_one() {
    let parts = "      - ask: A\n        answers: [sgd.t1.w, sgd.t2.w]\n      - ask: B\n        \
                 answers: [sgd.t1.w, heavy.t1.w]\n      - ask: C\n        answers: [heavy.t1.v]\n";
    let sheet = solutions(&format!("{TWO}{parts}"));
    holds(
        &sheet,
        &[
            "*Iteration 1.* The forward pass and, by the chain rule, the gradient:",
            "With this gradient, the update rule of SGD gives:",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 3 - 0.01 \cdot 24 = 2.76",
            "*Iteration 2.* The forward pass",
            "**(b)**",
            "*SGD.* With the gradient of iteration 1, the update rule of SGD gives:",
            "*the heavy ball.* With the gradient of iteration 1, the update rule of the heavy ball gives:",
            "**(c)**",
            // Its gradient by v was not shown so far, its forward pass was.
            "By the chain rule, the gradient:",
            r"\nabla_{v} L &= 2 v = 2 \cdot 1 = 2",
            "With this gradient, the update rule of the heavy ball gives:",
        ],
    );
}

#[test]
fn rates_are_derived_from_their_schedule_one_below_the_other() {
    // Half of it after every second iteration: k = 1 is still the first step, k = 2 the second.
    let text = "title: T
setups:
  s:
    model: |
      loss = w^2
    init: {w: 1}
    iterations: 3
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.4, schedule: {kind: step, size: 2, gamma: 0.5}}
      listed: {kind: sgd, learning_rate: [0.3, 0.2, 0.1]}
cells:
  - question: Q
    text: The third is $<< s.sgd.t3.learning_rate | tex >>$.
    parts:
      - ask: A
        answers: [sgd.t2.learning_rate, sgd.t3.learning_rate]
      - ask: B
        answers: [listed.t2.learning_rate]
";
    let sheet = solutions(text);
    holds(
        &sheet,
        &[
            "The third is $0.2$.",
            "The schedule gives, with $k$ iterations done before:",
            r"\alpha_{2} &= \alpha \cdot 0.5^{\lfloor k/2\rfloor} = 0.4 \cdot 0.5^{0} = 0.4 \quad (k = 1) \\",
            r"\alpha_{3} &= \alpha \cdot 0.5^{\lfloor k/2\rfloor} = 0.4 \cdot 0.5^{1} = 0.2 \quad (k = 2)",
            r"\alpha_{2} = 0.2",
        ],
    );
    assert!(!sheet.contains("gradient"), "{sheet}");
}

#[test]
fn what_follows_from_rounded_numbers_is_not_called_equal() {
    // w₁ = 2/3 − 1/3 · 4/3 = 2/9 and w₂ = 2/9 − 1/3 · 4/9 = 2/27; with the other rate w₁ = 0.
    let text = "title: T
setups:
  s:
    model: |
      loss = w^2
    init: {w: \"2/3\"}
    iterations: 2
    optimizers:
      sgd: {kind: sgd, learning_rate: \"1/3\"}
      all: {kind: sgd, learning_rate: 0.5}
cells:
  - question: Q
    answers: [s.sgd.t2.w, s.all.t1.w]
";
    let sheet = shipped::unbroken(&solutions(text));
    holds(
        &sheet,
        &[
            r"w_{2} &= w_{1} - \alpha \nabla_{w} L \approx 0.2222 - \frac{1}{3} \cdot 0.4444 \approx 0.07407",
        ],
    );
    holds(&sheet, &[r"\approx \frac{2}{3} - 0.5 \cdot 1.333 \approx 0"]);
    let exact = text.replace("title: T", "title: T\ndisplay: {exact_form: true}");
    let sheet = shipped::unbroken(&solutions(&exact));
    holds(
        &sheet,
        &[r"= \frac{2}{9} - \frac{1}{3} \cdot \frac{4}{9} = \frac{2}{27} \approx 0.07407"],
    );
}

#[test]
fn a_line_that_is_too_long_goes_on_below() {
    let text = "title: T
setups:
  s:
    model: |
      z = w*x + b
      loss = z*(w*x + b + 1)*(w*x + b + 2)*(w*x + b + 3)
    inline: [z]
    init: {w: 1, b: 1}
    data: [{x: 2}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
cells:
  - question: Q
    answers: [s.sgd.t1.loss]
";
    // 3 · 4 · 5 · 6 = 360
    holds(&solutions(text), &["L &= ", " \\\\\n> &= ", "= 360\n"]);
}

#[test]
fn a_figure_may_have_a_title_of_its_own() {
    let text = format!(
        "{TWO}      - plot: loss\n        of: [sgd, heavy]\n        title: Two ways down\n"
    );
    let sheet = solutions(&text);
    holds(
        &sheet,
        &["Under SGD the loss", "Under the heavy ball the loss", "*Figure 1. Two ways down*"],
    );
}

/// relu(w + relu(x)) with w = 1 and x = -2: the inner unit is off, the outer one, at 1 + 0, is on;
/// of relu(w) + relu(x) the second is off, of relu(x) + relu(w) the first.
#[test]
fn a_branch_is_told_with_the_argument_of_its_own_call() {
    for formula in ["relu(w + relu(x))", "relu(w) + relu(x)", "relu(x) + relu(w)"] {
        let text = format!(
            "title: T\nsetups:\n  s:\n    model: |\n      y_hat = {formula}\n      loss = (y_hat - w)^2\n    \
             init: {{w: 1}}\n    data: [{{x: -2}}]\n    iterations: 1\n    optimizers:\n      \
             o: {{kind: sgd, learning_rate: 0.5}}\ncells:\n  - question: Q\n    answers: [s.o.t1.w]\n"
        );
        let sheet = solutions(&text).replace("\n> ", " ");
        assert!(sheet.contains("The pre-activation $x = -2$ is negative"), "{formula}:\n{sheet}");
    }
}
