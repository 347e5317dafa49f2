//! Runs as Python scripts, for NumPy and PyTorch, and what double precision makes of them.
//!
//! A script is made of the expressions that the engine executes: the model's lines, the
//! adjoints that [`crate::formula::adjoint`] derives from them, the lines of the catalogue's
//! rules and schedules. [`script`] prints them, [`compare`] carries the same lines out in
//! floating point, so that a branch that rounding errors decide is found before a reader
//! runs the script.
//!
//! ```text
//! literal, names, ones   numbers, names and matrices of ones in Python
//! python, function       expressions, and what a library calls each function
//! model, rule, class     the gradients; the update, written out or by a class of torch.optim
//! script                 the whole: start has the data and first values, iteration the loop
//! float, double          the same in floating point; turned and near find other branches
//! ```

mod class;
mod double;
mod float;
mod function;
mod iteration;
mod literal;
mod model;
mod names;
mod near;
mod ones;
mod python;
mod rule;
mod script;
mod start;
mod turned;

pub use double::{Comparison, Difference, Place, compare};
pub use script::{Say, script};
