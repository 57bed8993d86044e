//! The room's signing key, the public keys that members hold, and how one key hands over to the next.
//!
//! Names and identifiers of keys are those of C2SP's signed notes (c2sp.org/signed-note): `<name>+<id>+<base64>`.

use super::tree::Hash;
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use signed_note::{Note, Signer, StandardVerifier, Verifier, VerifierList};
use std::{fmt, str::FromStr};

/// Marks an Ed25519 key in a signed note.
const ED25519: u8 = 1;
/// First line of the statement by which a key names the next.
const CHANGE: &str = "camerata key change v1";

/// What isn't a key of the form `<name>+<id>+<base64>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key of the form <name>+<id>+<base64>")]
pub struct MalformedKey;

/// A room's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// The name of the log that it signs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its number in signed notes.
    pub fn id(&self) -> u32 {
        self.id_of(ED25519)
    }

    /// Its number in signed notes for signatures of this kind.
    pub(super) fn id_of(&self, kind: u8) -> u32 {
        signed_note::key_id(&self.name, &[&[kind], self.key.as_bytes().as_slice()].concat())
    }

    /// What receipts call it: its thumbprint (RFC 7638, over the members of RFC 8037).
    pub fn thumbprint(&self) -> String {
        let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.coordinate());
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
    }

    /// As a JSON Web Key (RFC 8037).
    pub fn jwk(&self) -> Jwk {
        Jwk { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid: self.thumbprint(), x: self.coordinate() }
    }

    /// Whether this key signed these bytes. Strict: no second signature of the same bytes passes, nor a key of small order.
    pub fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(bytes, &signature).is_ok())
    }

    pub(super) fn verifier(&self) -> Option<Box<dyn Verifier>> {
        StandardVerifier::new(&self.to_string()).ok().map(|verifier| Box::new(verifier) as Box<dyn Verifier>)
    }

    fn coordinate(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key.as_bytes())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&signed_note::new_ed25519_verifier_key(&self.name, &self.key))
    }
}

impl FromStr for PublicKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        // The library checks name, number and algorithm; the key itself is taken from what it checked.
        StandardVerifier::new(text).map_err(|_| MalformedKey)?;
        let (name, rest) = text.split_once('+').ok_or(MalformedKey)?;
        let (_, encoded) = rest.split_once('+').ok_or(MalformedKey)?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| MalformedKey)?;
        let (_, key) = bytes.split_first().ok_or(MalformedKey)?;
        let key = VerifyingKey::try_from(key).map_err(|_| MalformedKey)?;
        if key.is_weak() { Err(MalformedKey) } else { Ok(Self { name: name.to_owned(), key }) }
    }
}

/// A public key as receipts' readers fetch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    kid: String,
    x: String,
}

/// A key that signs. It is wiped from memory when it is dropped, and can't be printed.
pub struct SigningKey {
    public: PublicKey,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key that 32 secret bytes make, for the log of this name.
    ///
    /// # Errors
    /// When the name holds a space or a plus sign.
    pub fn new(name: &str, secret: &Hash) -> Result<Self, MalformedKey> {
        if !signed_note::is_key_name_valid(name) {
            return Err(MalformedKey);
        }
        let secret = ed25519_dalek::SigningKey::from_bytes(secret);
        Ok(Self { public: PublicKey { name: name.to_owned(), key: secret.verifying_key() }, secret })
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs bytes.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.secret.sign(bytes).to_bytes()
    }

    /// The statement by which this key hands over to the next.
    ///
    /// # Errors
    /// When the note can't be made: never with keys of this module.
    pub fn endorse(&self, next: &PublicKey) -> Result<String, MalformedKey> {
        sign_note(&format!("{CHANGE}\n{next}\n"), self)
    }
}

impl Signer for SigningKey {
    fn name(&self) -> &str {
        &self.public.name
    }

    fn key_id(&self) -> u32 {
        self.public.id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        Ok(Self::sign(self, message).to_vec())
    }
}

/// A text, signed.
pub(super) fn sign_note(text: &str, signer: &dyn Signer) -> Result<String, MalformedKey> {
    let mut note = Note::new(text.as_bytes(), &[]).map_err(|_| MalformedKey)?;
    note.add_sigs(&[signer]).map_err(|_| MalformedKey)?;
    String::from_utf8(note.to_bytes()).map_err(|_| MalformedKey)
}

/// The keys that follow from one that is trusted: each named by its predecessor, in order. What doesn't follow is left out, so
/// the last key is the newest that can be trusted.
pub fn follow(trusted: PublicKey, endorsements: &[String]) -> Vec<PublicKey> {
    let mut keys = vec![trusted];
    for endorsement in endorsements {
        let Ok(note) = Note::from_bytes(endorsement.as_bytes()) else { continue };
        let Some(last) = keys.last() else { continue };
        let known = VerifierList::new(last.verifier().into_iter().collect());
        let next = std::str::from_utf8(note.text()).ok().and_then(|text| {
            let (change, key) = text.trim_end().split_once('\n')?;
            (change == CHANGE).then(|| key.parse::<PublicKey>().ok()).flatten()
        });
        // A key of another name would sign another log.
        if let Some(next) = next.filter(|next| next.name == last.name && note.verify(&known).is_ok()) {
            keys.push(next);
        }
    }
    keys
}
