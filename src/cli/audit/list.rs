//! `camerata audit list`, and the reading of entries that its neighbours share.

use super::words;
use crate::{
    cli::{
        connection::{Connection, ConnectionError, RoomArgs},
        context::Context,
        exit::Exit,
    },
    proof::Entry,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Which entries.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Filter {
    /// Only entries from this place in the log on
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    from: u64,
    /// Only this kind of entry: charged, answered, upload-stored, policy-published, …
    #[arg(long, value_name = "KIND")]
    what: Option<String>,
    /// Only entries that name this audience, member or user
    #[arg(long, value_name = "TEXT")]
    about: Option<String>,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Deserialize)]
struct Page {
    entries: Vec<String>,
    next: Option<u64>,
}

/// Every entry that the member may read and the filter lets through, byte for byte and read.
pub(super) fn entries(connection: &Connection, filter: &Filter) -> Result<Vec<(String, Entry)>, ConnectionError> {
    let (mut found, mut from) = (Vec::new(), filter.from);
    loop {
        let mut path = format!("/api/v1/audit/entries?from={from}");
        for (name, value) in [("what", &filter.what), ("containing", &filter.about)] {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        let page: Page = connection.get(&path)?;
        for leaf in page.entries {
            let entry = connection.understand(serde_json::from_str(&leaf).unwrap_or(Value::Null))?;
            found.push((leaf, entry));
        }
        match page.next {
            Some(next) => from = next,
            None => return Ok(found),
        }
    }
}

/// A value for a query string (RFC 3986: all but unreserved characters as bytes in hexadecimal).
fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let entries: Vec<Entry> = entries(&connection, &args.filter)?.into_iter().map(|(_, entry)| entry).collect();
    if args.room.json {
        context.print_json(&json!({ "entries": entries }))?;
    } else if entries.is_empty() {
        context.tell(context.say("Aucune entrée ne répond à cette recherche.", "No entry matches."));
    } else {
        context.print(words::table(&entries, context.language))?;
    }
    Ok(Exit::Done.into())
}
