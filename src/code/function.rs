//! What a library calls each function, and the definitions of those that it lacks.
//!
//! A definition is printed from the function's formulas by case in
//! [`crate::formula::function`]. A library's own function is used where its value and,
//! under PyTorch, its derivative are those of the table, at kinks too.

use crate::formula::function::{Given, Reduction};
use crate::formula::{Call, Expression, Function};
use crate::scenario::Library;

use super::literal;
use super::python::{Kind, Piece, Printer, as_float};

/// Functions of Python's own numbers.
const PLAIN: [(&str, &str); 9] = [
    ("exp", "math.exp"),
    ("log", "math.log"),
    ("sqrt", "math.sqrt"),
    ("sin", "math.sin"),
    ("cos", "math.cos"),
    ("tanh", "math.tanh"),
    ("abs", "abs"),
    ("max", "max"),
    ("min", "min"),
];

/// NumPy's functions; `{0}` and `{1}` are the arguments.
const NUMPY: [(&str, &str); 15] = [
    ("relu", "np.maximum({0}, 0)"),
    ("tanh", "np.tanh({0})"),
    ("softplus", "np.logaddexp(0, {0})"),
    ("exp", "np.exp({0})"),
    ("log", "np.log({0})"),
    ("sqrt", "np.sqrt({0})"),
    ("abs", "np.abs({0})"),
    ("sign", "np.sign({0})"),
    ("sin", "np.sin({0})"),
    ("cos", "np.cos({0})"),
    ("max", "np.maximum({0}, {1})"),
    ("min", "np.minimum({0}, {1})"),
    ("sum", "np.sum({0})"),
    ("mean", "np.mean({0})"),
    ("norm", "np.linalg.norm({0})"),
];

/// PyTorch's functions; `{2}` is the constant. Its softplus is linear from 20 on and so is
/// not used; its losses want a target of the prediction's shape.
const PYTORCH: [(&str, &str); 28] = [
    ("relu", "torch.relu({0})"),
    ("leaky_relu", "F.leaky_relu({0}, {2})"),
    ("elu", "F.elu({0}, {2})"),
    ("selu", "F.selu({0})"),
    ("sigmoid", "torch.sigmoid({0})"),
    ("tanh", "torch.tanh({0})"),
    ("softplus", "torch.logaddexp({0}, torch.tensor(0.0))"),
    ("silu", "F.silu({0})"),
    ("gelu", "F.gelu({0})"),
    ("gelu/tanh", "F.gelu({0}, approximate=\"tanh\")"),
    ("hard_tanh", "F.hardtanh({0})"),
    ("relu6", "F.relu6({0})"),
    ("softmax", "torch.softmax({0}, dim=1)"),
    ("log_softmax", "torch.log_softmax({0}, dim=1)"),
    ("Phi", "torch.special.ndtr({0})"),
    ("exp", "torch.exp({0})"),
    ("log", "torch.log({0})"),
    ("sqrt", "torch.sqrt({0})"),
    ("abs", "torch.abs({0})"),
    ("sign", "torch.sign({0})"),
    ("sin", "torch.sin({0})"),
    ("cos", "torch.cos({0})"),
    ("max", "torch.maximum({0}, {1})"),
    ("min", "torch.minimum({0}, {1})"),
    ("sum", "torch.sum({0})"),
    ("mean", "torch.mean({0})"),
    ("norm", "torch.linalg.vector_norm({0})"),
    ("cross_entropy", "F.cross_entropy({0}, {1})"),
];

/// PyTorch's losses of a prediction and a target of one shape.
const LOSSES: [(&str, &str); 3] = [
    ("mse", "F.mse_loss({0}, {1})"),
    ("mae", "F.l1_loss({0}, {1})"),
    ("huber", "F.huber_loss({0}, {1}, delta={2})"),
];

