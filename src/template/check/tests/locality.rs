//! Locality, on the engine itself: random templates that the checker accepts over random rooms. Taking a person out of a
//! room takes exactly that person's rows out of the result.
//!
//! Nothing here is statistical: each claim has to hold every time. `CAMERATA_TORTURE=1` tries more; `CAMERATA_SEED=…`
//! repeats a run, whose seed is on standard error.

use super::generate::{Generated, Generator};
use super::vocabulary;
use crate::model::torture;
use crate::store::plan_by_text;
use crate::template::check::check;
use crate::template::local::{Kind, Name};
use crate::template::print::{self, Argument, Constants};
use crate::template::rule::Rule;
use duckdb::{Connection, types::Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Persons of a room.
const PERSONS: u8 = 4;

/// A row of an audience, as choices: which audience, whose, and what in each column.
pub(super) type Row = (u8, u8, [u8; 4]);

/// Amounts, with the edges of 64 bits.
const AMOUNTS: [&str; 9] =
    ["NULL", "0", "100", "-250", "7", "9223372036854775807", "-9223372036854775808", "-9223372036854775807", "1"];
/// Days, with the edges of the calendar.
const DAYS: [&str; 6] =
    ["NULL", "DATE '2025-06-30'", "DATE '2025-07-01'", "DATE '0001-01-01'", "DATE '9999-12-31'", "DATE '2024-02-29'"];

fn values((audience, person, columns): &Row) -> String {
    let pick = |from: &[&str], choice: u8| from[usize::from(choice) % from.len()].to_owned();
    let [genre, region, bought, spend] = columns;
    format!(
        "({}, {person}::BIGINT, {}::USMALLINT, {}::USMALLINT, {}::DATE, CAST({} AS BIGINT))",
        audience,
        pick(&["NULL", "0", "1", "2"], *genre),
        pick(&["NULL", "0", "1"], *region),
        pick(&DAYS, *bought),
        pick(&AMOUNTS, *spend)
    )
}

/// Makes the tables of a room from its rows: `a` a list, `b` events, `audiences` all of them.
fn build(connection: &Connection, rows: &[Row]) {
    let columns = "audience, person, genre, region, bought, spend";
    let rows: Vec<_> = rows.iter().map(values).collect();
    let rows = if rows.is_empty() {
        "SELECT 0, 0::BIGINT, 0::USMALLINT, 0::USMALLINT, NULL::DATE, 0::BIGINT WHERE false".to_owned()
    } else {
        format!("VALUES {}", rows.join(", "))
    };
    let sql = format!(
        "CREATE OR REPLACE TABLE audiences AS SELECT * FROM ({rows}) AS r({columns});
         CREATE OR REPLACE TABLE a AS SELECT person, genre, region, bought, spend FROM audiences WHERE audience = 0;
         CREATE OR REPLACE TABLE b AS SELECT person, genre, region, bought, spend FROM audiences WHERE audience > 0;"
    );
    connection.execute_batch(&sql).unwrap();
}

/// The result, in an order of its own.
fn run(connection: &Connection, sql: &str) -> Result<Vec<Vec<Value>>, TestCaseError> {
    let failed = |error: duckdb::Error| TestCaseError::fail(format!("the engine failed: {error}\n{sql}"));
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let columns = row.as_ref().column_count();
        found.push((0..columns).map(|at| row.get::<_, Value>(at).unwrap()).collect::<Vec<_>>());
    }
    found.sort_by_cached_key(|row| format!("{row:?}"));
    Ok(found)
}

/// At most one row a person in `a`, and the others as they come.
fn a_is_a_list(rows: &[Row]) -> Vec<Row> {
    let mut listed = [false; PERSONS as usize];
    let keep = |row: &&Row| row.0 != 0 || !std::mem::replace(&mut listed[usize::from(row.1)], true);
    rows.iter().filter(keep).copied().collect()
}

fn whose(row: &[Value], person: usize) -> i64 {
    match row[person] {
        Value::BigInt(person) => person,
        ref other => panic!("{other:?} is no person"),
    }
}

