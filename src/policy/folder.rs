//! The files of a policy folder, decoded, and the version that they make.

use super::{
    files::{self, Files, REQUIRED},
    letters,
    mistake::Mistake,
    nesting,
};
use crate::model::Text;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// One file's text, without its byte-order mark, its lines ended by `\n`.
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

/// SHA-256, in hex, over names and bytes, by name: each with its length before it, so that no two folders read alike.
pub(super) fn version(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for part in files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

impl Folder {
    /// Decodes the files of the folder `dir`. What isn't text is a mistake, and the rest is decoded all the same.
    pub(super) fn new(dir: &Path, files: Files, mistakes: &mut Vec<Mistake>) -> Self {
        let version = version(&files.bytes);
        let mut sources: BTreeMap<String, Option<Source>> = files.lost.into_iter().map(|name| (name, None)).collect();
        for (name, bytes) in files.bytes {
            let source = decode(dir.join(&name), bytes, mistakes);
            sources.insert(name, source);
        }
        for name in REQUIRED {
            if !sources.contains_key(name) {
                mistakes.push(files::missing(&dir.join(name)));
            }
        }
        Self { dir: dir.to_owned(), files: sources, version }
    }

    /// A file by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Source> {
        self.files.get(name)?.as_ref()
    }

    /// Whether there is a file of this name, be it one whose text can't be had.
    pub(super) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The path that a file of this name has.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The agreements' files, by name.
    pub(super) fn agreements(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter_map(|(name, source)| source.as_ref().filter(|_| name.ends_with(".cedar")))
    }

    /// Whether every agreement's text could be had.
    pub(super) fn has_all_agreements(&self) -> bool {
        self.files.iter().all(|(name, source)| source.is_some() || !name.ends_with(".cedar"))
    }

    /// SHA-256, in hex, over the names and bytes of all files that mean something, by name.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

pub(super) fn decode(path: PathBuf, bytes: Vec<u8>, mistakes: &mut Vec<Mistake>) -> Option<Source> {
    match String::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
            let source = Source { path, text: text.into() };
            let is_cedar = source.path.extension().is_some_and(|end| end == "cedar" || end == "cedarschema");
            let too_deep = || nesting::too_deep(&source).filter(|_| is_cedar);
            match letters::invisible(&source).or_else(too_deep) {
                Some(mistake) => mistakes.push(mistake),
                None => return Some(source),
            }
            None
        }
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
