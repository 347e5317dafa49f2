//! Adjoints in symbols, with the numbers put in.
//!
//! A derivation is read as a person reads it: the matrix of ones **1** has the size that
//! its place asks for, and a size that no place asks for is a mistake in the derivation.

use gradsheet::formula::{Call, Expression, Operator, adjoint};

use super::fixed::Judge;
use super::grid::{Grid, Shape};
use super::jet::{Jet, Met, function_and_slopes};
use dashu_ratio::RBig;

/// A value some of whose sizes are open: a size of 1 that is open stands for any.
#[derive(Clone, Debug)]
pub(crate) struct Open<N> {
    grid: Grid<Jet<N>>,
    rows: bool,
    columns: bool,
}

/// How the complaint ends that nothing says how large a matrix of ones is.
pub(crate) const OPEN: &str = "of open size";

/// What names stand for.
pub(crate) type Lookup<'l, N> = &'l dyn Fn(&str) -> Option<Grid<N>>;

impl<N: Judge> Open<N> {
    pub(crate) fn fixed(grid: Grid<Jet<N>>) -> Self {
        Open { grid, rows: false, columns: false }
    }

    /// **1**, of whatever size.
    pub(crate) fn ones() -> Self {
        let grid = Grid { shape: Some((1, 1)), entries: vec![Jet::of(&RBig::ONE)] };
        Open { grid, rows: true, columns: true }
    }

    /// **1**ᵀ, the row of ones that sums over the rows of a matrix.
    pub(crate) fn row_of_ones() -> Self {
        Open { rows: false, ..Self::ones() }
    }

    pub(crate) fn is_matrix(&self) -> bool {
        self.grid.shape.is_some()
    }

    /// With the sizes that its place asks for.
    pub(crate) fn fit(&self, shape: Shape) -> Result<Grid<N>, String> {
        let (Some((rows, columns)), Some((have, across))) = (shape, self.grid.shape) else {
            return match shape == self.grid.shape {
                true => Ok(self.grid.map(|jet| jet.value.clone())),
                false => Err(format!("{:?} instead of {shape:?}", self.grid.shape)),
            };
        };
        if !(self.rows || have == rows) || !(self.columns || across == columns) {
            return Err(format!("{have} x {across} instead of {rows} x {columns}"));
        }
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let entries = places.map(|(row, column)| self.grid.at(row, column).value.clone());
        Ok(Grid { shape, entries: entries.collect() })
    }

    pub(crate) fn transposed(&self) -> Self {
        Open { grid: self.grid.transposed(), rows: self.columns, columns: self.rows }
    }

    /// Entry by entry, or a number and a matrix.
    pub(crate) fn together(
        list: &[&Self],
        operate: &mut dyn FnMut(&[&Jet<N>]) -> Jet<N>,
    ) -> Result<Self, String> {
        let matrices = || list.iter().filter(|open| open.grid.shape.is_some());
        let open = |is_open: &dyn Fn(&Self) -> bool| matrices().all(|open| is_open(open));
        let (rows, columns) = (open(&|open| open.rows), open(&|open| open.columns));
        let size = matrices().map(|open| open.grid.sizes());
        let whole = size.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)));
        for one in matrices() {
            let (whole, own) = (whole.unwrap(), one.grid.sizes());
            // A row of the model may be repeated; nothing else.
            if !(own.0 == whole.0 || own.0 == 1) || !(own.1 == whole.1 || one.columns) {
                return Err(format!("{own:?} and {whole:?} together"));
            }
        }
        // Beside **1** a row may have been repeated.
        let any = |is_open: &dyn Fn(&Self) -> bool| matrices().any(|open| is_open(open));
        let rows = rows || (whole.is_some_and(|(rows, _)| rows == 1) && any(&|open| open.rows));
        let grids: Vec<Grid<Jet<N>>> = list.iter().map(|open| open.grid.clone()).collect();
        let grids: Vec<&Grid<Jet<N>>> = grids.iter().collect();
        let has_matrix = whole.is_some();
        let grid = stretched(&grids, whole, operate);
        Ok(Open { grid, rows: rows && has_matrix, columns: columns && has_matrix })
    }

    pub(crate) fn product(&self, other: &Self) -> Result<Self, String> {
        let (Some((rows, inner)), Some((outer, columns))) = (self.grid.shape, other.grid.shape)
        else {
            return Err("a matrix product with a number".into());
        };
        let length = match (self.columns, other.rows) {
            (true, true) => return Err(format!("a matrix product {OPEN}")),
            (true, false) => outer,
            (false, true) => inner,
            (false, false) if inner == outer => inner,
            (false, false) => return Err(format!("{inner} columns meet {outer} rows")),
        };
        let left = stretched(&[&self.grid], Some((rows, length)), &mut |one| one[0].clone());
        let right = stretched(&[&other.grid], Some((length, columns)), &mut |one| one[0].clone());
        Ok(Open { grid: left.product(&right), rows: self.rows, columns: other.columns })
    }

    pub(crate) fn reduced(&self, function: &str) -> Result<Option<Self>, String> {
        let Some(grid) = self.grid.reduced(function, &mut Met::new()) else { return Ok(None) };
        if self.rows || self.columns {
            return Err(format!("the {function} of a matrix {OPEN}"));
        }
        Ok(Some(Self::fixed(grid)))
    }

    /// A function of the catalogue; with `by`, its derivative by that argument.
    pub(crate) fn call(
        function: &str,
        at_kink: Option<&RBig>,
        arguments: &[&Self],
        by: Option<usize>,
    ) -> Result<Self, String> {
        if by.is_none()
            && let Some(reduced) = arguments[0].reduced(function)?
        {
            return Ok(reduced);
        }
        let grids: Vec<Grid<Jet<N>>> = arguments.iter().map(|open| open.grid.clone()).collect();
        if let Some(grid) = Grid::by_rows(function, &grids) {
            let open = arguments.iter().any(|open| open.rows || open.columns);
            return if open { Err(format!("{function} {OPEN}")) } else { Ok(Self::fixed(grid)) };
        }
        let whole = Self::together(arguments, &mut |entries| {
            let values: Vec<N> = entries.iter().map(|jet| jet.value.clone()).collect();
            let (value, slopes) = function_and_slopes(function, at_kink, &values, &mut Met::new());
            Jet::constant(match by {
                None => value,
                Some(index) => slopes[index].clone(),
            })
        })?;
        match whole.grid.of_loss(function) {
            Some(_) if whole.rows || whole.columns => Err(format!("{function} {OPEN}")),
            Some(loss) => Ok(Self::fixed(loss)),
            None => Ok(whole),
        }
    }

    /// To a power: a whole one by multiplication.
    pub(crate) fn power(&self, exponent: &Self, whole: Option<i64>) -> Result<Self, String> {
        Self::together(&[self, exponent], &mut |two| match whole {
            Some(whole) => two[0].to_whole(whole),
            None => two[0].to_power(two[1]),
        })
    }

    pub(crate) fn binary(&self, operator: char, other: &Self) -> Result<Self, String> {
        if operator == '@' {
            return self.product(other);
        }
        Self::together(&[self, other], &mut |two| match operator {
            '+' => two[0].plus(two[1]),
            '-' => two[0].minus(two[1]),
            '*' => two[0].times(two[1]),
            _ => two[0].over(two[1]),
        })
    }
}

