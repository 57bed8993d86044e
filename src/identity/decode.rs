//! What the room accepts as a hash.

use super::{HashedIdentifier, Reason};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The hash that a cell holds: 64 hexadecimal digits of any case, or 44 characters of Base64. Outer blanks don't count.
///
/// # Errors
/// [`Reason::Raw`] for what looks like an address or a phone number, [`Reason::NoIdentifier`] for an empty cell,
/// [`Reason::Malformed`] for all else.
pub fn decode_hashed(cell: &[u8]) -> Result<HashedIdentifier, Reason> {
    let cell = cell.trim_ascii();
    let decoded = match cell.len() {
        64 => decode_hex(cell),
        44 => decode_base64(cell),
        _ => None,
    };
    decoded.map(HashedIdentifier::from_bytes).ok_or_else(|| wrong(cell))
}

#[cold]
fn wrong(cell: &[u8]) -> Reason {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let only_phone = cell.iter().all(|byte| byte.is_ascii_digit() || b" +-.()/\xa0\xc2x".contains(byte));
    if cell.is_empty() {
        Reason::NoIdentifier
    } else if cell.contains(&b'@') || only_phone && (7..=20).contains(&digits) {
        Reason::Raw
    } else {
        Reason::Malformed
    }
}

/// The value of a hexadecimal digit; 16 and above for what is none.
static DIGITS: [u8; 256] = {
    let mut table = [255u8; 256];
    let mut value = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within the table's length")]
    while value < 16 {
        table[b"0123456789abcdef"[value] as usize] = value as u8;
        table[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    table
};

fn decode_hex(cell: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 32];
    let mut seen = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(cell.as_chunks::<2>().0) {
        let value = |digit: u8| DIGITS.get(usize::from(digit)).copied().unwrap_or(255);
        let (high, low) = (value(*high), value(*low));
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen < 16).then_some(bytes)
}

fn decode_base64(cell: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 33];
    let written = STANDARD.decode_slice(cell, &mut bytes).ok()?;
    (written == 32).then(|| bytes.first_chunk().copied()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn raw_identifiers_are_told_from_broken_hashes() {
        for (cell, reason) in [
            ("", Reason::NoIdentifier),
            ("  ", Reason::NoIdentifier),
            ("ann@example.com", Reason::Raw),
            ("(514) 555-0123", Reason::Raw),
            ("+1 514 555 0123", Reason::Raw),
            ("15145550123", Reason::Raw),
            ("123", Reason::Malformed),
            ("b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e47551", Reason::Malformed),
            ("g4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514", Reason::Malformed),
            ("a.long.address.that.has.forty.f@example.com.", Reason::Raw),
        ] {
            assert_eq!(decode_hashed(cell.as_bytes()), Err(reason), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn both_spellings_decode_to_the_same_bytes(bytes: [u8; 32]) {
            let hash = HashedIdentifier::from_bytes(bytes);
            let (mut hex, mut base64) = (vec![b' '], Vec::new());
            hash.write_hex(&mut hex);
            hash.write_base64(&mut base64);
            prop_assert_eq!(decode_hashed(&hex).unwrap(), hash);
            prop_assert_eq!(decode_hashed(&hex.to_ascii_uppercase()).unwrap(), hash);
            prop_assert_eq!(decode_hashed(&base64).unwrap(), hash);
        }

        #[test]
        fn any_bytes_are_answered(cell: Vec<u8>) {
            let _ = decode_hashed(&cell);
        }
    }
}
