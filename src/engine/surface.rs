//! The loss over all data as a function of the parameters, in floating point.
//!
//! For contour plots alone: a picture needs thousands of values and three digits.
//! Nothing that is printed as a number comes from here. Models of matrices have no
//! contour plot.

use std::borrow::Cow;

use crate::formula::function::{Body, Primitive, Reduction};
use crate::formula::{Call, Expression, Operator};
use crate::number::{Rational, Real};
use crate::scenario::Setup;
use crate::trace::Tensor;

use super::pass::LOSS;

/// The mean loss over all examples of a set-up.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The names that have a value at every point, by their slots.
    names: Vec<String>,
    /// Whether the name of a slot is a datum, and of which column.
    columns: Vec<Option<usize>>,
    rows: Vec<Vec<f64>>,
    lines: Vec<Node>,
    /// The slot of the loss.
    loss: Option<usize>,
}

/// An expression whose names are slots and whose numbers are floats.
#[derive(Debug, Clone)]
enum Node {
    Number(f64),
    Slot(usize),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Square(Box<Node>),
    Absolute(Box<Node>),
    Primitive(Primitive, Box<Node>),
    /// Arguments, and the kinks and values by case over slots of their own.
    Cases {
        arguments: Vec<Node>,
        kinks: Vec<Node>,
        values: Vec<Node>,
    },
}

impl Surface {
    /// The surface of a set-up.
    pub fn new(setup: &Setup) -> Self {
        let number = |tensor: &Tensor| tensor.real().map_or(f64::NAN, Real::to_f64);
        let row = |row: &Vec<Tensor>| row.iter().map(number).collect();
        let mut rows: Vec<Vec<f64>> = setup.data.iter().map(row).collect();
        if rows.is_empty() {
            rows.push(Vec::new());
        }
        let defined = |name: &str| setup.model.iter().any(|line| line.name == name);
        let mut names: Vec<String> = Vec::new();
        for line in &setup.model {
            line.expression.map(&mut |node| {
                if let Expression::Name(name) = node
                    && !defined(name)
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
                None
            });
        }
        let columns =
            names.iter().map(|name| setup.inputs.iter().position(|input| input == name)).collect();
        // Definitions follow; a later one of the same name is not allowed.
        let defined = setup.model.iter().map(|line| line.name.clone());
        let slots: Vec<String> = names.iter().cloned().chain(defined).collect();
        let slot = |name: &str| {
            slots.iter().position(|known| known == name).map_or(Node::Number(f64::NAN), Node::Slot)
        };
        let lines = setup.model.iter().map(|line| compiled(&line.expression, &slot)).collect();
        let loss = slots.iter().position(|name| name == LOSS);
        Self { names, columns, rows, lines, loss }
    }

    /// The mean loss at so many points, given by parameter; NaN where it is not defined.
    pub fn losses(&self, count: usize, points: &dyn Fn(&str) -> Values) -> Vec<f64> {
        let mut slots: Vec<Values> = self.names.iter().map(|name| points(name)).collect();
        let mut sum = Values::All(0.0);
        let mut rows = 0.0;
        for row in &self.rows {
            slots.truncate(self.names.len());
            for (slot, column) in slots.iter_mut().zip(&self.columns) {
                if let Some(datum) = column.and_then(|column| row.get(column)) {
                    *slot = Values::All(*datum);
                }
            }
            for line in &self.lines {
                slots.push(line.values(&slots).into_owned());
            }
            let loss = self.loss.and_then(|slot| slots.get(slot)).unwrap_or(&Values::NONE);
            sum = with(Cow::Owned(sum), Cow::Borrowed(loss), |sum, loss| sum + loss);
            rows += 1.0;
        }
        let mean = map(Cow::Owned(sum), |sum| sum / rows);
        (0..count).map(|point| mean.at(point)).collect()
    }
}

/// A value for each of many points.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// The same at all of them.
    All(f64),
    /// One for each.
    Each(Vec<f64>),
}

impl Values {
    const NONE: Self = Self::All(f64::NAN);

    fn at(&self, point: usize) -> f64 {
        match self {
            Self::All(value) => *value,
            Self::Each(values) => values.get(point).copied().unwrap_or(f64::NAN),
        }
    }
}

/// An operation on the value of every point, in its place where nothing else has it.
fn map(values: Cow<'_, Values>, operate: impl Fn(f64) -> f64) -> Values {
    match values {
        Cow::Owned(Values::Each(mut values)) => {
            values.iter_mut().for_each(|value| *value = operate(*value));
            Values::Each(values)
        }
        Cow::Borrowed(Values::Each(values)) => {
            Values::Each(values.iter().map(|value| operate(*value)).collect())
        }
        Cow::Owned(Values::All(value)) | Cow::Borrowed(&Values::All(value)) => {
            Values::All(operate(value))
        }
    }
}

/// An operation on two values of every point.
fn with(
    left: Cow<'_, Values>,
    right: Cow<'_, Values>,
    operate: impl Fn(f64, f64) -> f64,
) -> Values {
    match (&*left, &*right) {
        (_, &Values::All(right)) => map(left, |left| operate(left, right)),
        (&Values::All(left), _) => map(right, |right| operate(left, right)),
        (Values::Each(lefts), Values::Each(rights)) => {
            let pairs = lefts.iter().zip(rights);
            Values::Each(pairs.map(|(left, right)| operate(*left, *right)).collect())
        }
    }
}

