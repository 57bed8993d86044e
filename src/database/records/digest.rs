//! Reading records: what they are made of now, and its SHA-256.

use super::{Key, Kind, Part, Record};
use crate::database::marks;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{
    AnyConnection, AssertSqlSafe, Row, TypeInfo, ValueRef,
    any::{AnyRow, AnyTypeInfoKind},
};
use std::collections::{BTreeMap, HashMap};

/// Records that one statement reads: SQLite binds at most 999 values where it is built for little.
const AT_ONCE: usize = 500;

/// The rows of records of one kind, by key: for each part of the kind, its rows.
type Rows = BTreeMap<Key, Vec<Vec<Vec<Value>>>>;

/// SHA-256 over the rows of each of these records, in their order; `None` for one that isn't there. Records of a kind are read together.
///
/// # Errors
/// When the database fails, or holds a type that this version doesn't write.
pub async fn digests(connection: &mut AnyConnection, records: &[Record]) -> Result<Vec<Option<[u8; 32]>>, sqlx::Error> {
    let mut found = HashMap::with_capacity(records.len());
    for kind in Kind::ALL {
        let keys: Vec<&Key> = records.iter().filter(|record| record.kind == kind).map(|record| &record.key).collect();
        for keys in keys.chunks(AT_ONCE) {
            for (key, parts) in some(connection, kind, keys).await? {
                found.insert(Record { kind, key }, digest(&parts)?);
            }
        }
    }
    Ok(records.iter().map(|record| found.get(record).copied()).collect())
}

async fn some(connection: &mut AnyConnection, kind: Kind, keys: &[&Key]) -> Result<Rows, sqlx::Error> {
    let mut records = Rows::new();
    let marks = marks(1, keys.len());
    for (place, Part { table, key, columns, order }) in kind.parts().iter().enumerate() {
        let statement = format!("SELECT {key}, {columns} FROM {table} WHERE {key} IN {marks} ORDER BY {key}, {order}");
        let query = keys.iter().fold(sqlx::query(AssertSqlSafe(statement)), |query, key| key.bind(query));
        gather(&mut records, kind, place, query.fetch_all(&mut *connection).await?)?;
        if records.is_empty() {
            break;
        }
    }
    Ok(records)
}

/// Adds the rows of one part of a kind, each with its record's key in front, to the records they belong to.
fn gather(records: &mut Rows, kind: Kind, place: usize, rows: Vec<AnyRow>) -> Result<(), sqlx::Error> {
    for row in rows {
        let key = values(&row, 0)?.into_iter().next().and_then(|value| Key::read(&value));
        let key = key.ok_or_else(|| sqlx::Error::Protocol("a record without a key".into()))?;
        if place == 0 {
            records.entry(key.clone()).or_insert_with(|| vec![Vec::new(); kind.parts().len()]);
        }
        if let Some(rows) = records.get_mut(&key).and_then(|parts| parts.get_mut(place)) {
            rows.push(values(&row, 1)?);
        }
    }
    Ok(())
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
    let mut records = Rows::new();
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
        gather(&mut records, kind, place, query.fetch_all(&mut *connection).await?)?;
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
