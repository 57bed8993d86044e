//! Turning a complete staging file into an audience version: sorted by person, lists unique by person.

use super::{
    Outcome, Progress, Store, StoreError, Upload, UploadState,
    duckdb::Writing,
    engine::{EngineError, EngineFault},
    layout::Layout,
    versions::remove,
};
use crate::{
    identity::Kind,
    model::{ColumnName, Shape, failpoint},
};
use std::{collections::BTreeMap, fs, path::Path};

struct Table {
    rows: u64,
    persons: u64,
}

impl Store {
    /// Completes an upload: builds its version's file aside, checks it, and makes it the version in force.
    /// Repeating it for a stored upload returns the same outcome.
    ///
    /// # Errors
    /// When bytes are missing, nothing usable has come, the audience is below `people_min`, or a file can't be
    /// written; the version in force before stays in force then.
    pub async fn complete(&self, upload: &Upload, bytes: u64, people_min: u64) -> Result<Outcome, StoreError> {
        match (upload.state, &upload.outcome) {
            (UploadState::Stored, Some(outcome)) => return Ok(outcome.clone()),
            (UploadState::Open, _) => {}
            _ => return Err(StoreError::Closed),
        }
        let (store, task) = (self.clone(), upload.clone());
        let built = tokio::task::spawn_blocking(move || store.build(&task, bytes, people_min)).await;
        let (kinds, outcome) = built.map_err(|_| EngineError::internal("the building task ended early"))??;
        let outcome = self.switch(upload, &kinds, outcome).await?;
        self.sweep().await?;
        Ok(outcome)
    }

    fn build(&self, upload: &Upload, bytes: u64, people_min: u64) -> Result<(Vec<Kind>, Outcome), StoreError> {
        let progress = self.progress(upload)?;
        if progress.offset != bytes {
            return Err(StoreError::Length { declared: bytes, received: progress.offset });
        }
        let header = progress.header.clone().ok_or(StoreError::Empty)?;
        let kinds = Layout::read(&header, &upload.declaration, &self.vocabulary)?.kinds();
        failpoint("upload_before_build");
        let file = self.version_file(upload.member.as_str(), &upload.id);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(StoreError::Files)?;
        }
        remove(&file)?; // A crash may have left half of one.
        let built = self.build_file(upload, &file, &kinds, &progress);
        let (kinds, outcome) = match built {
            Ok(built) => built,
            Err(error) => {
                remove(&file)?;
                return Err(error);
            }
        };
        if outcome.persons.values().all(|persons| *persons < people_min) {
            remove(&file)?;
            return Err(StoreError::TooFew(people_min));
        }
        fs::File::open(&file).and_then(|file| file.sync_all()).map_err(StoreError::Files)?;
        Ok((kinds, outcome))
    }

    fn build_file(
        &self,
        upload: &Upload,
        file: &Path,
        kinds: &[Kind],
        progress: &Progress,
    ) -> Result<(Vec<Kind>, Outcome), StoreError> {
        let key = self.keys.version(&upload.id)?;
        let staging = self.staging_file(&upload.id);
        let writing = self.engine.open_writing(&[("staging", &staging, &key), ("version", file, &key)])?;
        let mut outcome = Outcome {
            version: 0,
            rows_taken: progress.rows_taken,
            rows_rejected: progress.rows_rejected,
            persons: BTreeMap::new(),
            duplicates: BTreeMap::new(),
            rejected: progress.rejections.counts(),
            first_lines: progress.rejections.first_lines(),
        };
        let mut kept = Vec::new();
        for kind in kinds {
            let table = build_table(&writing, *kind, upload.declaration.shape, &upload.declaration.columns)?;
            if table.persons > 0 {
                kept.push(*kind);
                outcome.persons.insert(kind.to_string(), table.persons);
                outcome.duplicates.insert(kind.to_string(), table.rows - table.persons);
            }
        }
        if kept.is_empty() {
            return Err(StoreError::Empty);
        }
        writing.run("CHECKPOINT version")?;
        Ok((kept, outcome))
    }
}

/// Builds the table of one kind and checks it against what was staged.
fn build_table(writing: &Writing, kind: Kind, shape: Shape, columns: &[ColumnName]) -> Result<Table, StoreError> {
    let list = |prefix: &str, suffix: &str| -> String {
        columns.iter().map(|column| format!(", {prefix}\"{column}\"{suffix}")).collect()
    };
    let staged = format!("FROM staging.staged WHERE {kind} IS NOT NULL");
    let select = match shape {
        Shape::List if columns.is_empty() => format!("SELECT DISTINCT {kind} AS person {staged}"),
        // Of a person's rows the first in the file counts, whole: `arg_min` over `rowid`, with empty values kept.
        Shape::List => format!(
            "SELECT person{} FROM (SELECT {kind} AS person, arg_min({{{}}}, rowid) AS first {staged} GROUP BY 1)",
            list("first.", ""),
            columns.iter().map(|c| format!("\"{c}\": \"{c}\"")).collect::<Vec<_>>().join(", ")
        ),
        Shape::Events => format!("SELECT {kind} AS person{} {staged}", list("", "")),
    };
    writing.run(&format!("CREATE TABLE version.{kind} AS {select} ORDER BY person"))?;
    let rows = count(writing, &format!("SELECT count(*) {staged}"))?;
    let stored = count(writing, &format!("SELECT count(*) FROM version.{kind}"))?;
    let persons = match shape {
        Shape::List => stored,
        Shape::Events => count(writing, &format!("SELECT count(DISTINCT person) FROM version.{kind}"))?,
    };
    let sound = match shape {
        Shape::List => stored <= rows && unique(writing, kind)?,
        Shape::Events => stored == rows,
    };
    if !sound {
        return Err(EngineError::new(EngineFault::Other, "the stored table doesn't match what was staged").into());
    }
    Ok(Table { rows: if shape == Shape::List { rows } else { persons }, persons })
}

fn unique(writing: &Writing, kind: Kind) -> Result<bool, StoreError> {
    Ok(count(writing, &format!("SELECT count(*) - count(DISTINCT person) FROM version.{kind}"))? == 0)
}

fn count(writing: &Writing, sql: &str) -> Result<u64, StoreError> {
    u64::try_from(writing.count(sql)?).map_err(|_| StoreError::Corrupt)
}
