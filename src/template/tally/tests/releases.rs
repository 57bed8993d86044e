//! Random releases of random templates: whatever the checker accepts, under every kind of release, over rooms of any size.
//!
//! For each case two neighbouring rooms and an empty one. The engine never fails; its plan is the same in all three, so it depends on
//! no data; one person moves the tally no further than the bounds say; and no person has more rows than the checker promises.
//! Nothing is statistical: each claim has to hold every time. `CAMERATA_TORTURE=1` tries 100,000 cases; `CAMERATA_SEED` repeats a run.

use super::super::{bind::Bound, bounds::Release, sql, sql::CONTRIBUTION, *};
use super::sensitivity::{closeness, try_tally};
use crate::{
    model::{Fraction, Shape, torture},
    store::plan_by_text,
    template::{
        check::{CheckedTemplate, check, tests::generate::Generated, tests::generate::Generator, tests::vocabulary},
        fit::fit,
        local::Kind,
        manifest::{Domain, Manifest, ReleaseKind},
        rule::Rule,
    },
};
use duckdb::Connection;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Most audiences that a generated template takes.
const AUDIENCES_MAX: usize = 6;

/// A statement that is to hold, with what was promised of it.
struct Case {
    sql: String,
    query: String,
    bounds: Bounds,
    rows_max: u64,
    shapes: Vec<Shape>,
}

/// A template, a release that fits it, and audiences; `None` where the draw makes no template that is accepted.
fn case(rng: &mut ChaCha8Rng) -> Option<Case> {
    let length = rng.random_range(0..250);
    let choices: Vec<u16> = (0..length).map(|_| rng.random()).collect();
    let Generated { sql, mut manifest } = Generator::generate(&choices);
    let sql = renamed(sql, &manifest, rng);
    let checked = match check(&sql, "generated.sql", &manifest, &vocabulary()) {
        Ok(checked) => checked,
        // A join of too many rows a person; a result that has no column for the new name.
        Err(refusal) if refusal.to_string().contains("1000000") || refusal.rule() == Rule::Column => return None,
        Err(refusal) => panic!("refused ({}): {refusal}\n{sql}", refusal.rule().code()),
    };
    manifest.release = release(rng, &checked)?;
    fit(&checked, &manifest).ok()?;
    let mut position = 0;
    let mut audiences = BTreeMap::new();
    let mut shapes = Vec::new();
    for parameter in &manifest.audiences {
        let (least, most) = parameter.many.unwrap_or((1, 1));
        let bound = (0..rng.random_range(least..=most)).map(|_| {
            let list = !parameter.shape.takes(Shape::Events) || rng.random_ratio(1, 3);
            let shape = if list { Shape::List } else { Shape::Events };
            let table = format!("audience_{position}.main.email");
            let audience: AudienceRef =
                format!("membre/{}{position}", parameter.name.replace('_', "")).parse().unwrap();
            position += 1;
            shapes.push(shape);
            let columns = ["genre", "region", "bought", "spend"].map(|name| name.parse().unwrap()).to_vec();
            (audience, Binding { table, shape, columns })
        });
        let bound = bound.collect::<Vec<_>>();
        audiences.insert(parameter.name.clone(), bound);
    }
    let arguments = arguments(rng, &manifest);
    let bindings = Bindings { audiences, arguments };
    let bound = Bound::new(&checked, &manifest, &bindings, &vocabulary()).unwrap();
    let release = Release::new(&checked, &manifest, &bound, &vocabulary()).ok()?;
    Some(Case {
        sql: sql::statement(&bound, &release, "generated"),
        query: format!("WITH {} SELECT person FROM ({})", bound.ctes.join(", "), bound.query),
        bounds: release.bounds(),
        rows_max: checked.rows_max(),
        shapes,
    })
}

/// Now and then the only column of a result is called `audience`, so that a Venn diagram can be made of it.
fn renamed(sql: String, manifest: &Manifest, rng: &mut ChaCha8Rng) -> String {
    let many = manifest.audiences.iter().any(|audience| audience.many.is_some());
    if many && rng.random_ratio(1, 2) {
        format!("SELECT \"whole\".person, \"whole\".c0 AS audience FROM ({sql}) AS \"whole\"")
    } else {
        sql
    }
}

