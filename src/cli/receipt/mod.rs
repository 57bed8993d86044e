//! `camerata receipt`: the room's signed statement of what was asked; kept, and checked without the room.

mod verify;

use super::{
    connection::{Connection, ConnectionArgs},
    context::Context,
    exit::{Exit, UsageError},
};
use anyhow::Context as _;
use serde_json::Value;
use std::{fs::File, io::Write, path::PathBuf, process::ExitCode};

/// Keep the receipt of an answer, or verify one without the room
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// The answer, by its number (see `camerata answers`)
    #[arg(required = true, value_name = "ANSWER")]
    answer: Option<i64>,
    /// The file to write; it must not be there yet
    #[arg(required = true, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Verify a receipt, offline: who signed it, what was asked and at what loss, and that the log contains it
    Verify(verify::Args),
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses, or a file can't be read or written.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    if let Some(Command::Verify(args)) = &args.command {
        return verify::run(args, context);
    }
    let (Some(answer), Some(path)) = (args.answer, &args.file) else {
        let words = context.say("nommez la réponse et le fichier", "name the answer and the file");
        return Err(UsageError(words.into()).into());
    };
    let connection = Connection::open(&args.connection, context)?;
    let receipt: Value = connection.get(&format!("/api/v1/answers/{answer}/receipt"))?;
    let place = || path.display().to_string();
    let mut file = File::create_new(path).with_context(place)?;
    writeln!(file, "{receipt:#}").and_then(|()| file.sync_all()).with_context(place)?;
    context.tell(format_args!("{} {}", context.say("Reçu gardé dans", "Receipt kept in"), path.display()));
    Ok(Exit::Done.into())
}
