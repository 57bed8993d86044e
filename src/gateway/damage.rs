//! Where in the room's database file damage lies: for whoever has to decide between mending and restoring.

use super::OpenRoomError;
use crate::{
    audit::{Finding, Verified, stored, verify},
    database::{Database, Place, records},
    proof::PublicKey,
};
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// First bytes of an SQLite file, of which the header's first 100 bytes tell page size and length
/// (sqlite.org/fileformat2.html, section 1.3).
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of a stored value that are looked for: more may lie on several pages.
const NEEDLE_MAX: usize = 200;

/// A finding, and the byte of the file at which it lies, where that can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// What isn't as it should be.
    pub finding: Finding,
    /// The file, and the byte in it.
    pub place: Option<(PathBuf, u64)>,
}

/// Opens the room's database if it isn't damaged as a file.
///
/// # Errors
/// When it is cut off, isn't SQLite's, or SQLite finds damage in it.
pub(super) async fn open(place: &Place) -> Result<Database, OpenRoomError> {
    let Place::File(file) = place else { return Ok(Database::open(place).await?) };
    if let Some(offset) = cut(file).map_err(|source| OpenRoomError::File { path: file.clone(), source })? {
        return Err(OpenRoomError::DamagedFile { file: file.clone(), offset: Some(offset) });
    }
    let damaged = |offset| OpenRoomError::DamagedFile { file: file.clone(), offset };
    let database =
        Database::open(place).await.map_err(|error| if error.is_damage() { damaged(None) } else { error.into() })?;
    match database.damage().await {
        Ok(None) => Ok(database),
        Ok(Some(offset)) => Err(damaged(offset)),
        Err(_) => Err(damaged(None)),
    }
}

/// Where the file ends before it should, or begins otherwise than it should. Pages may still be in the write-ahead log alone, so a
/// file that has one says nothing about its length.
fn cut(file: &Path) -> std::io::Result<Option<u64>> {
    let mut header = Vec::new();
    File::open(file)?.take(100).read_to_end(&mut header)?;
    let length = file.metadata()?.len();
    let alone = fs::metadata(wal(file)).map_or(true, |log| log.len() == 0);
    if length == 0 && !alone {
        return Ok(None);
    }
    if let Some(at) = (0..MAGIC.len()).find(|at| header.get(*at) != MAGIC.get(*at)) {
        return Ok(Some(at as u64));
    }
    let number = |at: usize, bytes: usize| {
        header.get(at..at + bytes).map(|bytes| bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    let (Some(page), Some(pages)) = (number(16, 2), number(28, 4)) else { return Ok(Some(length)) };
    let page = if page == 1 { 65_536 } else { page };
    Ok((alone && length < page * pages).then_some(length))
}

/// Verifies the log and the tables, and finds where in the file what differs lies.
///
/// # Errors
/// When something isn't as it should be, or can't be read at all.
pub(super) async fn verified(
    database: &Database,
    place: &Place,
    keys: &[PublicKey],
) -> Result<Verified, OpenRoomError> {
    let verified = match (verify(database, keys, &[]).await, place) {
        (Ok(verified), _) => verified,
        (Err(_), Place::File(file)) => return Err(OpenRoomError::DamagedFile { file: file.clone(), offset: None }),
        (Err(error), _) => return Err(error.into()),
    };
    if verified.findings.is_empty() {
        return Ok(verified);
    }
    let mut located = Vec::new();
    for finding in verified.findings {
        let needle = needle(database, &finding).await;
        let found = match (place, needle) {
            (Place::File(file), Some(needle)) => search(file, &needle),
            _ => None,
        };
        located.push(Located { finding, place: found });
    }
    Err(OpenRoomError::Damaged(located))
}

/// What of a finding can be looked for in the file: the bytes as they are stored now.
async fn needle(database: &Database, finding: &Finding) -> Option<Vec<u8>> {
    let record = match finding {
        Finding::RecordChanged { record, .. } | Finding::RecordUnlogged { record } => record.parse().ok()?,
        Finding::EntryChanged { position }
        | Finding::EntryUnreadable { position }
        | Finding::EntryMoved { position, .. }
        | Finding::RowsChanged { position }
        | Finding::TimeBackwards { position } => return stored(database, *position).await.ok(),
        _ => return None,
    };
    let mut connection = database.pool().acquire().await.ok()?;
    records::longest(&mut connection, &record).await.ok().flatten()
}

/// The first place of some bytes in the database's file or its write-ahead log.
fn search(file: &Path, needle: &[u8]) -> Option<(PathBuf, u64)> {
    let needle = needle.get(..needle.len().min(NEEDLE_MAX)).filter(|needle| needle.len() >= 4)?;
    [file.to_owned(), wal(file)].into_iter().find_map(|path| {
        let bytes = fs::read(&path).ok()?;
        let at = memchr::memmem::find(&bytes, needle)?;
        Some((path, at as u64))
    })
}

/// Where SQLite keeps what isn't in its file yet.
fn wal(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}
