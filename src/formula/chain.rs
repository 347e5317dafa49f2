//! The chain rule, in the order in which a person writes it.
//!
//! The derivative of a definition by a parameter is a sum of products, one product for
//! each way from the result down to the parameter. The factors of a product come from
//! the outside in: ∂L/∂ŷ first, then ReLU′(z), then ∂z/∂w.
//!
//! ```text
//! L = ½(ŷ − y)²,  ŷ = ReLU(z),  z = wx + b
//! ∂L/∂w = (ŷ − y) · ReLU′(z) · x          ∂L/∂b = (ŷ − y) · ReLU′(z) · 1
//! ```
//!
//! A product without functions keeps the order of its text: ∂(qab)/∂a = qb.
//!
//! Numbers are collected in front (½ · 2 = 1 vanishes; see `coefficient`). The last factor 1
//! of a bias stays, so that the lines of weight and bias stand side by side.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::coefficient::Coefficient;
use super::function::Reduction;
use super::{Call, Expression, Operator};
use crate::number::Rational;

/// One product of a derivative.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Whether the product is subtracted.
    pub negative: bool,
    /// The factors, outermost first; never empty.
    pub factors: Vec<Expression>,
}

/// A definition `name = expression` that the chain rule may go through.
pub type Definitions<'a> = &'a dyn Fn(&str) -> Option<&'a Expression>;

/// More ways than this from the loss to a parameter are not written as one sum.
pub const MAX_PRODUCTS: usize = 12;

/// A product while it is being collected.
#[derive(Debug, Clone)]
struct Way {
    coefficient: Coefficient,
    factors: Vec<Expression>,
    /// Nothing but products lies on the way.
    flat: bool,
    /// The parameter was reached as a summand beside others, so with derivative 1.
    bare: bool,
    /// A function or a definition lies on the way.
    nested: bool,
}

/// The derivative of `expression` by `target`, through the definitions.
/// An empty list is the derivative 0; `None` means that there are more than
/// [`MAX_PRODUCTS`] ways, too many to be written as one sum.
pub fn derivative(
    expression: &Expression,
    target: &str,
    definitions: Definitions<'_>,
) -> Option<Vec<Product>> {
    let known = RefCell::default();
    let ways = Search { target, definitions, known }.ways(expression)?;
    Some(ways.into_iter().map(finish).collect())
}

/// A search for the ways to a name.
struct Search<'t, 'd> {
    target: &'t str,
    definitions: Definitions<'d>,
    /// What was found below a definition: another one may use it twice, and so may the next.
    known: RefCell<BTreeMap<String, Option<Vec<Way>>>>,
}

fn finish(way: Way) -> Product {
    let (coefficient, rest) = way.coefficient.folded(way.factors);
    let (negative, size) = coefficient.written();
    let mut factors: Vec<Expression> = size.into_iter().chain(rest).collect();
    if factors.is_empty() || (way.bare && way.nested) {
        factors.push(Expression::integer(1));
    }
    Product { negative, factors }
}

impl Search<'_, '_> {
    fn ways(&self, expression: &Expression) -> Option<Vec<Way>> {
        let found = match expression {
            Expression::Number(_) | Expression::Shown(_) | Expression::Derivative(..) => Vec::new(),
            Expression::Name(name) if name == self.target => vec![Way {
                coefficient: Coefficient::one(),
                factors: Vec::new(),
                flat: true,
                bare: false,
                nested: false,
            }],
            Expression::Name(name) => self.through_definition(name)?,
            Expression::Negate(inner) => negated(self.ways(inner)?),
            Expression::Transpose(inner) => self.ways(inner)?,
            Expression::Binary(operator, left, right) => {
                let left_ways = self.ways(left)?;
                let right_ways = self.ways(right)?;
                binary(*operator, (left, left_ways), (right, right_ways))
            }
            Expression::Call(call) => self.through_call(call)?,
        };
        (found.len() <= MAX_PRODUCTS).then_some(found)
    }

    fn through_definition(&self, name: &str) -> Option<Vec<Way>> {
        let Some(definition) = (self.definitions)(name) else { return Some(Vec::new()) };
        if let Some(found) = self.known.borrow().get(name) {
            return found.clone();
        }
        let found = self.ways(definition).map(nested);
        self.known.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    fn through_call(&self, call: &Call) -> Option<Vec<Way>> {
        if let Some(kind) = call.function.reduces() {
            let inner = nested(self.ways(&call.arguments[0])?);
            return Some(through_reduction(kind, call, inner));
        }
        let mut list = Vec::new();
        for (index, argument) in call.arguments.iter().enumerate() {
            let (negative, factors) = slope(call, index);
            let inner = multiplied(nested(self.ways(argument)?), &factors);
            list.extend(if negative { negated(inner) } else { inner });
        }
        Some(list)
    }
}

fn nested(mut list: Vec<Way>) -> Vec<Way> {
    for way in &mut list {
        way.nested = true;
        way.flat = false;
    }
    list
}

fn negated(mut list: Vec<Way>) -> Vec<Way> {
    for way in &mut list {
        way.coefficient.negate();
    }
    list
}

type Side<'a> = (&'a Expression, Vec<Way>);

