//! Where a machine keeps its token for a room: in the system's keyring, or, where there is none, in a file for its user alone.

use crate::cli::{
    connection::{Address, ConnectionError, Token},
    environment,
};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::PathBuf,
};

/// What the keyring files it under.
const SERVICE: &str = "camerata";

/// Where a token was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the keyring.
    Keyring,
    /// In this file.
    File(PathBuf),
}

/// The keyring's entry for a room, if there is a keyring.
fn entry(address: &Address) -> Option<keyring::Entry> {
    // For machines whose keyring asks somebody who isn't there, and for tests.
    if environment::read(environment::KEYRING).is_some_and(|set| set == "off") {
        return None;
    }
    keyring::Entry::store_status().as_ref().ok()?;
    keyring::Entry::new(SERVICE, &address.to_string()).ok()
}

fn file(address: &Address) -> PathBuf {
    let name = hex::encode(Sha256::digest(address.to_string()));
    environment::state_folder().join("tokens").join(name)
}

/// Keeps a token for a room, in place of the one there was.
///
/// # Errors
/// When there is no keyring and the file can't be written.
pub fn keep(address: &Address, token: &Token) -> Result<Place, ConnectionError> {
    forget(address)?;
    if entry(address).is_some_and(|entry| entry.set_password(token.secret()).is_ok()) {
        return Ok(Place::Keyring);
    }
    let path = file(address);
    let failed = |source| ConnectionError::TokenFile { path: path.clone(), source };
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    fs::create_dir_all(&folder).map_err(failed)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    writeln!(file, "{}", token.secret()).map_err(failed)?;
    Ok(Place::File(path))
}

/// The token that is kept for a room.
///
/// # Errors
/// When the file can't be read, or others can read it.
pub fn kept(address: &Address) -> Result<Option<Token>, ConnectionError> {
    if let Some(token) = entry(address).and_then(|entry| entry.get_password().ok()) {
        return Ok(Token::parse(&token));
    }
    let path = file(address);
    let failed = |source| ConnectionError::TokenFile { path: path.clone(), source };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(source)),
    };
    if fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
        return Err(failed(io::Error::new(io::ErrorKind::PermissionDenied, "others can read it: end it in the room")));
    }
    Ok(Token::parse(&text))
}

/// Forgets the token that is kept for a room, if there is one.
///
/// # Errors
/// When the file can't be removed.
pub fn forget(address: &Address) -> Result<(), ConnectionError> {
    if let Some(entry) = entry(address) {
        // There may be none.
        let _ = entry.delete_credential();
    }
    let path = file(address);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ConnectionError::TokenFile { path, source }),
        _ => Ok(()),
    }
}
