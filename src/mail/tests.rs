#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::model::Language;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Every kind of letter, with all that it may say.
fn kinds() -> Vec<(&'static str, Value)> {
    let link = "https://salle.example.ca/x/abc";
    let changed = |what: &str| ("secrets-changed", json!({ "what": what, "at": "2026-12-01T15:04:05Z" }));
    vec![
        ("invitation", json!({ "member": "festival", "roles": ["marketer", "officer"], "hours": 72, "link": link })),
        ("invited-again", json!({ "member": "festival" })),
        ("recovery", json!({ "minutes": 60, "link": link })),
        ("new-device", json!({ "at": "2026-11-24T09:05:00Z", "agent": "Firefox 140, Linux" })),
        changed("password"),
        changed("second-factor"),
        changed("recovery-codes"),
        changed("passkey"),
        changed("directory"),
        ("proposal", json!({ "member": "billetterie", "proposal": 12, "link": link })),
        ("template-proposal", json!({ "member": "billetterie", "template": "affinity", "link": link })),
        ("template-failed", json!({ "template": "affinity", "link": link })),
        ("expiring", json!({ "audience": "festival/abonnes", "date": "2026-12-01", "when": 7 })),
        ("budget", json!({ "account": "festival", "percent": 80, "link": link })),
    ]
}