fn binary(operator: Operator, (left, left_ways): Side, (right, right_ways): Side) -> Vec<Way> {
    let integer = Expression::integer;
    match operator {
        Operator::Add | Operator::Subtract => {
            let left_ways = beside(left_ways, right);
            let right_ways = beside(right_ways, left);
            let subtracted = operator == Operator::Subtract;
            [left_ways, if subtracted { negated(right_ways) } else { right_ways }].concat()
        }
        Operator::Multiply | Operator::Hadamard | Operator::MatMul => {
            let by_left = left_ways.into_iter().map(|way| followed(way, right));
            let by_right = multiplied(right_ways, std::slice::from_ref(left));
            by_left.chain(by_right).collect()
        }
        Operator::Divide => {
            let reciprocal = Expression::binary(Operator::Divide, integer(1), right.clone());
            let square = Expression::binary(Operator::Power, right.clone(), integer(2));
            let outer = Expression::binary(Operator::Divide, left.clone(), square);
            let by_right = negated(multiplied(right_ways, &[outer]));
            bent([multiplied(left_ways, &[reciprocal]), by_right].concat())
        }
        Operator::Power => {
            let by_base = multiplied(left_ways, &power_rule(left, right));
            let whole = Expression::binary(Operator::Power, left.clone(), right.clone());
            let logarithm = Expression::call("log", vec![left.clone()]);
            let by_exponent = multiplied(right_ways, &[whole, logarithm]);
            bent([by_base, by_exponent].concat())
        }
    }
}

/// A parameter that is itself a summand beside other names, as a bias is.
fn beside(mut list: Vec<Way>, other: &Expression) -> Vec<Way> {
    let named = other.any(&mut |node| matches!(node, Expression::Name(_)));
    for way in &mut list {
        way.flat = false;
        way.bare |= named && way.factors.is_empty() && !way.nested;
    }
    list
}

/// n · xⁿ⁻¹ as factors.
fn power_rule(base: &Expression, exponent: &Expression) -> Vec<Expression> {
    let lowered = match exponent {
        Expression::Number(number) => Expression::Number(number - Rational::ONE),
        _ => Expression::binary(Operator::Subtract, exponent.clone(), Expression::integer(1)),
    };
    let rest = match &lowered {
        Expression::Number(one) if *one == Rational::ONE => base.clone(),
        _ => Expression::binary(Operator::Power, base.clone(), lowered),
    };
    vec![exponent.clone(), rest]
}

/// Ways that do more than multiply.
fn bent(mut list: Vec<Way>) -> Vec<Way> {
    for way in &mut list {
        way.flat = false;
    }
    list
}

/// Puts factors in front of every way; numbers among them go into the coefficient.
fn multiplied(list: Vec<Way>, outer: &[Expression]) -> Vec<Way> {
    list.into_iter().map(|way| times(way, outer)).collect()
}

fn times(mut way: Way, outer: &[Expression]) -> Way {
    let mut front = Vec::new();
    for factor in outer {
        match number(factor) {
            Some((value, decimal)) => way.coefficient.multiply(&value, decimal),
            None => front.push(factor.clone()),
        }
    }
    front.append(&mut way.factors);
    way.factors = front;
    way.bare &= way.nested;
    way
}

/// A way into the left side of a product. The right side is outside of it, so in front; but
/// of a product alone the factors keep their order.
fn followed(mut way: Way, right: &Expression) -> Way {
    if !way.flat {
        return times(way, std::slice::from_ref(right));
    }
    let left = std::mem::take(&mut way.factors);
    let mut way = times(way, std::slice::from_ref(right));
    way.factors.splice(..0, left);
    way
}