fn arguments(rng: &mut ChaCha8Rng, manifest: &Manifest) -> BTreeMap<String, Argument> {
    let number = [i64::MIN, -1, 0, 1, 7, 100, i64::MAX][rng.random_range(0..7)];
    let all = [
        ("count", Argument::Number(rng.random_range(1..=100))),
        ("amount", Argument::Number(number)),
        ("since", Argument::Text("2025-07-01".into())),
        ("wanted", Argument::Text("jazz".into())),
        ("place", Argument::Text("quebec".into())),
    ];
    let named = all.into_iter().filter(|(name, _)| manifest.parameter(name).is_some());
    named.map(|(name, argument)| (name.to_owned(), argument)).collect()
}

/// One of the releases that serve a result with these columns.
fn release(rng: &mut ChaCha8Rng, checked: &CheckedTemplate) -> Option<ReleaseKind> {
    let columns: Vec<(String, Kind)> = checked
        .outputs()
        .iter()
        .filter(|(name, _)| !name.is_person())
        .map(|(name, kind)| (name.as_str().to_owned(), kind.clone()))
        .collect();
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let is_number = |kind: &Kind| matches!(kind, Kind::Number { .. });
    let is_key = |(_, kind): &&(String, Kind)| !matches!(kind, Kind::Date | Kind::Person);
    let domains = |keys: &[(String, Kind)], rng: &mut ChaCha8Rng| {
        let numbers = keys.iter().filter(|(_, kind)| is_number(kind)).map(|(name, _)| name.clone());
        numbers
            .map(|name| {
                let min = [-3, 0, 1, 2_500, i64::MIN, i64::MAX - 4][rng.random_range(0..6)];
                (name, Domain { min, max: min.saturating_add(rng.random_range(0..5)) })
            })
            .collect::<BTreeMap<_, _>>()
    };
    let keys_max = rng.random_range(1..=7);
    if columns.is_empty() {
        let frequency = ReleaseKind::Frequency { max: rng.random_range(1..=6) };
        return Some(if rng.random() { ReleaseKind::Count {} } else { frequency });
    }
    let keyed = columns.iter().filter(is_key).count() == columns.len();
    let value = columns.iter().position(|(_, kind)| is_number(kind));
    let (min, max) = [(0, 1), (-100, 50_000), (-10_000_000, 10_000_000), (5, 9)][rng.random_range(0..4)];
    let sum = value.map(|at| {
        let mut keys = columns.clone();
        let (value, _) = keys.remove(at);
        let keys_max = if keys.is_empty() { 1 } else { keys_max };
        let domains = domains(&keys, rng);
        ReleaseKind::Sum { value, min, max, keys: keys.into_iter().map(|(name, _)| name).collect(), keys_max, domains }
    });
    let quantiles = value.map(|at| ReleaseKind::Quantiles {
        value: names[at].clone(),
        min: -100,
        max: 2_500,
        step: 100,
        quantiles: vec![Fraction { numerator: 1, denominator: 2 }],
    });
    let histogram = keyed.then(|| ReleaseKind::Histogram {
        keys: names.clone(),
        keys_max,
        unknown: rng.random(),
        domains: domains(&columns, rng),
    });
    let top = keyed.then(|| ReleaseKind::Top { keys: names.clone(), k: 2, domains: domains(&columns, rng) });
    let marginals = (names.len() > 1).then(|| ReleaseKind::Marginals { columns: names.clone() });
    let crosstab = (names.len() == 2).then(|| ReleaseKind::Crosstab {
        rows: names[0].clone(),
        columns: names[1].clone(),
        rows_max: rng.random_range(1..=3),
        columns_max: rng.random_range(1..=3),
    });
    let threshold = (names.len() == 1).then(|| ReleaseKind::Threshold { key: names[0].clone(), keys_max });
    let cells = (names == ["audience"]).then_some(ReleaseKind::Cells {});
    let all: Vec<ReleaseKind> =
        [sum, quantiles, histogram, top, marginals, crosstab, threshold, cells].into_iter().flatten().collect();
    let fitting: Vec<ReleaseKind> = all
        .into_iter()
        .filter(|release| {
            let manifest =
                |release: &ReleaseKind| Manifest { release: release.clone(), ..Generator::generate(&[]).manifest };
            fit(checked, &manifest(release)).is_ok()
        })
        .collect();
    (!fitting.is_empty()).then(|| fitting[rng.random_range(0..fitting.len())].clone())
}

