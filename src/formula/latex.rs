//! Expressions as LaTeX, in the hand of a careful writer.
//!
//! Signs of summands are merged (`a + (-3)` prints as `a - 3`), a negative factor is
//! bracketed unless it comes first, names stand side by side (`wx`), and numbers are
//! multiplied with a dot (`-2 \cdot (-3)`). Spaces have names (`\thinspace`), because
//! Markdown on the way to a formula may take a backslash before a comma for its own.

use std::borrow::Cow;

use super::{Call, Expression, Operator, Shown, function::Layout};
use crate::number::Rational;

/// Prints expressions; how names and numbers look is the caller's.
pub struct Printer<'a> {
    /// The LaTeX of a name.
    pub name: &'a dyn Fn(&str) -> String,
    /// The LaTeX of a number of the text.
    pub number: &'a dyn Fn(&Rational) -> Shown,
}

/// What a printed factor looks like from its neighbour's side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Number,
    Letter,
    Word,
    Fraction,
    Bracket,
    Function,
    Matrix,
}

/// A subexpression on its way to the paper.
#[derive(Clone, Copy)]
struct Part<'e> {
    expression: &'e Expression,
    /// Whether the minus that it begins with is left out, since it merged with a sum's sign.
    unsigned: bool,
}

impl<'e> Part<'e> {
    fn whole(expression: &'e Expression) -> Self {
        Self { expression, unsigned: false }
    }

    fn unsigned(expression: &'e Expression) -> Self {
        match expression {
            Expression::Negate(inner) => Self::unsigned(inner),
            _ => Self { expression, unsigned: true },
        }
    }

    /// The left side of this product, with which it begins.
    fn left(self, left: &'e Expression) -> Self {
        if self.unsigned { Self::unsigned(left) } else { Self::whole(left) }
    }
}

