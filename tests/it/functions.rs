//! The functions of the catalogue one by one: values and derivatives against numbers from
//! elsewhere (`fixtures/functions/make.py`), zeros, kinks, and what is not defined.

use dashu_ratio::RBig;
use gradsheet::engine;
use gradsheet::formula::{
    Call, Evaluator, Expression, Failure, Operator, Prove, ZeroOverZero, chain, function, parse,
};
use gradsheet::number::Real;
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format, publish, scenario};
use serde_json::Value as Json;

use crate::witness::{at, decimal, fixtures, read, record, traced};

use crate::shipped;

fn value(expression: &Expression, z: &RBig, y: &RBig) -> Result<Real, Failure> {
    let mut prove = Prove;
    let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero: ZeroOverZero::Undefined };
    evaluator.evaluate(expression, &|name| {
        Ok(Real::from(if name == "z" { z.clone() } else { y.clone() }))
    })
}

/// The derivative as a derivation writes it.
fn derived(expression: &Expression, name: &str) -> Expression {
    let products = chain::derivative(expression, name, &|_| None).unwrap();
    let times = |left, right| Expression::binary(Operator::Multiply, left, right);
    let terms = products.into_iter().map(|product| {
        let term = product.factors.into_iter().reduce(times).unwrap();
        if product.negative { Expression::Negate(Box::new(term)) } else { term }
    });
    let plus = |left, right| Expression::binary(Operator::Add, left, right);
    terms.reduce(plus).unwrap_or_else(|| Expression::integer(0))
}

/// To 40 digits.
fn agrees(found: &Real, expected: &RBig) -> bool {
    let found = match found.as_rational() {
        Some(found) => found.into_owned(),
        None => found.ball(512).unwrap().midpoint(),
    };
    let size = |value: RBig| if value < RBig::ZERO { -value } else { value };
    let gap = size(&found - expected) * RBig::from(10_u8).pow(40);
    gap <= size(expected.clone())
}

#[test]
fn values_and_derivatives_are_those_of_mpmath() {
    let table = read(&fixtures("functions").join("table.txt"));
    let mut calls = Vec::new();
    for row in table.lines() {
        let [text, z, y, digits @ ..] = &row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let call = parse(text).unwrap().expression;
        let (z, y) = (decimal(z).unwrap(), decimal(y).unwrap());
        let expected: Vec<RBig> = digits.iter().map(|digits| decimal(digits).unwrap()).collect();
        assert!(agrees(&value(&call, &z, &y).unwrap(), &expected[0]), "{row}");
        for (index, slope) in expected[1..].iter().enumerate() {
            let symbols = derived(&call, ["z", "y"][index]);
            assert!(agrees(&value(&symbols, &z, &y).unwrap(), slope), "{row}: {symbols}");
            // The engine's own formula, by case.
            if let Expression::Call(call) = &call
                && call.arguments.iter().all(|inner| matches!(inner, Expression::Name(_)))
            {
                let prime = Expression::Derivative(call.clone(), index);
                assert!(agrees(&value(&prime, &z, &y).unwrap(), slope), "{row}: {prime}");
            }
        }
        if let Expression::Call(call) = call {
            calls.push(call.function.name);
        }
    }
    for function in function::all() {
        let shaped = function.reduces().is_some() || function.row().is_some();
        let elementary = ["relu", "exp", "log", "sqrt", "abs", "sign", "max", "min"];
        let known = shaped || elementary.contains(&function.name);
        assert!(known || calls.contains(&function.name), "{} is not in the table", function.name);
    }
}

