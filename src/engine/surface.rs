//! The loss over all data as a function of the parameters, in floating point.
//!
//! For contour plots alone: a picture needs thousands of values and three digits.
//! Nothing that is printed as a number comes from here. Models of matrices have no
//! contour plot.

use crate::formula::function::{Body, Reduction};
use crate::formula::{Call, Expression, Operator};
use crate::number::{Rational, Real};
use crate::scenario::Setup;
use crate::trace::Tensor;

use super::pass::LOSS;

/// The mean loss over all examples of a set-up.
#[derive(Debug, Clone)]
pub struct Surface<'a> {
    setup: &'a Setup,
    rows: Vec<Vec<f64>>,
}

impl<'a> Surface<'a> {
    /// The surface of a set-up.
    pub fn new(setup: &'a Setup) -> Self {
        let number = |tensor: &Tensor| tensor.real().map_or(f64::NAN, Real::to_f64);
        let row = |row: &Vec<Tensor>| row.iter().map(number).collect();
        let mut rows: Vec<Vec<f64>> = setup.data.iter().map(row).collect();
        if rows.is_empty() {
            rows.push(Vec::new());
        }
        Self { setup, rows }
    }

    /// The mean loss at a point, given by parameter; NaN where it is not defined.
    pub fn loss(&self, point: &dyn Fn(&str) -> f64) -> f64 {
        let mut sum = 0.0;
        let mut count = 0.0;
        for row in &self.rows {
            sum += self.example(row, point);
            count += 1.0;
        }
        sum / count
    }

    fn example(&self, row: &[f64], point: &dyn Fn(&str) -> f64) -> f64 {
        let mut known: Vec<(&str, f64)> =
            self.setup.inputs.iter().map(String::as_str).zip(row.iter().copied()).collect();
        for line in &self.setup.model {
            let value = {
                let scope = |name: &str| {
                    let found = known.iter().find(|(other, _)| *other == name);
                    found.map_or_else(|| point(name), |(_, value)| *value)
                };
                evaluate(&line.expression, &scope)
            };
            known.push((&line.name, value));
        }
        known.iter().find(|(name, _)| *name == LOSS).map_or(f64::NAN, |(_, value)| *value)
    }
}

fn evaluate(expression: &Expression, scope: &dyn Fn(&str) -> f64) -> f64 {
    match expression {
        Expression::Number(number) => float(number),
        Expression::Name(name) => scope(name),
        Expression::Negate(inner) => -evaluate(inner, scope),
        Expression::Transpose(inner) => evaluate(inner, scope),
        Expression::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, scope), evaluate(right, scope));
            match operator {
                Operator::Add => left + right,
                Operator::Subtract => left - right,
                Operator::Multiply | Operator::Hadamard | Operator::MatMul => left * right,
                Operator::Divide => left / right,
                Operator::Power => libm::pow(left, right),
            }
        }
        Expression::Call(call) => apply(call, scope),
        Expression::Derivative(..) | Expression::Shown(_) => f64::NAN,
    }
}

fn apply(call: &Call, scope: &dyn Fn(&str) -> f64) -> f64 {
    let function = call.function;
    let arguments: Vec<f64> =
        call.arguments.iter().map(|argument| evaluate(argument, scope)).collect();
    match function.body {
        Body::Primitive(primitive) => primitive.double(arguments[0]),
        Body::Reduction(Reduction::Sum | Reduction::Mean) => arguments[0],
        Body::Reduction(Reduction::Norm) => arguments[0].abs(),
        // Models of matrices have no surface.
        Body::Row(_) => f64::NAN,
        Body::Cases { .. } => {
            let bound = |name: &str| {
                let place = function.parameters.iter().position(|parameter| *parameter == name);
                let constant = || function.constants.iter().position(|known| known.name == name);
                match place {
                    Some(index) => arguments[index],
                    None if name == "pi" => std::f64::consts::PI,
                    None => constant().map_or(f64::NAN, |index| float(&call.constants[index])),
                }
            };
            let mut case = 0;
            for kink in function.kinks() {
                let on = evaluate(kink, &bound);
                if on.is_nan() {
                    return f64::NAN;
                }
                case += if on > 0.0 { 2 } else { usize::from(on >= 0.0) };
                if on <= 0.0 {
                    break;
                }
            }
            function.value(case).map_or(f64::NAN, |value| evaluate(value, &bound))
        }
    }
}

fn float(number: &Rational) -> f64 {
    let above = i32::try_from(number.numerator().clone());
    let below = u32::try_from(number.denominator().clone());
    match (above, below) {
        (Ok(above), Ok(below)) => f64::from(above) / f64::from(below),
        _ => Real::from(number.clone()).to_f64(),
    }
}
