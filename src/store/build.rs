//! Turning a complete staging file into an audience version: sorted by person, lists unique by person, events with at most so many rows
//! a person.

use super::{
    Declaration, Outcome, Progress, Store, StoreError, Upload, UploadState, blocking,
    duckdb::Writing,
    engine::{EngineError, EngineFault},
    intact::Fingerprint,
    layout::Layout,
    links, rows,
    sweep::remove,
};
use crate::{
    identity::Kind,
    model::{LeftOut, Shape, failpoint},
};
use std::{collections::BTreeMap, fs, path::Path};

struct Table {
    persons: u64,
    duplicates: u64,
    left_out: LeftOut,
}

/// What the room's policies ask of an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Required {
    /// The least persons of each kind of identifier that it declares.
    pub people_min: u64,
    /// The most persons of each.
    pub people_max: u64,
    /// The most rows that stay of one person.
    pub rows_max: u64,
}

impl Store {
    /// Completes an upload: builds its version's file aside, checks it, and makes it the version in force.
    /// Repeating it for a stored upload returns the same outcome.
    ///
    /// # Errors
    /// When bytes are missing, nothing usable has come, a kind of identifier has fewer or more persons than `required` allows, or a
    /// file can't be written; the version in force before stays in force then.
    pub async fn complete(&self, upload: &Upload, bytes: u64, required: Required) -> Result<Outcome, StoreError> {
        match (upload.state, &upload.outcome) {
            (UploadState::Stored, Some(outcome)) => return Ok(outcome.clone()),
            (UploadState::Open, _) => {}
            _ => return Err(StoreError::Closed),
        }
        let (store, task) = (self.clone(), upload.clone());
        let built = blocking(move || {
            let (kinds, outcome) = store.build(&task, bytes, required)?;
            let fingerprint =
                Fingerprint::of(&store.version_file(task.member.as_str(), &task.id)).map_err(StoreError::Files)?;
            Ok((kinds, outcome, fingerprint))
        });
        let (kinds, outcome, fingerprint) = built.await?;
        let outcome = self.switch(upload, &kinds, outcome, &fingerprint).await?;
        self.sweep().await?;
        Ok(outcome)
    }

    fn build(&self, upload: &Upload, bytes: u64, required: Required) -> Result<(Vec<Kind>, Outcome), StoreError> {
        let progress = self.progress(upload)?;
        if progress.offset != bytes {
            return Err(StoreError::Length { declared: bytes, received: progress.offset });
        }
        let header = progress.header.clone().ok_or(StoreError::Empty)?;
        if progress.rows_taken == 0 {
            return Err(StoreError::Empty);
        }
        let kinds = Layout::read(&header, upload.declaration.layout(), &self.vocabulary())?.kinds();
        failpoint("upload_before_build");
        let file = self.version_file(upload.member.as_str(), &upload.id);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(StoreError::Files)?;
        }
        remove(&file)?; // A crash may have left half of one.
        let built = self.build_file(upload, &file, (&kinds, required.rows_max), &progress);
        let enough = built.and_then(|outcome| enough(&kinds, &outcome, required).map(|()| outcome));
        let outcome = match enough {
            Ok(outcome) => outcome,
            Err(error) => {
                remove(&file)?;
                return Err(error);
            }
        };
        fs::File::open(&file).and_then(|file| file.sync_all()).map_err(StoreError::Files)?;
        Ok((kinds, outcome))
    }

    fn build_file(
        &self,
        upload: &Upload,
        file: &Path,
        (kinds, rows_max): (&[Kind], u64),
        progress: &Progress,
    ) -> Result<Outcome, StoreError> {
        let key = self.keys.version(&upload.id)?;
        let staging = self.staging_file(&upload.id);
        let writing = self.engine.open_writing(&[("staging", &staging, &key), ("version", file, &key)])?;
        let mut outcome = Outcome {
            version: 0,
            rows_taken: progress.rows_taken,
            rows_rejected: progress.rows_rejected,
            persons: BTreeMap::new(),
            duplicates: BTreeMap::new(),
            left_out: BTreeMap::new(),
            rows_max,
            rejected: progress.rejections.counts(),
            first_lines: progress.rejections.first_lines(),
        };
        let secret = self.keys.order(&upload.id);
        for kind in kinds {
            let table = build_table(&writing, *kind, &upload.declaration, (rows_max, &secret))?;
            outcome.persons.insert(kind.to_string(), table.persons);
            outcome.duplicates.insert(kind.to_string(), table.duplicates);
            if table.left_out != LeftOut::default() {
                outcome.left_out.insert(kind.to_string(), table.left_out);
            }
        }
        if kinds.len() > 1 {
            links::build(&writing, upload.declaration.shape)?;
        }
        writing.run("CHECKPOINT version")?;
        Ok(outcome)
    }
}

