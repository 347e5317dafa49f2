//! The cell `code`: what scripts look like, and what is said of double precision.
//!
//! Whether they compute what the sheet says is shown by running them: `tests/code/run.py`.

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};

use super::shipped;

/// The solutions of a scenario, in Markdown.
fn solutions(text: &str) -> String {
    paper(text, Audience::Solutions, "solutions.md")
}

fn paper(text: &str, audience: Audience, file: &str) -> String {
    let templates = Templates::built_in().unwrap();
    shipped::render_for("code", text, &templates, &[Format::Markdown], audience)[file].clone()
}

/// One neuron with SGD: the first example gives a gradient, the second is looked at.
fn neuron(init: &str, rate: &str, second: &str, cell: &str) -> String {
    format!(
        "title: One neuron\nsetups:\n  neuron:\n    model: |\n      z = w*x + b\n      \
         y_hat = relu(z)\n      loss = 1/2*(y_hat - y)^2\n    init: {init}\n    \
         data: [{{x: 1, y: 0}}, {second}]\n    batches: [[1], [2]]\n    optimizers:\n      \
         sgd: {{kind: sgd, learning_rate: {rate}}}\ncells:\n  - {cell}\n"
    )
}

const NUMPY: &str = r#"```python
# neuron.sgd with NumPy, in double precision
import numpy as np

data = [  # x, y
    (1.0, 0.0),
    (-3.0, 1/3),
]
batches = [1, 2]  # examples, counted from 1

w = np.array(1.0)
b = np.array(0.5)

def relu_slope(z):
    return np.where(z <= 0, 0.0, 1.0)

def gradient(w, b, x, y):
    z = w*x + b
    y_hat = np.maximum(z, 0)
    loss = 1/2*(y_hat - y)**2
    # derivatives of the loss, from the loss back
    d_y_hat = y_hat - y
    d_z = d_y_hat*relu_slope(z)
    d_w = d_z*x
    d_b = d_z
    return loss, d_w, d_b

def sgd(theta, g, learning_rate=0.1):
    theta = theta - learning_rate*g
    return theta

def show(values):
    print(*(f"{name}={np.asarray(value).tolist()}" for name, value in values.items()))

for t, i in enumerate(batches, start=1):
    loss, g_w, g_b = gradient(w, b, *map(np.array, data[i - 1]))
    w = sgd(w, g_w)
    b = sgd(b, g_b)
    show({"t": t, "loss": loss, "w": w, "b": b})
```"#;

#[test]
fn a_script_reads_like_the_scenario() {
    let text = neuron("{w: 1, b: 0.5}", "0.1", "{x: -3, y: \"1/3\"}", "code: numpy");
    let sheet = solutions(&text);
    assert!(sheet.contains(NUMPY), "{sheet}");
    assert!(!sheet.contains("double precision,") && !sheet.contains("rounding"), "{sheet}");
}

#[test]
fn scripts_stand_on_the_solutions_unless_the_author_says_otherwise() {
    let second = "{x: 1, y: 1.6}";
    for (cell, shown) in [("code: numpy", false), ("{code: numpy, audience: both}", true)] {
        let text = neuron("{w: 1, b: 0.4}", "0.5", second, cell);
        let handout = paper(&text, Audience::Handout, "handout.md");
        assert_eq!(handout.contains("```python"), shown, "{cell}");
        // Where rounding leads is part of the solution.
        assert!(!handout.contains("In double precision"), "{cell}");
    }
}

#[test]
fn a_branch_that_double_precision_gets_wrong_is_reported() {
    // With exact numbers z = 0 in the second step. As doubles 0.3 - 0.3 is 5.6e-17 or more.
    for library in ["numpy", "pytorch"] {
        let cell = format!("code: {library}");
        let sheet = solutions(&neuron("{w: 1, b: 0.4}", "0.5", "{x: 1, y: 1.6}", &cell));
        let remarks = [
            r"In double precision `relu` in $\hat{y}$ gets another sign in iteration 2: the number that decides is $1.1 \cdot 10^{-16}$ instead of $0$, so this script takes the other branch.",
            r"This script ends with $w \approx 1.100, \thickspace b \approx 0.5000$, where exact arithmetic ends with $w = 0.3, \thickspace b = -0.3$.",
        ];
        for remark in remarks {
            assert!(sheet.contains(remark), "{library}: {sheet}");
        }
    }
}

