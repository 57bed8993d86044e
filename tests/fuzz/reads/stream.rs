//! The stream of an upload, as the room takes it: through its parser into the encrypted staging file.

use camerata::{
    database::{Database, Place},
    model::SystemClock,
    policy::Policies,
    store::{Declaration, DuckDb, Keys, Limits, Store, Upload},
};
use std::{
    fs,
    sync::{Arc, LazyLock},
    time::Duration,
};

struct Open {
    store: Store,
    upload: Upload,
    folder: tempfile::TempDir,
}

/// A store with one open upload, of events with every column.
static OPEN: LazyLock<Open> = LazyLock::new(|| {
    let root = super::root();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("staging")).unwrap();
    Keys::create(&folder.path().join("keys")).unwrap();
    let keys = Arc::new(Keys::open(&folder.path().join("keys")).unwrap());
    let policies = Policies::load(&root.join("policies")).unwrap();
    let limits = Limits { threads: 1, memory_mib: 512, deadline: Duration::from_secs(30) };
    let engine = Arc::new(DuckDb::new(root.join(".vendor/duckdb/httpfs.duckdb_extension"), limits));
    let vocabulary = policies.vocabulary().clone();
    let columns: Vec<String> = vocabulary.columns().keys().map(ToString::to_string).collect();
    let declaration: Declaration = serde_json::from_value(serde_json::json!({
        "audience": "essai", "shape": "events", "profile": "google", "columns": columns, "purposes": ["planification"],
        "legal_basis": "consentement", "collected": "2026-01-01", "expires": "2027-01-01",
    }))
    .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
        let path = folder.path().to_owned();
        let store = Store::new(database, Arc::new(SystemClock), keys, engine, Arc::new(vocabulary), path);
        let upload = store.open_upload((&"festival".parse().unwrap(), "essai"), declaration).await.unwrap();
        Open { store, upload, folder }
    })
});

/// Hashed rows as they come over the network, cut in two where the first byte says: every line is counted once, as taken or as rejected.
pub fn stream(bytes: &[u8]) {
    let Some((cut, rows)) = bytes.split_first() else { return };
    let Open { store, upload, folder } = &*OPEN;
    for entry in fs::read_dir(folder.path().join("staging")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let mut receiver = store.receive(upload, 0).unwrap();
    let (one, other) = rows.split_at(usize::from(*cut).min(rows.len()));
    let taken = receiver.take(one).and_then(|()| receiver.take(other)).and_then(|()| receiver.take(b"\n"));
    if let Ok(progress) = taken.and_then(|()| receiver.finish()) {
        assert_eq!(progress.offset, rows.len() as u64 + 1, "every byte is behind it");
        assert!(progress.rows_taken + progress.rows_rejected <= progress.lines, "{progress:?}");
    }
}
