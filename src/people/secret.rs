//! Secrets that are handed out once: of sessions, tokens, links and devices.

use super::PeopleError;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Letters and digits that nobody takes for one another; 32 of them, so that each is 5 bits.
const UNAMBIGUOUS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Consonants alone, as RFC 8628 (section 6.1) advises: no words are spelled by chance.
const CONSONANTS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], PeopleError> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(PeopleError::Random)?;
    Ok(bytes)
}

/// A new secret of 32 random bytes, behind a prefix that says what it is.
pub(super) fn new(prefix: &str) -> Result<String, PeopleError> {
    Ok(format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// What is kept of a secret of 32 random bytes: there is nothing to guess, so a plain hash will do; and as rows are looked up by it, how
/// long a search takes says nothing of any secret.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A code of 16 letters and digits, 80 bits, in groups of four: for people to write down.
pub(super) fn written() -> Result<String, PeopleError> {
    let bytes = random::<16>()?;
    let letters: Vec<char> = bytes.iter().filter_map(|byte| letter(UNAMBIGUOUS, usize::from(byte % 32))).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// A code of 8 consonants, 34 bits, for people to type within minutes.
pub(super) fn typed() -> Result<String, PeopleError> {
    let mut code = String::new();
    while code.len() < 8 {
        // 240 is the largest multiple of 20: what is above would favour the first letters.
        let drawn = random::<16>()?.into_iter().filter(|byte| *byte < 240);
        code.extend(drawn.filter_map(|byte| letter(CONSONANTS, usize::from(byte % 20))).take(8 - code.len()));
    }
    Ok(code)
}

fn letter(alphabet: &[u8], at: usize) -> Option<char> {
    alphabet.get(at).map(|byte| char::from(*byte))
}

/// What somebody typed of a code: letters and digits alone, capital.
pub(super) fn bare(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).take(64).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn codes_are_of_their_alphabets_and_read_as_they_are_typed() {
        for _ in 0..200 {
            let (written, typed) = (written().unwrap(), typed().unwrap());
            assert_eq!((written.len(), bare(&written).len(), typed.len()), (19, 16, 8));
            assert!(bare(&written).bytes().all(|byte| UNAMBIGUOUS.contains(&byte)), "{written}");
            assert!(typed.bytes().all(|byte| CONSONANTS.contains(&byte)), "{typed}");
            assert_eq!(bare(&format!(" {}-{}\n", typed[..4].to_lowercase(), &typed[4..])), typed);
        }
        assert_ne!(new("x").unwrap(), new("x").unwrap());
        assert_eq!(new("cam_").unwrap().len(), 4 + 43);
    }
}