impl Printer<'_> {
    /// The expression as LaTeX.
    pub fn latex(&self, expression: &Expression) -> String {
        let mut out = String::new();
        self.write(&mut out, Part::whole(&written_out(expression)));
        out
    }

    /// The product of the factors as LaTeX, in the order given, as a person writes a chain rule.
    pub fn product(&self, factors: &[Expression]) -> String {
        let factors: Vec<Cow<'_, Expression>> = factors.iter().map(written_out).collect();
        let mut out = String::new();
        self.join(&mut out, &factors.iter().map(|factor| Part::whole(factor)).collect::<Vec<_>>());
        out
    }

    fn write(&self, out: &mut String, part: Part<'_>) {
        match part.expression {
            Expression::Binary(operator @ (Operator::Add | Operator::Subtract), left, right) => {
                self.write(out, Part::whole(left));
                let negative = (*operator == Operator::Subtract) != begins_with_minus(right);
                out.push_str(if negative { " - " } else { " + " });
                self.term(out, Part::unsigned(right), true);
            }
            expression => {
                let negative = !part.unsigned && begins_with_minus(expression);
                out.push_str(if negative { "-" } else { "" });
                self.term(out, Part::unsigned(expression), negative);
            }
        }
    }

    /// One summand without its sign; a sum inside a signed or later summand is bracketed.
    fn term(&self, out: &mut String, term: Part<'_>, guarded: bool) {
        match term.expression {
            Expression::Binary(Operator::Add | Operator::Subtract, ..) if guarded => {
                self.write_in_brackets(out, term);
            }
            Expression::Binary(Operator::Multiply | Operator::MatMul, ..) => {
                self.join(out, &factors(term));
            }
            _ => {
                self.factor(out, term, true);
            }
        }
    }

    fn write_in_brackets(&self, out: &mut String, part: Part<'_>) {
        let start = out.len();
        self.write(out, part);
        bracket(out, start);
    }

    fn join(&self, out: &mut String, factors: &[Part<'_>]) {
        let is_shown = |node: &Expression| matches!(node, Expression::Shown(_));
        let numeric =
            factors.iter().any(|factor| factor.expression.any(&mut |node| is_shown(node)));
        let mut before: Option<Look> = None;
        for (index, factor) in factors.iter().enumerate() {
            // Beside another factor an entrywise product is bracketed, first or not.
            let alone = factors.len() == 1 || !is_hadamard(factor.expression);
            let start = out.len();
            let look = self.factor(out, *factor, index == 0 && alone);
            if let Some(before) = before {
                out.insert_str(start, separator(before, look, numeric));
            }
            before = Some(look);
        }
    }

    /// One factor of a product; only the first may show a bare minus.
    fn factor(&self, out: &mut String, factor: Part<'_>, first: bool) -> Look {
        let unsigned = factor.unsigned;
        match factor.expression {
            Expression::Number(number) if unsigned && *number < Rational::ZERO => {
                shown(out, &(self.number)(&-number), false, first)
            }
            Expression::Number(number) => shown(out, &(self.number)(number), false, first),
            Expression::Shown(number) => shown(out, number, unsigned, first),
            Expression::Name(name) => {
                let text = (self.name)(name);
                out.push_str(&text);
                if text.contains(r"\mathrm") { Look::Word } else { Look::Letter }
            }
            Expression::Negate(_) if first => {
                self.write(out, factor);
                Look::Letter
            }
            Expression::Negate(_) | Expression::Binary(Operator::Add | Operator::Subtract, ..) => {
                self.write_in_brackets(out, factor);
                Look::Bracket
            }
            Expression::Binary(Operator::Multiply | Operator::MatMul, ..) => {
                self.join(out, &factors(factor));
                Look::Letter
            }
            Expression::Transpose(inner) => self.transpose(out, inner),
            Expression::Binary(Operator::Hadamard, left, right) => {
                let start = out.len();
                self.hadamard(out, factor.left(left), right);
                if first {
                    return Look::Letter;
                }
                bracket(out, start);
                Look::Bracket
            }
            Expression::Binary(Operator::Divide, above, below) => {
                out.push_str(r"\frac{");
                self.write(out, factor.left(above));
                out.push_str("}{");
                self.write(out, Part::whole(below));
                out.push('}');
                Look::Fraction
            }
            Expression::Binary(Operator::Power, base, exponent) => self.power(out, base, exponent),
            Expression::Call(call) => self.call(out, call, ""),
            Expression::Derivative(call, index) => self.derivative(out, call, *index),
        }
    }

    /// Entry by entry, with a sign of its own, since side by side means the matrix product.
    fn hadamard(&self, out: &mut String, left: Part<'_>, right: &Expression) {
        let side = |out: &mut String, side: Part<'_>, first: bool| match side.expression {
            Expression::Binary(Operator::MatMul | Operator::Multiply, ..) => {
                self.write_in_brackets(out, side);
            }
            _ => {
                self.factor(out, side, first);
            }
        };
        side(out, left, true);
        out.push_str(r" \odot ");
        side(out, Part::whole(right), false);
    }

    fn power(&self, out: &mut String, base: &Expression, exponent: &Expression) -> Look {
        let start = out.len();
        self.write(out, Part::whole(base));
        let inner = &out[start..];
        let bare = match base {
            Expression::Name(_) => is_letter(inner),
            Expression::Shown(_) | Expression::Number(_) => is_plain(inner),
            Expression::Call(call) => call.function.layout != Layout::Root,
            Expression::Derivative(..) => true,
            Expression::Negate(_) | Expression::Transpose(_) | Expression::Binary(..) => false,
        };
        let look = match bare {
            true if inner.starts_with(|c: char| c.is_ascii_digit()) => Look::Number,
            true => Look::Letter,
            false => Look::Bracket,
        };
        if !bare {
            bracket(out, start);
        }
        out.push_str("^{");
        self.write(out, Part::whole(exponent));
        out.push('}');
        look
    }

    fn transpose(&self, out: &mut String, inner: &Expression) -> Look {
        let start = out.len();
        let bare = match inner {
            Expression::Shown(shown) if !shown.compound => {
                out.push_str(&shown.latex());
                true
            }
            _ => {
                self.write(out, Part::whole(inner));
                matches!(inner, Expression::Name(_)) && is_letter(&out[start..])
            }
        };
        if !bare {
            bracket(out, start);
        }
        out.push_str(r"^{\top}");
        if matches!(inner, Expression::Shown(_)) { Look::Matrix } else { Look::Letter }
    }

    fn derivative(&self, out: &mut String, call: &Call, index: usize) -> Look {
        if call.arguments.len() == 1 && call.function.layout == Layout::Call {
            return self.call(out, call, "'");
        }
        let (name, inner) = if call.function.layout == Layout::Bars {
            (r"\operatorname{sgn}".to_owned(), self.texts(&call.arguments).concat())
        } else {
            let name = format!(r"\partial_{{{}}}{}", index + 1, self.name_of(call));
            (name, listed(&self.texts(&call.arguments)))
        };
        out.push_str(&name);
        let start = out.len();
        out.push_str(&inner);
        bracket(out, start);
        Look::Function
    }

    fn texts(&self, expressions: &[Expression]) -> Vec<String> {
        let text = |expression: &Expression| {
            let mut out = String::new();
            self.write(&mut out, Part::whole(expression));
            out
        };
        expressions.iter().map(text).collect()
    }

    /// The function's name, with the constants that a reader has to know.
    fn name_of(&self, call: &Call) -> Cow<'static, str> {
        let constants = call.printed_constants().map(|value| Expression::Number(value.clone()));
        let constants: Vec<Expression> = constants.collect();
        let name = call.function.latex;
        if constants.is_empty() {
            return Cow::Borrowed(name);
        }
        Cow::Owned(format!("{name}_{{{}}}", listed(&self.texts(&constants))))
    }

    fn call(&self, out: &mut String, call: &Call, prime: &str) -> Look {
        let (open, close, look) = match call.function.layout {
            Layout::Root => (r"\sqrt{", "}", Look::Letter),
            Layout::Bars => (r"\lvert ", r"\rvert", Look::Bracket),
            Layout::Norm => (r"\lVert ", r"\rVert", Look::Bracket),
            Layout::Call => ("", "", Look::Function),
        };
        out.push_str(open);
        if look == Look::Function {
            out.push_str(&self.name_of(call));
            out.push_str(prime);
        }
        let start = out.len();
        match call.arguments.as_slice() {
            [single] => self.write(out, Part::whole(single)),
            several => out.push_str(&listed(&self.texts(several))),
        }
        if look == Look::Function {
            bracket(out, start);
        }
        out.push_str(close);
        look
    }
}

