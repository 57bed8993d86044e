//! Why a backup can't be made; with what to do, in both languages.

use super::words::{both, file, in_the_way, snapshot, store};
use crate::{
    database::SnapshotError,
    gateway::ConfigError,
    model::Text,
    store::{KeyError, StoreError},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a backup can't be made.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum BackupError {
    /// Not a room's folder.
    NotARoom(PathBuf),
    /// The room's database is on a server.
    Elsewhere,
    /// The room was restored and not compared yet.
    Pending(PathBuf),
    /// Another backup of the room is under way.
    InUse,
    /// The file is there already.
    Exists(PathBuf),
    /// What it is written to until it is whole is there already.
    InTheWay(PathBuf),
    /// The room's key is another room's.
    WrongKey,
    /// A file of a version in force isn't there, and wasn't at every look before.
    Missing(String),
    /// A file of the room changed while it was read.
    Changed(String),
    /// A file whose name a backup can't hold.
    Name(String),
    /// The room's database.
    Snapshot(#[from] SnapshotError),
    /// The room's configuration.
    Config(#[from] ConfigError),
    /// The room's keys.
    Key(#[from] KeyError),
    /// What the database says of the audiences.
    Store(#[from] StoreError),
    /// A file can't be read or written.
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BackupError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// Whether the same command may succeed a little later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::InUse | Self::Changed(_))
    }

    /// What it is and what to do, in both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::NotARoom(folder) => {
                let folder = folder.display();
                both(
                    format!("{folder} n’est pas une salle : nommez son dossier avec --room"),
                    format!("{folder} is not a room: name its folder with --room"),
                )
            }
            Self::Elsewhere => both(
                "la base de cette salle est sur PostgreSQL : copiez-la avec « pg_dump --format=custom », puis les dossiers keys, data, policies et sql et camerata.toml, chiffrés (docs/OPERATIONS.md)",
                "this room's database is on PostgreSQL: copy it with `pg_dump --format=custom`, then the folders keys, data, policies and sql and camerata.toml, encrypted (docs/OPERATIONS.md)",
            ),
            Self::Pending(folder) => {
                let folder = folder.display();
                both(
                    format!("{folder} vient d’une sauvegarde et n’a pas encore été comparée : ouvrez-la d’abord"),
                    format!("{folder} comes from a backup and was not compared yet: open it first"),
                )
            }
            Self::InUse => both(
                "une autre sauvegarde de cette salle est en cours : réessayez quand elle aura fini",
                "another backup of this room is under way: try again once it has ended",
            ),
            Self::Exists(file) => {
                let file = file.display();
                both(
                    format!(
                        "{file} est déjà là, et une sauvegarde n’en écrase jamais une autre : choisissez un autre nom"
                    ),
                    format!("{file} is there already, and a backup never overwrites anything: choose another name"),
                )
            }
            Self::InTheWay(part) => in_the_way(part),
            Self::WrongKey => both(
                "keys/room.key n’est pas la clé de cette salle : une telle sauvegarde ne servirait à rien. Retrouvez la bonne clé",
                "keys/room.key is not this room's key: such a backup would be worthless. Find the right key",
            ),
            Self::Missing(path) => both(
                format!(
                    "{path}, que la base de la salle nomme, n’est pas là : la salle est abîmée. Gardez vos sauvegardes d’avant, et téléversez de nouveau cet auditoire"
                ),
                format!(
                    "{path}, which the room's database names, is not there: the room is damaged. Keep your earlier backups, and upload that audience again"
                ),
            ),
            Self::Changed(path) => both(
                format!("{path} a changé pendant la sauvegarde : recommencez"),
                format!("{path} changed while it was backed up: try again"),
            ),
            Self::Name(path) => both(
                format!("{path} : une sauvegarde ne peut pas garder un fichier de ce nom. Renommez-le ou ôtez-le"),
                format!("{path}: a backup can't hold a file of this name. Rename or remove it"),
            ),
            Self::Snapshot(error) => snapshot(error),
            Self::Config(error) => {
                both(format!("la configuration de la salle ne peut pas servir ({error})"), error.to_string())
            }
            Self::Key(error) => both(format!("une clé de la salle ne peut pas servir ({error})"), error.to_string()),
            Self::Store(error) => store(error),
            Self::File { path, source } => file(path, source),
        }
    }
}
