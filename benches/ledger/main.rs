//! What the ledger and its log cost: charges beside a bare SQLite transaction of the same updates, and a long log verified.
//!
//! `CAMERATA_BENCH_ROWS` is how many entries the long log has (1,000,000 unless it is set).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a bench: it prints a table")]

use camerata::{
    audit::{Log, verify},
    database::{
        Database, Place,
        records::{self, Kind},
    },
    ledger::{Account, Cap, ChargeRequest, Charged, Ledger},
    model::{Clock, Loss, MemberName, Rho, SystemClock},
    proof::{By, Concerns, Entry, Event, SigningKey, Tree, What, leaf_hash},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const ASKERS: usize = 64;
const ROUNDS: usize = 8;

fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        println!("| what | takes | at most |\n|---|--:|--:|");
        charges().await;
        let entries = std::env::var("CAMERATA_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
        long_log(entries).await;
    });
}

fn key() -> SigningKey {
    SigningKey::new("camerata/bench", &[7; 32]).unwrap()
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn request(number: u32) -> ChargeRequest {
    let cap = |account| Cap { account, cap: Loss { rho: Rho::from_units(1 << 50), ..Loss::default() } };
    let mut query_key = [0; 32];
    query_key[..4].copy_from_slice(&number.to_be_bytes());
    let by = By { member: member("festival"), user: "ana".into() };
    ChargeRequest {
        query_key,
        margin: 10,
        loss: Loss { rho: Rho::from_units(1), ..Loss::default() },
        asker: member("festival"),
        question: json!({"template": "overlap"}).to_string(),
        policy: "p".repeat(64),
        caps: vec![
            cap(Account::Room),
            cap(Account::Share(member("festival"))),
            cap(Account::Owner(member("salle"))),
            cap(Account::Asker { asker: member("festival"), owner: member("salle") }),
            cap(Account::Owner(member("billetterie"))),
        ],
        repeat: None,
        event: Event::among(What::Charged, by.clone(), [member("salle"), member("billetterie")]),
        delivery: Event::among(What::Delivered, by, [member("salle"), member("billetterie")]),
    }
}

/// Charges of five accounts with their entries, one after another and of many askers at once, beside the four updates alone; by turns,
/// so that the machine's moods meet all.
async fn charges() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    database.found(&SystemClock, &[0], key().public()).await.unwrap();
    let ledger = Ledger::new(database, Arc::new(SystemClock));
    let bare = bare(folder.path()).await;
    let (mut alone, mut together, mut theirs) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut next = 0..;
    for _ in 0..ROUNDS {
        let since = Instant::now();
        for number in next.by_ref().take(ASKERS) {
            assert!(matches!(ledger.charge(&request(number), 12).await.unwrap(), Charged::Ready(_)));
        }
        alone += since.elapsed();
        let since = Instant::now();
        let askers: Vec<_> = next.by_ref().take(ASKERS).map(request).collect();
        let askers = askers.into_iter().map(|request| {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.charge(&request, 12).await })
        });
        for charged in askers.collect::<Vec<_>>() {
            assert!(matches!(charged.await.unwrap().unwrap(), Charged::Ready(_)));
        }
        together += since.elapsed();
        let since = Instant::now();
        for _ in 0..ASKERS {
            updates(&bare).await;
        }
        theirs += since.elapsed();
    }
    let rate = |took: Duration| (ROUNDS * ASKERS) as f64 / took.as_secs_f64();
    println!("| bare SQLite transactions of four updates a second | {:.0} | |", rate(theirs));
    println!("| charges a second, of one asker | {:.0} | |", rate(alone));
    println!("| charges per bare transaction, of one asker | {:.2} | |", rate(alone) / rate(theirs));
    println!("| charges a second, of {ASKERS} askers at once | {:.0} | |", rate(together));
    let ratio = rate(together) / rate(theirs);
    println!("| charges per bare transaction, of {ASKERS} askers at once | {ratio:.2} | at least 0.8 |");
}

