//! The functions that a formula may call.
//!
//! A function is *primitive* (exp, log, square root, sigmoid, …: the number tower
//! evaluates it), or its value is a formula over other functions: one formula, or one
//! for each *case*. The signs of one or two kinks decide on the case, in their order
//! from left to right:
//!
//! ```text
//! case        0          1          2          3          4
//!         first < 0  first = 0     …      second = 0  second > 0
//! ```
//!
//! A loss applies such a formula entry by entry to prediction and target, and takes the
//! sum or the mean. A row function (softmax) takes each row of a matrix as a whole. The
//! derivative is a formula too, by argument. The engine, the worked solutions and the
//! derivations all read the one table in `table`.

mod row;
mod table;

use std::sync::OnceLock;

use super::parse::parse_entry;
use super::{Call, Expression, Operator};
use crate::number::{Rational, Real};

pub use row::Rows;
pub use table::all;
pub(super) use table::internal;

/// One function, and its formulas once they are read.
#[derive(Debug)]
pub struct Function {
    entry: Entry,
    compiled: OnceLock<Compiled>,
}

/// What the table says of a function: its value and its derivatives.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name in the scenario language.
    pub name: &'static str,
    /// Its name in LaTeX.
    pub latex: &'static str,
    /// The names of its arguments in its formulas.
    pub parameters: &'static [&'static str],
    /// Numbers in its formulas that have names.
    pub constants: &'static [Constant],
    /// How its value comes about.
    pub body: Body,
    /// What is taken of the body's entries: a loss is one number.
    pub total: Option<Reduction>,
    /// The derivative by each argument, of one entry.
    pub derivatives: &'static [Derivative],
    /// The derivatives at a kink where `at_kink` chooses `slope`; none if it may not.
    pub chosen: &'static [&'static str],
    /// How it is written.
    pub layout: Layout,
    /// The value by other functions: how a call of numbers is written out, and what
    /// runs in floating point.
    pub written: Written,
}

impl std::ops::Deref for Function {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

/// A number in a function's formulas.
#[derive(Debug, Clone, Copy)]
pub struct Constant {
    /// Its name in the formulas.
    pub name: &'static str,
    /// Its value where the call gives none.
    pub value: &'static str,
    /// Whether a call may give it, and which values.
    pub given: Given,
}

/// What a call may say of a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Nothing: it belongs to the function.
    Never,
    /// Any number.
    Any,
    /// A number above 0.
    Positive,
}

/// How a value comes about.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// Evaluated by the number tower.
    Primitive(Primitive),
    /// Formulas, one for each case.
    Cases {
        /// The formulas whose signs decide; none for a single formula.
        kinks: &'static [&'static str],
        /// The value in each case.
        values: &'static [&'static str],
        /// What the branch is called in each case.
        branches: &'static [&'static str],
    },
    /// One number from all entries of a matrix.
    Reduction(Reduction),
    /// A function of each row of a matrix.
    Row(Row),
}

/// What becomes of the entries of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The Euclidean (Frobenius) norm.
    Norm,
}

/// Functions of a row, applied to each row of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// e^zⱼ / Σ e^zₖ
    Softmax,
    /// zⱼ − ln Σ e^zₖ
    LogSoftmax,
    /// −Σ yⱼ log_softmax(z)ⱼ, the mean over rows.
    CrossEntropy,
}

/// The functions that the number tower evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    /// eˣ
    Exp,
    /// The natural logarithm.
    Log,
    /// The square root.
    Sqrt,
    /// 1/(1 + e⁻ᶻ)
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// The sine.
    Sin,
    /// The cosine.
    Cos,
    /// ln(1 + eᶻ)
    Softplus,
    /// The distribution function of the standard normal distribution.
    Phi,
}

impl Primitive {
    /// The value in double precision, for plots and for what doubles make of a run; what is
    /// printed as certain comes from the number tower.
    pub fn double(self, z: f64) -> f64 {
        match self {
            Self::Exp => libm::exp(z),
            Self::Log => libm::log(z),
            Self::Sqrt => z.sqrt(),
            Self::Sigmoid => 1.0 / (1.0 + libm::exp(-z)),
            Self::Tanh => libm::tanh(z),
            Self::Sin => libm::sin(z),
            Self::Cos => libm::cos(z),
            Self::Softplus => z.max(0.0) + libm::log1p(libm::exp(-z.abs())),
            Self::Phi => 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2),
        }
    }
}

