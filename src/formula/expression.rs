//! The expression tree, as the author wrote it.
//!
//! The tree keeps the author's order and brackets nothing away: `1/2 * (a - b)^2`
//! stays a product of a quotient and a power, because worked solutions print it so.

use std::fmt;

use super::Function;
use crate::number::Rational;

/// One node of an expression tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// An exact number from the text.
    Number(Rational),
    /// A name: a parameter, a datum, a definition, an option.
    Name(String),
    /// `-x`.
    Negate(Box<Expression>),
    /// `x.T`, the transpose.
    Transpose(Box<Expression>),
    /// `a + b`, `a * b`, …
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `relu(z)`.
    Call(Call),
    /// The partial derivative of a call by its argument of that index, as in ReLU′(z).
    Derivative(Call, usize),
    /// A number put in for a name, already printed. Only worked solutions contain these.
    Shown(Shown),
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`, of which at most one side is a matrix.
    Multiply,
    /// `*` between two matrices, entry by entry; the check of shapes tells it from
    /// [`Operator::Multiply`].
    Hadamard,
    /// `@`, the matrix product.
    MatMul,
    /// `/`
    Divide,
    /// `^`
    Power,
}

/// A function applied to arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function of the catalogue.
    pub function: &'static Function,
    /// Its arguments, as many as it has parameters.
    pub arguments: Vec<Expression>,
    /// The values of the function's constants.
    pub constants: Vec<Rational>,
    /// The derivative chosen where the function has a kink, if the text chooses one.
    pub at_kink: Option<Rational>,
    /// Whether some argument is a matrix, which the check of shapes finds out.
    pub matrix: bool,
    /// Whether the last argument is a row that is known to sum to 1: one-hot, or
    /// probabilities.
    pub unit_target: bool,
}

/// A number as the sheet prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its absolute value, in LaTeX or in the scenario language.
    pub magnitude: String,
    /// Whether it is below zero.
    pub negative: bool,
    /// Whether the printed decimal is the number itself, not a rounding of it.
    pub exact: bool,
    /// Whether it prints as a sum (`1-\frac{\sqrt{2}}{4}`), which needs brackets in a product.
    pub compound: bool,
}

impl Shown {
    /// The number with its sign.
    pub fn latex(&self) -> String {
        if self.negative { format!("-{}", self.magnitude) } else { self.magnitude.clone() }
    }
}

impl Expression {
    /// A name.
    pub fn name(text: &str) -> Self {
        Self::Name(text.to_owned())
    }

    /// A whole number.
    pub fn integer(value: i64) -> Self {
        Self::Number(Rational::from(value))
    }

    /// A call of a function of the table, which has it.
    pub(super) fn call(name: &str, arguments: Vec<Self>) -> Self {
        let function = super::function::find(name).unwrap_or(&super::function::all()[0]);
        Self::Call(Call::new(function, arguments))
    }

    /// `left operator right`.
    pub fn binary(operator: Operator, left: Self, right: Self) -> Self {
        Self::Binary(operator, Box::new(left), Box::new(right))
    }

    /// The direct subexpressions, from left to right.
    pub fn children(&self) -> Vec<&Expression> {
        match self {
            Self::Number(_) | Self::Name(_) | Self::Shown(_) => Vec::new(),
            Self::Negate(inner) | Self::Transpose(inner) => vec![inner],
            Self::Binary(_, left, right) => vec![left, right],
            Self::Call(call) | Self::Derivative(call, _) => call.arguments.iter().collect(),
        }
    }

    /// Whether `test` holds for this node or any below it.
    pub fn any(&self, test: &mut dyn FnMut(&Expression) -> bool) -> bool {
        if test(self) {
            return true;
        }
        match self {
            Self::Number(_) | Self::Name(_) | Self::Shown(_) => false,
            Self::Negate(inner) | Self::Transpose(inner) => inner.any(test),
            Self::Binary(_, left, right) => left.any(test) || right.any(test),
            Self::Call(call) | Self::Derivative(call, _) => {
                call.arguments.iter().any(|argument| argument.any(test))
            }
        }
    }

    /// Whether the name occurs.
    pub fn mentions(&self, name: &str) -> bool {
        self.any(&mut |node| matches!(node, Self::Name(other) if other == name))
    }

    /// The same tree with every node for which `replace` has an answer exchanged;
    /// what was put in is not searched again.
    pub fn map(&self, replace: &mut dyn FnMut(&Expression) -> Option<Expression>) -> Expression {
        if let Some(new) = replace(self) {
            return new;
        }
        match self {
            Self::Number(_) | Self::Name(_) | Self::Shown(_) => self.clone(),
            Self::Negate(inner) => Self::Negate(Box::new(inner.map(replace))),
            Self::Transpose(inner) => Self::Transpose(Box::new(inner.map(replace))),
            Self::Binary(operator, left, right) => {
                let left = left.map(replace);
                Self::binary(*operator, left, right.map(replace))
            }
            Self::Call(call) => Self::Call(call.map(replace)),
            Self::Derivative(call, index) => Self::Derivative(call.map(replace), *index),
        }
    }

    /// Binding strength for printing: sums 1, products 2, signs 2, powers 3, atoms 4.
    fn strength(&self) -> u8 {
        match self {
            Self::Binary(Operator::Add | Operator::Subtract, ..) => 1,
            Self::Binary(
                Operator::Multiply | Operator::Hadamard | Operator::Divide | Operator::MatMul,
                ..,
            )
            | Self::Negate(_) => 2,
            Self::Binary(Operator::Power, ..) => 3,
            Self::Number(number) => {
                if *number < Rational::ZERO || !number.is_int() {
                    2
                } else {
                    4
                }
            }
            Self::Shown(shown) => shown.strength(),
            Self::Name(_) | Self::Call(_) | Self::Derivative(..) | Self::Transpose(_) => 4,
        }
    }
}

impl Shown {
    fn strength(&self) -> u8 {
        match self.magnitude.as_str() {
            _ if self.compound => 1,
            text if text.starts_with('[') => 4,
            text if self.negative || text.contains(['/', '*']) => 2,
            _ => 4,
        }
    }

    /// The same number without its sign, if it has one that may merge with the sign before it.
    fn unsigned(&self) -> Option<Self> {
        (self.negative && !self.compound).then(|| Self { negative: false, ..self.clone() })
    }
}

impl Expression {
    /// The expression without the sign of the number put in that it begins with.
    fn unsigned(&self) -> Option<Self> {
        match self {
            Self::Shown(shown) => shown.unsigned().map(Self::Shown),
            Self::Binary(
                operator @ (Operator::Multiply
                | Operator::Hadamard
                | Operator::MatMul
                | Operator::Divide),
                left,
                right,
            ) => Some(Self::binary(*operator, left.unsigned()?, (**right).clone())),
            _ => None,
        }
    }
}

impl Call {
    fn map(&self, replace: &mut dyn FnMut(&Expression) -> Option<Expression>) -> Call {
        let arguments = self.arguments.iter().map(|argument| argument.map(replace)).collect();
        Call { arguments, ..self.clone() }
    }
}

impl Operator {
    /// The sign in the scenario language.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply | Self::Hadamard => "*",
            Self::MatMul => "@",
            Self::Divide => "/",
            Self::Power => "^",
        }
    }
}

/// The text of the expression in the scenario language, with the brackets that it needs.
///
/// The sign of a number put in merges with that of its summand: `a - 3` for `a + (-3)`.
impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Name(name) => out.write_str(name),
            Self::Shown(shown) => out.write_str(&shown.latex()),
            Self::Negate(inner) => {
                out.write_str("-")?;
                let least = if inner.unsigned().is_some() { 4 } else { 2 };
                bracketed(out, inner, least)
            }
            Self::Transpose(inner) => {
                bracketed(out, inner, 4)?;
                out.write_str(".T")
            }
            Self::Binary(operator, left, right) => {
                let (spaced, strength) = match operator {
                    Operator::Add | Operator::Subtract => (true, 1),
                    Operator::MatMul => (true, 2),
                    Operator::Multiply | Operator::Hadamard | Operator::Divide => (false, 2),
                    Operator::Power => (false, 3),
                };
                let power = u8::from(*operator == Operator::Power);
                bracketed(out, left, strength + power)?;
                let merged = match operator {
                    Operator::Add => Some(" - "),
                    Operator::Subtract => Some(" + "),
                    _ => None,
                };
                if let (Some(sign), Some(right)) = (merged, right.unsigned()) {
                    out.write_str(sign)?;
                    return bracketed(out, &right, strength + 1);
                }
                if spaced {
                    write!(out, " {} ", operator.symbol())?;
                } else {
                    out.write_str(operator.symbol())?;
                }
                bracketed(out, right, strength + 1 - power)
            }
            Self::Call(call) => write_call(out, call, ""),
            Self::Derivative(call, _) => write_call(out, call, "'"),
        }
    }
}

fn bracketed(out: &mut fmt::Formatter<'_>, inner: &Expression, least: u8) -> fmt::Result {
    if inner.strength() < least { write!(out, "({inner})") } else { write!(out, "{inner}") }
}

fn write_call(out: &mut fmt::Formatter<'_>, call: &Call, prime: &str) -> fmt::Result {
    write!(out, "{}{prime}(", call.function.called())?;
    for (index, argument) in call.arguments.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(out, "{comma}{argument}")?;
    }
    for value in call.own_constants() {
        write!(out, ", {value}")?;
    }
    if let Some((_, form)) = call.function.form() {
        write!(out, ", form={form}")?;
    }
    if let Some(slope) = &call.at_kink {
        write!(out, ", at_kink={slope}")?;
    }
    out.write_str(")")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::{Expression, Shown};

    /// The letters a to d are -2, 3, 2/3 and 1 - sqrt(2).
    #[test]
    fn numbers_put_in_keep_the_meaning() {
        let table = [
            ("b*x + a", "3*x - 2"),
            ("b - a", "3 + 2"),
            ("b + a*b", "3 - 2*3"),
            ("b - a*b", "3 + 2*3"),
            ("b*a", "3*(-2)"),
            ("a^2", "(-2)^2"),
            ("2^a", "2^(-2)"),
            ("-a", "-(-2)"),
            ("-a*b", "-(-2*3)"),
            ("b/c", "3/(2/3)"),
            ("c*b", "2/3*3"),
            ("c^2", "(2/3)^2"),
            ("b - c", "3 - 2/3"),
            ("b*d", "3*(1 - sqrt(2))"),
            ("b - d", "3 - (1 - sqrt(2))"),
            ("d + b", "1 - sqrt(2) + 3"),
            ("relu(a)", "relu(-2)"),
        ];
        for (text, expected) in table {
            let put_in = parse(text).expect(text).expression.map(&mut |node| {
                let Expression::Name(name) = node else { return None };
                let (magnitude, negative, compound) = match name.as_str() {
                    "a" => ("2", true, false),
                    "b" => ("3", false, false),
                    "c" => ("2/3", false, false),
                    "d" => ("1 - sqrt(2)", false, true),
                    _ => return None,
                };
                let magnitude = magnitude.to_owned();
                Some(Expression::Shown(Shown { magnitude, negative, exact: true, compound }))
            });
            assert_eq!(put_in.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn text_form_keeps_meaning_and_drops_needless_brackets() {
        let table = [
            ("1/2 * (y_hat - y)^2", "1/2*(y_hat - y)^2"),
            ("a - (b - c)", "a - (b - c)"),
            ("(a - b) - c", "a - b - c"),
            ("-x^2", "-x^2"),
            ("(-x)^2", "(-x)^2"),
            ("2^3^2", "2^3^2"),
            ("(2^3)^2", "(2^3)^2"),
            ("a/(b*c)", "a/(b*c)"),
            ("relu(w*x+b, at_kink=1)", "relu(w*x + b, at_kink=1)"),
            ("leaky_relu(z, 0.1)", "leaky_relu(z, 1/10)"),
            ("leaky_relu(z, 0.01, at_kink=0)", "leaky_relu(z, at_kink=0)"),
            ("gelu(z, form=tanh) + selu(z)", "gelu(z, form=tanh) + selu(z)"),
            ("-(a+b)*c", "-(a + b)*c"),
            ("x@W+b", "x @ W + b"),
            ("(x@W).T@y", "(x @ W).T @ y"),
        ];
        for (text, expected) in table {
            let parsed = parse(text).expect(text).expression;
            assert_eq!(parsed.to_string(), expected);
            assert_eq!(parse(expected).expect(expected).expression, parsed, "{text}");
        }
    }
}
