//! `camerata audit`: what members check of the room's log, without trusting the room.

mod cosign;
mod export;
mod list;
mod trust;
mod verify;
mod words;

use super::{connection::RoomArgs, context::Context};
use std::process::ExitCode;

/// Check, list and export the room's audit log
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Verify the whole log: through the API without trusting the room, or with --room on the machine that keeps it
    Verify(verify::Args),
    /// List the entries that concern your member
    List(list::Args),
    /// Write the entries that concern your member to a file
    Export(export::Args),
    /// Show the newest checkpoint, as a signed note
    Checkpoint(RoomArgs),
    /// Show what this machine keeps of the room's log, or take the room at its word again
    Trust(trust::Args),
    /// Vouch for the log's newest checkpoint, as an officer: with a key of your own, once it extends what this machine saw
    Cosign(cosign::Args),
    #[cfg(feature = "server")]
    Accept(crate::cli::verify::AcceptArgs),
    #[cfg(feature = "server")]
    Rotate(crate::cli::rotate::Args),
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached, refuses, or isn't to be trusted any more.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Verify(args) => verify::run(&args, context),
        Command::List(args) => list::run(&args, context),
        Command::Export(args) => export::run(&args, context),
        Command::Checkpoint(args) => trust::checkpoint(&args, context),
        Command::Trust(args) => trust::run(&args, context),
        Command::Cosign(args) => cosign::run(&args, context),
        #[cfg(feature = "server")]
        Command::Accept(args) => crate::cli::verify::accept(&args, context),
        #[cfg(feature = "server")]
        Command::Rotate(args) => crate::cli::rotate::run(&args, context),
    }
}
