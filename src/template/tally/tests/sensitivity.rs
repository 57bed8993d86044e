//! Grey-box sensitivity: what goes into the noise on neighbouring rooms, for every shipped template and some crafted ones on the real engine.
//!
//! Random rooms have a person in every list, with more interests, purchases and money than the bounds let through, and the edges
//! of 64 bits. The room without one person must give a tally no further away than the bounds say; the statement and the
//! bounds are made before either is looked at; and neither rows in another order nor more threads change a cell.

use super::{super::*, crafted::crafted, vocabulary};
use crate::{
    model::{CellSpace, Named, Shape, torture},
    store::plan_by_text,
    template::Catalogue,
};
use duckdb::{Connection, params, types::Value};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::path::Path;

const PERSONS: i64 = 6;

/// The templates of `sql/`.
pub(super) fn shipped() -> Vec<Template> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let catalogue = Catalogue::load(&folder, &vocabulary()).unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)));
    catalogue.iter().cloned().collect()
}

/// The audiences of the example with their shapes: what `members.toml` calls events, or whatever the template asks for.
fn audiences(template: &Template) -> Vec<(String, AudienceRef, Shape)> {
    let example = template.manifest().example.clone().unwrap();
    let named = |name: &str, named: &Named| {
        let shape =
            |audience: &AudienceRef| if audience.name.as_str() == "achats" { Shape::Events } else { Shape::List };
        named.list().iter().map(|audience| (name.to_owned(), audience.clone(), shape(audience))).collect::<Vec<_>>()
    };
    template
        .manifest()
        .audiences
        .iter()
        .flat_map(|parameter| named(&parameter.name, &example.audiences[&parameter.name]))
        .collect()
}

/// The template over its example's audiences.
pub(super) fn instance(template: &Template, arguments: &BTreeMap<String, Argument>) -> Instance {
    let columns: Vec<ColumnName> = vocabulary().columns().keys().cloned().collect();
    let mut bound: BTreeMap<String, Vec<(AudienceRef, Binding)>> = BTreeMap::new();
    for (position, (parameter, audience, shape)) in audiences(template).into_iter().enumerate() {
        let table = format!("audience_{position}.main.email");
        bound.entry(parameter).or_default().push((audience, Binding { table, shape, columns: columns.clone() }));
    }
    let bindings = Bindings { audiences: bound, arguments: arguments.clone() };
    template.instance(&bindings, &vocabulary()).unwrap_or_else(|error| panic!("{}: {error}", template.name()))
}

/// A row of an audience: whose it is, four codes, a day since 1970, and an amount.
#[derive(Debug, Clone)]
struct Row {
    person: i64,
    codes: [Option<u16>; 4],
    day: Option<i32>,
    amount: Option<i64>,
}

fn row(rng: &mut ChaCha8Rng, person: i64) -> Row {
    // One of them is a code without a name.
    let mut code = |values: u16| Some(rng.random_range(0..values + 2)).filter(|code| *code <= values);
    let codes = [code(16), code(17), code(8), code(5)];
    // Days of the season, far before it, and the first and the last that a date of four digits can be.
    let days = [20_575, 20_583, 20_635, 19_753, -719_162, 2_932_896].map(Some);
    let amounts = [0, 2_500, 99_999, 100_001, -50, i64::MAX, i64::MIN].map(Some);
    let day = days.get(rng.random_range(0..=days.len())).copied().flatten();
    Row { person, codes, day, amount: amounts.get(rng.random_range(0..=amounts.len())).copied().flatten() }
}

/// One audience: a list has at most one row a person.
fn rows(rng: &mut ChaCha8Rng, shape: Shape) -> Vec<Row> {
    let mut rows = Vec::new();
    for person in 0..PERSONS {
        let most = match shape {
            Shape::List => 1,
            // One in three has far more than any bound lets through.
            Shape::Events if rng.random_ratio(1, 3) => 40,
            Shape::Events => 3,
        };
        let count = if person == 0 { most } else { rng.random_range(0..=most) };
        // Persons are pseudonyms: any 64 bits.
        let pseudonym = person.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(i64::MIN * (person & 1));
        rows.extend((0..count).map(|_| row(rng, pseudonym)));
    }
    rows
}

