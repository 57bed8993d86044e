//! Why a room can't be made from a backup; with what to do, in both languages.

use super::{
    archive::ReadError,
    manifest::ManifestError,
    seal::OpenError,
    words::{both, file, in_the_way, snapshot, store},
};
use crate::{
    database::{OpenError as DatabaseError, SnapshotError},
    model::Text,
    store::{KeyError, StoreError},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a room can't be made from a backup.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum RestoreError {
    /// The folder has something in it.
    NotEmpty(PathBuf),
    /// Something is mounted on the folder.
    MountPoint(PathBuf),
    /// What it is made in until it is whole is there already.
    InTheWay(PathBuf),
    /// The file is not encrypted by `age`.
    NotEncrypted(PathBuf),
    /// The file wants a passphrase.
    WantsPassphrase(PathBuf),
    /// The file wants a private key.
    WantsIdentity(PathBuf),
    /// The passphrase is another.
    WrongPassphrase(PathBuf),
    /// No private key fits.
    WrongIdentity(PathBuf),
    /// It is cut, or not what was written.
    Damaged {
        /// The backup.
        file: PathBuf,
        /// The damage lies before this byte of it.
        offset: u64,
    },
    /// It isn't a backup of a room.
    NotABackup(PathBuf),
    /// A newer program made it.
    Newer {
        /// The backup.
        file: PathBuf,
        /// The version of its format.
        version: u32,
    },
    /// It holds something that no backup holds.
    Foreign {
        /// The backup.
        file: PathBuf,
        /// Where.
        path: String,
    },
    /// A file in it isn't what it says of it.
    Differs {
        /// The backup.
        file: PathBuf,
        /// Which file.
        path: String,
    },
    /// An audience in force and the files don't agree.
    Incomplete {
        /// The backup.
        file: PathBuf,
        /// Which file is missing, or too many.
        path: String,
    },
    /// The key in it is another room's.
    WrongKey(PathBuf),
    /// Its copy of the room's database.
    Snapshot(#[from] SnapshotError),
    /// Its copy of the room's database is not one that this program opens.
    Database(#[from] DatabaseError),
    /// Its keys.
    Key(#[from] KeyError),
    /// What its database says of the audiences.
    Store(#[from] StoreError),
    /// A file can't be read or written.
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl RestoreError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    pub(super) fn of_archive(archive: &Path, into: &Path, error: ReadError) -> Self {
        let file = archive.to_owned();
        match error {
            ReadError::Open(OpenError::NotEncrypted) => Self::NotEncrypted(file),
            ReadError::Open(OpenError::WantsPassphrase) => Self::WantsPassphrase(file),
            ReadError::Open(OpenError::WantsIdentity) => Self::WantsIdentity(file),
            ReadError::Open(OpenError::WrongPassphrase) => Self::WrongPassphrase(file),
            ReadError::Open(OpenError::WrongIdentity) => Self::WrongIdentity(file),
            ReadError::Open(OpenError::Damaged) => Self::Damaged { file, offset: 0 },
            ReadError::Damaged(offset) => Self::Damaged { file, offset },
            ReadError::Manifest(ManifestError::Foreign) => Self::NotABackup(file),
            ReadError::Manifest(ManifestError::Newer(version)) => Self::Newer { file, version },
            ReadError::Manifest(ManifestError::Path(path)) | ReadError::Foreign(path) => Self::Foreign { file, path },
            ReadError::Differs(path) => Self::Differs { file, path },
            ReadError::Kept(path, source) => Self::File { path: into.join(path), source },
        }
    }

    /// What it is and what to do, in both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::NotEmpty(folder) => {
                let folder = folder.display();
                both(
                    format!("{folder} n’est pas vide : nommez un nouveau dossier; rien n’a été changé"),
                    format!("{folder} is not empty: name a new folder; nothing was changed"),
                )
            }
            Self::MountPoint(folder) => {
                let folder = folder.display();
                both(
                    format!(
                        "un volume est monté sur {folder} : nommez un nouveau dossier dedans, comme {folder}/salle"
                    ),
                    format!("a volume is mounted on {folder}: name a new folder in it, such as {folder}/room"),
                )
            }
            Self::InTheWay(part) => in_the_way(part),
            Self::NotEncrypted(file) | Self::NotABackup(file) => {
                let file = file.display();
                both(
                    format!("{file} n’est pas une sauvegarde d’une salle"),
                    format!("{file} is not a backup of a room"),
                )
            }
            Self::WantsPassphrase(file) => {
                let file = file.display();
                both(
                    format!("{file} s’ouvre par une phrase de passe : donnez-la avec --passphrase-file"),
                    format!("{file} is opened by a passphrase: give it with --passphrase-file"),
                )
            }
            Self::WantsIdentity(file) => {
                let file = file.display();
                both(
                    format!("{file} s’ouvre par une clé privée : donnez-la avec --identity"),
                    format!("{file} is opened by a private key: give it with --identity"),
                )
            }
            Self::WrongPassphrase(file) => {
                let file = file.display();
                both(
                    format!("ce n’est pas la phrase de passe de {file}, ou son début est abîmé; rien n’a été changé"),
                    format!("this is not the passphrase of {file}, or its beginning is damaged; nothing was changed"),
                )
            }
            Self::WrongIdentity(file) => {
                let file = file.display();
                both(
                    format!("aucune de ces clés privées n’ouvre {file}, ou son début est abîmé; rien n’a été changé"),
                    format!(
                        "none of these private keys opens {file}, or its beginning is damaged; nothing was changed"
                    ),
                )
            }
            Self::Damaged { file, offset } => {
                let file = file.display();
                both(
                    format!(
                        "{file} est coupé ou abîmé avant l’octet {offset} : prenez-en une autre copie, ou une autre sauvegarde; rien n’a été changé"
                    ),
                    format!(
                        "{file} is cut or damaged before byte {offset}: take another copy of it, or another backup; nothing was changed"
                    ),
                )
            }
            Self::Newer { file, version } => {
                let file = file.display();
                both(
                    format!("{file} vient d’un camerata plus récent (format {version}) : restaurez-le avec celui-là"),
                    format!("{file} comes from a newer camerata (format {version}): restore it with that one"),
                )
            }
            Self::Foreign { file, path } => {
                let file = file.display();
                both(
                    format!(
                        "{file} n’a pas été fait par « camerata backup » : à « {path} » il ne tient pas ce qu’une sauvegarde tient. Sachez d’où il vient; rien n’a été changé"
                    ),
                    format!(
                        "{file} was not made by `camerata backup`: at `{path}` it doesn't hold what a backup holds. Find out where it comes from; nothing was changed"
                    ),
                )
            }
            Self::Differs { file, path } => {
                let file = file.display();
                both(
                    format!(
                        "{file} : {path} n’est pas ce que la sauvegarde en dit. Prenez une autre sauvegarde; rien n’a été changé"
                    ),
                    format!(
                        "{file}: {path} is not what the backup says of it. Take another backup; nothing was changed"
                    ),
                )
            }
            Self::Incomplete { file, path } => {
                let file = file.display();
                both(
                    format!("{file} : {path} manque, ou est de trop. Prenez une autre sauvegarde; rien n’a été changé"),
                    format!("{file}: {path} is missing, or too many. Take another backup; nothing was changed"),
                )
            }
            Self::WrongKey(file) => {
                let file = file.display();
                both(
                    format!(
                        "{file} contient la clé d’une autre salle. Prenez une autre sauvegarde; rien n’a été changé"
                    ),
                    format!("{file} holds another room's key. Take another backup; nothing was changed"),
                )
            }
            Self::Snapshot(error) => snapshot(error),
            Self::Database(error) => both(
                format!(
                    "la base de cette sauvegarde ne s’ouvre pas : un camerata plus récent l’a peut-être faite ({error})"
                ),
                format!("the database of this backup doesn't open: a newer camerata may have made it ({error})"),
            ),
            Self::Key(error) => {
                both(format!("une clé de la sauvegarde ne peut pas servir ({error})"), error.to_string())
            }
            Self::Store(error) => store(error),
            Self::File { path, source } => file(path, source),
        }
    }
}
