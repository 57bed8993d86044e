//! Groups of one row, on the engine: without them a query yields the same where its audience is a list, and they stay where it isn't.

use super::locality::{Engines, room, runner};
use super::template;
use crate::template::print::{self, Constants};
use std::collections::BTreeMap;

/// Each aggregate there is, with and without a filter, a key, and a group that is dropped.
const GROUPED: &[&str] = &[
    "SELECT person, count(*) AS x FROM $t GROUP BY person",
    "SELECT person, count(*) FILTER (WHERE spend > 5) AS x FROM $t GROUP BY person",
    "SELECT person, count(spend) AS x FROM $t GROUP BY person",
    "SELECT person, count(spend) FILTER (WHERE genre = 'jazz') AS x FROM $t GROUP BY person",
    "SELECT person, count(DISTINCT spend) AS x FROM $t GROUP BY person",
    "SELECT person, count(DISTINCT genre) FILTER (WHERE spend > 5) AS x FROM $t GROUP BY person",
    "SELECT person, sum(spend) AS x FROM $t GROUP BY person",
    "SELECT person, sum(spend) FILTER (WHERE genre = 'jazz') + 1 AS x FROM $t GROUP BY person",
    "SELECT person, min(spend) AS x, max(bought) AS y FROM $t GROUP BY person",
    "SELECT person, min(bought) FILTER (WHERE spend > 5) AS x FROM $t GROUP BY person",
    "SELECT person, bool_or(spend > 5) AS x, bool_and(genre = 'jazz') AS y FROM $t GROUP BY person",
    "SELECT person, bool_or(spend > 5) FILTER (WHERE genre = 'jazz') AS x FROM $t GROUP BY person",
    "SELECT person, bool_and(spend > 5) FILTER (WHERE genre = 'jazz') AS x FROM $t GROUP BY person",
    "SELECT person, genre, spend % 2 AS odd, count(*) AS x FROM $t GROUP BY person, genre, spend % 2",
    "SELECT person FROM $t GROUP BY person, genre HAVING count(*) > 1",
    "SELECT person FROM $t WHERE genre = 'jazz' GROUP BY person HAVING sum(spend) > 5",
    "SELECT person FROM $t WHERE genre = 'jazz' GROUP BY person HAVING count(spend) = 0",
    "SELECT DISTINCT x.person, y.n FROM $t AS x LEFT JOIN (SELECT person, count(*) AS n FROM $t GROUP BY person) AS y USING (person)",
    "WITH n AS (SELECT person, count(*) AS n FROM $t GROUP BY person) SELECT person, n FROM n UNION ALL SELECT person, n FROM n",
];

/// The statement of a template over `a` or `b`, with and without groups of one row where these are the lists.
fn statements(sql: &str, table: &str, lists: &[&str]) -> [String; 2] {
    // Both audiences and all of their columns have to be read: here without a difference to the rows.
    let read = |table| format!("SELECT person FROM {table} WHERE genre = 'jazz' AND spend = 1 AND bought IS NULL");
    let with = format!("WITH read_a AS ({}), read_b AS ({})", read("a"), read("b"));
    let sql = sql.replace("$t", table);
    let sql = sql.strip_prefix("WITH ").map_or_else(|| format!("{with} {sql}"), |rest| format!("{with}, {rest}"));
    let checked =
        template(&sql, "genre spend bought", "genre spend bought").unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let single = checked.query().without_lone_groups(&|name| lists.contains(&name.as_str()));
    [checked.query(), &single].map(|query| print::query(query, Constants::Store, &BTreeMap::new()))
}

#[test]
fn groups_of_one_row_are_that_row() {
    let engines = Engines::open();
    for sql in GROUPED {
        let [grouped, single] = statements(sql, "a", &["a"]);
        assert!(grouped.contains("GROUP BY") && !single.contains("GROUP BY"), "{single}");
        let outcome = runner(100, 0, 1).run(&room(), |(rows, _)| engines.agree([&grouped, &single], &rows));
        assert!(outcome.is_ok(), "{outcome:?}");
    }
}

#[test]
fn groups_of_several_rows_stay() {
    let engines = Engines::open();
    for sql in GROUPED {
        let [grouped, single] = statements(sql, "b", &["a"]);
        assert_eq!(grouped, single);
        // And were `b` taken for a list, it would be found out.
        let [grouped, wrong] = statements(sql, "b", &["a", "b"]);
        let outcome = runner(500, 0, 1).run(&room(), |(rows, _)| engines.agree([&grouped, &wrong], &rows));
        assert!(outcome.is_err(), "{sql}");
    }
}