#[test]
fn a_function_s_formulas_for_readers_and_for_floats_have_its_value() {
    for function in function::all() {
        let names = function.parameters.iter().map(|name| Expression::name(name)).collect();
        let call = Call::new(function, names);
        for formula in [function.entry(), function.meaning(), function.written_out(false)] {
            let Some(formula) = formula else { continue };
            for (z, y) in [("0.7", "0.25"), ("-0.6", "-1"), ("5", "3"), ("-1.5", "2"), ("8", "0.5")]
            {
                // Parameters are z alone, a and b, or z and y.
                let rename = |expression: &Expression| {
                    expression.map(&mut |node| match node {
                        Expression::Name(name) if name == "a" => Some(Expression::name("z")),
                        Expression::Name(name) if name == "b" => Some(Expression::name("y")),
                        _ => None,
                    })
                };
                let (z, y) = (decimal(z).unwrap(), decimal(y).unwrap());
                if function.name == "bce" && (z < RBig::ZERO || z > RBig::ONE) {
                    continue;
                }
                let same = rename(&call.put_into(formula));
                let whole = value(&rename(&Expression::Call(call.clone())), &z, &y).unwrap();
                let pi = Expression::Number(decimal(PI).unwrap());
                let same = same.map(&mut |node| match node {
                    Expression::Name(name) if name == "pi" => Some(pi.clone()),
                    _ => None,
                });
                let other = value(&same, &z, &y).unwrap();
                let gap = (&whole - &other).to_f64().abs();
                assert!(gap < 1e-40, "{same} at {z}, {y}: {gap}");
            }
        }
    }
}

const PI: &str = "3.14159265358979323846264338327950288419716939937510582097494459230781640628621";

#[test]
fn floating_point_has_the_same_values_and_slopes() {
    let points = [-7.5, -1.25, -0.5, 0.75, 2.5, 6.5];
    for function in function::all().iter().filter(|function| function.is_activation()) {
        let text = match function.form() {
            Some((name, form)) => format!("{name}(z, form={form})"),
            None => format!("{}(z)", function.name),
        };
        if function.row().is_some() {
            continue;
        }
        let expression = parse(&text).unwrap().expression;
        let (values, slopes) = engine::curve(&expression, &points).expect(&text);
        let slope = derived(&expression, "z");
        for (index, point) in points.iter().enumerate() {
            let z = decimal(&point.to_string()).unwrap();
            let near = |found: f64, exact: &Expression| {
                let exact = value(exact, &z, &RBig::ZERO).unwrap().to_f64();
                assert!((found - exact).abs() <= 1e-14 * (1.0 + exact.abs()), "{text} at {point}");
            };
            near(values[index], &expression);
            near(slopes[index], &slope);
        }
    }
}

#[test]
fn values_that_are_exact_stay_exact() {
    let table = [
        ("silu(z)", "0", "0"),
        ("gelu(z)", "0", "0"),
        ("gelu(z, form=tanh)", "0", "0"),
        ("sin(z)", "0", "0"),
        ("cos(z)", "0", "1"),
        ("exp(softplus(z))", "0", "2"),
        ("elu(z)", "0", "0"),
        ("elu(z, 2)", "7", "7"),
        ("selu(z)", "1", "1.0507009873554804934193349852946"),
        ("huber(z, y)", "3", "2.5"),
        ("huber(z, y, 4)", "3", "4.5"),
        ("hard_tanh(z)", "-1", "-1"),
        ("relu6(z)", "6", "6"),
        ("softplus(z) - softplus(-z)", "5", "5"),
    ];
    for (text, z, expected) in table {
        let expression = parse(text).unwrap().expression;
        let found = value(&expression, &decimal(z).unwrap(), &RBig::ZERO).unwrap();
        assert_eq!(found.as_rational().as_deref(), decimal(expected).as_ref(), "{text}");
    }
}

