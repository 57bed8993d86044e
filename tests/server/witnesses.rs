//! Members that vouch for the log, and a signing key that hands over to the next.

use super::{
    audit::{copy, done, free_port, run, serve_at, words},
    support::*,
};
use serde_json::{Value, json};
use std::{fs, process::Command, sync::Arc};

/// A command on the machine of a member, which remembers what it saw apart from the others.
fn at(founded: &Arc<Founded>, machine: &str, token: &str, url: &str) -> Command {
    let mut command = founded.command(token, url);
    command.env("CAMERATA_STATE", founded.folder.path().join(machine));
    command
}

#[test]
fn a_log_shown_differently_to_two_members_is_found_by_what_a_witness_saw() {
    let founded = Founded::new();
    let officer = founded.token("festival", "officer");
    let pair = Pair::in_room(&founded);
    let (marketer, port) = (pair.marketer.clone(), free_port());
    let other = founded.token("billetterie", "officer");
    pair.served.stop();
    let twin = founded.folder.path().join("twin");
    copy(&founded.room(), &twin);
    std::fs::copy(founded.room().with_extension("checkpoint"), twin.with_extension("checkpoint")).unwrap();

    let served = serve_at(&founded, &founded.room(), port);
    let url = served.url.clone();
    served.ask(&marketer, 80.0).ok();
    let refused = run(at(&founded, "festival", &marketer, &url), &["audit", "cosign"]);
    assert!(!refused.status.success(), "a marketer vouches for nothing: {}", words(&refused));
    let key = done(run(at(&founded, "festival", &officer, &url), &["audit", "cosign"])).trim().to_owned();
    let again = done(run(at(&founded, "festival", &officer, &url), &["audit", "cosign"]));
    assert_eq!(again.trim(), key, "the machine keeps its key");
    let verify = |url: &str| run(at(&founded, "billetterie", &other, url), &["audit", "verify", "--witness", &key]);
    let told = done(verify(&url));
    assert!(told.contains("festival vouched for the first") && told.contains(&key), "{told}");
    let named = done(run(at(&founded, "billetterie", &other, &url), &["audit", "list", "--what", "witness-named"]));
    assert_eq!(named.matches("witness key named").count(), 1, "{named}");
    let stranger = key.replace("festival+", "salle+");
    let unknown = run(at(&founded, "billetterie", &other, &url), &["audit", "verify", "--witness", &stranger]);
    assert!(!unknown.status.success(), "a key whose number isn't its own is none");
    let shown = served.get("", "/api/v1/audit/checkpoint").ok();
    served.stop();

    // The same room with another past, which nobody but a new machine would take for the same.
    let served = serve_at(&founded, &twin, port);
    for margin in [90.0, 70.0, 50.0] {
        served.ask(&marketer, margin).ok();
    }
    let output = run(at(&founded, "newcomer", &other, &url), &["audit", "verify", "--witness", &key]);
    assert_eq!(output.status.code(), Some(4));
    assert!(words(&output).contains("no checkpoint cosigned by"), "{}", words(&output));
    // Nor does it take the word that the witness gave on the other one.
    let forged =
        served.post(&officer, "/api/v1/audit/cosignatures", &json!({"key": key, "note": shown["cosigned"][0]["note"]}));
    forged.problem(422, "malformed");
}

#[test]
fn a_cosignature_is_of_the_member_that_gives_it_and_of_this_log() {
    let founded = Founded::new();
    let officer = founded.token("festival", "officer");
    let other = founded.token("billetterie", "officer");
    let served = founded.serve();
    done(run(at(&founded, "festival", &officer, &served.url), &["audit", "cosign"]));
    let shown: Value = served.get("", "/api/v1/audit/checkpoint").ok();
    let (key, note) = (&shown["cosigned"][0]["key"], shown["cosigned"][0]["note"].as_str().unwrap());
    let post = |token: &str, key: &Value, note: &str| {
        served.post(token, "/api/v1/audit/cosignatures", &json!({"key": key, "note": note}))
    };
    post(&officer, key, note).ok();
    post(&other, key, note).problem(422, "malformed");
    post(&officer, &json!("festival"), note).problem(422, "malformed");
    // Without the cosignature, and with a line more that isn't kept.
    let without: Vec<&str> = note.lines().filter(|line| !line.starts_with("— festival ")).collect();
    post(&officer, key, &format!("{}\n", without.join("\n"))).problem(422, "malformed");
    post(&officer, key, &format!("{note}— stranger AAAAAAA=\n")).ok();
    let kept = served.get("", "/api/v1/audit/checkpoint").ok();
    assert_eq!(kept["cosigned"][0]["note"].as_str().unwrap(), note);
    served.stop();
    let room = founded.room();
    let verified = done(run(founded.command("", ""), &["audit", "verify", "--room", room.to_str().unwrap()]));
    assert!(verified.starts_with("The log holds"), "{verified}");
}

