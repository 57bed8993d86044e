//! Seals what the room has to read again: XChaCha20-Poly1305 under a key from the room's own, which lies apart from its data. Who
//! copies the database alone reads none of it.

use super::{PeopleError, secret};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;

/// HMAC-SHA256 under a key of at most 64 bytes, which HMAC itself fills up with zeros (RFC 2104).
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0u8; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    <Hmac<Sha256> as Mac>::new(block.as_slice().into())
}

/// The room's vault.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    index: Hmac<Sha256>,
}

impl Vault {
    /// The vault of this key: each use has a key of its own, HMAC-SHA256 of its name.
    pub fn new(key: &[u8; 32]) -> Self {
        let derived = |name: &[u8]| keyed(key).chain_update(name).finalize().into_bytes();
        let cipher = XChaCha20Poly1305::new(&derived(b"camerata people seal v1"));
        Self { cipher, index: keyed(derived(b"camerata people index v1").as_ref()) }
    }

    /// Seals bytes for one purpose and owner: they open under the same words alone.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub(super) fn seal(&self, purpose: &str, bytes: &[u8]) -> Result<Vec<u8>, PeopleError> {
        let nonce = secret::random::<NONCE_BYTES>()?;
        let payload = Payload { msg: bytes, aad: purpose.as_bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| PeopleError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed under these words.
    ///
    /// # Errors
    /// When it wasn't, or was changed.
    pub(super) fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, PeopleError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(PeopleError::Sealed)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let opened = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| PeopleError::Sealed)?;
        Ok(Zeroizing::new(opened))
    }

    /// A keyed hash, for finding what is short enough to be guessed, such as an address or a code.
    pub(super) fn index(&self, purpose: &str, text: &str) -> Vec<u8> {
        self.index.clone().chain_update(purpose).chain_update([0]).chain_update(text).finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn only_the_same_key_and_words_open() {
        let vault = Vault::new(&[7; 32]);
        let sealed = vault.seal("totp 1", b"secret").unwrap();
        assert_eq!(vault.open("totp 1", &sealed).unwrap().as_slice(), b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_ne!(vault.seal("totp 1", b"secret").unwrap(), sealed);
        assert!(vault.open("totp 2", &sealed).is_err(), "another user's");
        assert!(Vault::new(&[8; 32]).open("totp 1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open("totp 1", &changed).is_err(), "byte {at}");
        }
        assert!(vault.open("totp 1", &sealed[..10]).is_err());
        assert_ne!(vault.index("account", "a"), Vault::new(&[8; 32]).index("account", "a"));
        assert_ne!(vault.index("account", "a"), vault.index("code", "a"));
    }
}
