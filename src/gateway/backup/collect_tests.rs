//! Rooms whose audiences are replaced while they are being backed up, at the very moments that matter.

use super::super::{Opener, Seal, archive, manifest, restore, write};
use super::*;
use crate::{
    database::{Database, Place},
    gateway,
    model::{Clock, SystemClock},
};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

const AUDIENCES: [(&str, &str); 2] = [("festival", "ab01"), ("billetterie", "ab02")];

struct Room {
    folder: tempfile::TempDir,
    identity: age::x25519::Identity,
}

impl Room {
    /// A founded room with two audiences, whose files hold anything.
    async fn new() -> Self {
        let room = Self { folder: tempfile::tempdir().unwrap(), identity: age::x25519::Identity::generate() };
        gateway::found(&room.path(""), &SystemClock).await.unwrap();
        for (member, upload) in AUDIENCES {
            room.put(member, upload, "2099-01-01").await;
        }
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("room").join(name)
    }

    /// Puts a version of a member's audience in force, as an upload does, without sweeping the one before.
    async fn put(&self, member: &str, upload: &str, expires: &str) {
        fs::create_dir_all(self.path("data").join(member)).unwrap();
        fs::write(self.path(&format!("data/{member}/{upload}.db")), format!("rows of {upload}")).unwrap();
        let key = self.path(&format!("keys/versions/{upload}.key"));
        fs::write(&key, "5".repeat(64)).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let declaration = format!(
            "{{\"audience\":\"abonnes\",\"shape\":\"list\",\"profile\":\"google\",\"purposes\":[\"planification\"],\"legal_basis\":\"x\",\"collected\":\"2026-01-15\",\"expires\":\"{expires}\"}}"
        );
        // What the log would tell of it doesn't matter here.
        let database = Database::open(&Place::in_folder(&self.path(""))).await.unwrap();
        let mut transaction = database.raw().await.unwrap();
        for sql in [
            format!(
                "INSERT INTO uploads VALUES ('{upload}', '{member}', 'abonnes', '{declaration}', 'stored', NULL, 'now')"
            ),
            format!("UPDATE versions SET in_force = 0 WHERE member = '{member}'"),
            format!(
                "INSERT INTO versions (member, audience, upload, declaration, kinds, created, in_force)
                 VALUES ('{member}', 'abonnes', '{upload}', '{declaration}', '[\"email\"]', 'now', 1)"
            ),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        database.close().await;
    }

    /// Destroys a version, as the sweep does: its key first.
    fn destroy(&self, member: &str, upload: &str) {
        fs::remove_file(self.path(&format!("keys/versions/{upload}.key"))).unwrap();
        fs::remove_file(self.path(&format!("data/{member}/{upload}.db"))).unwrap();
    }

    async fn collect(&self) -> Result<Collected, BackupError> {
        collect(&self.path(""), SystemClock.now()).await
    }
}

fn paths(collected: &Collected) -> Vec<&str> {
    collected.sources.iter().map(|source| source.path.as_str()).collect()
}

#[tokio::test]
async fn a_version_destroyed_after_the_copy_is_in_the_backup_with_its_key() {
    let room = Room::new().await;
    let taken = SystemClock.now();
    let collected = room.collect().await.unwrap();
    room.put("festival", "ab03", "2099-01-01").await;
    room.destroy("festival", "ab01");
    let manifest = manifest(&collected, taken, &mut |_| {}).unwrap();
    let file = room.folder.path().join("room.age");
    let seal = Seal::recipients(&[room.identity.to_public().to_string()]).unwrap();
    write(&file, &seal, &manifest, &collected.sources, &mut |_| {}).unwrap();
    drop(collected);
    assert!(!room.path(FOLDER).exists());

    let opener = Opener::Identities(vec![Box::new(room.identity.clone())]);
    let new = room.folder.path().join("new");
    restore(&file, &new, &opener, &SystemClock, &|_, _| {}).await.unwrap();
    assert_eq!(fs::read_to_string(new.join("data/festival/ab01.db")).unwrap(), "rows of ab01");
    assert_eq!(fs::read_to_string(new.join("keys/versions/ab01.key")).unwrap(), "5".repeat(64));
    assert!(!new.join("data/festival/ab03.db").exists(), "that came later");
}

#[tokio::test]
async fn a_version_destroyed_before_it_was_in_hand_is_looked_for_in_a_newer_copy() {
    let room = Room::new().await;
    let snapshot = Snapshot::take(&room.path(DATABASE), &room.folder.path().join("copy")).await.unwrap();
    let held = store::held(&snapshot, SystemClock.now().to_zoned(TimeZone::UTC).date()).await.unwrap();
    assert_eq!(held.len(), 2);
    room.put("billetterie", "ab03", "2099-01-01").await;
    // The sweep is between the two, or done: either way it shows.
    let folder = room.path(FOLDER);
    fs::remove_file(room.path("keys/versions/ab02.key")).unwrap();
    let gone = hold(&room.path(""), &folder, &held, &mut Vec::new()).unwrap();
    assert_eq!(gone.as_deref(), Some("keys/versions/ab02.key"));
    fs::remove_file(room.path("data/billetterie/ab02.db")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let gone = hold(&room.path(""), &folder, &held, &mut Vec::new()).unwrap();
    assert_eq!(gone.as_deref(), Some("data/billetterie/ab02.db"));
    let collected = room.collect().await.unwrap();
    let found = paths(&collected);
    assert!(found.contains(&"data/billetterie/ab03.db") && found.contains(&"keys/versions/ab03.key"), "{found:?}");
    assert!(!found.iter().any(|path| path.contains("ab02")), "{found:?}");
}

#[tokio::test]
async fn a_room_without_a_file_that_it_names_is_not_backed_up() {
    let room = Room::new().await;
    room.destroy("festival", "ab01");
    let error = room.collect().await.err().unwrap();
    assert!(matches!(&error, BackupError::Missing(path) if path == "data/festival/ab01.db"), "{error:?}");
    assert!(!room.path(FOLDER).exists());
}

#[tokio::test]
async fn what_is_destroyed_or_has_expired_is_left_out() {
    let room = Room::new().await;
    room.put("salle", "ab04", "2026-01-16").await;
    room.put("agents", "ab05", "2099-01-01").await;
    room.put("agents", "ab06", "2099-01-01").await;
    let collected = room.collect().await.unwrap();
    let found = paths(&collected);
    for left_out in ["ab04", "ab05", "staging", "lock"] {
        assert!(!found.iter().any(|path| path.contains(left_out)), "{left_out} is in {found:?}");
    }
    for taken in ["room.sqlite", "camerata.toml", "keys/room.key", "data/agents/ab06.db", "policies/room.toml"] {
        assert!(found.contains(&taken), "{taken} is not in {found:?}");
    }
    assert!(found.iter().all(|path| manifest::has_a_place(path)), "{found:?}");
    // Keys stay where they are: no copy of one lies in the room.
    let copied = found.iter().filter(|path| room.path(FOLDER).join(path).exists());
    assert!(copied.clone().count() > 10 && copied.into_iter().all(|path| !path.starts_with("keys/")));
}

#[tokio::test]
async fn audiences_on_another_file_system_are_copied() {
    let room = Room::new().await;
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    assert_ne!(device(elsewhere.path()), device(&room.path("data")), "this test needs two file systems");
    for (member, upload) in AUDIENCES {
        fs::create_dir(elsewhere.path().join(member)).unwrap();
        let file = format!("{member}/{upload}.db");
        fs::copy(room.path("data").join(&file), elsewhere.path().join(&file)).unwrap();
    }
    fs::remove_dir_all(room.path("data")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), room.path("data")).unwrap();
    let collected = room.collect().await.unwrap();
    fs::remove_dir_all(elsewhere.path().join("festival")).unwrap();
    let source = collected.sources.iter().find(|source| source.path == "data/festival/ab01.db").unwrap();
    let measured = archive::measure(source, &mut |_| {}).unwrap();
    assert_eq!(measured.bytes, "rows of ab01".len() as u64);
}

#[tokio::test]
async fn a_file_that_changes_between_its_two_readings_is_noticed() {
    let room = Room::new().await;
    for change in ["other of ab01", "longer rows of ab01", ""] {
        let taken = SystemClock.now();
        let collected = room.collect().await.unwrap();
        let manifest = manifest(&collected, taken, &mut |_| {}).unwrap();
        fs::write(room.path(FOLDER).join("data/festival/ab01.db"), change).unwrap();
        let file = room.folder.path().join("room.age");
        let seal = Seal::recipients(&[room.identity.to_public().to_string()]).unwrap();
        let error = write(&file, &seal, &manifest, &collected.sources, &mut |_| {}).unwrap_err();
        assert!(matches!(&error, BackupError::Changed(path) if path == "data/festival/ab01.db"), "{error:?}");
        assert!(error.is_passing() && !file.exists() && !super::super::part(&file).exists());
        fs::write(room.path("data/festival/ab01.db"), "rows of ab01").unwrap();
    }
}
