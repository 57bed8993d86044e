//! Turning a complete staging file into an audience version: sorted by person, lists unique by person.

use super::{
    Outcome, Progress, Store, StoreError, Upload, UploadState, blocking,
    duckdb::Writing,
    engine::{EngineError, EngineFault},
    intact::Fingerprint,
    layout::Layout,
    sweep::remove,
};
use crate::{
    identity::Kind,
    model::{ColumnName, Shape, failpoint},
};
use std::{collections::BTreeMap, fs, ops::RangeInclusive, path::Path};

struct Table {
    rows: u64,
    persons: u64,
}

impl Store {
    /// Completes an upload: builds its version's file aside, checks it, and makes it the version in force.
    /// Repeating it for a stored upload returns the same outcome.
    ///
    /// # Errors
    /// When bytes are missing, nothing usable has come, the audience is outside `people`, or a file can't be
    /// written; the version in force before stays in force then.
    pub async fn complete(
        &self,
        upload: &Upload,
        bytes: u64,
        people: RangeInclusive<u64>,
    ) -> Result<Outcome, StoreError> {
        match (upload.state, &upload.outcome) {
            (UploadState::Stored, Some(outcome)) => return Ok(outcome.clone()),
            (UploadState::Open, _) => {}
            _ => return Err(StoreError::Closed),
        }
        let (store, task) = (self.clone(), upload.clone());
        let built = blocking(move || {
            let (kinds, outcome) = store.build(&task, bytes, &people)?;
            let fingerprint =
                Fingerprint::of(&store.version_file(task.member.as_str(), &task.id)).map_err(StoreError::Files)?;
            Ok((kinds, outcome, fingerprint))
        });
        let (kinds, outcome, fingerprint) = built.await?;
        let outcome = self.switch(upload, &kinds, outcome, &fingerprint).await?;
        self.sweep().await?;
        Ok(outcome)
    }

