//! A real log in a real database, and every way to tamper with it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::{
    database::{
        Database, Passing, Place,
        records::{Kind, Record},
    },
    model::{Clock, MemberName, SystemClock},
    proof::{By, Checkpoint, Concerns, Entry, Event, PublicKey, SigningKey, Tree, What, extends, includes},
};
use serde_json::Map;
use std::sync::Arc;

const ENTRIES: u64 = 12;

struct Kept {
    database: Database,
    log: Log,
    keys: Vec<PublicKey>,
    _folder: tempfile::TempDir,
}

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

fn key(secret: u8) -> SigningKey {
    SigningKey::new("camerata/test", &[secret; 32]).unwrap()
}

/// A log that tells of the founding and of tokens, each with its row.
async fn kept() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    database.found(&SystemClock, &[1; 32], key(1).public()).await.unwrap();
    for number in 1..i64::try_from(ENTRIES).unwrap() {
        let owner = if number % 3 == 0 { "salle" } else { "festival" };
        issue(&database, number, owner).await;
    }
    let log = Log::open(database.clone(), Arc::new(SystemClock), key(1), Tree::default()).await.unwrap();
    let keys = vec![key(1).public().clone()];
    log.keep(&log.checkpoint().await.unwrap()).await.unwrap();
    Kept { database, log, keys, _folder: folder }
}

async fn issue(database: &Database, number: i64, owner: &str) {
    let mut writing = database.begin(&SystemClock).await.unwrap();
    sqlx::query(
        r#"INSERT INTO tokens (id, hash, member, "user", role, created) VALUES ($1, $2, $3, 'ana', 'steward', $4)"#,
    )
    .bind(number)
    .bind(number.to_be_bytes().to_vec())
    .bind(owner)
    .bind(writing.now().to_string())
    .execute(&mut *writing)
    .await
    .unwrap();
    let by = By { member: member(owner), user: "ana".into() };
    let event = Event {
        what: What::TokenIssued,
        by: Some(by),
        concerns: Concerns::Members([member(owner)].into()),
        details: Map::new(),
    };
    writing.note(event, [Record::new(Kind::Token, number)]);
    writing.commit().await.unwrap();
}

async fn findings(kept: &Kept, elsewhere: &[String]) -> Vec<Finding> {
    verify(&kept.database, &kept.keys, elsewhere).await.unwrap().findings
}

async fn spoil(database: &Database, sql: &'static str) {
    // Foreign keys would stop a program; not somebody with an editor.
    let mut connection = database.pool().acquire().await.unwrap();
    for statement in
        ["PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON", sql, "PRAGMA foreign_keys = ON"]
    {
        sqlx::raw_sql(statement).execute(&mut *connection).await.unwrap();
    }
}

#[tokio::test]
async fn an_untouched_log_verifies_and_its_proofs_hold() {
    let kept = kept().await;
    let verified = verify(&kept.database, &kept.keys, &[]).await.unwrap();
    assert_eq!((verified.findings.as_slice(), verified.size(), verified.checkpoints), (&[] as &[Finding], ENTRIES, 1));
    // The room, its key, and eleven tokens.
    assert_eq!(verified.records, ENTRIES + 1);
    let now = Checkpoint::open(&kept.log.checkpoint().await.unwrap().note, &kept.keys).unwrap();
    assert_eq!((now.size, now.root), (ENTRIES, verified.root()));
    for position in 0..ENTRIES {
        let leaf = kept.log.leaf(position).await.unwrap();
        let path = kept.log.inclusion(position, ENTRIES).await.unwrap();
        assert!(includes(&now.root, ENTRIES, position, leaf.as_bytes(), &path));
    }
    for size in 1..ENTRIES {
        let then = Checkpoint::open(&kept.log.signed(size).await.unwrap().note, &kept.keys).unwrap();
        let path = kept.log.consistency(size, ENTRIES).await.unwrap();
        assert!(extends((&then.root, size), (&now.root, ENTRIES), &path));
    }
    assert!(matches!(kept.log.inclusion(ENTRIES, ENTRIES).await, Err(LogError::NotFound)));
    assert!(matches!(kept.log.signed(ENTRIES + 1).await, Err(LogError::NotFound)));
}

#[tokio::test]
async fn a_log_takes_in_what_another_process_writes() {
    let kept = kept().await;
    issue(&kept.database, 50, "salle").await;
    let now = Checkpoint::open(&kept.log.checkpoint().await.unwrap().note, &kept.keys).unwrap();
    assert_eq!(now.size, ENTRIES + 1);
}

