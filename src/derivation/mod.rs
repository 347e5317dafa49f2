//! How values follow from one another, in symbols: expression trees that worked solutions
//! print and explanations walk.
//!
//! Nothing here knows how a name or a number is written. Names that stand for no name of
//! the scenario carry a mark: [`ADJOINT`], [`GRADIENT`], and the parts of a batch.

mod batch;
mod branch;
mod gradients;
mod update;

pub(crate) use batch::{of_batch, of_sum, part};
pub(crate) use branch::{calls, decided};
pub(crate) use gradients::{ADJOINT, Gradients, adjoint_of, gradient_of, write_out};
pub(crate) use update::{GRADIENT, condition, norm_of_all, of_numbers};