/// The value of a factor that holds numbers alone, and whether it is written as a decimal.
pub(crate) fn number(expression: &Expression) -> Option<(Rational, bool)> {
    match expression {
        Expression::Number(value) => Some((value.clone(), !value.is_int())),
        Expression::Negate(inner) => number(inner).map(|(value, decimal)| (-value, decimal)),
        Expression::Binary(operator, left, right) => {
            // A number stands first as a rule: on the right it shows sooner that there is none.
            let ((right, second), (left, first)) = (number(right)?, number(left)?);
            let value = match operator {
                Operator::Add => left + right,
                Operator::Subtract => left - right,
                Operator::Multiply | Operator::Hadamard | Operator::MatMul => left * right,
                Operator::Divide if right != Rational::ZERO => left / right,
                Operator::Divide | Operator::Power => return None,
            };
            Some((value, first || second))
        }
        _ => None,
    }
}

/// The derivative of a call by one of its arguments as a product, and whether it is
/// subtracted.
pub(super) fn slope(call: &Call, index: usize) -> (bool, Vec<Expression>) {
    let slope = match call.function.symbol(index) {
        Some(formula) => call.put_into(formula),
        None => Expression::Derivative(call.clone(), index),
    };
    let (mut negative, mut factors) = (false, Vec::new());
    split(slope, &mut negative, &mut factors);
    (negative, factors)
}

fn split(product: Expression, negative: &mut bool, factors: &mut Vec<Expression>) {
    match product {
        Expression::Negate(inner) => {
            *negative = !*negative;
            split(*inner, negative, factors);
        }
        Expression::Binary(Operator::Multiply, left, right) => {
            split(*left, negative, factors);
            split(*right, negative, factors);
        }
        other => factors.push(other),
    }
}

