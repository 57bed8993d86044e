//! The staging file of an upload: rows as they arrived, encrypted, with the place in the stream where they end.
//!
//! Rows and place are written in one transaction, so a broken connection or a crash resumes exactly where the file
//! stands. Hashed identifiers themselves are never in it, only persons.

use super::{
    Rejections,
    duckdb::{DuckDb, Writing},
    engine::EngineError,
    wire::{Rows, Values},
};
use arrow::{
    array::{ArrayRef, Date32Array, Int64Array, UInt16Array},
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::Arc};

/// How far an upload has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes of the stream taken, up to the end of a line.
    pub offset: u64,
    /// Lines taken, the header included.
    pub lines: u64,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// Why.
    pub rejections: Rejections,
    /// The header's cells, once it has come.
    pub(super) header: Option<Vec<String>>,
    /// In the middle of a line too long to take.
    pub(super) skipping: bool,
}

/// An open staging file, inside a transaction.
pub(super) struct Staging {
    writing: Writing,
}

impl Staging {
    /// Opens the file, making it with its tables if it isn't there.
    pub(super) fn open(
        engine: &DuckDb,
        file: &Path,
        key: &str,
        columns: &[(crate::model::ColumnName, &str)],
    ) -> Result<(Self, Progress), EngineError> {
        let writing = engine.open_writing(&[("staging", file, key)])?;
        let columns: String = columns.iter().map(|(name, sql_type)| format!(", \"{name}\" {sql_type}")).collect();
        writing.run(&format!(
            "CREATE TABLE IF NOT EXISTS staging.staged (email BIGINT, phone BIGINT{columns});
             CREATE TABLE IF NOT EXISTS staging.progress (state VARCHAR);
             BEGIN"
        ))?;
        let state = writing.text("SELECT max(state) FROM staging.progress")?;
        let progress = match state {
            Some(state) => serde_json::from_str(&state).map_err(|_| EngineError::internal("staging progress"))?,
            None => Progress::default(),
        };
        Ok((Self { writing }, progress))
    }

    /// Appends rows; they count once [`Staging::commit`] has returned.
    pub(super) fn append(&self, rows: Vec<Rows>) -> Result<(), EngineError> {
        let batches =
            rows.into_iter().filter(|rows| !rows.email.is_empty()).map(batch).collect::<Result<Vec<_>, _>>()?;
        self.writing.append("staging", "staged", batches)
    }

    /// Makes the rows and the place in the stream durable, and begins the next transaction.
    pub(super) fn commit(&self, progress: &Progress) -> Result<(), EngineError> {
        let state = serde_json::to_string(progress).map_err(|_| EngineError::internal("staging progress"))?;
        self.writing.run("DELETE FROM staging.progress")?;
        self.writing.insert_text("INSERT INTO staging.progress VALUES (?)", &state)?;
        self.writing.run("COMMIT; BEGIN")
    }
}

fn batch(rows: Rows) -> Result<RecordBatch, EngineError> {
    let mut fields = vec![Field::new("email", DataType::Int64, true), Field::new("phone", DataType::Int64, true)];
    let mut arrays: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(rows.email)), Arc::new(Int64Array::from(rows.phone))];
    for (position, values) in rows.columns.into_iter().enumerate() {
        let (data_type, array): (DataType, ArrayRef) = match values {
            Values::Category(values) => (DataType::UInt16, Arc::new(UInt16Array::from(values))),
            Values::Date(values) => (DataType::Date32, Arc::new(Date32Array::from(values))),
            Values::Amount(values) => (DataType::Int64, Arc::new(Int64Array::from(values))),
        };
        fields.push(Field::new(format!("c{position}"), data_type, true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|_| EngineError::internal("rows of unequal length"))
}
