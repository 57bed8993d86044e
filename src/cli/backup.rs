//! `camerata backup`: a whole room in one encrypted file, made while it is served.

use super::{
    context::Context,
    environment,
    exit::{Exit, UsageError},
    init::runtime,
    typography as t,
};
use crate::{
    gateway::backup::{self, BackupError, Manifest, Passphrase, Seal, SealError},
    model::SystemClock,
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Back a room up into one encrypted file, while it is served
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File to make; one that is there already is never overwritten
    file: PathBuf,
    /// The room's folder
    #[arg(long, default_value = ".")]
    room: PathBuf,
    /// File whose first line is the passphrase (or the variable CAMERATA_BACKUP_PASSPHRASE)
    #[arg(long, value_name = "FILE", conflicts_with = "recipients")]
    passphrase_file: Option<PathBuf>,
    /// Public key that the backup is for (age1…, from `age-keygen`), instead of a passphrase; repeat it for several
    #[arg(long = "recipient", value_name = "KEY")]
    recipients: Vec<String>,
    /// Print what is in the backup as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be backed up, or the file can't be written.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let seal = seal(args, context)?;
    let bar = bar(context);
    let progress = show(&bar);
    let made = runtime()?.block_on(backup::backup(&args.room, &args.file, &seal, &SystemClock, &progress));
    bar.finish_and_clear();
    match made {
        Ok(manifest) => {
            tell(&manifest, &args.file, args.json, context)?;
            Ok(Exit::Done.into())
        }
        Err(error) => fail(&error, context),
    }
}

fn seal(args: &Args, context: &Context) -> anyhow::Result<Seal> {
    let seal = if args.recipients.is_empty() {
        passphrase(args.passphrase_file.as_deref(), context)?
            .ok_or_else(|| {
                UsageError(
                    context
                        .say(
                            "dites de quoi chiffrer la sauvegarde : --passphrase-file, --recipient, ou la variable CAMERATA_BACKUP_PASSPHRASE",
                            "say what encrypts the backup: --passphrase-file, --recipient, or the variable CAMERATA_BACKUP_PASSPHRASE",
                        )
                        .to_owned(),
                )
            })
            .map(Seal::passphrase)?
    } else {
        Seal::recipients(&args.recipients)
    };
    seal.map_err(|error| words(&error, context))
}

/// The passphrase of a file, else of the environment.
///
/// # Errors
/// When the file can't be read or holds none.
pub(super) fn passphrase(file: Option<&Path>, context: &Context) -> anyhow::Result<Option<Passphrase>> {
    match file {
        Some(file) => Ok(Some(Passphrase::read(file).map_err(|error| words(&error, context))?)),
        None => Ok(environment::read(environment::BACKUP_PASSPHRASE).map(Passphrase::new)),
    }
}

/// The error in the reader's language.
pub(super) fn words(error: &SealError, context: &Context) -> anyhow::Error {
    match context.language {
        crate::model::Language::Fr => anyhow::anyhow!(error.french()),
        crate::model::Language::En => anyhow::anyhow!(error.to_string()),
    }
}

fn fail(error: &BackupError, context: &Context) -> anyhow::Result<ExitCode> {
    let text = error.text();
    if error.is_passing() {
        let title = t::label(context.say("erreur", "error"), context.language);
        context.tell(format_args!("{title} {}", text.get(context.language)));
        return Ok(Exit::TryLater.into());
    }
    anyhow::bail!("{}", text.get(context.language))
}

/// Says what a backup holds, on stdout.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn tell(manifest: &Manifest, file: &Path, json: bool, context: &Context) -> anyhow::Result<()> {
    let size = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    if json {
        let summary = serde_json::json!({
            "file": file, "size": size, "room": manifest.room, "founded": manifest.founded, "taken": manifest.taken,
            "files": manifest.files.len(), "bytes": manifest.bytes(), "newest": manifest.newest,
            "checkpoint": manifest.checkpoint,
        });
        return Ok(context.print_json(&summary)?);
    }
    Ok(context.print(format_args!(
        "{} {}\n{} {}\n{} {}\n{} {} ({})",
        t::label(context.say("Sauvegarde", "Backup"), context.language),
        file.display(),
        t::label(context.say("Salle", "Room"), context.language),
        manifest.room,
        t::label(context.say("Prise le", "Taken"), context.language),
        manifest.taken,
        t::label(context.say("Fichiers", "Files"), context.language),
        t::count(manifest.files.len() as u64, context.language),
        indicatif::BinaryBytes(manifest.bytes()),
    ))?)
}

/// Bytes on stderr, where that is a terminal.
pub(super) fn bar(context: &Context) -> ProgressBar {
    let words = context.say("{bar:30} {percent} % · encore {eta}", "{bar:30} {percent}% · {eta} left");
    let style = ProgressStyle::with_template(words).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// What moves the bar.
pub(super) fn show(bar: &ProgressBar) -> impl Fn(u64, u64) {
    |done, total| {
        if bar.length() != Some(total) {
            bar.set_length(total);
        }
        bar.set_position(done);
    }
}