const COLUMNS: &str = "person BIGINT, genre USMALLINT, region USMALLINT, age_band USMALLINT, channel USMALLINT, purchased DATE, amount BIGINT";

fn fill(connection: &Connection, position: usize, rows: &[Row]) {
    let catalogue = format!("audience_{position}");
    connection.execute_batch(&format!("CREATE OR REPLACE TABLE {catalogue}.main.email ({COLUMNS})")).unwrap();
    let mut appender = connection.appender_to_catalog_and_db("email", &catalogue, "main").unwrap();
    for Row { person, codes: [genre, region, age_band, channel], day, amount } in rows {
        let day = day.map_or(Value::Null, Value::Date32);
        appender.append_row(params![person, genre, region, age_band, channel, day, amount]).unwrap();
    }
    appender.flush().unwrap();
}

/// The tally of the statement, as the store reads it.
pub(super) fn tally(connection: &Connection, instance: &Instance) -> BTreeMap<i64, i64> {
    let cells = try_tally(connection, &instance.sql, &instance.bounds.cell_space());
    cells.unwrap_or_else(|error| panic!("{error}\n{}", instance.sql))
}

/// The same, or what is wrong with it: the engine's failure, a cell that there isn't, or one that is there twice.
pub(super) fn try_tally(connection: &Connection, sql: &str, space: &CellSpace) -> Result<BTreeMap<i64, i64>, String> {
    let mut statement = connection.prepare(sql).map_err(|error| error.to_string())?;
    let mut rows = statement.query([]).map_err(|error| error.to_string())?;
    let mut cells = BTreeMap::new();
    while let Some(row) = rows.next().map_err(|error| error.to_string())? {
        let (block, cell): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        for (block, column) in (block..).zip(2..row.as_ref().column_count()) {
            let number = space.number(block, cell).ok_or_else(|| format!("no cell {cell} in block {block}"))?;
            if cells.insert(number, row.get(column).unwrap()).is_some() {
                return Err(format!("cell {number} twice"));
            }
        }
    }
    Ok(cells)
}

/// How close the difference comes to the bound: 1 is at it, more is beyond.
pub(super) fn closeness(bounds: &Bounds, before: &BTreeMap<i64, i64>, after: &BTreeMap<i64, i64>) -> f64 {
    let moved = |cell: &i64| before.get(cell).unwrap_or(&0) - after.get(cell).unwrap_or(&0);
    let cells: std::collections::BTreeSet<i64> = before.keys().chain(after.keys()).copied().collect();
    let moves: Vec<(i64, i64)> = cells.iter().map(|cell| (*cell, moved(cell))).filter(|(_, by)| *by != 0).collect();
    match bounds {
        Bounds::Cells { blocks } => {
            let mut start = 0;
            let ratios = blocks.iter().map(|block| {
                let range = start..start + i64::from(block.cells);
                start = range.end;
                let inside = moves.iter().filter(|(cell, _)| range.contains(cell));
                let squared: i128 = inside.map(|(_, by)| i128::from(*by) * i128::from(*by)).sum();
                squared as f64 / block.distance_squared as f64
            });
            let worst = ratios.fold(0.0, f64::max);
            assert!(cells.iter().all(|cell| (0..start).contains(cell)), "a cell outside the layout: {cells:?}");
            worst
        }
        Bounds::Keys { keys_max } => {
            assert!(moves.iter().all(|(_, by)| by.abs() == 1), "{moves:?}");
            moves.len() as f64 / f64::from(*keys_max)
        }
        Bounds::Quantiles { candidates, .. } => {
            assert!(cells.iter().all(|cell| (0..=i64::from(*candidates)).contains(cell)), "{cells:?}");
            moves.iter().map(|(_, by)| by.abs() as f64).sum()
        }
        Bounds::Top { .. } => {
            // Monotonic: a person only ever adds.
            moves.iter().map(|(_, by)| if *by > 0 { *by as f64 } else { f64::INFINITY }).fold(0.0, f64::max)
        }
    }
}

struct Engine(Connection);

impl Engine {
    fn open(threads: u32, audiences: usize) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        let attach: String = (0..audiences).map(|at| format!("ATTACH ':memory:' AS audience_{at};")).collect();
        connection.execute_batch(&format!("SET threads = {threads}; {attach}")).unwrap();
        plan_by_text(&connection).unwrap();
        Self(connection)
    }

    fn tally(&self, room: &[Vec<Row>], instance: &Instance) -> BTreeMap<i64, i64> {
        for (position, rows) in room.iter().enumerate() {
            fill(&self.0, position, rows);
        }
        tally(&self.0, instance)
    }
}

