//! Founding a room: its folders, keys, database, and the sample policies and templates.

use super::{
    Config, ConfigError,
    config::{CONFIG_FILE, CONFIG_SAMPLE},
};
use crate::{
    audit::{self, LogError},
    database::{Database, OpenError, Place},
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
    /// The environment's configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The database is another room's.
    #[error("the database that CAMERATA_DATABASE_URL names is another room's: make an empty one; nothing was changed")]
    Taken,
    /// The log's key.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Makes an empty room in a new or empty folder: keys readable by their owner alone, database, sample policies. Gives where the
/// database is, which the environment may have said.
///
/// # Errors
/// When the folder isn't empty or something can't be written.
pub async fn found(folder: &Path, clock: &dyn Clock) -> Result<Place, FoundError> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(FoundError::NotEmpty(folder.to_owned()));
    }
    let place = Config::load(folder)?.database(folder);
    if place.is_shared() {
        // Before anything is made: what can't be reached, or is another room's, must leave the folder empty.
        let database = Database::open(&place).await?;
        let taken = database.key_check().await?.is_some();
        database.close().await;
        if taken {
            return Err(FoundError::Taken);
        }
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
    fs::write(&config, format!("{CONFIG_SAMPLE}{}", place_line(&place))).map_err(failed(&config))?;
    Keys::create(&folder.join("keys"))?;
    let keys = Keys::open(&folder.join("keys"))?;
    // Last, because this is what makes the folder a room.
    let database = Database::open(&place).await?;
    let signing = audit::signing_key(&keys.check(), &*keys.signing()?)?;
    database.found(clock, &keys.check(), signing.public()).await?;
    database.close().await;
    Ok(place)
}

/// The line that a room's configuration says its server with, unless the address holds a password.
fn place_line(place: &Place) -> String {
    let url = match place {
        Place::Server(url) => url.told(),
        Place::File(_) => None,
    };
    url.map_or_else(String::new, |url| format!("database_url = {}\n", toml::Value::from(url)))
}

fn make(folder: &Path) -> Result<(), FoundError> {
    fs::create_dir_all(folder).map_err(|source| FoundError::File { path: folder.to_owned(), source })
}