#[test]
fn a_signing_key_hands_over_and_what_it_signed_still_holds() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let (marketer, port) = (pair.marketer.clone(), free_port());
    pair.served.stop();
    let room = founded.room();
    let rotate = || run(founded.command("", ""), &["audit", "rotate", "--room", room.to_str().unwrap()]);
    let member = |url: &str, arguments: &[&str]| run(founded.command(&marketer, url), arguments);
    let receipt = |name: &str| founded.folder.path().join(name).to_str().unwrap().to_owned();

    let served = serve_at(&founded, &room, port);
    let url = served.url.clone();
    let answer = served.ask(&marketer, 80.0).ok()["id"].to_string();
    done(member(&url, &["receipt", &answer, &receipt("before.json")]));
    let refused = rotate();
    assert!(!refused.status.success() && words(&refused).contains("open"), "{}", words(&refused));
    served.stop();

    let before = fs::read(room.join("keys/signing.key")).unwrap();
    let key = done(rotate()).trim().to_owned();
    let after = fs::read(room.join("keys/signing.key")).unwrap();
    assert_ne!(before, after);
    // Killed before the new key took its place; and once more before the log named the next.
    fs::write(room.join("keys/signing.key"), &before).unwrap();
    owned(&room.join("keys/signing.next.key"), &after);
    serve_at(&founded, &room, port).stop();
    assert_eq!(fs::read(room.join("keys/signing.key")).unwrap(), after);
    owned(&room.join("keys/signing.next.key"), &before);
    let served = serve_at(&founded, &room, port);
    assert!(!room.join("keys/signing.next.key").exists());
    assert_eq!(fs::read(room.join("keys/signing.key")).unwrap(), after);

    // The member's machine follows, and old and new receipts hold.
    let told = done(member(&url, &["audit", "trust"]));
    assert!(told.contains(&key), "{told}");
    done(member(&url, &["audit", "verify"]));
    done(member(&url, &["receipt", &answer, &receipt("after.json")]));
    for name in ["before.json", "after.json"] {
        done(member("", &["receipt", "verify", &receipt(name)]));
    }
    // So does a machine that comes new to the room.
    done(run(at(&founded, "new", &marketer, &url), &["audit", "trust"]));
    done(run(at(&founded, "new", "", ""), &["receipt", "verify", &receipt("before.json")]));
    served.stop();
    let verified = done(run(founded.command("", ""), &["audit", "verify", "--room", room.to_str().unwrap()]));
    assert!(verified.starts_with("The log holds"), "{verified}");
}

fn owned(path: &std::path::Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn what_is_refused_at_an_estimate_and_a_backup_are_told_by_the_log() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    let mut question = question(80.0);
    question["purpose"] = "mesure-inconnue".into();
    let refused = pair.served.post(&pair.marketer, "/api/v1/estimate", &question);
    assert_eq!(refused.status, 403, "{}", refused.body);
    let listed = done(run(founded.command(&pair.marketer, &pair.served.url), &["audit", "list", "--what", "refused"]));
    assert!(listed.contains("question refused") && listed.contains("overlap"), "{listed}");
    let file = founded.folder.path().join("room.age");
    let mut backup = founded.command("", "");
    backup.env("CAMERATA_BACKUP_PASSPHRASE", "sept mots que personne ne devine jamais ici");
    done(run(backup, &["backup", "--room", founded.room().to_str().unwrap(), file.to_str().unwrap()]));
    let listed =
        done(run(founded.command(&pair.marketer, &pair.served.url), &["audit", "list", "--what", "backed-up"]));
    assert!(listed.contains("backup begun"), "{listed}");
}
