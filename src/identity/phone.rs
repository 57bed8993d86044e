//! One written form for one phone number, by libphonenumber's rules (crate `phonenumber`).

use super::{HashedIdentifier, Profile, Reason};
use phonenumber::{Type, country, metadata::DATABASE};
use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicU8, Ordering},
};

/// Longest cell that is tried as a number, in bytes.
const PHONE_BYTES_MAX: usize = 64;

/// The country whose numbers may be written without a country code; `CA` unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(country::Id);

/// Not a country's two letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such country: use its two letters, such as CA or FR")]
pub struct UnknownCountry;

impl Default for Country {
    fn default() -> Self {
        Self(country::CA)
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;
    fn from_str(text: &str) -> Result<Self, UnknownCountry> {
        text.to_ascii_uppercase().parse().map(Self).map_err(|_| UnknownCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref())
    }
}

/// The form of a number that is hashed: E.164 with `+`; for `meta`, its digits alone. Extensions are dropped.
///
/// # Errors
/// [`Reason::NotAPhone`] unless libphonenumber knows such a number to be possible and assigned.
pub fn normalise_phone(text: &str, profile: Profile, country: Country) -> Result<String, Reason> {
    let mut out = Vec::new();
    normalise_into(text, profile, country, &mut out)?;
    String::from_utf8(out).map_err(|_| Reason::NotAPhone)
}

/// Normalises and hashes a number.
///
/// # Errors
/// As [`normalise_phone`].
pub fn hash_phone(text: &str, profile: Profile, country: Country) -> Result<HashedIdentifier, Reason> {
    let mut out = Vec::new();
    normalise_into(text, profile, country, &mut out)?;
    Ok(HashedIdentifier::of(&out))
}

/// As [`normalise_phone`], into a buffer that is used again for every row.
pub(super) fn normalise_into(text: &str, profile: Profile, country: Country, out: &mut Vec<u8>) -> Result<(), Reason> {
    out.clear();
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.len() > PHONE_BYTES_MAX {
        return Err(Reason::NotAPhone);
    }
    if profile != Profile::Meta {
        out.push(b'+');
    }
    let mut compact = [0u8; PHONE_BYTES_MAX];
    let text = compacted(text, country, &mut compact).unwrap_or(text);
    if let Some(national) = north_american(text, country) {
        out.push(b'1');
        out.extend_from_slice(national.as_bytes());
        return Ok(());
    }
    // A number that names its country must not be read as one of the default country: the crate refuses some that way.
    let country = (!text.starts_with('+')).then_some(country.0);
    let number = phonenumber::parse(country, text).map_err(|_| Reason::NotAPhone)?;
    if !number.is_valid() {
        return Err(Reason::NotAPhone);
    }
    let written = number.format().mode(phonenumber::Mode::E164).to_string();
    out.extend_from_slice(written.trim_start_matches('+').as_bytes());
    Ok(())
}

/// The number without the signs that people put between digits; nothing if it has any other sign, such as an extension.
/// Without it, `+1514 555-0123` would be taken for country 1514. What is dialled to leave the country, `011` or `00`, is written `+`:
/// the crate would take a leading 1 off the foreign number, as it does at home.
fn compacted<'a>(text: &str, country: Country, buffer: &'a mut [u8; PHONE_BYTES_MAX]) -> Option<&'a str> {
    let mut length = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => {}
            '+' if length == 0 => {}
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' | '\u{202f}' | '\u{2010}' | '\u{2011}' | '\u{2013}' => continue,
            _ => return None,
        }
        *buffer.get_mut(length)? = u8::try_from(c).ok()?;
        length += 1;
    }
    let outwards = if matches!(country.0, country::CA | country::US) { "011" } else { "00" };
    let abroad = buffer.get(..length)?.starts_with(outwards.as_bytes()) && length > outwards.len();
    let from = if abroad { outwards.len() - 1 } else { 0 };
    if abroad {
        *buffer.get_mut(from)? = b'+';
    }
    std::str::from_utf8(buffer.get(from..length)?).ok()
}

const UNKNOWN: u8 = 0;
const ORDINARY: u8 = 1;
const SPECIAL: u8 = 2;

/// What the crate said of ordinary lines with these four first digits. In the metadata of Canada and the United States,
/// whether such a line can exist depends on its first four digits alone (personal and other special numbers aside), so
/// that the crate's 20 µs a number are spent once a prefix. A property test compares both ways.
static PREFIXES: [AtomicU8; 10_000] = [const { AtomicU8::new(UNKNOWN) }; 10_000];

