//! The promises of the room's database, on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::{Database, OpenError, Place, SQLITE, ServerUrl, Turn, on_both, postgres::Postgres};
use crate::{model::SystemClock, proof::SigningKey};
use sqlx::{
    ConnectOptions as _, Connection as _, Row,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use std::{collections::BTreeMap, time::Duration};

on_both!(
    a_database_is_opened_again_and_founded_once,
    values_come_back_as_they_were,
    writers_never_interleave,
    what_isnt_committed_is_gone,
);

async fn a_database_is_opened_again_and_founded_once(place: Place) {
    let database = Database::open(&place).await.unwrap();
    assert_eq!(database.key_check().await.unwrap(), None);
    let signing = SigningKey::new("camerata/test", &[1; 32]).unwrap();
    database.found(&SystemClock, &[7, 0, 255], signing.public()).await.unwrap();
    database.close().await;
    let again = Database::open(&place).await.unwrap();
    assert_eq!(again.key_check().await.unwrap(), Some(vec![7, 0, 255]));
    assert!(matches!(again.found(&SystemClock, &[1], signing.public()).await, Err(OpenError::Row(_))));
    assert_eq!(again.key_check().await.unwrap(), Some(vec![7, 0, 255]));
}

async fn values_come_back_as_they_were(place: Place) {
    let database = Database::open(&place).await.unwrap();
    let bytes: Vec<u8> = (0..=255).collect();
    let text = "« l'œuvre » 100 % d'été 🎭";
    let mut writing = database.raw().await.unwrap();
    sqlx::query("INSERT INTO policy_files (hash, bytes) VALUES ($1, $2)")
        .bind(text)
        .bind(&bytes)
        .execute(&mut *writing)
        .await
        .unwrap();
    let insert = r#"INSERT INTO policy_log (happened, what, "user", version, proposal, why)
                    VALUES ($1, 'founded', $2, $3, $4, $5) RETURNING id"#;
    for id in 1..=2i64 {
        let row = sqlx::query(insert)
            .bind("t")
            .bind(Some("ana"))
            .bind(None::<String>)
            .bind(None::<i64>)
            .bind(None::<&str>)
            .fetch_one(&mut *writing)
            .await
            .unwrap();
        assert_eq!(row.get::<i64, _>("id"), id);
    }
    sqlx::query(
        "INSERT INTO accounts (account, period_start, unlocked, spent, lifetime) VALUES ('room', 't', $1, $1, $1)",
    )
    .bind(i64::MAX)
    .execute(&mut *writing)
    .await
    .unwrap();
    writing.commit().await.unwrap();

    let row = sqlx::query("SELECT * FROM policy_files WHERE bytes = $1")
        .bind(&bytes)
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!((row.get::<String, _>("hash"), row.get::<Vec<u8>, _>("bytes")), (text.to_owned(), bytes));
    // Unquoted, `user` would be the name of the database's user here.
    let row = sqlx::query(r#"SELECT "user", version, proposal, why FROM policy_log WHERE "user" = $1 ORDER BY id"#)
        .bind("ana")
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>("user"), "ana");
    assert_eq!(row.get::<Option<String>, _>("version"), None);
    assert_eq!((row.get::<Option<i64>, _>("proposal"), row.get::<Option<String>, _>("why")), (None, None));
    let row = sqlx::query("SELECT spent FROM accounts").fetch_one(database.pool()).await.unwrap();
    assert_eq!(row.get::<i64, _>("spent"), i64::MAX);
}

async fn writers_never_interleave(place: Place) {
    // Two programs, or two halves of one: each opens the database for itself.
    let databases = [Database::open(&place).await.unwrap(), Database::open(&place).await.unwrap()];
    let sum =
        "INSERT INTO accounts (account, period_start, unlocked, spent, lifetime) VALUES ('room', 't', 1000, 0, 0)";
    let mut writing = databases[0].raw().await.unwrap();
    sqlx::query(sum).execute(&mut *writing).await.unwrap();
    writing.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..60 {
        let database = databases[task % 2].clone();
        tasks.spawn(async move {
            let mut writing = database.raw().await.unwrap();
            let row = sqlx::query("SELECT spent FROM accounts").fetch_one(&mut *writing).await.unwrap();
            tokio::task::yield_now().await;
            sqlx::query("UPDATE accounts SET spent = $1, lifetime = $1")
                .bind(row.get::<i64, _>("spent") + 1)
                .execute(&mut *writing)
                .await
                .unwrap();
            writing.commit().await.unwrap();
        });
    }
    tasks.join_all().await;
    let row = sqlx::query("SELECT spent FROM accounts").fetch_one(databases[1].pool()).await.unwrap();
    assert_eq!(row.get::<i64, _>("spent"), 60, "no writer wrote over another");
}

async fn what_isnt_committed_is_gone(place: Place) {
    let database = Database::open(&place).await.unwrap();
    let mut writing = database.raw().await.unwrap();
    let insert = "INSERT INTO policy_files (hash, bytes) VALUES ('h', $1)";
    sqlx::query(insert).bind(vec![1u8]).execute(&mut *writing).await.unwrap();
    drop(writing);
    let mut writing = database.raw().await.unwrap();
    sqlx::query(insert).bind(vec![2u8]).execute(&mut *writing).await.unwrap();
    // A statement that fails fails the transaction.
    assert!(sqlx::query(insert).bind(vec![3u8]).execute(&mut *writing).await.is_err());
    drop(writing);
    let rows = sqlx::query("SELECT hash FROM policy_files").fetch_all(database.pool()).await.unwrap();
    assert!(rows.is_empty());
}

/// Tables with their columns, in order, and whether each may be NULL.
type Tables = BTreeMap<String, BTreeMap<String, bool>>;

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let [file, server] = [Place::in_folder(folder.path()), Place::on_test_server()];
    let [file, server] = [Database::open(&file).await.unwrap(), Database::open(&server).await.unwrap()];
    let in_file = "SELECT m.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AND c.pk = 0 AS nullable
        FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
    let on_server = "SELECT CAST(table_name AS text) AS table_name, CAST(column_name AS text) AS column_name,
        CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS nullable
        FROM information_schema.columns WHERE table_schema = 'public'";
    let mut found = Vec::new();
    for (database, sql) in [(&file, in_file), (&server, on_server)] {
        let mut tables = Tables::new();
        for row in sqlx::query(sql).fetch_all(database.pool()).await.unwrap() {
            let columns = tables.entry(row.get("table_name")).or_default();
            columns.insert(row.get("column_name"), row.get::<i64, _>("nullable") == 1);
        }
        tables.remove("_sqlx_migrations");
        found.push(tables);
    }
    assert!(found[0].len() > 10);
    assert_eq!(found[0], found[1], "a migration of one is missing in the other");
}

