//! Numbers and matrices of them, and the operations of the scenario language.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::jet::{Jet, Met};
use super::tree::Tree;
use crate::dual::Number;

/// Rows and columns; `None` for a number.
pub(crate) type Shape = Option<(usize, usize)>;

/// A number or a matrix, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Grid<E> {
    pub(crate) shape: Shape,
    pub(crate) entries: Vec<E>,
}

/// What names stand for.
pub(crate) type Scope<N> = BTreeMap<String, Grid<Jet<N>>>;

/// The number of entries.
pub(crate) fn count(shape: Shape) -> usize {
    shape.map_or(1, |(rows, columns)| rows * columns)
}

impl<E: Clone> Grid<E> {
    pub(crate) fn scalar(entry: E) -> Self {
        Grid { shape: None, entries: vec![entry] }
    }

    pub(crate) fn sizes(&self) -> (usize, usize) {
        self.shape.unwrap_or((1, 1))
    }

    /// An entry; what has one row or one column only is repeated.
    pub(crate) fn at(&self, row: usize, column: usize) -> &E {
        let (rows, columns) = self.sizes();
        let row = if rows == 1 { 0 } else { row };
        let column = if columns == 1 { 0 } else { column };
        &self.entries[row * columns + column]
    }

    pub(crate) fn map<F>(&self, change: impl FnMut(&E) -> F) -> Grid<F> {
        Grid { shape: self.shape, entries: self.entries.iter().map(change).collect() }
    }

    pub(crate) fn transposed(&self) -> Self {
        let (rows, columns) = self.sizes();
        let places = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
        let entries = places.map(|(row, column)| self.at(row, column).clone()).collect();
        Grid { shape: self.shape.map(|(rows, columns)| (columns, rows)), entries }
    }

    /// Entry by entry, a number or a row repeated.
    pub(crate) fn together<F>(grids: &[&Self], mut operate: impl FnMut(&[&E]) -> F) -> Grid<F> {
        let matrices = || grids.iter().filter_map(|grid| grid.shape);
        let shape = matrices().reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)));
        for (rows, columns) in matrices() {
            let whole = shape.unwrap();
            assert!((rows == 1 || rows == whole.0) && columns == whole.1, "shapes don't fit");
        }
        let (rows, columns) = shape.unwrap_or((1, 1));
        let mut entries = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let here: Vec<&E> = grids.iter().map(|grid| grid.at(row, column)).collect();
                entries.push(operate(&here));
            }
        }
        Grid { shape, entries }
    }
}

impl<N: Number> Grid<Jet<N>> {
    pub(crate) fn constant(grid: &Grid<RBig>) -> Self {
        grid.map(Jet::of)
    }

    pub(crate) fn total(&self) -> Jet<N> {
        self.entries.iter().fold(Jet::of(&RBig::ZERO), |sum, entry| sum.plus(entry))
    }

    pub(crate) fn average(&self) -> Jet<N> {
        self.total().over(&Jet::of(&RBig::from(self.entries.len())))
    }

    /// The sum or the mean over the entries of a loss; nothing for another function.
    pub(crate) fn of_loss(&self, function: &str) -> Option<Self> {
        match function {
            "half_squared_error" => Some(Self::scalar(self.total())),
            "mse" | "mae" | "huber" | "hinge" | "bce" | "bce_with_logits" => {
                Some(Self::scalar(self.average()))
            }
            _ => None,
        }
    }

