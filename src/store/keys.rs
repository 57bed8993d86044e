//! The room's keys: one that makes pseudonyms, and one for each audience version's file. They lie outside the data.

use crate::identity::{HashedIdentifier, Kind, Profile};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;
const ROOM_KEY: &str = "room.key";
const SIGNING_KEY: &str = "signing.key";
const NEXT_SIGNING_KEY: &str = "signing.next.key";
/// What the room key is checked against at start: HMAC of this under the key is kept in the room's database.
const CHECK: &[u8] = b"camerata room key check v1";

/// What the key of users' secrets is made of.
const PEOPLE: &[u8] = b"camerata people key v1";

/// What the order of rows is made of, before the upload's name.
const ORDER: &[u8] = b"camerata order of rows v1\0";

/// Why a key can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("the key file {path} can't be used: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file isn't 64 hexadecimal digits.
    #[error("the key file {0} doesn't hold a key (64 hexadecimal digits): restore it from the room's backup")]
    Malformed(PathBuf),
    /// Others than the owner can read it.
    #[error("the key file {0} can be read by others: `chmod 600 {0}`, and find out who read it")]
    Exposed(PathBuf),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

/// The folder of keys.
pub struct Keys {
    folder: PathBuf,
    room: Hmac<Sha256>,
}

impl Keys {
    /// Makes the folder and the room's key, readable by the owner alone.
    ///
    /// # Errors
    /// When the key is already there (it is never overwritten) or can't be written.
    pub fn create(folder: &Path) -> Result<(), KeyError> {
        let versions = folder.join("versions");
        fs::create_dir_all(&versions).map_err(|source| KeyError::File { path: versions.clone(), source })?;
        for private in [folder, &versions] {
            fs::set_permissions(private, fs::Permissions::from_mode(0o700))
                .map_err(|source| KeyError::File { path: private.to_owned(), source })?;
        }
        write_new(&folder.join(ROOM_KEY))?;
        write_new(&folder.join(SIGNING_KEY))
    }

    /// Makes the key that signs the log, for a room that was founded before it kept one. Does nothing if there is one.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create_signing(&self) -> Result<(), KeyError> {
        let path = self.folder.join(SIGNING_KEY);
        if path.exists() { Ok(()) } else { write_new(&path) }
    }

    /// Makes the key that is to sign after the present one, and gives it: a new one each time, until it takes its place.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create_next_signing(&self) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
        self.forget_next_signing()?;
        let path = self.folder.join(NEXT_SIGNING_KEY);
        write_new(&path)?;
        secret(&path)
    }

    /// The key that is to sign next, if one was made and hasn't taken its place.
    ///
    /// # Errors
    /// When it is malformed, or readable by others.
    pub fn next_signing(&self) -> Result<Option<Zeroizing<[u8; KEY_BYTES]>>, KeyError> {
        let path = self.folder.join(NEXT_SIGNING_KEY);
        if path.exists() { secret(&path).map(Some) } else { Ok(None) }
    }

    /// Puts the next key in the place of the present one, which is gone then.
    ///
    /// # Errors
    /// When it can't be moved.
    pub fn take_next_signing(&self) -> Result<(), KeyError> {
        let path = self.folder.join(SIGNING_KEY);
        let moved = fs::rename(self.folder.join(NEXT_SIGNING_KEY), &path)
            .and_then(|()| fs::File::open(&self.folder)?.sync_all());
        moved.map_err(|source| KeyError::File { path, source })
    }

    /// Removes a next key that never came to sign. No error if there is none.
    ///
    /// # Errors
    /// When it can't be removed.
    pub fn forget_next_signing(&self) -> Result<(), KeyError> {
        let path = self.folder.join(NEXT_SIGNING_KEY);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(KeyError::File { path, source }),
            _ => Ok(()),
        }
    }

    /// The key that signs the log and receipts.
    ///
    /// # Errors
    /// When it is missing, malformed, or readable by others.
    pub fn signing(&self) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
        secret(&self.folder.join(SIGNING_KEY))
    }

    /// Opens the folder and reads the room's key.
    ///
    /// # Errors
    /// When the key is missing, malformed, or readable by others.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let key = read(&folder.join(ROOM_KEY))?;
        let room = Hmac::new_from_slice(key.as_slice()).map_err(|_| KeyError::Malformed(folder.join(ROOM_KEY)))?;
        Ok(Self { folder: folder.to_owned(), room })
    }

    /// What tells this room key from another, without telling the key.
    pub fn check(&self) -> Vec<u8> {
        self.room.clone().chain_update(CHECK).finalize().into_bytes().to_vec()
    }

    /// The key under which secrets of the room's users are sealed: made of the room's own, so that gateways that share it, and backups,
    /// have it too. No pseudonym or check is made of these words.
    pub fn people(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(self.room.clone().chain_update(PEOPLE).finalize().into_bytes().into())
    }

    /// The function from hashed identifiers to persons, for one profile and kind.
    pub(super) fn pseudonyms(&self, profile: Profile, kind: Kind) -> Pseudonyms {
        // Zero bytes end the words, so that no two (profile, kind) pairs run into the same input.
        Pseudonyms(self.room.clone().chain_update(format!("{profile}\0{kind}\0")))
    }

    /// The secret that decides which rows of a person count, where an upload has too many of them: made of the room's key, so that
    /// nobody who uploads can choose.
    pub(super) fn order(&self, upload: &str) -> Zeroizing<String> {
        let secret = self.room.clone().chain_update(ORDER).chain_update(upload).finalize().into_bytes();
        Zeroizing::new(hex::encode(secret))
    }

    /// Makes the key of a version's file.
    pub(super) fn create_version(&self, upload: &str) -> Result<(), KeyError> {
        write_new(&self.version_path(upload))
    }

    /// The key of a version's file, in hexadecimal.
    pub(super) fn version(&self, upload: &str) -> Result<Zeroizing<String>, KeyError> {
        read(&self.version_path(upload)).map(|key| Zeroizing::new(hex::encode(key.as_slice())))
    }

    /// Destroys the key of a version, and so the version. No error if there is none.
    pub(super) fn destroy_version(&self, upload: &str) -> Result<(), KeyError> {
        let path = self.version_path(upload);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(KeyError::File { path, source }),
            _ => Ok(()),
        }
    }

    /// Every upload that has a key.
    pub(super) fn versions(&self) -> Result<Vec<String>, KeyError> {
        let path = self.folder.join("versions");
        let failed = |source| KeyError::File { path: path.clone(), source };
        let mut uploads = Vec::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(upload) = name.to_str().and_then(|name| name.strip_suffix(".key")) {
                uploads.push(upload.to_owned());
            }
        }
        Ok(uploads)
    }

    fn version_path(&self, upload: &str) -> PathBuf {
        self.folder.join("versions").join(format!("{upload}.key"))
    }
}

