//! `camerata init`: founds an empty room.

use super::{context::Context, exit::Exit};
use crate::{database::Place, gateway, model::SystemClock};
use std::{path::PathBuf, process::ExitCode};

/// The stack of each thread.
const STACK_BYTES: usize = 16 << 20;

/// Found an empty room: keys, database, agreements and templates to start from
#[derive(Debug, clap::Args)]
pub struct Args {
    /// New or empty folder
    dir: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the folder isn't empty or something can't be written.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let place = runtime()?.block_on(gateway::found(&args.dir, &SystemClock))?;
    let dir = args.dir.display();
    if matches!(&place, Place::Server(url) if url.has_password()) {
        context.tell(context.say(
            "L’adresse de la base a un mot de passe et n’est donc pas dans camerata.toml : donnez-la aussi à chaque commande qui suit.",
            "The database's address holds a password and is therefore not in camerata.toml: give it to each command that follows as well.",
        ));
    }
    context.tell(format_args!(
        "{} {dir}\n{}\n  camerata token --room {dir} --member festival --user nom --role marketer\n  camerata serve --room {dir}",
        context.say("Salle fondée :", "Room founded:"),
        context.say(
            "Adaptez policies/, gardez keys/ à l’abri des regards (« camerata backup » les chiffre avec le reste) ; puis :",
            "Adapt policies/, keep keys/ out of sight (`camerata backup` encrypts them with the rest); then:"
        ),
    ));
    Ok(Exit::Done.into())
}

/// The asynchronous runtime of the room's own commands.
///
/// # Errors
/// When the system gives no threads.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    // Policies and templates are trees, which are walked by recursion; memory is taken only as far as it is used.
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK_BYTES).enable_all().build()
}
