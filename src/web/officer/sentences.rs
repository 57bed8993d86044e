//! Agreements in sentences, made from what they say.

use super::names::{Listed, Names};
use crate::{
    model::{AudienceRef, MemberName, Role, Shape, typography},
    policy::{Agreement, Effect, Policies, Provisions},
};
use std::collections::BTreeSet;

/// An agreement as people read it.
pub(super) struct Sentence {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) permits: bool,
    pub(super) sentence: String,
    /// What must hold besides.
    pub(super) conditions: Vec<String>,
    /// Names in full, where the sentence has no room for them: what they are of, and the names.
    pub(super) full: Vec<(String, Vec<String>)>,
    /// Its file.
    pub(super) file: String,
    pub(super) source: String,
}

/// Each agreement, permissions first. `source` gives the text of a file.
pub(super) fn sentences(names: &Names<'_>, policies: &Policies, source: impl Fn(&str) -> String) -> Vec<Sentence> {
    let told = |(agreement, says): (&Agreement, Provisions)| {
        let file = agreement.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (questions, audiences) = (questions(names, &says), audiences(names, policies, &says));
        let listed = [("audiences", &audiences), ("asked-questions", &questions)].into_iter();
        let listed = listed.filter(|(_, listed)| !listed.names.is_empty());
        Sentence {
            id: agreement.id.to_string(),
            title: names.page.text(&agreement.title),
            permits: agreement.effect == Effect::Permit,
            sentence: sentence(names, agreement, &says, (&audiences.short, &questions.short)),
            conditions: says.conditions.iter().map(|text| names.page.sentence(&names.page.text(text))).collect(),
            full: listed.map(|(name, listed)| (names.page.say(name), listed.names.clone())).collect(),
            source: source(&file),
            file,
        }
    };
    let mut sentences: Vec<Sentence> = policies.provisions().into_iter().map(told).collect();
    sentences.sort_by_key(|sentence| !sentence.permits);
    sentences
}

fn sentence(names: &Names<'_>, agreement: &Agreement, says: &Provisions, (what, how): (&str, &str)) -> String {
    let page = names.page;
    let why = match &says.purposes {
        None => page.say("why-any"),
        Some(purposes) if purposes.is_empty() => page.say("why-none"),
        Some(purposes) => {
            let purposes = names.quoted(purposes.iter().map(|name| names.purpose(name)).collect());
            page.with("why-some", "purposes", &names.list(&purposes))
        }
    };
    let everybody = says.askers.is_none() && says.roles.is_none();
    let (who, many) = who(names, says);
    let message = match (agreement.effect, many) {
        (Effect::Forbid, _) if everybody && !says.own => "sentence-nobody",
        (Effect::Permit, false) => "sentence-permit",
        (Effect::Permit, true) => "sentence-permit-many",
        (Effect::Forbid, false) => "sentence-forbid",
        (Effect::Forbid, true) => "sentence-forbid-many",
    };
    let what = match (says.own, &says.audiences, many) {
        (false, ..) => what.to_owned(),
        (true, None, false) => page.say("what-own-all"),
        (true, None, true) => page.say("what-own-all-many"),
        (true, Some(_), false) => page.with("what-own", "what", what),
        (true, Some(_), true) => page.with("what-own-many", "what", what),
    };
    let filled = page.fill(message, &[("who", who), ("what", what), ("why", why), ("how", how.to_owned())]);
    page.sentence(&filled)
}

/// Who asks, and whether that is several.
fn who(names: &Names<'_>, says: &Provisions) -> (String, bool) {
    let page = names.page;
    let members = says.askers.as_ref().map(|askers| {
        let titles: Vec<String> = askers.iter().map(|name| names.member(name)).collect();
        names.list(&titles)
    });
    let several = says.askers.as_ref().is_some_and(|askers| askers.len() > 1);
    let Some(roles) = &says.roles else {
        return (members.unwrap_or_else(|| page.say("who-all")), several);
    };
    let subject = |role: &Role| match role {
        Role::Marketer => page.say("subject-marketer"),
        Role::Officer => page.say("subject-officer"),
        Role::Steward => page.say("subject-steward"),
        Role::Host => page.role(role),
    };
    let subjects: Vec<String> = roles.iter().map(subject).collect();
    let roles_told = names.list(&subjects);
    let who = match members {
        None => page.with("who-roles-all", "roles", &roles_told),
        Some(members) => page.fill("who-roles", &[("roles", roles_told), ("members", members)]),
    };
    (who, roles.len() > 1)
}

fn questions(names: &Names<'_>, says: &Provisions) -> Listed {
    let Some(templates) = &says.templates else {
        return Listed { short: names.page.say("how-any"), names: vec![] };
    };
    let titles: Vec<String> = templates.iter().map(|name| names.template(name)).collect();
    if titles.len() < 4 {
        let list = names.list(&names.quoted(titles));
        return Listed { short: names.page.with("how-some", "questions", &list), names: vec![] };
    }
    Listed { short: names.page.count("how-many", "count", &(titles.len() as u64)), names: titles }
}

/// The audiences, by the fewest words: all, all of a shape, all of some owners, or each.
fn audiences(names: &Names<'_>, policies: &Policies, says: &Provisions) -> Listed {
    let page = names.page;
    let plain = |short: String| Listed { short, names: vec![] };
    let Some(audiences) = &says.audiences else { return plain(page.say("what-all")) };
    let declared: Vec<_> = policies.members().values().flat_map(|member| member.audiences.values()).collect();
    let of_shape = |shape: Shape| {
        let all: BTreeSet<&AudienceRef> =
            declared.iter().filter(|one| one.shape == shape).map(|one| &one.audience).collect();
        !all.is_empty() && all == audiences.iter().collect::<BTreeSet<&AudienceRef>>()
    };
    let full = || {
        let title =
            |audience: &AudienceRef| format!("{} ({})", names.audience(audience), names.member(&audience.member));
        audiences.iter().map(title).collect::<Vec<_>>()
    };
    if of_shape(Shape::List) {
        return Listed { short: page.say("what-lists"), names: full() };
    }
    if of_shape(Shape::Events) {
        return Listed { short: page.say("what-events"), names: full() };
    }
    let owners: BTreeSet<&MemberName> = audiences.iter().map(|audience| &audience.member).collect();
    let whole = declared.iter().filter(|one| owners.contains(&one.audience.member)).count() == audiences.len();
    if audiences.is_empty() {
        return plain(page.say("what-none"));
    }
    if whole {
        let titles: Vec<String> = owners.iter().map(|owner| names.member(owner)).collect();
        let message = if titles.len() == 1 { "what-owner" } else { "what-owners" };
        return Listed { short: page.with(message, "owners", &names.short_list(&titles)), names: full() };
    }
    let title = |audience: &AudienceRef| {
        let title = typography::quoted(&names.audience(audience), page.language);
        format!("{title} ({})", names.member(&audience.member))
    };
    let titles: Vec<String> = audiences.iter().map(title).collect();
    Listed { short: names.short_list(&titles), names: if titles.len() > 4 { full() } else { vec![] } }
}
