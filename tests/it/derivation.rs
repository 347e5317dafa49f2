//! Worked solutions follow from the expression tree and the rule.
//!
//! Every expected line was derived by hand: the chain rule from the loss inwards, then the
//! numbers in the places of the names, then the result. Nothing was copied from a sheet.

use std::collections::BTreeMap;

use gradsheet::engine::{self, Effort};
use gradsheet::sheet::Templates;
use gradsheet::trace::json;
use gradsheet::{Audience, Format};
use serde_json::Value;

use super::shipped;

/// A model that is asked for one step, and lines that its worked solution must have.
struct Derivation {
    /// What is unlike the worksheet's model.
    about: &'static str,
    model: &'static [&'static str],
    /// The keys beside the model: `init`, `data`, `iterations`, `inline`.
    keys: &'static str,
    optimizer: &'static str,
    answers: &'static str,
    lines: &'static [&'static str],
}

/// The solutions sheet of a set-up `m` with one run `run`, whose answers are asked for.
#[track_caller]
fn solve(about: &str, model: &[&str], keys: &str, optimizer: &str, answers: &str) -> String {
    let model: String = model.iter().map(|line| format!("      {line}\n")).collect();
    let keys: String = keys.split("; ").map(|key| format!("    {key}\n")).collect();
    let text = format!(
        "title: Derived\nsetups:\n  m:\n    model: |\n{model}{keys}    optimizers:\n      \
         run: {{{optimizer}}}\ncells:\n  - question: Q\n    text: Go.\n    answers: [{answers}]\n"
    );
    let scenario = shipped::read("derived", &text);
    let templates = Templates::built_in().unwrap();
    let files = shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions)
        .unwrap_or_else(|error| panic!("{about}: {error}"));
    files["solutions.md"].clone()
}

/// The rows of a sheet's aligned formulas, without line ends and the bar of a quotation.
fn rows(markdown: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut inside = false;
    for line in shipped::unbroken(markdown).lines() {
        let line = line.trim_start_matches('>').trim();
        match line {
            r"\begin{aligned}" => inside = true,
            r"\end{aligned}" => inside = false,
            _ if inside => rows.push(line.trim_end_matches(r" \\").to_owned()),
            _ => {}
        }
    }
    rows
}

