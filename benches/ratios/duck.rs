//! DuckDB as somebody would type it, each time in a process of its own, so that its memory is its own too.

use crate::settle;
use duckdb::{Config, Connection};
use serde::{Deserialize, Serialize};
use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Instant,
};

/// The argument by which this program is started as a contender.
pub const CONTEND: &str = "contend";

/// What DuckDB is to do.
pub enum Job<'a> {
    /// Hash a column of an export.
    Hash { from: &'a Path, to: &'a Path },
    /// Read a file into a table of a database on disk.
    Load { from: &'a Path, to: &'a Path },
    /// Read a file into a table in memory.
    LoadInMemory { from: &'a Path },
    /// Copy one of the room's files to a plain one with the same rows in the same order.
    Copy { from: &'a Path, key: &'a str, to: &'a Path },
    /// Count who is in both of two plain files: first in a fresh instance, then in the same one.
    Overlap { a: &'a Path, b: &'a Path },
}

/// What came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Done {
    /// How long it took, without the start of the process.
    pub seconds: f64,
    /// How long it took again, the data being in memory.
    pub warm_seconds: f64,
    /// Who is in both.
    pub count: u64,
    /// The most memory the process had by the end of the first time, where the system tells.
    pub peak_mib: Option<f64>,
}

/// Runs a job in a process of its own.
pub fn run(job: &Job<'_>) -> Done {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let arguments = match job {
        Job::Hash { from, to } => vec!["hash".to_owned(), text(from), text(to)],
        Job::Load { from, to } => vec!["load".to_owned(), text(from), text(to)],
        Job::LoadInMemory { from } => vec!["load-in-memory".to_owned(), text(from)],
        Job::Copy { from, key, to } => vec!["copy".to_owned(), text(from), (*key).to_owned(), text(to)],
        Job::Overlap { a, b } => vec!["overlap".to_owned(), text(a), text(b)],
    };
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.arg(CONTEND).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "DuckDB failed");
    if let Job::Hash { to, .. } | Job::Load { to, .. } | Job::Copy { to, .. } = job {
        settle(to);
    }
    serde_json::from_slice(&output.stdout).expect("the contender's figures")
}

/// The other side of [`run`].
pub fn contend(arguments: &[String]) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["hash", from, to] => {
            timed(&format!("COPY (SELECT sha256(lower(trim(email))) FROM read_csv('{from}')) TO '{to}'"), &[])
        }
        ["load", from, to] => {
            let attach = format!("ATTACH '{to}' AS kept");
            timed(&format!("CREATE TABLE kept.list AS FROM read_csv('{from}'); CHECKPOINT kept"), &[attach])
        }
        ["load-in-memory", from] => timed(&format!("CREATE TABLE list AS FROM read_csv('{from}')"), &[]),
        ["copy", from, key, to] => {
            let from = format!("ATTACH '{from}' AS room (READ_ONLY, ENCRYPTION_KEY '{key}')");
            let copy = "CREATE TABLE plain.email AS FROM room.email ORDER BY person; CHECKPOINT plain";
            timed(copy, &[from, format!("ATTACH '{to}' AS plain")])
        }
        ["overlap", a, b] => overlap(a, b),
        _ => panic!("not a contender's arguments"),
    };
    println!("{}", serde_json::to_string(&done).unwrap());
}

fn open() -> Connection {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let config = Config::default().threads(i64::try_from(threads).unwrap()).unwrap();
    Connection::open_in_memory_with_flags(config).unwrap()
}

/// How long a statement takes, after others that aren't timed.
fn timed(sql: &str, before: &[String]) -> Done {
    let connection = open();
    for statement in before {
        connection.execute_batch(statement).unwrap();
    }
    let since = Instant::now();
    connection.execute_batch(sql).unwrap();
    Done { seconds: since.elapsed().as_secs_f64(), peak_mib: peak_mib("self"), ..Done::default() }
}

/// Everything from an empty instance to the count, then the count again.
fn overlap(a: &str, b: &str) -> Done {
    const SQL: &str = "SELECT count(*) FROM a.email SEMI JOIN b.email USING (person)";
    let since = Instant::now();
    let connection = open();
    connection.execute_batch(&format!("ATTACH '{a}' AS a (READ_ONLY); ATTACH '{b}' AS b (READ_ONLY)")).unwrap();
    let query = || connection.query_row(SQL, [], |row| row.get::<_, u64>(0)).unwrap();
    let count = query();
    let (seconds, peak_mib) = (since.elapsed().as_secs_f64(), peak_mib("self"));
    let since = Instant::now();
    assert_eq!(query(), count);
    Done { seconds, warm_seconds: since.elapsed().as_secs_f64(), count, peak_mib }
}

/// The most memory that a process has had resident, since its start or since [`forget_peak`]; Linux tells.
pub fn peak_mib(process: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// Begins the measure of [`peak_mib`] anew; whether the system does that.
pub fn forget_peak(process: &str) -> bool {
    fs::write(format!("/proc/{process}/clear_refs"), "5").is_ok()
}
