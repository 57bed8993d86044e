//! Where the room is, and with what token: what the person gave, checked before anything is sent.

use super::ConnectionError;
use crate::cli::environment;
use std::{
    fmt, fs,
    net::{Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
};
use ureq::http::Uri;

/// The room's default address.
const URL_DEFAULT: &str = "http://127.0.0.1:8100";
/// Longest token, in bytes.
const TOKEN_BYTES_MAX: usize = 4096;

/// The options of every command that speaks to a room.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ConnectionArgs {
    /// Address of the room [default: http://127.0.0.1:8100]
    #[arg(long, value_name = "URL", env = environment::URL, hide_env_values = true)]
    pub room_url: Option<String>,
    /// File that holds the access token (or set CAMERATA_TOKEN; never on the command line, which the shell remembers)
    #[arg(long, value_name = "FILE", env = environment::TOKEN_FILE, hide_env_values = true)]
    pub token_file: Option<PathBuf>,
    /// Speak plain http to a room on another machine: whoever listens on the way can read and use the token
    #[arg(long)]
    pub allow_http: bool,
}

/// The options of a command that shows what the room answers.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RoomArgs {
    /// Print the room's answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Where the room is, and who asks
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// The room's address: scheme, host, port, and the path under which it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    base: String,
    loopback: bool,
}

impl Address {
    /// Reads an address; refuses plain http to other machines unless that is allowed.
    ///
    /// # Errors
    /// When it is not an http or https address, or an insecure one.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, ConnectionError> {
        let refuse = || ConnectionError::Address(text.chars().take(200).collect());
        let uri: Uri = text.trim().parse().map_err(|_| refuse())?;
        let scheme = uri.scheme_str().ok_or_else(refuse)?;
        let authority = uri.authority().ok_or_else(refuse)?;
        // A password in an address would end up in messages and logs.
        if !matches!(scheme, "http" | "https") || authority.as_str().contains('@') || uri.query().is_some() {
            return Err(ConnectionError::Address(authority.host().to_owned()));
        }
        // `http::Uri` takes any digits behind the colon; a port is at most 65535.
        if authority.as_str() != authority.host() && authority.port_u16().is_none() {
            return Err(refuse());
        }
        let loopback = is_loopback(authority.host());
        let base = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
        if scheme == "http" && !loopback && !allow_http {
            return Err(ConnectionError::Insecure(base));
        }
        Ok(Self { base, loopback })
    }

    /// The address that the options and the environment give.
    ///
    /// # Errors
    /// As [`Address::parse`].
    pub fn from_args(args: &ConnectionArgs) -> Result<Self, ConnectionError> {
        Self::parse(args.room_url.as_deref().unwrap_or(URL_DEFAULT), args.allow_http)
    }

    /// The full address of a path on the room.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Whether the room runs on this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// A bearer token. Shown nowhere, not even by `Debug`.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Reads a token; `None` if it can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let sound = !text.is_empty() && text.len() <= TOKEN_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic());
        sound.then(|| Self(text.to_owned()))
    }

    /// The token from `CAMERATA_TOKEN`, else from the file named. `None` if neither is given.
    ///
    /// # Errors
    /// When the file can't be read, or what it holds can't be a token.
    pub fn from_args(args: &ConnectionArgs) -> Result<Option<Self>, ConnectionError> {
        Self::read(args.token_file.as_deref())
    }

    /// The token from `CAMERATA_TOKEN`, else from this file. `None` if neither is given.
    ///
    /// # Errors
    /// When the file can't be read, or what it holds can't be a token.
    pub fn read(file: Option<&Path>) -> Result<Option<Self>, ConnectionError> {
        if let Some(text) = environment::read(environment::TOKEN) {
            return Self::parse(&text).map(Some).ok_or(ConnectionError::TokenMalformed(environment::TOKEN.to_owned()));
        }
        file.map(Self::from_file).transpose()
    }

    /// The token itself: for a room on this machine, and to be kept.
    pub fn secret(&self) -> &str {
        &self.0
    }

    fn from_file(path: &Path) -> Result<Self, ConnectionError> {
        let text =
            fs::read_to_string(path).map_err(|source| ConnectionError::TokenFile { path: path.to_owned(), source })?;
        Self::parse(&text).ok_or_else(|| ConnectionError::TokenMalformed(path.display().to_string()))
    }

    /// The value of the `Authorization` header.
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for local in ["http://127.0.0.1:8100", "http://localhost:1", "http://[::1]:8100/", "HTTP://LOCALHOST"] {
            assert!(Address::parse(local, false).unwrap().is_loopback(), "{local}");
        }
        for far in ["http://salle.example.ca", "http://127.0.0.1.example.ca", "http://10.0.0.1:8100", "http://0.0.0.0"]
        {
            assert!(matches!(Address::parse(far, false), Err(ConnectionError::Insecure(_))), "{far}");
            assert!(Address::parse(far, true).is_ok(), "{far}");
        }
        assert!(Address::parse("https://salle.example.ca", false).is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_password() {
        for bad in ["", "salle", "ftp://salle.example.ca", "http://", "https://x/?a=b", "http://127.0.0.1:99999999"] {
            assert!(matches!(Address::parse(bad, true), Err(ConnectionError::Address(_))), "{bad}");
        }
        let error = Address::parse("https://me:hunter2@salle.example.ca", true).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_room_may_lie_under_a_path() {
        let address = Address::parse("https://coop.example.ca/salle/", false).unwrap();
        assert_eq!(address.join("/api/v1/me"), "https://coop.example.ca/salle/api/v1/me");
    }

    #[test]
    fn a_token_is_one_word_and_never_shown() {
        let token = Token::parse(" cam_abc123 \n").unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(token.header(), "Bearer cam_abc123");
        for bad in ["", " ", "two words", "line\nbreak", "é", &"a".repeat(TOKEN_BYTES_MAX + 1)] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }
}