#[test]
fn letters_say_it_in_both_languages() {
    let mut told = String::new();
    for language in [Language::Fr, Language::En] {
        for (kind, content) in kinds() {
            let off = matches!(kind, "proposal" | "template-proposal" | "expiring" | "budget");
            let off = off.then_some("https://salle.example.ca/account");
            let letter = compose(kind, &content, language, "salle.example.ca", off);
            assert!(!letter.subject.contains("mail-") && !letter.body.contains("mail-"), "{letter:?}");
            assert!(!letter.body.contains('{') && !letter.subject.contains('{'), "{letter:?}");
            told += &format!("=== {} {kind}\n{}\n\n{}\n", language.as_str(), letter.subject, letter.body);
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_people_type_stays_on_its_line() {
    let content = json!({ "at": "2026-11-24T09:05:00Z", "agent": "x\r\nBcc: everybody@example.ca\r\n\r\n\u{1b}[2J" });
    let letter = compose("new-device", &content, Language::En, "x", None);
    assert!(letter.body.contains("x  Bcc: everybody@example.ca") && !letter.body.contains('\u{1b}'), "{letter:?}");
    let content = json!({ "audience": "a\nSubject: b", "date": "2026-12-01", "when": 1 });
    assert!(!compose("expiring", &content, Language::Fr, "x", None).subject.contains('\n'));
}

/// A real mail server, until it is dropped.
struct Server {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Server {
    fn start(mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/support/smtp.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(folder.path()).arg(mode);
        if mode != "none" {
            let (certificate, key) = certificate(folder.path());
            command.arg(certificate).arg(key);
        }
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port = port.trim().parse().expect("the mail server starts: Debian's python3-aiosmtpd is needed");
        Self { child, port, folder }
    }

    fn settings(&self, more: &str) -> Settings {
        let (port, from) = (self.port, "Salle blanche <salle@example.ca>");
        let text = format!("server = \"localhost\"\nport = {port}\nfrom = \"{from}\"\n{more}");
        toml::from_str::<Settings>(&text).unwrap().checked().unwrap()
    }

    fn mailer(&self, more: &str) -> Mailer {
        Mailer::new(&self.settings(more), self.folder.path()).unwrap()
    }

    fn letters(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let letters = files.filter(|path| path.extension().is_some_and(|end| end == "eml"));
        letters.map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
        ])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    (certificate, key)
}

fn letter() -> Letter {
    Letter { subject: "Évènement à venir".into(), body: "Voilà : « ça y est ».\n".into() }
}

#[tokio::test]
async fn a_letter_arrives_whole_over_either_kind_of_tls() {
    for mode in ["starttls", "tls"] {
        let server = Server::start(mode);
        fs::write(server.folder.path().join("secret"), "mot de passe\n").unwrap();
        let known = format!("tls = \"{mode}\"\nca_file = \"server.pem\"\nuser = \"salle\"\npassword_file = \"secret\"");
        let mailer = server.mailer(&known);
        assert!(mailer.check().await.unwrap());
        mailer.send("ana@example.ca", &letter()).await.unwrap();
        let letters = server.letters();
        assert_eq!(letters.len(), 1, "{mode}");
        let kept = &letters[0];
        assert!(kept.contains("To-Envelope: ana@example.ca\nOver-TLS: True"), "{kept}");
        assert!(kept.contains("Auto-Submitted: auto-generated") && kept.contains("salle@example.ca"), "{kept}");
        assert!(kept.contains("charset=utf-8"), "{kept}");
    }
}

#[tokio::test]
async fn nothing_goes_out_but_to_the_server_that_is_meant() {
    // A server that speaks no TLS, one whose certificate nobody knows, and one that knows no such password.
    let plain = Server::start("none");
    let refused = plain.mailer("").send("ana@example.ca", &letter()).await.unwrap_err();
    assert!(refused.is_passing(), "{refused:?}");
    assert_eq!(plain.letters(), Vec::<String>::new());
    let unknown = Server::start("starttls");
    assert!(unknown.mailer("").send("ana@example.ca", &letter()).await.is_err());
    fs::write(unknown.folder.path().join("secret"), "autre").unwrap();
    let known = "ca_file = \"server.pem\"\nuser = \"salle\"\npassword_file = \"secret\"";
    // What the room says wrong is mended by who runs it: the letter waits for that.
    let refused = unknown.mailer(known).send("ana@example.ca", &letter()).await.unwrap_err();
    assert!(refused.is_passing() && refused.reason() == "535", "{}", refused.reason());
    assert_eq!(unknown.letters(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_refused_for_good_is_told_from_what_may_be_tried_again() {
    let server = Server::start("none");
    let mailer = server.mailer("tls = \"none\"");
    mailer.send("Ana <ana@example.ca>", &letter()).await.unwrap();
    let refused = mailer.send("refuse-ana@example.ca", &letter()).await.unwrap_err();
    assert!(!refused.is_passing() && refused.reason() == "550", "{}", refused.reason());
    assert!(mailer.send("later-ana@example.ca", &letter()).await.unwrap_err().is_passing());
    assert!(!mailer.send("ana\r\nBcc: everybody@example.ca", &letter()).await.unwrap_err().is_passing());
    assert_eq!(server.letters().len(), 1);
    let port = server.port;
    drop(server);
    let text = format!("server = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nfrom = \"salle@example.ca\"");
    let gone = Mailer::new(&toml::from_str::<Settings>(&text).unwrap(), Path::new("/")).unwrap();
    assert!(gone.send("ana@example.ca", &letter()).await.unwrap_err().is_passing());
}

#[test]
fn settings_that_would_send_in_plain_or_from_nobody_are_refused() {
    let checked =
        |text: &str| toml::from_str::<Settings>(text).map_err(|_| ()).and_then(|s| s.checked().map_err(|_| ()));
    assert!(checked("server = \"smtp.example.ca\"\nfrom = \"Salle <salle@example.ca>\"").is_ok());
    for bad in [
        "server = \"smtp.example.ca\"\nfrom = \"salle\"",
        "server = \"smtp.example.ca\"\nfrom = \"salle@example.ca\"\ntls = \"none\"",
        "server = \"smtp.example.ca\"\nfrom = \"salle@example.ca\"\npassword = \"secret\"",
    ] {
        assert!(checked(bad).is_err(), "{bad}");
    }
    let unsaid: Settings =
        toml::from_str("server = \"smtp.example.ca\"\nfrom = \"salle@example.ca\"\nuser = \"salle\"").unwrap();
    assert!(matches!(Mailer::new(&unsaid, Path::new("/")), Err(MailSettingsError::Password)));
}