#[test]
fn derivatives_at_kinks_follow_the_conventions() {
    let table = [
        ("leaky_relu(z, 0.2)", "0", "0.2"),
        ("leaky_relu(z, 0.2, at_kink=1)", "0", "1"),
        ("elu(z)", "0", "1"),
        ("elu(z, 2)", "0", "2"),
        ("elu(z, 2, at_kink=1/2)", "0", "0.5"),
        ("relu6(z)", "0", "0"),
        ("relu6(z)", "6", "0"),
        ("relu6(z, at_kink=1)", "6", "1"),
        ("hard_tanh(z)", "1", "0"),
        ("hard_tanh(z)", "-1", "0"),
        ("mae(z, 0)", "0", "0"),
        ("mae(z, 0, at_kink=1)", "0", "1"),
        ("hinge(z, -1)", "-1", "0"),
        // Minus the target, as on the side where the margin is broken.
        ("hinge(z, -1, at_kink=1)", "-1", "1"),
        ("huber(z, 0)", "1", "1"),
        ("huber(z, 0)", "-1", "-1"),
    ];
    for (text, z, expected) in table {
        let (z, expected) = (decimal(z).unwrap(), decimal(expected).unwrap());
        let Expression::Call(call) = parse(text).unwrap().expression else { panic!("{text}") };
        let prime = Expression::Derivative(call.clone(), 0);
        let symbols = derived(&Expression::Call(call), "z");
        for derivative in [prime, symbols] {
            let found = value(&derivative, &z, &RBig::ZERO).unwrap();
            assert_eq!(found.as_rational().as_deref(), Some(&expected), "{derivative}");
        }
    }
    let selu = parse("selu(z)").unwrap().expression;
    let product = decimal("1.0507009873554804934193349852946").unwrap()
        * decimal("1.6732632423543772848170429916717").unwrap();
    let slope = value(&derived(&selu, "z"), &RBig::ZERO, &RBig::ZERO).unwrap();
    assert_eq!(slope.as_rational().as_deref(), Some(&product));
}

#[test]
fn what_is_not_defined_names_the_call() {
    let table = [("bce(z, y)", "-1"), ("bce(z, y)", "2"), ("bce(z, y)", "0"), ("log(z)", "0")];
    for (text, z) in table {
        let expression = parse(text).unwrap().expression;
        let found = value(&expression, &decimal(z).unwrap(), &decimal("0.5").unwrap());
        let Err(Failure::Undefined { cause, expression }) = found else { panic!("{text}") };
        assert_eq!(cause.to_string(), "the logarithm of a number that is not positive");
        assert_eq!(expression, text);
    }
}

fn trace(model: &str, init: &str, data: &str) -> Json {
    let text = format!(
        "title: T\nsetups:\n  s:\n    model: |\n{}    init: {init}\n    data: {data}\n    \
         iterations: 1\n    optimizers:\n      o: {{kind: sgd, learning_rate: 1}}\n",
        model.lines().map(|line| format!("      {}\n", line.trim())).collect::<String>()
    );
    traced("functions", &text)
}

#[test]
fn softmax_of_equal_logits_is_rational() {
    let model = "p = softmax(z)\nloss = cross_entropy(z, y)";
    let json = trace(model, "{z: [[\"1/3\", \"1/3\", \"1/3\"]]}", "[{y: [[1, 0, 0]]}]");
    let entry = |path: &str| at(&json, path).unwrap()["exact"].clone();
    assert_eq!(entry("s.o.t1.p.r1.c2"), "1/3");
    assert_eq!(entry("s.o.t1.grad.z.r1.c1"), "-2/3");
    assert_eq!(entry("s.o.t1.grad.z.r1.c3"), "1/3");
}

