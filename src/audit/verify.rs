//! The whole log against itself, against every checkpoint that was signed, and against the database that it tells of.

use super::{Finding, LogError};
use crate::{
    database::{
        Database,
        records::{self, Key, Kind, Record},
    },
    proof::{Checkpoint, CheckpointError, Entry, Hash, PublicKey, Tree, leaf_hash},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

/// Entries and records that are read at once.
const PAGE: i64 = 5_000;
/// Missing entries that are named one by one.
const GAP_MAX: u64 = 10_000;

/// What a verification found.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The tree of all entries.
    pub tree: Tree,
    /// How many records of the database were compared.
    pub records: u64,
    /// How many checkpoints were compared.
    pub checkpoints: usize,
    /// What isn't as it should be, in the order of the log.
    pub findings: Vec<Finding>,
}

impl Verified {
    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.tree.len()
    }

    /// The root over them.
    pub fn root(&self) -> Hash {
        self.tree.root(self.size()).unwrap_or_default()
    }
}

/// The newest word of the log on a record: its digest, `None` once it is gone; and the place of the entry.
type Said = HashMap<Record, (Option<Hash>, u64)>;

#[derive(Deserialize)]
struct Rows {
    rows: Vec<(String, Value, Option<String>)>,
}

/// Verifies everything: each entry and its place, each record of the database, each stored checkpoint and those that are given (kept
/// elsewhere). Reads one moment of the database, while others may write.
///
/// # Errors
/// When the database can't be read at all.
pub async fn verify(database: &Database, keys: &[PublicKey], kept: &[String]) -> Result<Verified, LogError> {
    let mut snapshot = database.snapshot().await?;
    let mut reading = Reading::default();
    while reading.entries(&mut snapshot).await? {}
    let mut findings = reading.findings;
    let mut compared = 0;
    for kind in Kind::ALL {
        compared += records_of(&mut snapshot, kind, &mut reading.said, &mut findings).await?;
    }
    let gone = reading.said.into_iter().filter(|(_, (digest, _))| digest.is_some());
    let mut gone: Vec<_> = gone.map(|(record, (_, position))| (position, record.to_string())).collect();
    gone.sort();
    findings.extend(gone.into_iter().map(|(position, record)| Finding::RecordMissing { record, position }));
    let rows = sqlx::query(
        "SELECT note, size FROM log_checkpoints UNION ALL SELECT note, size FROM log_cosignatures ORDER BY size",
    )
    .fetch_all(&mut *snapshot)
    .await?;
    let stored = rows.iter().map(|row| row.try_get("note")).collect::<Result<Vec<String>, _>>()?;
    let notes: Vec<&String> = stored.iter().chain(kept).collect();
    findings.extend(notes.iter().filter_map(|note| against(&reading.tree, keys, note)));
    Ok(Verified { tree: reading.tree, records: compared, checkpoints: notes.len(), findings })
}

#[derive(Default)]
struct Reading {
    tree: Tree,
    next: u64,
    said: Said,
    last: Option<Timestamp>,
    findings: Vec<Finding>,
}

impl Reading {
    /// Reads the next page; whether there was one.
    async fn entries(&mut self, connection: &mut AnyConnection) -> Result<bool, LogError> {
        let next = self.next;
        let rows = sqlx::query(
            "SELECT position, leaf, hash, rows FROM log_entries WHERE position >= $1 ORDER BY position LIMIT $2",
        )
        .bind(i64::try_from(next).map_err(|_| LogError::Corrupt)?)
        .bind(PAGE)
        .fetch_all(&mut *connection)
        .await?;
        let concerns = concerns(connection, next).await?;
        for row in &rows {
            let position = u64::try_from(row.try_get::<i64, _>("position")?).map_err(|_| LogError::Corrupt)?;
            self.next = position + 1;
            // A place far beyond the end is no gap to be counted through: nothing was ever written there.
            if position - self.tree.len() > GAP_MAX {
                self.findings.push(Finding::EntryMoved { position, says: self.tree.len() });
                continue;
            }
            while self.tree.len() < position {
                self.findings.push(Finding::EntryMissing { position: self.tree.len() });
                self.tree.push(Hash::default());
            }
            let (leaf, hash): (&[u8], &[u8]) = (row.try_get("leaf")?, row.try_get("hash")?);
            self.tree.push(leaf_hash(leaf));
            if leaf_hash(leaf).as_slice() != hash {
                self.findings.push(Finding::EntryChanged { position });
            }
            match Entry::read(leaf) {
                Ok(entry) => self.entry(position, &entry, row.try_get("rows")?, concerns.get(&position)),
                Err(_) => self.findings.push(Finding::EntryUnreadable { position }),
            }
        }
        Ok(!rows.is_empty())
    }

