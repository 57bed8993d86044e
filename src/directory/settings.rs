//! The sections `[[directory]]` of `camerata.toml`, one a member.

use crate::model::{MemberName, Role};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs, io,
    path::{Path, PathBuf},
};
use url::{Host, Url};
use zeroize::Zeroizing;

/// A member's directory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whose users it knows.
    pub member: MemberName,
    /// The directory's address, as its tokens say it.
    pub(super) issuer: String,
    /// Under which name it knows the room.
    pub(super) client_id: String,
    /// The file that holds the secret it gave the room; none for a public client.
    client_secret_file: Option<PathBuf>,
    /// A certificate that signs the directory's, in place of those that everybody trusts.
    pub(super) ca_file: Option<PathBuf>,
    /// What is asked for besides `openid`.
    #[serde(default = "scopes")]
    pub(super) scopes: Vec<String>,
    /// The claim that names a person's groups.
    #[serde(default = "groups")]
    pub(super) groups_claim: String,
    /// The domains whose addresses it answers for, where its tokens don't say whether an address is verified.
    #[serde(default)]
    pub(super) verified_domains: Vec<String>,
    /// Whether it lets nobody in to the room without two factors, whatever its tokens say: for directories that don't say it in them.
    #[serde(default)]
    pub(super) always_two_factors: bool,
    /// Which roles a group gives.
    pub roles: BTreeMap<String, BTreeSet<Role>>,
}

fn scopes() -> Vec<String> {
    vec!["email".to_owned(), "profile".to_owned()]
}

fn groups() -> String {
    "groups".to_owned()
}

/// Why a section can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectorySettingsError {
    /// The address isn't one, or is in plain over a network.
    #[error("[[directory]] of {0}: `issuer` must be the directory's address, https://…")]
    Issuer(MemberName),
    /// A group would make a host.
    #[error("[[directory]] of {0}: no group can give the role of host: whoever runs the machine gives it there")]
    Host(MemberName),
    /// Two directories of one member.
    #[error("[[directory]] of {0}: a member has one at most")]
    Twice(MemberName),
    /// A file isn't what it should be.
    #[error("{path}: {message}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where and what, by the TOML reader.
        message: String,
    },
    /// A file can't be read.
    #[error("{path} can't be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The sections of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    #[serde(default)]
    directory: Vec<Settings>,
}

impl Settings {
    /// The sections; of the file that CAMERATA_DIRECTORY_FILE names, if it does, in place of these.
    ///
    /// # Errors
    /// When one can't be used, a member has two, or the file can't be read.
    pub fn in_environment(sections: Vec<Self>) -> Result<Vec<Self>, DirectorySettingsError> {
        let file = env::var_os("CAMERATA_DIRECTORY_FILE").filter(|file| !file.is_empty()).map(PathBuf::from);
        let sections = match file {
            Some(path) => {
                let text = fs::read_to_string(&path);
                let text = text.map_err(|source| DirectorySettingsError::File { path: path.clone(), source })?;
                let read = toml::from_str::<Sections>(&text);
                read.map_err(|error| DirectorySettingsError::Malformed { path, message: error.to_string() })?.directory
            }
            None => sections,
        };
        let sections = sections.into_iter().map(Self::checked).collect::<Result<Vec<_>, _>>()?;
        let mut members = BTreeSet::new();
        match sections.iter().find(|section| !members.insert(&section.member)) {
            Some(twice) => Err(DirectorySettingsError::Twice(twice.member.clone())),
            None => Ok(sections),
        }
    }

    /// The section as it can be used.
    ///
    /// # Errors
    /// When the directory would be spoken to in plain over a network, or would make hosts.
    pub fn checked(self) -> Result<Self, DirectorySettingsError> {
        let url = Url::parse(&self.issuer).ok();
        let local = |url: &Url| match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if !url.is_some_and(|url| url.scheme() == "https" && url.has_host() || url.scheme() == "http" && local(&url)) {
            return Err(DirectorySettingsError::Issuer(self.member));
        }
        if self.roles.values().flatten().any(|role| !Role::OF_MEMBERS.contains(role)) {
            return Err(DirectorySettingsError::Host(self.member));
        }
        Ok(self)
    }

    /// The directory's address, as its tokens say it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The roles that a person's groups give.
    pub fn roles_of(&self, groups: &BTreeSet<String>) -> BTreeSet<Role> {
        groups.iter().filter_map(|group| self.roles.get(group)).flatten().copied().collect()
    }

    /// The file that holds the secret, where one is named.
    pub fn secret_file(&self) -> Option<&Path> {
        self.client_secret_file.as_deref()
    }

    /// The secret that the directory gave the room; its file's place is told from the room's folder on.
    pub(super) fn secret(&self, room: &Path) -> Result<Option<Zeroizing<String>>, DirectorySettingsError> {
        let Some(file) = &self.client_secret_file else { return Ok(None) };
        let path = room.join(file);
        let text = fs::read_to_string(&path).map(Zeroizing::new);
        let text = text.map_err(|source| DirectorySettingsError::File { path, source })?;
        Ok(Some(Zeroizing::new(text.trim().to_owned())))
    }
}