#[test]
fn a_branch_that_hangs_on_rounding_errors_is_reported() {
    let table = [
        // z = -0.8*2 + 1.6 = 0, and doubles happen to find it. Neither number is a double.
        ("{w: -0.7, b: 1.7}", "0.1", "{x: 2, y: 1}", true),
        // The same with halves, quarters: nothing is rounded anywhere.
        ("{w: -0.5, b: 1.5}", "0.5", "{x: 1, y: 1}", false),
        // The same numbers as in the first row, but y = 0: no slope changes the gradient.
        ("{w: -0.7, b: 1.7}", "0.1", "{x: 2, y: 0}", false),
    ];
    for (init, rate, second, reported) in table {
        let sheet = solutions(&neuron(init, rate, second, "code: pytorch"));
        let found = sheet.contains("In iteration 2 the sign that `relu` in $\\hat{y}$ asks for");
        assert_eq!(found, reported, "{init}: {sheet}");
        assert!(!sheet.contains("In double precision"), "{init}: {sheet}");
    }
}

#[test]
fn a_class_is_taken_only_where_it_computes_the_rule() {
    // Expected: the class whose documented algorithm is the rule, or none.
    let table = [
        ("kind: sgd", Some("SGD([w], lr=0.5)")),
        ("kind: momentum", None),
        ("kind: momentum, form: heavy_ball", Some("SGD([w], lr=0.5, momentum=0.9)")),
        ("kind: momentum, form: velocity", None),
        ("kind: momentum, form: heavy_ball, nesterov: lookahead", None),
        ("kind: adam, bias_correction: false", None),
        ("kind: adam, epsilon_place: hat", None),
        ("kind: adam, zero_over_zero: no_move", None),
        ("kind: adam, amsgrad: corrected", None),
        (
            "kind: adam, weight_decay: {kind: decoupled, value: 0.1}",
            Some("AdamW([w], lr=0.5, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)"),
        ),
        ("kind: adam, weight_decay: {kind: decoupled, value: 0.1, on: new}", None),
        ("kind: sgd, weight_decay: {kind: decoupled, value: 0.1}", None),
        ("kind: sgd, clip: {kind: norm, at: 1}", None),
        ("kind: sgd, clip: {kind: value, at: 1}", Some("SGD([w], lr=0.5)")),
        ("kind: adamax", None),
        ("kind: radam", None),
        ("kind: nadam, form: simple", None),
        ("kind: rmsprop, epsilon_place: inside", None),
        ("kind: rprop, schedule: {kind: step, size: 2}", None),
        ("kind: lion", None),
    ];
    for (options, class) in table {
        let text = format!(
            "title: A class\nsetups:\n  one:\n    init: {{w: 1}}\n    gradients: [{{w: 3}}]\n    \
             optimizers: {{o: {{{options}, learning_rate: 0.5}}}}\ncells:\n  - code: pytorch\n"
        );
        let sheet = solutions(&text);
        let found = sheet.lines().find_map(|line| line.strip_prefix("optimizer = torch.optim."));
        assert_eq!(found, class, "{options}");
    }
}

#[test]
fn every_script_of_the_tests_is_made() {
    for entry in std::fs::read_dir(shipped::folder("tests/code")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let sheet = solutions(&std::fs::read_to_string(&path).unwrap());
            assert!(sheet.matches("```python").count() >= 10, "{}", path.display());
            assert!(!sheet.contains("math.nan"), "{}: a name is unknown", path.display());
        }
    }
}

/// Whether z = 2w + b is zero in the second step hangs on how the update is rounded: w = 1.1 − 0.2·6 and
/// b = 0.8 − 0.2·3 give −2.2e-16 where each product is rounded, and 5.6e-17 where it is fused with its sum,
/// as PyTorch does on some machines (both from NumPy and PyTorch themselves).
#[test]
fn what_hangs_on_the_machine_is_not_foretold() {
    let sheet = |library: &str| {
        let text = format!(
            "title: T\nsetups:\n  a:\n    model: |\n      z = w*x + b\n      y_hat = relu(z)\n      \
             loss = 1/2*(y_hat - y)^2\n    init: {{w: 1.1, b: 0.8}}\n    data: [{{x: 2, y: 0}}, {{x: 2, y: 1}}]\n    \
             batches: [[1], [2]]\n    optimizers:\n      sgd: {{kind: sgd, learning_rate: 0.2}}\ncells:\n  \
             - code: {library}\n    of: [a.sgd]\n    audience: solutions\n"
        );
        super::shipped::render("hangs", &text)["solutions.md"].clone()
    };
    let numpy = sheet("numpy");
    assert!(numpy.contains(r"$-2.2 \cdot 10^{-16}$ instead of $0$"), "{numpy}");
    assert!(numpy.contains("That makes no difference"), "{numpy}");
    let pytorch = sheet("pytorch");
    assert!(pytorch.contains("hangs on rounding errors"), "{pytorch}");
    assert!(
        !pytorch.contains("10^{-16}") && !pytorch.contains("That makes no difference"),
        "{pytorch}"
    );
}
