//! What a proposal opens and closes, and what happened, in words.

use super::words::{NAMES_MAX, Wording};
use crate::{
    cli::{context::choose, typography::label},
    model::Language,
    policy::{Change, Difference, Effects, Grant, Policies, What},
};

/// The effects of a proposal: what is lost in the words of the version it was made from, what is gained in those of the version it
/// proposes.
pub(super) fn render(effects: &Effects, [old, new]: [&Policies; 2], language: Language) -> String {
    if effects.is_empty() {
        return choose(language, ("Rien ne change pour personne.", "Nothing changes for anybody.")).to_owned();
    }
    let [old, new] = [old, new].map(|policies| Wording::new(policies, NAMES_MAX, language));
    listed(effects, [&old, &new]).join("\n").trim_end().to_owned()
}

/// What changes beside comparisons, a sentence each; figures of `privacy.toml` are told by themselves. Nothing, if nothing does.
pub(super) fn agreed(differences: &[Difference], language: Language) -> Vec<String> {
    let title = ("Ce dont les membres ont convenu changerait", "What members agreed to would change");
    let told = differences.iter().filter(|difference| difference.of != "privacy.toml");
    let lines: Vec<String> = told.map(|difference| format!("  {}", difference.words.get(language))).collect();
    let title = (!lines.is_empty()).then(|| label(choose(language, title), language));
    title.into_iter().chain(lines).collect()
}

/// What is written and doesn't show: permissions behind prohibitions, and prohibitions of what nothing permits.
pub(super) fn hidden([masked, prohibited]: [&Effects; 2], sides: [&Policies; 2], language: Language) -> Vec<String> {
    let titles = [
        (
            "Ce qui est écrit derrière une interdiction, et s’ouvrirait si elle tombait",
            "What is written behind a prohibition, and would open if it went",
        ),
        ("Ce qui est interdit (+), ou ne l’est plus (−)", "What is prohibited (+), or no longer is (−)"),
    ];
    let mut lines = Vec::new();
    for (effects, title) in [masked, prohibited].into_iter().zip(titles).filter(|(effects, _)| !effects.is_empty()) {
        lines.push(label(choose(language, title), language));
        lines.push(render(effects, sides, language));
    }
    lines
}

/// Each owner with a line for each grant, `+` what is gained and `−` what is lost, and an empty line. What is lost is worded by the
/// first wording, what is gained by the second.
pub(super) fn listed(effects: &Effects, [old, new]: [&Wording; 2]) -> Vec<String> {
    let mut lines = Vec::new();
    for (owner, changes) in &effects.by_owner {
        lines.push(owner.to_string());
        for change in changes {
            lines.extend(change.gained.iter().map(|grant| signed('+', new, change, grant)));
            lines.extend(change.lost.iter().map(|grant| signed('−', old, change, grant)));
        }
        lines.push(String::new());
    }
    lines
}

fn signed(sign: char, wording: &Wording, change: &Change, grant: &Grant) -> String {
    format!("  {sign} {}", wording.line(&change.asker, &change.audience, grant))
}

/// What happened, in a word.
pub(super) fn happened(what: What, language: Language) -> &'static str {
    let words = match what {
        What::Founded => ("salle fondée", "room founded"),
        What::Proposed => ("proposée", "proposed"),
        What::Approved => ("approuvée", "approved"),
        What::Refused => ("refusée", "refused"),
        What::Retracted => ("accord repris", "approval retracted"),
        What::Narrowed => ("reprise immédiate", "narrowed at once"),
        What::Lifted => ("reprise levée", "narrowing lifted"),
        What::Withdrawn => ("retirée", "withdrawn"),
        What::Published => ("en vigueur", "published"),
    };
    choose(language, words)
}