    /// `softmax`, `log_softmax` and `cross_entropy`; nothing for another function.
    pub(crate) fn by_rows(function: &str, arguments: &[Self]) -> Option<Self> {
        if !["softmax", "log_softmax", "cross_entropy"].contains(&function) {
            return None;
        }
        let logits = &arguments[0];
        let (rows, columns) = logits.sizes();
        let smooth = |jet: &Jet<N>, function| Jet::call(function, None, &[jet], &mut Met::new());
        let mut entries = Vec::new();
        for row in logits.entries.chunks(columns) {
            let powers: Vec<Jet<N>> = row.iter().map(|entry| smooth(entry, "exp")).collect();
            let sum = Grid { shape: None, entries: powers.clone() }.total();
            let logarithm = smooth(&sum, "log");
            match function {
                "softmax" => entries.extend(powers.iter().map(|power| power.over(&sum))),
                _ => entries.extend(row.iter().map(|entry| entry.minus(&logarithm))),
            }
        }
        if function != "cross_entropy" {
            return Some(Grid { shape: logits.shape, entries });
        }
        let terms = entries.iter().zip(&arguments[1].entries);
        let entries = terms.map(|(entry, goal)| entry.times(goal)).collect();
        let total = Grid { shape: None, entries }.total();
        Some(Grid::scalar(total.negated().over(&Jet::of(&RBig::from(rows)))))
    }

    pub(crate) fn product(&self, other: &Self) -> Self {
        let ((rows, inner), (outer, columns)) = (self.shape.unwrap(), other.shape.unwrap());
        assert_eq!(inner, outer, "the matrix product does not fit");
        let entry = |row: usize, column: usize| {
            let terms = (0..inner).map(|k| self.at(row, k).times(other.at(k, column)));
            terms.reduce(|sum, term| sum.plus(&term)).unwrap()
        };
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let entries = places.map(|(row, column)| entry(row, column)).collect();
        Grid { shape: Some((rows, columns)), entries }
    }

    pub(crate) fn binary(&self, operator: char, other: &Self) -> Self {
        Self::together(&[self, other], |two| match operator {
            '+' => two[0].plus(two[1]),
            '-' => two[0].minus(two[1]),
            '*' => two[0].times(two[1]),
            '/' => two[0].over(two[1]),
            _ => panic!("the operator {operator}"),
        })
    }

    /// `sum`, `mean` or `norm`; nothing for another function.
    pub(crate) fn reduced(&self, function: &str, met: &mut Met) -> Option<Self> {
        let jet = match function {
            "sum" => self.total(),
            "mean" => self.average(),
            "norm" => Jet::norm(&self.entries, met),
            _ => return None,
        };
        Some(Self::scalar(jet))
    }
}

/// The value of a tree with its derivatives by all variables.
pub(crate) fn evaluate<N: Number>(tree: &Tree, scope: &Scope<N>, met: &mut Met) -> Grid<Jet<N>> {
    match tree {
        Tree::Number(number) => Grid::scalar(Jet::of(number)),
        Tree::Name(name) => scope[name].clone(),
        Tree::Negate(inner) => evaluate(inner, scope, met).map(Jet::negated),
        Tree::Transpose(inner) => evaluate(inner, scope, met).transposed(),
        Tree::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, scope, met), evaluate(right, scope, met));
            if *operator == '@' { left.product(&right) } else { left.binary(*operator, &right) }
        }
        Tree::Power(base, exponent) => {
            let base = evaluate(base, scope, met);
            base.map(|entry| entry.to_whole(*exponent))
        }
        Tree::Raise(base, exponent) => {
            let (base, exponent) = (evaluate(base, scope, met), evaluate(exponent, scope, met));
            Grid::together(&[&base, &exponent], |two| two[0].to_power(two[1]))
        }
        Tree::Call { function, arguments, at_kink } => {
            let arguments: Vec<_> =
                arguments.iter().map(|argument| evaluate(argument, scope, met)).collect();
            if let Some(reduced) = arguments[0].reduced(function, met) {
                return reduced;
            }
            if let Some(rows) = Grid::by_rows(function, &arguments) {
                return rows;
            }
            let arguments: Vec<_> = arguments.iter().collect();
            let entries = Grid::together(&arguments, |entries| {
                Jet::call(function, at_kink.as_ref(), entries, met)
            });
            entries.of_loss(function).unwrap_or(entries)
        }
    }
}
