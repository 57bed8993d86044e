//! What became of an upload, in words.

use super::transfer::Receipt;
use crate::{
    cli::{
        context::choose,
        table::{Align, Table},
        typography as t,
    },
    model::Language,
};

/// The summary of a stored upload.
pub fn render(receipt: &Receipt, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let line = |title, figure| format!("  {} {}", t::label(title, language), t::count(figure, language));
    let mut lines = vec![headline(receipt, language), line(say("rangées prises", "rows taken"), receipt.rows_taken)];
    for (kind, count) in &receipt.persons {
        lines.push(line(&kind_of(kind, language), *count));
    }
    if receipt.duplicates > 0 {
        lines.push(line(say("doublons", "duplicates"), receipt.duplicates));
    }
    if receipt.rows_rejected > 0 {
        lines.push(line(say("rangées refusées", "rows refused"), receipt.rows_rejected));
        lines.push(String::new());
        lines.push(rejected(receipt, language));
    }
    if let Some(reference) = &receipt.reference {
        lines.push(format!("  {} {reference}", t::label(say("référence", "reference"), language)));
    }
    lines.join("\n")
}

fn headline(receipt: &Receipt, language: Language) -> String {
    let Receipt { audience, version, .. } = receipt;
    let number = version.number;
    let expires = version.expires.as_deref().map(t::day);
    match (language, expires) {
        (Language::Fr, Some(day)) => format!("{audience}, version {number} en vigueur; elle sera détruite le {day}"),
        (Language::Fr, None) => format!("{audience}, version {number} en vigueur"),
        (Language::En, Some(day)) => format!("{audience}, version {number} in force; it will be destroyed on {day}"),
        (Language::En, None) => format!("{audience}, version {number} in force"),
    }
}

fn kind_of(kind: &str, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en)).to_owned();
    match kind {
        "email" => say("personnes, par courriel", "persons, by e-mail"),
        "phone" => say("personnes, par téléphone", "persons, by phone"),
        other => other.to_owned(),
    }
}

fn rejected(receipt: &Receipt, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Raison", "Reason"), Align::Left),
        (say("Rangées", "Rows"), Align::Right),
        (say("Premières lignes", "First lines"), Align::Left),
    ]);
    for (reason, count) in &receipt.rejected {
        let lines = receipt.first_lines.get(reason).map(Vec::as_slice).unwrap_or_default();
        let lines: Vec<String> = lines.iter().map(|line| t::count(*line, language)).collect();
        table.row([reason.clone(), t::count(*count, language), lines.join("; ")]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_taken_and_what_was_not() {
        let receipt = serde_json::json!({"audience": "billetterie/acheteurs", "version": {"number": 3, "created": "2026-11-24T00:00:00Z", "expires": "2027-11-24"},
            "rows_taken": 159_000, "rows_rejected": 12, "persons": {"email": 154_321, "phone": 98_000}, "duplicates": 4_679,
            "rejected": {"raw": 2, "malformed": 10}, "first_lines": {"raw": [17, 2040], "malformed": [3]}, "reference": "u-9"});
        let receipt: Receipt = serde_json::from_value(receipt).unwrap();
        insta::assert_snapshot!(render(&receipt, Language::Fr));
        insta::assert_snapshot!(render(&receipt, Language::En));
    }
}
