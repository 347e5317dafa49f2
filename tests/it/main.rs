//! Everything that is tested through the library's front door and the command line.

mod yaml;
mod yaml_arbitrary;
