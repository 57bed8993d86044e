//! A room that was restored. Its database may be older than what the room had come to: budget that was spent since is not in it, and
//! would be spent again. So such a room isn't served before someone has compared the two.

use crate::model::Text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The file in the room's folder that says so.
pub const MARKER: &str = "restored.json";

/// What a restored room is to be compared by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// The room, as its backup names it.
    pub room: String,
    /// When the backup was taken.
    pub taken: Timestamp,
    /// When it was restored.
    pub restored: Timestamp,
    /// The newest id of each table in the backup.
    pub newest: BTreeMap<String, i64>,
    /// The newest checkpoint of the audit log in the backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// Why a restored room isn't opened.
#[derive(Debug, thiserror::Error)]
pub enum RestoredError {
    /// Nobody has compared it yet.
    #[error("{}", self.text().en)]
    Pending {
        /// The room's folder.
        folder: PathBuf,
        /// When its backup was taken.
        taken: Timestamp,
    },
    /// The file that says what to compare can't be read.
    #[error("{}", self.text().en)]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl RestoredError {
    /// What it is and what to do, in both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::Pending { folder, taken } => {
                let folder = folder.display();
                Text::new(
                    format!(
                        "la salle {folder} vient d’une sauvegarde du {taken} : ce qui a été dépensé depuis n’y est pas, et le serait une seconde fois. Si l’ancienne machine a encore son point de contrôle ({folder}.checkpoint), copiez-le ici : la salle se compare d’elle-même. Sinon, un responsable de la conformité l’accepte telle qu’elle est par « camerata audit accept --room {folder} »; rien n’a été changé"
                    ),
                    format!(
                        "the room {folder} comes from a backup of {taken}: what was spent since isn't in it, and would be spent a second time. If the old machine still has its checkpoint ({folder}.checkpoint), copy it here: the room compares itself. If not, an officer accepts it as it is with `camerata audit accept --room {folder}`; nothing was changed"
                    ),
                )
            }
            Self::Unreadable { path, source } => {
                let path = path.display();
                Text::new(
                    format!("{path} ne peut pas être lu ({source}) : restaurez la salle de nouveau"),
                    format!("{path} can't be read ({source}): restore the room again"),
                )
            }
        }
    }
}

/// Forgets that a room was restored, once it was compared.
///
/// # Errors
/// When the file can't be removed.
pub fn settle(folder: &Path) -> Result<(), RestoredError> {
    let path = folder.join(MARKER);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(RestoredError::Unreadable { path, source }),
        _ => Ok(()),
    }
}

/// Lets a room be opened unless it was restored and nobody has compared it yet.
///
/// # Errors
/// When it was, and nobody has.
pub fn check(folder: &Path) -> Result<(), RestoredError> {
    match read(folder)? {
        None => Ok(()),
        Some(restored) => Err(RestoredError::Pending { folder: folder.to_owned(), taken: restored.taken }),
    }
}

/// What a restored room is to be compared by; `None` if it wasn't restored, or was compared.
///
/// # Errors
/// When the file is there and can't be read.
pub fn read(folder: &Path) -> Result<Option<Restored>, RestoredError> {
    let path = folder.join(MARKER);
    match fs::read(&path).and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::from)) {
        Ok(restored) => Ok(Some(restored)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RestoredError::Unreadable { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restored_room_stays_shut_whatever_its_marker_says() {
        let folder = tempfile::tempdir().unwrap();
        check(folder.path()).unwrap();
        let restored = Restored {
            room: "r".to_owned(),
            taken: "2026-01-02T03:04:05Z".parse().unwrap(),
            restored: "2026-01-03T00:00:00Z".parse().unwrap(),
            newest: BTreeMap::from([("charges".to_owned(), 7)]),
            checkpoint: None,
        };
        fs::write(folder.path().join(MARKER), serde_json::to_vec(&restored).unwrap()).unwrap();
        assert_eq!(read(folder.path()).unwrap(), Some(restored));
        let error = check(folder.path()).unwrap_err();
        for text in [error.text().fr, error.text().en, error.to_string()] {
            assert!(text.contains("2026-01-02T03:04:05Z") && text.contains("audit accept"), "{text}");
        }
        for bad in ["", "{}", "null", "{\"room\": 1}"] {
            fs::write(folder.path().join(MARKER), bad).unwrap();
            assert!(matches!(check(folder.path()), Err(RestoredError::Unreadable { .. })), "{bad}");
        }
    }
}
