//! E-mail addresses and telephone numbers that look like people's and can't be anyone's: the domains are reserved for
//! examples, and the exchanges are those that no subscriber of the North American numbering plan is given.

use crate::cli::demo::names::plain;
use rand::Rng;
use std::collections::{HashMap, HashSet};

/// Reserved for examples (RFC 2606 and the registries' own); no mail arrives there.
pub(super) const DOMAINS: &[&str] = &["example.com", "courriel.example", "example.ca", "example.org"];

/// The year that ages are counted to.
const YEAR: u16 = 2026;

/// All mailboxes handed out so far, so that no two people share one.
#[derive(Default)]
pub(super) struct Mailboxes {
    taken: HashSet<String>,
}

impl Mailboxes {
    /// A new address for someone of that name and age, in one of the shapes people choose.
    pub(super) fn open(&mut self, rng: &mut impl Rng, first: &str, last: &str, age: u16) -> String {
        let mut digits = 0;
        loop {
            let mut address = local_part(rng, first, last, YEAR.saturating_sub(age));
            if digits > 0 {
                let number = rng.random_range(1..10u64.saturating_pow(digits));
                address = format!("{address}{number}");
            }
            address.push('@');
            address.push_str(domain(rng));
            if self.taken.insert(address.clone()) {
                return address;
            }
            digits += 1;
        }
    }
}

fn domain(rng: &mut impl Rng) -> &'static str {
    let at = match rng.random_range(0..100) {
        0..45 => 0,
        45..70 => 1,
        70..90 => 2,
        _ => 3,
    };
    DOMAINS.get(at).copied().unwrap_or("example.com")
}

fn local_part(rng: &mut impl Rng, first: &str, last: &str, born: u16) -> String {
    let (first, last) =
        if rng.random_bool(0.4) { (plain(first, "-"), plain(last, "-")) } else { (plain(first, ""), plain(last, "")) };
    let initial: String = first.chars().take(1).collect();
    let year = born % 100;
    match rng.random_range(0..100) {
        0..26 => format!("{first}.{last}"),
        26..36 => format!("{first}{last}"),
        36..46 => format!("{initial}{last}{year:02}"),
        46..54 => format!("{initial}{last}"),
        54..62 => format!("{first}.{last}{year:02}"),
        62..70 => format!("{first}_{last}"),
        70..76 => format!("{initial}.{last}"),
        76..82 => format!("{last}.{first}"),
        82..88 => format!("{first}{born}"),
        88..94 => format!("{last}{initial}{}", rng.random_range(1..100)),
        _ => format!("{first}.{}{year:02}", last.chars().take(1).collect::<String>()),
    }
}

/// Exchanges that are never a subscriber's: the service codes, directory assistance, and the carriers' test codes.
const EXCHANGES: [u64; 11] = [211, 311, 411, 511, 611, 711, 811, 911, 555, 958, 959];

/// Numbers that one area code holds.
const NUMBERS_PER_AREA: u64 = EXCHANGES.len() as u64 * 10_000;

/// A stride without a common divisor with [`NUMBERS_PER_AREA`], so that neighbours in a list don't get neighbouring numbers.
const STRIDE: u64 = 70_919;

/// The numbers handed out so far, by area code.
#[derive(Default)]
pub(super) struct Telephones {
    given: HashMap<u16, u64>,
}

impl Telephones {
    /// A new ten-digit number in one of a region's area codes. Past some 700,000 people numbers begin to repeat, as in
    /// households that share a line.
    pub(super) fn connect(&mut self, rng: &mut impl Rng, area_codes: &[u16]) -> u64 {
        let preferred = match rng.random_range(0..100) {
            0..60 => 0,
            60..85 => 1,
            _ => 2,
        };
        let full = |area: &&u16| self.given.get(*area).copied().unwrap_or(0) < NUMBERS_PER_AREA;
        let choice = area_codes.get(preferred).filter(full).or_else(|| area_codes.iter().find(full));
        let area = choice.or(area_codes.first()).copied().unwrap_or(514);
        let given = self.given.entry(area).or_default();
        let place = given.wrapping_mul(STRIDE) % NUMBERS_PER_AREA;
        *given += 1;
        let exchange = EXCHANGES.get((place / 10_000) as usize).copied().unwrap_or(555);
        u64::from(area) * 10_000_000 + exchange * 10_000 + place % 10_000
    }
}
