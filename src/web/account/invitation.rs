//! An invitation, as who was invited sees it.

use super::stepped;
use crate::{
    gateway::Room,
    model::Text,
    people::{Opened, PeopleError, Refusal},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/invitation.html", config = "src/web/askama.toml")]
struct InvitationPage<'a> {
    page: &'a Page,
    opened: &'a Opened,
    secret: &'a str,
    member: String,
    name: &'a str,
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "account/gone.html", config = "src/web/askama.toml")]
pub(super) struct GonePage<'a> {
    pub(super) page: &'a Page,
    /// `invitation` or `recovery`.
    pub(super) link: &'static str,
}

/// What the link's invitation says. Opening it uses nothing up: programs that look at links before people do no harm.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, Path(secret): Path<String>) -> Response {
    told(&room, &page, &secret, ("", None)).await
}

async fn told(room: &Room, page: &Page, secret: &str, (name, refused): (&str, Option<&Text>)) -> Response {
    let opened = room.people.open_invitation(secret).await;
    // Held to the clock, as the API's answer is.
    room.tick().await;
    match opened {
        Ok(opened) => {
            let rules = room.rules();
            let member = rules.policies.base.member(&opened.member);
            let member = member.map_or_else(|| opened.member.to_string(), |member| page.text(&member.title));
            let refused = refused.map(|text| page.text(text));
            let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            page.show(status, &InvitationPage { page, opened: &opened, secret, member, name, refused })
        }
        Err(PeopleError::Refused(Refusal::NotFound)) => {
            page.show(StatusCode::NOT_FOUND, &GonePage { page, link: "invitation" })
        }
        Err(error) => page.refused(error),
    }
}

/// Makes the account.
pub(crate) async fn accept(
    State(room): State<Arc<Room>>,
    page: Page,
    Path(secret): Path<String>,
    fields: Fields,
) -> Response {
    let language = fields.language();
    let (name, password) = (fields.get("name"), fields.get("password"));
    let accepted = room.people.accept_invitation(&secret, (name, language, password), &page.agent).await;
    room.tick().await;
    match accepted {
        Ok(step) => stepped(&page, step, "/", || page.refused(Refusal::NotFound.into())),
        Err(PeopleError::Refused(refusal @ (Refusal::Name | Refusal::Password(_)))) => {
            told(&room, &page, &secret, (name, Some(&refusal.text()))).await
        }
        Err(PeopleError::Refused(Refusal::NotFound)) => {
            page.show(StatusCode::NOT_FOUND, &GonePage { page: &page, link: "invitation" })
        }
        Err(error) => page.refused(error),
    }
}
