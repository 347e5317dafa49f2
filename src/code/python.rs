//! Expressions in Python.
//!
//! The tree is printed as it stands, with the brackets that Python needs; so a script
//! carries out the operations of the scenario in their order.

use std::cell::RefCell;

use crate::catalogue::{Condition, Line, Relation};
use crate::formula::{Expression, Operator, ZeroOverZero};
use crate::scenario::Library;

use super::{function, literal, ones};

/// What a piece of Python stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A number of Python's own.
    Plain,
    /// A number of the library's.
    Single,
    /// A matrix, or what may be one.
    Entries,
}

/// A piece of Python.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub text: String,
    pub kind: Kind,
    /// How strongly it binds: conditions 0, sums 1, products and signs 2, powers 3, atoms 4.
    strength: u8,
}

/// The functions that a script has to define, each once, in an order that works.
#[derive(Debug, Default)]
pub(super) struct Helpers {
    pub(super) defined: Vec<(String, Vec<String>)>,
}

/// Prints expressions for one library.
#[derive(Clone, Copy)]
pub(super) struct Printer<'a> {
    pub library: Library,
    /// How a name of the scenario is written, and what it stands for.
    pub name: &'a dyn Fn(&str) -> Option<(String, Kind)>,
    pub helpers: &'a RefCell<Helpers>,
    /// What 0/0 is.
    pub zero_over_zero: ZeroOverZero,
}

/// An expression of numbers alone, by Python's own `math`.
pub(super) fn plain(expression: &Expression) -> String {
    let helpers = RefCell::default();
    let printer = Printer {
        library: Library::NumPy,
        name: &|_| None,
        helpers: &helpers,
        zero_over_zero: ZeroOverZero::Undefined,
    };
    printer.print(expression).text
}

impl Piece {
    pub(super) fn atom(text: impl Into<String>, kind: Kind) -> Self {
        Self { text: text.into(), kind, strength: 4 }
    }

    /// The text, in brackets if it binds less than that.
    fn within(&self, least: u8) -> String {
        if self.strength < least { format!("({})", self.text) } else { self.text.clone() }
    }
}

