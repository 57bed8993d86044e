//! `camerata doctor`, as an operator runs it.

use super::support::*;
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

fn doctor(founded: &Founded, arguments: &[&str], language: &str) -> (Option<i32>, String) {
    let mut command = Command::new(CAMERATA);
    command.arg("doctor").args(arguments).arg("--room").arg(founded.room()).env("CAMERATA_LANG", language);
    let done = command.output().unwrap();
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    (done.status.code(), String::from_utf8(done.stdout).unwrap())
}

#[test]
fn the_exit_status_says_the_worst_and_the_room_may_serve_meanwhile() {
    let founded = Founded::new();
    let served = founded.serve();
    let (status, said) = doctor(&founded, &[], "en");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("good: The room’s database opens."), "{said}");

    fs::set_permissions(founded.room(), fs::Permissions::from_mode(0o755)).unwrap();
    let (status, said) = doctor(&founded, &[], "fr");
    assert_eq!(status, Some(5), "{said}");
    assert!(said.contains("à corriger bientôt") && said.contains("chmod go= "), "{said}");

    fs::set_permissions(founded.room().join("keys/room.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let (status, said) = doctor(&founded, &["--json"], "en");
    assert_eq!(status, Some(1), "{said}");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["worst"], "fault");
    let worst = told["findings"].as_array().unwrap().iter().find(|finding| finding["level"] == "fault").unwrap();
    assert_eq!(worst["check"], "permissions");
    for words in ["what", "why", "mend"] {
        assert!(worst[words]["fr"].is_string() && worst[words]["en"].is_string(), "{worst}");
    }
    served.get("", "/health").ok();
}
