//! What a proposal opens and closes, in words and as a grid of who asks by whose audiences.

use super::names::{Listed, Names};
use crate::{
    model::{AudienceRef, MemberName},
    policy::{Change, Effects, Grant},
    web::page::Page,
};
use std::collections::BTreeSet;

/// Names of other owners, or of columns, that a circumstance writes out.
const NAMES_MAX: usize = 8;

/// All that changes on the audiences of one owner.
pub(super) struct Owner {
    pub(super) title: String,
    /// Whether they are the reader's own.
    pub(super) own: bool,
    pub(super) rows: Vec<Row>,
}

/// One thing that becomes possible, or no longer is.
pub(super) struct Row {
    pub(super) opens: bool,
    pub(super) asker: String,
    pub(super) audience: String,
    pub(super) purposes: String,
    pub(super) questions: Listed,
    pub(super) circumstances: Vec<String>,
}

/// Who asks, across, by audience, down.
pub(super) struct Grid {
    pub(super) askers: Vec<String>,
    /// Each audience: its title, its owner's, and a cell for each asker.
    pub(super) rows: Vec<(String, String, Vec<Cell>)>,
}

/// What changes for one asker and audience, as a sign and in words.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) kind: &'static str,
    pub(super) sign: &'static str,
    pub(super) words: String,
}

impl Cell {
    fn of(page: &Page, gains: bool, loses: bool) -> Self {
        let (kind, sign, words) = match (gains, loses) {
            (true, false) => ("opens", "+", page.say("effect-opens")),
            (false, true) => ("closes", "−", page.say("effect-closes")),
            (true, true) => ("both", "±", page.say("effect-both")),
            (false, false) => ("same", "·", page.say("effect-same")),
        };
        Self { kind, sign, words }
    }
}

/// What changes, owner by owner, the reader's own first. What closes is told in the words of the version before.
pub(super) fn owners(effects: &Effects, [before, after]: [&Names<'_>; 2], own: &MemberName) -> Vec<Owner> {
    let told = |(owner, changes): (&MemberName, &Vec<Change>)| Owner {
        title: after.member(owner),
        own: owner == own,
        rows: changes.iter().flat_map(|change| rows(change, [before, after])).collect(),
    };
    let mut owners: Vec<Owner> = effects.by_owner.iter().map(told).collect();
    owners.sort_by_key(|owner| !owner.own);
    owners
}

fn rows(change: &Change, [before, after]: [&Names<'_>; 2]) -> Vec<Row> {
    let row = |names: &Names<'_>, grant: &Grant, opens| Row {
        opens,
        asker: names.member(&change.asker),
        audience: names.audience(&change.audience),
        purposes: names.purposes(&grant.purposes),
        questions: names.questions(&grant.templates),
        circumstances: grant
            .circumstances(NAMES_MAX)
            .iter()
            .map(|text| names.page.sentence(&names.page.text(text)))
            .collect(),
    };
    let gained = change.gained.iter().map(|grant| row(after, grant, true));
    gained.chain(change.lost.iter().map(|grant| row(before, grant, false))).collect()
}

/// The grid of those concerned; nothing where nothing changes.
pub(super) fn grid(effects: &Effects, names: &Names<'_>) -> Option<Grid> {
    let changes: Vec<&Change> = effects.by_owner.values().flatten().collect();
    let askers: BTreeSet<&MemberName> = changes.iter().map(|change| &change.asker).collect();
    let audiences: BTreeSet<&AudienceRef> = changes.iter().map(|change| &change.audience).collect();
    let cell = |asker: &MemberName, audience: &AudienceRef| {
        let change = changes.iter().find(|change| change.asker == *asker && change.audience == *audience);
        let (gains, loses) =
            change.map_or((false, false), |change| (!change.gained.is_empty(), !change.lost.is_empty()));
        Cell::of(names.page, gains, loses)
    };
    let row = |audience: &&AudienceRef| {
        let cells = askers.iter().map(|asker| cell(asker, audience)).collect();
        (names.audience(audience), names.member(&audience.member), cells)
    };
    let rows: Vec<_> = audiences.iter().map(row).collect();
    (!rows.is_empty()).then(|| Grid { askers: askers.iter().map(|asker| names.member(asker)).collect(), rows })
}
