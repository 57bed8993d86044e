//! Founding a room: its folders, keys, database, and the sample policies and templates.

use super::config::{CONFIG_FILE, CONFIG_SAMPLE};
use crate::{
    database::{Database, OpenError},
    model::Clock,
    store::{KeyError, Keys},
};
use include_dir::{Dir, include_dir};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

static POLICIES: Dir = include_dir!("$CARGO_MANIFEST_DIR/policies");
static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/sql");

/// Why a room can't be founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The folder has something in it.
    #[error("{0} is not empty: name a new folder; nothing was changed")]
    NotEmpty(PathBuf),
    /// A file can't be written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key can't be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
}

/// Makes an empty room in a new or empty folder: keys readable by their owner alone, database, sample policies.
///
/// # Errors
/// When the folder isn't empty or something can't be written.
pub async fn found(folder: &Path, clock: &dyn Clock) -> Result<(), FoundError> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(FoundError::NotEmpty(folder.to_owned()));
    }
    for part in ["", "data", "staging", "policies", "sql"] {
        make(&folder.join(part))?;
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| FoundError::File { path, source }
    };
    for private in ["", "data", "staging"] {
        let path = folder.join(private);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).map_err(failed(&path))?;
    }
    for (samples, part) in [(&POLICIES, "policies"), (&TEMPLATES, "sql")] {
        let path = folder.join(part);
        samples.extract(&path).map_err(failed(&path))?;
    }
    let config = folder.join(CONFIG_FILE);
    fs::write(&config, CONFIG_SAMPLE).map_err(failed(&config))?;
    Keys::create(&folder.join("keys"))?;
    let keys = Keys::open(&folder.join("keys"))?;
    // Last, because this file is what makes the folder a room.
    let database = Database::open(&folder.join("room.sqlite")).await?;
    database.found(&clock.now().to_string(), &keys.check()).await?;
    database.close().await;
    Ok(())
}

fn make(folder: &Path) -> Result<(), FoundError> {
    fs::create_dir_all(folder).map_err(|source| FoundError::File { path: folder.to_owned(), source })
}
