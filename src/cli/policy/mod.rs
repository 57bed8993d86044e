//! `camerata policy`: what officers do with a policy folder.

mod check;
mod diff;
mod explain;
mod figures;
mod fmt;
mod matrix;
mod report;
#[cfg(test)]
mod spoilt;
mod test;
mod words;

pub(super) use report::localised;

use super::context::Context;
use clap::Subcommand;
use std::process::ExitCode;

/// Check, test, read and format a policy folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Test(test::Args),
    Fmt(fmt::Args),
    Matrix(matrix::Args),
    Diff(diff::Args),
    Explain(explain::Args),
}

/// Runs the command.
///
/// # Errors
/// When the terminal can't be written to.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check(args) => check::run(&args, context),
        Command::Test(args) => test::run(&args, context),
        Command::Fmt(args) => fmt::run(&args, context),
        Command::Matrix(args) => matrix::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
    }
}
