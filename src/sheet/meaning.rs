//! What functions stand for, and their derivatives, with their cases.
//!
//! ```text
//! LeakyReLU(z) = z if z > 0, 0.01 z otherwise        MSE(a, b) = 1/n Σ (aᵢ − bᵢ)²
//! ```

use crate::formula::function::{Given, Reduction, Rows};
use crate::formula::latex::Printer;
use crate::formula::shape::{Shape, infer};
use crate::formula::{Call, Expression, Operator, notation::Notation};
use crate::scenario::Setup;

use super::prose::Prose;
use super::show::Numbers;

/// The definition of each function of the model that not every reader has in mind.
pub(super) fn meanings(setup: &Setup, prose: &Prose, numbers: &Numbers<'_>) -> Vec<String> {
    let latex = |name: &str| plain(name);
    let number = |number: &_| numbers.rational(number);
    let printer = Printer { name: &latex, number: &number };
    let mut list: Vec<String> = Vec::new();
    for line in &setup.model {
        line.expression.any(&mut |node| {
            if let Expression::Call(call) = node {
                let rows = infer(&call.arguments[0], &setup.shapes).ok();
                let several = matches!(rows, Some((Shape::Matrix(rows, _), _)) if !rows.is_one());
                let rows = if several { Rows::Several } else { Rows::One };
                for text in meaning(call, rows, prose, &printer) {
                    if !list.contains(&text) {
                        list.push(text);
                    }
                }
            }
            false
        });
    }
    list
}

/// The names in a function's own formulas.
fn plain(name: &str) -> String {
    Notation::default().latex(name)
}

fn meaning(call: &Call, rows: Rows, prose: &Prose, printer: &Printer<'_>) -> Vec<String> {
    let function = call.function;
    if function.written_out(call.matrix).is_some() {
        return Vec::new();
    }
    let arguments = function.parameters.iter().map(|name| Expression::name(name)).collect();
    let general = Call { at_kink: None, arguments, ..call.clone() };
    let left = printer.latex(&Expression::Call(general.clone()));
    if let Some(row) = function.row() {
        return vec![row.latex(&left, rows)];
    }
    let has_cases =
        function.kinks().len() > 1 || (function.has_kink() && !function.constants.is_empty());
    let entry = |name: &str| format!("{}_{{i}}", plain(name));
    let each = Printer {
        name: if call.matrix && function.is_loss() { &entry } else { &plain },
        number: printer.number,
    };
    let mut list = match (function.meaning(), has_cases) {
        (Some(formula), _) => vec![format!("{left} = {}", each.latex(&general.explained(formula)))],
        (None, false) => return Vec::new(),
        (None, true) => {
            let kinks: Vec<Expression> =
                function.kinks().iter().map(|kink| general.explained(kink)).collect();
            // The pieces meet at a kink, so that the one below it holds there too.
            let value = |case: usize| {
                let value = function.value(case - case % 2);
                value.map_or(Expression::integer(0), |value| general.explained(value))
            };
            vec![cases(&left, &kinks, &value, prose, &each)]
        }
    };
    if call.matrix
        && let (Some(total), Some((left, right))) = (function.total, list[0].split_once(" = "))
    {
        let sum =
            if total == Reduction::Mean { r"\frac{1}{n} \sum_{i=1}^{n}" } else { r"\sum_{i}" };
        let is_sum = matches!(
            function.meaning(),
            Some(Expression::Binary(Operator::Add | Operator::Subtract, ..))
        );
        let right = if is_sum { format!(r"\left({right}\right)") } else { right.to_owned() };
        list[0] = format!("{left} = {sum} {right}");
    }
    for (constant, value) in function.constants.iter().zip(&call.constants) {
        if constant.given == Given::Never {
            let value = printer.latex(&Expression::Number(value.clone()));
            list.push(format!("{} = {value}", plain(constant.name)));
        }
    }
    if function.name == "gelu" {
        list.push(r"\Phi(z) = \frac{1}{2}\left(1 + \operatorname{erf}\left(\frac{z}{\sqrt{2}}\right)\right)".into());
    }
    list
}