#[test]
fn functions_of_logarithms_are_rational() {
    // Model, w, and the exact loss and gradient, by hand.
    let table = [
        // σ(log 3) = 3/4, so (3/4 − 1)²/2 and (3/4 − 1)·3/4·1/4.
        ("loss = 1/2*(sigmoid(w) - y)^2", "log(3)", "1/32", "-3/64"),
        ("loss = 1/2*(sigmoid(-w) - y)^2", "log(3)", "9/32", "9/64"),
        // tanh(log 2) = 3/5 and tanh′ = 1 − 9/25 = 16/25.
        ("loss = 1/2*(tanh(w) - y)^2", "log(2)", "2/25", "-32/125"),
        // exp(softplus(log 3)) = 4, and its derivative 4·σ(log 3).
        ("loss = exp(softplus(w))", "log(3)", "4", "3"),
        // The SiLU is w·σ(w), so that σ is left, and its derivative 3/4·1/4.
        ("loss = silu(w) - w*sigmoid(w) + sigmoid(w)", "log(3)", "3/4", "3/16"),
        // The kink is met exactly: 3/4 − 3/4 = 0, where the slope is 0.
        ("loss = relu(sigmoid(w) - 3/4) + 1/2*sigmoid(2*w)", "log(3)", "9/20", "9/100"),
        ("loss = bce(sigmoid(w), y) - log(4) + w", "log(3)", "0", "3/4"),
    ];
    for (model, w, loss, gradient) in table {
        let json = trace(model, &format!("{{w: \"{w}\"}}"), "[{y: 1}]");
        let entry = |path: &str| at(&json, path).unwrap()["exact"].clone();
        assert_eq!(entry("s.o.t1.loss"), loss, "{model}");
        assert_eq!(entry("s.o.t1.grad.w"), gradient, "{model}");
    }
}

#[test]
fn logits_far_apart_keep_their_digits() {
    let model = "p = softmax(z)\nloss = cross_entropy(z, y)";
    let json = trace(model, "{z: [[1000, -1000]]}", "[{y: [[1, 0]]}]");
    let digits = |path: &str| at(&json, path).unwrap()["decimal"].as_str().unwrap().to_owned();
    // e^-2000 by mpmath.
    let small = "2.5765358729611496521901";
    for path in ["s.o.t1.loss", "s.o.t1.p.r1.c2", "s.o.t1.grad.z.r1.c2"] {
        assert!(digits(path).starts_with(small), "{path}: {}", digits(path));
    }
    assert!(digits("s.o.t1.grad.z.r1.c1").starts_with(&format!("-{small}")));
}

#[test]
fn branches_are_listed_with_the_node_that_holds_them() {
    let model = "h = relu6(z)\nloss = mae(h, y) + hinge(c, 2)";
    let json = trace(model, "{z: [[-1, 0, 3, 6, 7]], c: \"1/2\"}", "[{y: [[0, 0, 4, 6, 8]]}]");
    let branches = record(&json, "s", "o", 1).unwrap()["examples"][0]["branches"].clone();
    let rows: Vec<String> = branches
        .as_array()
        .unwrap()
        .iter()
        .map(|branch| {
            let part = |key: &str| branch[key].to_string().replace('"', "");
            let argument = branch["argument"]["exact"].as_str().unwrap();
            let list = ["node", "function", "index", "sign", "branch"].map(part);
            format!("{} {argument}", list.join(" "))
        })
        .collect();
    let expected = [
        "h relu6 1 -1 inactive -1",
        "h relu6 2 0 kink 0",
        "h relu6 3 1 active 3",
        "h relu6 4 0 kink 0",
        "h relu6 5 1 capped 1",
        "loss mae 1 0 kink 0",
        "loss mae 2 0 kink 0",
        "loss mae 3 -1 negative -1",
        "loss mae 4 0 kink 0",
        "loss mae 5 -1 negative -2",
        "loss hinge null 0 kink 0",
    ];
    assert_eq!(rows, expected);
}

