//! Small wordings that several messages share.

use super::Kind;
use crate::model::Language;

/// `courriel`, `e-mail`, …
pub(super) fn kind(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::Email, Language::Fr) => "courriel",
        (Kind::Email, Language::En) => "e-mail",
        (Kind::Phone, Language::Fr) => "téléphone",
        (Kind::Phone, Language::En) => "phone",
    }
}

/// Column names for a message: quoted, few, short; a name that may be a person's data is masked.
pub(super) fn list(names: &[String]) -> String {
    const NAMES_MAX: usize = 20;
    let shown: Vec<String> = names.iter().take(NAMES_MAX).map(|name| format!("`{}`", masked(name))).collect();
    let more = if names.len() > NAMES_MAX { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A column name for a message or a report.
pub(super) fn masked(name: &str) -> String {
    let personal = name.contains('@') || name.bytes().filter(u8::is_ascii_digit).count() >= 7;
    if personal { "…".to_owned() } else { name.chars().filter(|c| !c.is_control()).take(60).collect() }
}
