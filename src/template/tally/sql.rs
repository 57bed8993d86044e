//! The statement that runs: the template's rows, bounded person by person, then counted or added up.
//!
//! The inner query is called [`CONTRIBUTION`]. What bounds it stands around it and never inside, and each statement says in its
//! comment why a person moves it by no more than `Release::bounds` has it. Nothing here can fail on some row: keys are
//! guarded by their domains, values clamped before they are added. Names of generated relations have spaces, which no name in a
//! template has, so that the two never meet.

use super::bind::Bound;
use super::bounds::Release;
use super::keys::{CELL_ROOM, Key, cell_sql, cells, order_sql, tell_apart};
use crate::model::{CellSpace, answer::Unit};
use crate::template::print::quoted;
use sha2::{Digest, Sha256};

/// The template's rows, as a relation.
pub(super) const CONTRIBUTION: &str = "\"contributed rows\"";
/// What a crosstab keeps of them.
const KEPT: &str = "\"kept rows\"";

/// The statement: rows of a block, a cell in it, and a value for each block from that one on.
///
/// # Privacy argument
/// The number of a block is a constant of this file, never a value of the template, so no cell can stand for one of another block;
/// and rows whose cell lies outside its block are dropped, which moves a tally no further. The condition looks at the value as
/// well, so that the engine judges groups and not rows.
pub(super) fn statement(bound: &Bound, release: &Release, template_hash: &str) -> String {
    let tally = Tally { bound, salt: Sha256::digest(template_hash.as_bytes()).to_vec() };
    let (mut block, mut values) = ("CAST(0 AS BIGINT) AS block", "value");
    let body = match release {
        Release::Count => tally.count(),
        Release::Histogram { keys, keys_max } => tally.histogram(keys, *keys_max),
        Release::Cells { .. } => tally.regions(),
        Release::Frequency { max } => tally.frequency(*max),
        Release::Sum { value, min, max, keys, keys_max, .. } => {
            values = "value, total";
            tally.sum(value, (*min, *max), keys, *keys_max)
        }
        Release::Quantiles { value, min, max, step, .. } => tally.quantiles(value, (*min, *max), *step),
        Release::Top { keys, .. } => tally.histogram(keys, u32::MAX),
        Release::Threshold { key, unit, keys_max } => tally.threshold(key, *unit, *keys_max),
        Release::Crosstab { rows, columns, rows_max, columns_max } => {
            block = "block";
            tally.crosstab(rows, columns, *rows_max, *columns_max)
        }
        Release::Marginals { keys } => {
            block = "block";
            tally.marginals(keys)
        }
    };
    let inside = match release.bounds().cell_space() {
        CellSpace::Keys => "cell IS NOT NULL".to_owned(),
        CellSpace::Blocks(sizes) if block != "block" => {
            format!("cell BETWEEN 0 AND {}", sizes.first().copied().unwrap_or_default().saturating_sub(1))
        }
        CellSpace::Blocks(sizes) => {
            let blocks =
                (0..).zip(&sizes).map(|(at, size): (usize, _)| format!(" WHEN {at} THEN {}", size.saturating_sub(1)));
            format!("cell BETWEEN 0 AND CASE block{} END", blocks.collect::<String>())
        }
    };
    format!(
        "WITH {} SELECT {block}, cell, {values} FROM ({body}) WHERE CASE WHEN {inside} THEN value END IS NOT NULL",
        bound.ctes.join(", ")
    )
}

struct Tally<'a> {
    bound: &'a Bound,
    salt: Vec<u8>,
}

