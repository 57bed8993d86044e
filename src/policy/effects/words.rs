//! Circumstances as people read them, in both languages.
//!
//! Agreements compare moments in milliseconds and ε in 1e-4; the words say exactly what is meant, so that what an officer approves
//! is what is written.

use super::grant::{Beside, Grant};
use crate::model::{Role, Text};
use jiff::{Timestamp, ToSpan};
use std::fmt::Display;

/// Units of ε in 1.
const UNITS: i64 = 10_000;

/// A role as people call it.
pub fn role_words(role: Role) -> Text {
    match role {
        Role::Marketer => Text::new("marketing", "marketing"),
        Role::Officer => Text::new("conformité", "compliance"),
        Role::Steward => Text::new("intendance", "stewardship"),
        Role::Host => Text::new("hébergement", "hosting"),
    }
}

/// Names one after the other, the first `max` of them, and how many more there are.
pub(super) fn listed(names: &[impl Display], max: usize) -> Text {
    let shown = names.iter().take(max).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(max) {
        0 => Text::new(shown.clone(), shown),
        1 => Text::new(format!("{shown} et un autre"), format!("{shown} and one other")),
        more => Text::new(format!("{shown} et {more} autres"), format!("{shown} and {more} others")),
    }
}

/// So many 1e-4 of ε: `0,5`, `0.5`.
pub(super) fn loss(units: i64) -> Text {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.unsigned_abs() / UNITS.unsigned_abs(), units.unsigned_abs() % UNITS.unsigned_abs());
    let fraction = format!("{rest:04}");
    match fraction.trim_end_matches('0') {
        "" => Text::new(format!("{sign}{whole}"), format!("{sign}{whole}")),
        digits => Text::new(format!("{sign}{whole},{digits}"), format!("{sign}{whole}.{digits}")),
    }
}

/// ε stays below so many 1e-4. It is judged rounded up to 1e-4, so it may reach one less.
pub(super) fn loss_below(units: i64) -> Text {
    let most = loss(units.saturating_sub(1).max(0));
    Text::new(format!("ε d'au plus {}", most.fr), format!("ε at most {}", most.en))
}

/// ε is at least so many 1e-4, rounded up.
pub(super) fn loss_from(units: i64) -> Text {
    let above = loss(units.saturating_sub(1).max(0));
    Text::new(format!("ε au-dessus de {}", above.fr), format!("ε above {}", above.en))
}

/// A moment in UTC, to the minute unless it isn't a whole one.
fn minute(at: Timestamp) -> String {
    let written = at.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string();
    let shorter = [":00.000", ".000"].into_iter().find_map(|tail| written.strip_suffix(tail));
    format!("{} UTC", shorter.unwrap_or(&written))
}

/// A moment in UTC; a day, if the day begins at it.
fn moment(at: Timestamp) -> String {
    minute(at).replace(" 00:00 UTC", " UTC")
}

/// The moment before, if this one is a millisecond after a whole second: a term that an agreement includes.
fn included(at: Timestamp) -> Option<Timestamp> {
    let last = at.checked_sub(1.millisecond()).ok()?;
    (last.as_millisecond() % 1_000 == 0).then_some(last)
}

/// Before a moment.
pub(super) fn before(at: Timestamp) -> Text {
    match included(at).map(minute) {
        Some(last) => Text::new(format!("jusqu'au {last} inclus"), format!("until {last} included")),
        None => Text::new(format!("avant le {}", moment(at)), format!("before {}", moment(at))),
    }
}

/// From a moment.
pub(super) fn from(at: Timestamp) -> Text {
    match included(at).map(minute) {
        Some(last) => Text::new(format!("après le {last}"), format!("after {last}")),
        None => Text::new(format!("dès le {}", moment(at)), format!("from {}", moment(at))),
    }
}

/// One of some roles.
pub(super) fn roles(roles: impl IntoIterator<Item = Role>) -> Text {
    let words: Vec<Text> = roles.into_iter().map(role_words).collect();
    let joined = |of: fn(&Text) -> &str| words.iter().map(of).collect::<Vec<_>>().join(", ");
    let (fr, en) = if words.len() == 1 { ("rôle", "role") } else { ("rôles", "roles") };
    Text::new(format!("{fr} : {}", joined(|text| &text.fr)), format!("{en}: {}", joined(|text| &text.en)))
}

/// What must hold of the owners of the question's other audiences.
fn owners<T: Display>(beside: &Beside<T>, max: usize) -> Text {
    let names = listed(&beside.of, max);
    let several = beside.of.len() > 1;
    let (fr, en) = match (beside.none, beside.some && several, beside.all) {
        (true, false, false) if several => ("jamais avec aucun de : ", "never with any of "),
        (true, _, false) if !several => ("jamais avec ", "never with "),
        (false, _, _) if !several => ("seulement avec ", "only with "),
        (true, true, false) => ("pas avec tous à la fois : ", "not with all of "),
        (false, true, true) => ("seulement avec l'un au moins de : ", "only with at least one of "),
        (false, false, true) => ("seulement avec tous ceux-ci : ", "only with all of "),
        (false, true, false) => {
            ("seulement avec l'un de ceux-ci, et jamais tous : ", "only with some and never all of ")
        }
        (true, false, true) => ("avec tous ou aucun de : ", "with all or none of "),
        _ => ("peu importe si avec : ", "whether or not with "),
    };
    Text::new(format!("{fr}{}", names.fr), format!("{en}{}", names.en))
}