/// ReLU′(z) with its cases, σ′(z) with its formula.
pub(super) fn derivative(
    call: &Call,
    index: usize,
    prose: &Prose,
    printer: &Printer<'_>,
) -> String {
    let function = call.function;
    let arguments = function.parameters.iter().map(|name| Expression::name(name)).collect();
    let general = Call { at_kink: None, arguments, ..call.clone() };
    let formula = |case: usize| {
        let chosen = function.chosen_slope(index).filter(|_| case % 2 == 1);
        let formula = match (&call.at_kink, chosen) {
            (Some(slope), Some(chosen)) => chosen.map(&mut |node| match node {
                Expression::Name(name) if name == "slope" => {
                    Some(Expression::Number(slope.clone()))
                }
                _ => None,
            }),
            _ => function.derivative(index, case).clone(),
        };
        general.explained(&formula)
    };
    let derivative = Expression::Derivative(general.clone(), index);
    let kinks: Vec<Expression> =
        function.kinks().iter().map(|kink| general.explained(kink)).collect();
    cases(&printer.latex(&derivative), &kinks, &formula, prose, printer)
}

/// A formula, or one for each case, the greatest first; what says the same stands once.
fn cases(
    left: &str,
    kinks: &[Expression],
    formula: &dyn Fn(usize) -> Expression,
    prose: &Prose,
    printer: &Printer<'_>,
) -> String {
    let count = 2 * kinks.len() + 1;
    let values: Vec<String> = (0..count).map(|case| printer.latex(&formula(case))).collect();
    if values.iter().all(|value| *value == values[0]) {
        return format!("{left} = {}", values[0]);
    }
    let (when, otherwise) = (prose.word("if"), prose.word("otherwise"));
    let when = |value: &str, on: &str| format!(r"{value} & \text{{{when} }} {on}");
    let on: Vec<String> = kinks.iter().map(|kink| printer.latex(kink)).collect();
    let last = |value: &str| format!(r"{value} & \text{{{otherwise}}}");
    let rows = match (on.as_slice(), values.as_slice()) {
        ([on], [negative, zero, positive]) if zero == negative => {
            vec![when(positive, &format!("{on} > 0")), last(negative)]
        }
        ([on], [negative, zero, positive]) if zero == positive => {
            vec![when(positive, &format!(r"{on} \ge 0")), last(negative)]
        }
        ([on], [negative, zero, positive]) => vec![
            when(positive, &format!("{on} > 0")),
            when(zero, &format!("{on} = 0")),
            when(negative, &format!("{on} < 0")),
        ],
        _ => between(kinks, &values, &when, &last, printer),
    };
    // A line break after each row: Markdown keeps a double backslash at the end of a line.
    format!("{left} = \\begin{{cases}}\n{}\n\\end{{cases}}", rows.join(" \\\\\n"))
}

/// The rows of a function with two kinks `x - c` and `x - d`: `c < x < d` in the middle.
fn between(
    kinks: &[Expression],
    values: &[String],
    when: &dyn Fn(&str, &str) -> String,
    last: &dyn Fn(&str) -> String,
    printer: &Printer<'_>,
) -> Vec<String> {
    let sides: Vec<(Expression, Expression)> = kinks.iter().map(sides).collect();
    let [(name, low), (_, high)] = sides.as_slice() else { return Vec::new() };
    let [name, low, high] = [name, low, high].map(|side| printer.latex(side));
    let [below, at_low, middle, at_high, above] = values else { return Vec::new() };
    let sign = |closed: bool| if closed { r"\le" } else { "<" };
    let range =
        format!("{low} {} {name} {} {high}", sign(at_low == middle), sign(at_high == middle));
    let mut rows = vec![when(middle, &range)];
    if above == below {
        rows.push(last(below));
        return rows;
    }
    let upper = if at_high == above { r"\ge" } else { ">" };
    rows.insert(0, when(above, &format!("{name} {upper} {high}")));
    rows.push(last(below));
    rows
}

/// `x + c` and `x - d` as x and the number that it is compared with.
fn sides(kink: &Expression) -> (Expression, Expression) {
    match kink {
        Expression::Binary(Operator::Add, left, right) => {
            ((**left).clone(), Expression::Negate(right.clone()))
        }
        Expression::Binary(Operator::Subtract, left, right) => {
            ((**left).clone(), (**right).clone())
        }
        other => (other.clone(), Expression::integer(0)),
    }
}
