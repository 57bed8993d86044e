//! A room made from a backup: extracted aside, checked as a room that opens is, and given its name last.

use super::{
    Opener, Progress, RestoreError,
    archive::{self, ReadError},
    aside::{Aside, make_file, make_folder, part, sync_folder},
    manifest::{DATABASE, Manifest, WHOLE, room_name},
};
use crate::{
    database::{Database, Place, Snapshot},
    gateway::restored::{MARKER, Restored},
    model::Clock,
    store::{self, Keys},
};
use jiff::tz::TimeZone;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// The folders of an empty room.
const FOLDERS: [&str; 4] = ["data", "staging", "keys", "keys/versions"];

/// Makes a room in a new or empty folder from a backup; returns what was in it.
///
/// # Errors
/// When the backup can't be opened, is cut, damaged or not sound, or something can't be written. Nothing of it is left then.
pub async fn restore(
    file: &Path,
    folder: &Path,
    opener: &Opener,
    clock: &dyn Clock,
    progress: Progress<'_>,
) -> Result<Manifest, RestoreError> {
    let input = File::open(file).map_err(|source| RestoreError::file(file, source))?;
    let folder = std::path::absolute(folder).map_err(|source| RestoreError::file(folder, source))?;
    // `a/b/` is `a/b`.
    let folder: PathBuf = folder.components().collect();
    is_free(&folder)?;
    let part = part(&folder);
    let aside = Aside::folder(&part).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => RestoreError::InTheWay(part.clone()),
        _ => RestoreError::file(&part, source),
    })?;
    let extracted = extract(input, opener, aside.path(), progress);
    let manifest = extracted.map_err(|error| RestoreError::of_archive(file, &part, error))?;
    check(file, aside.path(), &manifest).await?;
    mark(aside.path(), &manifest, clock).map_err(|source| RestoreError::file(&part, source))?;
    aside.publish_folder(&folder).map_err(|source| match source.kind() {
        io::ErrorKind::DirectoryNotEmpty => RestoreError::NotEmpty(folder.clone()),
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => RestoreError::MountPoint(folder.clone()),
        _ => RestoreError::file(&folder, source),
    })?;
    Ok(manifest)
}

/// Whether a room can be made there; looked at before anything long begins.
fn is_free(folder: &Path) -> Result<(), RestoreError> {
    let Ok(metadata) = fs::symlink_metadata(folder) else { return Ok(()) };
    let empty = metadata.is_dir() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if !empty {
        return Err(RestoreError::NotEmpty(folder.to_owned()));
    }
    // A folder that something is mounted on can't be replaced.
    let above = folder.parent().and_then(|parent| fs::metadata(parent).ok());
    if above.is_none_or(|above| above.dev() != metadata.dev()) {
        return Err(RestoreError::MountPoint(folder.to_owned()));
    }
    Ok(())
}

fn extract(input: File, opener: &Opener, into: &Path, progress: Progress<'_>) -> Result<Manifest, ReadError> {
    for folder in FOLDERS.iter().chain(&WHOLE) {
        make_folder(&into.join(folder)).map_err(|error| ReadError::Kept((*folder).to_owned(), error))?;
    }
    archive::read(input, opener, progress, &mut |path| {
        let path = into.join(path);
        let mut missing: Vec<&Path> = path.ancestors().skip(1).take_while(|above| !above.is_dir()).collect();
        while let Some(above) = missing.pop() {
            make_folder(above)?;
        }
        make_file(&path)
    })
}

/// What a room that opens is checked for, but for the engine: this machine may not have it yet.
async fn check(file: &Path, folder: &Path, manifest: &Manifest) -> Result<(), RestoreError> {
    let database = folder.join(DATABASE);
    let snapshot = Snapshot::open(&database).await?;
    snapshot.check().await?;
    let founding = snapshot.founding().await?;
    let keys = Keys::open(&folder.join("keys"))?;
    if founding.key_check != keys.check() || room_name(&founding) != manifest.room {
        return Err(RestoreError::WrongKey(file.to_owned()));
    }
    let held = store::held(&snapshot, manifest.taken.to_zoned(TimeZone::UTC).date()).await?;
    snapshot.close().await;
    let wanted: BTreeSet<String> = held.iter().flat_map(|version| [version.data(), version.key()]).collect();
    let of_versions = |path: &&String| path.starts_with("data/") || path.starts_with("keys/versions/");
    let there: BTreeSet<String> = manifest.files.iter().map(|item| &item.path).filter(of_versions).cloned().collect();
    if let Some(path) = wanted.symmetric_difference(&there).next() {
        return Err(RestoreError::Incomplete { file: file.to_owned(), path: path.clone() });
    }
    for version in &held {
        let path = folder.join(version.key());
        store::check_key(&path)?;
    }
    // Brings its tables up to date, as opening the room would: a database of a newer program is refused here.
    let opened = Database::open(&Place::in_folder(folder)).await?;
    opened.close().await;
    let synced = File::open(&database).and_then(|file| file.sync_all());
    synced.map_err(|source| RestoreError::file(&database, source))
}

/// Leaves word that the room was restored, and makes all of it durable.
fn mark(folder: &Path, manifest: &Manifest, clock: &dyn Clock) -> io::Result<()> {
    let restored = Restored {
        room: manifest.room.clone(),
        taken: manifest.taken,
        restored: clock.now(),
        newest: manifest.newest.clone(),
        checkpoint: manifest.checkpoint.clone(),
    };
    let mut file = make_file(&folder.join(MARKER))?;
    file.write_all(&serde_json::to_vec_pretty(&restored)?)?;
    file.sync_all()?;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
        sync_folder(&next)?;
    }
    Ok(())
}
