//! Reading the log's entries: those that a member may read, by place, kind and time.

use super::{Log, LogError, log::stored};
use crate::{
    model::MemberName,
    proof::{Concerns, Entry, What},
};
use sqlx::{Row, any::AnyRow};

/// Entries that are given at once.
const ENTRIES_MAX: i64 = 1_000;

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only from this place on.
    pub from: u64,
    /// Only of this kind.
    pub what: Option<What>,
    /// Only those that say this of an audience, member or user in any place: a text of their JSON.
    pub containing: Option<String>,
}

impl Filter {
    fn takes(&self, entry: &Entry, leaf: &str) -> bool {
        self.what.is_none_or(|what| what == entry.what)
            && self.containing.as_ref().is_none_or(|text| leaf.contains(text.as_str()))
    }
}

/// Entries that a member may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Each entry's leaf, byte for byte.
    pub leaves: Vec<String>,
    /// Where to go on; `None` at the end.
    pub next: Option<u64>,
}

impl Log {
    /// The entries that concern a member, in the order of the log; for nobody, those that concern everyone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries(&self, member: Option<&MemberName>, filter: &Filter) -> Result<Page, LogError> {
        let rows = sqlx::query(
            "SELECT position, leaf FROM log_entries WHERE position >= $1 AND position IN
             (SELECT position FROM log_concerns WHERE member IN ($2, '') AND position >= $1)
             ORDER BY position LIMIT $3",
        )
        .bind(i64::try_from(filter.from).map_err(|_| LogError::NotFound)?)
        .bind(member.map_or("", MemberName::as_str))
        .bind(ENTRIES_MAX)
        .fetch_all(self.database().pool())
        .await?;
        let (leaves, last) = read(rows, filter, |concerns| {
            member.map_or(*concerns == Concerns::Everyone, |member| concerns.concerns(member))
        })?;
        Ok(Page { leaves, next: last.map(|last| last + 1) })
    }

    /// The entries that concern a member and come before a place, newest first: of those from `filter.from` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn before(&self, member: &MemberName, filter: &Filter, place: u64) -> Result<Page, LogError> {
        let rows = sqlx::query(
            "SELECT position, leaf FROM log_entries WHERE position >= $1 AND position < $2 AND position IN
             (SELECT position FROM log_concerns WHERE member IN ($3, '') AND position >= $1 AND position < $2)
             ORDER BY position DESC LIMIT $4",
        )
        .bind(i64::try_from(filter.from).map_err(|_| LogError::NotFound)?)
        .bind(i64::try_from(place).map_err(|_| LogError::NotFound)?)
        .bind(member.as_str())
        .bind(ENTRIES_MAX)
        .fetch_all(self.database().pool())
        .await?;
        let (leaves, next) = read(rows, filter, |concerns| concerns.concerns(member))?;
        Ok(Page { leaves, next })
    }

    /// The place of the first entry from a moment on; the size of the log, if there is none yet.
    ///
    /// # Errors
    /// When the database fails or holds what isn't an entry.
    pub async fn place_at(&self, moment: jiff::Timestamp) -> Result<u64, LogError> {
        // Times never go backwards, so that halving finds it.
        let (mut low, mut high) = (0, self.catch_up().await?);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = Entry::read(&stored(self.database(), middle).await?).map_err(|_| LogError::Corrupt)?;
            let at: jiff::Timestamp = entry.at.parse().map_err(|_| LogError::Corrupt)?;
            if at < moment {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// The leaf of one entry.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn leaf(&self, position: u64) -> Result<String, LogError> {
        String::from_utf8(stored(self.database(), position).await?).map_err(|_| LogError::Corrupt)
    }

    /// The place of the newest entry of a kind about a record (`answer:3`).
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn about(&self, what: What, subject: &str) -> Result<u64, LogError> {
        let rows = sqlx::query("SELECT position, leaf FROM log_entries WHERE subject = $1 ORDER BY position DESC")
            .bind(subject)
            .fetch_all(self.database().pool())
            .await?;
        for row in rows {
            let entry = Entry::read(row.try_get("leaf")?).map_err(|_| LogError::Corrupt)?;
            if entry.what == what {
                return Ok(entry.position);
            }
        }
        Err(LogError::NotFound)
    }
}

/// The leaves of what was read that are asked for and may be read; and the place of the last row, if there may be more after it.
fn read(
    rows: Vec<AnyRow>,
    filter: &Filter,
    may: impl Fn(&Concerns) -> bool,
) -> Result<(Vec<String>, Option<u64>), LogError> {
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == ENTRIES_MAX);
    let (mut leaves, mut last) = (Vec::new(), None);
    for row in rows {
        let position: i64 = row.try_get("position")?;
        last = full.then(|| position.unsigned_abs());
        let leaf = String::from_utf8(row.try_get("leaf")?).map_err(|_| LogError::Corrupt)?;
        let entry = Entry::read(leaf.as_bytes()).map_err(|_| LogError::Corrupt)?;
        // The index finds entries; the entry itself says who may read it.
        if filter.takes(&entry, &leaf) && may(&entry.concerns) {
            leaves.push(leaf);
        }
    }
    Ok((leaves, last))
}
