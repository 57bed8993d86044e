//! What happened to the policies, and each version as it was.

use super::{
    acts,
    agreements::{others, text},
    is_hash, named,
    names::Names,
    sentences::{Sentence, sentences},
    short, withheld,
};
use crate::{
    gateway::{Act, Room},
    http::{self, Asker, Problem},
    policy::{Entry, What},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "officer/versions.html", config = "src/web/askama.toml")]
struct VersionsPage<'a> {
    page: &'a Page,
    entries: Vec<Line>,
}

struct Line {
    when: String,
    what: String,
    who: String,
    proposal: Option<i64>,
    version: Option<(String, String)>,
    why: String,
}

#[derive(Template)]
#[template(path = "officer/version.html", config = "src/web/askama.toml")]
struct VersionPage<'a> {
    page: &'a Page,
    version: &'a str,
    short: String,
    in_force: bool,
    acts: bool,
    sentences: Vec<Sentence>,
    /// Every file, where the version can't be read by this program; else those that aren't agreements.
    files: Vec<(String, String)>,
    readable: bool,
}

/// The policies' history.
pub(crate) async fn list(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let entries = match room.versions.log().await {
        Ok(entries) => entries,
        Err(error) => return withheld(&page, error, &asker),
    };
    let rules = room.rules();
    let names = Names { page: &page, versions: vec![&*rules.policies.base], templates: &rules.templates };
    let line = |entry: &Entry| Line {
        when: page.moment(&entry.happened),
        what: happened(&page, entry.what),
        who: entry.officer.as_ref().map(|officer| named(&page, &names, officer)).unwrap_or_default(),
        proposal: entry.proposal,
        version: entry.version.as_ref().map(|version| (version.clone(), short(version))),
        why: entry.why.clone().unwrap_or_default(),
    };
    page.show(StatusCode::OK, &VersionsPage { page: &page, entries: entries.iter().map(line).collect() })
}

fn happened(page: &Page, what: What) -> String {
    match what {
        What::Founded => page.say("happened-founded"),
        What::Proposed => page.say("happened-proposed"),
        What::Approved => page.say("happened-approved"),
        What::Refused => page.say("happened-refused"),
        What::Retracted => page.say("happened-retracted"),
        What::Narrowed => page.say("happened-narrowed"),
        What::Lifted => page.say("happened-lifted"),
        What::Withdrawn => page.say("happened-withdrawn"),
        What::Published => page.say("happened-published"),
    }
}

/// One version.
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(version): Path<String>,
) -> Response {
    if !is_hash(&version) {
        return page.problem(&Problem::not_found());
    }
    let files = match room.versions.files(&version).await {
        Ok(files) => files,
        Err(error) => return withheld(&page, error, &asker),
    };
    let rules = room.rules();
    // A version of long ago may not be one that this program takes.
    let policies = room.versions.read(&files).await.ok();
    let (told, readable) = match &policies {
        Some(policies) => {
            let names = Names { page: &page, versions: vec![&**policies], templates: &rules.templates };
            (sentences(&names, policies, |file| text(&files, file)), true)
        }
        None => (vec![], false),
    };
    let every = || files.keys().map(|name| (name.clone(), text(&files, name))).collect();
    let shown = VersionPage {
        page: &page,
        short: short(&version),
        in_force: rules.policies.base.version() == version,
        acts: acts(&asker),
        sentences: told,
        files: if readable { others(&files) } else { every() },
        readable,
        version: &version,
    };
    page.show(StatusCode::OK, &shown)
}

/// Proposes a version of before again.
pub(crate) async fn restore(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(version): Path<String>,
    fields: Fields,
) -> Response {
    if !is_hash(&version) {
        return page.problem(&Problem::not_found());
    }
    match http::act_on_policies(&room, asker, Act::Restore(version, fields.get("why").to_owned())).await {
        Ok(proposal) => {
            let id = proposal.0.map(|proposal| proposal.id).unwrap_or_default();
            Redirect::to(&format!("/proposals/{id}?done=proposed")).into_response()
        }
        Err(problem) => page.problem(&problem),
    }
}
