//! The tables behind plots: exact values, rounded as the sheet displays them, and where they stand.

use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};

use super::shipped::{self, Texts};

fn rendered(text: &str, audience: Audience) -> Texts {
    let templates = Templates::built_in().unwrap();
    let scenario = shipped::read("data", text);
    let formats = [Format::Markdown, Format::Html];
    shipped::rendered(&scenario, &templates, &formats, audience).unwrap()
}

/// A neuron on which two decimals put the second pre-activation exactly on the kink.
fn neuron(cells: &str) -> String {
    format!(
        "title: Data
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {{w: 1, b: 0.4}}
    data: [{{x: 1, y: 0}}, {{x: 1, y: 1.6}}]
    batches: [[1], [2]]
    optimizers:
      sgd: {{kind: sgd, learning_rate: 0.5}}
      third: {{kind: sgd, learning_rate: \"1/3\"}}
cells:
{cells}"
    )
}

#[test]
fn tables_hold_the_exact_values_rounded() {
    // By hand. Example 1: z = 1.4, gradient (1.4, 1.4), loss 0.98. With rate 1/2 the parameters
    // go to (0.3, -0.3), where z is 0 and double precision has 1.1e-16: the loss is
    // 1.6²/2 = 1.28 and nothing moves. With 1/3: to (8/15, -1/15), z = 7/15, loss
    // (7/15 - 8/5)²/2 = 289/450, gradient -17/15, then to (41/45, 14/45).
    let table = [
        ("trajectory", "sgd", "iteration t,w,b\n0,1,0.4\n1,0.3,-0.3\n2,0.3,-0.3\n"),
        ("trajectory", "third", "iteration t,w,b\n0,1,0.4\n1,0.5333,-0.06667\n2,0.9111,0.3111\n"),
        (
            "loss",
            "sgd, third",
            "iteration t,\"loss of the batch, SGD (sgd)\",\"loss of the batch, SGD (third)\"\n\
             1,0.98,0.98\n2,1.28,0.6422\n",
        ),
        (
            "gradient",
            "sgd",
            "iteration t,\"norm of the gradient, w\",\"norm of the gradient, b\"\n\
             1,1.4,1.4\n2,0,0\n",
        ),
        ("schedule", "third", "iteration t,\"learning rate, SGD\"\n1,0.3333\n2,0.3333\n"),
    ];
    for (kind, of, expected) in table {
        let files =
            rendered(&neuron(&format!("  - {{plot: {kind}, of: [{of}]}}\n")), Audience::Solutions);
        let csv = &files[&format!("figures/{kind}-1.csv")];
        assert_eq!(csv, expected, "{kind} of {of}");
    }
}

#[test]
fn no_table_stands_without_its_figure() {
    let cells = "  - {plot: loss, of: [sgd]}\n  - {plot: parameters, of: [sgd], audience: both}\n";
    let handout = rendered(&neuron(cells), Audience::Handout);
    let names: Vec<&str> = handout.keys().map(String::as_str).collect();
    let expected = ["figures/parameters-2.csv", "figures/parameters-2.svg", "handout.html"];
    assert_eq!(names[..3], expected, "{names:?}");
    assert_eq!(handout["handout.html"].matches("<details class=\"data\">").count(), 1);
    let solutions = rendered(&neuron(cells), Audience::Solutions);
    assert_eq!(solutions["solutions.html"].matches("<details class=\"data\">").count(), 2);
}

#[test]
fn long_tables_are_excerpts_in_pages_and_whole_as_csv() {
    let text = "title: Long
setups:
  bowl:
    model: loss = w^2
    init: {w: 1}
    iterations: 200
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.25}
cells:
  - {plot: loss, of: [sgd]}
";
    let files = rendered(text, Audience::Solutions);
    // The head, and iterations 1 to 200; the rate 1/4 halves w, so the loss is 4^(1 - t).
    let csv = &files["figures/loss-1.csv"];
    assert_eq!(csv.lines().count(), 201, "{csv}");
    assert!(csv.contains("\n2,0.25\n") && csv.contains("\n12,2.384e-7\n"), "{csv}");
    let page = &files["solutions.html"];
    assert_eq!(page.matches("<th scope=\"row\">").count(), 41);
    assert!(page.contains("<th scope=\"row\">6</th><td>0.0009766</td>"), "{page}");
    assert!(page.contains("<th scope=\"row\">200</th>"));
    assert!(page.contains("one in 5 of the 200 rows"));
}

#[test]
fn functions_are_told_at_whole_numbers() {
    // softplus(0) = log 2 and its slope there is 1/2; relu's slope at 0 is the convention's.
    let files = rendered(
        &neuron("  - {plot: activation, of: [relu, \"softplus(z)\", \"1/z\"]}\n"),
        Audience::Solutions,
    );
    let csv = &files["figures/activation-1.csv"];
    assert!(csv.contains("\n0,0,0,0.6931,0.5,undefined,undefined\n"), "{csv}");
    assert!(csv.contains("\n-4,0,0,"), "{csv}");
    assert!(csv.ends_with(",0.25,-0.0625\n"), "{csv}");
}