pub(super) struct Engines {
    one_thread: Connection,
    four_threads: Connection,
}

impl Engines {
    pub(super) fn open() -> Self {
        let open = |settings: &str| {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(settings).unwrap();
            plan_by_text(&connection).unwrap();
            connection
        };
        // So that the few rows of these rooms are spread over threads as many would be.
        let four_threads = "SET threads = 4; PRAGMA verify_parallelism;";
        Self { one_thread: open("SET threads = 1;"), four_threads: open(four_threads) }
    }

    fn holds(&self, choices: &[u16], rows: &[Row], shuffled: &[Row], n: i64) -> Result<(), TestCaseError> {
        let Generated { sql, manifest } = Generator::generate(choices);
        let checked = match check(&sql, "generated.sql", &manifest, &vocabulary()) {
            Ok(checked) => checked,
            // A join of too many rows a person.
            Err(refusal) if refusal.to_string().contains("1000000") => return Ok(()),
            Err(refusal) => {
                return Err(TestCaseError::fail(format!("refused ({}): {refusal}\n{sql}", refusal.rule().code())));
            }
        };
        let again = check(checked.sql(), "printed.sql", &manifest, &vocabulary())
            .map_err(|refusal| TestCaseError::fail(format!("{refusal}\n{}", checked.sql())))?;
        prop_assert_eq!(&checked, &again);
        let arguments = BTreeMap::from([
            ("count".to_owned(), Argument::Number(n)),
            ("amount".to_owned(), Argument::Number(n.wrapping_mul(1 << 60))),
            ("since".to_owned(), Argument::Date(jiff::civil::date(2025, 7, 1))),
            ("wanted".to_owned(), Argument::Category { id: "jazz".into(), code: 0 }),
            ("place".to_owned(), Argument::Category { id: "quebec".into(), code: 1 }),
        ]);
        let engine_sql = print::query(checked.query(), Constants::Store, &arguments);
        let person = checked.outputs().iter().position(|(name, _)| name.is_person()).unwrap();
        let whole = self.local(&engine_sql, person, rows, shuffled)?;
        self.shaped(&checked, &whole)?;
        let single = checked.query().without_lone_groups(&|name| name.as_str() == "a");
        let single = print::query(&single, Constants::Store, &arguments);
        prop_assert_eq!(&run(&self.one_thread, &single)?, &whole, "without groups of one row: {}", single);
        for name in checked.query().single_valued(&|name| name.as_str() == "a") {
            let at = checked.outputs().iter().position(|(output, _)| output == name).unwrap();
            let values: BTreeSet<_> = whole.iter().map(|row| (whose(row, person), format!("{:?}", row[at]))).collect();
            let persons: BTreeSet<_> = whole.iter().map(|row| whose(row, person)).collect();
            prop_assert_eq!(values.len(), persons.len(), "several values in {:?}: {}", name, engine_sql);
        }
        if let Some(by) = checked.query().told_apart_by() {
            let at = |(name, _): &(Name, Kind)| name.is_person() || by.contains(name);
            let columns: Vec<usize> = (0..).zip(checked.outputs()).filter(|(_, c)| at(c)).map(|(at, _)| at).collect();
            let keys = whole.iter().map(|row| format!("{:?}", columns.iter().map(|at| &row[*at]).collect::<Vec<_>>()));
            prop_assert_eq!(
                keys.collect::<BTreeSet<_>>().len(),
                whole.len(),
                "not told apart by {:?}: {}",
                by,
                engine_sql
            );
        }
        if checked.unique_person_with_lists(|name| name == "a") {
            let persons: BTreeSet<_> = whole.iter().map(|row| whose(row, person)).collect();
            prop_assert_eq!(persons.len(), whole.len(), "not once a person: {}", engine_sql);
        }
        Ok(())
    }

    /// Whether two statements yield the same in this room.
    pub(super) fn agree(&self, sql: [&str; 2], rows: &[Row]) -> Result<(), TestCaseError> {
        build(&self.one_thread, rows);
        let [one, other] = sql.map(|sql| run(&self.one_thread, sql));
        prop_assert_eq!(one?, other?, "{:?}", sql);
        Ok(())
    }

