//! `camerata policy`: what officers do with a policy folder.

mod check;
mod diff;
mod effects;
mod explain;
mod figures;
mod fmt;
mod matrix;
mod proposals;
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
    Propose(proposals::Propose),
    Proposals(proposals::Proposals),
    Approve(proposals::Approve),
    Refuse(proposals::Refuse),
    Withdraw(proposals::Withdraw),
    Lift(proposals::Lift),
    Log(proposals::Log),
    Show(proposals::Show),
    Restore(proposals::Restore),
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
        Command::Propose(args) => proposals::propose(&args, context),
        Command::Proposals(args) => proposals::proposals(&args, context),
        Command::Approve(args) => proposals::approve(&args, context),
        Command::Refuse(args) => proposals::refuse(&args, context),
        Command::Withdraw(args) => proposals::withdraw(&args, context),
        Command::Lift(args) => proposals::lift(&args, context),
        Command::Log(args) => proposals::log(&args, context),
        Command::Show(args) => proposals::show(&args, context),
        Command::Restore(args) => proposals::restore(&args, context),
        Command::Matrix(args) => matrix::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
    }
}
