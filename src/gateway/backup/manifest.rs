//! What a backup says of itself: its first entry, written before anything that it lists.

use crate::database::Founding;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a manifest calls its format.
pub(super) const FORMAT: &str = "camerata-backup";
/// The version of the format that this program writes, and the newest it reads.
pub(super) const VERSION: u32 = 1;
/// The room's database, in the archive and in the room's folder.
pub(super) const DATABASE: &str = "room.sqlite";
/// Folders of a room that are kept whole: drafts of what members agreed on.
pub(super) const WHOLE: [&str; 2] = ["policies", "sql"];
/// Files beside the database.
pub(super) const BESIDE: [&str; 1] = [crate::gateway::config::CONFIG_FILE];
/// Deepest that a file may lie.
pub(super) const DEPTH_MAX: usize = 12;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `camerata-backup`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The room it is a backup of: a digest of what its key is checked against.
    pub room: String,
    /// When the room was founded (RFC 3339).
    pub founded: String,
    /// When the backup was taken: no later than the moment that its database shows.
    pub taken: Timestamp,
    /// The newest id of each of the database's tables that count their rows.
    pub newest: BTreeMap<String, i64>,
    /// The newest checkpoint of the audit log at that moment, as it was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
    /// Every file, in the order in which they follow.
    pub files: Vec<Item>,
}

/// A file of the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Where it lies, from the room's folder on.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What a manifest of any version says first.
#[derive(Debug, Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Why bytes are not a manifest that this program can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ManifestError {
    /// Not a backup's.
    Foreign,
    /// Of a newer format.
    Newer(u32),
    /// A file that has no place in a room, or lies twice.
    Path(String),
}

impl Manifest {
    /// Reads a manifest and checks that what it lists can only become files of a room's folder.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        let head: Head = serde_json::from_slice(bytes).map_err(|_| ManifestError::Foreign)?;
        if head.format != FORMAT {
            return Err(ManifestError::Foreign);
        }
        if head.version > VERSION {
            return Err(ManifestError::Newer(head.version));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|_| ManifestError::Foreign)?;
        let mut seen = BTreeSet::new();
        for item in &manifest.files {
            if !has_a_place(&item.path) || !seen.insert(&item.path) {
                return Err(ManifestError::Path(item.path.chars().take(120).collect()));
            }
        }
        Ok(manifest)
    }

    /// The size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, item| sum.saturating_add(item.bytes))
    }
}

/// The name of a room: the same for every backup of it, and another for every other room.
pub(super) fn room_name(founding: &Founding) -> String {
    let digest = Sha256::new().chain_update(b"camerata room v1\0").chain_update(&founding.key_check).finalize();
    hex::encode(digest.get(..16).unwrap_or_default())
}

/// Whether a path is that of a file that a backup may hold: one of a few places, and nothing in it that a system could take for
/// another (`..`, an absolute path, a backslash, a control character).
pub(super) fn has_a_place(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let sound = |part: &&str| {
        let hidden = part.chars().all(|c| c == '.');
        !hidden && !part.chars().any(|c| c == '\\' || c.is_control())
    };
    if parts.len() > DEPTH_MAX || !parts.iter().all(sound) {
        return false;
    }
    match parts.as_slice() {
        [file] => *file == DATABASE || BESIDE.contains(file),
        ["keys", _] | ["keys", "versions", _] | ["data", _, _] => true,
        [folder, ..] => WHOLE.contains(folder),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_a_room_are_places() {
        for good in [
            "room.sqlite",
            "camerata.toml",
            "keys/room.key",
            "keys/versions/ab12.key",
            "data/festival/ab12.db",
            "policies/a.cedar",
            "policies/ententes d’été/a.cedar",
            "sql/x.sql",
            "policies/.gitignore",
        ] {
            assert!(has_a_place(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "..",
            "../room.sqlite",
            "/etc/passwd",
            "room.sqlite/x",
            "room.lock",
            "restored.json",
            "staging/x.db",
            "data/x.db",
            "data/a/b/c.db",
            "data/../x/y.db",
            "data//y.db",
            "data/a/",
            "keys/versions/../../x",
            "keys/a/b",
            "policies",
            "policies/..",
            "policies/../../x",
            "policies/./x",
            "policies/a\\..\\b",
            "policies/a\0b",
            "policies/a\nb",
            "./room.sqlite",
            ".ssh/authorized_keys",
            "policies/1/2/3/4/5/6/7/8/9/10/11/12",
        ] {
            assert!(!has_a_place(bad), "{bad}");
        }
    }
}
