//! Exact real numbers: every sign is proved and every printed digit certified.
//!
//! A [`Real`] is a rational number or a polynomial with rational coefficients in
//! *atoms*: square roots, exponentials, reciprocals of sums and the like. Equal
//! forms mean equal values, so a form that reduces to zero is a proof of zero.
//! What the form leaves open is decided by balls, a midpoint and a rigorous
//! radius, at doubling precision; a zero that neither the form nor a separation
//! bound proves is reported as [`Undecided`], never guessed.
//!
//! A fraction that grows beyond a limit, and a sum of too many terms, is *sealed*: it goes
//! on as one atom, which balls evaluate at any precision. So digits and signs stay certified
//! however long a run is; what is lost is the proof that two such numbers are equal, where
//! the form does not show it.
//!
//! ```text
//! parse     text -> Rational
//! real      the value and its operators       normal, sum, atom: its form; lazy: what waits
//!                                             for one; rational: fractions
//! product   expand, common: multiplying out   quotient, root, power, function, logarithmic:
//!                                             the rest
//! surd      square roots of integers          factor, montgomery: their factors
//! evaluate  form -> ball                      ball, analytic, series: their arithmetic
//! decide    signs and comparisons             double: in doubles; zero: multiplied out;
//!                                             bound: proofs of zero
//! decimal   the only place that rounds        decimal_text, closed_form: how it prints;
//!                                             ending: how long it is
//! ```
//!
//! Values are immutable, cheap to clone, and may be shared between threads.
//!
//! ```
//! use gradsheet::number::{Precision, Real, Rounding, parse_decimal, round};
//!
//! // One step of Adam without bias correction: w = 1 - 1.5 / sqrt(18).
//! let step = Real::from(parse_decimal("1.5")?).checked_div(&Real::from(18).sqrt()?)?;
//! let w = Real::one() - step;
//! assert_eq!(w.closed_form().unwrap().to_text(), "1 - 1/4*sqrt(2)");
//! let shown = round(&w, Precision::Decimals(2), Rounding::HalfUp)?;
//! assert_eq!((shown.to_plain('.').as_str(), shown.exact), ("0.65", false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Implements an operator for all combinations of values and references.
macro_rules! operator {
    ($number:ident, $trait:ident, $method:ident, $function:path) => {
        impl $trait<&$number> for &$number {
            type Output = $number;
            fn $method(self, other: &$number) -> $number {
                $function(self, other)
            }
        }
        impl $trait<$number> for &$number {
            type Output = $number;
            fn $method(self, other: $number) -> $number {
                $function(self, &other)
            }
        }
        impl $trait<&$number> for $number {
            type Output = $number;
            fn $method(self, other: &$number) -> $number {
                $function(&self, other)
            }
        }
        impl $trait<$number> for $number {
            type Output = $number;
            fn $method(self, other: $number) -> $number {
                $function(&self, &other)
            }
        }
    };
}

mod analytic;
mod atom;
mod ball;
mod ball_arithmetic;
mod bound;
mod closed_form;
mod common;
mod decide;
mod decimal;
mod decimal_text;
mod double;
pub mod ending;
mod evaluate;
mod expand;
mod factor;
mod fault;
mod function;
mod integer;
mod lazy;
mod logarithmic;
mod montgomery;
mod normal;
mod parse;
mod power;
mod product;
mod quotient;
mod rational;
mod real;
mod root;
mod series;
mod sum;
mod surd;
mod zero;

pub use ball::Ball;
pub use closed_form::ClosedForm;
pub use decimal::{Decimal, Precision, Rounding, round};
pub use decimal_text::{exact_input_latex, exact_input_text, trace_decimal};
pub use fault::{Fault, OutOfRange, Question, Sign, Undecided, Undefined};
pub use parse::{ParseNumberError, parse_decimal, parse_exact};
pub use real::Real;

/// A fraction in lowest terms with a positive denominator.
pub type Rational = dashu_ratio::RBig;

/// An integer of any size.
pub type Integer = dashu_int::IBig;
