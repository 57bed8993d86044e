//! Backups that someone made who wants something: whoever knows the public key can close any tar for it.

use super::{crafted::*, *};
use serde_json::json;
use tar::EntryType;

/// A room's backup, and a place outside of it that nothing may be written to.
struct Trap {
    desk: Desk,
    whole: Crafted,
    outside: String,
}

impl Trap {
    fn new() -> Self {
        let (pair, desk) = (Pair::new(), Desk::new());
        desk.backup(&pair.served.room(), "room.age").ok();
        let whole = Crafted::open(&desk, "room.age");
        let outside = desk.path("outside").to_str().unwrap().to_owned();
        assert!(outside.len() < 90, "too long for a tar's header: {outside}");
        Self { desk, whole, outside }
    }

    #[track_caller]
    fn refuses(&self, words: &str, change: impl FnOnce(&mut Crafted)) {
        let mut crafted = self.whole.clone();
        change(&mut crafted);
        self.refuses_tar(words, &crafted.tar());
    }

    #[track_caller]
    fn refuses_tar(&self, words: &str, tar: &[u8]) {
        seal(&self.desk, "hostile.age", tar);
        self.desk.restore("hostile.age", "new").failed(words);
        self.desk.nothing_at("new");
        let mut left: Vec<_> = fs::read_dir(self.desk.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["hostile.age", "identity.txt", "room.age"], "{words}: something was written outside");
    }
}

const FOREIGN: &str = "was not made by `camerata backup`";

#[test]
fn what_was_taken_apart_and_put_together_is_restored() {
    // Or every refusal below could be of something else.
    let trap = Trap::new();
    seal(&trap.desk, "same.age", &trap.whole.tar());
    trap.desk.restore("same.age", "new").ok();
}

#[test]
fn a_cut_after_the_last_file_is_found() {
    // Where nothing but zeros is missing, only the encryption can tell.
    let trap = Trap::new();
    let mut padded = trap.whole.clone();
    padded.tail = vec![0; 200_000];
    seal(&trap.desk, "padded.age", &padded.tar());
    let sealed = fs::read(trap.desk.path("padded.age")).unwrap();
    for missing in [1, 70_000, 140_000] {
        fs::write(trap.desk.path("cut.age"), &sealed[..sealed.len() - missing]).unwrap();
        trap.desk.restore("cut.age", "new").failed("is cut or damaged before byte");
        trap.desk.nothing_at("new");
    }
    trap.desk.restore("padded.age", "new").ok();
}

#[test]
fn names_that_lead_out_of_the_room_are_refused() {
    let trap = Trap::new();
    let up = "policies/../../outside".to_owned();
    let long = format!("policies/{}x", "a/".repeat(40));
    for name in
        ["../outside", "policies/..", "data/../../outside/x", "./room.sqlite2", "", "/", &trap.outside, &up, &long]
    {
        trap.refuses(FOREIGN, |crafted| crafted.add(name, b"evil"));
        // The manifest says something harmless.
        trap.refuses(FOREIGN, |crafted| {
            crafted.add("policies/harmless", b"evil");
            crafted.entries.last_mut().unwrap().name = name.into();
        });
        // Nobody says anything of it.
        trap.refuses(FOREIGN, |crafted| crafted.entries.push(plain(name, "evil")));
        trap.refuses(FOREIGN, |crafted| crafted.entries.insert(0, plain(name, "evil")));
    }
    for name in
        ["room.lock", "restored.json", "staging/x.db", "elsewhere/x", "keys/versions/a/b", "policies\\x", "data/x"]
    {
        trap.refuses(FOREIGN, |crafted| crafted.add(name, b"evil"));
    }
    trap.refuses(FOREIGN, |crafted| {
        crafted.add("policies/harmless", b"evil");
        crafted.entries.last_mut().unwrap().name = b"policies/\xff\xfe".to_vec();
    });
}

#[test]
fn anything_but_plain_files_is_refused() {
    let trap = Trap::new();
    let outside: &'static str = trap.outside.clone().leak();
    let kinds = [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::GNUSparse,
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::Continuous,
        EntryType::new(b'9'),
    ];
    for kind in kinds {
        trap.refuses(FOREIGN, |crafted| crafted.entries.push(of_kind("policies/link", kind, outside)));
        trap.refuses(FOREIGN, |crafted| crafted.entries.insert(0, of_kind("policies/link", kind, outside)));
        // In the place of a file that the manifest names; a folder of ours first becomes a link, then is written through.
        trap.refuses(FOREIGN, |crafted| {
            crafted.add("policies/link", b"");
            *crafted.entries.last_mut().unwrap() = of_kind("policies/link", kind, outside);
            crafted.add("policies/link/x", b"evil");
        });
    }
    // A long name that would give the next file another.
    trap.refuses(FOREIGN, |crafted| {
        let mut name = of_kind("././@LongLink", EntryType::GNULongName, "");
        name.bytes = format!("{outside}\0").into_bytes();
        crafted.entries.insert(1, name);
    });
    trap.refuses(FOREIGN, |crafted| {
        let mut name = of_kind("x", EntryType::XHeader, "");
        let record = format!(" path={outside}\n");
        name.bytes = format!("{}{record}", record.len() + 2).into_bytes();
        crafted.entries.insert(1, name);
    });
}

