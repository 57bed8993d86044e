//! Keys that say which audience: what an attacker wrote with them, at full strength. The template turns its target's rows into an
//! audience that isn't bound, in the hope that the cell lies in another block, or is shared.

use super::super::*;
use super::sensitivity::closeness;
use crate::{
    model::Shape,
    store::plan_by_text,
    template::{
        File,
        check::tests::{several, vocabulary},
    },
};
use duckdb::Connection;
use std::path::Path;

/// The template over two lists, of which the target is in both, or in neither.
fn tallies(sql: &str, release: &str) -> (Instance, [BTreeMap<i64, i64>; 2]) {
    let toml = several("list", &format!("[release]\n{release}\n"));
    let file = |path, text| File { path: Path::new(path), text };
    let parsed = Template::parse("t".parse().unwrap(), file("t.sql", sql), file("t.toml", &toml), &vocabulary());
    let template = parsed.unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    let binding = |position: usize| {
        let binding = Binding {
            table: format!("audience_{position}.main.email"),
            shape: Shape::List,
            columns: vec!["genre".parse().unwrap()],
        };
        (format!("membre/liste{position}").parse().unwrap(), binding)
    };
    let audiences = BTreeMap::from([("audiences".to_owned(), vec![binding(0), binding(1)])]);
    let instance = template.instance(&Bindings { audiences, arguments: BTreeMap::new() }, &vocabulary()).unwrap();
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("ATTACH ':memory:' AS audience_0; ATTACH ':memory:' AS audience_1;").unwrap();
    plan_by_text(&connection).unwrap();
    let tallies = ["", " WHERE person > 0"].map(|without| {
        for at in 0..2 {
            // Of a thousand persons, the target alone likes jazz.
            let rows = "SELECT i AS person, CAST(CASE WHEN i = 0 THEN 0 ELSE 1 END AS USMALLINT) AS genre FROM range(1000) AS r(i)";
            let create = "CREATE OR REPLACE TABLE";
            let sql = format!("{create} audience_{at}.main.email AS SELECT * FROM ({rows}){without}");
            connection.execute_batch(&sql).unwrap();
        }
        super::sensitivity::tally(&connection, &instance)
    });
    (instance, tallies)
}

#[test]
fn an_audience_that_is_not_bound_is_no_key() {
    let attack = "CASE WHEN genre = 'jazz' THEN 2 ELSE audience END";
    for key in [
        attack,
        "greatest(audience, CASE WHEN genre = 'jazz' THEN 5 ELSE 0 END)",
        "coalesce(CASE WHEN genre <> 'jazz' THEN audience END, 3)",
    ] {
        for release in [
            "kind = \"histogram\"\nkeys = [\"which\"]\nkeys_max = 2",
            "kind = \"histogram\"\nkeys = [\"genre\", \"which\"]\nkeys_max = 6",
            "kind = \"top\"\nkeys = [\"which\"]\nk = 1",
            "kind = \"crosstab\"\nrows = \"genre\"\ncolumns = \"which\"\nrows_max = 1\ncolumns_max = 2",
        ] {
            let genre = if release.contains("genre") { "genre, " } else { "" };
            let sql = format!("SELECT person, {genre}{key} AS which FROM audiences");
            let (instance, [with, without]) = tallies(&sql, release);
            assert!(closeness(&instance.bounds, &with, &without) <= 1.0, "{sql}\n{release}");
        }
        // The target's rows have no cell: not among the persons either, however much each of them is worth.
        let sql = format!(
            "SELECT person, {key} AS which, count(*) * 10000000 AS worth FROM audiences GROUP BY person, {key}"
        );
        let release = "kind = \"sum\"\nvalue = \"worth\"\nkeys = [\"which\"]\nkeys_max = 2\nmin = 0\nmax = 10000000";
        let (instance, [with, without]) = tallies(&sql, release);
        assert!(closeness(&instance.bounds, &with, &without) <= 1.0, "{sql}");
        assert_eq!(with, without, "{sql}");
    }
}
