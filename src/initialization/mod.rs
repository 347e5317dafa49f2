//! Initializers, Monte-Carlo experiments over them, and their theory.
//!
//! Statistics, not proofs: everything here runs in doubles. What makes a result repeatable is
//! that every operation is portable (IEEE 754 arithmetic and `libm`), that every random number
//! comes from a stream with a name, and that every sum has one fixed order whatever the number of
//! threads.

pub mod backward;
pub mod builder;
pub mod data;
pub mod distribution;
pub mod draw;
mod elementwise;
pub mod exact;
pub mod experiment;
#[cfg(test)]
mod experiment_check;
pub mod formula;
pub mod forward;
pub mod generator;
#[cfg(test)]
mod gradient_check;
pub mod kinds;
pub mod matrix;
pub mod measure;
pub mod normal;
pub mod program;
pub mod propagation;
pub mod reader;
pub mod scheme;
pub mod statistics;
pub mod tail;
mod trial;