async fn updates(bare: &SqlitePool) {
    let mut transaction = bare.begin_with("BEGIN IMMEDIATE").await.unwrap();
    for account in 0..4i64 {
        sqlx::query("UPDATE accounts SET spent = spent + 1, lifetime = lifetime + 1 WHERE id = ?")
            .bind(account)
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn bare(folder: &std::path::Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("bare.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("CREATE TABLE accounts (id INTEGER PRIMARY KEY, spent INTEGER, lifetime INTEGER, CHECK (spent < 1000000)) STRICT")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO accounts VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)").execute(&pool).await.unwrap();
    pool
}

/// A log of so many entries, each of which binds a charge with a debit; verified whole, and asked for proofs.
async fn long_log(entries: i64) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    database.found(&SystemClock, &[0], key().public()).await.unwrap();
    fill(&database, entries).await;
    let keys = [key().public().clone()];
    let since = Instant::now();
    let verified = verify(&database, &keys, &[]).await.unwrap();
    let took = since.elapsed();
    assert_eq!(verified.findings, [], "the bench's log is sound");
    println!(
        "| {} entries and {} records verified | {:.1} s | 60 s |",
        verified.size(),
        verified.records,
        took.as_secs_f64()
    );
    let since = Instant::now();
    let log = Log::open(database, Arc::new(SystemClock), key(), Tree::default()).await.unwrap();
    println!("| their tree read at start | {:.1} s | |", since.elapsed().as_secs_f64());
    let (mut slowest, mut sum) = (Duration::ZERO, Duration::ZERO);
    for turn in 0..1_000u64 {
        let position = turn.wrapping_mul(0x9e37_79b9) % verified.size();
        let since = Instant::now();
        log.inclusion(position, verified.size()).await.unwrap();
        let took = since.elapsed();
        slowest = slowest.max(took);
        sum += took;
    }
    println!("| a proof of inclusion, on average of 1,000 | {:.0} µs | 5,000 µs |", sum.as_micros() as f64 / 1_000.0);
    println!("| the slowest of them | {} µs | 5,000 µs |", slowest.as_micros());
}

async fn fill(database: &Database, entries: i64) {
    let mut connection = database.pool().begin().await.unwrap();
    let series = format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {entries}) ");
    for statement in [
        "INSERT INTO accounts (account, period_start, unlocked, spent, lifetime) VALUES ('room', '2026-01-01', 0, 0, 0)".to_owned(),
        format!("{series} INSERT INTO charges SELECT i, randomblob(32), 10, 1, 0, 'festival', '{{}}', 'p', 't' FROM n"),
        format!("{series} INSERT INTO debits (charge, account, rho, delta) SELECT i, 'room', 1, 0 FROM n"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *connection).await.unwrap();
    }
    let now = SystemClock.now().to_string();
    let (mut after, mut position) = (None, 1i64);
    let account = records::page(&mut connection, Kind::Account, None, 1).await.unwrap();
    loop {
        let page = records::page(&mut connection, Kind::Charge, after.as_ref(), 10_000).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.key.clone());
        for (record, digest) in &page {
            let mut rows = vec![json!(["charge", record.key.value(), hex::encode(digest)])];
            if position == 1 {
                rows.push(json!(["account", "room", hex::encode(account[0].1)]));
            }
            let rows = json!({ "blind": "00", "rows": rows }).to_string();
            let entry = Entry {
                position: position.unsigned_abs(),
                at: now.clone(),
                what: What::Charged,
                by: Some(By { member: member("festival"), user: "ana".into() }),
                concerns: Concerns::Members([member("festival"), member("salle")].into()),
                details: json!({"charge": position, "rho": 1}).as_object().unwrap().clone(),
                rows: hex::encode(Sha256::digest(&rows)),
                salt: "00".into(),
            };
            let leaf = serde_json::to_vec(&entry).unwrap();
            sqlx::query("INSERT INTO log_entries (position, leaf, hash, rows, subject) VALUES ($1, $2, $3, $4, $5)")
                .bind(position)
                .bind(leaf.as_slice())
                .bind(leaf_hash(&leaf).as_slice())
                .bind(rows)
                .bind(record.to_string())
                .execute(&mut *connection)
                .await
                .unwrap();
            for reader in ["festival", "salle"] {
                let insert = "INSERT INTO log_concerns (member, position) VALUES ($1, $2)";
                sqlx::query(insert).bind(reader).bind(position).execute(&mut *connection).await.unwrap();
            }
            position += 1;
        }
    }
    connection.commit().await.unwrap();
}
