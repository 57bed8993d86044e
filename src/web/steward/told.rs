//! What a page tells of an audience: its versions, and what was asked of it.

use crate::{
    gateway::{self, Asked, AskedEnd, Happened, Happening, Holding, Room},
    model::{AudienceRef, ColumnName, MemberName, Named, PurposeName, Shape, typography},
    policy::Titles,
    web::page::Page,
};
use jiff::civil::Date;
use std::{collections::BTreeMap, sync::Arc};

/// The titles that were in force when each thing happened, by its moment.
pub(super) type Past = BTreeMap<String, Arc<Titles>>;

/// The version in force.
pub(super) struct InForce {
    pub(super) number: i64,
    pub(super) since: String,
    /// How many distinct identifiers of each kind.
    pub(super) size: Vec<String>,
    pub(super) collected: String,
    pub(super) expires: String,
    pub(super) kinds: String,
    pub(super) profile: String,
    pub(super) columns: Vec<String>,
    pub(super) purposes: Vec<String>,
    pub(super) legal_basis: String,
}

/// A version that was uploaded, in force or not.
pub(super) struct Uploaded {
    pub(super) number: i64,
    pub(super) state: String,
    /// What made it, where that was no upload.
    pub(super) origin: Option<String>,
    pub(super) since: String,
    pub(super) size: Vec<String>,
    pub(super) purposes: Vec<String>,
    pub(super) legal_basis: String,
    pub(super) expires: String,
}

/// A question that was asked.
pub(super) struct Question {
    pub(super) at: String,
    pub(super) member: String,
    pub(super) user: String,
    pub(super) question: String,
    /// The other audiences that it was asked of.
    pub(super) with: String,
    pub(super) purpose: String,
    pub(super) learned: String,
    pub(super) loss: Option<String>,
}

/// The version in force, if there is one.
pub(super) fn in_force(page: &Page, room: &Room, holding: &Holding) -> Option<InForce> {
    let version = holding.version.as_ref()?;
    let terms = &version.declaration;
    let kind = |kind: &crate::identity::Kind| match kind {
        crate::identity::Kind::Email => page.say("held-kind-email"),
        crate::identity::Kind::Phone => page.say("held-kind-phone"),
    };
    Some(InForce {
        number: version.id,
        since: page.with("held-since", "moment", &page.moment(&version.created)),
        size: size(page, holding.outcome.iter().flat_map(|outcome| &outcome.persons)),
        collected: day(page, terms.collected),
        expires: day(page, terms.expires),
        kinds: version.kinds.iter().map(kind).collect::<Vec<_>>().join(", "),
        profile: page.with("held-profile", "profile", terms.profile.as_str()),
        columns: terms.columns.iter().map(|column| title(page, room, column)).collect(),
        purposes: purposes(page, room, &terms.purposes),
        legal_basis: terms.legal_basis.clone(),
    })
}

/// Every version that was uploaded, newest first.
pub(super) fn uploaded(
    page: &Page,
    room: &Room,
    (held, happenings): (&Holding, &[Happening]),
    titles: &Past,
) -> Vec<Uploaded> {
    let in_force = held.version.as_ref().map(|version| version.id);
    let expired = |number: i64| happenings.iter().any(|one| matches!(one.what, Happened::Expired(id) if id == number));
    let told = happenings.iter().filter_map(|happening| {
        let Happened::Stored(stored) = &happening.what else { return None };
        let state = match stored.version {
            number if in_force == Some(number) => page.say("held-state-in-force"),
            number if expired(number) || stored.terms.expires <= room.store.today() => page.say("held-state-expired"),
            _ => page.say("held-state-replaced"),
        };
        Some(Uploaded {
            number: stored.version,
            state,
            origin: stored.after_erasure.then(|| page.say("held-after-erasure")),
            since: page.moment(&happening.at),
            size: size(page, stored.outcome.iter().flat_map(|outcome| &outcome.persons)),
            purposes: then(page, titles, &happening.at, &stored.terms.purposes),
            legal_basis: stored.terms.legal_basis.clone(),
            expires: day(page, stored.terms.expires),
        })
    });
    told.collect()
}

