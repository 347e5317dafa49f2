//! Functions of a model: value and derivatives, by case where there are kinks.

use crate::formula::function::{
    self, Body, Derivative, Function, Given, Layout, Primitive, Reduction, Row, Rows,
};
use crate::formula::notation::Notation;
use crate::formula::{Call, Expression, parse};

use super::entry::{Choice, Default, Entry, Family, Formula};
use super::rules::{latex_by, text};

pub(super) fn family() -> Family {
    Family {
        title: "Functions",
        place: "in a model's formulas",
        lead: "Losses take prediction and target, and give one \
               number. `at_kink` chooses the derivative at a kink.",
        entries: function::all().iter().map(of).collect(),
    }
}

fn of(function: &'static Function) -> Entry {
    Entry {
        kind: function.called(),
        called: called(function),
        family: "a function",
        source: function.source(),
        formulas: formulas(function),
        notes: notes(function),
        options: constants(function),
        ..Entry::default()
    }
}

/// `leaky_relu(z, a)`
fn called(function: &Function) -> String {
    let given = function.constants.iter().filter(|constant| constant.given != Given::Never);
    let names = function.parameters.iter().copied().chain(given.map(|constant| constant.name));
    let form = function.form().map(|(_, form)| format!("form={form}"));
    let names: Vec<String> = names.map(str::to_owned).chain(form).collect();
    format!("{}({})", function.called(), names.join(", "))
}

fn latex(expression: &Expression) -> String {
    let notation = Notation::default();
    latex_by(expression, &|name| notation.latex(name))
}

/// The call as LaTeX, with the constants that it may give as an index.
fn call_latex(function: &'static Function) -> String {
    let arguments = function.parameters.iter().map(|name| Expression::name(name));
    if function.layout != Layout::Call {
        return latex(&Expression::Call(Call::new(function, arguments.collect())));
    }
    let given = function.constants.iter().filter(|constant| constant.given != Given::Never);
    let constants: Vec<String> = given.map(|one| latex(&Expression::name(one.name))).collect();
    let index = match constants.as_slice() {
        [] => String::new(),
        list => format!("_{{{}}}", list.join(", ")),
    };
    let arguments: Vec<String> = arguments.map(|argument| latex(&argument)).collect();
    format!("{}{index}({})", function.latex, arguments.join(", "))
}

fn formulas(function: &'static Function) -> Vec<Formula> {
    let call = call_latex(function);
    let equal = || "=".to_owned();
    let whole = |text: &str, right: String| Formula {
        label: String::new(),
        text: text.to_owned(),
        latex: [call.clone(), equal(), right],
    };
    match function.body {
        Body::Row(row) => {
            let definition = row.latex(&call, Rows::One);
            let (left, right) = definition.split_once(" = ").unwrap_or(("", &definition));
            let text = match row {
                Row::Softmax => "exp(z_j)/(sum over k of exp(z_k)), in each row",
                Row::LogSoftmax => "log(exp(z_j)/(sum over k of exp(z_k))), in each row",
                Row::CrossEntropy => {
                    "-(sum over j of y_j*log(softmax(z)_j)), the mean over the rows"
                }
            };
            let latex = [left.to_owned(), equal(), right.to_owned()];
            vec![Formula { latex, ..whole(text, String::new()) }]
        }
        Body::Reduction(kind) => {
            let (text, right) = match kind {
                Reduction::Sum => ("the sum of all entries", r"\sum_{i,j} z_{ij}"),
                Reduction::Mean => ("the mean of all entries", r"\frac{1}{n m} \sum_{i,j} z_{ij}"),
                Reduction::Norm => {
                    ("the root of the sum of all squared entries", r"\sqrt{\sum_{i,j} z_{ij}^{2}}")
                }
            };
            vec![whole(text, right.to_owned())]
        }
        Body::Cases { kinks, values, branches } if !kinks.is_empty() => {
            let case = |(case, (value, branch)): (usize, (&&str, &&str))| {
                let slopes = slopes(function, case, "");
                let told: Vec<String> = slopes.iter().map(|slope| slope.text.clone()).collect();
                let right: Vec<String> = slopes.iter().map(|slope| slope.latex.join(" ")).collect();
                let value_latex = function.value(case).map(latex).unwrap_or_default();
                let quad = r",\quad ";
                let right = format!("{value_latex}{quad}{}", right.join(quad));
                let text = format!("{value:<24} {}", told.join(", "));
                Formula { label: format!("{branch}:"), ..whole(&text, right) }
            };
            values.iter().zip(branches).enumerate().map(case).collect()
        }
        Body::Cases { .. } | Body::Primitive(_) => {
            let value = function.meaning().or_else(|| function.value(0)).cloned();
            let value = value.or_else(|| defined(function));
            let value = value.map(|value| whole(&text(&value), latex(&value)));
            value.into_iter().chain(slopes(function, 0, &call)).collect()
        }
    }
}

/// What a primitive function is by others.
fn defined(function: &Function) -> Option<Expression> {
    let text = match function.body {
        Body::Primitive(Primitive::Sigmoid) => "1/(1 + exp(-z))",
        Body::Primitive(Primitive::Tanh) => "(exp(z) - exp(-z))/(exp(z) + exp(-z))",
        _ => return None,
    };
    parse(text).ok().map(|parsed| parsed.expression)
}

/// The derivative by each argument; of what, the LaTeX says.
fn slopes(function: &'static Function, case: usize, of: &str) -> Vec<Formula> {
    let by = function.parameters.iter().zip(function.derivatives).enumerate();
    let one = |(index, (name, derivative)): (usize, (&&str, &Derivative))| {
        let text = match derivative {
            Derivative::Formula(text) | Derivative::Primed(text) => text,
            Derivative::Cases(cases) | Derivative::Through(_, cases) => {
                cases.get(case).copied().unwrap_or_default()
            }
        };
        let left = format!(r"\frac{{\partial}}{{\partial {name}}} {of}").trim_end().to_owned();
        Formula {
            label: String::new(),
            text: format!("d/d{name} = {text}"),
            latex: [left, "=".to_owned(), latex(function.derivative(index, case))],
        }
    };
    by.map(one).collect()
}

fn notes(function: &'static Function) -> Vec<String> {
    let mut notes = Vec::new();
    if let Body::Cases { kinks, .. } = function.body
        && !kinks.is_empty()
    {
        notes.push(format!("the cases by the sign (-, 0, +) of {}", kinks.join(", then of ")));
    }
    if function.name == "gelu" {
        notes.push("Phi is the distribution function of the standard normal distribution".into());
    }
    match function.total {
        Some(Reduction::Sum) => notes.push("of a matrix, the sum over its entries".to_owned()),
        Some(Reduction::Mean) => notes.push("of a matrix, the mean over its entries".to_owned()),
        Some(Reduction::Norm) | None => {}
    }
    let own = function.constants.iter().filter(|constant| constant.given == Given::Never);
    notes.extend(own.map(|constant| format!("{} = {}", constant.name, constant.value)));
    notes
}

fn constants(function: &Function) -> Vec<Choice> {
    let given = function.constants.iter().filter(|constant| constant.given != Given::Never);
    let choice = |constant: &function::Constant| Choice {
        name: constant.name,
        meaning: "a constant of the formula".to_owned(),
        allowed: vec![
            if constant.given == Given::Positive { "above 0" } else { "a number" }.to_owned(),
        ],
        default: Default::Value(constant.value.to_owned()),
        others: Vec::new(),
        changes: Vec::new(),
    };
    given.map(choice).collect()
}
