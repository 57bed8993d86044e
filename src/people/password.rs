//! Passwords: what makes a good one, and how they are kept.

use super::{PeopleError, Refusal};
use crate::model::Text;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::Arc;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Fewest and most characters (NIST SP 800-63B, 3.1.1.2 asks for at least 8 beside a second factor, 15 alone, and room for 64).
const CHARS_MIN: usize = 12;
const CHARS_MAX: usize = 128;
/// What is taken in of a password at all.
const BYTES_MAX: usize = 4 * CHARS_MAX;
/// OWASP's Password Storage Cheat Sheet, first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Passwords that are hashed at once: each takes its memory and a core.
const AT_ONCE: usize = 2;

/// A password as it is hashed: NFKC, so that it is the same on every keyboard (NIST SP 800-63B, 3.1.1.2).
fn prepared(password: &str) -> Zeroizing<String> {
    let cut: String = password.chars().take(BYTES_MAX).collect();
    Zeroizing::new(Zeroizing::new(cut).nfkc().collect())
}

/// Refuses a password that is too short, too long, or that a guesser would soon come to. Length counts and no mixture of signs is asked
/// for. In place of a list of breached passwords, which would have to be fetched or asked about elsewhere, zxcvbn's estimate counts the
/// commonest 30,000 of them, common words and names, keyboard walks, dates, and these words: what is known of the person and the room.
pub(super) fn check(password: &str, words: &[&str]) -> Result<(), Refusal> {
    let password = prepared(password);
    let chars = password.chars().count();
    if !(CHARS_MIN..=CHARS_MAX).contains(&chars) {
        return Err(Refusal::Password(Text::new(
            format!("un mot de passe a de {CHARS_MIN} à {CHARS_MAX} caractères ; une phrase fait bien l’affaire"),
            format!("a password has from {CHARS_MIN} to {CHARS_MAX} characters; a phrase does well"),
        )));
    }
    // Parts of what is known, too: of an address, of a name.
    let parts = words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|part| part.chars().count() > 2);
    let known: Vec<&str> = words.iter().copied().chain(parts).collect();
    if zxcvbn::zxcvbn(&password, &known).score() < zxcvbn::Score::Three {
        return Err(Refusal::Password(Text::new(
            "ce mot de passe se devine : il est courant, ou fait de ce qu’on sait de vous. Prenez plusieurs mots sans lien",
            "this password can be guessed: it is common, or made of what is known of you. Take several words that have nothing to do with each other",
        )));
    }
    Ok(())
}

/// Hashes passwords, a few at a time, off the threads that answer.
#[derive(Clone)]
pub(super) struct Hasher {
    slots: Arc<Semaphore>,
    /// What the password of an unknown account is compared with: the same work, and never equal.
    nobody: Arc<str>,
}

impl Hasher {
    /// A hasher.
    pub(super) fn new() -> Result<Self, PeopleError> {
        let nobody = hashed(&super::secret::new("")?)?;
        Ok(Self { slots: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into() })
    }

    /// What is kept of a password: PHC text.
    pub(super) async fn hash(&self, password: &str) -> Result<String, PeopleError> {
        let password = prepared(password);
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let _slot = slot;
            hashed(&password)
        })
        .await?
    }

    /// Whether a password is the one that this was made of; of an account that has none or isn't there, never, after the same work.
    pub(super) async fn verify(&self, password: &str, kept: Option<&str>) -> Result<bool, PeopleError> {
        let (password, known) = (prepared(password), kept.is_some());
        let kept: Arc<str> = kept.map_or_else(|| Arc::clone(&self.nobody), Arc::from);
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        tokio::task::spawn_blocking(move || {
            let _slot = slot;
            let phc = PasswordHash::new(&kept).map_err(|error| PeopleError::Hash(error.to_string()))?;
            Ok(argon2()?.verify_password(password.as_bytes(), &phc).is_ok() && known)
        })
        .await?
    }
}

fn argon2() -> Result<Argon2<'static>, PeopleError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| PeopleError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(password: &str) -> Result<String, PeopleError> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(|error| PeopleError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn length_counts_and_what_is_known_does_not() {
        let words = ["ana.belanger@festival.ca", "Ana Bélanger", "festival"];
        for good in [
            "correct cheval pile agrafe",
            "le hibou mange 14 tulipes",
            "quatre-violons-sous-la-neige",
            "ꙮ🎭🦉 pluie violon",
        ] {
            assert_eq!(check(good, &words), Ok(()), "{good}");
        }
        for bad in [
            "",
            "court",
            "12345678901",
            &"a".repeat(129),
            "aaaaaaaaaaaaaaaa",
            "password1234",
            "motdepasse123",
            "qwertyuiop[]",
            "Ana Bélanger",
            "festivalfestival",
            "ana.belanger",
            "Festival2026!",
            "123456789012",
        ] {
            assert!(matches!(check(bad, &words), Err(Refusal::Password(_))), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_password_is_kept_as_owasp_says_and_is_the_same_on_every_keyboard() {
        let hasher = Hasher::new().unwrap();
        let kept = hasher.hash("l'été\u{a0}précédent ①").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hasher.hash("l'été\u{a0}précédent ①").await.unwrap(), "salted");
        assert!(hasher.verify("l'e\u{301}te\u{301} précédent 1", Some(&kept)).await.unwrap());
        assert!(!hasher.verify("l'été précédent 2", Some(&kept)).await.unwrap());
        assert!(!hasher.verify("l'été précédent 1", None).await.unwrap());
        assert!(hasher.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
