//! The audiences of the templates' examples, as plain DuckDB files with the columns, types and order that the store gives them.

use camerata::{model::CellSpace, store::plan_by_text};
use duckdb::{Config, Connection};
use std::{collections::BTreeMap, path::Path, thread};

/// The lists, and where each begins among the people, in tenths of its rows: the next one begins before the last has ended.
const LISTS: [(&str, u64); 4] =
    [("festival_abonnes", 0), ("billetterie_acheteurs", 5), ("salle_abonnes", 3), ("etiquette_infolettre", 8)];
/// The purchases of the ticketing company.
const EVENTS: &str = "billetterie_achats";

/// An instance with the files attached.
pub struct Room(Connection);

impl Room {
    /// Writes the files, of `rows` rows each, and opens them.
    pub fn fill(folder: &Path, rows: u64, seed: u64) -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let config = Config::default().threads(i64::try_from(threads).unwrap()).unwrap();
        let connection = Connection::open_in_memory_with_flags(config).unwrap();
        let write = |name: &str, select: &str| {
            let file = folder.join(format!("{name}.duckdb"));
            let file = file.to_str().unwrap();
            let sql = format!(
                "ATTACH '{file}' AS {name}; CREATE TABLE {name}.email AS {select} ORDER BY person; CHECKPOINT {name}; \
                 DETACH {name}; ATTACH '{file}' AS {name} (READ_ONLY)"
            );
            connection.execute_batch(&sql).unwrap();
        };
        for (name, tenths) in LISTS {
            let first = rows * tenths / 10;
            write(
                name,
                &format!(
                    "SELECT {}, {} FROM range({first}, {first} + {rows}) AS r(i)",
                    person("i", seed),
                    traits("i", seed)
                ),
            );
        }
        write(EVENTS, &events(rows, seed));
        Self(connection)
    }

    /// The tally of a statement, as the store reads it: planned as in a room, or with all optimisers.
    pub fn cells(&self, sql: &str, space: &CellSpace, as_a_room: bool) -> BTreeMap<i64, i64> {
        if as_a_room {
            plan_by_text(&self.0).unwrap();
        } else {
            self.0.execute_batch("SET disabled_optimizers = ''").unwrap();
        }
        let mut statement = self.0.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let mut rows = statement.query([]).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let mut cells = BTreeMap::new();
        while let Some(row) = rows.next().unwrap_or_else(|error| panic!("{error}\n{sql}")) {
            let (block, cell): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
            for (block, column) in (block..).zip(2..row.as_ref().column_count()) {
                let cell =
                    space.number(block, cell).unwrap_or_else(|| panic!("no cell {cell} in block {block}\n{sql}"));
                assert!(cells.insert(cell, row.get(column).unwrap()).is_none(), "cell {cell} twice\n{sql}");
            }
        }
        // A cell that isn't there is 0.
        cells.retain(|_, value| *value != 0);
        cells
    }
}

/// A pseudonym: 64 bits, of which nothing follows.
fn person(i: &str, seed: u64) -> String {
    format!("CAST(CAST(hash({i}, {seed}) AS HUGEINT) - 9223372036854775808 AS BIGINT) AS person")
}

/// Codes of the vocabulary; one in ten isn't known.
fn traits(i: &str, seed: u64) -> String {
    let code = |name: &str, salt: u64, values: u64| {
        let draw = format!("hash({i}, {})", seed.wrapping_add(salt));
        format!("CASE WHEN {draw} % 10 > 0 THEN CAST({draw} // 10 % {values} AS USMALLINT) END AS {name}")
    };
    [code("genre", 1, 16), code("region", 2, 17), code("age_band", 3, 8), code("channel", 4, 5)].join(", ")
}

/// Purchases over three years by people of the buyers' list: about three each, by some far more.
fn events(rows: u64, seed: u64) -> String {
    let share = |salt: u64| format!("((hash(i, {}) % 1000000) / 1000000.0)", seed.wrapping_add(salt));
    let buyer = format!("CAST({} + floor({rows} * 0.5 * pow({}, 1.5)) AS BIGINT)", rows / 2, share(5));
    let day = format!("DATE '2023-11-01' + CAST(floor(1095 * {}) AS INTEGER)", share(6));
    let amount = format!("CAST(floor(1500 + 60000 * pow({}, 4)) AS BIGINT)", share(7));
    format!(
        "SELECT {}, {}, {day} AS purchased, {amount} AS amount FROM (SELECT i, {buyer} AS buyer FROM range({rows}) AS r(i))",
        person("buyer", seed),
        traits("i", seed.wrapping_add(10))
    )
}
