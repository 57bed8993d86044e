//! What a proposal opens and closes, and what happened, in words.

use super::words::{NAMES_MAX, Wording};
use crate::{
    cli::{context::choose, typography as t},
    model::Language,
    policy::{Change, Effects, Grant, Policies, What},
};

/// The effects by owner, a line for each grant: `+` what is gained, `−` what is lost.
pub(super) fn render(effects: &Effects, policies: &Policies, language: Language) -> String {
    if effects.is_empty() {
        return choose(language, ("Rien ne change pour personne.", "Nothing changes for anybody.")).to_owned();
    }
    let wording = Wording::new(policies, NAMES_MAX, language);
    let mut lines = Vec::new();
    for (owner, changes) in &effects.by_owner {
        let title = format!("{} {owner}", choose(language, ("auditoires de", "audiences of")));
        lines.push(t::label(&title, language));
        for change in changes {
            lines.extend(signed(&wording, '+', change, &change.gained));
            lines.extend(signed(&wording, '−', change, &change.lost));
        }
    }
    lines.join("\n")
}

fn signed(wording: &Wording, sign: char, change: &Change, grants: &[Grant]) -> Vec<String> {
    grants.iter().map(|grant| format!("  {sign} {}", wording.line(&change.asker, &change.audience, grant))).collect()
}

/// What happened, in a word.
pub(super) fn happened(what: What, language: Language) -> &'static str {
    let words = match what {
        What::Founded => ("salle fondée", "room founded"),
        What::Proposed => ("proposée", "proposed"),
        What::Approved => ("approuvée", "approved"),
        What::Retracted => ("accord repris", "approval retracted"),
        What::Narrowed => ("reprise immédiate", "narrowed at once"),
        What::Lifted => ("reprise levée", "narrowing lifted"),
        What::Withdrawn => ("retirée", "withdrawn"),
        What::Published => ("en vigueur", "published"),
    };
    choose(language, words)
}