const DERIVATIONS: &[Derivation] = &[
    Derivation {
        about: "other names throughout",
        model: &["s = omega*a + c", "p = relu(s)", "loss = 1/2*(p - target)^2"],
        keys: "inline: [s]; init: {omega: 1, c: -1}; \
               data: [{a: 3, target: 0}, {a: -3, target: 0}]; batches: [[1], [2]]",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.omega, run.t1.c, run.t2.omega, run.t2.c",
        lines: &[
            r"p &= \mathrm{ReLU}(\omega a + c) = \mathrm{ReLU}(1 \cdot 3 - 1) = \mathrm{ReLU}(2) = 2",
            r"\nabla_{\omega} L &= (p - \mathrm{target}) \thinspace \mathrm{ReLU}'(\omega a + c) \cdot a = (2 - 0) \cdot 1 \cdot 3 = 6",
            // The bias stands as a summand: its last factor 1 stays.
            r"\nabla_{c} L &= (p - \mathrm{target}) \thinspace \mathrm{ReLU}'(\omega a + c) \cdot 1 = (2 - 0) \cdot 1 \cdot 1 = 2",
            r"\omega_{1} &= \omega_{0} - \alpha \nabla_{\omega} L = 1 - 0.5 \cdot 6 = -2",
            r"c_{1} &= c_{0} - \alpha \nabla_{c} L = -1 - 0.5 \cdot 2 = -2",
            // Second step: s = −2·(−3) − 2 = 4.
            r"p &= \mathrm{ReLU}(\omega a + c) = \mathrm{ReLU}(-2 \cdot (-3) - 2) = \mathrm{ReLU}(4) = 4",
            r"\nabla_{\omega} L &= (p - \mathrm{target}) \thinspace \mathrm{ReLU}'(\omega a + c) \cdot a = (4 - 0) \cdot 1 \cdot (-3) = -12",
            r"\omega_{2} &= \omega_{1} - \alpha \nabla_{\omega} L = -2 - 0.5 \cdot (-12) = 4",
            r"c_{2} &= c_{1} - \alpha \nabla_{c} L = -2 - 0.5 \cdot 4 = -4",
        ],
    },
    Derivation {
        about: "the difference the other way round: a minus from the chain rule",
        model: &["z = w*x + b", "y_hat = relu(z)", "loss = (1/2)*(y - y_hat)^2"],
        keys: "inline: [z]; init: {w: 1, b: -1}; data: [{x: 3, y: 0}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w, run.t1.b",
        lines: &[
            r"\nabla_{w} L &= -(y - \hat{y}) \thinspace \mathrm{ReLU}'(w x + b) \cdot x = -(0 - 2) \cdot 1 \cdot 3 = 6",
            r"\nabla_{b} L &= -(y - \hat{y}) \thinspace \mathrm{ReLU}'(w x + b) \cdot 1 = -(0 - 2) \cdot 1 \cdot 1 = 2",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 1 - 0.5 \cdot 6 = -2",
        ],
    },
    Derivation {
        about: "the half as a division: the two still cancels",
        model: &["z = b + x*w", "y_hat = relu(z)", "loss = (y_hat - y)^2/2"],
        keys: "inline: [z]; init: {w: 1, b: -1}; data: [{x: 3, y: 0}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w",
        lines: &[
            r"\hat{y} &= \mathrm{ReLU}(b + x w) = \mathrm{ReLU}(-1 + 3 \cdot 1) = \mathrm{ReLU}(2) = 2",
            r"\nabla_{w} L &= (\hat{y} - y) \thinspace \mathrm{ReLU}'(b + x w) \cdot x = (2 - 0) \cdot 1 \cdot 3 = 6",
        ],
    },
    Derivation {
        about: "no half: the two stays",
        model: &["y_hat = relu(w*x + b)", "loss = (y_hat - y)^2"],
        keys: "init: {w: 1, b: -1}; data: [{x: 3, y: 0}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w, run.t1.b, run.t1.loss",
        lines: &[
            r"L &= (\hat{y} - y)^{2} = (2 - 0)^{2} = 4",
            r"\nabla_{w} L &= 2(\hat{y} - y) \thinspace \mathrm{ReLU}'(w x + b) \cdot x = 2 \cdot (2 - 0) \cdot 1 \cdot 3 = 12",
            r"\nabla_{b} L &= 2(\hat{y} - y) \thinspace \mathrm{ReLU}'(w x + b) \cdot 1 = 2 \cdot (2 - 0) \cdot 1 \cdot 1 = 4",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 1 - 0.5 \cdot 12 = -5",
        ],
    },
    Derivation {
        about: "a third parameter, on a square",
        model: &["z = w*x + v*x^2 + b", "y_hat = relu(z)", "loss = 1/2*(y_hat - y)^2"],
        keys: "inline: [z]; init: {w: 1, v: 1, b: 0.5}; data: [{x: -2, y: 1}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.1",
        answers: "run.t1.w, run.t1.v, run.t1.b",
        lines: &[
            r"\hat{y} &= \mathrm{ReLU}(w x + v x^{2} + b) = \mathrm{ReLU}(1 \cdot (-2) + 1 \cdot (-2)^{2} + 0.5) = \mathrm{ReLU}(2.5) = 2.5",
            r"\nabla_{w} L &= (\hat{y} - y) \thinspace \mathrm{ReLU}'(w x + v x^{2} + b) \cdot x = (2.5 - 1) \cdot 1 \cdot (-2) = -3",
            r"\nabla_{v} L &= (\hat{y} - y) \thinspace \mathrm{ReLU}'(w x + v x^{2} + b) \cdot x^{2} = (2.5 - 1) \cdot 1 \cdot (-2)^{2} = 6",
            r"\nabla_{b} L &= (\hat{y} - y) \thinspace \mathrm{ReLU}'(w x + v x^{2} + b) \cdot 1 = (2.5 - 1) \cdot 1 \cdot 1 = 1.5",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 1 - 0.1 \cdot (-3) = 1.3",
            r"v_{1} &= v_{0} - \alpha \nabla_{v} L = 1 - 0.1 \cdot 6 = 0.4",
            r"b_{1} &= b_{0} - \alpha \nabla_{b} L = 0.5 - 0.1 \cdot 1.5 = 0.35",
        ],
    },
    Derivation {
        about: "the whole loss in one line",
        model: &["loss = 1/2*(relu(w*x + b) - y)^2"],
        keys: "init: {w: 1, b: -1}; data: [{x: 3, y: 0}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w, run.t1.b, run.t1.loss",
        lines: &[
            r"L &= \frac{1}{2}(\mathrm{ReLU}(w x + b) - y)^{2} = \frac{1}{2} \cdot (\mathrm{ReLU}(1 \cdot 3 - 1) - 0)^{2} = 2",
            r"\nabla_{w} L &= (\mathrm{ReLU}(w x + b) - y) \thinspace \mathrm{ReLU}'(w x + b) \cdot x = (\mathrm{ReLU}(1 \cdot 3 - 1) - 0) \cdot 1 \cdot 3 = 6",
            r"\nabla_{b} L &= (\mathrm{ReLU}(w x + b) - y) \thinspace \mathrm{ReLU}'(w x + b) \cdot 1 = (\mathrm{ReLU}(1 \cdot 3 - 1) - 0) \cdot 1 \cdot 1 = 2",
        ],
    },
    Derivation {
        about: "tanh at 0, where its slope is 1",
        model: &["y_hat = tanh(w*x + b)", "loss = 1/2*(y_hat - y)^2"],
        keys: "init: {w: 2, b: -2}; data: [{x: 1, y: 1}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w, run.t1.b",
        lines: &[
            // A single step: the definition has no inner one to pass through.
            r"\hat{y} &= \tanh(w x + b) = \tanh(2 \cdot 1 - 2) = 0",
            r"\nabla_{w} L &= (\hat{y} - y) \thinspace \tanh'(w x + b) \cdot x = (0 - 1) \cdot 1 \cdot 1 = -1",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 2 - 0.5 \cdot (-1) = 2.5",
            r"b_{1} &= b_{0} - \alpha \nabla_{b} L = -2 - 0.5 \cdot (-1) = -1.5",
        ],
    },
    Derivation {
        // σ(2) = 0.88079708, σ′(2) = 0.10499359, their product with 2: −0.02503109.
        about: "sigmoid: what is rounded stands after ≈, and keeps its zeros",
        model: &["z = w*x + b", "y_hat = sigmoid(z)", "loss = 1/2*(y_hat - y)^2"],
        keys: "inline: [z]; init: {w: 1, b: 0}; data: [{x: 2, y: 1}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w",
        lines: &[
            r"\hat{y} &= \sigma(w x + b) = \sigma(1 \cdot 2 + 0) = \sigma(2) \approx 0.8808",
            r"\nabla_{w} L &= (\hat{y} - y) \thinspace \sigma'(w x + b) \cdot x \approx (0.8808 - 1) \cdot 0.1050 \cdot 2 \approx -0.02503",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L \approx 1 - 0.5 \cdot (-0.02503) \approx 1.013",
        ],
    },
    Derivation {
        about: "max: the argument that lost has slope 0",
        model: &["y_hat = max(w*x, b)", "loss = 1/2*(y_hat - y)^2"],
        keys: "init: {w: 1, b: 1}; data: [{x: 3, y: 1}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w, run.t1.b",
        lines: &[
            r"\hat{y} &= \max(w x, b) = \max(1 \cdot 3, 1) = 3",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 1 - 0.5 \cdot 6 = -2",
            r"b_{1} &= b_{0} - \alpha \nabla_{b} L = 1 - 0.5 \cdot 0 = 1",
        ],
    },
    Derivation {
        about: "abs of a negative number has slope −1",
        model: &["loss = abs(w*x + b - y)"],
        keys: "init: {w: 1, b: 0.5}; data: [{x: 2, y: 4}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w, run.t1.b, run.t1.loss",
        lines: &[
            r"L &= \lvert w x + b - y\rvert = \lvert 1 \cdot 2 + 0.5 - 4\rvert = 1.5",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 1 - 0.5 \cdot (-2) = 2",
            r"b_{1} &= b_{0} - \alpha \nabla_{b} L = 0.5 - 0.5 \cdot (-1) = 1",
        ],
    },
    Derivation {
        about: "a penalty on the weight: two ways, one sum",
        model: &["loss = 1/2*(w*x - y)^2 + 0.1*w^2"],
        keys: "init: {w: 3}; data: [{x: 1, y: 0}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w",
        lines: &[
            r"\nabla_{w} L &= (w x - y) \thinspace x + 0.2 w = (3 \cdot 1 - 0) \cdot 1 + 0.2 \cdot 3 = 3.6",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 3 - 0.5 \cdot 3.6 = 1.2",
        ],
    },
    Derivation {
        // 5·4 = 20 and 4 − 0.1·20 = 2: the numbers put in stay factors.
        about: "a penalty with a symbol: its half and the two make one",
        model: &["loss = 1/2*lambda*w^2"],
        keys: "init: {w: 4}; data: [{lambda: 5}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.1",
        answers: "run.t1.w, run.t1.loss",
        lines: &[
            r"L &= \frac{1}{2} \lambda w^{2} = \frac{1}{2} \cdot 5 \cdot 4^{2} = 40",
            r"\nabla_{w} L &= \lambda w = 5 \cdot 4 = 20",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 4 - 0.1 \cdot 20 = 2",
        ],
    },
    Derivation {
        // (2 − 1) + 0.5·2 = 2, with λ = 1/2 put in as it is.
        about: "half of a symbol, beside a square",
        model: &["loss = 1/2*(w*x - y)^2 + lambda/2*w^2"],
        keys: "init: {w: 2}; data: [{x: 1, y: 1, lambda: 0.5}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.w",
        lines: &[
            r"\nabla_{w} L &= (w x - y) \thinspace x + \lambda w = (2 \cdot 1 - 1) \cdot 1 + 0.5 \cdot 2 = 2",
        ],
    },
    Derivation {
        // p = 2, q = 1 at (1, −3): 2 − 3 = −1 and 1 − 6 = −5. A 1 that was put in stays.
        about: "a quadratic form in symbols",
        model: &["loss = 1/2*(p*a^2 + 2*q*a*b + p*b^2)"],
        keys: "init: {a: 1, b: -3}; data: [{p: 2, q: 1}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.a, run.t1.b",
        lines: &[
            r"\nabla_{a} L &= p a + q b = 2 \cdot 1 + 1 \cdot (-3) = -1",
            r"\nabla_{b} L &= q a + p b = 1 \cdot 1 + 2 \cdot (-3) = -5",
        ],
    },
    Derivation {
        // 5 + 3·2 = 11 and 3 + 5·2 = 13.
        about: "a quadratic form in numbers",
        model: &["loss = 1/2*(5*a^2 + 6*a*b + 5*b^2)"],
        keys: "init: {a: 1, b: 2}; data: [{}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.a, run.t1.b",
        lines: &[
            r"\nabla_{a} L &= 5 a + 3 b = 5 \cdot 1 + 3 \cdot 2 = 11",
            r"\nabla_{b} L &= 3 a + 5 b = 3 \cdot 1 + 5 \cdot 2 = 13",
        ],
    },
    Derivation {
        // 2·0.1·(3, −1): one number, a decimal as it was written.
        about: "a penalty on a row of weights",
        model: &["loss = 0.1*lambda*sum(W^2)"],
        keys: "shapes: {W: [1, 2]}; init: {W: [[3, -1]]}; data: [{lambda: 1}]; iterations: 1",
        optimizer: "kind: sgd, learning_rate: 0.5",
        answers: "run.t1.W",
        lines: &[
            r"\nabla_{W} L &= 0.2 \lambda W = 0.2 \cdot 1 \thinspace \begin{pmatrix} 3 & -1 \end{pmatrix} = \begin{pmatrix} 0.6 & -0.2 \end{pmatrix}",
        ],
    },
    Derivation {
        about: "Nesterov momentum, reformulated",
        model: &["loss = 1/2*(w*x - y)^2"],
        keys: "init: {w: 1}; data: [{x: 2, y: 0}]; iterations: 2",
        optimizer: "kind: momentum, learning_rate: 0.5, beta: 0.5, nesterov: true",
        answers: "run.t1.u.w, run.t1.w, run.t2.u.w, run.t2.w",
        lines: &[
            r"\nabla_{w} L &= (w x - y) \thinspace x = (1 \cdot 2 - 0) \cdot 2 = 4",
            r"u^{w}_{1} &= \beta u^{w}_{0} + (1 - \beta) \thinspace \nabla_{w} L = 0.5 \cdot 0 + (1 - 0.5) \cdot 4 = 2",
            r"w_{1} &= w_{0} - \alpha \thinspace (\beta u^{w}_{1} + (1 - \beta) \thinspace \nabla_{w} L) = 1 - 0.5 \cdot (0.5 \cdot 2 + (1 - 0.5) \cdot 4) = -0.5",
            r"\nabla_{w} L &= (w x - y) \thinspace x = (-0.5 \cdot 2 - 0) \cdot 2 = -2",
            r"u^{w}_{2} &= \beta u^{w}_{1} + (1 - \beta) \thinspace \nabla_{w} L = 0.5 \cdot 2 + (1 - 0.5) \cdot (-2) = 0",
            r"w_{2} &= w_{1} - \alpha \thinspace (\beta u^{w}_{2} + (1 - \beta) \thinspace \nabla_{w} L) = -0.5 - 0.5 \cdot (0.5 \cdot 0 + (1 - 0.5) \cdot (-2)) = 0",
        ],
    },
    Derivation {
        about: "Nesterov's look-ahead with the rate inside the velocity",
        model: &["loss = 1/2*(w*x - y)^2"],
        keys: "init: {w: 1}; data: [{x: 2, y: 0}]; iterations: 2",
        optimizer: "kind: momentum, learning_rate: 0.5, beta: 0.5, form: velocity, nesterov: lookahead",
        answers: "run.t1.w, run.t2.w",
        lines: &[
            r"\tilde{w} &= w_{0} + \beta u^{w}_{0} = 1 + 0.5 \cdot 0 = 1",
            r"\nabla_{w} L &= (\tilde{w} x - y) \thinspace x = (1 \cdot 2 - 0) \cdot 2 = 4",
            r"u^{w}_{1} &= \beta u^{w}_{0} - \alpha \nabla_{w} L = 0.5 \cdot 0 - 0.5 \cdot 4 = -2",
            // 1 + (−2): the signs are merged.
            r"w_{1} &= w_{0} + u^{w}_{1} = 1 - 2 = -1",
            // −1 + 0.5·(−2) = −2, there the gradient is (−2·2)·2 = −8.
            r"\tilde{w} &= w_{1} + \beta u^{w}_{1} = -1 + 0.5 \cdot (-2) = -2",
            r"\nabla_{w} L &= (\tilde{w} x - y) \thinspace x = (-2 \cdot 2 - 0) \cdot 2 = -8",
            r"u^{w}_{2} &= \beta u^{w}_{1} - \alpha \nabla_{w} L = 0.5 \cdot (-2) - 0.5 \cdot (-8) = 3",
            r"w_{2} &= w_{1} + u^{w}_{2} = -1 + 3 = 2",
        ],
    },
    Derivation {
        about: "Adam with bias correction",
        model: &["loss = 1/2*(w*x - y)^2"],
        keys: "init: {w: 1}; data: [{x: 2, y: 0}]; iterations: 1",
        optimizer: "kind: adam, learning_rate: 0.5, beta1: 0.5, beta2: 0.5, epsilon: 0",
        answers: "run.t1.u.w, run.t1.v.w, run.t1.w",
        lines: &[
            r"u^{w}_{1} &= \beta_{1} u^{w}_{0} + (1 - \beta_{1}) \thinspace \nabla_{w} L = 0.5 \cdot 0 + (1 - 0.5) \cdot 4 = 2",
            r"v^{w}_{1} &= \beta_{2} v^{w}_{0} + (1 - \beta_{2}) \thinspace (\nabla_{w} L)^{2} = 0.5 \cdot 0 + (1 - 0.5) \cdot 4^{2} = 8",
            r"\hat{u}^{w}_{1} &= \frac{u^{w}_{1}}{1 - \beta_{1}^{1}} = \frac{2}{1 - 0.5^{1}} = 4",
            r"\hat{v}^{w}_{1} &= \frac{v^{w}_{1}}{1 - \beta_{2}^{1}} = \frac{8}{1 - 0.5^{1}} = 16",
            r"w_{1} &= w_{0} - \alpha \frac{\hat{u}^{w}_{1}}{\sqrt{\hat{v}^{w}_{1}} + \epsilon} = 1 - 0.5 \cdot \frac{4}{\sqrt{16} + 0} = 0.5",
        ],
    },
    Derivation {
        about: "a batch of two: each example's gradient, then their mean",
        model: &["loss = 1/2*(w*x - y)^2"],
        keys: "init: {w: 3}; data: [{x: 1, y: 0}, {x: -2, y: 1}, {x: 2, y: 7}]; batches: [[1, 2], [1, 3]]",
        optimizer: "kind: sgd, learning_rate: 0",
        answers: "run.t1.w, run.t2.w",
        lines: &[
            r"\nabla_{w} L^{(1)} &= (w x^{(1)} - y^{(1)}) \thinspace x^{(1)} = (3 \cdot 1 - 0) \cdot 1 = 3",
            r"\nabla_{w} L^{(2)} &= (w x^{(2)} - y^{(2)}) \thinspace x^{(2)} = (3 \cdot (-2) - 1) \cdot (-2) = 14",
            r"\nabla_{w} L &= \frac{1}{2}(\nabla_{w} L^{(1)} + \nabla_{w} L^{(2)}) = \frac{1}{2} \cdot (3 + 14) = 8.5",
            r"w_{1} &= w_{0} - \alpha \nabla_{w} L = 3 - 0 \cdot 8.5 = 3",
            r"\nabla_{w} L^{(3)} &= (w x^{(3)} - y^{(3)}) \thinspace x^{(3)} = (3 \cdot 2 - 7) \cdot 2 = -2",
            // 3 + (−2): the signs are merged.
            r"\nabla_{w} L &= \frac{1}{2}(\nabla_{w} L^{(1)} + \nabla_{w} L^{(3)}) = \frac{1}{2} \cdot (3 - 2) = 0.5",
        ],
    },
];

