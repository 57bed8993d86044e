#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::gateway;
use jiff::{SignedDuration, Timestamp};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    process::Command,
};

/// A clock so many days ahead of the machine's.
struct Ahead(i64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_hours(self.0 * 24)
    }
}

struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        gateway::found(&folder.path().join("room"), &SystemClock).await.unwrap();
        let kept = Self { folder };
        fs::write(kept.folder.path().join("room.checkpoint"), "").unwrap();
        kept
    }

    fn room(&self) -> PathBuf {
        self.folder.path().join("room")
    }

    fn settings(&self, more: &str) {
        fs::write(self.room().join("camerata.toml"), more).unwrap();
    }

    async fn findings(&self, check: &str, clock: impl Clock + 'static) -> Vec<(Level, String)> {
        let findings = examine(Some(&self.room()), Arc::new(clock)).await;
        let of = findings.into_iter().filter(|finding| finding.check == check);
        of.map(|finding| {
            assert!(finding.level <= Level::Advice || finding.mend.is_some(), "{finding:?} says nothing of mending");
            assert!(finding.level == Level::Good || finding.why.is_some(), "{finding:?} says nothing of why");
            (finding.level, finding.what.en)
        })
        .collect()
    }

    /// The one finding of a check.
    async fn finding(&self, check: &str) -> (Level, String) {
        let findings = self.findings(check, SystemClock).await;
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.into_iter().next().unwrap()
    }

    fn certificate(&self, name: &str, days: &str) {
        let at = |end: &str| self.room().join(format!("{name}.{end}"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days])
            .args([
                "-subj",
                "/CN=salle",
                "-addext",
                "subjectAltName=DNS:salle.example.ca,DNS:*.salles.ca,IP:192.0.2.1",
                "-keyout",
            ])
            .arg(at("key"))
            .arg("-out")
            .arg(at("pem"))
            .stderr(std::process::Stdio::null())
            .status();
        assert!(made.unwrap().success());
    }

    fn over_tls(&self, name: &str, url: &str) {
        self.settings(&format!(
            "[people]\npublic_url = \"{url}\"\n[door]\ntls_certificate = \"{name}.pem\"\ntls_key = \"{name}.key\"\n"
        ));
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_new_room_has_nothing_to_mend() {
    let kept = Kept::new().await;
    let findings = examine(Some(&kept.room()), Arc::new(SystemClock)).await;
    let bad: Vec<_> =
        findings.iter().filter(|finding| finding.level > Level::Advice && finding.check != "disk").collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(findings.len() >= 10);
}

#[tokio::test]
async fn what_others_may_read_is_found() {
    let kept = Kept::new().await;
    let room = kept.room();
    assert_eq!(kept.finding("permissions").await.0, Level::Good);
    chmod(&room, 0o750);
    assert_eq!(kept.finding("permissions").await.0, Level::Warning);
    chmod(&room, 0o720);
    assert_eq!(kept.finding("permissions").await.0, Level::Fault);
    chmod(&room, 0o700);
    chmod(&room.join("keys/room.key"), 0o640);
    let (level, what) = kept.finding("permissions").await;
    assert!(level == Level::Fault && what.contains("room.key"), "{what}");
}

#[tokio::test]
async fn secrets_of_the_settings_are_looked_at() {
    let kept = Kept::new().await;
    kept.certificate("tls", "90");
    kept.over_tls("tls", "https://salle.example.ca");
    for (mode, level) in [(0o600, Level::Good), (0o640, Level::Advice), (0o644, Level::Fault), (0o660, Level::Fault)] {
        chmod(&kept.room().join("tls.key"), mode);
        assert_eq!(kept.finding("secrets").await.0, level, "{mode:o}");
    }
    fs::remove_file(kept.room().join("tls.key")).unwrap();
    assert_eq!(kept.finding("secrets").await.0, Level::Fault);
}

#[tokio::test]
async fn secrets_of_mail_and_directories_are_looked_at() {
    let kept = Kept::new().await;
    let room = kept.room();
    let settings = "[mail]\nserver = \"smtp.example.ca\"\nfrom = \"salle@example.ca\"\nuser = \"salle\"\npassword_file = \"smtp\"\n\
                    [[directory]]\nmember = \"festival\"\nissuer = \"https://login.example.ca\"\nclient_id = \"salle\"\n\
                    client_secret_file = \"festival\"\n[directory.roles]\nventes = [\"marketer\"]\n";
    fs::write(room.join("camerata.toml"), settings).unwrap();
    for file in ["smtp", "festival"] {
        fs::write(room.join(file), "secret").unwrap();
        chmod(&room.join(file), 0o600);
    }
    let both = kept.findings("secrets", SystemClock).await;
    assert!(both.len() == 2 && both.iter().all(|(level, _)| *level == Level::Good), "{both:?}");
    for file in ["smtp", "festival"] {
        chmod(&room.join(file), 0o644);
        let found = kept.findings("secrets", SystemClock).await;
        assert!(found.iter().any(|(level, what)| *level == Level::Fault && what.contains(file)), "{found:?}");
        chmod(&room.join(file), 0o600);
    }
}

#[tokio::test]
async fn keys_among_the_data_are_found() {
    let kept = Kept::new().await;
    let room = kept.room();
    assert!(kept.finding("keys-apart").await.0 <= Level::Advice);
    fs::rename(room.join("keys"), room.join("data/keys")).unwrap();
    symlink(room.join("data/keys"), room.join("keys")).unwrap();
    assert_eq!(kept.finding("keys-apart").await.0, Level::Fault);
    fs::rename(room.join("data"), kept.folder.path().join("data")).unwrap();
    assert_eq!(
        examine(Some(&room), Arc::new(SystemClock)).await.last().unwrap().level,
        Level::Fault,
        "no room without keys"
    );
}

#[tokio::test]
async fn the_checkpoint_lies_outside_and_is_there() {
    let kept = Kept::new().await;
    assert!(kept.finding("checkpoint").await.0 <= Level::Advice);
    fs::remove_file(kept.folder.path().join("room.checkpoint")).unwrap();
    assert_eq!(kept.finding("checkpoint").await.0, Level::Good, "nothing was spent yet");
    let config = Config::load(&kept.room()).unwrap();
    assert_eq!(files::checkpoint(&config, &kept.room(), true).level, Level::Fault);
    kept.settings(&format!("checkpoint_file = \"{}/c\"", kept.room().display()));
    assert_eq!(kept.finding("checkpoint").await.0, Level::Fault);
}

#[tokio::test]
async fn a_wrong_clock_is_found() {
    let kept = Kept::new().await;
    assert_eq!(kept.finding("clock").await.0, Level::Good);
    for (days, said) in [(-2, "newest entry"), (-20_000, "before this program")] {
        let findings = kept.findings("clock", Ahead(days)).await;
        assert!(findings.len() == 1 && findings[0].0 == Level::Fault && findings[0].1.contains(said), "{findings:?}");
    }
}

#[tokio::test]
async fn the_certificate_is_looked_at_as_a_browser_does() {
    let kept = Kept::new().await;
    kept.certificate("tls", "90");
    kept.over_tls("tls", "https://salle.example.ca");
    assert_eq!(kept.finding("certificate").await.0, Level::Good);
    let at = async |days| kept.findings("certificate", Ahead(days)).await.remove(0);
    assert_eq!(at(68).await.0, Level::Good);
    assert!(matches!(at(70).await, (Level::Warning, what) if what.contains("expires in")));
    assert!(matches!(at(91).await, (Level::Fault, what) if what.contains("has expired")));
    assert!(matches!(at(-2).await, (Level::Fault, what) if what.contains("not valid yet")));
    for (url, is_named) in [
        ("https://a.salles.ca", true),
        ("https://192.0.2.1", true),
        ("https://a.b.salles.ca", false),
        ("https://salle.example.org", false),
        ("https://192.0.2.2", false),
    ] {
        kept.over_tls("tls", url);
        assert_eq!(kept.findings("certificate", SystemClock).await.len() == 1, is_named, "{url}");
    }
    kept.certificate("other", "90");
    fs::copy(kept.room().join("other.key"), kept.room().join("tls.key")).unwrap();
    assert_eq!(kept.finding("certificate").await.0, Level::Fault, "the key is another's");
}

#[tokio::test]
async fn the_address_is_https() {
    let kept = Kept::new().await;
    for (settings, level) in [
        ("", Level::Advice),
        ("[people]\npublic_url = \"http://salle.example.ca\"", Level::Fault),
        ("[people]\npublic_url = \"https://salle.example.ca\"", Level::Warning),
        (
            "[people]\npublic_url = \"https://salle.example.ca\"\n[door]\ntrusted_proxies = [\"127.0.0.1/32\"]",
            Level::Good,
        ),
    ] {
        kept.settings(settings);
        assert_eq!(kept.finding("public-url").await.0, level, "{settings}");
    }
}

#[tokio::test]
async fn what_can_t_be_opened_is_told() {
    let kept = Kept::new().await;
    kept.settings("threads = 0");
    assert_eq!(kept.finding("settings").await.0, Level::Fault);
    kept.settings("duckdb_extension = \"/nowhere\"");
    assert_eq!(kept.finding("engine").await.0, Level::Fault);
    fs::write(kept.room().join("room.sqlite"), "nothing").unwrap();
    assert_eq!(kept.finding("database").await.0, Level::Fault);
    let nowhere = examine(Some(Path::new("/nowhere")), Arc::new(SystemClock)).await;
    assert_eq!(nowhere.last().unwrap().level, Level::Fault);
    assert!(examine(None, Arc::new(SystemClock)).await.iter().all(|finding| finding.level == Level::Good));
}

#[test]
fn space_and_files_run_out() {
    let levels = [100u64 << 20, 1 << 30, 100 << 30].map(|free| machine::space(free).level);
    assert_eq!(levels, [Level::Fault, Level::Warning, Level::Good]);
    let levels = [Some(1_024), Some(1_500), None].map(|most| machine::files(most, 1_000).level);
    assert_eq!(levels, [Level::Warning, Level::Good, Level::Good]);
}
