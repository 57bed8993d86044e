//! The one transaction that anything is written in, and the audit log's entries with it.
//!
//! Promise: nothing is committed that the log doesn't tell, in the same transaction; an entry is never before the one in front of it.

use super::{
    marks,
    records::{self, Record},
};
use crate::{
    model::Clock,
    proof::{Entry, Event, Hash, leaf_hash},
};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, pool::PoolConnection};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Deref, DerefMut},
};

/// Rows that one statement writes.
const AT_ONCE: usize = 100;

/// A transaction that holds the room's only write lock: what it reads can't change before it writes. Whatever is written to the
/// database is written in one.
///
/// Its `BEGIN` and `COMMIT` are ours and not the driver's: a full disk ends SQLite's transaction by itself, the driver's rollback then
/// fails, and the connection would be of no use for ever after. A connection whose transaction didn't end in good order is closed.
pub struct Writing {
    connection: PoolConnection<Any>,
    ended: bool,
    now: Timestamp,
    next: i64,
    noted: Vec<(Event, Vec<Record>)>,
    touched: BTreeSet<Record>,
}

impl Deref for Writing {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

impl Writing {
    /// Begins a transaction that takes the lock by these statements, with the moment from the clock, or from the log's last entry where the clock was set
    /// back: no budget is unlocked twice by a clock that jumps.
    pub(super) async fn begin(
        connection: PoolConnection<Any>,
        begin: &'static str,
        clock: &dyn Clock,
    ) -> Result<Self, sqlx::Error> {
        let (noted, touched) = (Vec::new(), BTreeSet::new());
        let mut writing = Self { connection, ended: false, now: clock.now(), next: 0, noted, touched };
        sqlx::raw_sql(begin).execute(&mut *writing.connection).await?;
        if let Some((position, at)) = last(&mut writing.connection).await? {
            writing.now = at.max(writing.now);
            writing.next = position + 1;
        }
        Ok(writing)
    }

    /// Ends it without having written anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel(mut self) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("ROLLBACK").execute(&mut *self.connection).await?;
        self.ended = true;
        Ok(())
    }

    /// The moment of this transaction; never before that of an earlier one.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Notes what the log is to tell when this is committed, and the records that were written with it.
    pub fn note(&mut self, event: Event, records: impl IntoIterator<Item = Record>) {
        self.noted.push((event, records.into_iter().collect()));
    }

    /// Says that a record was written, for the last event that is noted to bind.
    pub fn touch(&mut self, record: Record) {
        self.touched.insert(record);
    }

    /// Commits what was written with the entries that tell it; it is durable once this returns.
    ///
    /// # Errors
    /// When nothing was noted, or the database fails; nothing is written then.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        let mut noted = std::mem::take(&mut self.noted);
        let Some((_, last)) = noted.last_mut() else {
            return Err(sqlx::Error::Protocol("a transaction that the log doesn't tell".into()));
        };
        let touched = std::mem::take(&mut self.touched);
        last.extend(touched.into_iter().filter(|record| !last.contains(record)).collect::<Vec<_>>());
        for noted in noted.chunks(AT_ONCE) {
            self.append(noted).await?;
        }
        sqlx::raw_sql("COMMIT").execute(&mut *self.connection).await?;
        self.ended = true;
        Ok(())
    }

    /// Appends the entries of these events, each with the digests of its records as they now are.
    async fn append(&mut self, noted: &[(Event, Vec<Record>)]) -> Result<(), sqlx::Error> {
        let records: BTreeSet<&Record> = noted.iter().flat_map(|(_, records)| records).collect();
        let records: Vec<Record> = records.into_iter().cloned().collect();
        let found = records::digests(&mut self.connection, &records).await?;
        let digests: BTreeMap<&Record, _> = records.iter().zip(found).collect();
        let mut appended = Vec::with_capacity(noted.len());
        for (event, records) in noted {
            appended.push(Appended::new(self.next, self.now, event, records, &digests)?);
            self.next += 1;
        }
        let insert = format!(
            "INSERT INTO log_entries (position, leaf, hash, rows, subject) VALUES {}",
            marks(appended.len(), 5)
        );
        let entries = appended.iter().fold(sqlx::query(AssertSqlSafe(insert)), |query, entry| {
            let Appended { position, leaf, hash, rows, subject, .. } = entry;
            query.bind(*position).bind(leaf.as_slice()).bind(hash.as_slice()).bind(rows.as_str()).bind(subject.as_str())
        });
        entries.execute(&mut *self.connection).await?;
        let readers: Vec<_> =
            appended.iter().flat_map(|entry| entry.readers.iter().map(|r| (r, entry.position))).collect();
        for readers in readers.chunks(AT_ONCE) {
            let insert = format!("INSERT INTO log_concerns (member, position) VALUES {}", marks(readers.len(), 2));
            let insert = readers.iter().fold(sqlx::query(AssertSqlSafe(insert)), |query, (member, position)| {
                query.bind(member.as_str()).bind(*position)
            });
            insert.execute(&mut *self.connection).await?;
        }
        Ok(())
    }
}

/// An entry as it is stored.
struct Appended {
    position: i64,
    leaf: Vec<u8>,
    hash: Hash,
    rows: String,
    subject: String,
    readers: Vec<String>,
}

impl Appended {
    fn new(
        position: i64,
        now: Timestamp,
        event: &Event,
        records: &[Record],
        digests: &BTreeMap<&Record, Option<Hash>>,
    ) -> Result<Self, sqlx::Error> {
        let digest = |record| digests.get(record).copied().flatten().map(hex::encode);
        let rows = records.iter().map(|record| json!([record.kind.word(), record.key.value(), digest(record)]));
        // Blinded, so that the hash says nothing of rows that could be guessed.
        let rows = json!({ "blind": random()?, "rows": rows.collect::<Vec<_>>() }).to_string();
        let entry = Entry {
            position: u64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()))?,
            at: now.to_string(),
            what: event.what,
            by: event.by.clone(),
            concerns: event.concerns.clone(),
            details: event.details.clone(),
            rows: hex::encode(Sha256::digest(&rows)),
            salt: random()?,
        };
        let leaf = serde_json::to_vec(&entry).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let subject = records.first().map(Record::to_string).unwrap_or_default();
        Ok(Self { position, hash: leaf_hash(&leaf), leaf, rows, subject, readers: entry.concerns.readers() })
    }
}

/// The place and time of the log's last entry.
async fn last(connection: &mut AnyConnection) -> Result<Option<(i64, Timestamp)>, sqlx::Error> {
    let row = sqlx::query("SELECT position, leaf FROM log_entries ORDER BY position DESC LIMIT 1");
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    let entry = Entry::read(row.try_get::<&[u8], _>("leaf")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let at = entry.at.parse::<Timestamp>().map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some((row.try_get("position")?, at)))
}

/// 16 random bytes in hexadecimal.
fn random() -> Result<String, sqlx::Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| sqlx::Error::Io(std::io::Error::other(error.to_string())))?;
    Ok(hex::encode(bytes))
}
