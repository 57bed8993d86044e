//! The most rows that one person has in a version, by a public limit.
//!
//! Without one, whoever repeats somebody's identifier millions of times in events of its own makes the time of a join tell whether that
//! person is in another's audience. Promises, of each kind of identifier:
//! - A person who has no more rows than the limit keeps all of them; of one who has more, exactly that many stay.
//! - Which stay depends on that person's own rows and on a secret of the room and the upload, on nobody else's rows, and on nothing that
//!   the uploader can choose: not on where in the file they stand, nor on what they hold.

use super::{
    StoreError,
    build::{counts, unsound},
    duckdb::Writing,
};
use crate::{identity::Kind, model::LeftOut};

/// Most groups of persons that are counted before persons are.
const GROUPS_MAX: u64 = 1 << 22;
/// Groups a limit: with so many, a group of persons with few rows each is far from the limit.
const GROUPS_SHARE: u64 = 8;

/// Finds out which persons have too many rows, and which rows of theirs stay: [`stay`] reads it.
pub(super) fn choose(
    writing: &Writing,
    kind: Kind,
    (rows, rows_max): (u64, u64),
    secret: &str,
) -> Result<LeftOut, StoreError> {
    // Persons are spread evenly over groups, since they are pseudonyms. So a few small counts rule out nearly everybody, and the exact
    // ones are needed of those in a crowded group alone: of nobody, in most uploads.
    let groups = (rows.saturating_mul(GROUPS_SHARE) / rows_max.max(1)).clamp(1, GROUPS_MAX).next_power_of_two();
    let mask = groups - 1;
    writing.run(&format!(
        "CREATE OR REPLACE TABLE memory.main.crowded_groups AS
             SELECT {kind} & {mask} AS \"group\" FROM staging.staged WHERE {kind} IS NOT NULL
             GROUP BY 1 HAVING count(*) > {rows_max};
         CREATE OR REPLACE TABLE memory.main.crowded AS
             SELECT {kind} AS person, count(*) AS held FROM staging.staged
             SEMI JOIN memory.main.crowded_groups ON {kind} & {mask} = \"group\"
             GROUP BY 1 HAVING count(*) > {rows_max};
         CREATE OR REPLACE TABLE memory.main.stay (line BIGINT)"
    ))?;
    let [persons, all] = counts(writing, "SELECT count(*), coalesce(sum(held), 0)::BIGINT FROM memory.main.crowded")?;
    if persons == 0 {
        return Ok(LeftOut::default());
    }
    // `place` numbers a person's own rows; where they lie among others' doesn't count.
    writing.run(&format!(
        "INSERT INTO memory.main.stay SELECT unnest(arg_min(line, chance, {rows_max})) FROM (
             SELECT person, line, ('0x' || left(sha256(concat('{secret} ', person, ' ', place)), 16))::UBIGINT AS chance
             FROM (SELECT {kind} AS person, rowid AS line, row_number() OVER (PARTITION BY {kind} ORDER BY rowid) AS place
                 FROM staging.staged SEMI JOIN memory.main.crowded ON {kind} = person)
         ) GROUP BY person"
    ))?;
    let [stay] = counts(writing, "SELECT count(DISTINCT line) FROM memory.main.stay")?;
    if stay != persons * rows_max || all <= stay {
        return Err(unsound());
    }
    Ok(LeftOut { persons, rows: all - stay })
}

/// The condition on staged rows of a kind that they stay.
pub(super) fn stay(kind: Kind) -> String {
    format!("({kind} NOT IN (SELECT person FROM memory.main.crowded) OR rowid IN (SELECT line FROM memory.main.stay))")
}
