//! Whether versions' files are what they were when they came into force: their length, and SHA-256 piece by piece.

use super::{Store, StoreError, versions::version_from};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use sqlx::Row;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes of a piece. Part of what is stored: never changed.
const PIECE: u64 = 4 << 20;

/// What a file was when its version came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) bytes: u64,
    /// The pieces' SHA-256, one after the other.
    pub(super) hashes: Vec<u8>,
}

/// A file that isn't what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Which file.
    pub file: PathBuf,
    /// From which byte on it may differ; it was whole before that.
    pub offset: u64,
}

impl Fingerprint {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let bytes = path.metadata()?.len();
        let hashes: Vec<Vec<u8>> =
            (0..bytes.div_ceil(PIECE)).into_par_iter().map(|piece| hash(path, piece)).collect::<io::Result<_>>()?;
        Ok(Self { bytes, hashes: hashes.concat() })
    }

    /// The first byte of the first piece that isn't what it was.
    fn differs(&self, path: &Path) -> io::Result<Option<u64>> {
        let bytes = match path.metadata() {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(0)),
            Err(error) => return Err(error),
        };
        let whole = self.hashes.par_chunks_exact(32).enumerate().map(|(piece, expected)| {
            let piece = piece as u64;
            Ok(if hash(path, piece)? == expected { None } else { Some(piece * PIECE) })
        });
        let first = whole.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().min();
        // Cut off or grown: it differs from the shorter length on.
        let length = (bytes != self.bytes).then(|| bytes.min(self.bytes));
        Ok(match (first, length) {
            (Some(piece), Some(length)) if length < piece + PIECE => Some(length.max(piece)),
            (piece, length) => piece.or(length),
        })
    }
}

fn hash(path: &Path, piece: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(piece * PIECE))?;
    let mut bytes = Vec::new();
    file.take(PIECE).read_to_end(&mut bytes)?;
    Ok(Sha256::digest(&bytes).to_vec())
}

impl Store {
    /// The first file of a version in force that isn't what it was when it came into force. Reads all of them.
    ///
    /// # Errors
    /// When the database or a file can't be read.
    pub async fn damaged(&self) -> Result<Option<Damaged>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.id, v.member, v.audience, v.upload, v.declaration, v.kinds, v.rows_max, v.created, f.bytes, f.hashes
             FROM versions v JOIN version_files f ON f.version = v.id WHERE v.in_force = 1 ORDER BY v.id",
        )
        .fetch_all(self.database.pool())
        .await?;
        let mut files = Vec::new();
        for row in &rows {
            let version = version_from(row)?;
            let bytes = u64::try_from(row.try_get::<i64, _>("bytes")?).map_err(|_| StoreError::Corrupt)?;
            let file = self.version_file(version.audience.member.as_str(), &version.upload);
            files.push((file, Fingerprint { bytes, hashes: row.try_get("hashes")? }));
        }
        let checked = tokio::task::spawn_blocking(move || {
            for (file, fingerprint) in files {
                if let Some(offset) = fingerprint.differs(&file)? {
                    return Ok(Some(Damaged { file, offset }));
                }
            }
            Ok(None)
        });
        checked.await.map_err(|error| StoreError::Files(io::Error::other(error)))?.map_err(StoreError::Files)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn any_byte_that_differs_is_found_in_its_piece() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let whole: Vec<u8> = (0..PIECE * 2 + 100).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &whole).unwrap();
        let fingerprint = Fingerprint::of(&path).unwrap();
        assert_eq!(fingerprint.differs(&path).unwrap(), None);
        for (at, piece) in [(0, 0), (PIECE - 1, 0), (PIECE, PIECE), (PIECE * 2 + 99, PIECE * 2)] {
            let mut spoilt = whole.clone();
            spoilt[at as usize] ^= 64;
            std::fs::write(&path, &spoilt).unwrap();
            assert_eq!(fingerprint.differs(&path).unwrap(), Some(piece), "byte {at}");
        }
        for length in [0, 5, PIECE, PIECE + 7, PIECE * 2 + 99] {
            std::fs::write(&path, &whole[..length as usize]).unwrap();
            assert_eq!(fingerprint.differs(&path).unwrap(), Some(length), "cut to {length}");
        }
        std::fs::write(&path, [whole.as_slice(), &[0]].concat()).unwrap();
        assert_eq!(fingerprint.differs(&path).unwrap(), Some(PIECE * 2 + 100), "grown");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(fingerprint.differs(&path).unwrap(), Some(0));
    }
}
