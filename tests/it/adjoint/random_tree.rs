//! Random expressions of a wanted shape; leaves are made where they are needed.

use dashu_ratio::RBig;

use super::grid::{Grid, Shape, count};
use super::model::{Leaf, Model};
use super::tree::{Tree, binary, call, named};
use crate::dual::{Random, fraction};

/// No more leaves are made where those that are there have so many entries.
const ENTRIES: usize = 14;

/// What an expression is made of.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Kind {
    /// Sums, products, powers, quotients and piecewise functions of fractions.
    Rational,
    /// Every function.
    Smooth,
}

/// From which names an expression is made.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Names {
    All,
    /// Leaves alone.
    Leaves,
}

pub(crate) struct Grower<'r> {
    pub(crate) random: &'r mut Random,
    pub(crate) model: Model,
    pub(crate) kind: Kind,
    pub(crate) names: Names,
    /// Whether all is made of numbers, without a matrix.
    pub(crate) scalars: bool,
}

impl Grower<'_> {
    pub(crate) fn shape(&mut self) -> Shape {
        let mut size = || self.random.choose(&[1, 2, 2, 2, 3]);
        if self.scalars { None } else { Some((size(), size())) }
    }

    /// A small number, not zero.
    pub(crate) fn number(&mut self) -> RBig {
        let (above, below) = self.random.choose(&[(3, 1), (3, 1), (20, 10), (6, 4)]);
        let digit = i64::try_from(self.random.below(above)).unwrap() + 1;
        fraction(digit * self.random.choose(&[-1, 1]), below)
    }

    pub(crate) fn grid(&mut self, shape: Shape) -> Grid<RBig> {
        let entries = (0..count(shape)).map(|_| self.number()).collect();
        Grid { shape, entries }
    }

    /// A new leaf; the first is a parameter.
    pub(crate) fn new_leaf(&mut self, shape: Shape) -> String {
        let is_datum = !self.model.leaves.is_empty() && self.random.below(4) == 0;
        let examples = if is_datum { self.model.examples } else { 1 };
        let values = (0..examples).map(|_| self.grid(shape)).collect();
        self.add_leaf(is_datum, values)
    }

    pub(crate) fn add_leaf(&mut self, is_datum: bool, values: Vec<Grid<RBig>>) -> String {
        let name = format!("p{}", self.model.leaves.len());
        self.name_leaf(&name, is_datum, values);
        name
    }

    pub(crate) fn name_leaf(&mut self, name: &str, is_datum: bool, values: Vec<Grid<RBig>>) {
        let shape = values[0].shape;
        self.model.shapes.insert(name.to_owned(), shape);
        self.model.leaves.push(Leaf { name: name.to_owned(), shape, is_datum, values });
    }

    /// A name of that shape; late ones more often: definitions want to be used, and twice.
    pub(crate) fn name(&mut self, shape: Shape) -> Tree {
        let leaves = self.model.leaves.iter().map(|leaf| &leaf.name);
        let definitions = self.model.definitions.iter().map(|(name, _)| name);
        let all: Vec<&String> = match self.names {
            Names::All => leaves.chain(definitions).collect(),
            Names::Leaves => leaves.collect(),
        };
        let fitting: Vec<String> =
            all.into_iter().filter(|name| self.model.shapes[*name] == shape).cloned().collect();
        let entries: usize = self.model.leaves.iter().map(|leaf| count(leaf.shape)).sum();
        let new = fitting.is_empty() || (entries < ENTRIES && self.random.below(3) == 0);
        if new {
            return Tree::Name(self.new_leaf(shape));
        }
        let count = fitting.len();
        named(&fitting[self.random.below(count).max(self.random.below(count))])
    }

    pub(crate) fn tree(&mut self, shape: Shape, depth: u32) -> Tree {
        if depth == 0 || self.random.below(8) == 0 {
            return if shape.is_none() && self.random.below(5) == 0 {
                Tree::Number(self.number())
            } else {
                self.name(shape)
            };
        }
        match (shape, self.random.below(12)) {
            (None, 0..=2) if !self.scalars => self.reduction(depth),
            (None, 0 | 1) => self.reduction(depth),
            (Some((rows, columns)), 0..=2) => {
                let inner = self.random.choose(&[1, 2, 2, 3]);
                let left = self.tree(Some((rows, inner)), depth - 1);
                binary('@', left, self.tree(Some((inner, columns)), depth - 1))
            }
            (Some((rows, columns)), 3) => {
                Tree::Transpose(Box::new(self.tree(Some((columns, rows)), depth - 1)))
            }
            (_, 0..=6) => {
                let operator = self.random.choose(&['+', '-', '*', '*']);
                let (left, right) = self.sides(shape, depth - 1);
                binary(operator, left, right)
            }
            (_, 7) => match self.random.below(3) {
                0 => Tree::Negate(Box::new(self.tree(shape, depth - 1))),
                _ => self.power(shape, depth - 1),
            },
            (_, 8) => {
                let (left, right) = self.sides(shape, depth - 1);
                binary('/', left, positive(right))
            }
            (_, 9) => self.piecewise(shape, depth - 1),
            _ if self.kind == Kind::Rational => self.piecewise(shape, depth - 1),
            _ => self.smooth(shape, depth - 1),
        }
    }

    fn reduction(&mut self, depth: u32) -> Tree {
        let shape = self.shape();
        let smooth = self.kind == Kind::Smooth;
        let function = match (smooth, self.random.below(2)) {
            (true, 0) => self.random.choose(&["sum", "mean", "norm"]),
            (false, 0) => self.random.choose(&["sum", "mean"]),
            _ => return self.loss(shape, depth - 1),
        };
        call(function, [self.tree(shape, depth - 1)])
    }

    /// A loss of a prediction and a target.
    fn loss(&mut self, shape: Shape, depth: u32) -> Tree {
        let simple: &[_] = &["half_squared_error", "mse", "mae", "huber", "hinge"];
        let all: &[_] = &[
            "half_squared_error",
            "mse",
            "mae",
            "huber",
            "hinge",
            "bce",
            "bce_with_logits",
            "bce_with_logits",
            "cross_entropy",
        ];
        let function = self.random.choose(if self.kind == Kind::Smooth { all } else { simple });
        let wide = shape.is_some_and(|(_, columns)| columns > 1);
        let function = if function == "cross_entropy" && !wide { "bce" } else { function };
        let target = match (function, self.random.below(4)) {
            ("cross_entropy", _) => shape,
            (_, 0) => None,
            _ => shape,
        };
        let (prediction, target) = (self.tree(shape, depth), self.tree(target, depth));
        let prediction = match function {
            "bce" => call("sigmoid", [call("tanh", [prediction])]),
            "cross_entropy" | "bce_with_logits" => call("tanh", [prediction]),
            _ => prediction,
        };
        let at_kink = if matches!(function, "mae" | "hinge") { self.at_kink() } else { None };
        Tree::Call { function, arguments: vec![prediction, target], at_kink }
    }

    /// Two trees that make this shape together: a row or a number may be repeated.
    fn sides(&mut self, shape: Shape, depth: u32) -> (Tree, Tree) {
        let part = match (shape, self.random.below(4)) {
            (Some((_, columns)), 0) => Some((1, columns)),
            (_, 1) => None,
            _ => shape,
        };
        let (whole, part) = (self.tree(shape, depth), self.tree(part, depth));
        if self.random.below(2) == 0 { (whole, part) } else { (part, whole) }
    }

    fn power(&mut self, shape: Shape, depth: u32) -> Tree {
        let base = self.tree(shape, depth);
        match self.random.below(8) {
            0 => Tree::Power(Box::new(positive(base)), self.random.choose(&[-2, -1, 0])),
            1 if self.kind == Kind::Smooth => {
                let exponent = match self.random.below(3) {
                    0 => Tree::Number(fraction(1, 2)),
                    1 => Tree::Number(fraction(-3, 2)),
                    _ => call("tanh", [self.name(None)]),
                };
                Tree::Raise(Box::new(positive(base)), Box::new(exponent))
            }
            _ => Tree::Power(Box::new(base), self.random.choose(&[1, 2, 2, 2, 3])),
        }
    }

    fn piecewise(&mut self, shape: Shape, depth: u32) -> Tree {
        let plain: &[_] =
            &["relu", "abs", "sign", "max", "min", "leaky_relu", "hard_tanh", "relu6"];
        let all: &[_] = &[
            "relu",
            "abs",
            "sign",
            "max",
            "min",
            "leaky_relu",
            "hard_tanh",
            "relu6",
            "elu",
            "elu",
            "selu",
            "selu",
        ];
        let function = self.random.choose(if self.kind == Kind::Smooth { all } else { plain });
        let arguments = if matches!(function, "max" | "min") {
            let (left, right) = self.sides(shape, depth);
            vec![left, right]
        } else {
            vec![self.tree(shape, depth)]
        };
        Tree::Call { function, arguments, at_kink: self.at_kink() }
    }

    pub(crate) fn at_kink(&mut self) -> Option<RBig> {
        let chosen = [(0, 1), (1, 1), (1, 2), (-1, 1), (1, 4)];
        let (above, below) = self.random.choose(&chosen);
        (self.random.below(4) == 0).then(|| fraction(above, below))
    }

    fn smooth(&mut self, shape: Shape, depth: u32) -> Tree {
        let inner = self.tree(shape, depth);
        let functions: &[_] = &[
            "tanh",
            "sigmoid",
            "exp",
            "log",
            "sqrt",
            "sin",
            "cos",
            "softplus",
            "silu",
            "gelu",
            "gelu/tanh",
            "softmax",
            "softmax",
            "log_softmax",
        ];
        let wide = shape.is_some_and(|(_, columns)| columns > 1);
        match self.random.choose(functions) {
            // Of a bounded number, so that it is not beyond every range.
            function @ ("exp" | "softplus" | "silu" | "gelu" | "gelu/tanh") => {
                call(function, [call("tanh", [inner])])
            }
            function @ ("log" | "sqrt") => call(function, [positive(inner)]),
            function @ ("softmax" | "log_softmax") if wide => {
                call(function, [call("tanh", [inner])])
            }
            "softmax" => call("silu", [call("tanh", [inner])]),
            "log_softmax" => call("softplus", [call("tanh", [inner])]),
            function => call(function, [inner]),
        }
    }
}

/// ½ + z²
pub(crate) fn positive(inner: Tree) -> Tree {
    binary('+', Tree::Number(fraction(1, 2)), Tree::Power(Box::new(inner), 2))
}
