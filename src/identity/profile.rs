//! The conventions of hashing, the kinds of identifier, and the hash itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// How identifiers are normalised and written. Lists of different profiles don't match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Trimmed lower-case e-mail, E.164 phone with `+`, hexadecimal.
    #[default]
    Google,
    /// As `google`, but phones without `+`.
    Meta,
    /// As `google`, but dots and `+suffix` of gmail.com addresses dropped; Base64.
    Uid2,
}

/// Not the name of a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such profile: use google, meta or uid2")]
pub struct UnknownProfile;

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 3] = [Self::Google, Self::Meta, Self::Uid2];

    /// `google`, `meta` or `uid2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Meta => "meta",
            Self::Uid2 => "uid2",
        }
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;
    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownProfile)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Email, Self::Phone];

    /// `email` or `phone`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// The column of the wire format that holds hashes of this kind: `hashed_email_google`.
    pub fn column(self, profile: Profile) -> String {
        format!("hashed_{self}_{profile}")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// SHA-256 of a normalised identifier. It doesn't print: anyone can hash a list of addresses and compare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashedIdentifier([u8; 32]);

impl HashedIdentifier {
    /// Hashes a normalised identifier.
    pub(super) fn of(normalised: &[u8]) -> Self {
        Self(Sha256::digest(normalised).into())
    }

    /// From the 32 bytes of a hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Appends 64 lower-case hexadecimal digits.
    pub fn write_hex(&self, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0u8; 64];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        out.extend_from_slice(&text);
    }

    /// Appends 44 characters of Base64.
    pub fn write_base64(&self, out: &mut Vec<u8>) {
        let mut text = [0u8; 44];
        // 32 bytes always make 44 characters, so this cannot fail.
        let written = STANDARD.encode_slice(self.0, &mut text).unwrap_or_default();
        out.extend_from_slice(text.get(..written).unwrap_or_default());
    }

    /// Appends the hash as `profile` writes it.
    pub fn write(&self, profile: Profile, out: &mut Vec<u8>) {
        match profile {
            Profile::Google | Profile::Meta => self.write_hex(out),
            Profile::Uid2 => self.write_base64(out),
        }
    }
}

impl fmt::Debug for HashedIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedIdentifier(…)")
    }
}
