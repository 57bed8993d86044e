//! `camerata audit rotate`: on the machine that keeps the room.

use super::{context::Context, exit::Exit, init::runtime};
use crate::{gateway, model::SystemClock};
use std::{path::PathBuf, process::ExitCode};

/// Give the log of a room that isn't served a new signing key, which the old one names
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room's folder
    #[arg(long)]
    room: PathBuf,
}

/// Runs the command; the new public key is printed alone on stdout.
///
/// # Errors
/// When the room is served, damaged or set back, or can't be written.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let key = runtime()?.block_on(gateway::rotate(&args.room, &SystemClock))?;
    context.print(key)?;
    context.tell(context.say(
        "La clé a changé : l’ancienne désigne la nouvelle dans le journal, et ce qu’elle a signé tient toujours. Les commandes des membres suivent d’elles-mêmes. Si plusieurs machines servent la salle, copiez-y keys/signing.key.",
        "The key has changed: the old one names the new one in the log, and what it signed still holds. Members' commands follow by themselves. If several machines serve the room, copy keys/signing.key to them.",
    ));
    Ok(Exit::Done.into())
}