/// Of one number: the sum and the mean are itself, the norm has the derivative z/‖z‖.
fn through_reduction(kind: Reduction, call: &Call, inner: Vec<Way>) -> Vec<Way> {
    match kind {
        Reduction::Sum | Reduction::Mean => inner,
        Reduction::Norm => {
            let argument = call.arguments[0].clone();
            let norm = Expression::Call(call.clone());
            multiplied(inner, &[Expression::binary(Operator::Divide, argument, norm)])
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::parse;
    use super::*;

    fn derive(model: &[(&str, &str)], target: &str) -> String {
        let parsed: BTreeMap<&str, Expression> =
            model.iter().map(|(name, text)| (*name, parse(text).unwrap().expression)).collect();
        let lookup = |name: &str| parsed.get(name);
        let products = derivative(&parsed["loss"], target, &lookup).expect("few ways");
        let mut text = String::new();
        for product in products {
            text.push_str(if product.negative { " - " } else { " + " });
            let factors: Vec<String> =
                product.factors.iter().map(|factor| format!("[{factor}]")).collect();
            text.push_str(&factors.concat());
        }
        text
    }

    #[test]
    fn definitions_that_use_one_another_twice_take_no_time() {
        let chain = (1..60).map(|k| (format!("h{k}"), format!("h{0} - h{0}/2", k - 1)));
        let lines: Vec<(String, String)> =
            [("h0".into(), "x".into())].into_iter().chain(chain).collect();
        let model = lines.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let model: Vec<(&str, &str)> = model.chain([("loss", "w*h59")]).collect();
        assert_eq!(derive(&model, "w"), " + [h59]");
    }

    #[test]
    fn factors_run_from_the_loss_to_the_parameter() {
        let seed: &[(&str, &str)] =
            &[("z", "w*x + b"), ("y_hat", "relu(z)"), ("loss", "1/2*(y_hat - y)^2")];
        let two: &[(&str, &str)] =
            &[("h", "tanh(u*x)"), ("y_hat", "v*h + c*h"), ("loss", "(y - y_hat)^2 + 0.1*v^2")];
        // Each line was derived by hand.
        let table = [
            (seed, "w", " + [y_hat - y][relu'(z)][x]"),
            (seed, "b", " + [y_hat - y][relu'(z)][1]"),
            (two, "u", " - [2][y - y_hat][v][tanh'(u*x)][x] - [2][y - y_hat][c][tanh'(u*x)][x]"),
            (two, "v", " - [2][y - y_hat][h] + [1/5][v]"),
            (two, "c", " - [2][y - y_hat][h]"),
            (&[("loss", "1/2*(w - 3)^2")], "w", " + [w - 3]"),
            (&[("loss", "w")], "w", " + [1]"),
            (&[("loss", "exp(-w)/4")], "w", " - [1/4][exp(-w)]"),
            (&[("loss", "1/4*w^2")], "w", " + [1/2][w]"),
            (&[("loss", "a/w")], "w", " - [a/w^2]"),
            (&[("loss", "2^w")], "w", " + [2^w][log(2)]"),
            (&[("loss", "softplus(2*w)")], "w", " + [2][sigmoid(2*w)]"),
            (&[("loss", "cos(w)/2")], "w", " - [1/2][sin(w)]"),
            (&[("loss", "leaky_relu(w*x, 0.1)")], "w", " + [leaky_relu'(w*x, 1/10)][x]"),
            (&[("loss", "half_squared_error(w*x, y)")], "w", " + [w*x - y][x]"),
            (&[("loss", "1/2*mse(w, y)")], "w", " + [w - y]"),
            (&[("loss", "mae(y, w)")], "w", " - [abs'(y - w)]"),
            (&[("loss", "hinge(w, y)")], "w", " - [y][relu'(1 - y*w)]"),
            (&[("loss", "hinge(w, y, at_kink=1)")], "w", " - [y][relu'(1 - y*w, at_kink=1)]"),
            (&[("loss", "huber(w, y, 2)")], "w", " + [max(-2, min(2, w - y))]"),
            (&[("loss", "bce_with_logits(w, y)")], "w", " + [sigmoid(w) - y]"),
            (&[("loss", "sqrt(w)")], "w", " + [1/(2*sqrt(w))]"),
            (&[("loss", "x")], "w", ""),
            // Of a number: |w| by w is -1 at -2.
            (&[("loss", "norm(2*w)")], "w", " + [2][2*w/norm(2*w)]"),
            (&[("loss", "3*sum(w*x)")], "w", " + [3][x]"),
            // Of products alone the factors keep their order; else the outer one is in front.
            (&[("loss", "q*w*b")], "w", " + [q][b]"),
            (&[("loss", "q*b*w")], "w", " + [q*b]"),
            (&[("loss", "c*(q*w*b)*d")], "w", " + [c][q][b][d]"),
            (&[("loss", "(w*x - y)*c")], "w", " + [c][x]"),
            (&[("loss", "relu(w*x)*c")], "w", " + [c][relu'(w*x)][x]"),
            (&[("loss", "w^3*c")], "w", " + [3][c][w^2]"),
            (&[("loss", "w/a*c")], "w", " + [c][1/a]"),
            (&[("z", "q*w"), ("loss", "z*c")], "w", " + [c][q]"),
        ];
        for (model, target, expected) in table {
            assert_eq!(derive(model, target), expected, "by {target}");
        }
    }

    #[test]
    fn numbers_of_a_product_become_one() {
        let form = "1/2*(p*w^2 + 2*q*w*b + p*b^2)";
        let numbers = "1/2*(5*w^2 + 6*w*b + 5*b^2)";
        // Each line was derived by hand.
        let table = [
            ("1/2*lambda*w^2", "w", " + [lambda][w]"),
            ("lambda/2*w^2", "w", " + [lambda][w]"),
            ("lambda*w^2/2", "w", " + [lambda][w]"),
            ("-lambda/2*w^2", "w", " - [lambda][w]"),
            ("0.1*lambda*w^2", "w", " + [1/5][lambda][w]"),
            ("2*lambda/3*w^2", "w", " + [4/3][lambda][w]"),
            (form, "w", " + [p][w] + [q][b]"),
            (form, "b", " + [q*w] + [p][b]"),
            (numbers, "w", " + [5][w] + [3][b]"),
            (numbers, "b", " + [3][w] + [5][b]"),
            ("1/2*(-2*q)*w^2", "w", " - [2][q][w]"),
            ("-(-3*q)*w^2", "w", " + [6][q][w]"),
            ("(2*w)^2", "w", " + [8][w]"),
            ("w^2/(2*n)", "w", " + [1/n][w]"),
            ("2*sqrt(w)", "w", " + [1/sqrt(w)]"),
            // The last factor 1 of a bias stays beside the number.
            ("1/2*mu*(relu(a + w))^2", "w", " + [mu][relu(a + w)][relu'(a + w)][1]"),
            // One number is no reason to change anything, nor is a 1.
            ("2*q*w", "w", " + [2*q]"),
            ("(2*q/3)*w", "w", " + [2*q/3]"),
            ("w^2/m", "w", " + [2][1/m][w]"),
            ("(-q)*w^2", "w", " + [2][-q][w]"),
            // Sums, powers and arguments keep their numbers.
            ("1/2*(2*w - 4*y)^2", "w", " + [2][2*w - 4*y]"),
            ("(2*q)^2*w^2", "w", " + [2][(2*q)^2][w]"),
            ("exp(2*q)*w^2", "w", " + [2][exp(2*q)][w]"),
        ];
        for (text, target, expected) in table {
            assert_eq!(derive(&[("loss", text)], target), expected, "{text} by {target}");
        }
    }
}