/// Arguments at random: any choice of columns, the example's values otherwise.
fn arguments(rng: &mut ChaCha8Rng, template: &Template) -> BTreeMap<String, Argument> {
    let mut arguments = template.manifest().example.clone().unwrap().parameters;
    let ways = template.manifest().choices();
    for (name, column) in &ways[rng.random_range(0..ways.len())] {
        arguments.insert(name.clone(), Argument::Text(column.to_string()));
    }
    arguments
}

fn pairs() -> u32 {
    torture::rounds(60, 10_000)
}

/// Tries a template, whose pairs are the same whatever others there are.
fn tried(named: &str) {
    let template = shipped().into_iter().chain(crafted()).find(|template| template.name().as_str() == named).unwrap();
    let seed = torture::seed().unwrap_or(20_261_124);
    let mut rng = ChaCha8Rng::seed_from_u64(
        seed ^ named.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into())),
    );
    let shapes: Vec<Shape> = audiences(&template).into_iter().map(|(_, _, shape)| shape).collect();
    let (one, eight) = (Engine::open(1, shapes.len()), Engine::open(8, shapes.len()));
    let mut instances: BTreeMap<String, Instance> = BTreeMap::new();
    let mut closest: f64 = 0.0;
    for pair in 0..pairs() {
        let arguments = arguments(&mut rng, &template);
        let instance = instances.entry(format!("{arguments:?}")).or_insert_with(|| instance(&template, &arguments));
        let room: Vec<Vec<Row>> = shapes.iter().map(|shape| rows(&mut rng, *shape)).collect();
        let person =
            if pair % 2 == 0 { 0 } else { room.iter().flatten().map(|row| row.person).next_back().unwrap_or(0) };
        let without: Vec<Vec<Row>> =
            room.iter().map(|rows| rows.iter().filter(|row| row.person != person).cloned().collect()).collect();
        let (before, after) = (one.tally(&room, instance), one.tally(&without, instance));
        let close = closeness(&instance.bounds, &before, &after);
        assert!(close <= 1.0, "{named}: {close} of its bound, pair {pair}\n{}", instance.sql);
        closest = closest.max(close);
        let mut shuffled = room.clone();
        shuffled.iter_mut().for_each(|rows| rows.shuffle(&mut rng));
        assert_eq!(before, eight.tally(&shuffled, instance), "{named}: order or threads, pair {pair}");
    }
    // The bound is reached, so one that is off by one would be passed.
    eprintln!("{named}: {} pairs, {closest} of its bound (CAMERATA_SEED={seed})", pairs());
    assert!(closest == 1.0, "{named}: only {closest} of its bound was reached");
}

/// No person moves a tally further than its bounds say: a test for each template.
macro_rules! no_person_moves {
    ($($template:ident),* $(,)?) => {
        const TRIED: &[&str] = &[$(stringify!($template)),*];
        $(
            #[test]
            fn $template() {
                tried(&stringify!($template).replace('_', "-"));
            }
        )*
    };
}

no_person_moves!(
    affinity,
    conversion,
    frequency,
    overlap,
    overlap_by,
    overlap_by_two,
    profile,
    profile_overlap,
    purchase_days,
    reach,
    recency,
    spend,
    spend_by,
    spend_quantiles,
    top_interests,
    venn,
    sum_by_its_key,
    sum_by_one_of_its_keys,
    sum_of_what_is_grouped_by,
    sum_by_half_of_its_key,
    persons_by_a_key_with_a_rest,
    persons_kept_by_a_key_with_a_rest,
    persons_by_a_key,
    persons_by_one_of_their_keys,
    persons_by_a_wide_number,
    crosstab_of_what_a_join_can_miss,
    crosstab_of_both,
    lone_groups_beside_others,
);

#[test]
fn every_template_is_tried() {
    let names: Vec<String> =
        shipped().iter().chain(&crafted()).map(|template| template.name().as_str().replace('-', "_")).collect();
    assert_eq!(names, TRIED);
}
