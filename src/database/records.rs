//! What the audit log binds of the database: every row of every table, as records with a digest each.
//!
//! Columns are named one by one, so that a later migration changes no digest of what was written before it.

mod kind;

pub use kind::Kind;

use kind::Part;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{
    Any, AnyConnection, AssertSqlSafe, Row, TypeInfo, ValueRef,
    any::{AnyArguments, AnyRow, AnyTypeInfoKind},
    query::Query,
};
use std::{collections::BTreeMap, fmt, str::FromStr};

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

    /// SHA-256 over its rows; `None` if it isn't there.
    ///
    /// # Errors
    /// When the database fails, or holds a type that this version doesn't write.
    pub async fn digest(&self, connection: &mut AnyConnection) -> Result<Option<[u8; 32]>, sqlx::Error> {
        let mut parts = Vec::new();
        for part in self.kind.parts() {
            let Part { table, key, columns, order } = part;
            let statement = format!("SELECT {columns} FROM {table} WHERE {key} = $1 ORDER BY {order}");
            let query = self.key.bind(sqlx::query(AssertSqlSafe(statement)));
            let rows = query.fetch_all(&mut *connection).await?;
            if parts.is_empty() && rows.is_empty() {
                return Ok(None);
            }
            parts.push(rows.iter().map(|row| values(row, 0)).collect::<Result<Vec<_>, _>>()?);
        }
        digest(&parts).map(Some)
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

/// The longest value of a record's rows as it is stored now, for finding it in the file; `None` if it isn't there.
///
/// # Errors
/// When the database fails.
pub async fn longest(connection: &mut AnyConnection, record: &Record) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let mut longest: Option<Vec<u8>> = None;
    for Part { table, key, columns, .. } in record.kind.parts() {
        let statement = format!("SELECT {columns} FROM {table} WHERE {key} = $1");
        let query = record.key.bind(sqlx::query(AssertSqlSafe(statement)));
        for row in query.fetch_all(&mut *connection).await? {
            for at in 0..row.len() {
                let bytes = match row.try_get_raw(at)?.type_info().kind() {
                    AnyTypeInfoKind::Text => row.try_get::<String, _>(at)?.into_bytes(),
                    AnyTypeInfoKind::Blob => row.try_get::<Vec<u8>, _>(at)?,
                    _ => continue,
                };
                if longest.as_ref().is_none_or(|longest| longest.len() < bytes.len()) {
                    longest = Some(bytes);
                }
            }
        }
    }
    Ok(longest)
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

/// Records of a kind with their digests, at most `limit`, in the order of their keys from after one on.
///
/// # Errors
/// When the database fails, or holds a type that this version doesn't write.
pub async fn page(
    connection: &mut AnyConnection,
    kind: Kind,
    after: Option<&Key>,
    limit: i64,
) -> Result<Vec<(Record, [u8; 32])>, sqlx::Error> {
    let mut records: BTreeMap<Key, Vec<Vec<Vec<Value>>>> = BTreeMap::new();
    let (parts, mut last) = (kind.parts(), None);
    for (place, Part { table, key, columns, order }) in parts.iter().enumerate() {
        let above = after.map_or(String::new(), |_| format!("WHERE {key} > $1"));
        let statement = match (place, after.is_some()) {
            // Several rows of one key may make up a record: keys are limited, and not rows.
            (0, _) => format!(
                "SELECT {key}, {columns} FROM {table} WHERE {key} IN
                 (SELECT DISTINCT {key} FROM {table} {above} ORDER BY {key} LIMIT {limit}) ORDER BY {key}, {order}"
            ),
            (_, true) => {
                format!("SELECT {key}, {columns} FROM {table} WHERE {key} > $1 AND {key} <= $2 ORDER BY {key}, {order}")
            }
            (_, false) => format!("SELECT {key}, {columns} FROM {table} WHERE {key} <= $1 ORDER BY {key}, {order}"),
        };
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for bound in after.into_iter().chain(last.as_ref().filter(|_| place > 0)) {
            query = bound.bind(query);
        }
        for row in query.fetch_all(&mut *connection).await? {
            let key = values(&row, 0)?.into_iter().next().and_then(|value| Key::read(&value));
            let key = key.ok_or_else(|| sqlx::Error::Protocol("a record without a key".into()))?;
            if place == 0 {
                records.entry(key.clone()).or_insert_with(|| vec![Vec::new(); parts.len()]);
            }
            if let Some(rows) = records.get_mut(&key).and_then(|parts| parts.get_mut(place)) {
                rows.push(values(&row, 1)?);
            }
        }
        last = records.last_key_value().map(|(key, _)| key.clone());
        if last.is_none() {
            break;
        }
    }
    records.into_iter().map(|(key, parts)| Ok((Record { kind, key }, digest(&parts)?))).collect()
}

fn digest(parts: &[Vec<Vec<Value>>]) -> Result<[u8; 32], sqlx::Error> {
    let json = serde_json::to_vec(parts).map_err(|error| sqlx::Error::Encode(error.into()))?;
    Ok(Sha256::digest(json).into())
}

/// A row's values from a column on: numbers, texts, and bytes in hexadecimal.
fn values(row: &AnyRow, from: usize) -> Result<Vec<Value>, sqlx::Error> {
    (from..row.len())
        .map(|at| {
            let raw = row.try_get_raw(at)?;
            if raw.is_null() {
                return Ok(Value::Null);
            }
            match raw.type_info().kind() {
                AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                    row.try_get::<i64, _>(at).map(Value::from)
                }
                AnyTypeInfoKind::Text => row.try_get::<String, _>(at).map(Value::from),
                AnyTypeInfoKind::Blob => row.try_get::<Vec<u8>, _>(at).map(|bytes| Value::from(hex::encode(bytes))),
                _ => Err(sqlx::Error::Protocol(format!("a column of type {}", raw.type_info().name()))),
            }
        })
        .collect()
}
