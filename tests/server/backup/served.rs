//! A room backed up while it works, and what its restore then answers.

use super::*;
use serde_json::{Value, json};
use std::{
    os::unix::fs::PermissionsExt,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// What is asked of an audience that is replaced all the while.
fn question_of_salle(margin: f64) -> Value {
    let mut question = question(margin);
    question["audiences"]["b"] = "salle/abonnes".into();
    question
}

fn version_of(served: &Served, marketer: &str, audience: &str) -> i64 {
    let audiences = served.get(marketer, "/api/v1/audiences").ok();
    let found = audiences["audiences"].as_array().unwrap().iter().find(|a| a["audience"] == audience).unwrap().clone();
    found["version"]["number"].as_i64().unwrap()
}

/// A copy of a desk's key and of one backup, with the room made from it.
fn restored(desk: &Desk, name: &str) -> Arc<Founded> {
    let other = Desk { folder: tempfile::tempdir().unwrap(), identity: desk.identity.clone() };
    fs::copy(desk.path("identity.txt"), other.path("identity.txt")).unwrap();
    fs::copy(desk.path(name), other.path(name)).unwrap();
    other.restore(name, "room").ok();
    other.compared("room")
}

#[test]
fn a_room_is_backed_up_under_load_and_each_restore_is_of_one_moment() {
    const BACKUPS: usize = 4;
    let pair = Pair::new();
    let desk = Desk::new();
    let salle = pair.served.founded.token("salle", "steward");
    pair.served.upload(&salle, "abonnes", &stream(0..2_000));
    let first = pair.served.ask(&pair.marketer, 20_000.0).ok();
    let stopped = AtomicBool::new(false);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (answers, replaced) = thread::scope(|scope| {
        let asking = scope.spawn(|| {
            // Every answer that was given, and what the room had spent after it.
            let mut answers = vec![(first.clone(), pair.served.spent_of(&pair.marketer, "room"))];
            for step in 1..150u32 {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let reply = pair.served.ask(&pair.marketer, 20_000.0 - 100.0 * f64::from(step));
                if reply.status == 409 {
                    break; // The budget is spent: what was answered is enough.
                }
                answers.push((reply.ok(), pair.served.spent_of(&pair.marketer, "room")));
                thread::sleep(Duration::from_millis(50));
            }
            answers
        });
        let uploading = scope.spawn(|| {
            let mut replaced = 0;
            while !stopped.load(Ordering::Relaxed) {
                pair.served.upload(&salle, "abonnes", &stream(0..1_000 + replaced));
                replaced += 1;
            }
            replaced
        });
        for backup in 0..BACKUPS {
            let version = || version_of(&pair.served, &pair.marketer, "salle/abonnes");
            let spent = || pair.served.spent_of(&pair.marketer, "room");
            before.push((version(), spent()));
            desk.backup(&pair.served.room(), &format!("{backup}.age")).ok();
            after.push((version(), spent()));
            // The next one sees another room.
            let since = Instant::now();
            while version() == after[backup].0 && since.elapsed() < Duration::from_secs(30) {
                thread::sleep(Duration::from_millis(20));
            }
        }
        stopped.store(true, Ordering::Relaxed);
        (asking.join().unwrap(), uploading.join().unwrap())
    });
    println!("{replaced} versions and {} answers while {BACKUPS} backups were made", answers.len());
    assert!(replaced as usize >= BACKUPS && answers.len() > 1, "{replaced} uploads: that was no load");
    tidy(&pair.served.room());
    drop(pair.served);

    for backup in 0..BACKUPS {
        let served = restored(&desk, &format!("{backup}.age")).serve();
        let (version, spent) =
            (version_of(&served, &pair.marketer, "salle/abonnes"), served.spent_of(&pair.marketer, "room"));
        assert!((before[backup].0..=after[backup].0).contains(&version), "{backup}: version {version}");
        assert!((before[backup].1..=after[backup].1).contains(&spent), "{backup}: {spent} spent");
        assert!(answers.iter().any(|(_, sum)| *sum == spent), "{backup}: {spent} is between two charges");
        // What was answered then is still there, the same.
        let known: Vec<&Value> = answers.iter().filter(|(_, sum)| *sum <= spent).map(|(answer, _)| answer).collect();
        let (newest, earlier) = known.split_last().unwrap();
        for answer in earlier {
            let stored = served.get(&pair.marketer, &format!("/api/v1/answers/{}", answer["id"])).ok();
            assert_eq!((&stored["id"], &stored["figures"]), (&answer["id"], &answer["figures"]), "{backup}");
        }
        // The newest was charged then; if it was answered too it is given again, and if not it is finished: at no new cost.
        let again = served.ask(&pair.marketer, newest["margin"].as_f64().unwrap()).ok();
        assert_eq!(again["id"], newest["id"], "{backup}");
        if again["replay"] == true {
            assert_eq!(again["figures"], newest["figures"], "{backup}");
        }
        assert_eq!(served.spent_of(&pair.marketer, "room"), spent, "{backup}: what was paid is paid");
        // The version that its database names came along, with its key.
        served.post(&pair.marketer, "/api/v1/queries", &question_of_salle(1_000.0)).ok();
        let of_versions = files(&served.room().join("keys/versions")).len();
        assert_eq!((of_versions, files(&served.room().join("data")).len()), (3, 3), "{backup}");
    }
}

#[test]
fn a_restored_room_is_the_room_once_it_was_compared() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let room = founded.room();
    let answer = pair.served.ask(&pair.marketer, 60.0).ok();
    let budget = pair.served.get(&pair.marketer, "/api/v1/budget").ok();
    let audiences = pair.served.get(&pair.marketer, "/api/v1/audiences").ok();
    // Open uploads are left out: their rows, and their keys.
    let stream = stream(0..5_000);
    let open = pair.served.open(&pair.steward, "abonnes", stream.len());
    pair.served.send(&pair.steward, &open, 0, &stream[..stream.len() / 2]).unwrap().ok();
    // Left by a backup that was cut.
    fs::create_dir_all(room.join("backup/data/festival")).unwrap();
    fs::write(room.join("backup/room.sqlite"), "half").unwrap();

    let desk = Desk::new();
    let told = desk.backup(&room, "room.age").ok();
    assert!(told.stdout.starts_with("Backup: ") && told.stderr.is_empty(), "{told:?}");
    tidy(&room);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&desk.path("room.age")), 0o600);
    let sealed = fs::read(desk.path("room.age")).unwrap();
    let key = fs::read(room.join("keys/room.key")).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n-> X25519 "));
    for secret in [key.as_slice(), b"room.sqlite", b"SQLite format 3"] {
        assert!(memchr::memmem::find(&sealed, secret).is_none(), "something of the room is readable");
    }
    drop(pair.served);

    // Into an empty folder that is there; and the room it makes can't be read by others.
    fs::create_dir(desk.path("new")).unwrap();
    let told = desk.restore("room.age", "new/").ok();
    assert!(told.stderr.contains("compared with what was spent since"), "{told:?}");
    for file in files(&desk.path("new")) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        assert_eq!(mode(file.parent().unwrap()), 0o700, "{}", file.display());
    }
    for same in ["keys/room.key", "camerata.toml", "policies/privacy.toml", "sql/overlap.sql"] {
        assert_eq!(fs::read(desk.path("new").join(same)).unwrap(), fs::read(room.join(same)).unwrap(), "{same}");
    }
    let marker: Value = serde_json::from_slice(&fs::read(desk.path("new/restored.json")).unwrap()).unwrap();
    assert_eq!(marker["newest"]["charges"], 1, "{marker}");
    for (language, words) in [("en", "would be spent a second time"), ("fr", "serait une seconde fois")] {
        let mut command = Command::new(CAMERATA);
        command.args(["serve", "--port", "0", "--lang", language, "--room"]).arg(desk.path("new"));
        run(&mut command).failed(words).failed(marker["taken"].as_str().unwrap());
    }
    // A backup of it would lose what it is to be compared with.
    desk.backup(&desk.path("new"), "again.age").failed("was not compared yet");

    let served = desk.compared("new").serve();
    assert_eq!(served.get(&pair.marketer, "/api/v1/budget").ok(), budget);
    assert_eq!(served.get(&pair.marketer, "/api/v1/audiences").ok(), audiences);
    let again = served.ask(&pair.marketer, 60.0).ok();
    assert_eq!((&again["replay"], &again["id"], &again["figures"]), (&json!(true), &answer["id"], &answer["figures"]));
    let narrower = served.ask(&pair.marketer, 50.0).ok();
    assert_eq!(narrower["replay"], false, "the audiences' files and keys serve");
    // The upload that was open is over, and another can begin.
    let state = served.get(&pair.steward, &format!("/api/v1/uploads/{open}")).ok();
    assert_eq!(state["state"], "abandoned", "{state}");
    // A few bytes: the room doesn't wait for them before it refuses, and a connection with more on its way would break.
    let sent = served.send(&pair.steward, &open, 0, &stream[..200]).unwrap();
    assert!((400..500).contains(&sent.status), "{sent:?}");
    served.upload(&pair.steward, "abonnes", &stream);
}
