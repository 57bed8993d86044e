//! What isn't allowed is refused with a reason; what is broken is said before anything starts.

use super::support::*;
use serde_json::json;
use std::{fs, process::Command};

#[test]
fn accuracies_out_of_range_are_refused() {
    let pair = Pair::new();
    for margin in [0.0, -5.0, 1.0, 1e12] {
        pair.served.ask(&pair.marketer, margin).problem(422, "accuracy");
    }
    let mut both = question(10.0);
    both["rho"] = 0.001.into();
    pair.served.post(&pair.marketer, "/api/v1/queries", &both).problem(422, "malformed");
    for bad in ["NaN", "Infinity", "1e999", "\"10\""] {
        let body = question(10.0).to_string().replace("10.0", bad);
        let headers = [("content-type", "application/json")];
        let reply = pair.served.call("POST", &pair.marketer, "/api/v1/queries", &headers, body.as_bytes()).unwrap();
        reply.problem(422, "malformed");
    }
    assert_eq!(pair.served.spent_of(&pair.marketer, "room"), 0);
}

#[test]
fn a_forbidden_comparison_names_its_agreement_in_the_askers_language() {
    let pair = Pair::new();
    let mut asked = question(60.0);
    asked["audiences"]["b"] = "etiquette/artistes-vip".into();
    let problem = pair.served.post(&pair.marketer, "/api/v1/queries", &asked).problem(403, "refused");
    assert!(!problem["reasons"].as_array().unwrap().is_empty(), "{problem}");
    let english = problem["detail"].as_str().unwrap().to_owned();
    let headers = [("content-type", "application/json"), ("accept-language", "fr")];
    // The first header counts; the harness sends `en` before, so this one is a request of its own.
    let french = ureq::post(format!("{}/api/v1/queries", pair.served.url))
        .config()
        .http_status_as_error(false)
        .build()
        .header("authorization", format!("Bearer {}", pair.marketer))
        .header(headers[0].0, headers[0].1)
        .header(headers[1].0, headers[1].1)
        .send(asked.to_string())
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    assert!(
        french.contains("Refusé par les ententes") && !french.contains(&format!("\"detail\":\"{english}")),
        "{french}"
    );
}

#[test]
fn unknown_things_are_said_to_be_unknown() {
    let pair = Pair::new();
    let ask = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut asked = question(60.0);
        change(&mut asked);
        pair.served.post(&pair.marketer, "/api/v1/queries", &asked)
    };
    ask(&|q| q["template"] = "steal".into()).problem(404, "unknown-template");
    ask(&|q| q["audiences"]["b"] = "nobody/nothing".into()).problem(403, "refused");
    ask(&|q| q["audiences"] = json!({"a": "festival/abonnes"})).problem(422, "malformed");
    ask(&|q| q["audiences"]["c"] = "festival/abonnes".into()).problem(422, "malformed");
    ask(&|q| q["audiences"]["b"] = "festival/abonnes".into()).problem(422, "malformed");
    ask(&|q| q["audiences"]["b"] = "../etc".into()).problem(422, "malformed");
    ask(&|q| q["match_on"] = "phone".into()).problem(409, "unavailable");
    ask(&|q| q["audiences"]["b"] = "salle/abonnes".into()).problem(409, "unavailable");
}

#[test]
fn lists_of_different_profiles_are_not_compared() {
    let pair = Pair::new();
    let steward = pair.served.founded.token("salle", "steward");
    let stream = String::from_utf8(stream(0..100)).unwrap().replace("google", "meta").into_bytes();
    let mut declared = declaration("abonnes", stream.len());
    declared["profile"] = "meta".into();
    let id = pair.served.post(&steward, "/api/v1/uploads", &declared).ok()["id"].as_str().unwrap().to_owned();
    pair.served.send(&steward, &id, 0, &stream).unwrap().ok();
    pair.served.complete(&steward, &id, stream.len()).ok();
    let mut asked = question(60.0);
    asked["audiences"]["b"] = "salle/abonnes".into();
    let problem = pair.served.post(&pair.marketer, "/api/v1/queries", &asked).problem(409, "unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("meta"), "{problem}");
}

#[test]
fn another_members_upload_is_not_there() {
    let pair = Pair::new();
    let id = pair.served.open(&pair.steward, "abonnes", 10);
    let other = pair.served.founded.token("salle", "steward");
    let path = format!("/api/v1/uploads/{id}");
    let theirs = pair.served.get(&other, &path);
    let none = pair.served.get(&other, "/api/v1/uploads/000000000000000000000000");
    assert_eq!((theirs.status, &theirs.body), (404, &none.body));
}

fn serve_fails(room: &std::path::Path, port: &str) -> (Option<i32>, String) {
    let output = Command::new(CAMERATA)
        .args(["serve", "--port", port, "--room"])
        .arg(room)
        .env("LC_ALL", "en_CA.UTF-8")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_room_that_cannot_open_says_why() {
    let founded = Founded::new();
    let room = founded.room();
    let served = founded.serve();
    let port = served.url.rsplit(':').next().unwrap().to_owned();
    let (code, said) = serve_fails(&room, &port);
    assert!(code == Some(1) && said.contains("is taken"), "{said}");
    let (code, said) = serve_fails(&room, "0");
    assert!(code == Some(1) && said.contains("another process has this room open"), "{said}");
    drop(served);

    let (code, said) = serve_fails(&room.join("nowhere"), "0");
    assert!(code == Some(1) && said.contains("camerata init"), "{said}");

    let key = room.join("keys/room.key");
    let right = fs::read_to_string(&key).unwrap();
    fs::write(&key, "ab".repeat(32)).unwrap();
    let (code, said) = serve_fails(&room, "0");
    assert!(code == Some(1) && said.contains("not the key this room was founded with"), "{said}");
    fs::write(&key, "short").unwrap();
    let (_, said) = serve_fails(&room, "0");
    assert!(said.contains("64 hexadecimal digits"), "{said}");
    fs::write(&key, right).unwrap();
    Command::new("chmod").arg("644").arg(&key).status().unwrap();
    let (_, said) = serve_fails(&room, "0");
    assert!(said.contains("can be read by others"), "{said}");
    Command::new("chmod").arg("600").arg(&key).status().unwrap();

    // The folder counts until the room is opened for the first time; after that it is a working copy.
    let policy = room.join("policies/privacy.toml");
    let sound = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, format!("{sound}\nsurprise = 1\n")).unwrap();
    founded.serve();
    let founded = Founded::new();
    let room = founded.room();
    let policy = room.join("policies/privacy.toml");
    fs::write(&policy, format!("{sound}\nsurprise = 1\n")).unwrap();
    let (code, said) = serve_fails(&room, "0");
    assert!(code == Some(3) && said.contains("privacy.toml"), "{code:?} {said}");
    fs::write(&policy, sound).unwrap();
    founded.serve();
}

#[test]
fn a_new_room_never_takes_a_folder_in_use() {
    let founded = Founded::new();
    let output = Command::new(CAMERATA).arg("init").arg(founded.room()).env("LC_ALL", "en_CA.UTF-8").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not empty"));
}

#[test]
fn secrets_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let pair = Pair::new();
    let keys = files(&pair.served.room().join("keys"));
    // The room's, the log's, and one for each of two audiences.
    assert_eq!(keys.len(), 4);
    for key in keys {
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "{}", key.display());
    }
}