/// What must hold of the columns that the question uses.
fn columns<T: Display>(beside: &Beside<T>, max: usize) -> Text {
    let names = listed(&beside.of, max);
    let several = beside.of.len() > 1;
    let (fr, en) = match (beside.none, beside.some && several, beside.all) {
        (true, false, false) if several => ("sans les colonnes ", "without the columns "),
        (true, _, false) if !several => ("sans la colonne ", "without the column "),
        (false, _, _) if !several => ("seulement avec la colonne ", "only with the column "),
        (true, true, false) => ("pas avec toutes ces colonnes à la fois : ", "not with all of the columns "),
        (false, true, true) => {
            ("seulement avec l'une au moins de ces colonnes : ", "only with at least one of the columns ")
        }
        (false, false, true) => ("seulement avec toutes ces colonnes : ", "only with all of the columns "),
        (false, true, false) => (
            "seulement avec l'une de ces colonnes, et jamais toutes : ",
            "only with some and never all of the columns ",
        ),
        (true, false, true) => ("avec toutes ces colonnes ou aucune : ", "with all or none of the columns "),
        _ => ("peu importe si avec les colonnes : ", "whether or not with the columns "),
    };
    Text::new(format!("{fr}{}", names.fr), format!("{en}{}", names.en))
}

impl Grant {
    /// In which circumstances it holds, each condition by itself, in words; of lists, the first `names_max` names. None if it holds in
    /// all. Templates and purposes aren't circumstances.
    pub fn circumstances(&self, names_max: usize) -> Vec<Text> {
        let some_roles = self.roles.len() < Role::OF_MEMBERS.len();
        let mut words: Vec<Text> = some_roles.then(|| roles(self.roles.iter().copied())).into_iter().collect();
        words.extend(self.from.map(from));
        words.extend(self.until.map(before));
        words.extend(self.epsilon_from.filter(|least| *least > 0).map(loss_from));
        words.extend(self.epsilon_below.map(loss_below));
        words.extend(self.owners.iter().filter(|beside| !beside.of.is_empty()).map(|beside| owners(beside, names_max)));
        words.extend(
            self.columns.iter().filter(|beside| !beside.of.is_empty()).map(|beside| columns(beside, names_max)),
        );
        words
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn losses_are_exact() {
        let told: Vec<Text> = [0, 1, 5_000, 12_300, 100_000, -1].into_iter().map(loss).collect();
        assert_eq!(
            told.iter().map(|text| text.en.as_str()).collect::<Vec<_>>(),
            ["0", "0.0001", "0.5", "1.23", "10", "-0.0001"]
        );
        assert_eq!(loss(12_300).fr, "1,23");
        // `epsilon <= 0.5` and `epsilon > 0.5`, as conditions have them.
        assert_eq!(
            (loss_below(5_001).en.as_str(), loss_from(5_001).fr.as_str()),
            ("ε at most 0.5", "ε au-dessus de 0,5")
        );
        assert_eq!(loss_below(5_000).en, "ε at most 0.4999");
    }

    #[test]
    fn moments_are_exact_and_no_longer_than_that() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(before(at("2027-07-01T00:00:00Z")).fr, "avant le 2027-07-01 UTC");
        assert_eq!(before(at("2027-07-01T04:00:00Z")).en, "before 2027-07-01 04:00 UTC");
        assert_eq!(before(at("2027-07-01T04:00:00.001Z")).fr, "jusqu'au 2027-07-01 04:00 UTC inclus");
        assert_eq!(before(at("2027-07-01T04:00:07.250Z")).en, "before 2027-07-01 04:00:07.250 UTC");
        assert_eq!(from(at("2027-07-01T00:00:00Z")).fr, "dès le 2027-07-01 UTC");
        // A day's name would be read as the whole day.
        assert_eq!(from(at("2027-07-01T00:00:00.001Z")).en, "after 2027-07-01 00:00 UTC");
        assert_eq!(before(at("2027-07-01T00:00:00.001Z")).en, "until 2027-07-01 00:00 UTC included");
    }

    #[test]
    fn what_must_be_beside_is_told_for_every_combination() {
        let of = |names: &[&str], bits: u8| Beside {
            of: names.iter().map(ToString::to_string).collect(),
            none: bits & 4 != 0,
            some: bits & 2 != 0,
            all: bits & 1 != 0,
        };
        let mut told: Vec<String> = (1..7).map(|bits| owners(&of(&["a", "b"], bits), 8).en).collect();
        told.extend((1..7).map(|bits| columns(&of(&["a", "b"], bits), 8).en));
        assert_eq!(
            told.iter().take(6).map(String::as_str).collect::<Vec<_>>(),
            [
                "only with all of a, b",
                "only with some and never all of a, b",
                "only with at least one of a, b",
                "never with any of a, b",
                "with all or none of a, b",
                "not with all of a, b",
            ]
        );
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 12, "each has its own words: {told:?}");
        for some in [0, 2] {
            assert_eq!(owners(&of(&["a"], 4 + some), 8).fr, "jamais avec a");
            assert_eq!(columns(&of(&["a"], 1 + some), 8).fr, "seulement avec la colonne a");
        }
        assert_eq!(owners(&of(&["a", "b", "c", "d"], 4), 2).fr, "jamais avec aucun de : a, b et 2 autres");
    }
}