/// A room: how many rows and persons each audience has, and what they hold, all from a seed.
struct Room {
    seed: u64,
    audiences: Vec<(Shape, u64, u64)>,
}

impl Room {
    fn draw(rng: &mut ChaCha8Rng, shapes: &[Shape]) -> Self {
        let mut size = || 10f64.powf(rng.random_range(0.0..4.0)) as u64;
        let audiences = shapes.iter().map(|shape| (*shape, size(), size())).collect();
        Self { seed: rng.random(), audiences }
    }

    /// Makes the tables without one person; the room without anybody has no rows.
    fn fill(&self, connection: &Connection, without: Option<i64>, empty: bool) {
        for (position, (shape, rows, persons)) in self.audiences.iter().enumerate() {
            let draw =
                |salt: u64| format!("(hash(i, {}) % 1000003)", self.seed.wrapping_add(salt + position as u64 * 17));
            // Persons are any 64 bits, the least and the greatest among them.
            let who = match shape {
                Shape::List => "i".to_owned(),
                Shape::Events => format!("{} % {persons}", draw(1)),
            };
            let person = "CASE k WHEN 0 THEN -9223372036854775808 WHEN 1 THEN 9223372036854775807 ELSE CAST(CAST(hash(k) AS HUGEINT) - 9223372036854775808 AS BIGINT) END";
            let code = |salt, values: u64| {
                format!("CAST(CASE WHEN {0} % 7 > 0 THEN {0} % {values} END AS USMALLINT)", draw(salt))
            };
            let day = format!(
                "CASE {} % 8 WHEN 0 THEN NULL WHEN 1 THEN DATE '0001-01-01' WHEN 2 THEN DATE '9999-12-31' ELSE DATE '2025-06-01' + CAST({} % 90 AS INTEGER) END",
                draw(4),
                draw(5)
            );
            let amount = format!(
                "CASE {} % 9 WHEN 0 THEN NULL WHEN 1 THEN 9223372036854775807 WHEN 2 THEN -9223372036854775808 WHEN 3 THEN -1 ELSE CAST({} % 5000 AS BIGINT) END",
                draw(6),
                draw(7)
            );
            let gone = without.map(|person| format!(" AND person <> {person}")).unwrap_or_default();
            let rows = if empty { 0 } else { *rows };
            let sql = format!(
                "CREATE OR REPLACE TABLE audience_{position}.main.email AS SELECT person, genre, region, bought, spend FROM (
                   SELECT {person} AS person, genre, region, bought, spend FROM (
                     SELECT {who} AS k, {} AS genre, {} AS region, {day} AS bought, {amount} AS spend FROM range({rows}) AS r(i)))
                 WHERE TRUE{gone} ORDER BY person",
                code(2, 4), code(3, 3)
            );
            connection.execute_batch(&sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        }
    }
}

/// The engine as a room runs it, or with all of its optimisers.
fn open(all_optimisers: bool) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let attach: String = (0..AUDIENCES_MAX).map(|at| format!("ATTACH ':memory:' AS audience_{at};")).collect();
    connection.execute_batch(&format!("SET threads = 2; {attach}")).unwrap();
    if !all_optimisers {
        plan_by_text(&connection).unwrap();
    }
    connection
}

/// The plan without the engine's guesses of how many rows there are.
fn plan(connection: &Connection, sql: &str) -> Result<serde_json::Value, String> {
    fn stripped(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("Estimated Cardinality");
                map.values_mut().for_each(stripped);
            }
            serde_json::Value::Array(values) => values.iter_mut().for_each(stripped),
            _ => {}
        }
    }
    let sql = format!("EXPLAIN (FORMAT json) {sql}");
    let text: String = connection.query_row(&sql, [], |row| row.get(1)).map_err(|error| error.to_string())?;
    let mut plan = serde_json::from_str(&text).unwrap();
    stripped(&mut plan);
    Ok(plan)
}

