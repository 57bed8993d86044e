//! What became of an upload, in words.

use super::transfer::Receipt;
use crate::{
    cli::{
        context::choose,
        table::{Align, Table},
        typography as t,
    },
    identity::Reason,
    model::{Language, LeftOut},
};
use std::collections::BTreeMap;

/// The summary of a stored upload.
pub fn render(receipt: &Receipt, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let line = |title: &str, figure| format!("  {} {}", t::label(title, language), t::count(figure, language));
    let mut lines = vec![headline(receipt, language), line(say("rangées prises", "rows taken"), receipt.rows_taken)];
    for (kind, count) in &receipt.persons {
        lines.push(line(&kind_of(kind, language), *count));
    }
    for (kind, count) in receipt.duplicates.iter().filter(|(_, count)| **count > 0) {
        lines.push(line(&format!("{} ({kind})", say("doublons", "duplicates")), *count));
    }
    for (kind, left_out) in &receipt.left_out {
        lines.push(format!("  {}", above(kind, *left_out, receipt.rows_max, language)));
    }
    if receipt.rows_rejected > 0 {
        lines.push(line(say("rangées refusées", "rows refused"), receipt.rows_rejected));
        lines.push(String::new());
        lines.push(rejected(&receipt.rejected, &receipt.first_lines, language));
    }
    lines.join("\n")
}

fn headline(receipt: &Receipt, language: Language) -> String {
    let Receipt { audience, version, .. } = receipt;
    match language {
        Language::Fr => format!("{audience}, version {version} en vigueur"),
        Language::En => format!("{audience}, version {version} in force"),
    }
}

/// Rows that weren't kept of persons who had too many.
fn above(kind: &str, LeftOut { persons, rows }: LeftOut, rows_max: u64, language: Language) -> String {
    let [persons, rows, rows_max] = [persons, rows, rows_max].map(|count| t::count(count, language));
    match language {
        Language::Fr => format!(
            "{} {rows}, de {persons} personnes qui en ont plus de {rows_max} ({kind}); un tirage secret choisit celles qui restent",
            t::label("rangées écartées", language)
        ),
        Language::En => format!(
            "{} {rows}, of {persons} persons with more than {rows_max} ({kind}); a secret draw chooses which stay",
            t::label("rows left out", language)
        ),
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

/// Rows refused, by reason, with the first lines of each.
pub fn rejected(
    rejected: &BTreeMap<String, u64>,
    first_lines: &BTreeMap<String, Vec<u64>>,
    language: Language,
) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Raison", "Reason"), Align::Left),
        (say("Rangées", "Rows"), Align::Right),
        (say("Premières lignes", "First lines"), Align::Left),
    ]);
    for (reason, count) in rejected {
        let lines = first_lines.get(reason).map(Vec::as_slice).unwrap_or_default();
        let lines: Vec<String> = lines.iter().map(|line| t::count(*line, language)).collect();
        table.row([words(reason, language).to_owned(), t::count(*count, language), lines.join("; ")]);
    }
    table.render()
}

/// A reason in words; one that this version doesn't know stays as the room wrote it.
fn words(reason: &str, language: Language) -> &str {
    let known = Reason::ALL.into_iter().find(|known| known.as_str() == reason);
    known.map_or(reason, |known| known.words(language))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_taken_and_what_was_not() {
        let receipt = serde_json::json!({"audience": "billetterie/acheteurs", "version": 3, "rows_taken": 159_000, "rows_rejected": 12,
            "persons": {"email": 154_321, "phone": 98_000}, "duplicates": {"email": 4_679},
            "left_out": {"email": {"persons": 2, "rows": 15_999_000}}, "rows_max": 500, "rejected": {"raw": 2, "odd": 10},
            "first_lines": {"raw": [17, 2040], "odd": [3]}});
        let receipt: Receipt = serde_json::from_value(receipt).unwrap();
        let french = render(&receipt, Language::Fr);
        assert!(french.starts_with("billetterie/acheteurs, version 3 en vigueur\n"), "{french}");
        assert!(french.contains("personnes, par courriel\u{a0}: 154\u{202f}321"), "{french}");
        assert!(french.contains("identifiant en clair") && french.contains("17; 2\u{202f}040"), "{french}");
        assert!(french.contains("rangées écartées\u{a0}: 15\u{202f}999\u{202f}000, de 2 personnes"), "{french}");
        let english = render(&receipt, Language::En);
        assert!(english.contains("rows left out: 15,999,000, of 2 persons with more than 500"), "{english}");
        assert!(
            english.contains("rows refused: 12") && english.contains("raw identifier") && english.contains("odd"),
            "{english}"
        );
    }
}