/// The ten digits of an ordinary line of Canada or the United States; nothing if the crate has to decide.
fn north_american(compact: &str, country: Country) -> Option<&str> {
    let national = match (compact.len(), country.0) {
        (12, _) => compact.strip_prefix("+1")?,
        (11, country::CA | country::US) => compact.strip_prefix('1')?,
        (10, country::CA | country::US) => compact,
        _ => return None,
    };
    if national.len() != 10
        || !national.bytes().all(|byte| byte.is_ascii_digit())
        || !national.starts_with(['2', '3', '4', '5', '6', '7', '8', '9'])
    {
        return None;
    }
    let known = PREFIXES.get(national.get(..4)?.parse::<usize>().ok()?)?;
    let mut answer = known.load(Ordering::Relaxed);
    if answer == UNKNOWN {
        answer = if is_ordinary(national) { ORDINARY } else { SPECIAL };
        known.store(answer, Ordering::Relaxed);
    }
    (answer == ORDINARY).then_some(national)
}

fn is_ordinary(national: &str) -> bool {
    let Ok(number) = phonenumber::parse(Some(country::CA), national) else { return false };
    let of_either = matches!(number.country().id(), Some(country::CA | country::US));
    let a_line = matches!(number.number_type(&DATABASE), Type::FixedLine | Type::Mobile | Type::FixedLineOrMobile);
    of_either && a_line && number.is_valid()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn by_the_crate(text: &str, country: country::Id) -> Result<String, Reason> {
        let number = phonenumber::parse(Some(country), text).map_err(|_| Reason::NotAPhone)?;
        if number.is_valid() {
            Ok(number.format().mode(phonenumber::Mode::E164).to_string())
        } else {
            Err(Reason::NotAPhone)
        }
    }

    #[test]
    fn the_ways_people_write_a_number_are_one() {
        for text in [
            "514-555-0123",
            "(514) 555-0123",
            "514.555.0123",
            "5145550123",
            "1 514 555 0123",
            "+1 514 555-0123",
            "+1514 555-0123",
            "1-514-555-0123",
            " 514\u{a0}555\u{2011}0123 ",
            "514-555-0123 ext. 45",
            "514 555-0123 x45",
        ] {
            assert_eq!(
                normalise_phone(text, Profile::Google, Country::default()).as_deref(),
                Ok("+15145550123"),
                "{text}"
            );
            assert_eq!(
                normalise_phone(text, Profile::Meta, Country::default()).as_deref(),
                Ok("15145550123"),
                "{text}"
            );
        }
        let france: Country = "fr".parse().unwrap();
        assert_eq!(normalise_phone("01 42 68 53 00", Profile::Uid2, france).as_deref(), Ok("+33142685300"));
        assert_eq!(
            normalise_phone("+33 1 42 68 53 00", Profile::Google, Country::default()).as_deref(),
            Ok("+33142685300")
        );
        // Dialled from here, a foreign number keeps its own leading 1.
        for text in ["011 33 1 42 68 53 00", "011-33-142685300"] {
            let abroad = normalise_phone(text, Profile::Google, Country::default());
            assert_eq!(abroad.as_deref(), Ok("+33142685300"), "{text}");
        }
        assert_eq!(normalise_phone("00 1 514 555-0123", Profile::Google, france).as_deref(), Ok("+15145550123"));
        assert_eq!("zz".parse::<Country>(), Err(UnknownCountry));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "",
            "-",
            "+",
            "555-0123",
            "000-000-0000",
            "1111111111",
            "ann@example.com",
            "5,14555E+09",
            "n/a",
            "12",
            "+",
            "514555012345678901",
        ] {
            assert_eq!(normalise_phone(bad, Profile::Google, Country::default()), Err(Reason::NotAPhone), "{bad}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn the_short_way_agrees_with_the_crate(national in "[2-9][0-9]{9}", prefix in "(\\+1|1|)") {
            let text = format!("{prefix}{national}");
            prop_assert_eq!(normalise_phone(&text, Profile::Google, Country(country::CA)), by_the_crate(&text, country::CA));
            prop_assert_eq!(normalise_phone(&text, Profile::Google, Country(country::US)), by_the_crate(&text, country::US));
        }

        #[test]
        fn special_prefixes_agree_too(area in "(523|524|521|600|622|633|800|900|242|274|310|456|710|911)", rest in "[0-9]{7}") {
            let text = format!("{area}{rest}");
            prop_assert_eq!(normalise_phone(&text, Profile::Google, Country(country::CA)), by_the_crate(&text, country::CA));
        }

        #[test]
        fn any_text_is_refused_or_stays_put(text in "[+(]{0,2}[0-9 ().x\\-+;=a-z\u{a0}é٣]{0,24}") {
            if let Ok(once) = normalise_phone(&text, Profile::Google, Country::default()) {
                prop_assert_eq!(normalise_phone(&once, Profile::Google, Country::default()), Ok(once));
            }
        }
    }
}