/// What is wrong with a case, if anything.
fn broken(connection: &Connection, case: &Case, room: &Room, person: i64) -> Result<(), String> {
    let space = case.bounds.cell_space();
    room.fill(connection, None, true);
    let empty = plan(connection, &case.sql)?;
    room.fill(connection, Some(person), false);
    let (after, planned) = (try_tally(connection, &case.sql, &space)?, plan(connection, &case.sql)?);
    if planned != empty {
        return Err(format!("another plan than in an empty room: {planned} {empty}"));
    }
    room.fill(connection, None, false);
    let (before, planned) = (try_tally(connection, &case.sql, &space)?, plan(connection, &case.sql)?);
    if planned != empty {
        return Err("another plan with the person than in an empty room".to_owned());
    }
    let close = closeness(&case.bounds, &before, &after);
    if close > 1.0 {
        return Err(format!("{close} of the bound"));
    }
    let sql = format!("SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM ({}) GROUP BY person)", case.query);
    let most: i64 = connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| error.to_string())?;
    let fewest = room.audiences.iter().all(|(_, rows, persons)| rows / persons.max(&1) < 100);
    if fewest && most.unsigned_abs() > case.rows_max {
        return Err(format!("{most} rows of one person where {} are promised", case.rows_max));
    }
    Ok(())
}

/// Tries so many cases, each changed by a mutant; gives the first that breaks a promise, and how many were tried.
fn tried(cases: u32, seed: u64, all_optimisers: bool, mutant: impl Fn(Case) -> Case) -> (u32, Option<String>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut connection = open(all_optimisers);
    let (mut held, mut drawn) = (0, 0u32);
    while held < cases {
        drawn += 1;
        assert!(
            drawn < cases.saturating_mul(20) + 1_000,
            "too few of the drawn templates are accepted: {held} of {drawn}"
        );
        let Some(case) = case(&mut rng).map(&mutant) else { continue };
        let room = Room::draw(&mut rng, &case.shapes);
        let person = [i64::MIN, i64::MAX][rng.random_range(0..2)];
        if let Err(what) = broken(&connection, &case, &room, person) {
            return (
                held,
                Some(format!("{what}\nCAMERATA_SEED={seed}, case {drawn}: {:?}\n{}", room.audiences, case.sql)),
            );
        }
        held += 1;
        // A fresh engine now and then, since each query of a room has one.
        if held % 50 == 0 {
            connection = open(all_optimisers);
        }
    }
    (held, None)
}

#[test]
fn no_random_release_breaks_its_bound_fails_or_plans_by_data() {
    let seed = torture::seed_or_new();
    let cases = torture::rounds(300, 100_000);
    eprintln!("releases: {cases} cases, CAMERATA_SEED={seed}");
    let (held, broken) = tried(cases, seed, false, |case| case);
    assert!(broken.is_none(), "after {held} cases: {}", broken.unwrap_or_default());
}

/// A change that takes one of the mends out, and how many cases find it.
#[test]
fn the_releases_find_what_the_mends_are_for() {
    let cases = 3_000;
    let (held, found) = tried(cases, 1, true, |case| case);
    let found = found.unwrap_or_else(|| panic!("all optimisers on: nothing found"));
    eprintln!("all optimisers on: found after {held} cases: {}", found.chars().take(60).collect::<String>());
    let (held, found) = tried(cases, 1, false, unguarded);
    let found = found.unwrap_or_else(|| panic!("keys without guards: nothing found"));
    let told = found.lines().next().unwrap_or_default();
    eprintln!("keys without guards: found after {held} cases: {told}");
    assert!(!told.contains("Error"), "{told}");
}

/// A statement whose keys aren't guarded by their domains, and that drops no cells.
fn unguarded(case: Case) -> Case {
    let (column, guard) = (format!("CASE WHEN {CONTRIBUTION}.\""), "\" BETWEEN 0 AND ");
    let mut parts = case.sql.split(&column);
    let mut sql = parts.next().unwrap().to_owned();
    for part in parts {
        let unguarded = part.split_once(guard).and_then(|(name, rest)| {
            let then = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            (!name.contains('"') && then.starts_with(" THEN CAST(")).then(|| format!("{name}\" IS NOT NULL{then}"))
        });
        sql += &column;
        sql += unguarded.as_deref().unwrap_or(part);
    }
    sql.truncate(sql.rfind(" WHERE CASE WHEN ").unwrap());
    Case { sql, ..case }
}
