//! Everything that is tested through the library's front door and the command line.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in their helpers")]

mod adjoint;
mod catalogue;
mod cli;
mod code;
mod course;
mod data;
mod decimals;
mod derivation;
mod dual;
mod experiment;
mod explain;
mod explore;
mod functions;
mod golden;
mod gradient;
mod handout;
mod harmless;
mod hostile;
mod invalid;
mod labels;
mod language;
mod layering;
mod matrix;
mod mdbook;
mod mistakes;
mod number;
mod optimizers;
mod pages_arbitrary;
mod papers;
mod plots;
mod random;
mod reference;
mod review;
mod runs;
mod schema;
mod shipped;
mod site;
mod solutions;
mod variants;
mod witness;
mod yaml;
mod yaml_arbitrary;