#[tokio::test]
async fn a_room_that_was_made_before_opens() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::in_folder(folder.path());
    let options = SqliteConnectOptions::new().filename(folder.path().join("room.sqlite")).create_if_missing(true);
    let mut connection: SqliteConnection = options.connect().await.unwrap();
    // `camerata init`, `camerata token` and sqlite3's `.dump`, before PostgreSQL was thought of.
    sqlx::raw_sql(include_str!("tests/made_before.sql")).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let database = Database::open(&place).await.unwrap();
    assert_eq!(database.key_check().await.unwrap().map(|check| check.len()), Some(32));
    let row = sqlx::query(r#"SELECT member, "user" FROM tokens"#).fetch_one(database.pool()).await.unwrap();
    assert_eq!((row.get("member"), row.get("user")), ("festival", "ana"));
    let row = sqlx::query("SELECT count(*) AS n FROM _sqlx_migrations").fetch_one(database.pool()).await.unwrap();
    assert_eq!(row.get::<i64, _>("n"), i64::try_from(SQLITE.iter().count()).unwrap());
}

#[tokio::test]
async fn every_connection_to_a_file_is_as_careful() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..super::CONNECTIONS_MAX {
        held.push(database.pool().acquire().await.unwrap());
    }
    for connection in &mut held {
        for (pragma, value) in [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)] {
            let sql = sqlx::AssertSqlSafe(format!("PRAGMA {pragma}"));
            let row = sqlx::query(sql).fetch_one(&mut **connection).await.unwrap();
            assert_eq!(row.get::<i64, _>(0), value, "{pragma}");
        }
        let row = sqlx::query("PRAGMA journal_mode").fetch_one(&mut **connection).await.unwrap();
        assert_eq!(row.get::<String, _>(0), "wal");
    }
}

