//! One written form for one e-mail address.

use super::{HashedIdentifier, Profile, Reason};

/// Longest address, in bytes (RFC 5321 allows 254; some room for Unicode).
const EMAIL_BYTES_MAX: usize = 512;

/// The form of an address that is hashed: trimmed, lower-case; for `uid2`, gmail.com's dots and `+suffix` dropped.
///
/// # Errors
/// [`Reason::NotAnEmail`] unless there is one `@`, something before it, a domain with a dot after it, and no white
/// space, control character or any of `<>()[]\",;:`, which mean that the cell holds something more than an address.
pub fn normalise_email(text: &str, profile: Profile) -> Result<String, Reason> {
    let mut out = Vec::new();
    normalise_into(text, profile, &mut out)?;
    String::from_utf8(out).map_err(|_| Reason::NotAnEmail)
}

/// Normalises and hashes an address.
///
/// # Errors
/// As [`normalise_email`].
pub fn hash_email(text: &str, profile: Profile) -> Result<HashedIdentifier, Reason> {
    let mut out = Vec::new();
    normalise_into(text, profile, &mut out)?;
    Ok(HashedIdentifier::of(&out))
}

/// As [`normalise_email`], into a buffer that is used again for every row.
pub(super) fn normalise_into(text: &str, profile: Profile, out: &mut Vec<u8>) -> Result<(), Reason> {
    out.clear();
    // Spreadsheets leave a BOM in the first cell; the browser's trim drops it too.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.len() > EMAIL_BYTES_MAX {
        return Err(Reason::NotAnEmail);
    }
    if text.is_ascii() {
        out.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
    } else {
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Reason::NotAnEmail);
        }
        out.extend_from_slice(text.to_lowercase().as_bytes());
    }
    check(out)?;
    if profile == Profile::Uid2 {
        drop_gmail_aliases(out)?;
    }
    Ok(())
}

fn check(address: &[u8]) -> Result<(), Reason> {
    let at = memchr::memchr(b'@', address).ok_or(Reason::NotAnEmail)?;
    let domain = address.get(at + 1..).unwrap_or_default();
    let mut dots = 0;
    let mut previous = b'.';
    for byte in domain {
        if *byte == b'.' {
            if previous == b'.' {
                return Err(Reason::NotAnEmail);
            }
            dots += 1;
        }
        previous = *byte;
    }
    let foreign = address.iter().filter(|byte| FOREIGN.get(usize::from(**byte)).copied().unwrap_or_default()).count();
    if at == 0 || dots == 0 || previous == b'.' || foreign != 1 {
        return Err(Reason::NotAnEmail);
    }
    Ok(())
}

/// Bytes that an address has none of, and `@`, of which it has one.
static FOREIGN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within the table's length")]
    while byte < 128 {
        let listed = matches!(
            byte as u8,
            b'@' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'\\' | b'"' | b',' | b';' | b':' | 127
        );
        table[byte] = byte <= 32 || listed;
        byte += 1;
    }
    table
};

/// `first.last+news@gmail.com` and `firstlast@gmail.com` are one mailbox, and UID2 hashes them alike.
fn drop_gmail_aliases(address: &mut Vec<u8>) -> Result<(), Reason> {
    let Some(local) = address.strip_suffix(b"@gmail.com") else { return Ok(()) };
    let mailbox: Vec<u8> = local.iter().copied().take_while(|byte| *byte != b'+').filter(|byte| *byte != b'.').collect();
    if mailbox.is_empty() {
        return Err(Reason::NotAnEmail);
    }
    address.clear();
    address.extend_from_slice(&mailbox);
    address.extend_from_slice(b"@gmail.com");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_more_or_less_than_an_address_is_refused() {
        for bad in [
            "",
            "@",
            "a@b",
            "@example.com",
            "a@",
            "a@.com",
            "a@example.",
            "a@ex..com",
            "a b@example.com",
            "a@example.com;b@example.com",
            "a@example.com b@example.com",
            "Ann <a@example.com>",
            "mailto:a@example.com",
            "a\u{0}@example.com",
            "é\u{85}a@example.com",
            "a@@example.com",
            &format!("{}@example.com", "a".repeat(600)),
        ] {
            assert_eq!(normalise_email(bad, Profile::Google), Err(Reason::NotAnEmail), "{bad}");
        }
        assert_eq!(normalise_email(".+x@gmail.com", Profile::Uid2), Err(Reason::NotAnEmail));
    }

    #[test]
    fn outer_space_and_case_do_not_count() {
        let same = ["a.b@example.com", " A.B@Example.COM ", "\u{feff}a.b@example.com\u{a0}", "\ta.B@example.com\r\n"];
        for text in same {
            assert_eq!(normalise_email(text, Profile::Google).unwrap(), "a.b@example.com");
        }
        assert_eq!(normalise_email("ÉLISE@EXAMPLE.CA", Profile::Meta).unwrap(), "élise@example.ca");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "[ \t]{0,2}[a-zA-Z.+éÉİΣß]{1,8}@(gmail|GMail|example)\\.(com|CA)[ ]{0,2}") {
            for profile in Profile::ALL {
                if let Ok(once) = normalise_email(&text, profile) {
                    prop_assert_eq!(normalise_email(&once, profile), Ok(once));
                }
            }
        }

        #[test]
        fn any_text_is_refused_or_stays_put(text in "\\PC{0,12}@?\\PC{0,8}\\.?\\PC{0,4}") {
            for profile in Profile::ALL {
                if let Ok(once) = normalise_email(&text, profile) {
                    prop_assert_eq!(normalise_email(&once, profile), Ok(once));
                }
            }
        }
    }
}
