//! What the commands say and refuse before anything is written, and how they end.

use super::*;
use std::process::Stdio;

#[test]
fn a_passphrase_opens_what_it_closed() {
    let (founded, desk) = (Founded::new(), Desk::new());
    for (name, text) in
        [("right", "neuf mots au hasard\nplus rien"), ("wrong", "dix mots au hasard"), ("short", "court")]
    {
        fs::write(desk.path(name), text).unwrap();
    }
    fs::write(desk.path("empty"), "\nneuf mots au hasard").unwrap();
    let backup = |passphrase: &str, name: &str| {
        let mut command = camerata(["backup", "--room"]);
        command.arg(founded.room()).arg("--passphrase-file").arg(desk.path(passphrase)).arg(desk.path(name));
        run(&mut command)
    };
    let restore = |passphrase: &str| {
        let mut command = camerata(["restore", "--passphrase-file"]);
        run(command.arg(desk.path(passphrase)).arg(desk.path("room.age")).arg(desk.path("new")))
    };
    backup("short", "room.age").failed("fewer than 12 characters");
    backup("empty", "room.age").failed("holds no passphrase");
    backup("nowhere", "room.age").failed("nowhere");
    assert!(!desk.path("room.age").exists());
    backup("right", "room.age").ok();
    let before = fs::read(desk.path("room.age")).unwrap();
    backup("right", "room.age").failed("never overwrites");
    assert_eq!(fs::read(desk.path("room.age")).unwrap(), before);

    restore("wrong").failed("this is not the passphrase of");
    desk.nothing_at("new");
    desk.restore("room.age", "new").failed("--passphrase-file");
    desk.nothing_at("new");
    // As an environment variable, too; and in French.
    let by_variable = |passphrase: &str| {
        let mut command = Command::new(CAMERATA);
        command.args(["--lang", "fr", "restore", "--json"]).arg(desk.path("room.age")).arg(desk.path("new"));
        ended(command.env("CAMERATA_BACKUP_PASSPHRASE", passphrase).output().unwrap())
    };
    by_variable("dix mots au hasard").failed("ce n’est pas la phrase de passe de");
    desk.nothing_at("new");
    let told = by_variable("neuf mots au hasard").ok();
    let summary: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(summary["size"], before.len(), "{summary}");
    assert!(summary["files"].as_u64().unwrap() > 10 && summary["room"].as_str().unwrap().len() == 32, "{summary}");

    let mut without = camerata(["backup", "--room"]);
    let told = run(without.arg(founded.room()).arg(desk.path("none.age")));
    assert_eq!(told.code, Some(2), "{told:?}");
    let told = run(camerata(["restore"]).arg(desk.path("room.age")).arg(desk.path("other")));
    assert_eq!(told.code, Some(2), "{told:?}");
    tidy(&founded.room());
}

#[test]
fn only_the_keys_it_was_made_for_open_a_backup() {
    let (founded, desk, other) = (Founded::new(), Desk::new(), Desk::new());
    let mut command =
        camerata(["backup", "--recipient", &desk.recipient(), "--recipient", &other.recipient(), "--room"]);
    run(command.arg(founded.room()).arg(desk.path("both.age"))).ok();
    desk.backup(&founded.room(), "one.age").ok();
    fs::copy(desk.path("both.age"), other.path("both.age")).unwrap();
    fs::copy(desk.path("one.age"), other.path("one.age")).unwrap();
    other.restore("both.age", "new").ok();
    other.restore("one.age", "wrong").failed("none of these private keys opens");
    other.nothing_at("wrong");
    let mut command = camerata(["restore"]);
    command
        .env("CAMERATA_BACKUP_PASSPHRASE", "neuf mots au hasard")
        .arg(other.path("one.age"))
        .arg(other.path("wrong"));
    ended(command.output().unwrap()).failed("--identity");
    fs::write(other.path("identity.txt"), other.recipient()).unwrap();
    other.restore("both.age", "wrong").failed("is not a file of age's private keys");
    other.nothing_at("wrong");
    let mut command = camerata(["backup", "--recipient", "age1nonsense", "--room"]);
    run(command.arg(founded.room()).arg(desk.path("none.age"))).failed("is not a public key of age");
}

