//! Backups of a real room that is being served, and rooms made from them: whole, damaged, hostile.

mod crafted;
mod damage;
mod hostile;
mod served;
mod told;

use super::support::*;
use age::secrecy::ExposeSecret;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// Failed, and said so in these words.
    #[track_caller]
    pub fn failed(self, words: &str) -> Self {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(self.stderr.contains(words), "no `{words}` in {self:?}");
        assert_eq!(self.stdout, "");
        self
    }
}

pub fn run(command: &mut Command) -> Ended {
    let output = command.env_remove("CAMERATA_BACKUP_PASSPHRASE").output().unwrap();
    ended(output)
}

pub fn ended(output: std::process::Output) -> Ended {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

pub fn camerata<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(CAMERATA);
    command.args(["--lang", "en"]).args(arguments);
    command
}

/// A folder for backups and restored rooms, with a pair of keys.
pub struct Desk {
    pub folder: tempfile::TempDir,
    pub identity: age::x25519::Identity,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), identity: age::x25519::Identity::generate() };
        fs::write(
            desk.path("identity.txt"),
            format!("# made by a test\n{}\n", desk.identity.to_string().expose_secret()),
        )
        .unwrap();
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn recipient(&self) -> String {
        self.identity.to_public().to_string()
    }

    /// Backs a room up for this desk's key.
    pub fn backup(&self, room: &Path, name: &str) -> Ended {
        let mut command = camerata(["backup", "--recipient", &self.recipient(), "--room"]);
        run(command.arg(room).arg(self.path(name)))
    }

    /// Restores a backup with this desk's key.
    pub fn restore(&self, name: &str, folder: &str) -> Ended {
        let mut command = camerata(["restore", "--identity"]);
        run(command.arg(self.path("identity.txt")).arg(self.path(name)).arg(self.path(folder)))
    }

    /// Asserts that nothing is left of a restore.
    #[track_caller]
    pub fn nothing_at(&self, folder: &str) {
        for name in [folder.to_owned(), format!("{folder}.part")] {
            assert!(!self.path(&name).exists(), "{name} was left behind");
        }
    }

    /// A restored room that an officer has accepted as it is.
    pub fn compared(self, folder: &str) -> Arc<Founded> {
        if folder != "room" {
            fs::rename(self.path(folder), self.path("room")).unwrap();
        }
        let founded = Founded { folder: self.folder };
        let officer = founded.token("festival", "officer");
        let mut command = founded.command(&officer, "");
        let accepted = command.args(["audit", "accept", "--room"]).arg(founded.room()).output().unwrap();
        assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
        Arc::new(founded)
    }
}

/// Asserts that a room has nothing of a backup left in it.
#[track_caller]
pub fn tidy(room: &Path) {
    assert!(!room.join("backup").exists(), "the backup left its folder in the room");
}
