//! Why a room can't be opened.

use super::{ConfigError, damage::Located, outside::OutsideError, restored::RestoredError, rules::RulesError};
use crate::{
    audit::LogError,
    database::{OpenError, TurnError},
    mail::MailSettingsError,
    model::MemberName,
    people::PeopleError,
    policy::VersionsError,
    store::{EngineError, KeyError, StoreError},
    template::ConsentError,
};
use std::{io, path::PathBuf};

/// Why a room can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenRoomError {
    /// Not a room's folder.
    #[error(
        "{0} is not a room: make one with `camerata init {0}`; if its database is PostgreSQL, set CAMERATA_DATABASE_URL"
    )]
    NotARoom(PathBuf),
    /// Another process serves it.
    #[error("another process has this room open ({0})")]
    InUse(PathBuf),
    /// It was restored, and not compared yet.
    #[error(transparent)]
    Restored(#[from] RestoredError),
    /// A file can't be used.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The room's database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The key is another room's.
    #[error(
        "keys/room.key is not the key this room was founded with: every person would get another pseudonym. Restore the right key from the room's backup; nothing was changed"
    )]
    WrongKey,
    /// The engine can't write encrypted files.
    #[error("DuckDB can't write encrypted files: {0}. The extension must be DuckDB 1.5.5's own; run `.ci/prepare`")]
    Engine(EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The versions of the policies can't be read.
    #[error(transparent)]
    Versions(#[from] VersionsError),
    /// The stored templates can't be read.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The rules in force can't be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// Its users can't be read.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The clock is not the other gateways'.
    #[error(
        "this machine's clock and the database server's are more than a minute apart: set them right; budgets are unlocked by the clock"
    )]
    Clock,
    /// The other gateways can't be waited for.
    #[error("the room's database can't be reached")]
    Turn(#[source] TurnError),
    /// The mail server's settings.
    #[error(transparent)]
    Mail(#[from] MailSettingsError),
    /// A directory of who isn't a member.
    #[error("[[directory]] of {0}: there is no such member; take the section out, or mend its name")]
    Directory(MemberName),
    /// The policies, with their places.
    #[error("the policy folder has mistakes")]
    Policies(miette::Report),
    /// The log can't be read, or is another key's.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What the room keeps outside its folder can't be used.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// The database isn't what the log says.
    #[error("the room's database is damaged or was changed: {} place(s) differ from the log", .0.len())]
    Damaged(Vec<Located>),
    /// A file isn't what it was.
    #[error(
        "{}: damaged{}. The room does not open on damage: restore the newest backup", .file.display(), .offset.map_or_else(String::new, |offset| format!(" from byte {offset} on"))
    )]
    DamagedFile {
        /// Which file.
        file: PathBuf,
        /// Where it may differ from what was written, where that can be told.
        offset: Option<u64>,
    },
    /// What was kept outside the folder is gone.
    #[error("what the room keeps outside its folder is gone: {path}")]
    Gone {
        /// Where it was to be.
        path: PathBuf,
        /// Entries that the log has.
        found: u64,
    },
    /// The log is behind what was kept outside the folder.
    #[error("the room was set back: {kept} log entries are known outside its folder, and it has {found}")]
    WentBack {
        /// Entries that were kept.
        kept: u64,
        /// Entries that there are.
        found: u64,
    },
}
