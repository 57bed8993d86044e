//! What a proposal would do to each owner, and who has to agree.

use super::{Files, VersionsError, rebase::rebase};
use crate::{
    model::{ColumnKind, MemberName, Text, Vocabulary},
    policy::{
        consent::{self, Difference},
        current::{Current, Narrowing},
        effects::{Effects, EffectsError, InForce, Written, diff, written},
        policies::Policies,
    },
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, sync::Arc};

/// A proposal held against what is in force.
#[derive(Debug)]
pub(super) struct Assessment {
    /// The folder that would come into force.
    pub(super) files: Files,
    pub(super) policies: Arc<Policies>,
    /// What it would change of the published version.
    pub(super) effects: Effects,
    /// What it would change of what is written, shown or not: permissions that a prohibition masks, prohibitions that nothing needs.
    pub(super) written: Written,
    /// What else it would change of what members agreed to.
    pub(super) differences: Vec<Difference>,
    /// The owners without whose approval it can't be published.
    pub(super) needed: BTreeSet<MemberName>,
    /// What stands for the rules common to all, before and after; `None` if they stay as they are.
    common: Option<String>,
}

/// Brings a proposal onto what is in force.
pub(super) fn brought(current_files: &Files, (base, proposed): (&Files, &Files)) -> Result<Files, VersionsError> {
    rebase(base, proposed, current_files).map_err(|conflicts| VersionsError::Refused(outdated(&conflicts)))
}

/// Holds a folder against what is in force.
pub(super) fn hold(
    current: &Current,
    current_files: &Files,
    (files, policies): (Files, Arc<Policies>),
    now: Timestamp,
) -> Result<Assessment, VersionsError> {
    grows(current.base.vocabulary(), policies.vocabulary()).map_err(VersionsError::Refused)?;
    // Narrowings are left out on both sides: they stay whatever is published, so an owner must approve what the version opens behind
    // them, or lifting them later would open what nobody approved.
    let effects = diff(&InForce::from(&*current.base), &InForce::from(&*policies))?;
    let common = common_rules(&current.base, current_files, &policies, &files);
    let written = written(&current.base, &policies)?;
    let differences = consent::differences((&current.base, current_files), (&policies, &files), now)?;
    let mut needed: BTreeSet<MemberName> = effects.clone().from(now).by_owner.into_keys().collect();
    // What a member permits or forbids is the member's to write, whether or not it shows today.
    needed.extend(written.clone().from(now).owners().cloned());
    needed.extend(differences.iter().flat_map(|difference| &difference.concerns).cloned());
    if common.is_some() {
        // Common rules concern each member with audiences, before or after.
        needed.extend(consent::holders(&current.base, &policies));
    }
    Ok(Assessment { files, policies, effects, written, differences, needed, common })
}

/// A digest of the rules common to all owners, if they change: figures of privacy, tariffs, who runs the room, default country.
fn common_rules(before: &Policies, old: &Files, after: &Policies, new: &Files) -> Option<String> {
    let table = |files: &Files, name: &str| {
        let text = files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        // Both were read as TOML when they loaded; comments and order don't count.
        text.trim_start_matches('\u{feff}').parse::<toml::Table>().map(|table| table.to_string()).unwrap_or(text)
    };
    let rules = |policies: &Policies, files: &Files| {
        let room = policies.room();
        let figures = ["privacy.toml", "tariffs.toml"].map(|name| table(files, name));
        (room.operator.clone(), room.default_country.clone(), figures)
    };
    let (was, is) = (rules(before, old), rules(after, new));
    (was != is).then(|| hex::encode(Sha256::digest(format!("{was:?}\0{is:?}"))))
}

fn outdated(conflicts: &[String]) -> Text {
    let list = conflicts.join(", ");
    Text::new(
        format!(
            "le dossier en vigueur a changé depuis, dans les mêmes fichiers ({list}) : reprenez-les (`camerata policy show --out DOSSIER`) et proposez de nouveau"
        ),
        format!(
            "what is in force has changed since, in the same files ({list}): start from them (`camerata policy show --out DIR`) and propose again"
        ),
    )
}

/// Whether a vocabulary only adds to another: stored files hold the places of values, so those may not move.
///
/// # Errors
/// The column that would change, and what to do.
pub fn grows(old: &Vocabulary, new: &Vocabulary) -> Result<(), Text> {
    for (name, column) in old.columns() {
        let same = match (&column.kind, new.get(name).map(|column| &column.kind)) {
            (ColumnKind::Category { values: was }, Some(ColumnKind::Category { values: is })) => {
                was.len() <= is.len() && was.iter().zip(is).all(|(was, is)| was.id == is.id)
            }
            (was, Some(is)) => std::mem::discriminant(was) == std::mem::discriminant(is),
            (_, None) => false,
        };
        if !same {
            return Err(Text::new(
                format!(
                    "vocabulary.toml : la colonne `{name}` a perdu ou déplacé des valeurs, ou a changé de sorte ; des listes y sont conservées : ajoutez à la fin, ne retirez rien"
                ),
                format!(
                    "vocabulary.toml: the column `{name}` lost or moved values, or changed its kind; stored lists use them: add at the end, remove nothing"
                ),
            ));
        }
    }
    Ok(())
}

impl Assessment {
    /// Whether an owner has something to say about it.
    pub(super) fn concerns(&self, owner: &MemberName) -> bool {
        self.needed.contains(owner)
            || self.effects.by_owner.contains_key(owner)
            || self.written.owners().any(|concerned| concerned == owner)
    }

    /// What an owner approves: all that changes for it, in one digest.
    pub(super) fn digest(&self, owner: &MemberName) -> String {
        let common = self.common.as_deref().unwrap_or_default();
        let own = consent::digest(&self.differences, owner);
        let parts = [&self.effects.digest(owner), &self.written.digest(owner), common, &own];
        hex::encode(Sha256::digest(parts.join("\0")))
    }

    /// The narrowings that the version itself implies: nothing is permitted without them that isn't with them.
    pub(super) fn implied<'a>(&self, narrowings: &'a [Narrowing]) -> Result<Vec<&'a Narrowing>, EffectsError> {
        let mut implied = Vec::new();
        for narrowing in narrowings {
            let with = InForce { base: &self.policies, narrowings: vec![(&narrowing.owner, &*narrowing.policies)] };
            if !diff(&with, &InForce::from(&*self.policies))?.widens(&narrowing.owner) {
                implied.push(narrowing);
            }
        }
        Ok(implied)
    }

    /// Whether the common rules change.
    pub(super) fn changes_common_rules(&self) -> bool {
        self.common.is_some()
    }
}
