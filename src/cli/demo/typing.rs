//! What people and programs make of the same fact: capitals, spaces, formats, slips and gaps.

use crate::cli::demo::people::Person;
use crate::cli::demo::places::Place;
use crate::model::{Category, Language};
use rand::Rng;

/// How a person's e-mail ends up in a list; one in 250 is broken.
pub(super) fn email(rng: &mut impl Rng, address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    match rng.random_range(0..1000) {
        0 => local.to_owned(),
        1 => format!("{local}@"),
        2 => format!("{local} (arobas) {domain}"),
        3 => format!("{local}@@{domain}"),
        4..44 => address.to_uppercase(),
        44..104 => format!("{}@{domain}", capitalised(local)),
        104..134 => format!("{address} "),
        134..146 => format!("  {address}"),
        _ => address.to_owned(),
    }
}

/// The same mailbox with a tag that some people add for each list: another identifier to whoever hashes it.
pub(super) fn tagged(address: &str, tag: &str) -> String {
    address.replacen('@', &format!("+{tag}@"), 1)
}

/// The address someone gave a list, the same whenever it is asked: mostly the first, sometimes the other or a tagged one.
pub(super) fn given(person: &Person, list: &str) -> String {
    let salt = list.bytes().fold(person.home, |salt, byte| (salt ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let address = match &person.second_email {
        Some(second) if (salt >> 8) % 10 < 3 => second,
        _ => &person.email,
    };
    if (salt >> 16) % 1000 < 12 { tagged(address, list) } else { address.clone() }
}

/// A telephone number in one of the ways it is written here; one in 100 is no number.
pub(super) fn phone(rng: &mut impl Rng, number: u64) -> String {
    let (area, exchange, line) = (number / 10_000_000, number / 10_000 % 1_000, number % 10_000);
    match rng.random_range(0..100) {
        0 => format!("{exchange}-{line:04}"),
        1..30 => format!("{area}-{exchange}-{line:04}"),
        30..52 => format!("({area}) {exchange}-{line:04}"),
        52..68 => format!("{area} {exchange}-{line:04}"),
        68..80 => format!("{number}"),
        80..88 => format!("{area}.{exchange}.{line:04}"),
        88..94 => format!("1-{area}-{exchange}-{line:04}"),
        _ => format!("+1 {area} {exchange} {line:04}"),
    }
}

/// A vocabulary value as someone would write it, or not at all.
pub(super) fn label(rng: &mut impl Rng, value: Option<&Category>, language: Language) -> String {
    let Some(value) = value else { return String::new() };
    let label = match language {
        Language::Fr => &value.fr,
        Language::En => &value.en,
    };
    match rng.random_range(0..1000) {
        0..30 => String::new(),
        30..100 => label.to_uppercase(),
        100..200 => label.to_lowercase(),
        200..230 => format!("{label} "),
        230..245 => format!(" {label}"),
        245..275 => value.also.get(rng.random_range(0..value.also.len().max(1))).unwrap_or(label).clone(),
        275..285 => value.id.clone(),
        _ => label.clone(),
    }
}

/// A name as typed: now and then in capitals, or with a space behind.
pub(super) fn name(rng: &mut impl Rng, name: &str) -> String {
    match rng.random_range(0..100) {
        0..5 => name.to_uppercase(),
        5..8 => name.to_lowercase(),
        8..11 => format!("{name} "),
        _ => name.to_owned(),
    }
}

/// A postal code of the region, with its space or without.
pub(super) fn postal_code(rng: &mut impl Rng, person: &Person, place: &Place) -> String {
    let letters = b"ABCEGHJKLMNPRSTVWXYZ";
    let home = person.home as usize;
    let forward = place.postal.get(home % place.postal.len().max(1)).copied().unwrap_or_default();
    let letter = char::from(letters.get(home / 7 % letters.len()).copied().unwrap_or(b'A'));
    let space = if rng.random_bool(0.8) { " " } else { "" };
    format!("{forward}{space}{}{letter}{}", home / 11 % 10, home / 13 % 10)
}

const STREETS: &[&str] = &[
    "rue Saint-Denis",
    "rue Principale",
    "boulevard des Érables",
    "avenue du Parc",
    "chemin du Lac",
    "rue de l'Église",
    "rue Notre-Dame Ouest",
    "rang 3",
    "avenue Cartier",
    "rue Sherbrooke Est",
    "montée de la Rivière",
    "rue des Pins",
    "boulevard Saint-Joseph",
    "rue Ontario Est",
    "côte de la Montagne",
    "rue du Quai",
    "avenue des Cèdres",
    "rue Beaubien Est",
];

/// A postal address over several lines, as ticket windows print them.
pub(super) fn address(rng: &mut impl Rng, person: &Person, place: &Place) -> String {
    let home = person.home as usize;
    let street = STREETS.get(home / 5 % STREETS.len()).copied().unwrap_or_default();
    let town = place.towns.get(home % place.towns.len().max(1)).copied().unwrap_or_default();
    let flat = if home.is_multiple_of(3) { format!("\nApp. {}", home / 17 % 40 + 1) } else { String::new() };
    format!("{}, {street}{flat}\n{town} (Québec) {}", home / 19 % 9_000 + 1, postal_code(rng, person, place))
}

/// Money as French Canada writes it, `1 234,56 $`, with plain or no-break spaces.
pub(super) fn amount(rng: &mut impl Rng, cents: u64) -> String {
    let space = if rng.random_bool(0.5) { ' ' } else { '\u{a0}' };
    let (dollars, cents) = (cents / 100, cents % 100);
    match dollars {
        0..1_000 => format!("{dollars},{cents:02}{space}$"),
        _ => format!("{}{space}{:03},{cents:02}{space}$", dollars / 1_000, dollars % 1_000),
    }
}

/// `prenom.nom` as `Prenom.Nom`.
fn capitalised(local: &str) -> String {
    let mut start = true;
    let mut capitalised = String::with_capacity(local.len());
    for letter in local.chars() {
        capitalised.push(if start { letter.to_ascii_uppercase() } else { letter });
        start = !letter.is_alphanumeric();
    }
    capitalised
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn amounts_are_written_as_in_french_canada() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(amount(&mut rng, 123_456).replace('\u{a0}', " "), "1 234,56 $");
        assert_eq!(amount(&mut rng, 4_505).replace('\u{a0}', " "), "45,05 $");
        assert_eq!(amount(&mut rng, 100_305).replace('\u{a0}', " "), "1 003,05 $");
    }

    #[test]
    fn capitals_come_after_every_separator() {
        assert_eq!(capitalised("marie-eve.cote"), "Marie-Eve.Cote");
        assert_eq!(tagged("a.b@example.com", "spectacles"), "a.b+spectacles@example.com");
    }
}
