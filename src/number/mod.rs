//! Exact real numbers: every sign is proved and every printed digit certified.
//!
//! A [`Real`] is a rational number or a polynomial with rational coefficients in
//! *atoms*: square roots, exponentials, reciprocals of sums and the like. Equal
//! forms mean equal values, so a form that reduces to zero is a proof of zero.
//! What the form leaves open is decided by balls, a midpoint and a rigorous
//! radius, at doubling precision; a zero that neither the form nor a separation
//! bound proves is reported as [`Undecided`], never guessed.
//!
//! ```text
//! parse     text -> Rational
//! real      the value and its operations      sum, product, quotient, atom: its form
//! root      square roots                      factor, surd: of integers
//! function  exp, log, sigmoid, tanh, sin, cos, powers
//! evaluate  form -> ball                      ball, analytic, series: the arithmetic
//! decide    signs and comparisons             bound: separation bounds
//! decimal   the only place that rounds        decimal_text, closed_form: how it prints
//! ```
//!
//! Values are immutable, cheap to clone, and may be shared between threads.

mod analytic;
mod atom;
mod ball;
mod bound;
mod closed_form;
mod decide;
mod decimal;
mod decimal_text;
mod evaluate;
mod expansion;
mod factor;
mod fault;
mod function;
mod integer;
mod parse;
mod power;
mod product;
mod quotient;
mod real;
mod root;
mod series;
mod sum;
mod surd;

pub use ball::Ball;
pub use closed_form::ClosedForm;
pub use decimal::{Decimal, Precision, Rounding, round};
pub use decimal_text::{exact_input_latex, trace_decimal};
pub use fault::{Fault, OutOfRange, Sign, Undecided, Undefined};
pub use parse::{ParseNumberError, parse_decimal, parse_exact};
pub use real::Real;

/// A fraction in lowest terms with a positive denominator.
pub type Rational = dashu_ratio::RBig;

/// An integer of any size.
pub type Integer = dashu_int::IBig;