/// Every function in a model of its own, as derivation and told step by step.
fn sheet() -> String {
    let mut text = "title: T\nsetups:\n".to_owned();
    let mut cells = "cells:\n".to_owned();
    let mut add = |model: &str, init: &str, data: &str| {
        let name = format!("s{}", cells.matches("narration").count());
        let lines: String = model.lines().map(|line| format!("      {}\n", line.trim())).collect();
        text.push_str(&format!(
            "  {name}:\n    model: |\n{lines}    init: {init}\n    data: {data}\n    \
             iterations: 2\n    optimizers:\n      o: {{kind: sgd, learning_rate: 0.1}}\n"
        ));
        for derivation in ["gradients", "nodes", "adjoints"] {
            cells.push_str(&format!("  - derivation: {derivation}\n    of: {name}\n"));
        }
        cells.push_str(&format!("  - narration: {name}.o\n"));
    };
    let scalar = ("{w: 1, b: -2}", "[{x: 2, y: 1}, {x: -1, y: 0}]");
    let matrix = ("{W: [[1, -1], [0, 1]], b: [[0, 1]]}", "[{x: [[1, 2]], y: [[1, 0]]}]");
    let batch =
        ("{W: [[1, -1], [0, 1]], b: [[0, 1]]}", "[{x: [[1, 2], [0, 1]], y: [[1, 0], [0, 1]]}]");
    for function in function::all() {
        let option = function.form().map_or(String::new(), |(_, form)| format!(", form={form}"));
        let name = function.called();
        let call = match (function.parameters.len(), function.is_loss()) {
            (1, _) => format!("{name}(z{option})"),
            (_, false) => format!("{name}(z, y)"),
            (_, true) => String::new(),
        };
        for (init, data) in [scalar, matrix, batch] {
            let is_matrix = init.contains('W');
            if function.row().is_some() && !is_matrix {
                continue;
            }
            let z = if is_matrix { "z = x @ W + b" } else { "z = w*x + b" };
            let z = match name {
                "log" | "sqrt" => format!("{z} + 9"),
                _ => z.to_owned(),
            };
            let loss = match (function.is_loss(), function.reduces().is_some()) {
                (true, _) if name == "bce" => "p = sigmoid(z)\nloss = bce(p, y)".to_owned(),
                (true, _) => format!("loss = {name}(z, y)"),
                (_, true) => format!("loss = {call}"),
                _ => format!("h = {call}\nloss = half_squared_error(h, y)"),
            };
            add(&format!("{z}\n{loss}"), init, data);
        }
    }
    text + &cells
}

#[test]
fn formulas_of_every_function_are_well_formed() {
    let text = sheet();
    let scenario = scenario::read("functions.yaml".as_ref(), &text)
        .unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    let files = shipped::rendered(&scenario, &templates, &formats, Audience::Both).unwrap();
    let markdown = &files["solutions.md"];
    let problems = publish::formula_problems(markdown);
    assert!(problems.is_empty(), "{problems:?}");
    for (number, line) in markdown.lines().enumerate() {
        for wrong in ["+ -", "- -", r"\cdot -", "+ +", "(-(", "1\\exp", "()", "\\thinspace ,"] {
            assert!(!line.contains(wrong), "line {number}: {line}");
        }
        let count = |part: &str| line.matches(part).count();
        assert_eq!(count("("), count(")"), "line {number}: {line}");
        assert_eq!(count(r"\left("), count(r"\right)"), "line {number}: {line}");
    }
}

#[test]
fn the_gradient_of_cross_entropy_is_softmax_minus_target_where_that_sums_to_one() {
    let known = r"\mathrm{softmax}(z) - y";
    let general = r"\operatorname{sum}(y) \thinspace \mathrm{softmax}(z) - y";
    let table = [
        ("    data: [{y: [[0, 1]]}, {y: [[\"1/3\", \"2/3\"]]}]\n", known),
        ("    data: [{y: [[0, 1]]}, {y: [[1, 1]]}]\n", general),
        // A target without a value is what the loss asks for.
        ("    shapes: {y: [1, 2]}\n", known),
    ];
    for (data, expected) in table {
        let text = format!(
            "title: T\nsetups:\n  s:\n    model: loss = cross_entropy(z, y)\n\
             \x20   init: {{z: [[1, 2]]}}\n{data}cells:\n  - derivation: gradients\n    of: s\n"
        );
        let scenario = scenario::read("ce.yaml".as_ref(), &text).expect(&text);
        let templates = Templates::built_in().unwrap();
        let files =
            shipped::rendered(&scenario, &templates, &[Format::Markdown], Audience::Solutions)
                .unwrap();
        let row = format!("\\frac{{\\partial L}}{{\\partial z}} &= {expected}\n");
        assert!(files["solutions.md"].contains(&row), "{}", files["solutions.md"]);
    }
}
