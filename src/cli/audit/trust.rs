//! `camerata audit trust` and `checkpoint`: what this machine keeps of the room's log.

use crate::{
    cli::{
        connection::{Connection, ConnectionArgs, RoomArgs},
        context::Context,
        exit::Exit,
    },
    proof::Checkpoint,
};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// Forget what was seen and take the room at its word again: after a restore that an officer accepted
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Shows the newest checkpoint.
///
/// # Errors
/// When the room can't be reached or isn't to be trusted any more.
pub(super) fn checkpoint(args: &RoomArgs, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.connection, context)?;
    let shown: Value = connection.get("/api/v1/audit/checkpoint")?;
    if args.json {
        context.print_json(&shown)?;
    } else {
        context.print(shown.get("checkpoint").and_then(Value::as_str).unwrap_or_default().trim_end())?;
    }
    Ok(Exit::Done.into())
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or isn't to be trusted any more.
pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::unwatched(&args.connection, context)?;
    if args.again {
        connection.forget()?;
    }
    let Some((kept, checkpoint)) = connection.watch()? else {
        context.tell(context.say("La salle ne montre pas de journal.", "The room shows no log."));
        return Ok(Exit::Done.into());
    };
    context.print(told(&kept.key, &checkpoint, context))?;
    Ok(Exit::Done.into())
}

fn told(key: &str, checkpoint: &Checkpoint, context: &Context) -> String {
    let rows = [
        (context.say("Journal", "Log"), checkpoint.origin.clone()),
        (context.say("Entrées", "Entries"), checkpoint.size.to_string()),
        (context.say("Racine", "Root"), hex::encode(checkpoint.root)),
        (context.say("Clé", "Key"), key.to_owned()),
    ];
    let rows: Vec<String> = rows.iter().map(|(name, value)| format!("{name:<8} {value}")).collect();
    rows.join("\n")
}

/// What a checkpoint says, as JSON.
pub(super) fn as_json(key: &str, checkpoint: &Checkpoint) -> Value {
    json!({ "origin": checkpoint.origin, "size": checkpoint.size, "root": hex::encode(checkpoint.root), "key": key })
}