/// Every question, newest first.
pub(super) fn questions(
    page: &Page,
    room: &Room,
    (audience, happenings): (&AudienceRef, &[Happening]),
    titles: &Past,
) -> Vec<Question> {
    let told = happenings.iter().filter_map(|happening| {
        let Happened::Asked(asked) = &happening.what else { return None };
        let request = &asked.request;
        let others = request.audiences.values().flat_map(Named::list).filter(|other| *other != audience);
        Some(Question {
            at: page.moment(&happening.at),
            member: happening.by.as_ref().map(|by| member(page, room, &by.member)).unwrap_or_default(),
            user: happening.by.as_ref().map(|by| by.user.clone()).unwrap_or_default(),
            question: page.text(&gateway::template_title(&room.rules(), request, &happening.at)),
            with: others.map(|other| page.audience(room, other)).collect::<Vec<_>>().join(" × "),
            purpose: then(page, titles, &happening.at, std::slice::from_ref(&request.purpose)).join(""),
            learned: learned(page, asked),
            loss: asked
                .epsilon
                .filter(|_| matches!(asked.end, AskedEnd::Answered | AskedEnd::Delivered))
                .map(|epsilon| typography::real(epsilon, page.language)),
        })
    });
    told.collect()
}

fn learned(page: &Page, asked: &Asked) -> String {
    let width = |margin: u64| format!("±\u{a0}{}", typography::count(margin, page.language));
    match (asked.end, asked.margin) {
        (AskedEnd::Answered, Some(margin)) => page.with("held-answered", "margin", &width(margin)),
        (AskedEnd::Delivered, margin) => page.with("held-delivered", "margin", &width(margin.unwrap_or_default())),
        (AskedEnd::Answered, None) => page.say("held-answered-plainly"),
        (AskedEnd::Replayed, _) => page.say("held-replayed"),
        (AskedEnd::RefusedByPolicy, _) => page.say("held-refused-policy"),
        (AskedEnd::RefusedForBudget, _) => page.say("held-refused-budget"),
    }
}

fn size<'a>(page: &Page, persons: impl Iterator<Item = (&'a String, &'a u64)>) -> Vec<String> {
    let told = persons.filter_map(|(kind, count)| match kind.as_str() {
        "email" => Some(page.count("held-size-email", "count", count)),
        "phone" => Some(page.count("held-size-phone", "count", count)),
        _ => None,
    });
    told.collect()
}

/// The shape in words.
pub(super) fn shape(page: &Page, shape: Shape) -> String {
    match shape {
        Shape::List => page.say("held-shape-list"),
        Shape::Events => page.say("held-shape-events"),
    }
}

fn day(page: &Page, day: Date) -> String {
    typography::date(day, page.language)
}

fn title(page: &Page, room: &Room, column: &ColumnName) -> String {
    let rules = room.rules();
    let known = rules.policies.base.vocabulary().get(column);
    known.map_or_else(|| column.to_string(), |column| page.text(&column.title))
}

/// What purposes were called at a moment.
fn then(page: &Page, titles: &Past, moment: &str, names: &[PurposeName]) -> Vec<String> {
    let titles = titles.get(moment);
    let told = |name: &PurposeName| titles.map_or_else(|| name.to_string(), |titles| page.text(&titles.purpose(name)));
    names.iter().map(told).collect()
}

fn purposes(page: &Page, room: &Room, names: &[PurposeName]) -> Vec<String> {
    let rules = room.rules();
    let known = rules.policies.base.purposes();
    let title =
        |name: &PurposeName| known.get(name).map_or_else(|| name.to_string(), |purpose| page.text(&purpose.title));
    names.iter().map(title).collect()
}

fn member(page: &Page, room: &Room, name: &MemberName) -> String {
    let rules = room.rules();
    let member = rules.policies.base.member(name);
    member.map_or_else(|| name.to_string(), |member| page.text(&member.title))
}