/// What NumPy has no function for, and the table no formula: evaluated numbers and rows.
const DEFINED: [(&str, &[&str]); 6] = [
    ("sigmoid", &["def sigmoid(z):", "    return 1/(1 + np.exp(-z))"]),
    ("Phi", &["def Phi(z):", "    return np.vectorize(math.erfc)(-z/math.sqrt(2))/2"]),
    (
        "softmax",
        &[
            "def softmax(z):",
            "    power = np.exp(z - z.max(axis=1, keepdims=True))",
            "    return power/power.sum(axis=1, keepdims=True)",
        ],
    ),
    (
        "log_softmax",
        &[
            "def log_softmax(z):",
            "    gap = z - z.max(axis=1, keepdims=True)",
            "    return gap - np.log(np.exp(gap).sum(axis=1, keepdims=True))",
        ],
    ),
    ("cross_entropy", &["def cross_entropy(z, y):", "    return -np.sum(y*log_softmax(z))/len(z)"]),
    (
        "norm_slope",
        &[
            "def norm_slope(z):",
            "    length = np.linalg.norm(z)",
            "    return z/length if length != 0 else np.zeros_like(z)",
        ],
    ),
];

/// A call.
pub(super) fn call(printer: &Printer<'_>, call: &Call) -> Piece {
    let function = call.function;
    let arguments: Vec<Piece> = call.arguments.iter().map(|one| printer.print(one)).collect();
    let widest = arguments.iter().map(|one| one.kind).max().unwrap_or(Kind::Plain);
    if widest == Kind::Plain
        && let Some((_, name)) = find(&PLAIN, function.name)
    {
        let texts: Vec<&str> = arguments.iter().map(|one| one.text.as_str()).collect();
        return Piece::atom(format!("{name}({})", texts.join(", ")), Kind::Plain);
    }
    let kind = if function.gives_number() { Kind::Single } else { widest.max(Kind::Single) };
    let same = arguments.iter().all(|one| one.kind == widest);
    let own = match (printer.library, &call.at_kink) {
        (Library::NumPy, _) => find(&NUMPY, function.name),
        (Library::PyTorch, None) if same => {
            find(&PYTORCH, function.name).or_else(|| find(&LOSSES, function.name))
        }
        (Library::PyTorch, None) => find(&PYTORCH, function.name),
        (Library::PyTorch, Some(_)) => None,
    };
    let arguments: Vec<String> = arguments.iter().map(|one| wrapped(printer, one)).collect();
    if let Some((_, text)) = own {
        let mut text = (*text).to_owned();
        for (place, argument) in arguments.iter().chain([&String::new()]).take(2).enumerate() {
            text = text.replace(&format!("{{{place}}}"), argument);
        }
        let constant = call.constants.first().map(|value| literal::number(value).0);
        return Piece::atom(text.replace("{2}", &constant.unwrap_or_default()), kind);
    }
    let name = match (printer.library, &call.at_kink) {
        (Library::PyTorch, Some(_)) => define_at_kink(printer, function),
        _ => define(printer, function),
    };
    let slope = call.at_kink.as_ref().filter(|_| printer.library == Library::PyTorch);
    Piece::atom(format!("{name}({})", listed(call, arguments, slope.is_some())), kind)
}

/// The derivative of a call by one of its arguments.
pub(super) fn derivative(printer: &Printer<'_>, call: &Call, index: usize) -> Piece {
    let arguments: Vec<Piece> = call.arguments.iter().map(|one| printer.print(one)).collect();
    let kind = arguments.iter().map(|one| one.kind).max().unwrap_or(Kind::Plain);
    let arguments = arguments.iter().map(|one| wrapped(printer, one)).collect();
    let chosen = call.at_kink.is_some();
    let name = define_slope(printer, call.function, index, chosen);
    let text = format!("{name}({})", listed(call, arguments, chosen));
    Piece::atom(text, kind.max(Kind::Single))
}

/// The function that takes 0/0 for 0.
pub(super) fn divide(printer: &Printer<'_>) {
    let module = printer.module();
    add(printer, "divide", || {
        vec![
            "def divide(a, b):".to_owned(),
            format!("    return a/{module}.where((a == 0) & (b == 0), 1.0, b)"),
        ]
    });
}

