//! What people type about themselves, made fit to be kept, shown and logged.

use super::Refusal;
use unicode_normalization::UnicodeNormalization;

/// Longest name of a person, and of a token or device, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Longest address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const EMAIL_BYTES_MAX: usize = 254;

/// A text on one line, composed, without control characters or those that turn or hide others; at most `max` characters. A name can
/// so begin no new line in a log, nor look like another by what isn't seen.
pub fn plain(text: &str, max: usize) -> String {
    let seen =
        text.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control() && !is_hidden(*c));
    let words: String = seen.take(max.saturating_mul(4)).collect();
    words.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(max).collect()
}

/// Format characters: zero-width, bidirectional marks and overrides, tags, byte order marks, soft hyphens.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c), 0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F)
}

/// A person's name as it is shown and logged.
pub(super) fn name(text: &str) -> Result<String, Refusal> {
    let name = plain(text, NAME_CHARS_MAX);
    // A member's user is written member/user.
    if name.is_empty() || name.contains('/') || text.chars().count() > NAME_CHARS_MAX * 2 {
        Err(Refusal::Name)
    } else {
        Ok(name)
    }
}

/// The address by which a person signs in: trimmed, composed (NFKC) and in lower case, so that it is the same however it is typed.
pub(super) fn email(text: &str) -> Result<String, Refusal> {
    let email: String = text.trim().nfkc().take(EMAIL_BYTES_MAX * 2).collect::<String>().to_lowercase();
    let sound = email.len() <= EMAIL_BYTES_MAX
        && !email.chars().any(|c| c.is_whitespace() || c.is_control() || is_hidden(c) || "<>\",;:\\()[]".contains(c));
    let parts = email.split_once('@').filter(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && !domain.contains('@')
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
    });
    if sound && parts.is_some() { Ok(email) } else { Err(Refusal::Email) }
}

/// Where to go after signing in: a path of this room, or its front page. Nothing leads elsewhere.
pub fn local_path(next: Option<&str>) -> &str {
    let local = |path: &&str| {
        let bytes = path.as_bytes();
        bytes.first() == Some(&b'/')
            && !matches!(bytes.get(1), Some(b'/' | b'\\'))
            && bytes.len() <= 2_000
            && bytes.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\')
    };
    next.filter(local).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_name_is_one_line_and_shows_all_of_itself() {
        assert_eq!(
            plain("  Ana \u{0} Bé\r\n2026-01-01 ERROR\tforged \u{1b}[31m", 80),
            "Ana Bé 2026-01-01 ERROR forged [31m"
        );
        assert_eq!(plain("a\u{202e}b\u{200b}c\u{feff}\u{e0041}", 80), "abc");
        assert_eq!(name("Ana Be\u{301}langer").unwrap(), "Ana Bélanger");
        for bad in ["", " \u{200b}\n", "festival/ana", &"a".repeat(200)] {
            assert_eq!(name(bad), Err(Refusal::Name), "{bad:?}");
        }
    }

    #[test]
    fn an_address_is_the_same_however_it_is_typed() {
        for typed in ["Ana@Exemple.CA", " ana@exemple.ca\n", "ＡＮＡ@exemple.ca"] {
            assert_eq!(email(typed).unwrap(), "ana@exemple.ca", "{typed}");
        }
        for bad in [
            "",
            "ana",
            "ana@",
            "@exemple.ca",
            "a@b@c.ca",
            "a b@c.ca",
            "a@c",
            "a@-c.ca",
            "a\r\nBcc: x@y.ca",
            "a@c..ca",
            "<a@b.ca>",
            "a\u{200b}@b.ca",
        ] {
            assert_eq!(email(bad), Err(Refusal::Email), "{bad:?}");
        }
        assert!(email(&format!("{}@b.ca", "a".repeat(65))).is_err());
    }

    #[test]
    fn nothing_leads_out_of_the_room() {
        for path in ["/", "/device", "/a?b=c&d=%2F%2Fevil", "/a//b"] {
            assert_eq!(local_path(Some(path)), path);
        }
        for away in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "evil",
            "",
            "/\t/evil.example",
            "/a\r\nLocation: //evil",
            "\\\\evil",
            "/a\\b",
        ] {
            assert_eq!(local_path(Some(away)), "/", "{away:?}");
        }
        assert_eq!(local_path(None), "/");
    }
}
