//! `camerata restore`: makes a room from a backup.

use super::{
    backup::{bar, passphrase, show, tell, words},
    context::Context,
    exit::{Exit, UsageError},
    init::runtime,
};
use crate::{
    gateway::backup::{self, Opener},
    model::SystemClock,
};
use std::{path::PathBuf, process::ExitCode};

/// Make a room from a backup, in a new folder
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup
    file: PathBuf,
    /// New or empty folder
    folder: PathBuf,
    /// File whose first line is the passphrase (or the variable CAMERATA_BACKUP_PASSPHRASE)
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
    /// File of private keys, as `age-keygen` makes it, for a backup made with --recipient
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Print what was in the backup as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the backup can't be opened or isn't sound, or the folder can't be made; nothing is left of it then.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let opener = opener(args, context)?;
    let bar = bar(context);
    let progress = show(&bar);
    let made = runtime()?.block_on(backup::restore(&args.file, &args.folder, &opener, &SystemClock, &progress));
    bar.finish_and_clear();
    let manifest = made.map_err(|error| anyhow::anyhow!("{}", error.text().get(context.language)))?;
    tell(&manifest, &args.file, args.json, context)?;
    let folder = args.folder.display();
    context.tell(format_args!(
        "{} {folder}\n{}",
        context.say("Salle restaurée :", "Room restored:"),
        context.say(
            "Avant qu’elle s’ouvre, il faut la comparer à ce qui a été dépensé depuis cette sauvegarde.",
            "Before it opens, it has to be compared with what was spent since that backup.",
        ),
    ));
    Ok(Exit::Done.into())
}

fn opener(args: &Args, context: &Context) -> anyhow::Result<Opener> {
    if let Some(file) = &args.identity {
        return Opener::identities(file).map_err(|error| words(&error, context));
    }
    let passphrase = passphrase(args.passphrase_file.as_deref(), context)?;
    let missing = || {
        let words = context.say(
            "dites de quoi ouvrir la sauvegarde : --passphrase-file, --identity, ou la variable CAMERATA_BACKUP_PASSPHRASE",
            "say what opens the backup: --passphrase-file, --identity, or the variable CAMERATA_BACKUP_PASSPHRASE",
        );
        UsageError(words.to_owned())
    };
    Ok(passphrase.map(Opener::Passphrase).ok_or_else(missing)?)
}
