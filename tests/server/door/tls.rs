//! TLS by the room itself, and what it refuses to do without.

use super::{
    Wire,
    wire::{certificate, place},
};
use crate::support::*;
use std::{
    fs,
    process::{Command, Output},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// A command that tries to serve a room and should not get to it.
fn refused(founded: &Arc<Founded>, arguments: &[&str], environment: &[(&str, &str)], language: &str) -> String {
    let mut command = Command::new(CAMERATA);
    command.args(["serve", "--port", "0", "--room"]).arg(founded.room()).args(arguments);
    command.envs(environment.iter().copied()).env("CAMERATA_LANG", language);
    let Output { status, stderr, .. } = command.output().unwrap();
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).unwrap()
}

#[test]
fn a_new_certificate_is_used_while_connections_go_on() {
    let founded = Founded::new();
    let folder = founded.folder.path();
    let (first, first_key) = certificate(folder, "first", 30);
    let (second, second_key) = certificate(folder, "second", 30);
    let (used, used_key) = (founded.room().join("tls.pem"), founded.room().join("tls.key"));
    fs::copy(&first, &used).unwrap();
    fs::copy(&first_key, &used_key).unwrap();
    // Named from the room's folder.
    let tls = [("CAMERATA_TLS_CERTIFICATE", "tls.pem"), ("CAMERATA_TLS_KEY", "tls.key")];
    let served = founded.serve_with(&tls);
    assert!(served.url.starts_with("https://"), "{}", served.url);

    let mut before = Wire::over_tls(&served.url, &[&first]);
    let heard = before.get("/health");
    assert_eq!(heard.status, 200);
    assert_eq!(heard.header("strict-transport-security"), Some("max-age=63072000"));

    // Half of the pair, and then something else altogether: the one before stays in use.
    fs::copy(&second, &used).unwrap();
    wait_for(&served, "the one before stays in use");
    assert_eq!(Wire::over_tls(&served.url, &[&first]).get("/health").status, 200);
    fs::write(&used, "nothing").unwrap();
    thread::sleep(Duration::from_secs(3));
    assert_eq!(Wire::over_tls(&served.url, &[&first]).get("/health").status, 200);

    fs::copy(&second, &used).unwrap();
    fs::copy(&second_key, &used_key).unwrap();
    wait_for(&served, "the TLS certificate was renewed");
    assert_eq!(Wire::over_tls(&served.url, &[&second]).get("/health").status, 200);
    assert!(!Wire::over_tls(&served.url, &[&first]).send("GET /health HTTP/1.1\r\n\r\n"), "the old one is shown");
    assert_eq!(before.get("/health").status, 200, "a connection of before was dropped");
}

fn wait_for(served: &Served, words: &str) {
    let since = Instant::now();
    while !served.log.lock().unwrap().contains(words) {
        assert!(since.elapsed() < Duration::from_secs(60), "the log never says `{words}`");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_is_older_than_tls_1_2_is_not_spoken() {
    let founded = Founded::new();
    let (pem, key) = certificate(founded.folder.path(), "tls", 30);
    let served = founded.serve_with(&[
        ("CAMERATA_TLS_CERTIFICATE", pem.to_str().unwrap()),
        ("CAMERATA_TLS_KEY", key.to_str().unwrap()),
    ]);
    let shakes = |version: &str| {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", place(&served.url), version, "-cipher", "DEFAULT@SECLEVEL=0"]);
        command.stdin(std::process::Stdio::null()).output().unwrap().status.success()
    };
    assert!(shakes("-tls1_2"));
    assert!(!shakes("-tls1_1"));
    assert!(
        Command::new("openssl")
            .args(["s_client", "-connect", place(&served.url), "-tls1_3"])
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
            .status
            .success()
    );
    // Nor is plain http.
    let mut plain = Wire::to(&served);
    plain.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(plain.hear(), None);
}

#[test]
fn a_room_that_can_t_be_reached_safely_is_not_opened() {
    let founded = Founded::new();
    let french = refused(&founded, &["--address", "0.0.0.0"], &[], "fr");
    assert!(french.contains("rien ne serait chiffré en chemin") && french.contains("trusted_proxies"), "{french}");
    let english = refused(&founded, &["--address", "::"], &[], "en");
    assert!(english.contains("nothing would be encrypted on the way"), "{english}");

    let folder = founded.folder.path();
    let ((pem, _), (_, other)) = (certificate(folder, "one", 30), certificate(folder, "other", 30));
    let (pem, other) = (pem.to_str().unwrap(), other.to_str().unwrap());
    for (environment, said) in [
        (vec![("CAMERATA_TLS_CERTIFICATE", pem)], "go together"),
        (vec![("CAMERATA_TLS_CERTIFICATE", pem), ("CAMERATA_TLS_KEY", other)], "can't be used"),
        (vec![("CAMERATA_TLS_CERTIFICATE", pem), ("CAMERATA_TLS_KEY", pem)], "no certificate or key in PEM"),
        (vec![("CAMERATA_TLS_CERTIFICATE", "nowhere.pem"), ("CAMERATA_TLS_KEY", other)], "nowhere.pem"),
        (vec![("CAMERATA_TRUSTED_PROXIES", "the proxy")], "CAMERATA_TRUSTED_PROXIES"),
        (vec![("CAMERATA_HEAD_S", "0")], "head_s"),
    ] {
        let told = refused(&founded, &[], &environment, "en");
        assert!(told.contains(said), "{environment:?}: {told}");
    }
}

#[test]
fn plain_http_is_for_trusted_proxies_alone() {
    // This machine's own address on a network, if it has one: from there it is a stranger.
    let own = Command::new("hostname").arg("-I").output().unwrap().stdout;
    let own = String::from_utf8(own).unwrap();
    let own = own.split_whitespace().find(|address| address.contains('.')).expect("an address on a network").to_owned();
    let founded = Founded::new();
    let mut command = Command::new(CAMERATA);
    command.args(["serve", "--port", "0", "--address", "0.0.0.0", "--room"]).arg(founded.room());
    command.env("CAMERATA_TRUSTED_PROXIES", "203.0.113.255/32");
    let served = Served::start(&founded, command);
    let port = served.url.rsplit(':').next().unwrap();
    let stranger = Wire::at(&format!("{own}:{port}")).get("/health");
    assert_eq!(stranger.status, 403, "{stranger:?}");
    assert!(stranger.body.contains("/problems/plain-http"));
    assert_eq!(Wire::at(&format!("127.0.0.1:{port}")).get("/health").status, 200);
}
