//! Formulas: the expressions in which models, update rules and catalogue entries are written.
//!
//! A formula is read from text ([`parse`]), evaluated exactly ([`Evaluator`]),
//! differentiated in the order in which a person writes the chain rule ([`chain`]),
//! and printed as LaTeX ([`latex`]). The functions that may be called are in
//! [`function`]; how names read as mathematics is in [`notation`].

pub mod adjoint;
pub mod chain;
mod coefficient;
mod evaluate;
mod expression;
pub mod extent;
pub mod function;
pub mod latex;
pub mod notation;
mod parse;
pub mod shape;
mod suggest;

pub use evaluate::{Branch, Decide, Evaluator, Failure, Prove, ZeroOverZero};
pub use expression::{Call, Expression, Operator, Shown};
pub use function::Function;
pub use parse::{Mention, ParseError, Parsed, is_name, parse};
pub use suggest::suggest;