#[tokio::test]
async fn a_damaged_schema_is_damage_and_not_a_lack_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::in_folder(folder.path());
    Database::open(&place).await.unwrap().close().await;
    // What one bit of the schema's page did: an index whose table isn't known by its name.
    let options = SqliteConnectOptions::new().filename(folder.path().join("room.sqlite"));
    let mut connection: SqliteConnection = options.connect().await.unwrap();
    let spoil = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET name = 'sqlite_autoindex_versionsO1'
        WHERE name = 'sqlite_autoindex_versions_1'";
    assert_eq!(sqlx::raw_sql(spoil).execute(&mut connection).await.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
    let began = std::time::Instant::now();
    let error = Database::open(&place).await.unwrap_err();
    assert!(error.is_damage(), "{error:?} after {:?}", began.elapsed());
}

#[tokio::test]
async fn any_name_of_a_folder_will_do() {
    let parent = tempfile::tempdir().unwrap();
    for name in ["a ?b=c#d%20e", "été", "..hidden..", "it's \"so\"", "sqlite:x"] {
        let folder = parent.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        let roundabout = folder.join("..").join(name);
        Database::open(&Place::in_folder(&roundabout)).await.unwrap().close().await;
        assert!(folder.join("room.sqlite").is_file(), "{name}");
    }
}

#[tokio::test]
async fn a_server_that_could_lose_a_charge_is_refused() {
    let server = Postgres::start();
    let place = Place::Server(ServerUrl::parse(&server.database()).unwrap());
    Database::open(&place).await.unwrap().close().await;
    for setting in ["fsync", "full_page_writes"] {
        server.sql("postgres", &format!("ALTER SYSTEM SET {setting} = off"));
        server.sql("postgres", "SELECT pg_reload_conf()");
        // The reload is a signal: wait until a new connection sees it.
        while server.sql("postgres", &format!("SHOW {setting}")) == "on" {}
        assert!(matches!(Database::open(&place).await, Err(OpenError::Unsafe(said)) if said == setting));
        server.sql("postgres", &format!("ALTER SYSTEM RESET {setting}"));
        server.sql("postgres", "SELECT pg_reload_conf()");
        while server.sql("postgres", &format!("SHOW {setting}")) == "off" {}
    }
    // A weaker default is made good for our connections; a stronger one stays.
    for (default, used) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")] {
        server.sql("room_0", &format!("ALTER DATABASE room_0 SET synchronous_commit = {default}"));
        server.sql("room_0", "ALTER DATABASE room_0 SET default_transaction_isolation = 'serializable'");
        let database = Database::open(&place).await.unwrap();
        let mut writing = database.raw().await.unwrap();
        let row = sqlx::query(
            "SELECT current_setting('synchronous_commit') AS a, current_setting('transaction_isolation') AS b",
        );
        let row = row.fetch_one(&mut *writing).await.unwrap();
        assert_eq!((row.get("a"), row.get("b")), (used, "read committed"));
        drop(writing);
        database.close().await;
    }
}

