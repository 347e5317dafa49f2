//! Expressions as LaTeX, in the hand of a careful writer.
//!
//! Signs of summands are merged (`a + (-3)` prints as `a - 3`), a negative factor is
//! bracketed unless it comes first, names stand side by side (`wx`), and numbers are
//! multiplied with a dot (`-2 \cdot (-3)`). Spaces have names (`\thinspace`), because
//! Markdown on the way to a formula may take a backslash before a comma for its own.

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

struct Factor {
    text: String,
    look: Look,
}

impl Printer<'_> {
    /// The expression as LaTeX.
    pub fn latex(&self, expression: &Expression) -> String {
        self.write(&written_out(expression))
    }

    /// The product of the factors as LaTeX, in the order given, as a person writes a chain rule.
    pub fn product(&self, factors: &[Expression]) -> String {
        let factors: Vec<Expression> = factors.iter().map(written_out).collect();
        self.join(&factors.iter().collect::<Vec<_>>())
    }

    fn write(&self, expression: &Expression) -> String {
        self.terms(&terms(expression))
    }

    fn terms(&self, terms: &[(bool, Expression)]) -> String {
        let mut text = String::new();
        for (index, (negative, term)) in terms.iter().enumerate() {
            let (flipped, term) = self.strip_sign(term);
            let sign = match (index, *negative != flipped) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            text.push_str(sign);
            text.push_str(&self.term(&term, *negative || flipped || index > 0));
        }
        text
    }

    /// One summand without its sign; a sum inside a signed or later summand is bracketed.
    fn term(&self, term: &Expression, guarded: bool) -> String {
        match term {
            Expression::Binary(Operator::Add | Operator::Subtract, ..) if guarded => {
                bracket(&self.write(term))
            }
            Expression::Shown(shown) if shown.compound && guarded => bracket(&shown.latex()),
            Expression::Binary(Operator::Multiply | Operator::MatMul, ..) => {
                self.join(&factors(term))
            }
            _ => self.factor(term, true).text,
        }
    }

    /// Takes a leading minus off a summand, so that it merges with the sum's sign.
    fn strip_sign(&self, term: &Expression) -> (bool, Expression) {
        match term {
            Expression::Negate(inner) => {
                let (flipped, inner) = self.strip_sign(inner);
                (!flipped, inner)
            }
            Expression::Shown(shown) if shown.negative && !shown.compound => {
                (true, Expression::Shown(Shown { negative: false, ..shown.clone() }))
            }
            Expression::Number(number) if *number < Rational::ZERO => {
                (true, Expression::Number(-number.clone()))
            }
            Expression::Binary(
                operator @ (Operator::Multiply
                | Operator::Divide
                | Operator::MatMul
                | Operator::Hadamard),
                left,
                right,
            ) => {
                let (flipped, left) = self.strip_sign(left);
                (flipped, Expression::binary(*operator, left, (**right).clone()))
            }
            _ => (false, term.clone()),
        }
    }

    fn join(&self, factors: &[&Expression]) -> String {
        let numeric = factors
            .iter()
            .any(|factor| factor.any(&mut |node| matches!(node, Expression::Shown(_))));
        let mut text = String::new();
        let mut before: Option<Look> = None;
        for (index, factor) in factors.iter().enumerate() {
            // Beside another factor an entrywise product is bracketed, first or not.
            let alone = factors.len() == 1 || !is_hadamard(factor);
            let Factor { text: next, look } = self.factor(factor, index == 0 && alone);
            if let Some(before) = before {
                text.push_str(separator(before, look, numeric));
            }
            text.push_str(&next);
            before = Some(look);
        }
        text
    }

    /// One factor of a product; only the first may show a bare minus.
    fn factor(&self, factor: &Expression, first: bool) -> Factor {
        match factor {
            Expression::Number(number) => self.shown(&(self.number)(number), first),
            Expression::Shown(shown) => self.shown(shown, first),
            Expression::Name(name) => {
                let text = (self.name)(name);
                let look = if text.contains(r"\mathrm") { Look::Word } else { Look::Letter };
                Factor { text, look }
            }
            Expression::Negate(_) if first => {
                Factor { text: self.write(factor), look: Look::Letter }
            }
            Expression::Negate(_) | Expression::Binary(Operator::Add | Operator::Subtract, ..) => {
                Factor { text: bracket(&self.write(factor)), look: Look::Bracket }
            }
            Expression::Binary(Operator::Multiply | Operator::MatMul, ..) => {
                Factor { text: self.join(&factors(factor)), look: Look::Letter }
            }
            Expression::Transpose(inner) => self.transpose(inner),
            Expression::Binary(Operator::Hadamard, left, right) => {
                let text = self.hadamard(left, right);
                if first {
                    Factor { text, look: Look::Letter }
                } else {
                    Factor { text: bracket(&text), look: Look::Bracket }
                }
            }
            Expression::Binary(Operator::Divide, above, below) => {
                let text = format!(r"\frac{{{}}}{{{}}}", self.write(above), self.write(below));
                Factor { text, look: Look::Fraction }
            }
            Expression::Binary(Operator::Power, base, exponent) => self.power(base, exponent),
            Expression::Call(call) => self.call(call, ""),
            Expression::Derivative(call, index) => self.derivative(call, *index),
        }
    }

    /// Entry by entry, with a sign of its own, since side by side means the matrix product.
    fn hadamard(&self, left: &Expression, right: &Expression) -> String {
        let side = |side: &Expression, first: bool| match side {
            Expression::Binary(Operator::MatMul | Operator::Multiply, ..) => {
                bracket(&self.write(side))
            }
            _ => self.factor(side, first).text,
        };
        format!(r"{} \odot {}", side(left, true), side(right, false))
    }

    fn shown(&self, shown: &Shown, first: bool) -> Factor {
        if shown.magnitude.starts_with(r"\begin{pmatrix}") {
            return Factor { text: shown.latex(), look: Look::Matrix };
        }
        if shown.compound || (shown.negative && !first) {
            return Factor { text: bracket(&shown.latex()), look: Look::Bracket };
        }
        Factor { text: shown.latex(), look: Look::Number }
    }

    fn power(&self, base: &Expression, exponent: &Expression) -> Factor {
        let bare = match base {
            Expression::Name(name) => !(self.name)(name).contains(['^', '(', ' ']),
            Expression::Shown(shown) => is_plain(shown),
            Expression::Number(number) => is_plain(&(self.number)(number)),
            Expression::Call(call) => call.function.layout != Layout::Root,
            Expression::Derivative(..) => true,
            Expression::Negate(_) | Expression::Transpose(_) | Expression::Binary(..) => false,
        };
        let inner = self.write(base);
        let (text, look) = if bare {
            let look = if inner.starts_with(|c: char| c.is_ascii_digit()) {
                Look::Number
            } else {
                Look::Letter
            };
            (inner, look)
        } else {
            (bracket(&inner), Look::Bracket)
        };
        Factor { text: format!("{text}^{{{}}}", self.write(exponent)), look }
    }

    fn transpose(&self, inner: &Expression) -> Factor {
        let text = match inner {
            Expression::Name(name) if !(self.name)(name).contains(['^', '(', ' ']) => {
                (self.name)(name)
            }
            Expression::Shown(shown) if !shown.compound => shown.latex(),
            _ => bracket(&self.write(inner)),
        };
        let is_matrix = matches!(inner, Expression::Shown(_));
        let look = if is_matrix { Look::Matrix } else { Look::Letter };
        Factor { text: format!(r"{text}^{{\top}}"), look }
    }

    fn derivative(&self, call: &Call, index: usize) -> Factor {
        if call.arguments.len() == 1 && call.function.layout == Layout::Call {
            return self.call(call, "'");
        }
        if call.function.layout == Layout::Bars {
            let inner = call.arguments.iter().map(|argument| self.write(argument));
            let text = format!(r"\operatorname{{sgn}}{}", bracket(&inner.collect::<String>()));
            return Factor { text, look: Look::Function };
        }
        let name = format!(r"\partial_{{{}}}{}", index + 1, self.name_of(call));
        let arguments: Vec<String> =
            call.arguments.iter().map(|argument| self.write(argument)).collect();
        let text = format!("{name}{}", bracket(&listed(&arguments)));
        Factor { text, look: Look::Function }
    }

    /// The function's name, with the constants that a reader has to know.
    fn name_of(&self, call: &Call) -> String {
        let constants: Vec<String> = call
            .printed_constants()
            .map(|value| self.write(&Expression::Number(value.clone())))
            .collect();
        match constants.as_slice() {
            [] => call.function.latex.to_owned(),
            list => format!("{}_{{{}}}", call.function.latex, listed(list)),
        }
    }

    fn call(&self, call: &Call, prime: &str) -> Factor {
        let arguments: Vec<String> =
            call.arguments.iter().map(|argument| self.write(argument)).collect();
        let inner = listed(&arguments);
        match call.function.layout {
            Layout::Root => Factor { text: format!(r"\sqrt{{{inner}}}"), look: Look::Letter },
            Layout::Bars => Factor { text: format!(r"\lvert {inner}\rvert"), look: Look::Bracket },
            Layout::Norm => Factor { text: format!(r"\lVert {inner}\rVert"), look: Look::Bracket },
            Layout::Call => {
                let text = format!("{}{prime}{}", self.name_of(call), bracket(&inner));
                Factor { text, look: Look::Function }
            }
        }
    }
}

