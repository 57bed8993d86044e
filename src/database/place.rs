//! Where the room's database is: a file of its folder, or a PostgreSQL server by URL.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Where the room's database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file, for one gateway.
    File(PathBuf),
    /// A PostgreSQL database, for one gateway or several.
    Server(ServerUrl),
}

/// The address of a PostgreSQL database. It may hold a password, so neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

/// Why an address can't be used. Never says the address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database's address must begin with postgres:// or postgresql://")]
pub struct NotAServer;

impl ServerUrl {
    /// Takes an address; spaces and line ends around it are dropped.
    ///
    /// # Errors
    /// When its scheme is another. Whether the rest can be used is found when it is connected to.
    pub fn parse(text: &str) -> Result<Self, NotAServer> {
        let text = text.trim();
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self(text.to_owned())),
            _ => Err(NotAServer),
        }
    }

    /// The address, password and all.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// The address, unless it holds a password.
    pub fn told(&self) -> Option<&str> {
        (!self.has_password()).then_some(&self.0)
    }

    /// Whether the address holds a password, so that it may be in no file that others read.
    pub fn has_password(&self) -> bool {
        let (before, query) = self.0.split_once('?').unwrap_or((&self.0, ""));
        let authority = before.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        // A key with an encoded letter could turn out to be `password`.
        let secret = |pair: &str| {
            let key = pair.split('=').next().unwrap_or_default();
            key.contains('%') || key.eq_ignore_ascii_case("password")
        };
        user.is_some_and(|user| user.contains(':')) || query.split('&').any(secret)
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerUrl(…)")
    }
}

impl Place {
    /// The room's own file: what a room uses unless it is told otherwise.
    pub fn in_folder(room: &Path) -> Self {
        Self::File(room.join("room.sqlite"))
    }

    /// Whether several gateways may open the room at once.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// The address for the driver. SQLite's is an opaque path with every other byte encoded, so that neither `?`, `#`, `%` nor `..`
    /// in a folder's name means anything.
    pub(super) fn url(&self) -> io::Result<String> {
        match self {
            Self::Server(url) => Ok(url.secret().to_owned()),
            Self::File(path) => {
                let path = std::path::absolute(path)?;
                let mut url = "sqlite:".to_owned();
                for byte in path.as_os_str().as_encoded_bytes() {
                    match byte {
                        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(char::from(*byte)),
                        _ => url.push_str(&format!("%{byte:02X}")),
                    }
                }
                url.push_str("?mode=rwc");
                Ok(url)
            }
        }
    }
}

#[cfg(test)]
impl Place {
    /// A new, empty database on the tests' own server.
    pub(crate) fn on_test_server() -> Self {
        Self::Server(ServerUrl(super::postgres::Postgres::shared().database()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_address_with_a_password_is_known_and_never_shown() {
        let url = ServerUrl::parse("  postgres://room:s3cret@db.example:5432/camerata \n").unwrap();
        assert!(url.has_password());
        assert_eq!(url.secret(), "postgres://room:s3cret@db.example:5432/camerata");
        assert!(!format!("{url:?} {:?}", Place::Server(url.clone())).contains("s3cret"));
        for with in [
            "postgresql://db/camerata?password=s",
            "postgres://db/x?sslmode=require&PassWord=s",
            "postgres:///x?p%61ssword=s",
        ] {
            assert!(ServerUrl::parse(with).unwrap().has_password(), "{with}");
        }
        for without in [
            "postgres://db/camerata",
            "postgres://room@db:5432/camerata",
            "postgres:///x?host=/run/postgresql&user=a:b",
        ] {
            assert!(!ServerUrl::parse(without).unwrap().has_password(), "{without}");
        }
        for other in ["mysql://x", "sqlite:x", "", "postgres:/x", "/var/lib/room.sqlite"] {
            assert_eq!(ServerUrl::parse(other), Err(NotAServer), "{other}");
        }
    }
}