/// Losses of numbers, and those that have a short formula, as that formula.
fn written_out(expression: &Expression) -> Cow<'_, Expression> {
    let has_formula = |node: &Expression| match node {
        Expression::Call(call) => call.function.written_out(call.matrix).is_some(),
        _ => false,
    };
    if !expression.any(&mut |node| has_formula(node)) {
        return Cow::Borrowed(expression);
    }
    Cow::Owned(expression.map(&mut |node| {
        let Expression::Call(call) = node else { return None };
        let formula = call.function.written_out(call.matrix)?;
        let argument = |argument: &Expression| written_out(argument).into_owned();
        let arguments = call.arguments.iter().map(argument).collect();
        Some(Call { arguments, ..call.clone() }.put_into(formula))
    }))
}

/// Whether the first thing printed is a minus that may merge with the sign of a sum.
fn begins_with_minus(term: &Expression) -> bool {
    match term {
        Expression::Negate(inner) => !begins_with_minus(inner),
        Expression::Shown(shown) => shown.negative && !shown.compound,
        Expression::Number(number) => *number < Rational::ZERO,
        Expression::Binary(
            Operator::Multiply | Operator::Divide | Operator::MatMul | Operator::Hadamard,
            left,
            _,
        ) => begins_with_minus(left),
        _ => false,
    }
}

fn is_hadamard(expression: &Expression) -> bool {
    matches!(expression, Expression::Binary(Operator::Hadamard, ..))
}

/// Whether the LaTeX of a name needs no brackets below an exponent.
fn is_letter(latex: &str) -> bool {
    !latex.contains(['^', '(', ' '])
}

/// Whether the LaTeX of a number is digits alone, perhaps with a decimal mark.
fn is_plain(latex: &str) -> bool {
    latex.chars().all(|letter| letter.is_ascii_digit() || ".{,}".contains(letter))
}

/// A number as a factor; without its sign, where that merged with a sum's.
fn shown(out: &mut String, shown: &Shown, unsigned: bool, first: bool) -> Look {
    let negative = shown.negative && (shown.compound || !unsigned);
    let start = out.len();
    out.push_str(if negative { "-" } else { "" });
    out.push_str(&shown.magnitude);
    if shown.magnitude.starts_with(r"\begin{pmatrix}") {
        return Look::Matrix;
    }
    if shown.compound || (negative && !first) {
        bracket(out, start);
        return Look::Bracket;
    }
    Look::Number
}

fn separator(before: Look, next: Look, numeric: bool) -> &'static str {
    use Look::{Bracket, Fraction, Function, Letter, Matrix, Number, Word};
    match (before, next) {
        (Matrix, Matrix) => "",
        (Matrix, _) | (_, Matrix) => r" \thinspace ",
        _ if numeric => r" \cdot ",
        (_, Number) | (Function, Letter | Word) => r" \cdot ",
        (Bracket | Function | Fraction | Number, Fraction) => r" \cdot ",
        (Number | Fraction, Bracket | Function) => "",
        (Letter | Word | Bracket | Function, Bracket | Function)
        | (Bracket, Letter)
        | (Word, _)
        | (_, Word) => r" \thinspace ",
        (Letter | Number | Fraction, Letter | Fraction) => " ",
    }
}

/// Brackets that grow with what they hold, around what was written from `start` on.
fn bracket(out: &mut String, start: usize) {
    let inner = &out[start..];
    let (open, close) = if inner.contains(r"\frac") || inner.contains(r"\sqrt") {
        (r"\left(", r"\right)")
    } else {
        ("(", ")")
    };
    out.insert_str(start, open);
    out.push_str(close);
}