#[tokio::test]
async fn no_error_says_the_password() {
    for url in [
        "postgres://ana:s3cret@127.0.0.1:1/salle",
        "postgres://ana:s3cret@127.0.0.1:99999/salle",
        "postgres://ana:s3cret@[/salle",
    ] {
        let place = Place::Server(ServerUrl::parse(url).unwrap());
        let error = Database::open(&place).await.unwrap_err();
        let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        let told: String = chain.map(|error| format!("{error} {error:?}\n")).collect();
        assert!(!format!("{told}{place:?}").contains("s3cret"), "{told}");
    }
}

/// Two processes that have the same database open, as far as turns know.
async fn two() -> (Database, Database, ServerUrl) {
    let Place::Server(url) = Place::on_test_server() else { panic!("not a server") };
    let place = Place::Server(url.clone());
    (Database::open(&place).await.unwrap(), Database::open(&place).await.unwrap(), url)
}

#[tokio::test]
async fn a_turn_is_one_process_s_until_it_is_dropped() {
    let (one, other, _) = two().await;
    let key = Turn::Query(&[7; 32]);
    let held = one.turns().take(key).await.unwrap();
    assert!(other.turns().try_take(key).await.unwrap().is_none());
    assert!(other.turns().try_take(Turn::Query(&[8; 32])).await.unwrap().is_some(), "another key is another turn");
    assert!(other.turns().try_take(Turn::Desk).await.unwrap().is_some());
    let turns = other.turns().clone();
    let waiting = tokio::spawn(async move { turns.take(Turn::Query(&[7; 32])).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(held);
    let held = waiting.await.unwrap();
    assert!(one.turns().try_take(key).await.unwrap().is_none());
    drop(held);
    // Who gives up waiting holds nothing.
    let held = one.turns().take(key).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(50), other.turns().take(key)).await.is_err());
    drop(held);
    drop(one.turns().take(key).await.unwrap());
}

#[tokio::test]
async fn a_version_is_destroyed_only_by_who_has_it_alone() {
    let (one, other, _) = two().await;
    let version = Turn::Version("0123");
    let (reads, reads_too) = (one.turns().share(version).await.unwrap(), other.turns().share(version).await.unwrap());
    drop(reads_too);
    assert!(other.turns().try_take(version).await.unwrap().is_none());
    drop(reads);
    let destroys = loop {
        // Dropping is telling the keeper, which lets go a moment later.
        if let Some(held) = other.turns().try_take(version).await.unwrap() {
            break held;
        }
    };
    assert!(tokio::time::timeout(Duration::from_millis(50), one.turns().share(version)).await.is_err());
    drop(destroys);
    drop(one.turns().share(version).await.unwrap());
}

#[tokio::test]
async fn a_session_that_ends_holds_nothing_and_lets_go_of_nothing_later() {
    let (one, other, url) = two().await;
    let old = one.turns().take(Turn::Desk).await.unwrap();
    let name = url.secret().rsplit('/').next().unwrap();
    let killed = format!(
        "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND d.datname = '{name}'"
    );
    assert_eq!(Postgres::shared().sql("postgres", &killed), "1");
    // As if the first process had been killed: the other goes on.
    drop(other.turns().take(Turn::Desk).await.unwrap());
    // The first begins another session. What it held in the one before must not let go of what it holds in this.
    let new = one.turns().take(Turn::Desk).await.unwrap();
    drop(old);
    drop(one.turns().take(Turn::Sweep).await.unwrap());
    assert!(other.turns().try_take(Turn::Desk).await.unwrap().is_none());
    drop(new);
    drop(other.turns().take(Turn::Desk).await.unwrap());
}

#[tokio::test]
async fn turns_on_a_file_are_free() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    let _held = database.turns().take(Turn::Desk).await.unwrap();
    assert!(database.turns().try_take(Turn::Desk).await.unwrap().is_some());
}
