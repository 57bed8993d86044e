//! What the audit log binds of the database: every row of every table, as records with a digest each.
//!
//! Columns are named one by one, so that a later migration changes no digest of what was written before it.

mod digest;
mod kind;

pub use digest::{digests, longest, page};
pub use kind::Kind;

use kind::Part;
use serde_json::Value;
use sqlx::{Any, any::AnyArguments, query::Query};
use std::{fmt, str::FromStr};

/// The key of a record within its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A number.
    Number(i64),
    /// A name.
    Text(String),
}

impl Key {
    /// As JSON.
    pub fn value(&self) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }

    /// From JSON; `None` if it is neither a whole number nor a text.
    pub fn read(value: &Value) -> Option<Self> {
        value.as_i64().map(Self::Number).or_else(|| value.as_str().map(Self::from))
    }

    fn bind<'q>(&'q self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        match self {
            Self::Number(number) => query.bind(*number),
            Self::Text(text) => query.bind(text.as_str()),
        }
    }
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One record of the database, by kind and key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: Key,
}

impl Record {
    /// The record of this kind and key.
    pub fn new(kind: Kind, key: impl Into<Key>) -> Self {
        Self { kind, key: key.into() }
    }
}

impl FromStr for Record {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, key) = text.split_once(':').ok_or(())?;
        let kind = Kind::of(kind).ok_or(())?;
        // Which kinds have numbers for keys, their tables know.
        let key = if kind.is_numbered() { Key::Number(key.parse().map_err(|_| ())?) } else { key.into() };
        Ok(Self { kind, key })
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Number(number) => write!(f, "{}:{number}", self.kind.word()),
            Key::Text(text) => write!(f, "{}:{text}", self.kind.word()),
        }
    }
}

/// Whether a column of a table is bound by some record.
#[cfg(test)]
pub(crate) fn binds(table: &str, column: &str) -> bool {
    let words = |text: &'static str| text.split([',', ' ', '"']).filter(|word| !word.is_empty());
    Kind::ALL.into_iter().flat_map(Kind::parts).any(|part| {
        words(part.table).any(|word| word == table)
            && words(part.columns).chain(words(part.key)).any(|word| word == column)
    })
}

/// Whether a table is bound by some record.
#[cfg(test)]
pub(crate) fn binds_table(table: &str) -> bool {
    Kind::ALL.into_iter().flat_map(Kind::parts).any(|part| part.table.split(' ').any(|word| word == table))
}
