//! The files of a policy folder, as they are on disk.

use super::mistake::{Mistake, suggestion};
use crate::model::Text;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Largest policy file, in bytes: a thousand times what people write by hand.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The schema's file.
pub(super) const SCHEMA: &str = "schema.cedarschema";
/// Files that a folder must have.
const REQUIRED: [&str; 6] = ["room.toml", "members.toml", "vocabulary.toml", "purposes.toml", "privacy.toml", SCHEMA];
/// Files that it may have.
const OPTIONAL: [&str; 1] = ["cases.toml"];

/// One file's text, without its byte-order mark.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: Arc<str>,
}

/// All files of a folder that mean something.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    /// `None` for a file whose text can't be had, which is already a mistake.
    files: BTreeMap<String, Option<Source>>,
    version: String,
}

impl Folder {
    /// Reads a folder. What can't be read is a mistake, and the rest is read all the same.
    pub(super) fn read(dir: &Path, mistakes: &mut Vec<Mistake>) -> Self {
        let mut folder = Self { dir: dir.to_owned(), files: BTreeMap::new(), version: String::new() };
        let mut hash = Sha256::new();
        let names = match file_names(dir) {
            Ok(names) => names,
            Err(error) => {
                mistakes.push(unreadable(dir, &error));
                return folder;
            }
        };
        for name in names {
            let path = dir.join(&name);
            if !is_known(&name) {
                mistakes.push(stranger(&name, &path));
                continue;
            }
            match read_bytes(&path) {
                Ok(bytes) => {
                    for part in [name.as_bytes(), &bytes] {
                        hash.update((part.len() as u64).to_be_bytes());
                        hash.update(part);
                    }
                    let source = decode(path, bytes, mistakes);
                    folder.files.insert(name, source);
                }
                Err(error) => {
                    mistakes.push(unreadable(&path, &error));
                    folder.files.insert(name, None);
                }
            }
        }
        folder.version = hex::encode(hash.finalize());
        for name in REQUIRED {
            if !folder.files.contains_key(name) {
                mistakes.push(missing(&dir.join(name)));
            }
        }
        folder
    }

    /// A file by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Source> {
        self.files.get(name)?.as_ref()
    }

    /// The path that a file of this name has.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The agreements' files, by name.
    pub(super) fn agreements(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter_map(|(name, source)| source.as_ref().filter(|_| name.ends_with(".cedar")))
    }

    /// SHA-256, in hex, over the names and bytes of all files that mean something, by name.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

fn file_names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Hidden files, editors' backups and notes to readers are not policy.
        if !(name.starts_with('.') || name.ends_with('~') || name.to_ascii_lowercase().ends_with(".md")) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn is_known(name: &str) -> bool {
    name.ends_with(".cedar") || REQUIRED.contains(&name) || OPTIONAL.contains(&name)
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB"));
    }
    Ok(bytes)
}

fn decode(path: PathBuf, bytes: Vec<u8>, mistakes: &mut Vec<Mistake>) -> Option<Source> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source { path, text: text.strip_prefix('\u{feff}').unwrap_or(&text).into() }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let source = Source { path, text: String::from_utf8_lossy(error.as_bytes()).into() };
            let message = Text::new("ce fichier n'est pas en UTF-8", "this file isn't UTF-8");
            let help = Text::new(
                "enregistrez-le de nouveau avec l'encodage UTF-8 ; les accents y sont sans doute en Windows-1252",
                "save it again with the encoding UTF-8; its accents are probably in Windows-1252",
            );
            mistakes.push(Mistake::new(&source, at..at, message).with_help(help));
            None
        }
    }
}

fn nowhere(path: &Path) -> Source {
    Source { path: path.to_owned(), text: "".into() }
}

fn unreadable(path: &Path, error: &io::Error) -> Mistake {
    let message = Text::new(format!("lecture impossible : {error}"), format!("can't be read: {error}"));
    let help = (error.kind() == io::ErrorKind::FileTooLarge).then(|| {
        Text::new("un fichier de politiques a au plus 1 Mio ; divisez-le", "a policy file has at most 1 MiB; split it")
    });
    Mistake::new(&nowhere(path), 0..0, message).with_help(help)
}

fn missing(path: &Path) -> Mistake {
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
    let near = suggestion(name, REQUIRED.into_iter().chain(OPTIONAL)).filter(|text| text.en.starts_with("did"));
    Mistake::new(&nowhere(path), 0..0, message).with_help(near.unwrap_or(ending))
}