#[tokio::test]
async fn every_bit_of_every_entry_counts() {
    let kept = kept().await;
    for position in 0..ENTRIES {
        let leaf = kept.log.leaf(position).await.unwrap().into_bytes();
        for bit in 0..leaf.len() * 8 {
            // Every bit of the first entry, and of the others each in its turn.
            if position > 0 && bit as u64 % ENTRIES != position {
                continue;
            }
            let mut spoilt = leaf.clone();
            spoilt[bit / 8] ^= 1 << (bit % 8);
            set_leaf(&kept.database, position, &spoilt).await;
            let found = findings(&kept, &[]).await;
            assert!(found.contains(&Finding::EntryChanged { position }), "bit {bit} of entry {position}: {found:?}");
        }
        set_leaf(&kept.database, position, &leaf).await;
    }
    assert_eq!(findings(&kept, &[]).await, []);
}

async fn set_leaf(database: &Database, position: u64, leaf: &[u8]) {
    sqlx::query("UPDATE log_entries SET leaf = $1 WHERE position = $2")
        .bind(leaf)
        .bind(i64::try_from(position).unwrap())
        .execute(database.pool())
        .await
        .unwrap();
}

/// Each a change by somebody who writes to the database and takes care, and what it must be found as.
#[tokio::test]
async fn tampering_is_named() {
    let cases: [(&str, Finding); 12] = [
        ("DELETE FROM log_entries WHERE position = 5", Finding::EntryMissing { position: 5 }),
        (
            "UPDATE log_entries SET position = 900 WHERE position = 5; UPDATE log_entries SET position = 5 WHERE position = 6;
             UPDATE log_entries SET position = 6 WHERE position = 900",
            Finding::EntryMoved { position: 5, says: 6 },
        ),
        ("DELETE FROM log_entries WHERE position = 11; DELETE FROM tokens WHERE id = 11", Finding::LogShorter { checkpoint: ENTRIES, size: ENTRIES - 1 }),
        ("UPDATE log_entries SET leaf = x'78' WHERE position = 5", Finding::EntryUnreadable { position: 5 }),
        ("UPDATE log_entries SET rows = replace(rows, 'token', 'room') WHERE position = 5", Finding::RowsChanged { position: 5 }),
        ("UPDATE log_concerns SET member = 'voisin' WHERE position = 5", Finding::ReadersChanged { position: 5 }),
        ("INSERT INTO log_concerns VALUES ('voisin', 5)", Finding::ReadersChanged { position: 5 }),
        ("UPDATE tokens SET role = 'officer' WHERE id = 5", Finding::RecordChanged { record: "token:5".into(), position: 5 }),
        ("DELETE FROM tokens WHERE id = 5", Finding::RecordMissing { record: "token:5".into(), position: 5 }),
        (
            "INSERT INTO tokens (id, hash, member, user, role, created) VALUES (77, x'00', 'salle', 'eve', 'officer', 't')",
            Finding::RecordUnlogged { record: "token:77".into() },
        ),
        ("UPDATE room SET founded = '2001-01-01T00:00:00Z'", Finding::RecordChanged { record: "room:1".into(), position: 0 }),
        ("UPDATE log_checkpoints SET note = replace(note, '12', '11')", Finding::CheckpointForged { size: Some(11) }),
    ];
    for (sql, expected) in cases {
        let kept = kept().await;
        spoil(&kept.database, sql).await;
        let found = findings(&kept, &[]).await;
        assert!(found.contains(&expected), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn a_log_that_was_written_anew_is_not_the_one_that_was_signed() {
    let honest = kept().await;
    let signed = honest.log.checkpoint().await.unwrap().note;
    // The same events, but one; the host writes it all with the room's own key.
    let forged = kept().await;
    assert_eq!(findings(&forged, &[]).await, [], "by itself it is sound");
    assert_eq!(findings(&forged, std::slice::from_ref(&signed)).await, [Finding::LogForked { checkpoint: ENTRIES }]);
    assert_eq!(findings(&honest, std::slice::from_ref(&signed)).await, []);
    let stranger = Checkpoint::open(&signed, &honest.keys).unwrap().sign(&key(2)).unwrap();
    assert_eq!(findings(&honest, &[stranger]).await, [Finding::CheckpointForged { size: Some(ENTRIES) }]);
    assert_eq!(findings(&honest, &["no note".into()]).await, [Finding::CheckpointForged { size: None }]);
}

#[tokio::test]
async fn a_member_reads_what_concerns_it_and_nothing_else() {
    let kept = kept().await;
    let read = |name: &'static str| {
        let log = &kept.log;
        async move {
            let page = log.entries(Some(&member(name)), &Filter::default()).await.unwrap();
            page.leaves.iter().map(|leaf| Entry::read(leaf.as_bytes()).unwrap().position).collect::<Vec<_>>()
        }
    };
    assert_eq!(read("salle").await, [0, 3, 6, 9]);
    assert_eq!(read("festival").await, [0, 1, 2, 4, 5, 7, 8, 10, 11]);
    assert_eq!(read("voisin").await, [0]);
    // Even where somebody put a reader into the index, the entry says who may read it.
    spoil(&kept.database, "INSERT INTO log_concerns VALUES ('voisin', 5)").await;
    assert_eq!(read("voisin").await, [0]);
    let filter = Filter { from: 4, what: Some(What::TokenIssued), containing: Some("salle".into()) };
    assert_eq!(kept.log.entries(Some(&member("salle")), &filter).await.unwrap().leaves.len(), 2);
    assert_eq!(kept.log.entries(None, &Filter::default()).await.unwrap().leaves.len(), 1);
}

#[tokio::test]
async fn nothing_is_committed_that_the_log_does_not_tell() {
    let kept = kept().await;
    let mut writing = kept.database.begin(&SystemClock).await.unwrap();
    sqlx::query("DELETE FROM tokens WHERE id = 5").execute(&mut *writing).await.unwrap();
    assert!(writing.commit().await.is_err());
    assert_eq!(findings(&kept, &[]).await, []);
}

#[tokio::test]
async fn time_in_the_log_never_goes_back() {
    struct Early;
    impl Clock for Early {
        fn now(&self) -> jiff::Timestamp {
            "2001-01-01T00:00:00Z".parse().unwrap()
        }
    }
    let kept = kept().await;
    let last = Entry::read(kept.log.leaf(ENTRIES - 1).await.unwrap().as_bytes()).unwrap();
    let mut writing = kept.database.begin(&Early).await.unwrap();
    assert_eq!(writing.now().to_string(), last.at);
    writing.note(Event::public(What::Restored, None), []);
    writing.commit().await.unwrap();
    assert_eq!(findings(&kept, &[]).await, []);
}

#[tokio::test]
async fn another_key_does_not_open_the_log() {
    let kept = kept().await;
    let opened = Log::open(kept.database.clone(), Arc::new(SystemClock), key(2), Tree::default()).await;
    assert!(matches!(opened, Err(LogError::WrongKey)));
}

#[tokio::test]
async fn a_room_that_was_kept_without_a_log_is_bound_whole() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    spoil(
        &database,
        "INSERT INTO room VALUES (1, '2026-01-01T00:00:00Z', x'00');
        INSERT INTO tokens (hash, member, user, role, created) VALUES (x'01', 'salle', 'eve', 'officer', 't');
        INSERT INTO accounts (account, period_start, unlocked, spent, lifetime) VALUES ('room', '2026-01-01', 9, 5, 5)",
    )
    .await;
    let keys = [key(1).public().clone()];
    assert_eq!(verify(&database, &keys, &[]).await.unwrap().findings.len(), 3, "nothing is told of yet");
    for _ in 0..2 {
        database.adopt(&SystemClock, key(1).public()).await.unwrap();
        let verified = verify(&database, &keys, &[]).await.unwrap();
        assert_eq!((verified.findings.as_slice(), verified.size(), verified.records), (&[] as &[Finding], 1, 4));
    }
    spoil(&database, "UPDATE accounts SET spent = 0").await;
    let found = verify(&database, &keys, &[]).await.unwrap().findings;
    assert_eq!(found, [Finding::RecordChanged { record: "account:room".into(), position: 0 }]);
}

/// Every column of every table is bound by a record or by the log itself: a new one is missed here before it is missed by a member.
#[tokio::test]
async fn no_table_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    let rows = sqlx::query(
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT IN
         ('_sqlx_migrations', 'log_entries', 'log_concerns', 'log_checkpoints', 'log_cosignatures')",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    assert!(rows.len() > 60);
    let mut passing = std::collections::BTreeSet::new();
    for row in rows {
        use sqlx::Row;
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        if Passing::ALL.iter().any(|passing| passing.table() == table) {
            passing.insert(table);
            continue;
        }
        assert!(crate::database::records::binds(&table, &column), "{table}.{column} is bound by no record");
    }
    assert_eq!(passing.len(), Passing::ALL.len(), "a passing table that isn't there");
    for table in passing {
        assert!(!crate::database::records::binds_table(&table), "{table} passes, and is bound");
    }
}