#[test]
fn what_cannot_be_backed_up_is_refused_with_what_to_do() {
    let (founded, desk) = (Founded::new(), Desk::new());
    let room = founded.room();
    desk.backup(&desk.path("nowhere"), "room.age").failed("is not a room");
    // One at a time: the other can be waited for.
    let lock = fs::File::create(room.join("backup.lock")).unwrap();
    lock.lock().unwrap();
    let told = desk.backup(&room, "room.age");
    assert_eq!((told.code, told.stdout.as_str()), (Some(75), ""), "{told:?}");
    drop(lock);
    fs::write(desk.path("room.age.part"), "another's").unwrap();
    desk.backup(&room, "room.age").failed("room.age.part is there already");
    assert_eq!(fs::read(desk.path("room.age.part")).unwrap(), b"another's");
    fs::remove_file(desk.path("room.age.part")).unwrap();

    let (key, config) = (room.join("keys/room.key"), room.join("camerata.toml"));
    let right = fs::read(&key).unwrap();
    fs::write(&key, "0".repeat(64)).unwrap();
    desk.backup(&room, "room.age").failed("not this room's key");
    fs::write(&key, right).unwrap();
    let long = room.join("policies").join("a".repeat(200));
    fs::write(&long, "").unwrap();
    desk.backup(&room, "room.age").failed("a backup can't hold a file of this name");
    fs::remove_file(long).unwrap();

    // A room whose database is on a server has tools of its own.
    let mut command = camerata(["backup", "--recipient", &desk.recipient(), "--room"]);
    command.env("CAMERATA_DATABASE_URL", "postgres://secret@nowhere/room").arg(&room).arg(desk.path("room.age"));
    let told = run(&mut command).failed("pg_dump");
    assert!(!told.stderr.contains("secret"), "{told:?}");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\ndatabase_url = \"postgres://nowhere/room\"\n")).unwrap();
    desk.backup(&room, "room.age").failed("pg_dump");
    fs::write(&config, text).unwrap();
    for name in ["room.age", "room.age.part"] {
        assert!(!desk.path(name).exists(), "{name} was left behind");
    }
    tidy(&room);
    desk.backup(&room, "room.age").ok();
}

#[test]
fn a_folder_with_something_in_it_stays_as_it_is() {
    let (founded, desk) = (Founded::new(), Desk::new());
    desk.backup(&founded.room(), "room.age").ok();
    fs::create_dir(desk.path("full")).unwrap();
    fs::write(desk.path("full/letter"), "mine").unwrap();
    desk.restore("room.age", "full").failed("full is not empty");
    assert_eq!(files(&desk.path("full")), [desk.path("full/letter")]);
    desk.restore("room.age", "full/letter").failed("is not empty");
    assert_eq!(fs::read(desk.path("full/letter")).unwrap(), b"mine");
    fs::create_dir(desk.path("new.part")).unwrap();
    fs::write(desk.path("new.part/letter"), "mine").unwrap();
    desk.restore("room.age", "new").failed("new.part is there already");
    assert_eq!(fs::read(desk.path("new.part/letter")).unwrap(), b"mine");
    desk.restore("room.age", "no/such/folder").failed("no/such/folder.part");
    desk.restore("nowhere.age", "other").failed("nowhere.age");
    desk.nothing_at("other");
}

/// Kills a command as soon as a path is there.
fn killed_at(command: &mut Command, path: &Path) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !path.exists() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before {} was there", path.display());
    }
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was too quick to be killed");
}

#[test]
fn a_command_that_is_killed_leaves_nothing_that_looks_whole() {
    let (founded, desk) = (Founded::new(), Desk::new());
    let room = founded.room();
    // Long enough to write that the signal comes before the end.
    fs::File::create(room.join("policies/large")).unwrap().set_len(256 << 20).unwrap();
    for place in [room.join("backup/room.sqlite"), room.join("backup/policies/large"), desk.path("room.age.part")] {
        let mut backup = camerata(["backup", "--recipient", &desk.recipient(), "--room"]);
        killed_at(backup.arg(&room).arg(desk.path("room.age")), &place);
        assert!(!desk.path("room.age").exists(), "{}", place.display());
    }
    desk.backup(&room, "room.age").failed("room.age.part is there already");
    fs::remove_file(desk.path("room.age.part")).unwrap();
    desk.backup(&room, "room.age").ok();
    tidy(&room);
    for place in [desk.path("new.part"), desk.path("new.part/policies/large")] {
        let mut restore = camerata(["restore", "--identity"]);
        restore.arg(desk.path("identity.txt")).arg(desk.path("room.age")).arg(desk.path("new"));
        killed_at(&mut restore, &place);
        assert!(!desk.path("new").exists(), "{}", place.display());
        desk.restore("room.age", "new").failed("new.part is there already");
        fs::remove_dir_all(desk.path("new.part")).unwrap();
    }
    desk.restore("room.age", "new").ok();
}

/// The most memory that a command ever held, in KiB.
fn peak_kib(command: &mut Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
fn memory_does_not_grow_with_the_room() {
    const LARGE: u64 = 192 << 20;
    let (founded, desk) = (Founded::new(), Desk::new());
    let room = founded.room();
    let peaks = |name: &str| {
        let mut backup = camerata(["backup", "--recipient", &desk.recipient(), "--room"]);
        let made = peak_kib(backup.arg(&room).arg(desk.path(&format!("{name}.age"))));
        let mut restore = camerata(["restore", "--identity"]);
        restore.arg(desk.path("identity.txt")).arg(desk.path(&format!("{name}.age"))).arg(desk.path(name));
        (made, peak_kib(&mut restore))
    };
    let small = peaks("small");
    // Any file will do: what the folders of policies hold is backed up whole.
    fs::File::create(room.join("policies/large")).unwrap().set_len(LARGE).unwrap();
    let large = peaks("large");
    assert_eq!(fs::metadata(desk.path("large/policies/large")).unwrap().len(), LARGE);
    println!("KiB at most: {small:?}, with {} KiB more {large:?}", LARGE >> 10);
    assert!(small.0 > 0 && small.1 > 0, "memory was not measured");
    for (small, large) in [(small.0, large.0), (small.1, large.1)] {
        assert!(large < small + (LARGE >> 10) / 4, "{small} KiB became {large} KiB");
    }
}
