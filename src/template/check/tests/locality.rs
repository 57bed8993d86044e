//! Locality, on the engine itself: random templates that the checker accepts over random rooms. Taking a person out of a
//! room takes exactly that person's rows out of the result.
//!
//! Nothing here is statistical: each claim has to hold every time. `CAMERATA_TORTURE=1` tries more; `CAMERATA_SEED=…`
//! repeats a run, whose seed is on standard error.

use super::generate::{Generated, Generator};
use super::vocabulary;
use crate::template::check::check;
use crate::template::local::Kind;
use crate::template::print::{self, Argument, Constants};
use duckdb::{Connection, types::Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::BTreeMap;

/// Persons of a room.
const PERSONS: u8 = 5;

/// A row of an audience, as choices: which audience, whose, and what in each column.
type Row = (u8, u8, [u8; 4]);

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
        audience % 3,
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
    let failed = |error: duckdb::Error| TestCaseError::fail(format!("the engine failed: {error}"));
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
    let keep = |row: &&Row| row.0 % 3 != 0 || !std::mem::replace(&mut listed[usize::from(row.1)], true);
    rows.iter().filter(keep).copied().collect()
}

struct Engines {
    one_thread: Connection,
    four_threads: Connection,
}

impl Engines {
    fn open() -> Self {
        let open = |settings: &str| {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(settings).unwrap();
            connection
        };
        // So that the few rows of these rooms are spread over threads as many would be.
        let four_threads = "SET threads = 4; PRAGMA verify_parallelism;";
        Self { one_thread: open("SET threads = 1;"), four_threads: open(four_threads) }
    }

    fn holds(&self, choices: &[u16], rows: &[Row], shuffled: &[Row], n: i64) -> Result<(), TestCaseError> {
        let Generated { sql, manifest } = Generator::generate(choices);
        let checked = check(&sql, "generated.sql", &manifest, &vocabulary())
            .map_err(|refusal| TestCaseError::fail(format!("refused ({}): {refusal}\n{sql}", refusal.rule().code())))?;
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
        let whose = |row: &[Value]| match row[person] {
            Value::BigInt(person) => person,
            ref other => panic!("{other:?} is no person"),
        };
        build(&self.one_thread, rows);
        let whole = run(&self.one_thread, &engine_sql)?;
        self.shaped(&checked, &whole)?;
        if checked.unique_person_with_lists(|name| name == "a") {
            let mut persons: Vec<_> = whole.iter().map(|row| whose(row)).collect();
            persons.dedup();
            persons.sort_unstable();
            let before = persons.len();
            persons.dedup();
            prop_assert_eq!((before, persons.len()), (whole.len(), whole.len()), "not once a person");
        }
        build(&self.four_threads, shuffled);
        prop_assert_eq!(&run(&self.four_threads, &engine_sql)?, &whole, "another order or more threads");
        for gone in 0..PERSONS {
            let others: Vec<_> = rows.iter().filter(|row| row.1 != gone).copied().collect();
            build(&self.one_thread, &others);
            let expected: Vec<_> = whole.iter().filter(|row| whose(row) != i64::from(gone)).cloned().collect();
            prop_assert_eq!(run(&self.one_thread, &engine_sql)?, expected, "without person {}: {}", gone, engine_sql);
        }
        Ok(())
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
                (Kind::Audience, Value::Int(_) | Value::BigInt(_)) => true,
                _ => false,
            };
            prop_assert!(sound, "{:?} in `{}`, which is said to be {:?}", value, name.as_str(), kind);
        }
        Ok(())
    }
}

fn seed() -> u64 {
    let given = std::env::var("CAMERATA_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    })
}

#[test]
fn removing_a_person_removes_exactly_their_rows() {
    let torture = std::env::var_os("CAMERATA_TORTURE").is_some();
    let cases = if torture { 20_000 } else { 300 };
    let seed = seed();
    eprintln!("locality: {cases} cases, CAMERATA_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let engines = Engines::open();
    let row = (0u8..3, 0..PERSONS, any::<[u8; 4]>());
    let room = vec(row, 0..16).prop_map(|rows| a_is_a_list(&rows));
    let room = room.prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()));
    let strategy = (vec(any::<u16>(), 0..250), room, prop_oneof![1i64..=100, Just(i64::MIN), Just(i64::MAX)]);
    let outcome = runner.run(&strategy, |(choices, (rows, shuffled), n)| engines.holds(&choices, &rows, &shuffled, n));
    if let Err(error) = outcome {
        panic!("CAMERATA_SEED={seed}: {error}");
    }
}
