//! How fast the room is beside plain DuckDB, in one run, on one machine, over the same rows.
//!
//! `make bench` prints a table at one and ten million rows. `CAMERATA_BENCH_ROWS=1000000` (or an argument; several,
//! separated by commas) chooses the sizes, `CAMERATA_BENCH_ROUNDS` how often each contender runs, `CAMERATA_BENCH_SEED`
//! the people, `TMPDIR` where the files lie until the end.
//!
//! Both sides are what users run: the real program, and DuckDB as typed. Contenders take turns, and who goes first
//! changes from round to round, because the machine is never quiet; ratios are those of medians. Nothing is asserted
//! about time: a figure beyond its target is marked in the table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark says what is wrong by ending"
)]

mod duck;
mod exports;
mod figures;
mod room;

use duck::Job;
use exports::{Export, List};
use figures::{Figures, Table, Unit};
use room::Room;
use std::{env, fs::File, path::Path, process::Command, str::FromStr, thread, time::Instant};

/// The real program, built in the profile of the benchmark, which is the release's.
const CAMERATA: &str = env!("CARGO_BIN_EXE_camerata");
/// Figures at fewer rows are for the reader: fixed costs weigh there, and no target is set.
const TARGETS_FROM_ROWS: u64 = 10_000_000;

fn main() {
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some(duck::CONTEND) {
        return duck::contend(&arguments.collect::<Vec<_>>());
    }
    let sizes = sizes();
    let (rounds, seed) = (number("CAMERATA_BENCH_ROUNDS", 5), number("CAMERATA_BENCH_SEED", 20_261_124));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    println!("seed {seed}, {rounds} rounds, {threads} threads; medians, the least in parentheses; ratios of medians\n");
    let mut table = Table::default();
    for rows in sizes {
        let folder = tempfile::tempdir().expect("a folder for the files");
        eprintln!("{rows} rows in {}", folder.path().display());
        table.extend(measure(folder.path(), rows, rounds, seed));
    }
    println!("{table}");
}

/// The sizes asked for: by argument, else by the environment.
fn sizes() -> Vec<u64> {
    let argument = env::args().skip(1).find(|argument| argument.starts_with(|c: char| c.is_ascii_digit()));
    let text = argument.or_else(|| env::var("CAMERATA_BENCH_ROWS").ok()).unwrap_or("1000000,10000000".to_owned());
    let size = |text: &str| text.trim().replace('_', "").parse().unwrap_or_else(|_| panic!("`{text}` is no number"));
    text.split(',').map(size).collect()
}

fn number<T: FromStr>(variable: &str, default: T) -> T {
    let Ok(text) = env::var(variable) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{variable}: `{text}` is no number"))
}

/// All figures at one size.
fn measure(folder: &Path, rows: u64, rounds: usize, seed: u64) -> Vec<Figures> {
    let lists = List::ALL.map(|list| Export::write(folder, list, rows, seed));
    let target = |ratio: f64| (rows >= TARGETS_FROM_ROWS).then_some(ratio);
    let mut hash = Figures::new(rows, "hash at the member", "DuckDB: COPY", Unit::Seconds, target(1.0));
    let mut upload = Figures::new(rows, "upload to stored", "DuckDB: to a table on disk", Unit::Seconds, target(2.5));
    let mut upload_memory = Figures::new(rows, "upload to stored", "DuckDB: to a table in memory", Unit::Seconds, None);
    for round in 0..rounds {
        eprintln!("  hash, round {}", round + 1);
        hash_round(&lists[round % 2], round, &mut hash);
    }
    // The rounds may have been too few for both.
    lists.iter().filter(|export| !export.hashed.exists()).for_each(|export| _ = hashed(export));
    let mut room = Room::found(folder);
    for round in 0..rounds.max(2) {
        eprintln!("  upload, round {}", round + 1);
        let export = &lists[round % 2];
        upload_round(&room, export, round, &mut upload);
        upload_memory.ours.clone_from(&upload.ours);
        upload_memory.theirs.push(duck::run(&Job::LoadInMemory { from: &export.hashed }).seconds);
    }
    let mut figures = vec![hash, upload, upload_memory];
    figures.extend(overlap(&mut room, folder, rows, 3 * rounds));
    figures
}

fn hash_round(export: &Export, round: usize, figures: &mut Figures) {
    let out = export.hashed.with_extension("duckdb.csv");
    let duck = || duck::run(&Job::Hash { from: &export.raw, to: &out }).seconds;
    figures.take_turns(round, || hashed(export), duck);
    assert_eq!(export.lines(&out), export.lines(&export.hashed), "both hash every row");
    std::fs::remove_file(out).unwrap();
}

/// Seconds that `camerata hash` takes.
fn hashed(export: &Export) -> f64 {
    let _ = std::fs::remove_file(&export.hashed);
    let since = Instant::now();
    let ended = Command::new(CAMERATA).arg("hash").arg(&export.raw).arg("--out").arg(&export.hashed).output().unwrap();
    let seconds = since.elapsed().as_secs_f64();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    settle(&export.hashed);
    seconds
}

fn upload_round(room: &Room, export: &Export, round: usize, figures: &mut Figures) {
    let table = export.hashed.with_extension("duckdb");
    let duck = || duck::run(&Job::Load { from: &export.hashed, to: &table }).seconds;
    figures.take_turns(round, || room.upload(export), duck);
    std::fs::remove_file(table).unwrap();
}

/// Time and memory of the overlap, beside a fresh DuckDB and a warm one.
fn overlap(room: &mut Room, folder: &Path, rows: u64, rounds: usize) -> Vec<Figures> {
    let target = (rows >= TARGETS_FROM_ROWS).then_some(1.10);
    let mut fresh = Figures::new(rows, "overlap", "DuckDB, fresh, plain files", Unit::Seconds, target);
    let mut warm = Figures::new(rows, "overlap", "DuckDB, warm, plain files", Unit::Seconds, None);
    let mut memory = Figures::new(rows, "overlap, peak memory", "DuckDB, fresh, plain files", Unit::Mebibytes, None);
    let plain = List::ALL.map(|list| room.copy_plain(list, folder));
    // What uploading left in the room's memory is none of the query's.
    room.restart();
    let common = exports::common(rows);
    for round in 0..rounds {
        eprintln!("  overlap, round {}", round + 1);
        let (mut ours, mut theirs) = (None, None);
        let duck = || {
            let done = duck::run(&Job::Overlap { a: &plain[0], b: &plain[1] });
            assert_eq!(done.count, common, "DuckDB finds everyone in common");
            theirs = done.peak_mib;
            warm.theirs.push(done.warm_seconds);
            done.seconds
        };
        let gateway = || {
            let answer = room.overlap();
            assert!(answer.value.abs_diff(common) < 20 * answer.margin, "the answer is beyond its margin");
            ours = answer.peak_mib;
            answer.seconds
        };
        fresh.take_turns(round, gateway, duck);
        memory.ours.extend(ours);
        memory.theirs.extend(theirs);
    }
    warm.ours.clone_from(&fresh.ours);
    vec![fresh, warm, memory]
}

/// Waits until a file is on disk, so that the next contender doesn't pay for it.
fn settle(file: &Path) {
    File::open(file).and_then(|file| file.sync_all()).expect("the file");
}