    fn entry(&mut self, position: u64, entry: &Entry, rows: &str, concerns: Option<&Vec<String>>) {
        if entry.position != position {
            self.findings.push(Finding::EntryMoved { position, says: entry.position });
        }
        match entry.at.parse::<Timestamp>() {
            Ok(at) if self.last.is_none_or(|last| last <= at) => self.last = Some(at),
            _ => self.findings.push(Finding::TimeBackwards { position }),
        }
        if concerns.map(Vec::as_slice).unwrap_or_default() != entry.concerns.readers() {
            self.findings.push(Finding::ReadersChanged { position });
        }
        if hex::encode(Sha256::digest(rows)) != entry.rows {
            self.findings.push(Finding::RowsChanged { position });
        } else if let Ok(rows) = serde_json::from_str::<Rows>(rows) {
            for (kind, key, digest) in rows.rows {
                let (Some(kind), Some(key)) = (Kind::of(&kind), Key::read(&key)) else { continue };
                let digest = digest.and_then(|digest| hex::decode(digest).ok()?.try_into().ok());
                self.said.insert(Record { kind, key }, (digest, position));
            }
        }
    }
}

async fn concerns(connection: &mut AnyConnection, from: u64) -> Result<HashMap<u64, Vec<String>>, LogError> {
    let from = i64::try_from(from).map_err(|_| LogError::Corrupt)?;
    let rows = sqlx::query(
        "SELECT position, member FROM log_concerns WHERE position >= $1 AND position <
         (SELECT COALESCE(MAX(position), -1) + 1 FROM
          (SELECT position FROM log_entries WHERE position >= $1 ORDER BY position LIMIT $2) AS page)
         ORDER BY position, member",
    )
    .bind(from)
    .bind(PAGE)
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<u64, Vec<String>> = HashMap::new();
    for row in rows {
        let position = u64::try_from(row.try_get::<i64, _>("position")?).map_err(|_| LogError::Corrupt)?;
        found.entry(position).or_default().push(row.try_get("member")?);
    }
    Ok(found)
}

/// Compares every record of a kind with what the log says of it; takes it out of what was said.
async fn records_of(
    connection: &mut AnyConnection,
    kind: Kind,
    said: &mut Said,
    findings: &mut Vec<Finding>,
) -> Result<u64, LogError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = records::page(connection, kind, after.as_ref(), PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(count) };
        after = Some(last.key.clone());
        for (record, digest) in page {
            count += 1;
            match said.remove(&record) {
                Some((Some(expected), _)) if expected == digest => {}
                Some((_, position)) => {
                    findings.push(Finding::RecordChanged { record: record.to_string(), position });
                }
                None => findings.push(Finding::RecordUnlogged { record: record.to_string() }),
            }
        }
    }
}

/// What a signed checkpoint says against the log.
fn against(tree: &Tree, keys: &[PublicKey], note: &str) -> Option<Finding> {
    let said = match Checkpoint::open(note, keys) {
        Ok(said) => said,
        Err(CheckpointError::Malformed) => return Some(Finding::CheckpointForged { size: None }),
        Err(_) => return Some(Finding::CheckpointForged { size: Checkpoint::unverified(note).ok().map(|c| c.size) }),
    };
    match tree.root(said.size) {
        None => Some(Finding::LogShorter { checkpoint: said.size, size: tree.len() }),
        Some(root) if root != said.root => Some(Finding::LogForked { checkpoint: said.size }),
        Some(_) => None,
    }
}
