//! `camerata completions`: what the shell needs to complete our commands.

use super::{context::Context, exit::Exit};
use std::process::ExitCode;

/// Print completions for a shell: `camerata completions bash > ~/.local/share/bash-completion/completions/camerata`
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Runs the command.
///
/// # Errors
/// When stdout can't be written.
pub fn run(args: &Args, mut command: clap::Command, context: &Context) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "camerata", &mut script);
    context.print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Done.into())
}