/// Losses of numbers, and those that have a short formula, as that formula.
fn written_out(expression: &Expression) -> Expression {
    expression.map(&mut |node| {
        let Expression::Call(call) = node else { return None };
        let formula = call.function.written_out(call.matrix)?;
        let arguments = call.arguments.iter().map(written_out).collect();
        Some(Call { arguments, ..call.clone() }.put_into(formula))
    })
}

fn is_hadamard(expression: &Expression) -> bool {
    matches!(expression, Expression::Binary(Operator::Hadamard, ..))
}

fn is_plain(shown: &Shown) -> bool {
    !shown.negative
        && !shown.compound
        && shown.magnitude.chars().all(|letter| letter.is_ascii_digit() || ".{,}".contains(letter))
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

/// Brackets that grow with what they hold.
fn bracket(inner: &str) -> String {
    if inner.contains(r"\frac") || inner.contains(r"\sqrt") {
        format!(r"\left({inner}\right)")
    } else {
        format!("({inner})")
    }
}

/// The summands of an expression with their signs (true: subtracted).
fn terms(expression: &Expression) -> Vec<(bool, Expression)> {
    match expression {
        Expression::Binary(operator @ (Operator::Add | Operator::Subtract), left, right) => {
            let mut list = terms(left);
            list.push((*operator == Operator::Subtract, (**right).clone()));
            list
        }
        _ => vec![(false, expression.clone())],
    }
}

/// The factors of a product, and of products in it: side by side, no bracket is needed.
fn factors(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Binary(Operator::Multiply | Operator::MatMul, left, right) => {
            let mut list = factors(left);
            list.extend(factors(right));
            list
        }
        _ => vec![expression],
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
