//! What is in force, in sentences, beside its source.

use super::{
    acts,
    names::Names,
    sentences::{Sentence, sentences},
    short, withheld,
};
use crate::{
    gateway::{Act, Room},
    http::{self, Asker},
    policy::{Current, Files, Permission, Policies, matrix},
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "officer/agreements.html", config = "src/web/askama.toml")]
struct AgreementsPage<'a> {
    page: &'a Page,
    version: String,
    short: String,
    sentences: Vec<Sentence>,
    /// Who may ask anything of whose audiences: askers across, audiences down.
    grid: Option<Grid>,
    members: Vec<Member>,
    /// Purposes by title.
    purposes: Vec<String>,
    /// Owners that have narrowed the version, and whether the reader's member is one.
    narrowed: Vec<String>,
    own_narrowed: bool,
    acts: bool,
    /// The files that aren't agreements: name and text.
    files: Vec<(String, String)>,
}

struct Member {
    title: String,
    contact: String,
    /// Title and shape of each audience.
    audiences: Vec<(String, String)>,
}

struct Grid {
    askers: Vec<String>,
    /// Title, owner, and for each asker the purposes, or nothing.
    rows: Vec<(String, String, Vec<Option<String>>)>,
}

/// The agreements in force.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let rules = room.rules();
    let current: &Current = &rules.policies;
    let base = &current.base;
    let files = match room.versions.files(base.version()).await {
        Ok(files) => files,
        Err(error) => return withheld(&page, error, &asker),
    };
    let names = Names { page: &page, versions: vec![&**base], templates: &rules.templates };
    let narrowed = current.narrowings.iter().map(|narrowing| names.member(&narrowing.owner)).collect();
    let shown = AgreementsPage {
        page: &page,
        version: base.version().to_owned(),
        short: short(base.version()),
        sentences: sentences(&names, base, |file| text(&files, file)),
        grid: grid(&names, base, &room),
        members: members(&names, base),
        purposes: base.purposes().keys().map(|purpose| names.purpose(purpose)).collect(),
        narrowed,
        own_narrowed: current.narrowings.iter().any(|narrowing| narrowing.owner == asker.user.member),
        acts: acts(&asker),
        files: others(&files),
    };
    page.show(StatusCode::OK, &shown)
}

/// Lets go of the narrowings of the officer's member.
pub(crate) async fn lift(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    match http::act_on_policies(&room, asker, Act::Lift).await {
        Ok(_) => Redirect::to("/agreements?done=lifted").into_response(),
        Err(problem) => page.problem(&problem),
    }
}

/// A file's text.
pub(super) fn text(files: &Files, name: &str) -> String {
    files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

/// The files that aren't agreements.
pub(super) fn others(files: &Files) -> Vec<(String, String)> {
    let others = files.keys().filter(|name| !name.ends_with(".cedar"));
    others.map(|name| (name.clone(), text(files, name))).collect()
}

fn members(names: &Names<'_>, policies: &Policies) -> Vec<Member> {
    let told = policies.members().values().map(|member| Member {
        title: names.member(&member.name),
        contact: member.contact.clone(),
        audiences: member
            .audiences
            .values()
            .map(|audience| {
                let shape = match audience.shape {
                    crate::model::Shape::List => names.page.say("shape-list"),
                    crate::model::Shape::Events => names.page.say("shape-events"),
                };
                (names.page.text(&audience.title), shape)
            })
            .collect(),
    });
    told.collect()
}

/// Who may ask of which audience, and for which purposes; nothing if that can't be gone through.
fn grid(names: &Names<'_>, policies: &Policies, room: &Room) -> Option<Grid> {
    let now = room.store.now();
    let mut permissions = matrix(policies).ok()?;
    for permission in &mut permissions {
        permission.grants.retain(|grant| !grant.is_over(now));
    }
    let askers: Vec<_> = policies.members().keys().collect();
    let audiences =
        policies.members().values().flat_map(|member| member.audiences.keys().map(move |name| (member, name)));
    let purposes = |permission: &Permission| {
        let all = permission.grants.iter().flat_map(|grant| grant.purposes.iter().cloned()).collect();
        (!permission.grants.is_empty()).then(|| names.purposes(&all))
    };
    let row = |(member, name): (&crate::policy::Member, &crate::model::AudienceName)| {
        let declared = member.audiences.get(name);
        let about = |asker: &&crate::model::MemberName| {
            let found = permissions
                .iter()
                .find(|one| one.asker == **asker && one.audience.member == member.name && one.audience.name == *name);
            found.and_then(purposes)
        };
        let title = declared.map(|audience| names.page.text(&audience.title)).unwrap_or_default();
        (title, names.member(&member.name), askers.iter().map(about).collect())
    };
    let rows = audiences.map(row).collect();
    Some(Grid { askers: askers.iter().map(|asker| names.member(asker)).collect(), rows })
}
