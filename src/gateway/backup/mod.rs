//! Backups: a whole room in one encrypted file, made while the room is served; and a room made from one.
//!
//! Promises:
//! - a backup is of one moment: its database, and the very files and keys which that database names;
//! - it can be read by whoever has its passphrase or private key, and by nobody else; the room's keys are in it, for without them nothing
//!   in it could be read;
//! - a restore makes a room that is whole, or leaves nothing behind;
//! - a restored room isn't served before someone has looked at what was spent since ([`super::restored`]).
//!
//! Not in it: open uploads, and what the room makes anew when it opens.

mod archive;
pub(super) mod aside;
mod backup_error;
mod collect;
mod manifest;
mod restore;
mod restore_error;
mod seal;
mod words;

pub use archive::Progress;
pub use backup_error::BackupError;
pub use manifest::{Item, Manifest};
pub use restore::restore;
pub use restore_error::RestoreError;
pub use seal::{Opener, Passphrase, Seal, SealError};

use self::{
    archive::WriteError,
    aside::{Aside, part},
    collect::{Collected, Source},
    manifest::{DATABASE, FORMAT, VERSION, room_name},
};
use super::{Config, OpenRoomError, restored::MARKER, room::open_database};
use crate::{
    audit,
    model::Clock,
    proof::{Event, What},
};
use jiff::Timestamp;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Writes a backup of a room, which may be served meanwhile, to a new file; returns what is in it.
///
/// # Errors
/// When the folder is no room that can be backed up so, the file is there already, or something can't be read or written. No file is
/// there then but one that was there before.
pub async fn backup(
    room: &Path,
    file: &Path,
    seal: &Seal,
    clock: &dyn Clock,
    progress: Progress<'_>,
) -> Result<Manifest, BackupError> {
    let file = std::path::absolute(file).map_err(|source| BackupError::file(file, source))?;
    can_be_backed_up(room)?;
    if file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(file));
    }
    if let Err(error) = told(room, clock).await {
        // On a full disk a backup is all the more wanted.
        tracing::warn!(%error, "the log could not be told of the backup");
    }
    // The moment is read first: what the database shows is at least as new.
    let taken = clock.now();
    let collected = collect::collect(room, taken).await?;
    let total = 2 * size(&collected.sources)?;
    let mut done = 0;
    let mut progressed = |bytes| {
        done += bytes;
        progress(done, total);
    };
    let manifest = manifest(&collected, taken, &mut progressed)?;
    write(&file, seal, &manifest, &collected.sources, &mut progressed)?;
    Ok(manifest)
}

/// Tells everyone by the log that a copy of the room is being made; the copy holds the entry.
async fn told(room: &Path, clock: &dyn Clock) -> Result<(), OpenRoomError> {
    let database = open_database(room).await?;
    audit::tell(&database, clock, Event::public(What::BackedUp, None)).await?;
    database.close().await;
    Ok(())
}

fn can_be_backed_up(room: &Path) -> Result<(), BackupError> {
    // A server's own tools copy its database; a file `room.sqlite` would be an old one.
    if Config::load(room)?.database(room).is_shared() {
        return Err(BackupError::Elsewhere);
    }
    if !room.join(DATABASE).is_file() {
        return Err(BackupError::NotARoom(room.to_owned()));
    }
    // What such a room has to be compared with would be lost if its backup took its place.
    if room.join(MARKER).exists() {
        return Err(BackupError::Pending(room.to_owned()));
    }
    Ok(())
}

fn size(sources: &[Source]) -> Result<u64, BackupError> {
    let mut size = 0;
    for source in sources {
        size += source.size().map_err(|error| BackupError::file(&PathBuf::from(&source.path), error))?;
    }
    Ok(size)
}

fn manifest(collected: &Collected, taken: Timestamp, told: &mut dyn FnMut(u64)) -> Result<Manifest, BackupError> {
    let measured = |source: &Source| {
        archive::measure(source, told).map_err(|error| BackupError::file(&PathBuf::from(&source.path), error))
    };
    Ok(Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        room: room_name(&collected.founding),
        founded: collected.founding.founded.clone(),
        taken,
        newest: collected.newest.clone(),
        checkpoint: collected.checkpoint.clone(),
        files: collected.sources.iter().map(measured).collect::<Result<_, _>>()?,
    })
}

fn write(
    file: &Path,
    seal: &Seal,
    manifest: &Manifest,
    sources: &[Source],
    told: &mut dyn FnMut(u64),
) -> Result<(), BackupError> {
    let part = part(file);
    let (aside, output) = Aside::file(&part).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::InTheWay(part.clone()),
        _ => BackupError::file(&part, source),
    })?;
    archive::write(output, seal, manifest, sources, told).map_err(|error| match error {
        WriteError::Output(source) => BackupError::file(&part, source),
        WriteError::Source(path, source) => BackupError::file(&PathBuf::from(path), source),
        WriteError::Changed(path) => BackupError::Changed(path),
        WriteError::Name(path) => BackupError::Name(path),
    })?;
    aside.publish_file(file).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
        _ => BackupError::file(file, source),
    })
}
