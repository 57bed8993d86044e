//! What the member holds in the room, and who asked what of it.

use super::told::{self, InForce, Question, Uploaded};
use crate::{
    gateway::{self, AskError, Room},
    http::{Asker, Problem},
    model::{AudienceName, AudienceRef},
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "steward/audiences.html", config = "src/web/askama.toml")]
struct AudiencesPage<'a> {
    page: &'a Page,
    audiences: Vec<Held>,
}

struct Held {
    name: String,
    title: String,
    shape: String,
    version: Option<InForce>,
}

#[derive(Template)]
#[template(path = "steward/audience.html", config = "src/web/askama.toml")]
struct AudiencePage<'a> {
    page: &'a Page,
    name: String,
    title: String,
    shape: String,
    version: Option<InForce>,
    versions: Vec<Uploaded>,
    asked: Vec<Question>,
}

/// Every audience of the steward's member.
pub(crate) async fn list(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let rules = room.rules();
    let declared = rules.policies.base.member(&asker.user.member).map(|member| &member.audiences);
    let mut audiences = Vec::new();
    for (name, declared) in declared.into_iter().flatten() {
        let holding = match gateway::holding(&room, &declared.audience).await {
            Ok(holding) => holding,
            Err(error) => return page.problem(&Problem::from_ask(error)),
        };
        audiences.push(Held {
            name: name.to_string(),
            title: page.text(&declared.title),
            shape: told::shape(&page, declared.shape),
            version: told::in_force(&page, &room, &holding),
        });
    }
    page.show(StatusCode::OK, &AudiencesPage { page: &page, audiences })
}

/// One of them. Another member's, and what there is none of, are not found alike.
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(name): Path<String>,
) -> Response {
    let rules = room.rules();
    let audience = name.parse::<AudienceName>().map(|name| AudienceRef { member: asker.user.member.clone(), name });
    let declared = audience.ok().and_then(|audience| rules.policies.base.audience(&audience));
    let Some(declared) = declared else { return page.problem(&Problem::not_found()) };
    let audience = &declared.audience;
    let told = match (gateway::holding(&room, audience).await, gateway::happenings(&room, audience).await) {
        (Ok(holding), Ok(happenings)) => (holding, happenings),
        (Err(error), _) | (_, Err(error)) => return page.problem(&Problem::from_ask(error)),
    };
    let (holding, happenings) = &told;
    let past = match room.versions.titles_at(happenings.iter().map(|happening| happening.at.clone())).await {
        Ok(past) => past,
        Err(error) => return page.problem(&Problem::from_ask(AskError::internal("titles", &error))),
    };
    let shown = AudiencePage {
        page: &page,
        name: audience.name.to_string(),
        title: page.text(&declared.title),
        shape: told::shape(&page, declared.shape),
        version: told::in_force(&page, &room, holding),
        versions: told::uploaded(&page, &room, (holding, happenings), &past),
        asked: told::questions(&page, &room, (audience, happenings), &past),
    };
    page.show(StatusCode::OK, &shown)
}
