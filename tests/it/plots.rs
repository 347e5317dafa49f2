//! Plots of runs: what their alternative texts say, and what is drawn.

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};

use super::shipped::{self, Texts};

/// The worksheet's neuron with two optimizers, and one plot of the given runs.
fn plotted(cell: &str) -> Texts {
    let text = format!(
        "title: Plotted
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {{w: 1, b: -1}}
    data: [{{x: 3, y: 0}}, {{x: -3, y: 0}}]
    batches: [[1], [2]]
    optimizers:
      sgd: {{kind: sgd, learning_rate: 0.5}}
      momentum: {{kind: momentum, learning_rate: 0.5, beta: 0.5}}
      listed: {{kind: adam, learning_rate: [0.5, 0.001]}}
      falling: {{kind: lion, learning_rate: 1, schedule: {{kind: step, size: 1, gamma: 0.5}}}}
cells:
  - {cell}
"
    );
    let templates = Templates::built_in().unwrap();
    let scenario = shipped::read("plotted", &text);
    shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions).unwrap()
}

/// The drawing, with its description.
fn drawing(files: &Texts) -> &str {
    files.iter().find(|(name, _)| name.ends_with(".svg")).unwrap().1
}

/// Requires the sentences of the sheet and of the drawing itself.
fn says(cell: &str, sentences: &[&str]) {
    let files = plotted(cell);
    let sheet = &files["solutions.md"];
    let svg = drawing(&files);
    for sentence in sentences {
        assert!(sheet.contains(sentence), "no `{sentence}` in\n{sheet}");
        assert!(svg.contains(sentence), "no `{sentence}` in\n{svg}");
    }
}

#[test]
fn the_size_of_a_gradient_is_its_norm() {
    // (6, 2) and (-12, 4): the roots of 40 and 160; momentum meets the kink, where it is 0.
    says(
        "{plot: gradient, of: [sgd, momentum]}",
        &[
            "Under SGD the norm of the gradient is 6.325 and 12.65 in iterations 1 to 2.",
            "Under SGD with Momentum the norm of the gradient is 6.325 and 0 in iterations 1 to 2.",
        ],
    );
}

#[test]
fn the_gradient_of_one_run_is_told_by_parameter() {
    says(
        "{plot: gradient, of: [sgd]}",
        &[
            "The norm of the gradient by w is 6 and 12 in iterations 1 to 2.",
            "The norm of the gradient by b is 2 and 4 in iterations 1 to 2.",
        ],
    );
}

#[test]
fn the_rate_is_that_of_each_iteration() {
    says(
        "{plot: schedule, of: [sgd, listed, falling]}",
        &[
            "The learning rate of SGD stays at 0.5 from iteration 1 to 2.",
            "The learning rate of Adam is 0.5 and 0.001 in iterations 1 to 2.",
            "The learning rate of Lion is 1 and 0.5 in iterations 1 to 2.",
        ],
    );
}

#[test]
fn values_that_span_decades_stand_on_a_logarithmic_axis() {
    // From 1 to 0.001, against from 1 to 0.5: a power of ten is a tick of the first alone.
    let ticks = |of: &str| drawing(&plotted(&format!("{{plot: schedule, of: [{of}]}}"))).to_owned();
    assert!(ticks("listed").contains(">0.01</text>"), "{}", ticks("listed"));
    assert!(!ticks("falling").contains(">0.01</text>"), "{}", ticks("falling"));
}

#[test]
fn given_gradients_have_a_size_and_a_rate() {
    let text = "title: Given
setups:
  given:
    init: {w: 1, b: 0}
    gradients: [{w: 3, b: -4}, {w: 0, b: 0}]
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
      sign: {kind: sign_sgd, learning_rate: 0.5}
cells:
  - {plot: gradient, of: [sgd, sign]}
  - {plot: schedule, of: [sgd]}
";
    let templates = Templates::built_in().unwrap();
    let scenario = shipped::read("given", text);
    let files = shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions);
    let sheet = &files.unwrap()["solutions.md"];
    assert!(sheet.contains("Under SGD the norm of the gradient is 5 and 0 in"), "{sheet}");
}
