//! Which e-mail address and which phone number stood on one row: so that erasing a person by one of them erases the rows that came with the
//! other.
//!
//! A version keeps one table per kind of identifier, and queries read those alone: a list with both kinds has this table beside them, in
//! the same encrypted file, for erasures only. No statement of a template can name it.

use super::{
    StoreError,
    build::{counts, unsound},
    duckdb::Writing,
};
use crate::{identity::Kind, model::Shape};

/// Keeps which pairs the staged rows hold: all of them, also those of rows that a list or the limit of rows leaves out.
pub(super) fn build(writing: &Writing, shape: Shape) -> Result<(), StoreError> {
    // In events the same pair comes again with every row; in a list hardly ever, and finding out would cost more than it saves.
    let distinct = match shape {
        Shape::List => "",
        Shape::Events => "DISTINCT ",
    };
    Ok(writing.run(&format!(
        "CREATE TABLE version.links AS
         SELECT {distinct}email, phone FROM staging.staged WHERE email IS NOT NULL AND phone IS NOT NULL"
    ))?)
}

/// Adds to the persons who are to be erased (`memory.main.erased_<kind>`, from `memory.main.listed_<kind>`) those who stood on a row with
/// one of them. One step, and no further: else a number that many share would erase whole chains of people.
pub(super) fn follow(engine: &Writing) -> Result<(), StoreError> {
    for (kind, other) in [(Kind::Email, Kind::Phone), (Kind::Phone, Kind::Email)] {
        engine.run(&format!(
            "INSERT INTO memory.main.erased_{kind}
             SELECT DISTINCT {kind} FROM before.links SEMI JOIN memory.main.listed_{other} ON {other} = person"
        ))?;
    }
    Ok(())
}

/// Writes the pairs anew without those that hold a person who was erased, and proves that none is left.
pub(super) fn without(engine: &Writing) -> Result<(), StoreError> {
    let erased = |kind: Kind| format!("{kind} IN (SELECT person FROM memory.main.erased_{kind})");
    let either = format!("({} OR {})", erased(Kind::Email), erased(Kind::Phone));
    engine.run(&format!("CREATE TABLE version.links AS SELECT email, phone FROM before.links WHERE NOT {either}"))?;
    let [missed] = counts(engine, &format!("SELECT count(*) FROM version.links WHERE {either}"))?;
    let [all] = counts(engine, "SELECT count(*) FROM before.links")?;
    let [gone] = counts(engine, &format!("SELECT count(*) FROM before.links WHERE {either}"))?;
    let [left] = counts(engine, "SELECT count(*) FROM version.links")?;
    if missed > 0 || left + gone != all { Err(unsound()) } else { Ok(()) }
}