impl Tally<'_> {
    fn contribution(&self) -> String {
        format!("({}) AS {CONTRIBUTION}", self.bound.query)
    }

    /// Rows are persons, or persons are counted once: 1 or 0 each.
    fn count(&self) -> String {
        let count =
            if self.bound.once { "count(*)".to_owned() } else { format!("count(DISTINCT {CONTRIBUTION}.\"person\")") };
        format!("SELECT CAST(0 AS BIGINT) AS cell, {count} AS value FROM {}", self.contribution())
    }

    /// `person` and `cell` of each row; rows without a cell are among them.
    fn person_cells(&self, keys: &[Key]) -> String {
        let cell = cell_sql(keys);
        format!("SELECT {CONTRIBUTION}.\"person\" AS \"person\", {cell} AS cell FROM {}", self.contribution())
    }

    /// Whether no person has two rows in a cell: where the template has grouped by the keys, and each cell is one value of them.
    fn one_row_a_cell(&self, keys: &[Key]) -> bool {
        let told_apart = self.bound.told_apart_by.as_ref();
        told_apart.is_some_and(|by| by.iter().all(|column| keys.iter().any(|key| key.holds(column))))
            && tell_apart(keys)
    }

    /// A person has one row, or each of its cells once and no more than `keys_max` of them.
    fn histogram(&self, keys: &[Key], keys_max: u32) -> String {
        if !self.bound.once && u64::from(keys_max) < cells(keys) {
            return format!("SELECT cell, count(*) AS value FROM ({}) GROUP BY cell", self.kept(keys, keys_max));
        }
        let row_is_person = self.bound.once || self.one_row_a_cell(keys);
        // Numbers can be as many as rows, and then grouping twice is slower.
        if keys.iter().all(Key::has_few_values) && (self.bound.once || tell_apart(keys)) {
            return self.counted_by(keys, row_is_person);
        }
        let rows = self.person_cells(keys);
        if row_is_person {
            // Counting what is there is quicker than to look for it first, and nothing is left of the cell that isn't.
            return format!("SELECT cell, count(cell) AS value FROM ({rows}) GROUP BY cell HAVING count(cell) > 0");
        }
        format!("SELECT cell, count(DISTINCT \"person\") AS value FROM ({rows}) WHERE cell IS NOT NULL GROUP BY cell")
    }

    /// Persons by what is stored, which is quick to group by; then the groups are numbered, and those of a cell added up.
    ///
    /// A person is counted once where it has one row, or where each cell is one group.
    fn counted_by(&self, keys: &[Key], row_is_person: bool) -> String {
        let columns: Vec<String> = keys.iter().map(Key::column).collect();
        let (counted, there) = if row_is_person {
            ("count(*)".to_owned(), String::new())
        } else {
            let known: Vec<_> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
            (format!("count(DISTINCT {CONTRIBUTION}.\"person\")"), format!(" WHERE {}", known.join(" AND ")))
        };
        // No template can name a column so.
        let count = "\"count of rows\"";
        let groups = format!(
            "(SELECT {columns}, {counted} AS {count} FROM {}{there} GROUP BY {columns}) AS {CONTRIBUTION}",
            self.contribution(),
            columns = columns.join(", "),
        );
        let cell = cell_sql(keys);
        // A condition on the cell alone would be looked at in every row: the engine moves it into the groups.
        format!(
            " SELECT cell, CAST(sum({count}) AS BIGINT) AS value FROM (SELECT {cell} AS cell, {count} FROM {groups}) GROUP BY cell HAVING count(cell) > 0"
        )
    }

    /// At most `keys_max` cells a person, each once. One is a minimum, which needs no sorting.
    fn kept(&self, keys: &[Key], keys_max: u32) -> String {
        let rows = format!("SELECT \"person\", cell FROM ({}) WHERE cell IS NOT NULL", self.person_cells(keys));
        let order = order_sql("cell", &self.salt);
        if keys_max == 1 {
            return format!(
                "SELECT first % {CELL_ROOM} AS cell FROM (SELECT min({order}) AS first FROM ({rows}) GROUP BY \"person\")"
            );
        }
        let rows = if self.one_row_a_cell(keys) { rows } else { format!("SELECT DISTINCT * FROM ({rows})") };
        first("cell", &rows, "row_number", &order, keys_max)
    }

    /// A person is in exactly one region: the set of its audiences.
    fn regions(&self) -> String {
        let bits: String = (0..self.bound.audiences.len())
            .map(|position| format!(" WHEN {position} THEN {}", 1u64 << position))
            .collect();
        let bit = format!("CASE {CONTRIBUTION}.\"audience\"{bits} ELSE 0 END");
        let regions =
            format!("SELECT bit_or({bit}) AS region FROM {} GROUP BY {CONTRIBUTION}.\"person\"", self.contribution());
        format!(
            " SELECT CAST(region AS BIGINT) - 1 AS cell, count(*) AS value FROM ({regions}) WHERE region > 0 GROUP BY region"
        )
    }

    /// A person has one number of rows.
    fn frequency(&self, max: u32) -> String {
        let rows = format!(
            "SELECT least(count(*), {max}) AS rows FROM {} GROUP BY {CONTRIBUTION}.\"person\"",
            self.contribution()
        );
        format!("SELECT CAST(rows AS BIGINT) - 1 AS cell, count(*) AS value FROM ({rows}) GROUP BY rows")
    }

    /// A person's rows in a cell are added up, then clamped; then at most `keys_max` cells are kept.
    fn sum(&self, value: &str, (min, max): (i64, i64), keys: &[Key], keys_max: u32) -> String {
        let value = format!("{CONTRIBUTION}.{}", quoted(value));
        let cell = cell_sql(keys);
        let clamp = |value: &str| format!("CAST(least(greatest({value}, {min}), {max}) AS BIGINT)");
        let person = format!("{CONTRIBUTION}.\"person\"");
        let from = self.contribution();
        let added = if self.bound.once || self.one_row_a_cell(keys) {
            format!(
                "SELECT {person} AS \"person\", {cell} AS cell, {} AS amount FROM {from} WHERE {value} IS NOT NULL",
                clamp(&value)
            )
        } else {
            let total = clamp(&format!("sum({value})"));
            format!(
                "SELECT {person} AS \"person\", {cell} AS cell, {total} AS amount FROM {from} WHERE {value} IS NOT NULL GROUP BY 1, 2"
            )
        };
        let added = format!("SELECT \"person\", cell, amount FROM ({added}) WHERE cell IS NOT NULL");
        let kept = if self.bound.once || u64::from(keys_max) >= cells(keys) {
            added
        } else {
            first("cell, amount", &added, "row_number", &order_sql("cell", &self.salt), keys_max)
        };
        // Within 64 bits for a trillion persons, and cut beyond, so that no cast can fail.
        let total = format!("CAST(least(greatest(sum(amount), {}), {}) AS BIGINT)", i64::MIN, i64::MAX);
        format!("SELECT cell, count(*) AS value, {total} AS total FROM ({kept}) GROUP BY cell")
    }

    /// A person has one value, and so one place among the candidates: how many of them the value reaches.
    fn quantiles(&self, value: &str, (min, max): (i64, i64), step: u32) -> String {
        let value = format!("{CONTRIBUTION}.{}", quoted(value));
        // One step below the least candidate stands for everything below it.
        let below = min.saturating_sub(i64::from(step));
        let place = format!(
            "CASE WHEN {value} < {min} THEN CAST(0 AS BIGINT) ELSE (least(greatest(CAST({value} AS BIGINT), {min}), {max}) - ({below})) // {step} END"
        );
        format!(
            " SELECT cell, count(*) AS value FROM (SELECT {place} AS cell FROM {} WHERE {value} IS NOT NULL) GROUP BY cell",
            self.contribution()
        )
    }

    /// Each of a person's keys once and no more than `keys_max` of them.
    fn threshold(&self, key: &str, unit: Unit, keys_max: u32) -> String {
        let column = format!("{CONTRIBUTION}.{}", quoted(key));
        let key = match unit {
            Unit::Date => format!("CAST(date_diff('day', DATE '1970-01-01', {column}) AS BIGINT)"),
            Unit::Persons | Unit::Cents | Unit::Number => format!("CAST({column} AS BIGINT)"),
        };
        let rows = format!(
            "SELECT DISTINCT {CONTRIBUTION}.\"person\" AS \"person\", {key} AS key FROM {} WHERE {column} IS NOT NULL",
            self.contribution()
        );
        if self.bound.once {
            return format!("SELECT key AS cell, count(*) AS value FROM ({rows}) GROUP BY key");
        }
        // Keys are any numbers: reduced to a cell's room for the order, and equal ones told apart by themselves.
        let order = order_sql(&format!("(key % {CELL_ROOM} + {CELL_ROOM}) % {CELL_ROOM}"), &self.salt);
        let kept = first("key", &rows, "row_number", &format!("{order}, key"), keys_max);
        format!("SELECT key AS cell, count(*) AS value FROM ({kept}) GROUP BY key")
    }

    /// A person keeps at most so many rows and so many columns; its pairs are of those alone, each once.
    fn crosstab(&self, rows: &Key, columns: &Key, rows_max: u32, columns_max: u32) -> String {
        let (down, along) = (u64::from(rows.cells()), u64::from(columns.cells()));
        let pairs = format!(
            "SELECT DISTINCT {CONTRIBUTION}.\"person\" AS \"person\", {} AS down, {} AS along FROM {}",
            rows.sql(),
            columns.sql(),
            self.contribution()
        );
        let mut kept =
            format!("SELECT \"person\", down, along FROM ({pairs}) WHERE down IS NOT NULL AND along IS NOT NULL");
        let single = |key: &Key| self.bound.once || self.bound.single_valued.iter().any(|column| key.holds(column));
        let places = [("down", rows_max, down, single(rows)), ("along", columns_max, along, single(columns))];
        for (key, most, all, single) in places {
            if !single && u64::from(most) < all {
                kept = first("\"person\", down, along", &kept, "dense_rank", &order_sql(key, &self.salt), most);
            }
        }
        // Where a person has one row of the crosstab, it has each of its columns once; and the other way round.
        let persons = |single| if single { "count(*)" } else { "count(DISTINCT \"person\")" };
        let (by_row, by_column) = (persons(single(columns)), persons(single(rows)));
        format!(
            "WITH {KEPT} AS MATERIALIZED ({kept}) SELECT CAST(0 AS BIGINT) AS block, down * {along} + along AS cell, count(*) AS value FROM {KEPT} GROUP BY 2 \
             UNION ALL SELECT CAST(1 AS BIGINT), down, {by_row} FROM {KEPT} GROUP BY 2 \
             UNION ALL SELECT CAST(2 AS BIGINT), along, {by_column} FROM {KEPT} GROUP BY 2 \
             UNION ALL SELECT CAST(3 AS BIGINT), CAST(0 AS BIGINT), count(DISTINCT \"person\") FROM {KEPT}"
        )
    }

    /// A person has one row, and so one cell in each column; none is missing, since those without a value have a cell.
    fn marginals(&self, keys: &[Key]) -> String {
        let (mut blocks, mut cells, mut sets) = (String::new(), String::new(), Vec::new());
        for (block, key) in keys.iter().enumerate() {
            let column = key.column();
            blocks += &format!(" WHEN grouping({column}) = 0 THEN CAST({block} AS BIGINT)");
            cells += &format!(" WHEN grouping({column}) = 0 THEN {}", key.sql());
            sets.push(format!("({column})"));
        }
        // Grouped by what is stored, then numbered: several values can be without a name of their own.
        format!(
            "SELECT block, cell, CAST(sum(rows) AS BIGINT) AS value FROM (SELECT CASE{blocks} END AS block, CASE{cells} END AS cell, count(*) AS rows FROM {} GROUP BY GROUPING SETS ({})) GROUP BY block, cell",
            self.contribution(),
            sets.join(", ")
        )
    }
}

/// These columns of those rows of each person that come first in the order, by `row_number`, or whose keys do, by `dense_rank`.
fn first(columns: &str, rows: &str, rank: &str, order: &str, most: u32) -> String {
    format!(
        "SELECT {columns} FROM (SELECT {columns}, {rank}() OVER (PARTITION BY \"person\" ORDER BY {order}) AS place FROM ({rows})) WHERE place <= {most}"
    )
}
