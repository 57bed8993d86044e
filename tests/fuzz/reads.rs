//! Everything that reads what others wrote, as functions of bytes. None may panic, hang, or take much memory, and what each asserts holds
//! whatever the bytes. `tests/server/fuzz.rs` gives them changed seeds at every `make test`, libFuzzer made-up ones at `make torture`.
#![allow(dead_code, clippy::unwrap_used, reason = "each fuzz target reads one kind")]

#[path = "reads/sign_in.rs"]
mod sign_in;
#[path = "reads/stream.rs"]
mod stream;

pub use sign_in::sign_in;
pub use stream::stream;

use camerata::{
    identity::{HashOptions, Input, Output, hash_file, hashed},
    policy::Policies,
    proof::{Checkpoint, PublicKey, Receipt, ReceiptFile, SigningKey, cosigners},
    template::{Manifest, check},
};
use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// The project's folder, from the room's tests as from the fuzz crate's.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|folder| folder.join("policies/room.toml").is_file()).unwrap().to_owned()
}

/// A template's manifest.
pub fn manifest(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(error) = Manifest::parse(text, "essai.toml") {
        assert!(error.span().offset() <= text.len(), "a place beyond the text");
    }
}

/// A template's SQL, under the manifest of one that takes two audiences; the pilot room's vocabulary.
pub fn template(bytes: &[u8]) {
    static KNOWN: LazyLock<(Policies, Manifest)> = LazyLock::new(|| {
        let policies = Policies::load(&root().join("policies")).unwrap();
        let manifest = fs::read_to_string(root().join("sql/overlap.toml")).unwrap();
        (policies, Manifest::parse(&manifest, "overlap.toml").unwrap())
    });
    let Ok(sql) = std::str::from_utf8(bytes) else { return };
    let (policies, manifest) = &*KNOWN;
    if let Err(refusal) = check(sql, "essai.sql", manifest, policies.vocabulary()) {
        assert!(refusal.span().offset() <= sql.len(), "a place beyond the text");
    }
}

/// A policy file of the pilot room: the first byte chooses which, the rest is its text.
pub fn policy(bytes: &[u8]) {
    static PILOT: LazyLock<BTreeMap<String, Vec<u8>>> =
        LazyLock::new(|| Policies::read_files(&root().join("policies")).unwrap());
    let Some((which, text)) = bytes.split_first() else { return };
    let mut files = PILOT.clone();
    let name = files.keys().nth(usize::from(*which) % files.len()).unwrap().clone();
    files.insert(name, text.to_vec());
    if let Err(errors) = Policies::from_files(Path::new("essai"), files) {
        assert!(!errors.mistakes().is_empty());
        assert!(errors.mistakes().iter().all(|mistake| mistake.line() > 0 && mistake.column() > 0));
    }
}

/// A member's export as CSV of whatever kind: nothing that looks like an address comes out.
pub fn export(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("export.csv"), folder.path().join("hashed.csv"));
    fs::write(&from, bytes).unwrap();
    if let Ok(summary) = hash_file(&HashOptions::new(Input::Path(from), Output::Path(to.clone())), &|_| ()) {
        assert!(summary.taken <= summary.rows);
        let hashed = fs::read_to_string(&to).unwrap();
        assert!(!hashed.lines().skip(1).any(|line| line.contains('@')), "{hashed}");
    }
}

/// A member's export as Parquet.
pub fn parquet(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("export.parquet"), folder.path().join("hashed.csv"));
    fs::write(&from, bytes).unwrap();
    if let Ok(summary) = hash_file(&HashOptions::new(Input::Path(from), Output::Path(to)), &|_| ()) {
        assert!(summary.taken <= summary.rows);
    }
}

/// A file of hashes, opened and read as it would be sent.
pub fn hashed(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(if bytes.starts_with(b"PAR1") { "hashed.parquet" } else { "hashed.csv" });
    fs::write(&file, bytes).unwrap();
    if let Ok(source) = hashed::open(&file, hashed::HashedOptions::default())
        && let Ok(reader) = source.reader_at(0)
    {
        let mut sent = Vec::new();
        if reader.take(1 << 24).read_to_end(&mut sent).is_ok() {
            assert!(sent.starts_with(b"hashed_"), "the stream begins with its header");
        }
    }
}

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::new("camerata/essai", &[7; 32]).unwrap());

/// A receipt, a signed token (JWS), and the file that holds it. Nobody else has the key: nothing opens.
pub fn receipt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let keys = [KEY.public().clone()];
    assert!(Receipt::open(text, &keys).is_err());
    if let Ok(file) = serde_json::from_str::<ReceiptFile>(text) {
        assert!(file.verify(&keys).is_err());
    }
}

/// A checkpoint, a signed note, and a witness's key.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let keys = [KEY.public().clone()];
    assert!(Checkpoint::open(text, &keys).is_err());
    assert!(cosigners(text, &keys).map_or(true, |cosigners| cosigners.is_empty()));
    let _ = (Checkpoint::unverified(text), text.parse::<PublicKey>());
}
