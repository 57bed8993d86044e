//! Audiences by their titles, where an answer or a refusal has them by the names that programs use.

use crate::{
    gateway::Room,
    model::{AudienceRef, Named, Text, answer::Answer},
    policy::{Reason, Refusal},
    web::page::Page,
};
use std::collections::BTreeMap;

/// The key whose values are audiences.
const AUDIENCE: &str = "audience";
/// The key whose values are regions: the audiences that a person is in (`a+b`), and in no other of those that were asked of.
pub(super) const REGION: &str = "audiences";

impl Page {
    /// An audience as people call it: its title and its member's.
    pub(in crate::web) fn audience(&self, room: &Room, audience: &AudienceRef) -> String {
        let rules = room.rules();
        let base = &rules.policies.base;
        match (base.audience(audience), base.member(&audience.member)) {
            (Some(declared), Some(member)) => {
                format!("{} ({})", self.text(&declared.title), self.text(&member.title))
            }
            _ => audience.to_string(),
        }
    }
}

/// The titles of the audiences that an answer is of, by name; with their members', where two have the same.
pub(super) fn titles((page, room): (&Page, &Room), answer: &Answer) -> BTreeMap<String, String> {
    let rules = room.rules();
    let base = &rules.policies.base;
    let asked: Vec<&AudienceRef> = answer.audiences.values().flat_map(Named::list).collect();
    let short = |audience: &AudienceRef| {
        let declared = base.audience(audience);
        declared.map_or_else(|| audience.to_string(), |declared| page.text(&declared.title))
    };
    let title = |audience: &AudienceRef| {
        let own = short(audience);
        let alone = asked.iter().all(|other| *other == audience || short(other) != own);
        if alone { own } else { page.audience(room, audience) }
    };
    asked.iter().map(|audience| (audience.to_string(), title(audience))).collect()
}

/// Calls audiences and regions by their titles in an answer's figures. Who is in all audiences of a smaller region is in no other: a figure
/// that doesn't say so would be taken for the whole audience.
pub(super) fn entitle((page, room): (&Page, &Room), answer: &mut Answer) {
    let titles = titles((page, room), answer);
    let figures = answer.figures.iter_mut().map(|figure| &mut figure.keys);
    let every = figures.chain(answer.derived.iter_mut().map(|derived| &mut derived.keys));
    for (key, label) in every.flat_map(BTreeMap::iter_mut) {
        if key != AUDIENCE && key != REGION {
            continue;
        }
        let named: Option<Vec<&str>> = label.id.split('+').map(|id| titles.get(id).map(String::as_str)).collect();
        let Some(named) = named else { continue };
        let mut title = Text::new(named.join(" et "), named.join(" and "));
        if key == REGION && named.len() < titles.len() {
            title = Text::new(format!("{} seulement", title.fr), format!("{} only", title.en));
        }
        label.title = title;
    }
}

/// Why agreements refuse a question.
pub(super) fn reasons((page, room): (&Page, &Room), refusal: &Refusal) -> String {
    let reason = |reason: &Reason| {
        let ground = page.text(&reason.ground.text());
        match &reason.audience {
            Some(audience) => page
                .sentence(&page.fill("refusal-of", &[("audience", page.audience(room, audience)), ("reason", ground)])),
            None => page.sentence(&ground),
        }
    };
    refusal.reasons().iter().map(reason).collect::<Vec<_>>().join(" ")
}
