//! `camerata upload`: sends a file of hashed identifiers to the room as the new version of an audience.

pub mod summary;
pub mod transfer;

use self::transfer::{Progress, Stream, Transfer, TransferError, UploadState};
use super::{
    connection::{Connection, ConnectionArgs},
    context::Context,
    exit::{Exit, UsageError},
    typography as t,
};
use crate::{
    identity::{
        Profile,
        hashed::{self, HashedOptions, HashedSource},
    },
    model::{AudienceName, ColumnName, PurposeName, Shape},
};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

/// Send a file made by `camerata hash` to the room, as the new version of an audience
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The file: hashed identifiers, CSV or Parquet
    file: PathBuf,
    /// Your member's audience that it becomes the new version of
    #[arg(long, value_name = "NAME", required_unless_present = "resume")]
    audience: Option<AudienceName>,
    /// A list has one row a person; events have many
    #[arg(long, value_parser = shape(), default_value = "list")]
    shape: Shape,
    /// What the audience may be used for (repeat, or separate by commas)
    #[arg(long = "purpose", value_name = "PURPOSE", value_delimiter = ',', required_unless_present = "resume")]
    purposes: Vec<PurposeName>,
    /// The legal basis, or the wording people agreed to
    #[arg(long, value_name = "TEXT", required_unless_present = "resume")]
    legal_basis: Option<String>,
    /// The day the data were collected (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", required_unless_present = "resume")]
    collected: Option<Date>,
    /// The day the room destroys this version (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", required_unless_present = "resume")]
    expires: Option<Date>,
    /// How the identifiers were normalised, where the file's header doesn't say: google, meta or uid2
    #[arg(long)]
    profile: Option<Profile>,
    /// The vocabulary columns to send along
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    columns: Vec<ColumnName>,
    /// Go on with an upload that stopped: the same file, columns and profile as before
    #[arg(long, value_name = "ID", value_parser = upload_id, conflicts_with_all = ["audience", "purposes", "legal_basis", "collected", "expires"])]
    resume: Option<String>,
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

fn shape() -> impl TypedValueParser<Value = Shape> {
    PossibleValuesParser::new(Shape::ALL.map(Shape::as_str)).try_map(|name| name.parse())
}

fn upload_id(text: &str) -> Result<String, String> {
    let sound = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if sound { Ok(text.to_owned()) } else { Err("not the name of an upload".to_owned()) }
}

/// Runs the command.
///
/// # Errors
/// When the file can't be sent, or the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    if let (Some(collected), Some(expires)) = (args.collected, args.expires)
        && expires <= collected
    {
        let words = context.say("--expires doit venir après --collected", "--expires must come after --collected");
        return Err(UsageError(words.to_owned()).into());
    }
    // Everything that can be wrong with the file shows before the room is spoken to.
    let options = HashedOptions { profile: args.profile, columns: args.columns.clone() };
    let source = hashed::open(&args.file, options).map_err(|error| anyhow::anyhow!(error.message(context.language)))?;
    let connection = Connection::open(&args.connection, context)?;
    let state = match &args.resume {
        Some(id) => connection.get::<UploadState>(&format!("/api/v1/uploads/{id}"))?,
        None => begin(args, &source, &connection)?,
    };
    let receipt = deliver(&source, &state, &connection, context).inspect_err(|_| explain(args, &state.id, context))?;
    if args.json {
        context.print_json(&receipt)?;
    } else {
        context.print(summary::render(&connection.understand(receipt)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn begin(args: &Args, source: &HashedSource, connection: &Connection) -> anyhow::Result<UploadState> {
    let body = serde_json::json!({
        "audience": args.audience,
        "shape": args.shape,
        "profile": source.profile(),
        "bytes": source.total_bytes(),
        "columns": source.columns(),
        "purposes": args.purposes,
        "legal_basis": args.legal_basis,
        "collected": args.collected,
        "expires": args.expires,
    });
    Ok(connection.post("/api/v1/uploads", &body)?)
}

fn deliver(
    source: &HashedSource,
    state: &UploadState,
    connection: &Connection,
    context: &Context,
) -> anyhow::Result<serde_json::Value> {
    let bar = bar(source.total_bytes(), context);
    let show = |progress: Progress| {
        bar.set_position(progress.bytes);
        bar.set_message(t::count(progress.rows, context.language));
    };
    let transfer = Transfer { connection, id: &state.id, progress: &show, pause: &thread::sleep };
    let stream = Stream {
        part_bytes: transfer::PART_BYTES,
        reader_at: &|offset| Ok(source.reader_at(offset)? as Box<dyn Read>),
    };
    let bytes = if state.state == "stored" {
        state.offset
    } else {
        transfer.send(&stream, state.offset).map_err(|e| words(e, context))?
    };
    bar.set_message(context.say("la salle range et chiffre…", "the room sorts and encrypts…"));
    let receipt = transfer.complete(bytes)?;
    bar.finish_and_clear();
    Ok(receipt)
}

/// The error in the reader's language; the room's own problems are told by whoever prints errors.
fn words(error: TransferError, context: &Context) -> anyhow::Error {
    match error {
        TransferError::Room(error) => error.into(),
        other => anyhow::anyhow!(other.message(context.language)),
    }
}

/// After a failure: how to go on without sending everything again.
fn explain(args: &Args, id: &str, context: &Context) {
    let mut command = format!("camerata upload {} --resume {id}", quoted(&args.file));
    if let Some(profile) = args.profile {
        command.push_str(&format!(" --profile {profile}"));
    }
    if !args.columns.is_empty() {
        let columns: Vec<&str> = args.columns.iter().map(ColumnName::as_str).collect();
        command.push_str(&format!(" --columns {}", columns.join(",")));
    }
    let words = context.say(
        "L’ancienne version reste en vigueur. Pour reprendre où la salle en est",
        "The old version stays in force. To go on where the room stands",
    );
    context.tell(format_args!("{}\n  {command}", t::label(words, context.language)));
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Bytes and rows on stderr, where that is a terminal.
fn bar(bytes_total: Option<u64>, context: &Context) -> ProgressBar {
    let rows = context.say("rangées", "rows");
    let (bar, template) = match bytes_total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} · {msg} ROWS · {eta}"),
        None => (ProgressBar::new_spinner(), "{spinner} {bytes} {bytes_per_sec} · {msg} ROWS"),
    };
    let style = ProgressStyle::with_template(&template.replace("ROWS", rows));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_shell() {
        assert_eq!(quoted(Path::new("out/abonnes.csv")), "out/abonnes.csv");
        assert_eq!(quoted(Path::new("l'été 2026.csv")), r"'l'\''été 2026.csv'");
    }

    #[test]
    fn an_upload_s_name_can_t_reach_another_path() {
        for bad in ["", "../me", "a/b", "a?b", "a b"] {
            assert!(upload_id(bad).is_err(), "{bad}");
        }
    }
}