    /// Whether a query is person-local and without an order of its own, in this room. Its rows.
    fn local(
        &self,
        sql: &str,
        person: usize,
        rows: &[Row],
        shuffled: &[Row],
    ) -> Result<Vec<Vec<Value>>, TestCaseError> {
        build(&self.four_threads, shuffled);
        let whole = run(&self.four_threads, sql)?;
        build(&self.one_thread, rows);
        prop_assert_eq!(&run(&self.one_thread, sql)?, &whole, "another order or fewer threads: {}", sql);
        // Taking out someone who isn't there changes nothing, and is tried once.
        let there: BTreeSet<u8> = rows.iter().map(|row| row.1).chain([0]).collect();
        for gone in there {
            let without = format!(
                "BEGIN; DELETE FROM a WHERE person = {gone}; DELETE FROM b WHERE person = {gone};
                 DELETE FROM audiences WHERE person = {gone};"
            );
            self.one_thread.execute_batch(&without).unwrap();
            let left = run(&self.one_thread, sql);
            self.one_thread.execute_batch("ROLLBACK").unwrap();
            let expected: Vec<_> = whole.iter().filter(|row| whose(row, person) != i64::from(gone)).cloned().collect();
            prop_assert_eq!(left?, expected, "without person {}: {}", gone, sql);
        }
        Ok(whole)
    }

    /// Every value is of the kind and in the range that the checker says.
    fn shaped(&self, checked: &super::CheckedTemplate, rows: &[Vec<Value>]) -> Result<(), TestCaseError> {
        for (value, (name, kind)) in rows.iter().flat_map(|row| row.iter().zip(checked.outputs())) {
            let sound = match (kind, value) {
                (Kind::Person, Value::BigInt(_)) => true,
                (Kind::Person, _) => false,
                (_, Value::Null) => true,
                (Kind::Number { low, high, .. }, Value::BigInt(number)) => (low..=high).contains(&number),
                (Kind::Category(_), Value::USmallInt(_) | Value::Int(_)) => true,
                (Kind::Date, Value::Date32(_)) => true,
                (Kind::Boolean, Value::Boolean(_)) => true,
                (Kind::Audience, Value::Int(position)) => (0..6).contains(position),
                (Kind::Audience, Value::BigInt(position)) => (0..6).contains(position),
                _ => false,
            };
            prop_assert!(sound, "{:?} in `{}`, which is said to be {:?}", value, name.as_str(), kind);
        }
        Ok(())
    }
}

/// A runner whose cases depend on the seed alone.
pub(super) fn runner(cases: u32, shrinks: u32, seed: u64) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: shrinks, ..Config::default() };
    TestRunner::new_with_rng(config, torture::random(seed))
}

