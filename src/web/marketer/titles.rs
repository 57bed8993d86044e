//! Audiences by their titles, where an answer or a refusal has them by the names that programs use.

use crate::{
    gateway::Room,
    model::{AudienceRef, Named, Text, answer::Answer},
    policy::{Reason, Refusal},
    web::page::Page,
};
use std::collections::BTreeMap;

/// The keys whose values are audiences, or those of a region (`a+b`).
const KEYS: [&str; 2] = ["audience", "audiences"];

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

/// Calls the audiences of an answer's figures by their titles; with their members', where two have the same.
pub(super) fn entitle((page, room): (&Page, &Room), answer: &mut Answer) {
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
    let titles: BTreeMap<String, String> =
        asked.iter().map(|audience| (audience.to_string(), title(audience))).collect();
    let figures = answer.figures.iter_mut().map(|figure| &mut figure.keys);
    let every = figures.chain(answer.derived.iter_mut().map(|derived| &mut derived.keys));
    for label in
        every.flat_map(BTreeMap::iter_mut).filter(|(key, _)| KEYS.contains(&key.as_str())).map(|(_, label)| label)
    {
        let named: Option<Vec<&str>> = label.id.split('+').map(|id| titles.get(id).map(String::as_str)).collect();
        if let Some(named) = named {
            label.title = Text::new(named.join(" et "), named.join(" and "));
        }
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
