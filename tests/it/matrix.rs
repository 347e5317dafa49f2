//! Models of matrices: exact numbers, derivations and drawings of computation graphs.

use gradsheet::sheet::Templates;
use gradsheet::trace::json;
use gradsheet::{Audience, Format, engine, scenario};

use crate::shipped;

/// The network of a well-known worked example; its biases are not trained, so they are data.
const NETWORK: &str = "
title: A 2-2-2 network
setups:
  net:
    model: |
      h = sigmoid(x @ W1 + b1)
      y_hat = sigmoid(h @ W2 + b2)
      loss = 1/2 * sum((y_hat - target)^2)
    init: {W1: [[0.15, 0.25], [0.20, 0.30]], W2: [[0.40, 0.50], [0.45, 0.55]]}
    data: [{x: [[0.05, 0.10]], target: [0.01, 0.99], b1: [0.35, 0.35], b2: [0.60, 0.60]}]
    iterations: 2
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
";

const LAYER: &str = "
title: A layer
setups:
  layer:
    shapes: {x: [1, n], W: [n, m], b: [1, m]}
    model: |
      y = relu(x @ W + b)
cells:
  - graph: layer
    backward: true
  - derivation: nodes
    of: layer
  - derivation: adjoints
    of: layer
";

fn trace(text: &str) -> serde_json::Value {
    let scenario =
        scenario::read("matrix.yaml".as_ref(), text).unwrap_or_else(|error| panic!("{error}"));
    json::trace(&engine::execute(&scenario).unwrap()).unwrap()
}

fn solutions(text: &str) -> String {
    let scenario =
        scenario::read("matrix.yaml".as_ref(), text).unwrap_or_else(|error| panic!("{error}"));
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    let mut files =
        shipped::rendered(&scenario, &templates, &formats, Audience::Solutions).unwrap();
    files.remove("solutions.md").unwrap()
}

#[test]
fn a_network_trains_as_a_high_precision_computation_says() {
    // Computed by another program with 60 digits (mpmath), from the published formulas.
    let trace = trace(NETWORK);
    let run = &trace["setups"]["net"]["runs"]["sgd"]["iterations"];
    let table = [
        (&run[1]["loss"], "0.2983711087600026886073819476660640209775"),
        (&run[2]["loss"], "0.2910277736935993508718546813903209247855"),
        (&run[1]["parameters"]["W1"][0][0], "0.1497807161327628266364758122004764822369"),
        (&run[1]["parameters"]["W2"][1][1], "0.5613701211079891053764437385061896345233"),
        (&run[1]["gradient"]["W2"][0][1], "-0.02260254047747505984849626069702935125336"),
    ];
    for (value, decimal) in table {
        assert_eq!(value["decimal"], decimal, "{value}");
        assert!(value["exact"].is_null());
    }
}

#[test]
fn small_matrices_stay_exact_and_every_entry_has_its_branch() {
    // x W + b = (1·1 - 1·4, 1·2 - 1·5 + 4, 1·3 - 1·6 + 3) = (-3, 1, 0); by hand.
    let trace = trace(
        "
title: Branches
setups:
  layer:
    model: |
      y = relu(x @ W + b)
      loss = sum(y)
    init: {W: [[1, 2, 3], [4, 5, 6]], b: [0, 4, 3]}
    data: [{x: [1, -1]}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 1}
",
    );
    let record = &trace["setups"]["layer"]["runs"]["sgd"]["iterations"][1];
    let branches = record["examples"][0]["branches"].as_array().unwrap();
    let signs: Vec<_> =
        branches.iter().map(|branch| (branch["index"].as_i64(), branch["sign"].as_i64())).collect();
    let expected = [(Some(1), Some(-1)), (Some(2), Some(1)), (Some(3), Some(0))];
    assert_eq!(signs, expected);
    // Only the second unit is active: its column of W moves by -x, its bias by -1.
    let entry = |name: &str, row: usize, column: usize| {
        record["parameters"][name][row][column]["exact"].as_str().unwrap().to_owned()
    };
    let after = [("W", 0, 1, "1"), ("W", 1, 1, "6"), ("W", 0, 0, "1"), ("W", 1, 2, "6")];
    for (name, row, column, exact) in after {
        assert_eq!(entry(name, row, column), exact, "{name} {row} {column}");
    }
    assert_eq!(entry("b", 0, 1), "3");
}