impl Printer<'_> {
    /// The module's short name.
    pub(super) fn module(&self) -> &'static str {
        module(self.library)
    }

    /// An expression.
    pub(super) fn print(&self, expression: &Expression) -> Piece {
        match expression {
            Expression::Number(value) => {
                let (text, atom) = literal::number(value);
                Piece { text, kind: Kind::Plain, strength: if atom { 4 } else { 2 } }
            }
            Expression::Name(name) => self.name(name),
            Expression::Negate(inner) => {
                let inner = self.print(inner);
                Piece { text: format!("-{}", inner.within(2)), strength: 2, ..inner }
            }
            Expression::Transpose(inner) => {
                let inner = self.print(inner);
                match inner.kind {
                    Kind::Entries => Piece::atom(format!("{}.T", inner.within(4)), inner.kind),
                    Kind::Plain | Kind::Single => inner,
                }
            }
            Expression::Binary(Operator::MatMul, left, right) => self.product(left, right),
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expression::Call(call) => function::call(self, call),
            Expression::Derivative(call, index) => function::derivative(self, call, *index),
            // Only worked solutions contain printed numbers.
            Expression::Shown(_) => Piece::atom("math.nan", Kind::Plain),
        }
    }

    fn name(&self, name: &str) -> Piece {
        if let Some((rows, columns)) = ones::sizes(name) {
            let text = format!("{}.ones(({rows}, {columns}))", self.module());
            return Piece::atom(text, Kind::Entries);
        }
        match (self.name)(name) {
            Some((text, kind)) => Piece::atom(text, kind),
            None if name == "pi" => Piece::atom("math.pi", Kind::Plain),
            None => Piece::atom("math.nan", Kind::Plain),
        }
    }

    fn binary(&self, operator: Operator, left: &Expression, right: &Expression) -> Piece {
        let mixed = matches!(left, Expression::Binary(Operator::MatMul, ..));
        let (left, right) = (self.print(left), self.print(right));
        let kind = left.kind.max(right.kind);
        if operator == Operator::Divide
            && self.zero_over_zero == ZeroOverZero::NoMove
            && right.kind != Kind::Plain
        {
            function::divide(self);
            return Piece::atom(format!("divide({}, {})", left.text, right.text), kind);
        }
        let (symbol, strength, first, second) = match operator {
            Operator::Add => (" + ", 1, 1, 2),
            Operator::Subtract => (" - ", 1, 1, 2),
            Operator::Multiply | Operator::Hadamard => ("*", 2, 2 + u8::from(mixed), 3),
            Operator::MatMul => (" @ ", 2, 2, 3),
            Operator::Divide => ("/", 2, 2 + u8::from(mixed), 3),
            Operator::Power => ("**", 3, 4, 3),
        };
        let text = format!("{}{symbol}{}", left.within(first), right.within(second));
        Piece { text, kind, strength }
    }

    /// A matrix product; sums of rows and columns are written as such.
    fn product(&self, left: &Expression, right: &Expression) -> Piece {
        let is_ones = |side: &Expression, test: fn((usize, usize)) -> bool| match side {
            Expression::Name(name) => ones::sizes(name).is_some_and(test),
            _ => false,
        };
        let axis = if self.library == Library::NumPy { "axis" } else { "dim" };
        let keep = if self.library == Library::NumPy { "keepdims" } else { "keepdim" };
        let sum = |of: &Expression, along: u8| {
            let text = format!("{}.sum({axis}={along}, {keep}=True)", self.print(of).within(4));
            Piece::atom(text, Kind::Entries)
        };
        if let Expression::Transpose(inner) = left
            && is_ones(inner, |(_, columns)| columns == 1)
        {
            return sum(right, 0);
        }
        if is_ones(right, |(_, columns)| columns == 1) {
            return sum(left, 1);
        }
        let mixed = matches!(left, Expression::Binary(Operator::MatMul, ..));
        let (left, right) = (self.print(left), self.print(right));
        let text = format!("{} @ {}", left.within(if mixed { 2 } else { 3 }), right.within(3));
        Piece { text, kind: Kind::Entries, strength: 2 }
    }

    /// What a line of a rule computes, with its cases.
    pub(super) fn line(&self, line: &Line) -> Piece {
        let last = self.print(&line.expression);
        let conditions: Vec<(Piece, Piece)> = line
            .cases
            .iter()
            .map(|case| (self.condition(&case.condition), self.print(&case.expression)))
            .collect();
        // Python decides for all entries at once, and leaves the other case alone.
        let at_once = match self.library {
            Library::NumPy => Kind::Single,
            Library::PyTorch => Kind::Plain,
        };
        let at_once = conditions.iter().all(|(condition, _)| condition.kind <= at_once);
        conditions.into_iter().rev().fold(last, |otherwise, (condition, value)| {
            let kind = value.kind.max(otherwise.kind);
            if at_once {
                let value = value.within(1);
                let text = format!("{value} if {} else {}", condition.text, otherwise.text);
                return Piece { text, kind, strength: 0 };
            }
            let kind = kind.max(condition.kind);
            Piece::atom(self.choice(&condition.text, &value, &otherwise), kind)
        })
    }

    /// One of two values, entry by entry.
    pub(super) fn choice(&self, condition: &str, value: &Piece, otherwise: &Piece) -> String {
        let [value, otherwise] = [value, otherwise].map(as_float);
        format!("{}.where({condition}, {value}, {otherwise})", self.module())
    }

    fn condition(&self, condition: &Condition) -> Piece {
        let (left, right) = (self.print(&condition.left), self.print(&condition.right));
        let relation = match condition.relation {
            Relation::Less => "<",
            Relation::AtMost => "<=",
            Relation::Equal => "==",
            Relation::Greater => ">",
        };
        let text = format!("{} {relation} {}", left.within(1), right.within(1));
        Piece { text, kind: left.kind.max(right.kind), strength: 0 }
    }
}

/// The short name under which a script imports a library.
pub(super) fn module(library: Library) -> &'static str {
    match library {
        Library::NumPy => "np",
        Library::PyTorch => "torch",
    }
}

/// A whole number with a point, so that it is no integer where it stands alone.
pub(super) fn as_float(piece: &Piece) -> String {
    let digits = piece.text.trim_start_matches('-');
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole { format!("{}.0", piece.text) } else { piece.text.clone() }
}
