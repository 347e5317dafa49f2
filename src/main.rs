//! The command line: a thin shell over the library.

#![allow(clippy::print_stdout, reason = "standard output carries what was asked for")]

mod cli;

/// Formulas and expressions are many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
