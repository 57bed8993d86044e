//! The section `[mail]` of `camerata.toml`.

use lettre::message::Mailbox;
use serde::Deserialize;
use std::{
    env, fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// How the mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Begun in plain, then over TLS or not at all (RFC 3207).
    #[default]
    Starttls,
    /// Over TLS from the start (RFC 8314).
    Tls,
    /// In plain: a server on this machine alone.
    None,
}

/// The server that carries the room's letters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server's name or address.
    pub(super) server: String,
    /// Its port; by default 587, 465 over TLS from the start, and 25 in plain.
    port: Option<u16>,
    /// How it is spoken to.
    #[serde(default)]
    pub(super) tls: Tls,
    /// Who signs in there, where the server asks.
    pub(super) user: Option<String>,
    /// The file that holds their password.
    password_file: Option<PathBuf>,
    /// A certificate that signs the server's, besides those that everybody trusts.
    pub(super) ca_file: Option<PathBuf>,
    /// Whom letters are from: `Salle blanche <salle@example.ca>`.
    from: String,
}

/// Why the section can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    /// Whom letters are from can't be read.
    #[error("[mail] `from` must be an address, as `Salle blanche <salle@example.ca>`")]
    From,
    /// In plain to another machine.
    #[error("[mail] `tls = \"none\"` is for a server on this machine alone: {0} is not")]
    Plain(String),
    /// A user without a password, or a password without a user.
    #[error("[mail] `user` needs a password: name its file with `password_file`, or set CAMERATA_SMTP_PASSWORD")]
    Password,
    /// A value from the environment can't be read.
    #[error("{0} can't be read: a port is a number, and TLS is starttls, tls or none")]
    Environment(&'static str),
    /// A file can't be read.
    #[error("{path} can't be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Settings {
    /// The section with what the environment says instead, checked; made of the environment alone where the file has none. `None`
    /// where neither names a server.
    ///
    /// # Errors
    /// When a value can't be read, or the settings can't be used.
    pub fn in_environment(section: Option<Self>) -> Result<Option<Self>, MailSettingsError> {
        Self::with(section, |name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn with(
        section: Option<Self>,
        said: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Option<Self>, MailSettingsError> {
        let mut settings = match (section, said("CAMERATA_SMTP_SERVER")) {
            (Some(section), Some(server)) => Self { server, ..section },
            (Some(section), None) => section,
            (None, Some(server)) => Self {
                server,
                port: None,
                tls: Tls::default(),
                user: None,
                password_file: None,
                ca_file: None,
                from: String::new(),
            },
            (None, None) => return Ok(None),
        };
        if let Some(port) = said("CAMERATA_SMTP_PORT") {
            settings.port = Some(port.parse().map_err(|_| MailSettingsError::Environment("CAMERATA_SMTP_PORT"))?);
        }
        if let Some(tls) = said("CAMERATA_SMTP_TLS") {
            settings.tls = match tls.as_str() {
                "starttls" => Tls::Starttls,
                "tls" => Tls::Tls,
                "none" => Tls::None,
                _ => return Err(MailSettingsError::Environment("CAMERATA_SMTP_TLS")),
            };
        }
        settings.user = said("CAMERATA_SMTP_USER").or(settings.user);
        settings.password_file = said("CAMERATA_SMTP_PASSWORD_FILE").map(PathBuf::from).or(settings.password_file);
        settings.ca_file = said("CAMERATA_SMTP_CA_FILE").map(PathBuf::from).or(settings.ca_file);
        settings.from = said("CAMERATA_SMTP_FROM").unwrap_or(settings.from);
        settings.checked().map(Some)
    }

    /// The section as it can be used.
    ///
    /// # Errors
    /// When the sender is no address, or the server would be spoken to in plain over a network.
    pub fn checked(self) -> Result<Self, MailSettingsError> {
        self.sender()?;
        let local = self.server == "localhost" || self.server.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if self.tls == Tls::None && !local { Err(MailSettingsError::Plain(self.server)) } else { Ok(self) }
    }

    /// The file that holds the password, where one is named.
    pub fn secret_file(&self) -> Option<&Path> {
        self.password_file.as_deref()
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }

    /// Whom letters are from.
    pub(super) fn sender(&self) -> Result<Mailbox, MailSettingsError> {
        self.from.parse().map_err(|_| MailSettingsError::From)
    }

    /// The password of [`Settings::user`]: the environment's, else its file's; the file's place is told from the room's folder on.
    pub(super) fn password(&self, room: &Path) -> Result<Option<Zeroizing<String>>, MailSettingsError> {
        if self.user.is_none() {
            return Ok(None);
        }
        if let Some(password) = env::var("CAMERATA_SMTP_PASSWORD").ok().filter(|password| !password.is_empty()) {
            return Ok(Some(Zeroizing::new(password)));
        }
        let path = room.join(self.password_file.as_ref().ok_or(MailSettingsError::Password)?);
        let text = fs::read_to_string(&path).map(Zeroizing::new);
        let text = text.map_err(|source| MailSettingsError::File { path, source })?;
        Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_environment_goes_before_the_file() {
        let file = || toml::from_str::<Settings>("server = \"a.example\"\nfrom = \"a@a.example\"\nport = 1").unwrap();
        let with = |section, said: &[(&str, &str)]| {
            let said: Vec<(String, String)> = said.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            Settings::with(section, move |name| said.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
        };
        assert!(with(None, &[]).unwrap().is_none());
        let settings = with(Some(file()), &[("CAMERATA_SMTP_TLS", "tls"), ("CAMERATA_SMTP_FROM", "b@b.example")]);
        let settings = settings.unwrap().unwrap();
        assert_eq!((settings.server.as_str(), settings.port(), settings.tls), ("a.example", 1, Tls::Tls));
        assert_eq!(settings.from, "b@b.example");
        let alone = [("CAMERATA_SMTP_SERVER", "b.example"), ("CAMERATA_SMTP_FROM", "b@b.example")];
        assert_eq!(with(None, &alone).unwrap().unwrap().port(), 587);
        assert!(with(None, &alone[..1]).is_err(), "from nobody");
        for bad in [("CAMERATA_SMTP_PORT", "much"), ("CAMERATA_SMTP_TLS", "no"), ("CAMERATA_SMTP_TLS", "none")] {
            assert!(with(Some(file()), &[bad]).is_err(), "{bad:?}");
        }
    }
}
