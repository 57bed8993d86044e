//! The log as members use it: verified, listed, exported; receipts; and a room that was set back or forked.

use super::support::*;
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
};

pub fn run(mut command: Command, arguments: &[&str]) -> Output {
    command.args(arguments).output().unwrap()
}

pub fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
pub fn done(output: Output) -> String {
    assert!(output.status.success(), "{}", words(&output));
    String::from_utf8(output.stdout).unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// Serves a room on a port of its own, so that it can be served there again.
pub fn serve_at(founded: &Arc<Founded>, room: &Path, port: u16) -> Served {
    let mut command = Command::new(CAMERATA);
    command.args(["serve", "--port", &port.to_string(), "--room"]).arg(room);
    Served::start(founded, command)
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn refuses_to_serve(room: &Path) -> String {
    let output = Command::new(CAMERATA)
        .args(["--lang", "en", "serve", "--port", "0", "--room"])
        .arg(room)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_member_verifies_lists_and_exports_the_log() {
    let pair = Pair::new();
    let founded = &pair.served.founded;
    let member = |token: &str| founded.command(token, &pair.served.url);
    let answer = pair.served.ask(&pair.marketer, 60.0).ok();
    pair.served.ask(&pair.marketer, 60.0).ok();
    let told = done(run(member(&pair.marketer), &["audit", "verify"]));
    assert!(told.starts_with("The log holds: "), "{told}");
    let listed: Value = serde_json::from_str(&done(run(member(&pair.marketer), &["audit", "list", "--json"]))).unwrap();
    let whats: Vec<&str> = listed["entries"].as_array().unwrap().iter().map(|e| e["what"].as_str().unwrap()).collect();
    for what in [
        "founded",
        "policy-founded",
        "templates-founded",
        "token-issued",
        "upload-opened",
        "upload-stored",
        "charged",
        "answered",
        "replayed",
    ] {
        assert!(whats.contains(&what), "{what} is missing in {whats:?}");
    }
    // The other owner sees who asked what of its list, and none of the first one's uploads.
    let officer = founded.token("billetterie", "officer");
    let theirs = done(run(member(&officer), &["audit", "list", "--about", "festival/abonnes"]));
    assert!(
        theirs.contains("overlap festival/abonnes × billetterie/acheteurs") && theirs.contains("festival/essai"),
        "{theirs}"
    );
    assert!(!theirs.contains("audience uploaded"), "{theirs}");
    // A third member sees neither.
    let third = founded.token("salle", "officer");
    let third = done(run(member(&third), &["audit", "list", "--what", "charged", "--json"]));
    assert_eq!(serde_json::from_str::<Value>(&third).unwrap()["entries"], serde_json::json!([]));
    // Every byte of the export is a leaf.
    let file = founded.folder.path().join("log.jsonl");
    done(run(member(&pair.marketer), &["audit", "export", file.to_str().unwrap()]));
    let exported = fs::read_to_string(&file).unwrap();
    assert!(exported.lines().count() >= whats.len() && exported.lines().all(|line| line.contains("\"salt\"")));
    let again = run(member(&pair.marketer), &["audit", "export", file.to_str().unwrap()]);
    assert!(!again.status.success(), "what is there isn't written over");
    let figure = answer["figures"][0]["shown"].as_i64().unwrap();
    assert!(!exported.contains(&format!(":{figure}")) && !exported.contains("3000"), "no figure is in the log");
}

#[test]
fn a_receipt_is_verified_without_the_room() {
    let pair = Pair::new();
    let founded = Arc::clone(&pair.served.founded);
    let url = pair.served.url.clone();
    let answer = pair.served.ask(&pair.marketer, 60.0).ok()["id"].to_string();
    let file = founded.folder.path().join("receipt.json");
    let path = file.to_str().unwrap();
    done(run(founded.command(&pair.marketer, &url), &["receipt", &answer, path]));
    // Another member has no such answer.
    let other = founded.token("billetterie", "marketer");
    assert!(!run(founded.command(&other, &url), &["receipt", &answer, "/dev/null"]).status.success());
    let keys = pair.served.get("", "/.well-known/jwks.json").ok();
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
    drop(pair);
    let verify =
        |arguments: &[&str]| run(founded.command("", &url), &[&["receipt", "verify", path], arguments].concat());
    let told = done(verify(&[]));
    assert!(
        told.contains("festival/essai") && told.contains("overlap") && told.contains("The log contains it"),
        "{told}"
    );
    let french = done(verify(&["--lang", "fr"]));
    assert!(french.contains("Le reçu est authentique") && french.contains("Le journal le contient"), "{french}");
    // Each part of it, changed.
    let text = fs::read_to_string(&file).unwrap();
    let receipt: Value = serde_json::from_str(&text).unwrap();
    for part in ["receipt", "answer", "entry", "checkpoint"] {
        let mut spoilt = receipt.clone();
        let mut bytes = spoilt[part].as_str().unwrap().to_owned().into_bytes();
        let at = bytes.len() / 2;
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        spoilt[part] = String::from_utf8(bytes).unwrap().into();
        fs::write(&file, spoilt.to_string()).unwrap();
        let output = verify(&[]);
        assert_eq!(output.status.code(), Some(4), "{part}");
        assert!(words(&output).contains("does not hold"), "{part}: {}", words(&output));
    }
    fs::write(&file, text).unwrap();
    let stranger = "camerata/none+00000000+AAAA";
    assert!(!verify(&["--key", stranger]).status.success());
}

#[test]
fn a_room_that_was_set_back_serves_only_once_an_officer_has_accepted_and_nothing_is_unspent() {
    let founded = Founded::new();
    let officer = founded.token("festival", "officer");
    let pair = Pair::in_room(&founded);
    let (marketer, port) = (pair.marketer.clone(), free_port());
    pair.served.ask(&marketer, 80.0).ok();
    pair.served.stop();
    let backup = founded.folder.path().join("backup");
    copy(&founded.room(), &backup);
    let served = serve_at(&founded, &founded.room(), port);
    served.ask(&marketer, 40.0).ok();
    let spent = served.spent(&marketer);
    let url = served.url.clone();
    done(run(founded.command(&marketer, &url), &["budget"]));
    served.stop();
    fs::remove_dir_all(founded.room()).unwrap();
    copy(&backup, &founded.room());

    let told = refuses_to_serve(&founded.room());
    assert!(told.contains("set back") && told.contains("camerata audit accept"), "{told}");
    let room = founded.room();
    let accept = |token: &str| run(founded.command(token, ""), &["audit", "accept", "--room", room.to_str().unwrap()]);
    assert!(words(&accept(&marketer)).contains("officer"), "a marketer accepts nothing");
    assert!(refuses_to_serve(&founded.room()).contains("set back"));
    done(accept(&officer));
    assert!(!accept(&officer).status.success(), "once is enough");
    let served = serve_at(&founded, &founded.room(), port);
    assert_eq!(served.spent(&marketer), spent, "what was spent stays spent");
    // The member's own machine remembers too, until it is told.
    let refused = run(founded.command(&marketer, &url), &["budget"]);
    assert!(words(&refused).contains("set back"), "{}", words(&refused));
    done(run(founded.command(&marketer, &url), &["audit", "trust", "--again"]));
    done(run(founded.command(&marketer, &url), &["budget"]));
    let listed = done(run(founded.command(&marketer, &url), &["audit", "list", "--what", "restored"]));
    assert!(listed.contains("festival/essai"), "{listed}");
    served.stop();
    let verified = done(run(founded.command("", ""), &["audit", "verify", "--room", room.to_str().unwrap()]));
    assert!(verified.starts_with("The log holds"), "{verified}");
}

#[test]
fn a_room_whose_file_outside_is_gone_serves_only_once_an_officer_has_accepted() {
    let founded = Founded::new();
    let officer = founded.token("festival", "officer");
    let file = founded.room().with_extension("checkpoint");
    // From the first opening on, before anything was asked.
    founded.serve().stop();
    assert!(file.is_file());
    let (bytes, aside) = (fs::read(&file).unwrap(), file.with_extension("checkpoint.part"));
    fs::remove_file(&file).unwrap();
    let told = refuses_to_serve(&founded.room());
    assert!(told.contains("is gone") && told.contains("camerata audit accept"), "{told}");
    // Brought back, or left beside its place by a crash in its first writing.
    for path in [&file, &aside] {
        fs::write(path, &bytes).unwrap();
        founded.serve().stop();
        assert!(file.is_file() && !aside.exists());
        fs::remove_file(&file).unwrap();
    }
    // The room set back with its file gone: the older state remembers as well.
    let backup = founded.folder.path().join("backup");
    copy(&founded.room(), &backup);
    fs::write(&file, &bytes).unwrap();
    let pair = Pair::in_room(&founded);
    pair.served.ask(&pair.marketer, 80.0).ok();
    pair.served.stop();
    fs::remove_dir_all(founded.room()).unwrap();
    fs::remove_file(&file).unwrap();
    copy(&backup, &founded.room());
    assert!(refuses_to_serve(&founded.room()).contains("is gone"));
    let room = founded.room();
    let rotated = run(founded.command("", ""), &["audit", "rotate", "--room", room.to_str().unwrap()]);
    assert!(!rotated.status.success(), "nor is its key changed");
    let accept = |token: &str| run(founded.command(token, ""), &["audit", "accept", "--room", room.to_str().unwrap()]);
    assert!(words(&accept("nobody's")).contains("officer"));
    done(accept(&officer));
    founded.serve().stop();
    assert!(file.is_file());
}

#[test]
fn a_fork_is_found_by_whoever_saw_the_other_side() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let (marketer, port) = (pair.marketer.clone(), free_port());
    pair.served.stop();
    let twin = founded.folder.path().join("twin");
    copy(&founded.room(), &twin);
    // Whoever makes the twin takes along what is kept beside the room.
    let beside = |room: &Path| room.with_extension("checkpoint");
    fs::copy(beside(&founded.room()), beside(&twin)).unwrap();
    let served = serve_at(&founded, &founded.room(), port);
    served.ask(&marketer, 80.0).ok();
    let url = served.url.clone();
    done(run(founded.command(&marketer, &url), &["audit", "trust"]));
    let kept = done(run(founded.command(&marketer, &url), &["audit", "checkpoint"]));
    served.stop();
    // The host shows another member another past, and then the first member the same.
    let served = serve_at(&founded, &twin, port);
    for margin in [90.0, 70.0, 50.0] {
        served.ask(&marketer, margin).ok();
    }
    for command in [vec!["budget"], vec!["audit", "verify"], vec!["audiences"]] {
        let refused = run(founded.command(&marketer, &url), &command);
        assert_eq!(refused.status.code(), Some(4));
        assert!(words(&refused).contains("forked"), "{}", words(&refused));
    }
    // The other member finds out with the checkpoint that the first one kept.
    let file = founded.folder.path().join("kept.txt");
    fs::write(&file, kept + "\n").unwrap();
    let mut other = founded.command(&marketer, &url);
    other.env("CAMERATA_STATE", founded.folder.path().join("other"));
    let output = run(other, &["audit", "verify", "--since", file.to_str().unwrap()]);
    assert!(!output.status.success() && words(&output).contains("not the one of"), "{}", words(&output));
}
