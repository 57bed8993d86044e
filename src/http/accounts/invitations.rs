//! Invitations: by officers and hosts, and as who was invited sees them.

use super::{Visitor, number, problem, read, stepped};
use crate::{
    gateway::{self, Room},
    http::{Problem, identity::Asker},
    model::{Language, MemberName, Role},
    people::{Invitation, Invited, Opened},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// Whom to invite.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    /// The address.
    email: String,
    /// The roles.
    #[schema(value_type = Vec<String>)]
    roles: BTreeSet<Role>,
    /// The member, if it is not the asker's.
    #[schema(value_type = Option<String>)]
    member: Option<MemberName>,
    /// The language: `fr` or `en`; the member's, if it isn't said.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
}

/// What a link holds.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// The last part of its address.
    secret: String,
}

/// A new user.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// What the link holds.
    secret: String,
    /// The name, as others will see it.
    name: String,
    /// The password.
    password: String,
    /// The language: `fr` or `en`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Language,
    /// Where to go after: a path of this room.
    next: Option<String>,
}

/// Invites somebody. The link goes to the address alone; the answer is the same for one that has an account.
#[utoipa::path(post, path = "/api/v1/invitations", request_body = New, responses(
    (status = 202, description = "the invitation"), (status = 401), (status = 404, description = "no such member"),
    (status = 409, description = "not the asker's to give"), (status = 422)))]
pub(crate) async fn create(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<New>, JsonRejection>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let body = read(body, asker.language)?;
    let member = body.member.unwrap_or_else(|| asker.user.member.clone());
    let spoken = || room.rules().policies.base.member(&member).map(|member| member.language);
    let language = body.language.or_else(spoken).unwrap_or_default();
    let invitation = Invitation { member, email: body.email, language, roles: body.roles };
    let invited = gateway::invite(&room, &asker.user, &invitation).await;
    room.tick().await;
    Ok((StatusCode::ACCEPTED, Json(invited.map_err(|error| problem(error, asker.language))?)))
}

/// The invitations that wait and that the asker may take back.
#[utoipa::path(get, path = "/api/v1/invitations", responses((status = 200, description = "invitations, newest first"), (status = 401)))]
pub(crate) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let invitations = room.people.invitations(&asker.user).await.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "invitations": invitations })))
}

/// Takes one back.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", params(("id" = i64, Path)), responses(
    (status = 204, description = "taken back"), (status = 401), (status = 404)))]
pub(crate) async fn withdraw(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<StatusCode, Problem> {
    let id = number(&id, asker.language)?;
    room.people.withdraw_invitation(&asker.user, id).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the invitation of a link says. By POST, so that no log of addresses keeps the secret.
#[utoipa::path(post, path = "/api/v1/invitation", request_body = Link, responses(
    (status = 200, description = "member, address, language, roles, and whether a second factor will be set up"),
    (status = 404, description = "not good, or no more"), (status = 422)))]
pub(crate) async fn open(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Link>, JsonRejection>,
) -> Result<Json<Opened>, Problem> {
    let body = read(body, visitor.language)?;
    let opened = room.people.open_invitation(&body.secret).await;
    // Held to the clock: a link that was good once is told from none by nothing.
    room.tick().await;
    opened.map(Json).map_err(|error| problem(error, visitor.language))
}

/// Makes a user of who has the link, and signs in or asks for the second factor.
#[utoipa::path(post, path = "/api/v1/invitation/acceptance", request_body = Acceptance, responses(
    (status = 200, description = "as for signing in"), (status = 404, description = "not good, or no more"),
    (status = 422, description = "a name that is taken, or a password too easily guessed"), (status = 429)))]
pub(crate) async fn accept(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Acceptance>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, visitor.language)?;
    let who = (body.name.as_str(), body.language, body.password.as_str());
    let step = room.people.accept_invitation(&body.secret, who, &visitor.agent).await;
    room.tick().await;
    stepped(step.map_err(|error| problem(error, visitor.language))?, &visitor, body.next.as_deref())
}
