//! Getting hold of a room's files while another process serves it.
//!
//! The database is copied as it stands at one moment. The files it names never change, but they are destroyed once another version is in
//! force: so each gets a second name in a folder of our own, and if one was gone before it could, everything begins again from a newer
//! copy. Keys are only held in memory: destroying a version's key must not leave a copy of it behind in the room.

use super::{
    BackupError,
    aside::Aside,
    manifest::{BESIDE, DATABASE, DEPTH_MAX, WHOLE, has_a_place},
};
use crate::{
    database::{Founding, Snapshot},
    store::{self, Held, Keys},
};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The folder in the room where a backup is prepared, on the same file system as the audiences; and the lock that its maker holds.
const FOLDER: &str = "backup";
const LOCK: &str = "backup.lock";
/// How often a version may be destroyed between the copy of the database and our hand on its file.
const TRIES: usize = 10;
/// Largest file of a key.
const KEY_BYTES_MAX: u64 = 1 << 20;

/// One file to be archived.
pub(super) struct Source {
    /// Where it lies, from the room's folder on.
    pub(super) path: String,
    content: Content,
}

enum Content {
    File(PathBuf),
    Secret(Zeroizing<Vec<u8>>),
}

impl Source {
    /// Its size now.
    pub(super) fn size(&self) -> io::Result<u64> {
        match &self.content {
            Content::File(path) => Ok(fs::metadata(path)?.len()),
            Content::Secret(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Reads it from its beginning.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.content {
            Content::File(path) => Box::new(File::open(path)?),
            Content::Secret(bytes) => Box::new(Cursor::new(bytes.as_slice())),
        })
    }
}

/// Everything of a room, held still.
pub(super) struct Collected {
    pub(super) sources: Vec<Source>,
    pub(super) founding: Founding,
    pub(super) newest: BTreeMap<String, i64>,
    pub(super) checkpoint: Option<String>,
    // In this order: the folder is removed before another may begin.
    _folder: Aside,
    _lock: File,
}

/// Gets hold of everything.
pub(super) async fn collect(room: &Path, taken: Timestamp) -> Result<Collected, BackupError> {
    let lock = lock(&room.join(LOCK))?;
    let keys = Keys::open(&room.join("keys"))?;
    let folder = room.join(FOLDER);
    // The lock is ours, so whoever left this was cut.
    match fs::remove_dir_all(&folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(BackupError::file(&folder, source)),
        _ => {}
    }
    let mut missing = String::new();
    for _ in 0..TRIES {
        let aside = Aside::folder(&folder).map_err(|source| BackupError::file(&folder, source))?;
        let snapshot = Snapshot::take(&room.join(DATABASE), &folder.join(DATABASE)).await?;
        snapshot.check().await?;
        let founding = snapshot.founding().await?;
        if founding.key_check != keys.check() {
            return Err(BackupError::WrongKey);
        }
        let held = store::held(&snapshot, taken.to_zoned(TimeZone::UTC).date()).await?;
        let (newest, checkpoint) = (snapshot.newest().await?, snapshot.checkpoint().await?);
        snapshot.close().await;
        let mut sources = vec![Source { path: DATABASE.to_owned(), content: Content::File(folder.join(DATABASE)) }];
        match hold(room, &folder, &held, &mut sources)? {
            Some(gone) => missing = gone,
            None => {
                copy_drafts(room, &folder, &mut sources)?;
                return Ok(Collected { sources, founding, newest, checkpoint, _folder: aside, _lock: lock });
            }
        }
    }
    Err(BackupError::Missing(missing))
}

fn lock(path: &Path) -> Result<File, BackupError> {
    let failed = |source| BackupError::file(path, source);
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::InUse),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Takes hold of the versions' files and keys, and of the room's keys; or names the first that is gone.
fn hold(room: &Path, folder: &Path, held: &[Held], sources: &mut Vec<Source>) -> Result<Option<String>, BackupError> {
    for version in held {
        let (from, to) = (room.join(version.data()), folder.join(version.data()));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(|source| BackupError::file(parent, source))?;
        }
        match link(&from, &to) {
            Ok(()) => sources.push(Source { path: version.data(), content: Content::File(to) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(version.data())),
            Err(source) => return Err(BackupError::file(&from, source)),
        }
        // Destroyed before the file is: a key that is still there after the link means that both are whole.
        match secret(&room.join(version.key())) {
            Ok(content) => sources.push(Source { path: version.key(), content }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(version.key())),
            Err(source) => return Err(BackupError::file(&room.join(version.key()), source)),
        }
    }
    let keys = room.join("keys");
    for (name, path) in plain_files(&keys)? {
        let content = secret(&path).map_err(|source| BackupError::file(&path, source))?;
        sources.push(Source { path: named(format!("keys/{name}"))?, content });
    }
    Ok(None)
}

/// A second name for a file that never changes; where there are no links, a copy.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => fs::copy(from, to).map(|_| ()),
        linked => linked,
    }
}

fn secret(path: &Path) -> io::Result<Content> {
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)?.take(KEY_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(Content::Secret(bytes))
}

/// Copies what people edit: the configuration, and drafts of agreements and templates.
fn copy_drafts(room: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<(), BackupError> {
    for name in BESIDE {
        if room.join(name).is_file() {
            sources.push(copy(room, folder, name.to_owned())?);
        }
    }
    let mut folders: Vec<String> = WHOLE.iter().map(|name| (*name).to_owned()).collect();
    while let Some(below) = folders.pop() {
        let path = room.join(&below);
        if below.split('/').count() >= DEPTH_MAX {
            return Err(BackupError::Name(below));
        }
        if !path.is_dir() {
            continue;
        }
        for (name, _) in plain_files(&path)? {
            sources.push(copy(room, folder, named(format!("{below}/{name}"))?)?);
        }
        folders.extend(entries(&path, Path::is_dir)?.into_iter().map(|(name, _)| format!("{below}/{name}")));
    }
    Ok(())
}

fn copy(room: &Path, folder: &Path, path: String) -> Result<Source, BackupError> {
    let (from, to) = (room.join(&path), folder.join(&path));
    let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(&from, &to));
    copied.map_err(|source| BackupError::file(&from, source))?;
    Ok(Source { path, content: Content::File(to) })
}

fn plain_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, BackupError> {
    entries(folder, Path::is_file)
}

/// What of a folder is of a kind, in the order of their names; links stand for what they lead to.
fn entries(folder: &Path, kind: fn(&Path) -> bool) -> Result<Vec<(String, PathBuf)>, BackupError> {
    let failed = |source| BackupError::file(folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if kind(&path) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

/// The path, if a backup can hold it.
fn named(path: String) -> Result<String, BackupError> {
    if has_a_place(&path) && !path.contains('\u{fffd}') { Ok(path) } else { Err(BackupError::Name(path)) }
}

#[cfg(test)]
#[path = "collect_tests.rs"]
mod tests;