/// Derives persons from hashed identifiers.
#[derive(Clone)]
pub(super) struct Pseudonyms(Hmac<Sha256>);

impl Pseudonyms {
    /// `person`: the first 8 bytes of HMAC-SHA256 (RFC 2104) under the room's key, as a signed integer.
    pub(super) fn person(&self, hash: &HashedIdentifier) -> i64 {
        let mac = self.0.clone().chain_update(hash.as_bytes()).finalize().into_bytes();
        let mut first = [0u8; 8];
        first.copy_from_slice(mac.first_chunk::<8>().unwrap_or(&[0; 8]));
        i64::from_be_bytes(first)
    }
}

/// Reads a key's file, and forgets it.
///
/// # Errors
/// When it is missing, malformed, or readable by others.
pub fn check_key(path: &Path) -> Result<(), KeyError> {
    read(path).map(|_| ())
}

fn write_new(path: &Path) -> Result<(), KeyError> {
    let mut key = Zeroizing::new([0u8; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).map_err(KeyError::Random)?;
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    write(file, key.as_slice()).map_err(|source| {
        // A full disk: half a key would be in the way of the next try.
        let _ = fs::remove_file(path);
        failed(source)
    })
}

fn write(mut file: fs::File, key: &[u8]) -> io::Result<()> {
    file.write_all(Zeroizing::new(hex::encode(key)).as_bytes())?;
    file.sync_all()
}

fn secret(path: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyError> {
    let mut key = Zeroizing::new([0u8; KEY_BYTES]);
    let bytes = read(path)?;
    key.copy_from_slice(bytes.first_chunk::<KEY_BYTES>().ok_or_else(|| KeyError::Malformed(path.to_owned()))?);
    Ok(key)
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed(path.to_owned()));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
    let key = hex::decode(text.trim()).map(Zeroizing::new).map_err(|_| KeyError::Malformed(path.to_owned()))?;
    if key.len() == KEY_BYTES { Ok(key) } else { Err(KeyError::Malformed(path.to_owned())) }
}
