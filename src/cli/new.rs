//! `gradsheet new`: a commented example to start from.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, files};

const EXAMPLE: &str = include_str!("../../templates/new/neuron.yaml");

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder to make
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = arguments.folder.join("neuron.yaml");
    if path.exists() {
        return Err(Failure::Input(format!(
            "{} is there already; it stays as it is",
            path.display()
        )));
    }
    files::write(&arguments.folder, &[(path.clone(), EXAMPLE.into())])?;
    eprintln!("{} is made; go on with:\n  gradsheet render {}", path.display(), path.display());
    Ok(())
}