/// Refuses an audience of which a declared kind has too few persons. Which kinds a version has is public, so it mustn't depend on whether
/// somebody is in the list: it is what the header line declares, or the upload is refused, and only its owner learns why.
fn enough(kinds: &[Kind], outcome: &Outcome, required: Required) -> Result<(), StoreError> {
    let Required { people_min, people_max, .. } = required;
    if outcome.persons.values().any(|persons| *persons > people_max) {
        return Err(StoreError::TooMany(people_max));
    }
    let few = |kind: &&Kind| outcome.persons.get(kind.as_str()).copied().unwrap_or_default() < people_min;
    let lacking: Vec<Kind> = kinds.iter().filter(few).copied().collect();
    match lacking.first() {
        Some(kind) if lacking.len() < kinds.len() => Err(StoreError::TooFewOf { kind: *kind, people_min }),
        Some(_) => Err(StoreError::TooFew(people_min)),
        None => Ok(()),
    }
}

/// Builds the table of one kind and checks it against what was staged.
fn build_table(
    writing: &Writing,
    kind: Kind,
    declaration: &Declaration,
    (rows_max, secret): (u64, &str),
) -> Result<Table, StoreError> {
    let columns: String = declaration.columns.iter().map(|column| format!(", \"{column}\"")).collect();
    let staged = format!("FROM staging.staged WHERE {kind} IS NOT NULL");
    let [rows] = counts(writing, &format!("SELECT count(*) {staged}"))?;
    let (mut left_out, most) = (LeftOut::default(), most(declaration.shape, rows_max));
    let select = match declaration.shape {
        // Of a person's rows the first in the file counts, whole. A sort finds it sooner than a hash table of all persons,
        // and the rows have to be sorted anyway.
        Shape::List => format!(
            "SELECT person{columns} FROM (
                 SELECT {kind} AS person, lag({kind}) OVER (ORDER BY {kind}{}) AS \"the one before\"{columns} {staged}
             ) WHERE person IS DISTINCT FROM \"the one before\"",
            if columns.is_empty() { "" } else { ", rowid" }
        ),
        Shape::Events => {
            left_out = rows::choose(writing, kind, (rows, rows_max), secret)?;
            let stay = if left_out.persons == 0 { String::new() } else { format!(" AND {}", rows::stay(kind)) };
            format!("SELECT {kind} AS person{columns} {staged}{stay} ORDER BY person")
        }
    };
    writing.run(&format!("CREATE TABLE version.{kind} AS {select}"))?;
    let Stored { rows: stored, persons } = stored(writing, kind, most)?;
    let (sound, duplicates) = match declaration.shape {
        Shape::List => (stored <= rows && stored == persons, rows.saturating_sub(persons)),
        Shape::Events => (stored.saturating_add(left_out.rows) == rows, 0),
    };
    if sound { Ok(Table { persons, duplicates, left_out }) } else { Err(unsound()) }
}

/// The most rows of one person in a table: of a list, one.
pub(super) fn most(shape: Shape, rows_max: u64) -> u64 {
    match shape {
        Shape::List => 1,
        Shape::Events => rows_max,
    }
}

pub(super) struct Stored {
    pub(super) rows: u64,
    pub(super) persons: u64,
}

/// Reads the table as it lies and compares each row with the one before, and with the one as many rows before as a person may have: so
/// persons are counted in one pass, and it is proven that their rows stand together, in order, and that nobody has more than `most`.
/// However the engine reads, rows that never descend and all but one of which have one before them can't hold a person twice without
/// showing it as an equal pair, nor one too often without a pair that is equal that far apart.
pub(super) fn stored(writing: &Writing, kind: Kind, most: u64) -> Result<Stored, StoreError> {
    let sql = format!(
        "SELECT count(*), count(*) FILTER (WHERE person IS DISTINCT FROM \"the one before\"),
             count(*) FILTER (WHERE \"the one before\" IS NOT NULL AND (person >= \"the one before\") IS NOT TRUE), count(*) FILTER (WHERE \"the one before\" IS NULL),
             count(*) FILTER (WHERE person = \"the one too far\")
         FROM (SELECT person, lag(person) OVER () AS \"the one before\", lag(person, {most}) OVER () AS \"the one too far\" FROM version.{kind})"
    );
    let [rows, persons, descents, beginnings, too_many] = counts(writing, &sql)?;
    if descents > 0 || beginnings != rows.min(1) || too_many > 0 {
        return Err(unsound());
    }
    Ok(Stored { rows, persons })
}

pub(super) fn unsound() -> StoreError {
    EngineError::new(EngineFault::Other, "the stored table doesn't match what was staged").into()
}

pub(super) fn counts<const N: usize>(writing: &Writing, sql: &str) -> Result<[u64; N], StoreError> {
    let mut counts = [0; N];
    for (count, counted) in counts.iter_mut().zip(writing.counts::<N>(sql)?) {
        *count = u64::try_from(counted).map_err(|_| StoreError::Corrupt)?;
    }
    Ok(counts)
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