#[test]
fn the_adjoints_of_a_layer_are_those_of_the_textbook() {
    let sheet = solutions(LAYER);
    // Derived by hand: the worksheet's own list, entrywise products written with a dot in a circle.
    let lines = [
        r"v_{4} &= x W \in \mathbb{R}^{1 \times m}",
        r"v_{6} &= y = \mathrm{ReLU}(x W + b) \in \mathbb{R}^{1 \times m}",
        r"\bar{v}_{6} &= \frac{\partial L}{\partial v_{6}} = \frac{\partial L}{\partial y} \in \mathbb{R}^{1 \times m}",
        r"\frac{\partial v_{6}}{\partial v_{5}} = \bar{v}_{6} \odot \mathrm{ReLU}'(v_{5}) \in \mathbb{R}^{1 \times m}",
        r"\frac{\partial v_{5}}{\partial v_{4}} = \bar{v}_{5} \in \mathbb{R}^{1 \times m}",
        r"\frac{\partial v_{5}}{\partial v_{3}} = \bar{v}_{5} \in \mathbb{R}^{1 \times m}",
        r"\frac{\partial v_{4}}{\partial v_{2}} = x^{\top} \bar{v}_{4} \in \mathbb{R}^{n \times m}",
        r"\frac{\partial v_{4}}{\partial v_{1}} = \bar{v}_{4} W^{\top} \in \mathbb{R}^{1 \times n}",
    ];
    for line in lines {
        assert!(sheet.contains(line), "no `{line}` in\n{sheet}");
    }
}

#[test]
fn adjoints_add_where_a_node_is_used_twice_and_sum_over_a_repeated_row() {
    let sheet = solutions(
        "
title: Twice
setups:
  batch:
    shapes: {X: [k, n], W: [n, m], b: [1, m]}
    model: |
      z = X @ W + b
      y = z * z + z
cells:
  - derivation: adjoints
    of: batch
",
    );
    // v5 = z, v6 = z ⊙ z, v7 = v6 + z; by hand: z̄ = v̄6 ⊙ z + v̄6 ⊙ z + v̄7, b̄ = 1ᵀ z̄.
    let lines = [
        r"= \bar{v}_{6} \odot v_{5} + \bar{v}_{6} \odot v_{5} + \bar{v}_{7} \in \mathbb{R}^{k \times m}",
        r"= \mathbf{1}^{\top} \bar{v}_{5} \in \mathbb{R}^{1 \times m}",
        r"= X^{\top} \bar{v}_{4} \in \mathbb{R}^{n \times m}",
    ];
    for line in lines {
        assert!(sheet.contains(line), "no `{line}` in\n{sheet}");
    }
}

#[test]
fn gradients_of_matrices_print_with_the_numbers_put_in() {
    let sheet = solutions(NETWORK);
    let lines = [
        r"h &= \sigma(x W_{1} + b_{1})",
        r"\frac{\partial L}{\partial \hat{y}} &= \hat{y} - \mathrm{target}",
        r"\frac{\partial L}{\partial h} &= \left(\frac{\partial L}{\partial \hat{y}} \odot \sigma'(h W_{2} + b_{2})\right) \thinspace W_{2}^{\top}",
        r"\nabla_{W_{1}} L &= x^{\top} \thinspace \left(\frac{\partial L}{\partial h} \odot \sigma'(x W_{1} + b_{1})\right)",
        r"\approx \begin{pmatrix} 0.1498 & 0.2498 \\ 0.1996 & 0.2995 \end{pmatrix}",
    ];
    for line in lines {
        assert!(sheet.contains(line), "no `{line}` in\n{sheet}");
    }
}

#[test]
fn what_a_sum_hands_down_is_a_matrix_again() {
    let sheet = solutions(
        "
title: Sums
setups:
  sums:
    shapes: {x: [1, n], W: [n, m], c: [1, m]}
    model: |
      s = sum(x @ W + c)
      loss = s^2
cells:
  - derivation: adjoints
    of: sums
  - derivation: gradients
    of: sums
",
    );
    // v4 = x W, v5 = v4 + c, v6 = s, v7 = L; by hand: v̄5 = v̄6 in every entry.
    let line = r"\frac{\partial v_{6}}{\partial v_{5}} = \bar{v}_{6} \mathbf{1} \in \mathbb{R}^{1 \times m}";
    assert!(sheet.contains(line), "no `{line}` in\n{sheet}");
    let sheet = solutions(
        "
title: Sums
setups:
  sums:
    model: |
      loss = c*sum(x @ W)
    init: {W: [[1, 2], [3, 4]], c: 5}
    data: [{x: [6, 7]}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 1}
cells:
  - derivation: gradients
    of: sums
",
    );
    let line = r"\frac{\partial L}{\partial W} &= x^{\top} c \mathbf{1}";
    assert!(sheet.contains(line), "no `{line}` in\n{sheet}");
}

#[test]
fn what_comes_after_the_loss_has_no_part_in_the_adjoints() {
    let sheet = solutions(
        "
title: After
setups:
  after:
    model: |
      loss = w^2
      other = 3*w
    init: {w: 1}
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 1}
cells:
  - derivation: adjoints
    of: after
",
    );
    // v1 = w, v2 = L, v3 = 3w.
    let line = r"= \frac{\partial L}{\partial v_{2}} \cdot \frac{\partial v_{2}}{\partial v_{1}} = 2 w \in \mathbb{R}";
    assert!(sheet.contains(line), "no `{line}` in\n{sheet}");
    assert!(!sheet.contains("v_{3}"), "{sheet}");
}