/// Entry by entry in the given shape; a single row or column is repeated.
fn stretched<N: Judge>(
    grids: &[&Grid<Jet<N>>],
    shape: Shape,
    operate: &mut dyn FnMut(&[&Jet<N>]) -> Jet<N>,
) -> Grid<Jet<N>> {
    let (rows, columns) = shape.unwrap_or((1, 1));
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let entry = |(row, column)| {
        let here: Vec<&Jet<N>> = grids.iter().map(|grid| grid.at(row, column)).collect();
        operate(&here)
    };
    Grid { shape, entries: places.map(entry).collect() }
}

/// The value of an expression.
pub(crate) fn evaluate<N: Judge>(
    expression: &Expression,
    lookup: Lookup<'_, N>,
) -> Result<Open<N>, String> {
    match expression {
        Expression::Number(number) => Ok(Open::fixed(Grid::scalar(Jet::of(number)))),
        Expression::Name(name) if name == adjoint::ONES => Ok(Open::ones()),
        Expression::Name(name) => {
            let grid = lookup(name).ok_or(format!("there is no {name}"))?;
            Ok(Open::fixed(grid.map(|value| Jet::constant(value.clone()))))
        }
        Expression::Negate(inner) => {
            let inner = evaluate(inner, lookup)?;
            Open::together(&[&inner], &mut |one| one[0].negated())
        }
        Expression::Transpose(inner) if **inner == Expression::name(adjoint::ONES) => {
            Ok(Open::row_of_ones())
        }
        Expression::Transpose(inner) => Ok(evaluate(inner, lookup)?.transposed()),
        Expression::Binary(Operator::Power, base, exponent) => {
            let base = evaluate(base, lookup)?;
            base.power(&evaluate(exponent, lookup)?, whole(exponent))
        }
        Expression::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, lookup)?, evaluate(right, lookup)?);
            left.binary(operator.symbol().chars().next().unwrap(), &right)
        }
        Expression::Call(call) => called(call, None, lookup),
        Expression::Derivative(call, index) => called(call, Some(*index), lookup),
        Expression::Shown(shown) => Err(format!("{} is no symbol", shown.latex())),
    }
}

fn called<N: Judge>(
    call: &Call,
    by: Option<usize>,
    lookup: Lookup<'_, N>,
) -> Result<Open<N>, String> {
    let arguments = call.arguments.iter().map(|argument| evaluate(argument, lookup));
    let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
    let arguments: Vec<&Open<N>> = arguments.iter().collect();
    Open::call(call.function.name, call.at_kink.as_ref(), &arguments, by)
}

/// The value of an exponent of whole numbers alone.
fn whole(expression: &Expression) -> Option<i64> {
    match expression {
        Expression::Number(number) if number.is_int() => number.numerator().try_into().ok(),
        Expression::Negate(inner) => Some(-whole(inner)?),
        Expression::Binary(Operator::Subtract, left, right) => Some(whole(left)? - whole(right)?),
        _ => None,
    }
}