impl Node {
    fn values<'v>(&self, slots: &'v [Values]) -> Cow<'v, Values> {
        Cow::Owned(match self {
            Self::Number(number) => Values::All(*number),
            Self::Slot(slot) => return Cow::Borrowed(slots.get(*slot).unwrap_or(&Values::NONE)),
            Self::Negate(inner) => map(inner.values(slots), |value| -value),
            Self::Square(inner) => map(inner.values(slots), |value| value * value),
            Self::Absolute(inner) => map(inner.values(slots), f64::abs),
            Self::Primitive(primitive, inner) => {
                map(inner.values(slots), |value| primitive.double(value))
            }
            Self::Binary(operator, left, right) => {
                let (left, right) = (left.values(slots), right.values(slots));
                match operator {
                    Operator::Add => with(left, right, |left, right| left + right),
                    Operator::Subtract => with(left, right, |left, right| left - right),
                    Operator::Multiply | Operator::Hadamard | Operator::MatMul => {
                        with(left, right, |left, right| left * right)
                    }
                    Operator::Divide => with(left, right, |left, right| left / right),
                    Operator::Power => with(left, right, libm::pow),
                }
            }
            Self::Cases { arguments, kinks, values } => {
                let arguments: Vec<Values> =
                    arguments.iter().map(|argument| argument.values(slots).into_owned()).collect();
                let of = |node: &Self| node.values(&arguments).into_owned();
                // From the right: what is beyond a kink hangs on the kinks after it.
                let mut values = values.iter().rev().map(of);
                let last = values.next().unwrap_or(Values::NONE);
                kinks.iter().rev().map(of).fold(last, |above, kink| {
                    let on = values.next().unwrap_or(Values::NONE);
                    let below = values.next().unwrap_or(Values::NONE);
                    beside(&kink, [&below, &on, &above])
                })
            }
        })
    }
}

/// At every point the value below, on or above a kink; none where the kink has no value.
fn beside(kink: &Values, [below, on, above]: [&Values; 3]) -> Values {
    let side = |kink: f64| match kink {
        kink if kink > 0.0 => above,
        kink if kink < 0.0 => below,
        kink if kink.is_nan() => &Values::NONE,
        _ => on,
    };
    match kink {
        Values::All(kink) => side(*kink).clone(),
        Values::Each(kinks) => {
            let kinks = kinks.iter().enumerate();
            Values::Each(kinks.map(|(point, kink)| side(*kink).at(point)).collect())
        }
    }
}

/// The expression with the nodes that `scope` has for its names.
fn compiled(expression: &Expression, scope: &dyn Fn(&str) -> Node) -> Node {
    let inner = |expression: &Expression| Box::new(compiled(expression, scope));
    match expression {
        Expression::Number(number) => Node::Number(float(number)),
        Expression::Name(name) => scope(name),
        Expression::Negate(negated) => Node::Negate(inner(negated)),
        Expression::Transpose(turned) => compiled(turned, scope),
        Expression::Binary(operator, left, right) => match (operator, inner(right)) {
            (Operator::Power, right) if matches!(*right, Node::Number(2.0)) => {
                Node::Square(inner(left))
            }
            (operator, right) => Node::Binary(*operator, inner(left), right),
        },
        Expression::Call(call) => compiled_call(call, scope),
        Expression::Derivative(..) | Expression::Shown(_) => Node::Number(f64::NAN),
    }
}

fn compiled_call(call: &Call, scope: &dyn Fn(&str) -> Node) -> Node {
    let function = call.function;
    let arguments: Vec<Node> =
        call.arguments.iter().map(|argument| compiled(argument, scope)).collect();
    let first = || Box::new(arguments.first().cloned().unwrap_or(Node::Number(f64::NAN)));
    match function.body {
        Body::Primitive(primitive) => Node::Primitive(primitive, first()),
        Body::Reduction(Reduction::Sum | Reduction::Mean) => *first(),
        Body::Reduction(Reduction::Norm) => Node::Absolute(first()),
        // Models of matrices have no surface.
        Body::Row(_) => Node::Number(f64::NAN),
        Body::Cases { .. } => {
            let bound = |name: &str| {
                let place = function.parameters.iter().position(|parameter| *parameter == name);
                let constant = || function.constants.iter().position(|known| known.name == name);
                match place {
                    Some(index) => Node::Slot(index),
                    None if name == "pi" => Node::Number(std::f64::consts::PI),
                    None => Node::Number(
                        constant()
                            .and_then(|index| call.constants.get(index))
                            .map_or(f64::NAN, float),
                    ),
                }
            };
            let kinks: Vec<Node> =
                function.kinks().iter().map(|kink| compiled(kink, &bound)).collect();
            let value = |case| {
                function.value(case).map_or(Node::Number(f64::NAN), |value| compiled(value, &bound))
            };
            let values = (0..=2 * kinks.len()).map(value).collect();
            Node::Cases { arguments, kinks, values }
        }
    }
}

fn float(number: &Rational) -> f64 {
    Real::from(number.clone()).to_f64()
}
