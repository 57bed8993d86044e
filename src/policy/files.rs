//! Which files a policy folder has, and reading them from disk, within limits.

use super::{folder::Source, mistake::Mistake, suggestion::near};
use crate::model::Text;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// Largest policy file, in bytes: a thousand times what people write by hand.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Largest folder, in bytes.
const FOLDER_BYTES_MAX: u64 = 16 << 20;
/// Most files of a folder: twice the agreements of a large co-operative.
const FILES_MAX: usize = 20_000;
/// The schema's file.
pub(super) const SCHEMA: &str = "schema.cedarschema";
/// The tariffs' file.
pub(super) const TARIFFS: &str = "tariffs.toml";
/// Files that a folder must have.
pub(super) const REQUIRED: [&str; 6] =
    ["room.toml", "members.toml", "vocabulary.toml", "purposes.toml", "privacy.toml", SCHEMA];
/// Files that it may have.
const OPTIONAL: [&str; 2] = ["cases.toml", TARIFFS];

/// The bytes of a folder's files, by name.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) bytes: BTreeMap<String, Vec<u8>>,
    /// Files that are there but can't be had, which is already a mistake.
    pub(super) lost: BTreeSet<String>,
}

impl Files {
    /// Reads a folder. What can't be read is a mistake, and the rest is read all the same.
    pub(super) fn read(dir: &Path, mistakes: &mut Vec<Mistake>) -> Self {
        let mut files = Self::default();
        let names = match names(dir) {
            Ok(names) => names,
            Err(error) => {
                mistakes.push(unreadable(dir, &Unread::System(error)));
                return Self::nothing();
            }
        };
        if names.len() > FILES_MAX {
            mistakes.push(too_many(dir));
            return Self::nothing();
        }
        let mut left = FOLDER_BYTES_MAX;
        for name in names {
            let path = dir.join(&name);
            if !is_known(&name) {
                mistakes.push(stranger(&name, &path));
                continue;
            }
            match read_bytes(&path, left) {
                Ok(Some(bytes)) => {
                    left = left.saturating_sub(bytes.len() as u64);
                    files.bytes.insert(name, bytes);
                }
                Ok(None) => {
                    mistakes.push(too_large(dir));
                    return Self::nothing();
                }
                Err(error) => {
                    mistakes.push(unreadable(&path, &error));
                    files.lost.insert(name);
                }
            }
        }
        files
    }

    /// Takes files that are in memory, within the limits that hold on disk.
    pub(super) fn take(origin: &Path, given: BTreeMap<String, Vec<u8>>, mistakes: &mut Vec<Mistake>) -> Self {
        let mut files = Self::default();
        let total = given.values().map(|bytes| bytes.len() as u64).fold(0, u64::saturating_add);
        let within = given.len() <= FILES_MAX && total <= FOLDER_BYTES_MAX;
        if !within {
            mistakes.push(if given.len() > FILES_MAX { too_many(origin) } else { too_large(origin) });
            return Self::nothing();
        }
        for (name, bytes) in given {
            let path = origin.join(&name);
            if !is_known(&name) {
                mistakes.push(stranger(&name, &path));
            } else if bytes.len() as u64 > FILE_BYTES_MAX {
                mistakes.push(unreadable(&path, &Unread::TooLarge));
                files.lost.insert(name);
            } else {
                files.bytes.insert(name, bytes);
            }
        }
        files
    }

    /// A folder that isn't read: nothing in it is missing.
    fn nothing() -> Self {
        let lost = REQUIRED.into_iter().chain(OPTIONAL).map(str::to_owned).collect();
        Self { bytes: BTreeMap::new(), lost }
    }
}

fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Hidden files, editors' backups and notes to readers are not policy.
        if !(name.starts_with('.') || name.ends_with('~') || name.to_ascii_lowercase().ends_with(".md")) {
            names.push(name);
        }
        if names.len() > FILES_MAX {
            break;
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Names come from disk or from a request: one with a folder in it is no file of this folder.
fn is_known(name: &str) -> bool {
    let agreement = name.ends_with(".cedar") && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    agreement || REQUIRED.contains(&name) || OPTIONAL.contains(&name)
}

/// Why a file, or the folder, isn't read.
enum Unread {
    /// It is larger than any policy.
    TooLarge,
    /// It is a folder, a device or a pipe.
    NotAFile,
    /// The system refuses.
    System(io::Error),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// The file's bytes; `None` if they are more than what is `left` of the folder. Reading stops where a policy file would end.
fn read_bytes(path: &Path, left: u64) -> Result<Option<Vec<u8>>, Unread> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Unread::NotAFile);
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let length = bytes.len() as u64;
    if length > FILE_BYTES_MAX {
        return Err(Unread::TooLarge);
    }
    Ok((length <= left).then_some(bytes))
}

pub(super) fn nowhere(path: &Path) -> Source {
    Source { path: path.to_owned(), text: "".into() }
}

fn unreadable(path: &Path, why: &Unread) -> Mistake {
    let (message, help) = match why {
        Unread::TooLarge => (
            Text::new("ce fichier a plus de 1 Mio", "this file has more than 1 MiB"),
            Text::new("une entente par fichier : divisez-le", "one agreement a file: split it"),
        ),
        Unread::NotAFile => (
            Text::new("ce n'est pas un fichier", "this isn't a file"),
            Text::new("retirez-le du dossier des politiques", "take it out of the policy folder"),
        ),
        Unread::System(error) => (
            Text::new(format!("lecture impossible (système : {error})"), format!("can't be read: {error}")),
            Text::new("vérifiez le chemin, et qui peut le lire", "check the path, and who may read it"),
        ),
    };
    Mistake::new(&nowhere(path), 0..0, message).with_help(help)
}

pub(super) fn missing(path: &Path) -> Mistake {
    let help = Text::new(
        "copiez celui d'une salle pilote (`camerata init DOSSIER`), puis adaptez-le",
        "copy a pilot room's (`camerata init DIR`), then adapt it",
    );
    Mistake::new(&nowhere(path), 0..0, Text::new("ce fichier manque", "this file is missing")).with_help(help)
}

fn stranger(name: &str, path: &Path) -> Mistake {
    let message = Text::new("ce fichier ne fait pas partie des politiques", "this file isn't part of the policies");
    let ending = Text::new(
        "une entente se termine par `.cedar` ; retirez du dossier ce qui n'est pas une politique",
        "an agreement ends in `.cedar`; take out of the folder what isn't policy",
    );
    let near = near(name, REQUIRED.into_iter().chain(OPTIONAL));
    Mistake::new(&nowhere(path), 0..0, message).with_help(near.unwrap_or(ending))
}

fn too_large(dir: &Path) -> Mistake {
    let message = Text::new("ce dossier a plus de 16 Mio", "this folder has more than 16 MiB");
    Mistake::new(&nowhere(dir), 0..0, message).with_help(only_policy())
}

fn too_many(dir: &Path) -> Mistake {
    let message = Text::new("ce dossier a plus de 20 000 fichiers", "this folder has more than 20,000 files");
    Mistake::new(&nowhere(dir), 0..0, message).with_help(only_policy())
}

fn only_policy() -> Text {
    Text::new(
        "est-ce bien le dossier des politiques ? retirez-en ce qui n'en est pas une",
        "is it really the policy folder? take out of it what isn't policy",
    )
}