fn find<'t>(table: &'t [(&str, &'t str)], name: &str) -> Option<&'t (&'t str, &'t str)> {
    table.iter().find(|(known, _)| *known == name)
}

/// PyTorch's functions take its own numbers alone.
fn wrapped(printer: &Printer<'_>, piece: &Piece) -> String {
    if printer.library == Library::NumPy || piece.kind != Kind::Plain {
        return piece.text.clone();
    }
    let text = as_float(piece);
    let is_float = text.contains('.') && text.parse::<f64>().is_ok();
    if is_float { format!("torch.tensor({text})") } else { format!("torch.tensor(float({text}))") }
}

/// The arguments of a call of a definition: its own, the constants, the slope at a kink.
fn listed(call: &Call, mut arguments: Vec<String>, with_slope: bool) -> String {
    let pairs = call.function.constants.iter().zip(&call.constants);
    let given = pairs.filter(|(constant, _)| constant.given != Given::Never);
    arguments.extend(given.map(|(_, value)| literal::number(value).0));
    let slope = call.at_kink.as_ref().filter(|_| with_slope);
    arguments.extend(slope.map(|slope| literal::number(slope).0));
    arguments.join(", ")
}

/// A function's name in Python.
fn python_name(function: &Function) -> String {
    function.name.replace('/', "_")
}

/// Adds a definition unless it is there.
fn add(printer: &Printer<'_>, name: &str, body: impl FnOnce() -> Vec<String>) {
    let known = || printer.helpers.borrow().defined.iter().any(|(known, _)| known == name);
    if known() {
        return;
    }
    // What the body needs is defined before it.
    let lines = body();
    if !known() {
        printer.helpers.borrow_mut().defined.push((name.to_owned(), lines));
    }
}

/// A definition that this module has as text, with those that it uses.
fn defined(printer: &Printer<'_>, name: &str) -> bool {
    let Some((_, lines)) = DEFINED.iter().find(|(known, _)| *known == name) else { return false };
    if name == "cross_entropy" {
        defined(printer, "log_softmax");
    }
    add(printer, name, || lines.iter().map(|line| (*line).to_owned()).collect());
    true
}

/// Defines a function by its values.
fn define(printer: &Printer<'_>, function: &'static Function) -> String {
    let name = python_name(function);
    if printer.library == Library::NumPy && defined(printer, &name) {
        return name;
    }
    add(printer, &name, || {
        let inner = Formulas { printer, function };
        let value = inner.by_case(&|case| function.value(case));
        vec![inner.head(&name, false), format!("    return {}", inner.total(&value))]
    });
    name
}

/// Defines the derivative by one argument.
fn define_slope(
    printer: &Printer<'_>,
    function: &'static Function,
    index: usize,
    chosen: bool,
) -> String {
    let mut name = format!("{}_slope", python_name(function));
    if function.parameters.len() > 1 {
        name.push_str(&format!("_{}", function.parameters.get(index).copied().unwrap_or_default()));
    }
    if chosen {
        name.push_str("_at_kink");
    }
    if defined(printer, &name) {
        return name;
    }
    add(printer, &name, || {
        let inner = Formulas { printer, function };
        let slope = inner.by_case(&|case| match function.chosen_slope(index) {
            Some(formula) if chosen && case % 2 == 1 => Some(formula),
            _ => Some(function.derivative(index, case)),
        });
        vec![inner.head(&name, chosen), format!("    return {}", as_float(&slope))]
    });
    name
}

/// Defines a function whose derivative at a kink is chosen: there its value goes on along a
/// line of that slope.
fn define_at_kink(printer: &Printer<'_>, function: &'static Function) -> String {
    let name = format!("{}_at_kink", python_name(function));
    add(printer, &name, || {
        let inner = Formulas { printer, function };
        let value = inner.by_case(&|case| function.value(case));
        let kinks: Vec<String> = function
            .kinks()
            .iter()
            .map(|kink| format!("({} == 0)", inner.print(kink).text))
            .collect();
        let mut line = "value.detach()".to_owned();
        for (index, parameter) in function.parameters.iter().enumerate() {
            if let Some(slope) = function.chosen_slope(index) {
                let slope = inner.print(slope).text;
                line.push_str(&format!(" + ({slope})*({parameter} - {parameter}.detach())"));
            }
        }
        let chosen = format!("torch.where({}, {line}, value)", kinks.join(" | "));
        vec![
            inner.head(&name, true),
            format!("    value = {}", as_float(&value)),
            format!("    return {}", inner.total(&Piece::atom(chosen, Kind::Entries))),
        ]
    });
    name
}

/// A function's formulas in terms of its own parameters.
struct Formulas<'p, 'a> {
    printer: &'p Printer<'a>,
    function: &'static Function,
}

impl Formulas<'_, '_> {
    fn head(&self, name: &str, with_slope: bool) -> String {
        let given = self.function.constants.iter().filter(|one| one.given != Given::Never);
        let mut parameters: Vec<&str> = self.function.parameters.to_vec();
        parameters.extend(given.map(|one| one.name));
        parameters.extend(with_slope.then_some("slope"));
        format!("def {name}({}):", parameters.join(", "))
    }

    fn print(&self, formula: &Expression) -> Piece {
        let fixed = Call::new(self.function, Vec::new());
        let formula = formula.map(&mut |node| match node {
            Expression::Name(name) => {
                let pairs = self.function.constants.iter().zip(&fixed.constants);
                let mut own = pairs.filter(|(one, _)| one.given == Given::Never);
                own.find(|(one, _)| one.name == name)
                    .map(|(_, value)| Expression::Number(value.clone()))
            }
            _ => None,
        });
        let name = |name: &str| {
            if self.function.parameters.contains(&name) {
                return Some((name.to_owned(), Kind::Entries));
            }
            let given = self.function.constants.iter().any(|one| one.name == name);
            (given || name == "slope").then(|| (name.to_owned(), Kind::Plain))
        };
        Printer { name: &name, ..*self.printer }.print(&formula)
    }

    /// One formula, or that of the case that the signs of the kinks decide on.
    fn by_case(&self, formula: &dyn Fn(usize) -> Option<&'static Expression>) -> Piece {
        let kinks = self.function.kinks();
        let last = 2 * kinks.len();
        let text = |case: usize| formula(case).map(|one| self.print(one));
        let Some(mut value) = text(last) else { return Piece::atom("math.nan", Kind::Plain) };
        for (index, kink) in kinks.iter().enumerate().rev() {
            let kink = self.print(kink);
            let (below, on) = (text(2 * index), text(2 * index + 1));
            let (Some(below), Some(on)) = (below, on) else { continue };
            let left = kink.text;
            let is_last = index + 1 == kinks.len();
            value = if below.text == on.text {
                let condition = format!("{left} <= 0");
                Piece::atom(self.printer.choice(&condition, &below, &value), Kind::Entries)
            } else {
                let beyond = if is_last && on.text == value.text {
                    value
                } else {
                    let condition = format!("{left} == 0");
                    Piece::atom(self.printer.choice(&condition, &on, &value), Kind::Entries)
                };
                let condition = format!("{left} < 0");
                Piece::atom(self.printer.choice(&condition, &below, &beyond), Kind::Entries)
            };
        }
        value
    }

    /// What a loss takes of the entries.
    fn total(&self, entries: &Piece) -> String {
        let module = self.printer.module();
        match self.function.total {
            Some(Reduction::Sum) => format!("{module}.sum({})", entries.text),
            Some(Reduction::Mean) => format!("{module}.mean({})", entries.text),
            Some(Reduction::Norm) | None => as_float(entries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::function::{Body, all};

    #[test]
    fn every_function_without_a_formula_has_a_name_in_both_libraries() {
        let evaluated = |function: &&Function| {
            matches!(function.body, Body::Primitive(_) | Body::Row(_) | Body::Reduction(_))
        };
        for function in all().iter().filter(evaluated) {
            let numpy = find(&NUMPY, function.name).is_some()
                || DEFINED.iter().any(|(name, _)| *name == function.name);
            assert!(numpy, "{}", function.name);
            assert!(find(&PYTORCH, function.name).is_some(), "{}", function.name);
        }
    }
}
