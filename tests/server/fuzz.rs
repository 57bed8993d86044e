//! Every reader of what others wrote, given seeds that were changed at random: a moment each at every `make test`. The readers and the
//! seeds are those of the fuzz targets in `tests/fuzz`, which `make torture` gives to libFuzzer.

#[path = "../fuzz/reads.rs"]
mod reads;

use super::support::{Draws, rounds};
use std::{
    fs, panic,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Most bytes of a changed seed.
const BYTES_MAX: usize = 64 << 10;
/// What means something to one of the readers.
const WORDS: &[&str] = &[
    "\"",
    "'",
    "\\",
    "\u{0}",
    "\r\n",
    "\n\n",
    ";",
    ",",
    "(",
    ")",
    "[[",
    "]]",
    "{",
    "}",
    "<",
    "--",
    "/*",
    "*/",
    "//",
    "=",
    "==",
    "&&",
    "||",
    "!",
    "-1",
    "0",
    "18446744073709551616",
    "1e999",
    "NaN",
    "null",
    "true",
    "NULL",
    "SELECT ",
    " FROM ",
    " JOIN ",
    " UNION ",
    " OVER ()",
    "person",
    "permit(",
    "forbid(",
    " when ",
    " has ",
    " in ",
    "@id(",
    "principal",
    "context.",
    "\u{feff}",
    "\u{202e}",
    "é",
    "@",
    "+1",
    "PAR1",
    "eyJ",
    ".",
    "— ",
    "hashed_email_",
];

fn seeds(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(kind);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A place in some bytes, or their end.
fn place(draws: &mut Draws, bytes: &[u8]) -> usize {
    usize::try_from(draws.below(bytes.len() as u64 + 1)).unwrap()
}

/// A part of some bytes.
fn part(draws: &mut Draws, bytes: &[u8]) -> std::ops::Range<usize> {
    let (one, other) = (place(draws, bytes), place(draws, bytes));
    one.min(other)..one.max(other)
}

/// The same bytes with a few changes.
fn changed(draws: &mut Draws, seeds: &[Vec<u8>]) -> Vec<u8> {
    let pick = |draws: &mut Draws| seeds[usize::try_from(draws.below(seeds.len() as u64)).unwrap()].clone();
    let mut bytes = pick(draws);
    for _ in 0..=draws.below(6) {
        let at = place(draws, &bytes);
        match draws.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << draws.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(draws.below(256)).unwrap(),
            2 => drop(bytes.drain(part(draws, &bytes.clone()))),
            3 => {
                let again = bytes[part(draws, &bytes.clone())].to_vec();
                let times = usize::try_from(draws.below(8)).unwrap();
                bytes.splice(at..at, again.repeat(times));
            }
            4 => {
                let other = pick(draws);
                let taken = part(draws, &other);
                bytes.splice(at..at, other[taken].iter().copied());
            }
            5 => bytes.truncate(at),
            _ => {
                let word = WORDS[usize::try_from(draws.below(WORDS.len() as u64)).unwrap()];
                let times = if draws.below(16) == 0 { 2_000 } else { 1 };
                bytes.splice(at..at, word.repeat(times).into_bytes());
            }
        }
        bytes.truncate(BYTES_MAX);
    }
    bytes
}

/// Reads seeds, and then changed ones for a while.
fn try_out(kind: &'static str, read: fn(&[u8])) {
    let seeds = seeds(kind);
    for seed in &seeds {
        read(seed);
    }
    let mut draws = Draws::logged();
    // With the stack that the room's own threads have.
    let tried = thread::Builder::new().stack_size(16 << 20).spawn(move || {
        let (until, mut count) = (Instant::now() + Duration::from_secs(rounds(2, 120)), 0u64);
        while Instant::now() < until || count < 10 {
            let bytes = changed(&mut draws, &seeds);
            let since = Instant::now();
            if panic::catch_unwind(|| read(&bytes)).is_err() {
                panic!("{kind}: {}", hex::encode(&bytes));
            }
            assert!(since.elapsed() < Duration::from_secs(60), "{kind} takes for ever: {}", hex::encode(&bytes));
            count += 1;
        }
        count
    });
    eprintln!("{kind}: {} inputs", tried.unwrap().join().unwrap());
}

macro_rules! each {
    ($($kind:ident),*) => {$(
        #[test]
        fn $kind() {
            try_out(stringify!($kind), reads::$kind);
        }
    )*};
}

each!(manifest, template, policy, export, parquet, hashed, receipt, checkpoint, stream, sign_in);