/// A room, and the same room in another order.
pub(super) fn room() -> impl Strategy<Value = (Vec<Row>, Vec<Row>)> {
    let row = (0u8..3, 0..PERSONS, any::<[u8; 4]>());
    let room = vec(row, 0..16).prop_map(|rows| a_is_a_list(&rows));
    room.prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

#[test]
fn removing_a_person_removes_exactly_their_rows() {
    let seed = torture::seed_or_new();
    let engines = RefCell::new(Engines::open());
    let strategy = (vec(any::<u16>(), 0..250), room(), prop_oneof![1i64..=100, Just(i64::MIN), Just(i64::MAX)]);
    let cases = torture::rounds(200, 20_000);
    eprintln!("locality: {cases} cases, CAMERATA_SEED={seed}");
    let outcome = runner(cases, 500, seed).run(&strategy, |(choices, (rows, shuffled), n)| {
        let held = engines.borrow().holds(&choices, &rows, &shuffled, n);
        // An engine that has failed may be of no more use for making the case smaller.
        if held.is_err() {
            engines.replace(Engines::open());
        }
        held
    });
    if let Err(error) = outcome {
        panic!("CAMERATA_SEED={seed}: {error}");
    }
}

/// What the checker refuses, as the engine would take it: `person` first.
const NOT_LOCAL: &[&str] = &[
    "SELECT x.person FROM b AS x JOIN b AS y ON x.genre = y.genre",
    "SELECT person, spend - avg(spend % 1000) OVER () FROM b",
    "SELECT person, count(*) OVER (PARTITION BY genre) FROM b",
    "SELECT person, rank() OVER (ORDER BY bought) FROM b",
    "SELECT person FROM b WHERE EXISTS (SELECT 1 FROM a WHERE genre = 1)",
    "SELECT person FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.genre = a.genre)",
    "SELECT person FROM b WHERE spend >= (SELECT max(spend) FROM b)",
    "SELECT person FROM b ORDER BY bought, person LIMIT 1",
    "SELECT min(person) FROM b GROUP BY genre",
    "SELECT a.person FROM a CROSS JOIN b",
    "SELECT person, row_number() OVER () FROM b",
    "SELECT person, first(spend) FROM b GROUP BY person",
    "SELECT person, row_number() OVER (PARTITION BY person ORDER BY genre), spend FROM b",
    "SELECT person, spend + 1 FROM b",
    "SELECT person, sum(spend)::BIGINT FROM b GROUP BY person",
];

#[test]
fn the_test_finds_what_is_not_local() {
    let engines = Engines::open();
    for sql in NOT_LOCAL {
        // The seed is fixed: the same rooms each time.
        let outcome =
            runner(500, 0, 1).run(&room(), |(rows, shuffled)| engines.local(sql, 0, &rows, &shuffled).map(|_| ()));
        assert!(outcome.is_err(), "{sql}");
    }
}

#[test]
fn the_engine_finds_keys_under_not() {
    let engines = Engines::open();
    build(&engines.one_thread, &[(0, 1, [1; 4]), (1, 1, [2; 4])]);
    for key in ["spend >= 5", "spend IN (5, 6)", "spend BETWEEN 1 AND 5", "spend IS NULL", "NOT spend = 5"] {
        let sql = format!(
            "SELECT person, CASE WHEN NOT ({key}) THEN 1 END AS x FROM b SEMI JOIN a USING (person) GROUP BY person, {key}"
        );
        let checked = super::template(&sql, "", "spend").unwrap();
        let sql = print::query(checked.query(), Constants::Store, &BTreeMap::new());
        assert_eq!(run(&engines.one_thread, &sql).unwrap().len(), 1, "{sql}");
    }
}

#[test]
fn the_engine_looks_rows_up_and_never_compares_all_with_all() {
    let engines = Engines::open();
    build(&engines.one_thread, &[(0, 1, [1; 4]), (1, 1, [2; 4])]);
    let conditions = [
        "b.genre = 'jazz'",
        "(b.genre IS NULL OR b.spend > 5)",
        "a.genre = b.genre",
        "b.spend + 1 < a.spend * 2 AND NOT b.genre = 'jazz'",
        "a.genre IS NULL",
        "(a.genre = 'jazz' OR b.genre = 'jazz')",
        "a.spend < b.spend + a.spend",
        "1 = 2",
    ];
    for (at, condition) in conditions.iter().enumerate() {
        for kind in ["", "LEFT", "SEMI", "ANTI"] {
            // The columns are used somewhere in any case.
            let sql = format!(
                "SELECT a.person FROM a {kind} JOIN b ON a.person = b.person AND {condition} \
                 WHERE (a.genre IS NULL OR a.spend > 1) AND person IN (SELECT person FROM b WHERE genre = 'jazz' OR spend > 1)"
            );
            let checked = super::template(&sql, "genre spend", "genre spend");
            if at > 3 && !kind.is_empty() {
                assert_eq!(checked.unwrap_err().rule(), Rule::Join, "{sql}");
                continue;
            }
            let sql = print::query(checked.unwrap().query(), Constants::Store, &BTreeMap::new());
            let plan = run(&engines.one_thread, &format!("EXPLAIN {sql}")).unwrap();
            assert!(!format!("{plan:?}").contains("NL_JOIN"), "{sql}");
        }
    }
}