#[test]
fn lines_follow_from_tree_and_rule() {
    let mut wrong = Vec::new();
    for case in DERIVATIONS {
        let sheet = solve(case.about, case.model, case.keys, case.optimizer, case.answers);
        let rows = rows(&sheet);
        for line in case.lines.iter().filter(|line| !rows.iter().any(|row| row == *line)) {
            let left = line.split('&').next().unwrap();
            let near: Vec<&String> = rows.iter().filter(|row| row.starts_with(left)).collect();
            wrong.push(format!("{}\n  wanted {line}\n  found  {near:#?}", case.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let lines: usize = DERIVATIONS.iter().map(|case| case.lines.len()).sum();
    assert!(lines >= 25 && DERIVATIONS.len() >= 8);
}

/// The slope that a piecewise function passes on, whatever its prime looks like.
#[test]
fn numbers_put_in_are_the_slopes_of_the_branch() {
    // Model, keys, the parameter, and its gradient's line from the numbers on.
    let table = [
        ("loss = abs(w*x - y)", "init: {w: 1}; data: [{x: 2, y: 5}]", r"= -1 \cdot 2 = -2"),
        ("loss = abs(w*x - y)", "init: {w: 1}; data: [{x: 2, y: 1}]", r"= 1 \cdot 2 = 2"),
        ("loss = abs(w*x - y)", "init: {w: 1}; data: [{x: 2, y: 2}]", r"= 0 \cdot 2 = 0"),
        ("loss = max(w*x, y)", "init: {w: 1}; data: [{x: -2, y: -5}]", r"= 1 \cdot (-2) = -2"),
        // A tie shares the slope: one half each.
        ("loss = max(w*x, y)", "init: {w: 1}; data: [{x: 4, y: 4}]", r"= 0.5 \cdot 4 = 2"),
        ("loss = min(w*x, y)", "init: {w: 1}; data: [{x: 4, y: 1}]", r"= 0 \cdot 4 = 0"),
        ("loss = relu(w*x, at_kink=1)", "init: {w: 0}; data: [{x: 4}]", r"= 1 \cdot 4 = 4"),
    ];
    for (model, keys, end) in table {
        let keys = format!("{keys}; iterations: 1");
        let sgd = "kind: sgd, learning_rate: 1";
        let sheet = solve(model, &[model], &keys, sgd, "run.t1.w");
        let rows = rows(&sheet);
        let row = rows.iter().find(|row| row.starts_with(r"\nabla_{w} L &")).unwrap();
        assert!(row.ends_with(end), "{model}: {row}");
    }
}

#[test]
fn a_zero_is_explained() {
    let model = ["y_hat = relu(w*x + b)", "loss = 1/2*(y_hat - y)^2"];
    let sgd = "kind: sgd, learning_rate: 0.5";
    // Data, optimizer, and what a reader must be told about the step.
    let table: [(&str, &str, &[&str]); 4] = [
        // 1·1 − 1 = 0, wanted 1: with slope 1 the gradient would be −1.
        (
            "data: [{x: 1, y: 1}]; iterations: 1",
            sgd,
            &["exactly $0$", r"\mathrm{ReLU}'(0) = 0", "Another convention would give another"],
        ),
        // Exactly 0, and 0 is wanted: any slope gives the gradient 0.
        (
            "data: [{x: 1, y: 0}]; iterations: 1",
            sgd,
            &["exactly $0$", "any value between the two one-sided derivatives"],
        ),
        // 1·(−3) − 1 = −4: off.
        (
            "data: [{x: -3, y: 1}]; iterations: 1",
            sgd,
            &["$w x + b = -4$ is negative", "inactive", r"\mathrm{ReLU}'(-4) = 0"],
        ),
        // First active, then off: the moment goes on alone.
        (
            "data: [{x: 3, y: 0}, {x: -3, y: 0}]; batches: [[1], [2]]",
            "kind: momentum, learning_rate: 0.1, beta: 0.5",
            &["is negative, so the unit is", "the parameters move"],
        ),
    ];
    for (data, optimizer, words) in table {
        let keys = format!("init: {{w: 1, b: -1}}; {data}");
        let last = if data.contains("batches") { "run.t2.w" } else { "run.t1.w" };
        let sheet = solve(data, &model, &keys, optimizer, last);
        let flat = sheet.replace("\n> ", " ").replace('\n', " ");
        for word in words {
            assert!(flat.contains(word), "no `{word}` for {data} in\n{sheet}");
        }
    }
}

#[test]
fn a_kink_of_a_matrix_is_told_by_its_entry() {
    // (1, 1) by the rows (1, 1) and (2, -1): z = (3, 0).
    let keys = "shapes: {x: [1, 2], W: [2, 2], y: [1, 2]}; init: {W: [[1, 1], [2, -1]]}; \
                data: [{x: [[1, 1]], y: [[0, 1]]}]; iterations: 1";
    let loss = "loss = half_squared_error(h, y)";
    // The first line, the loss's layer, and what is exactly 0.
    let table = [
        ("z = x @ W", "h = relu(z)", "$z_{1,2}$ is exactly $0$"),
        ("z_1 = x @ W", "h = relu(z_1)", "$(z_{1})_{1,2}$ is exactly $0$"),
        ("q = x", "h = relu(q @ W)", "$(q W)_{1,2}$ is exactly $0$"),
    ];
    for (line, layer, words) in table {
        let sgd = "kind: sgd, learning_rate: 1";
        let sheet = solve(layer, &[line, layer, loss], keys, sgd, "run.t1.W");
        assert!(sheet.replace("\n> ", " ").contains(words), "no `{words}` in\n{sheet}");
    }
}

/// Every formula of a Markdown text: what stands between dollar signs.
fn formulas(markdown: &str) -> Vec<String> {
    let text: String = markdown
        .lines()
        .map(|line| line.trim_start_matches("> ").trim_start_matches('>').to_owned() + "\n")
        .collect();
    let text = text.replace("$$", "$");
    text.split('$').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Sheets of the shipped scenarios, of every derivation, and of signs in every place.
fn sheets() -> BTreeMap<String, String> {
    let mut sheets = BTreeMap::new();
    for (stem, text) in shipped::scenarios() {
        for (name, content) in shipped::draft(&stem, &text) {
            if name.ends_with(".md") {
                sheets.insert(format!("{stem}/{name}"), content);
            }
        }
    }
    for case in DERIVATIONS {
        let sheet = solve(case.about, case.model, case.keys, case.optimizer, case.answers);
        sheets.insert(case.about.to_owned(), sheet);
    }
    let models = [
        "loss = -(a*x) - b*y - -x",
        "loss = a*-x + b*(-y) - (x - y)^2",
        "loss = (a - b)/(x - y) - x/a",
        "loss = -a^2*-b - (-x)*y",
        "loss = -(a + b)*x - -(x*a)",
        "loss = a - (b - x) + (y - a)*b",
        "loss = -2*a + -3*b*(0 - x)",
        "loss = exp(-a*x) - abs(-b)",
    ];
    let numbers = ["a: -2, b: -3", "a: 2, b: -3", "a: -0.5, b: 7"];
    for model in models {
        for init in numbers {
            let keys = format!("init: {{{init}}}; data: [{{x: -1, y: -4}}]; iterations: 1");
            for optimizer in [
                "kind: sgd, learning_rate: 0.5",
                "kind: momentum, learning_rate: 0.5, form: velocity, nesterov: true",
                "kind: adam, learning_rate: 0.5, beta1: 0.5, beta2: 0.5",
            ] {
                let answers = "run.t1.a, run.t1.b, run.t1.loss";
                let sheet = solve(model, &[model], &keys, optimizer, answers);
                sheets.insert(format!("{model} at {init} with {optimizer}"), sheet);
            }
        }
    }
    sheets
}

/// What no careful writer lets stand: two signs in a row.
const CLUMSY: [&str; 5] = ["+ -", "- -", "--", "+-", r"\cdot -"];

#[test]
fn no_two_signs_meet_in_any_sheet() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, sheet) in sheets() {
        for formula in formulas(&sheet) {
            count += 1;
            let found = CLUMSY.iter().find(|signs| formula.contains(*signs));
            if let Some(line) = formula.lines().find(|line| found.is_some_and(|f| line.contains(f)))
            {
                wrong.push(format!("{name}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 300, "only {count} formulas were read");
    assert_eq!(formulas("> $a - -b$ and\n> $$\n> c\n> $$"), ["a - -b", "\nc\n"]);
}

/// A number of the sheet or of the trace: digits without a point, and how many follow it.
#[derive(Debug, Clone, PartialEq)]
struct Printed {
    digits: i128,
    places: usize,
}

/// `-0.35`, or nothing where the text is more than a decimal.
fn printed(text: &str) -> Option<Printed> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size: i128 = digits.get(..digits.len().min(36))?.parse().ok()?;
    let places = fraction.len() - (digits.len() - digits.len().min(36)).min(fraction.len());
    Some(Printed { digits: if text.starts_with('-') { -size } else { size }, places })
}

impl Printed {
    /// The value rounded half away from zero to so many places.
    fn rounded(&self, places: usize) -> Self {
        if places >= self.places {
            let factor = 10_i128.checked_pow((places - self.places).try_into().unwrap());
            let digits = factor.and_then(|factor| self.digits.checked_mul(factor));
            return Self { digits: digits.unwrap_or(i128::MAX), places };
        }
        let factor = 10_i128.pow((self.places - places).try_into().unwrap());
        let half = factor / 2 * self.digits.signum();
        Self { digits: (self.digits + half) / factor, places }
    }

    fn equals(&self, other: &Self) -> bool {
        let places = self.places.max(other.places);
        self.rounded(places) == other.rounded(places)
    }
}

/// Every decimal of a trace.
fn decimals(json: &Value, found: &mut Vec<Printed>) {
    match json {
        Value::Object(map) => {
            found.extend(map.get("decimal").and_then(Value::as_str).and_then(printed));
            map.values().for_each(|inner| decimals(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| decimals(inner, found)),
        _ => {}
    }
}

/// The last step of a row, if it is a decimal, and whether `=` stands before it.
fn result(row: &str) -> Option<(bool, Printed)> {
    let equal = row.rfind("= ").map(|at| (at, true, at + 2));
    let about = row.rfind(r"\approx ").map(|at| (at, false, at + r"\approx ".len()));
    let (_, exact, from) = equal.into_iter().chain(about).max()?;
    Some((exact, printed(row[from..].trim())?))
}

#[test]
fn equals_signs_stand_before_exact_values_and_nowhere_else() {
    let mut counts = (0, 0);
    let mut wrong = Vec::new();
    let everything = ("everything".to_owned(), super::handout::EVERYTHING.to_owned());
    for (stem, text) in shipped::scenarios().into_iter().chain([everything]) {
        let scenario = shipped::read(&stem, &text);
        let effort = Effort { trials: 2, progress: &|_| {} };
        let trace = json::trace(&engine::execute_with(&scenario, &effort).unwrap()).unwrap();
        let mut known = Vec::new();
        decimals(&trace, &mut known);
        let sheet = &shipped::draft(&stem, &text)["solutions.md"];
        for row in rows(sheet) {
            let Some((exact, number)) = result(&row) else { continue };
            let among = known.iter().any(|value| value.equals(&number));
            let rounded = known
                .iter()
                .any(|value| value.rounded(number.places) == number.rounded(number.places));
            let holds = if exact { among } else { rounded };
            *(if exact { &mut counts.0 } else { &mut counts.1 }) += 1;
            if !holds {
                wrong.push(format!("{stem}: {row}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts.0 > 40 && counts.1 > 5, "few rows were read: {counts:?}");
}

/// The same claim by arithmetic alone: what stands left and right of a `=` is the same
/// number, and of a `≈` it is not.
#[test]
fn steps_of_a_row_are_equal_where_they_say_so() {
    let mut counts = (0, 0);
    let mut wrong = Vec::new();
    for (name, sheet) in sheets() {
        for row in rows(&sheet) {
            let Some((_, steps)) = row.split_once('&') else { continue };
            let marked = steps.replace(r"\approx ", "= ~");
            let steps: Vec<&str> = marked.split("= ").skip(1).map(str::trim).collect();
            for pair in steps.windows(2) {
                let value = |step: &str| arithmetic::value(step.trim_start_matches('~'));
                let (Some(left), Some(right)) = (value(pair[0]), value(pair[1])) else { continue };
                let equal = !pair[1].starts_with('~');
                // After a rounded step the signs speak of the left side of the row, not of
                // the step: 10.125/0.5 prints as `≈ 10.13/0.5 = 20.25`.
                if pair[0].starts_with('~') {
                    continue;
                }
                *(if equal { &mut counts.0 } else { &mut counts.1 }) += 1;
                if equal != (left == right) {
                    wrong.push(format!("{name}: {row}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts.0 > 200 && counts.1 > 20, "few steps were compared: {counts:?}");
}

/// A pocket calculator for LaTeX with numbers put in, in fractions of whole numbers.
mod arithmetic {
    /// A fraction in lowest terms, its denominator positive.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(super) struct Fraction(i128, i128);

    fn fraction(above: i128, below: i128) -> Option<Fraction> {
        if below == 0 {
            return None;
        }
        let (mut a, mut b) = (above.abs(), below.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.max(1) * below.signum();
        Some(Fraction(above / divisor, below / divisor))
    }

    /// The value of a step, or nothing where a name or a function stands in it.
    pub(super) fn value(latex: &str) -> Option<Fraction> {
        let text = latex.replace(r"\left", "").replace(r"\right", "").replace(r"\cdot", "*");
        let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut reader = Reader { letters, at: 0 };
        let value = reader.sum()?;
        (reader.at == reader.letters.len()).then_some(value)
    }

    struct Reader {
        letters: Vec<char>,
        at: usize,
    }

    impl Reader {
        fn accept(&mut self, text: &str) -> bool {
            let wanted: Vec<char> = text.chars().collect();
            let found = self.letters[self.at..].starts_with(&wanted);
            self.at += if found { wanted.len() } else { 0 };
            found
        }

        fn sum(&mut self) -> Option<Fraction> {
            let mut total = Fraction(0, 1);
            let mut sign = if self.accept("-") { -1 } else { 1 };
            loop {
                let Fraction(above, below) = self.product()?;
                let Fraction(a, b) = total;
                let share = above.checked_mul(sign)?.checked_mul(b)?;
                total = fraction(a.checked_mul(below)?.checked_add(share)?, b.checked_mul(below)?)?;
                sign = match (self.accept("+"), self.accept("-")) {
                    (true, _) => 1,
                    (_, true) => -1,
                    _ => return Some(total),
                };
            }
        }

        fn product(&mut self) -> Option<Fraction> {
            let mut total = self.power()?;
            while self.accept("*") {
                let Fraction(above, below) = self.power()?;
                total = fraction(total.0.checked_mul(above)?, total.1.checked_mul(below)?)?;
            }
            Some(total)
        }

        fn power(&mut self) -> Option<Fraction> {
            let base = self.atom()?;
            if !self.accept("^{") {
                return Some(base);
            }
            let Fraction(exponent, 1) = self.sum()? else { return None };
            let count = u32::try_from(exponent).ok().filter(|_| self.accept("}"))?;
            fraction(base.0.checked_pow(count)?, base.1.checked_pow(count)?)
        }

        fn atom(&mut self) -> Option<Fraction> {
            if self.accept("(") {
                let inner = self.sum()?;
                return self.accept(")").then_some(inner);
            }
            if self.accept(r"\frac{") {
                let above = self.sum()?;
                let below = if self.accept("}{") { self.sum()? } else { return None };
                return self.accept("}").then(|| {
                    fraction(above.0.checked_mul(below.1)?, above.1.checked_mul(below.0)?)
                })?;
            }
            let rest = &self.letters[self.at..];
            let length = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
            let text: String = rest[..length].iter().collect();
            self.at += length;
            let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
            let digits: i128 = format!("{whole}{places}").parse().ok()?;
            fraction(digits, 10_i128.checked_pow(u32::try_from(places.len()).ok()?)?)
        }
    }

    #[test]
    fn school_arithmetic() {
        let table = [
            (r"1 - 0.5 \cdot (-12)", Some((7, 1))),
            (r"-2 \cdot (-3) - 2", Some((4, 1))),
            (r"\frac{1}{2} \cdot (3 + 14)", Some((17, 2))),
            (r"-(0 - 2) \cdot 1 \cdot 3", Some((6, 1))),
            (r"\frac{2}{1 - 0.5^{1}}", Some((4, 1))),
            (r"(-2)^{2} - 3^{2}", Some((-5, 1))),
            (r"\sqrt{16}", None),
            (r"w - 1", None),
            (r"\frac{1}{0}", None),
        ];
        for (latex, expected) in table {
            let expected = expected.map(|(above, below)| Fraction(above, below));
            assert_eq!(value(latex), expected, "{latex}");
        }
    }
}
