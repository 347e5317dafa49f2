//! `gradsheet completions`: what a shell completes the command line by.

use std::io::Write as _;

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::Failure;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Where each shell looks for it:\n  \
        bash        gradsheet completions bash > ~/.local/share/bash-completion/completions/gradsheet\n  \
        fish        gradsheet completions fish > ~/.config/fish/completions/gradsheet.fish\n  \
        zsh         gradsheet completions zsh > ~/.zfunc/_gradsheet\n              \
                    with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc\n  \
        elvish      gradsheet completions elvish >> ~/.config/elvish/rc.elv\n  \
        PowerShell  gradsheet completions powershell >> $PROFILE\n\n\
        bash needs its package bash-completion for that. A new shell has it; after an update of \
        gradsheet, print it again.")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut command = super::Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, name, &mut script);
    // A reader that has seen enough, such as `head`, may close the pipe.
    let _ = std::io::stdout().write_all(&script);
    Ok(())
}