/// The factors of a product, and of products in it: side by side, no bracket is needed.
fn factors(product: Part<'_>) -> Vec<Part<'_>> {
    match product.expression {
        Expression::Binary(Operator::Multiply | Operator::MatMul, left, right) => {
            let mut list = factors(product.left(left));
            list.extend(factors(Part::whole(right)));
            list
        }
        _ => vec![product],
    }
}

/// Arguments one after another, with semicolons between them where one has a decimal comma.
fn listed(arguments: &[String]) -> String {
    let comma = arguments.iter().any(|argument| argument.contains("{,}"));
    arguments.join(if comma { "; " } else { ", " })
}

#[cfg(test)]
mod tests {
    use super::super::{notation::Notation, parse};
    use super::*;

    fn plain(number: &Rational) -> Shown {
        let negative = *number < Rational::ZERO;
        let text = number.to_string();
        let magnitude = text.trim_start_matches('-').to_owned();
        Shown { magnitude, negative, exact: true, compound: false }
    }

    fn print(expression: &Expression) -> String {
        let notation = Notation::default();
        Printer { name: &|name| notation.latex(name), number: &plain }.latex(expression)
    }

    #[test]
    fn symbols_print_as_they_are_written_by_hand() {
        let table = [
            ("w*x + b", "w x + b"),
            ("relu(w*x + b)", r"\mathrm{ReLU}(w x + b)"),
            ("1/2*(y_hat - y)^2", r"\frac{1}{2}(\hat{y} - y)^{2}"),
            ("beta*u + (1 - beta)*g", r"\beta u + (1 - \beta) \thinspace g"),
            (
                "u - learning_rate*(m/(sqrt(v) + epsilon))",
                r"u - \alpha \frac{m}{\sqrt{v} + \epsilon}",
            ),
            ("a - (b - c)", "a - (b - c)"),
            ("a + -b", "a - b"),
            ("a - -b*c", "a + b c"),
            ("-(a + b)", "-(a + b)"),
            ("a*(-b)", r"a \thinspace (-b)"),
            ("2*x*3", r"2 x \cdot 3"),
            ("x*(2*y)", r"x \cdot 2 y"),
            ("x*((-2)*y)", r"x \thinspace (-2) \thinspace y"),
            ("x + (-y)@z", "x - y z"),
            ("x - (-y)@z", "x + y z"),
            ("abs(x)^2", r"\lvert x\rvert^{2}"),
            ("leaky_relu(z, 0.5)", r"\mathrm{LeakyReLU}_{1/2}(z)"),
            ("elu(z) + elu(z, 2)", r"\mathrm{ELU}(z) + \mathrm{ELU}_{2}(z)"),
            ("gelu(z, form=tanh)", r"\mathrm{GELU}_{\tanh}(z)"),
            ("2*mse(a, -b)", "2(a + b)^{2}"),
            ("x - half_squared_error(a, b)", r"x - \frac{1}{2}(a - b)^{2}"),
            ("hinge(-z, y)", r"\max(0, 1 - y \thinspace (-z))"),
            ("bce(p, y)", r"-y \thinspace \ln(p) - (1 - y) \thinspace \ln(1 - p)"),
            ("c - bce_with_logits(z, y)", r"c - (\ln(1 + \exp(z)) - y z)"),
            ("(a*b)^2", "(a b)^{2}"),
            ("x^-1", "x^{-1}"),
            ("(a/b)*(c/d)", r"\frac{a}{b} \cdot \frac{c}{d}"),
            ("x*sigmoid(z)*y", r"x \thinspace \sigma(z) \cdot y"),
        ];
        for (text, latex) in table {
            assert_eq!(print(&parse(text).unwrap().expression), latex, "{text}");
        }
    }

    #[test]
    fn numbers_put_in_merge_signs_and_bracket_negative_factors() {
        let values = |text: &str| {
            parse(text).unwrap().expression.map(&mut |node| match node {
                Expression::Name(name) => {
                    let (negative, magnitude) = match name.strip_prefix("m") {
                        Some(rest) => (true, rest.to_owned()),
                        None => (false, name[1..].to_owned()),
                    };
                    Some(Expression::Shown(Shown {
                        magnitude,
                        negative,
                        exact: true,
                        compound: false,
                    }))
                }
                _ => None,
            })
        };
        // p2 stands for 2, m2 for -2.
        let table = [
            ("p1*p3 + m1", r"1 \cdot 3 - 1"),
            ("m2*m3 + m2", r"-2 \cdot (-3) - 2"),
            ("p4 - m2*p3", r"4 + 2 \cdot 3"),
            ("(p2 - p0)*p1*m3", r"(2 - 0) \cdot 1 \cdot (-3)"),
            ("m3^2", "(-3)^{2}"),
            ("p3/(sqrt(p18) + p0)", r"\frac{3}{\sqrt{18} + 0}"),
            ("p1 - p5*(m1/p2)", r"1 - 5 \cdot \frac{-1}{2}"),
        ];
        for (text, latex) in table {
            assert_eq!(print(&values(text)), latex, "{text}");
        }
    }
}
