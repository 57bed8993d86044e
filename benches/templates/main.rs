//! What generated SQL costs: each shipped template beside what somebody who knows DuckDB would type for the same tally.
//!
//! `make bench` prints a table at ten million rows an audience; `CAMERATA_BENCH_ROWS` chooses the sizes as it does for the
//! comparison with plain DuckDB, `CAMERATA_BENCH_ROUNDS` how often each side runs, `CAMERATA_BENCH_SEED` the people,
//! `CAMERATA_BENCH_TEMPLATES` which templates (names, separated by commas), `TMPDIR` where the files lie until the end.
//!
//! Both sides run in one warm DuckDB over the same plain files and take turns. Their cells must be equal: a figure
//! for SQL that counts something else would say nothing. The generated side runs without the optimisers whose plans depend on data,
//! as in a room; the typed side with all.
//! Nothing is asserted about time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark says what is wrong by ending"
)]

mod expert;
mod room;

use camerata::{
    model::{CellSpace, Shape, Vocabulary},
    template::{Binding, Bindings, Catalogue, Instance, Template},
};
use room::Room;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    str::FromStr,
    time::Instant,
};

/// What a generated statement may take, where one that was typed takes 1.
const TARGET: f64 = 1.15;
/// Figures at fewer rows are for the reader: fixed costs weigh there, and no target is set.
const TARGETS_FROM_ROWS: u64 = 10_000_000;

fn main() {
    let (rounds, seed) = (number("CAMERATA_BENCH_ROUNDS", 5_usize), number("CAMERATA_BENCH_SEED", 20_261_124));
    let rows = env::var("CAMERATA_BENCH_ROWS").unwrap_or("10000000".to_owned());
    let wanted = env::var("CAMERATA_BENCH_TEMPLATES").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(',').filter(|name| !name.is_empty()).collect();
    println!("generated SQL: seed {seed}, {rounds} rounds; medians, the least in parentheses; ratios of medians\n");
    println!("| rows | template | generated | typed | ratio | target |\n|--:|---|--:|--:|--:|---|");
    for rows in rows.split(',') {
        let rows: u64 = rows.trim().replace('_', "").parse().unwrap_or_else(|_| panic!("`{rows}` is no number"));
        let folder = tempfile::tempdir().expect("a folder for the files");
        let room = Room::fill(folder.path(), rows, seed);
        for template in shipped().iter().filter(|t| wanted.is_empty() || wanted.contains(&t.name().as_str())) {
            measure(&room, template, rows, rounds);
        }
    }
    println!();
}

fn number<T: FromStr>(variable: &str, default: T) -> T {
    let Ok(text) = env::var(variable) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{variable}: `{text}` is no number"))
}

/// Runs both sides, each first in every other round, after one that isn't counted.
fn measure(room: &Room, template: &Template, rows: u64, rounds: usize) {
    let name = template.name().as_str();
    let instance = instance(template);
    let typed = expert::typed(name, template.hash());
    // What was typed numbers its cells through; only sums have a second value beside the first.
    let (typed, space) = (format!("SELECT 0::BIGINT, * FROM ({typed})"), instance.bounds.cell_space());
    let through = match &space {
        CellSpace::Blocks(sizes) if !name.starts_with("spend") => CellSpace::Blocks(vec![sizes.iter().sum()]),
        space => space.clone(),
    };
    if env::var_os("CAMERATA_BENCH_SQL").is_some() {
        eprintln!("-- {name}, generated\n{};\n-- {name}, typed\n{typed};", instance.sql);
    }
    let generated = || timed(|| room.cells(&instance.sql, &space, true));
    let by_hand = || timed(|| room.cells(&typed, &through, false));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (a, b) = if round % 2 == 0 {
            let a = generated();
            (a, by_hand())
        } else {
            let b = by_hand();
            (generated(), b)
        };
        assert_eq!(a.1, b.1, "{name}: the two statements count different things");
        assert!(!a.1.is_empty(), "{name}: nothing is counted");
        if round > 0 {
            ours.push(a.0);
            theirs.push(b.0);
        }
    }
    let ((ours, ours_least), (theirs, theirs_least)) = (median_and_least(ours), median_and_least(theirs));
    let ratio = ours / theirs;
    let target = match rows >= TARGETS_FROM_ROWS {
        false => String::new(),
        true if ratio > TARGET => format!("at most {TARGET:.2}: MISSED"),
        true => format!("at most {TARGET:.2}"),
    };
    println!(
        "| {rows} | {name} | {ours:.3} s ({ours_least:.3}) | {theirs:.3} s ({theirs_least:.3}) | {ratio:.2} | {target} |"
    );
}

fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let since = Instant::now();
    let done = run();
    (since.elapsed().as_secs_f64(), done)
}

fn median_and_least(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    (figures[figures.len() / 2], figures[0])
}

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn vocabulary() -> Vocabulary {
    toml::from_str(&fs::read_to_string(path("policies/vocabulary.toml")).unwrap()).unwrap()
}

fn shipped() -> Vec<Template> {
    let catalogue = Catalogue::load(&path("sql"), &vocabulary());
    catalogue.unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error))).iter().cloned().collect()
}

/// The template over its example's audiences, which the room holds under their own names.
fn instance(template: &Template) -> Instance {
    let vocabulary = vocabulary();
    let example = template.manifest().example.clone().unwrap_or_else(|| panic!("{} has no example", template.name()));
    let mut audiences: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (parameter, named) in &example.audiences {
        for audience in named.list() {
            let shape = if audience.name.as_str() == "achats" { Shape::Events } else { Shape::List };
            let table = format!("{}_{}.main.email", audience.member.as_str(), audience.name.as_str());
            let columns = vocabulary.columns().keys().cloned().collect();
            let binding = Binding { table, shape, columns };
            audiences.entry(parameter.clone()).or_default().push((audience.clone(), binding));
        }
    }
    let bindings = Bindings { audiences, arguments: example.parameters };
    template.instance(&bindings, &vocabulary).unwrap_or_else(|error| panic!("{}: {error}", template.name()))
}
