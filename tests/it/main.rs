//! Everything that is tested through the library's front door and the command line.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in their helpers")]

mod cli;
mod derivation;
mod golden;
mod handout;
mod invalid;
mod layering;
mod shipped;
mod yaml;
mod yaml_arbitrary;