/// The derivative by one argument.
#[derive(Debug, Clone, Copy)]
pub enum Derivative {
    /// One formula everywhere, put in at once where a derivative is printed.
    Formula(&'static str),
    /// One formula everywhere, printed with a prime: σ′(z).
    Primed(&'static str),
    /// One formula for each case, printed with a prime.
    Cases(&'static [&'static str]),
    /// One formula for each case, printed by the derivatives of other functions.
    Through(&'static str, &'static [&'static str]),
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `name(argument)`
    Call,
    /// Under a root sign.
    Root,
    /// Between bars.
    Bars,
    /// Between double bars.
    Norm,
}

/// The same value by other functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// How one entry is computed; empty for a primitive.
    pub entry: &'static str,
    /// How a call of numbers is printed; empty for the call itself.
    pub number: &'static str,
    /// How a call of matrices is printed; empty for the call itself.
    pub matrix: &'static str,
    /// How one entry is explained; empty for what needs no words, or has cases.
    pub meaning: &'static str,
}

#[derive(Debug)]
struct Compiled {
    kinks: Vec<Expression>,
    values: Vec<Expression>,
    derivatives: Vec<Vec<Expression>>,
    symbols: Vec<Option<Expression>>,
    chosen: Vec<Expression>,
    entry: Option<Expression>,
    number: Option<Expression>,
    matrix: Option<Expression>,
    meaning: Option<Expression>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The function of that name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().iter().find(|function| function.name == name && function.form().is_none())
}

/// The function that a call with `form=` means: `gelu(z, form=tanh)`.
pub fn find_form(name: &str, form: &str) -> Option<&'static Function> {
    let plain = find(name)?;
    let forms = all().iter().filter(|other| other.form().is_some_and(|(base, _)| base == name));
    match forms.clone().find(|other| other.form().is_some_and(|(_, own)| own == form)) {
        None if form == "erf" && forms.count() > 0 => Some(plain),
        found => found,
    }
}

impl Function {
    fn new(entry: Entry) -> Self {
        Self { entry, compiled: OnceLock::new() }
    }

    /// Whether `at_kink` may choose a derivative.
    pub fn has_kink(&self) -> bool {
        !self.chosen.is_empty()
    }

    /// Where it is from; empty for what every textbook has.
    pub fn source(&self) -> &'static str {
        let found = table::SOURCES.iter().find(|(name, _)| *name == self.called());
        found.map_or("", |(_, source)| source)
    }

    /// The function of which this is another form, and that form's name.
    pub fn form(&self) -> Option<(&'static str, &'static str)> {
        self.name.split_once('/')
    }

