//! The log as people look through it: newest first, from one day to another, and its verification by the room itself.

use super::{AskError, Room};
use crate::{
    audit::{self, Filter, Finding, LogError},
    model::{MemberName, Text},
    proof::{Entry, What},
};
use jiff::Timestamp;

/// Entries of a page.
const SHOWN_MAX: usize = 50;
/// Reads for one page: what is rarer than one in so many thousand entries is looked for page by page.
const READS_MAX: usize = 20;

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Only before this place; the newest, if absent.
    pub before: Option<u64>,
    /// Only of this kind.
    pub what: Option<What>,
    /// Only those that contain this text.
    pub containing: Option<String>,
    /// Only from this moment on.
    pub from: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
}

/// Some entries, newest first.
#[derive(Debug, Clone)]
pub struct Journal {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Before which place to go on; `None` at the end.
    pub next: Option<u64>,
}

/// The entries that concern a member, newest first.
///
/// # Errors
/// When the database fails.
pub async fn journal(room: &Room, member: &MemberName, sought: &Sought) -> Result<Journal, AskError> {
    found(room, member, sought).await.map_err(|error| AskError::internal("log", &error))
}

async fn found(room: &Room, member: &MemberName, sought: &Sought) -> Result<Journal, LogError> {
    let size = room.log.size().await?;
    let mut before = sought.before.unwrap_or(size).min(size);
    if let Some(until) = sought.until {
        before = before.min(room.log.place_at(until).await?);
    }
    let from = match sought.from {
        Some(from) => room.log.place_at(from).await?,
        None => 0,
    };
    let filter = Filter { from, what: sought.what, containing: sought.containing.clone() };
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..READS_MAX {
        let page = room.log.before(member, &filter, before).await?;
        for leaf in page.leaves {
            if entries.len() == SHOWN_MAX {
                let next = entries.last().map(|entry| entry.position);
                return Ok(Journal { entries, next });
            }
            entries.push(Entry::read(leaf.as_bytes()).map_err(|_| LogError::Corrupt)?);
        }
        match page.next {
            Some(next) => before = next,
            None => return Ok(Journal { entries, next: None }),
        }
    }
    Ok(Journal { entries, next: Some(before) })
}

/// What the room found of its own log.
#[derive(Debug, Clone)]
pub struct Verification {
    /// How many entries there are.
    pub size: u64,
    /// The root over them, in hexadecimal.
    pub root: String,
    /// How many records of the database were compared with what the log says of them.
    pub records: u64,
    /// How many signed checkpoints the log was held against, cosigned ones among them.
    pub checkpoints: usize,
    /// What isn't as it should be.
    pub findings: Vec<Text>,
    /// The newest checkpoint, signed.
    pub checkpoint: String,
}

/// Verifies the whole log as `camerata audit verify` does on the room's machine; `None` while another verification is under way: each
/// reads the whole database.
///
/// # Errors
/// When the database can't be read.
pub async fn verify_log(room: &Room) -> Result<Option<Verification>, AskError> {
    let Ok(_alone) = room.verifying.try_lock() else { return Ok(None) };
    let failed = |error: LogError| AskError::internal("log", &error);
    let keys = audit::public_keys(&room.database).await.map_err(failed)?;
    // Signed before: the log that is read next has grown from it, or forked.
    let checkpoint = room.log.checkpoint().await.map_err(failed)?.note;
    let verified = audit::verify(&room.database, &keys, std::slice::from_ref(&checkpoint)).await.map_err(failed)?;
    Ok(Some(Verification {
        size: verified.size(),
        root: hex::encode(verified.root()),
        records: verified.records,
        checkpoints: verified.checkpoints,
        findings: verified.findings.iter().map(told).collect(),
        checkpoint,
    }))
}

/// A finding for members: what it is, but not which record of which member.
fn told(finding: &Finding) -> Text {
    match finding {
        Finding::RecordChanged { position, .. } => Text::new(
            format!("un enregistrement n’est plus ce que dit l’entrée {position}"),
            format!("a record is not what entry {position} says"),
        ),
        Finding::RecordMissing { position, .. } => Text::new(
            format!("un enregistrement dont parle l’entrée {position} a disparu"),
            format!("a record that entry {position} tells of is gone"),
        ),
        Finding::RecordUnlogged { .. } => {
            Text::new("un enregistrement de la base n’est pas au journal", "a record of the database is not in the log")
        }
        other => other.text(),
    }
}
