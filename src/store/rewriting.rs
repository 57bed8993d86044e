//! Writing a version anew without people who are to be erased, and proving of what was written that it is that.

use super::{
    StoreError, Version,
    build::{Stored, counts, most, stored, unsound},
    duckdb::Writing,
    engine::EngineError,
    erase::ErasureList,
    links,
};
use crate::identity::Kind;
use arrow::{
    array::Int64Array,
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use std::{collections::BTreeMap, sync::Arc};

/// Rows of the table of a kind whose person is to be erased.
fn among(file: &str, kind: Kind) -> String {
    format!("FROM {file}.{kind} SEMI JOIN memory.main.erased_{kind} USING (person)")
}

/// Puts the persons of the list where statements can join with them, and with them whom to erase: those on it, and those who stood on a row
/// with one of them.
fn load(engine: &Writing, version: &Version, list: &ErasureList) -> Result<(), StoreError> {
    let schema = Arc::new(Schema::new(vec![Field::new("person", DataType::Int64, false)]));
    for kind in Kind::ALL {
        engine.run(&format!("CREATE TABLE memory.main.listed_{kind} (person BIGINT NOT NULL)"))?;
        let persons = Int64Array::from(list.persons(kind).to_vec());
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(persons)]);
        let batch = batch.map_err(|_| EngineError::internal("a list of persons"))?;
        engine.append("memory", &format!("listed_{kind}"), vec![batch])?;
        engine
            .run(&format!("CREATE TABLE memory.main.erased_{kind} AS SELECT person FROM memory.main.listed_{kind}"))?;
    }
    if version.kinds.len() > 1 { links::follow(engine) } else { Ok(()) }
}

/// Persons by kind of identifier.
type Persons = BTreeMap<Kind, u64>;

/// Writes a version without those persons: by kind, how many went and how many are left.
pub(super) fn without(
    engine: &Writing,
    version: &Version,
    list: &ErasureList,
) -> Result<(Persons, Persons), StoreError> {
    load(engine, version, list)?;
    let (mut gone, mut left) = (BTreeMap::new(), BTreeMap::new());
    let most = most(version.declaration.shape, version.rows_max);
    for kind in &version.kinds {
        let (went, stay) = table_without(engine, *kind, most)?;
        gone.insert(*kind, went);
        left.insert(*kind, stay);
    }
    if version.kinds.len() > 1 {
        links::without(engine)?;
    }
    Ok((gone, left))
}

/// Writes the table of a kind without those persons, and proves of what was written that it is the rest and none of them; gives how
/// many persons went and how many it has. A table of nobody is kept: which kinds there are is public.
fn table_without(engine: &Writing, kind: Kind, most: u64) -> Result<(u64, u64), StoreError> {
    engine.run(&format!(
        "CREATE TABLE version.{kind} AS
         SELECT held.* FROM before.{kind} held ANTI JOIN memory.main.erased_{kind} USING (person) ORDER BY held.person"
    ))?;
    let [all] = counts(engine, &format!("SELECT count(*) FROM before.{kind}"))?;
    let [gone, persons_gone] =
        counts(engine, &format!("SELECT count(*), count(DISTINCT person) {}", among("before", kind)))?;
    let [missed] = counts(engine, &format!("SELECT count(*) {}", among("version", kind)))?;
    let Stored { rows, persons } = stored(engine, kind, most)?;
    if missed > 0 || rows + gone != all { Err(unsound()) } else { Ok((persons_gone, persons)) }
}

#[cfg(test)]
#[path = "rewriting_tests.rs"]
mod tests;