    /// The name that a call begins with.
    pub fn called(&self) -> &'static str {
        self.form().map_or(self.name, |(name, _)| name)
    }

    /// Whether it stands at the end of a layer.
    pub fn is_activation(&self) -> bool {
        table::ACTIVATIONS.contains(&self.called())
    }

    /// Whether one number comes of a whole matrix.
    pub fn reduces(&self) -> Option<Reduction> {
        match self.body {
            Body::Reduction(kind) => Some(kind),
            Body::Primitive(_) | Body::Cases { .. } | Body::Row(_) => None,
        }
    }

    /// Whether it takes each row as a whole.
    pub fn row(&self) -> Option<Row> {
        match self.body {
            Body::Row(kind) => Some(kind),
            Body::Primitive(_) | Body::Cases { .. } | Body::Reduction(_) => None,
        }
    }

    /// Whether it compares a prediction with a target, and gives one number.
    pub fn is_loss(&self) -> bool {
        self.total.is_some() || self.row() == Some(Row::CrossEntropy)
    }

    /// Whether the value is one number, whatever the arguments are.
    pub fn gives_number(&self) -> bool {
        self.reduces().is_some() || self.is_loss()
    }

    /// The formulas whose signs decide, in terms of [`Entry::parameters`].
    pub fn kinks(&'static self) -> &'static [Expression] {
        &self.compiled().kinks
    }

    /// Where a kink is, for a function of one argument.
    pub fn kink_point(&'static self, kink: usize) -> Rational {
        match self.kinks().get(kink) {
            Some(Expression::Binary(Operator::Add, _, right)) => -value(right),
            Some(Expression::Binary(Operator::Subtract, _, right)) => value(right),
            _ => Rational::ZERO,
        }
    }

    /// Whether the value stays the same in a case, so that the derivative is 0.
    pub fn is_constant(&'static self, case: usize) -> bool {
        self.value(case)
            .is_some_and(|value| matches!(value, Expression::Number(_) | Expression::Negate(_)))
            && self.derivative(0, case) == &Expression::integer(0)
    }

    /// The formula by which the function is explained.
    pub fn meaning(&'static self) -> Option<&'static Expression> {
        self.compiled().meaning.as_ref()
    }

    /// The formula of the value in a case; none of a primitive function.
    pub fn value(&'static self, case: usize) -> Option<&'static Expression> {
        self.compiled().values.get(case)
    }

    /// The formula of the derivative by argument `argument` in a case.
    pub fn derivative(&'static self, argument: usize, case: usize) -> &'static Expression {
        let row = &self.compiled().derivatives[argument];
        row.get(case).unwrap_or(&row[0])
    }

    /// The formula by which a derivation prints the derivative; none where it prints
    /// with a prime.
    pub fn symbol(&'static self, argument: usize) -> Option<&'static Expression> {
        self.compiled().symbols[argument].as_ref()
    }

    /// The derivative at a kink if `slope` is chosen there.
    pub fn chosen_slope(&'static self, argument: usize) -> Option<&'static Expression> {
        self.compiled().chosen.get(argument)
    }

    /// The constants' values where a call gives none.
    pub fn defaults(&self) -> Vec<Rational> {
        self.constants.iter().map(|constant| number(constant.value)).collect()
    }

    /// One entry's value by other functions.
    pub fn entry(&'static self) -> Option<&'static Expression> {
        self.compiled().entry.as_ref()
    }

    /// How a call is written out, of numbers or of matrices.
    pub fn written_out(&'static self, matrix: bool) -> Option<&'static Expression> {
        let compiled = self.compiled();
        if matrix { compiled.matrix.as_ref() } else { compiled.number.as_ref() }
    }

    /// The name of the branch in a case; empty for a function without branches.
    pub fn branch(&self, case: usize) -> &'static str {
        match self.body {
            Body::Primitive(_) | Body::Reduction(_) | Body::Row(_) => "",
            Body::Cases { branches, .. } => branches.get(case).copied().unwrap_or_default(),
        }
    }

    fn compiled(&'static self) -> &'static Compiled {
        self.compiled.get_or_init(|| {
            let list = |texts: &[&str]| texts.iter().map(|text| entry(text)).collect::<Vec<_>>();
            let (kinks, values) = match self.body {
                Body::Primitive(_) | Body::Reduction(_) | Body::Row(_) => (Vec::new(), Vec::new()),
                Body::Cases { kinks, values, .. } => (list(kinks), list(values)),
            };
            let derivatives = self.derivatives.iter().map(|derivative| match derivative {
                Derivative::Formula(text) | Derivative::Primed(text) => vec![entry(text)],
                Derivative::Cases(texts) | Derivative::Through(_, texts) => list(texts),
            });
            let symbols = self.derivatives.iter().map(|derivative| match derivative {
                Derivative::Formula(text) | Derivative::Through(text, _) => Some(entry(text)),
                Derivative::Primed(_) | Derivative::Cases(_) => None,
            });
            let optional = |text: &str| (!text.is_empty()).then(|| entry(text));
            Compiled {
                kinks,
                values,
                derivatives: derivatives.collect(),
                symbols: symbols.collect(),
                chosen: list(self.chosen),
                entry: optional(self.written.entry),
                number: optional(self.written.number),
                matrix: optional(self.written.matrix),
                meaning: optional(self.written.meaning),
            }
        })
    }
}

impl Call {
    /// A call that says nothing of constants and kinks.
    pub fn new(function: &'static Function, arguments: Vec<Expression>) -> Self {
        let constants = function.defaults();
        Self { function, arguments, constants, at_kink: None, matrix: false, unit_target: false }
    }

    /// A formula of the function's, with the call's own arguments put in.
    pub fn put_into(&self, formula: &Expression) -> Expression {
        formula.map(&mut |node| match node {
            Expression::Name(name) => {
                let place = self.function.parameters.iter().position(|known| known == name);
                place.map(|index| self.arguments[index].clone()).or_else(|| self.constant(name))
            }
            // What is chosen at a kink holds for the functions that the formula names.
            Expression::Derivative(inner, index) if self.at_kink.is_some() => {
                let arguments = inner.arguments.iter().map(|inner| self.put_into(inner)).collect();
                let at_kink = self.at_kink.clone();
                Some(Expression::Derivative(Call { arguments, at_kink, ..inner.clone() }, *index))
            }
            _ => None,
        })
    }

    /// A formula of the function's as a reader sees it: with the constants that a call may
    /// give, and the names of the others.
    pub fn explained(&self, formula: &Expression) -> Expression {
        let is_one = |side: &Expression| *side == Expression::integer(1);
        let given = formula.map(&mut |node| match node {
            Expression::Name(name) => {
                let mut known = self.function.constants.iter();
                known.find(|constant| constant.name == name && constant.given != Given::Never)?;
                self.constant(name)
            }
            _ => None,
        });
        let mut expression = given;
        loop {
            let simpler = expression.map(&mut |node| match node {
                Expression::Binary(Operator::Multiply, left, right) if is_one(left) => {
                    Some((**right).clone())
                }
                _ => None,
            });
            if simpler == expression {
                return simpler;
            }
            expression = simpler;
        }
    }

    /// The constants that differ from what they are where a call says nothing.
    pub(super) fn own_constants(&self) -> impl Iterator<Item = &Rational> {
        let pairs = self.constants.iter().zip(self.function.defaults());
        pairs.filter(|(own, default)| *own != default).map(|(own, _)| own)
    }

    /// The constants that stand beside the function's name: those that a call may give,
    /// but for a 1 that the function is known by.
    pub(super) fn printed_constants(&self) -> impl Iterator<Item = &Rational> {
        let plain = |known: &Constant, own: &Rational| {
            known.given == Given::Never || (*own == Rational::ONE && !self.function.is_loss())
        };
        let pairs = self.function.constants.iter().zip(&self.constants);
        pairs.filter(move |(known, own)| !plain(known, own)).map(|(_, own)| own)
    }

    fn constant(&self, name: &str) -> Option<Expression> {
        let place = self.function.constants.iter().position(|constant| constant.name == name)?;
        self.constants.get(place).map(|value| Expression::Number(value.clone()))
    }

    /// What a name in the function's formulas stands for, given its arguments.
    pub(super) fn bound(&self, name: &str, arguments: &[Real]) -> Real {
        let place = self.function.parameters.iter().position(|parameter| *parameter == name);
        if let Some(value) = place.and_then(|index| arguments.get(index)) {
            return value.clone();
        }
        match (self.constant(name), name, &self.at_kink) {
            (Some(Expression::Number(value)), ..) => Real::from(value),
            (_, "pi", _) => Real::pi(),
            (_, "slope", Some(slope)) => Real::from(slope.clone()),
            _ => Real::zero(),
        }
    }
}

/// A formula of this table. A test parses them all, so none can fail at run time.
fn entry(text: &str) -> Expression {
    parse_entry(text).map_or_else(|_| Expression::integer(0), |parsed| parsed.expression)
}

fn value(expression: &Expression) -> Rational {
    super::chain::number(expression).map_or(Rational::ZERO, |(value, _)| value)
}

fn number(text: &str) -> Rational {
    crate::number::parse_decimal(text).unwrap_or(Rational::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_of_the_table_parses_and_mentions_only_its_parameters() {
        for function in all() {
            let mut texts = function.chosen.to_vec();
            texts.extend([
                function.written.entry,
                function.written.number,
                function.written.matrix,
                function.written.meaning,
            ]);
            if let Body::Cases { kinks, values, branches } = function.body {
                assert_eq!(values.len(), 2 * kinks.len() + 1, "{}", function.name);
                assert!(kinks.is_empty() || branches.len() == values.len(), "{}", function.name);
                texts.extend(kinks);
                texts.extend(values);
            }
            for derivative in function.derivatives {
                match derivative {
                    Derivative::Formula(text) | Derivative::Primed(text) => texts.push(text),
                    Derivative::Cases(cases) => texts.extend(*cases),
                    Derivative::Through(text, cases) => {
                        texts.push(text);
                        texts.extend(*cases);
                    }
                }
            }
            assert_eq!(function.derivatives.len(), function.parameters.len(), "{}", function.name);
            let constants = function.constants.iter().map(|constant| constant.name);
            let known: Vec<&str> = constants
                .chain(["pi", "slope"])
                .chain(function.parameters.iter().copied())
                .collect();
            for text in texts.into_iter().filter(|text| !text.is_empty()) {
                let parsed =
                    parse_entry(text).unwrap_or_else(|_| panic!("{}: {text}", function.name));
                for mention in parsed.names {
                    assert!(known.contains(&mention.name.as_str()), "{}: {text}", function.name);
                }
            }
        }
    }

    #[test]
    fn forms_are_found_by_their_option_alone() {
        assert!(find("gelu/tanh").is_none());
        assert_eq!(find_form("gelu", "tanh").map(Function::called), Some("gelu"));
        assert_eq!(find_form("gelu", "erf").map(|function| function.name), Some("gelu"));
        assert!(find_form("gelu", "sin").is_none() && find_form("relu", "erf").is_none());
    }
}