#[test]
fn files_that_the_manifest_does_not_bear_out_are_refused() {
    let trap = Trap::new();
    trap.refuses(FOREIGN, |crafted| crafted.entries.push(plain("policies/more", "evil")));
    trap.refuses(FOREIGN, |crafted| drop(crafted.entries.pop()));
    trap.refuses(FOREIGN, |crafted| crafted.entries.swap(1, 2));
    trap.refuses(FOREIGN, |crafted| drop(crafted.files().pop()));
    trap.refuses(FOREIGN, |crafted| {
        let again = crafted.entries[0].bytes.clone();
        crafted.add("room.sqlite", &again);
    });
    trap.refuses(FOREIGN, |crafted| crafted.entries.clear());
    for size in [0, 1, u64::from(u32::MAX), (1 << 62) - 1] {
        trap.refuses(FOREIGN, |crafted| crafted.files()[1]["bytes"] = size.into());
    }
    // A size that the file doesn't have, and both say so: what follows is not where it should be, or the end comes first.
    trap.refuses("is not what the backup says of it", |crafted| {
        let last = crafted.entries.len() - 1;
        crafted.files()[last]["bytes"] = (1u64 << 40).into();
        crafted.entries[last].size = Some(1 << 40);
    });
    trap.refuses("is not what the backup says of it", |crafted| crafted.files()[1]["sha256"] = "0".repeat(64).into());
    trap.refuses("policies/privacy.toml is not what", |crafted| {
        let at = crafted.at("policies/privacy.toml");
        crafted.entries[at].bytes[0] ^= 1;
    });
    trap.refuses(FOREIGN, |crafted| crafted.tail = [vec![0; 1024], b"evil".to_vec()].concat());
    trap.refuses(FOREIGN, |crafted| crafted.tail = vec![0; 4 << 20]);
    // A folder and a file of one name.
    trap.refuses("policies/privacy.toml", |crafted| crafted.add("policies/privacy.toml/x", b"evil"));
}

#[test]
fn other_files_and_newer_formats_are_refused() {
    let trap = Trap::new();
    trap.refuses("comes from a newer camerata (format 2)", |crafted| {
        crafted.manifest = json!({"format": "camerata-backup", "version": 2, "all": "new"});
    });
    trap.refuses("is not a backup of a room", |crafted| crafted.manifest["format"] = "other".into());
    trap.refuses("is not a backup of a room", |crafted| crafted.manifest["unknown"] = 1.into());
    trap.refuses("is not a backup of a room", |crafted| crafted.manifest = json!([]));
    trap.refuses(FOREIGN, |crafted| crafted.manifest["files"] = json!([]));
    for tar in [Vec::new(), vec![0; 1024], b"plain text".to_vec(), vec![0xA5; 4096]] {
        seal(&trap.desk, "other.age", &tar);
        let told = trap.desk.restore("other.age", "new");
        assert_eq!(told.code, Some(1), "{told:?}");
        trap.desk.nothing_at("new");
    }
    for bytes in [
        Vec::new(),
        b"plain text".to_vec(),
        vec![0; 1 << 20],
        b"age-encryption.org/v9\n-> X".to_vec(),
        trap.whole.tar(),
    ] {
        fs::write(trap.desk.path("other.age"), bytes).unwrap();
        let told = trap.desk.restore("other.age", "new");
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.stderr.contains("other.age"), "{told:?}");
        trap.desk.nothing_at("new");
    }
}

#[test]
fn a_room_that_would_not_open_is_refused() {
    let trap = Trap::new();
    trap.refuses("another room's key", |crafted| crafted.replace(crafted.at("keys/room.key"), vec![b'0'; 64]));
    trap.refuses("doesn't hold a key", |crafted| crafted.replace(crafted.at("keys/room.key"), b"no key".to_vec()));
    trap.refuses("doesn't hold a key", |crafted| crafted.replace(crafted.first("keys/versions/"), b"no key".to_vec()));
    trap.refuses("another room's key", |crafted| crafted.manifest["room"] = "0".repeat(32).into());
    trap.refuses("room.key", |crafted| crafted.remove(crafted.at("keys/room.key")));
    for missing in ["data/", "keys/versions/"] {
        trap.refuses("is missing, or too many", |crafted| crafted.remove(crafted.first(missing)));
    }
    trap.refuses("is missing, or too many", |crafted| crafted.add("data/festival/0123.db", b"evil"));
    trap.refuses("is missing, or too many", |crafted| crafted.add("keys/versions/0123.key", &[b'0'; 64]));
    trap.refuses("can't be copied or read", |crafted| crafted.replace(0, b"no database".to_vec()));
    trap.refuses("can't be copied or read", |crafted| crafted.replace(0, Vec::new()));
    let at = trap.whole.at("room.sqlite");
    for page in [1, 3, 8] {
        trap.refuses("room.sqlite", |crafted| {
            let mut bytes = crafted.entries[at].bytes.clone();
            bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
            crafted.replace(at, bytes);
        });
    }
    trap.refuses("room.sqlite", |crafted| {
        let mut bytes = crafted.entries[at].bytes.clone();
        bytes.truncate(bytes.len() / 2);
        crafted.replace(at, bytes);
    });
    trap.refuses("a newer camerata may have made it", |crafted| {
        let file = trap.desk.path("newer.sqlite");
        fs::write(&file, &crafted.entries[at].bytes).unwrap();
        migrated_further(&file);
        crafted.replace(at, fs::read(&file).unwrap());
        fs::remove_file(file).unwrap();
    });
}

/// Makes a database say that a later program has changed its tables.
fn migrated_further(file: &Path) {
    use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)";
        sqlx::query(later).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}
