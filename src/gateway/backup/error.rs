//! Why a backup can't be made, or a room made from one; with what to do, in both languages.

use super::{archive::ReadError, manifest::ManifestError, seal::OpenError};
use crate::{
    database::{OpenError as DatabaseError, SnapshotError},
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
            Self::Key(error) => both(format!("une clé de la salle ne peut pas servir ({error})"), error.to_string()),
            Self::Store(error) => store(error),
            Self::File { path, source } => file(path, source),
        }
    }
}

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

fn both(fr: impl Into<String>, en: impl Into<String>) -> Text {
    Text::new(fr, en)
}

fn file(path: &Path, source: &io::Error) -> Text {
    let path = path.display();
    both(format!("{path} : {source}"), format!("{path}: {source}"))
}

fn in_the_way(part: &Path) -> Text {
    let part = part.display();
    both(
        format!("{part} est déjà là, laissé par une commande interrompue ou encore en cours : attendez-la, ou ôtez-le"),
        format!(
            "{part} is there already, left by a command that was cut or is still running: wait for it, or remove it"
        ),
    )
}

fn snapshot(error: &SnapshotError) -> Text {
    let fr = match error {
        SnapshotError::Sqlite { file, source } => {
            format!("la base {} ne peut être ni copiée ni lue ({source})", file.display())
        }
        SnapshotError::Damaged { file, found } => format!("la base {} est abîmée : {found}", file.display()),
        SnapshotError::Unfounded(file) => format!("la base {} n’est pas celle d’une salle", file.display()),
    };
    let en = match error {
        SnapshotError::Sqlite { source, .. } => format!("{error} ({source})"),
        _ => error.to_string(),
    };
    both(fr, en)
}

fn store(error: &StoreError) -> Text {
    both(format!("la base de la salle ne dit pas clairement quels auditoires elle tient ({error})"), error.to_string())
}