    fn build(
        &self,
        upload: &Upload,
        bytes: u64,
        people: &RangeInclusive<u64>,
    ) -> Result<(Vec<Kind>, Outcome), StoreError> {
        let progress = self.progress(upload)?;
        if progress.offset != bytes {
            return Err(StoreError::Length { declared: bytes, received: progress.offset });
        }
        let header = progress.header.clone().ok_or(StoreError::Empty)?;
        let kinds = Layout::read(&header, upload.declaration.layout(), &self.vocabulary())?.kinds();
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
        if outcome.persons.values().all(|persons| persons < people.start()) {
            remove(&file)?;
            return Err(StoreError::TooFew(*people.start()));
        }
        if outcome.persons.values().any(|persons| persons > people.end()) {
            remove(&file)?;
            return Err(StoreError::TooMany(*people.end()));
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
    let columns: String = columns.iter().map(|column| format!(", \"{column}\"")).collect();
    let staged = format!("FROM staging.staged WHERE {kind} IS NOT NULL");
    let select = match shape {
        // Of a person's rows the first in the file counts, whole. A sort finds it sooner than a hash table of all persons,
        // and the rows have to be sorted anyway.
        Shape::List => format!(
            "SELECT person{columns} FROM (
                 SELECT {kind} AS person, lag({kind}) OVER (ORDER BY {kind}{}) AS \"the one before\"{columns} {staged}
             ) WHERE person IS DISTINCT FROM \"the one before\"",
            if columns.is_empty() { "" } else { ", rowid" }
        ),
        Shape::Events => format!("SELECT {kind} AS person{columns} {staged} ORDER BY person"),
    };
    writing.run(&format!("CREATE TABLE version.{kind} AS {select}"))?;
    let [rows] = counts(writing, &format!("SELECT count(*) {staged}"))?;
    let Stored { rows: stored, persons } = stored(writing, kind)?;
    let sound = match shape {
        Shape::List => stored <= rows && stored == persons,
        Shape::Events => stored == rows,
    };
    if !sound {
        return Err(unsound());
    }
    Ok(Table { rows: if shape == Shape::List { rows } else { persons }, persons })
}

pub(super) struct Stored {
    pub(super) rows: u64,
    pub(super) persons: u64,
}

/// Reads the table as it lies and compares each row with the one before: so persons are counted in one pass, and it is
/// proven that their rows stand together, in order. However the engine reads, rows that never descend and all but one of
/// which have one before them can't hold a person twice without showing it as an equal pair.
pub(super) fn stored(writing: &Writing, kind: Kind) -> Result<Stored, StoreError> {
    let sql = format!(
        "SELECT count(*), count(*) FILTER (WHERE person IS DISTINCT FROM \"the one before\"),
             count(*) FILTER (WHERE \"the one before\" IS NOT NULL AND (person >= \"the one before\") IS NOT TRUE), count(*) FILTER (WHERE \"the one before\" IS NULL)
         FROM (SELECT person, lag(person) OVER () AS \"the one before\" FROM version.{kind})"
    );
    let [rows, persons, descents, beginnings] = counts(writing, &sql)?;
    if descents > 0 || beginnings != rows.min(1) {
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
mod tests {
    use super::*;
    use crate::store::{DuckDb, Limits};
    use std::time::Duration;

    fn writing(folder: &Path) -> Writing {
        let extension = Path::new(env!("CAMERATA_DUCKDB_DIR")).join("httpfs.duckdb_extension");
        let limits = Limits { threads: 2, memory_mib: 1024, deadline: Duration::from_secs(60) };
        let (staging, version, key) = (folder.join("s.db"), folder.join("v.db"), "0".repeat(64));
        DuckDb::new(extension, limits)
            .open_writing(&[("staging", &staging, &key), ("version", &version, &key)])
            .unwrap()
    }

    #[test]
    fn a_table_out_of_order_is_not_taken_for_a_list() {
        let folder = tempfile::tempdir().unwrap();
        let writing = writing(folder.path());
        for (rows, expected) in [
            ("[-3, 0, 5]", Some((3, 3))),
            ("[-3, -3, 0, 5, 5]", Some((5, 3))),
            ("[7]", Some((1, 1))),
            ("[]::BIGINT[]", Some((0, 0))),
            ("[5, -3]", None),
            ("[5, -3, 5]", None),
            ("[NULL, 1]", None),
            ("[1, NULL]", None),
            // More than one of the engine's vectors, and of its row groups.
            ("range(300000)", Some((300_000, 300_000))),
            ("list_concat(range(300000), [299999])", Some((300_001, 300_000))),
            ("list_concat(range(300000), [150000])", None),
        ] {
            writing.run(&format!("CREATE OR REPLACE TABLE version.email AS SELECT unnest({rows}) AS person")).unwrap();
            let found = stored(&writing, Kind::Email).ok().map(|stored| (stored.rows, stored.persons));
            assert_eq!(found, expected, "{rows}");
        }
    }

    #[test]
    fn of_a_person_the_first_row_counts_whole() {
        let folder = tempfile::tempdir().unwrap();
        let writing = writing(folder.path());
        // 200,000 rows of 50,000 persons in no order; a person's first row is the one with the least amount.
        let staged = "CREATE TABLE staging.staged AS
             SELECT (hash(i % 50000) >> 1)::BIGINT AS email, NULL::BIGINT AS phone,
                 CASE WHEN i < 25000 THEN NULL ELSE i % 7 END AS genre, i AS amount
             FROM range(200000) t(i)";
        writing.run(staged).unwrap();
        let columns = ["genre", "amount"].map(|name| name.parse().unwrap());
        let table = build_table(&writing, Kind::Email, Shape::List, &columns).unwrap();
        assert_eq!((table.rows, table.persons), (200_000, 50_000));
        let wrong = "SELECT count(*) FROM version.email FULL JOIN (
                 SELECT email, arg_min({'g': genre, 'a': amount}, amount) AS first FROM staging.staged GROUP BY 1
             ) ON person = email WHERE genre IS DISTINCT FROM first.g OR amount IS DISTINCT FROM first.a";
        assert_eq!(counts::<1>(&writing, wrong).unwrap(), [0]);
        let bare = build_table(&writing, Kind::Phone, Shape::List, &[]).unwrap();
        assert_eq!((bare.rows, bare.persons), (0, 0));
        writing.run("DROP TABLE version.email").unwrap();
        let events = build_table(&writing, Kind::Email, Shape::Events, &columns).unwrap();
        assert_eq!((events.rows, events.persons), (50_000, 50_000));
        assert_eq!(counts::<1>(&writing, "SELECT count(*) FROM version.email").unwrap(), [200_000]);
    }
}
