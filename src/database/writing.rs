//! The one transaction that anything is written in, and the audit log's entries with it.
//!
//! Promise: nothing is committed that the log doesn't tell, in the same transaction; an entry is never before the one in front of it.

use super::records::{self, Record};
use crate::{
    model::Clock,
    proof::{Entry, Event, leaf_hash},
};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, pool::PoolConnection};
use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
};

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
        for (position, (event, records)) in (self.next..).zip(noted) {
            self.append(position, event, &records).await?;
        }
        sqlx::raw_sql("COMMIT").execute(&mut *self.connection).await?;
        self.ended = true;
        Ok(())
    }

    async fn append(&mut self, position: i64, event: Event, records: &[Record]) -> Result<(), sqlx::Error> {
        let rows = self.digests(records).await?;
        let entry = Entry {
            position: u64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()))?,
            at: self.now.to_string(),
            what: event.what,
            by: event.by,
            concerns: event.concerns,
            details: event.details,
            rows: hex::encode(Sha256::digest(&rows)),
            salt: random()?,
        };
        let leaf = serde_json::to_vec(&entry).map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query("INSERT INTO log_entries (position, leaf, hash, rows, subject) VALUES ($1, $2, $3, $4, $5)")
            .bind(position)
            .bind(leaf.as_slice())
            .bind(leaf_hash(&leaf).as_slice())
            .bind(rows)
            .bind(records.first().map(Record::to_string).unwrap_or_default())
            .execute(&mut *self.connection)
            .await?;
        let readers = entry.concerns.readers();
        if readers.is_empty() {
            return Ok(());
        }
        let rows: Vec<String> = (2..readers.len() + 2).map(|mark| format!("(${mark}, $1)")).collect();
        let insert = format!("INSERT INTO log_concerns (member, position) VALUES {}", rows.join(", "));
        let insert = sqlx::query(AssertSqlSafe(insert)).bind(position);
        readers
            .iter()
            .fold(insert, |insert, member| insert.bind(member.as_str()))
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    /// The digests of records as they now are, as JSON; blinded, so that their hash says nothing of rows that could be guessed.
    async fn digests(&mut self, records: &[Record]) -> Result<String, sqlx::Error> {
        let found = records::digests(&mut self.connection, records).await?;
        let rows = records
            .iter()
            .zip(found)
            .map(|(record, digest)| json!([record.kind.word(), record.key.value(), digest.map(hex::encode)]));
        let rows: Vec<_> = rows.collect();
        Ok(json!({ "blind": random()?, "rows": rows }).to_string())
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
