//! The users of a member, for its officers and the room's hosts.

use super::{number, problem, read};
use crate::{
    gateway::Room,
    http::{Problem, identity::Asker},
    model::Role,
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// Roles.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roles {
    /// All that the user is to hold.
    #[schema(value_type = Vec<String>)]
    roles: BTreeSet<Role>,
}

/// The users of the asker's member.
#[utoipa::path(get, path = "/api/v1/users", responses((status = 200, description = "users, by name"), (status = 401)))]
pub(crate) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let users = room.people.users(&asker.user.member).await.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "users": users })))
}

/// Gives a user these roles and no others, at once; the user's sessions end.
#[utoipa::path(put, path = "/api/v1/users/{id}/roles", params(("id" = i64, Path)), request_body = Roles, responses(
    (status = 204, description = "given"), (status = 401), (status = 404),
    (status = 409, description = "not the asker's to give or take, or nobody else holds the role"), (status = 422)))]
pub(crate) async fn roles(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
    body: Result<Json<Roles>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let roles = read(body, asker.language)?.roles;
    if roles.is_empty() {
        // Leaving is said by its own word.
        return Err(problem(crate::people::Refusal::Roles.into(), asker.language));
    }
    give(&room, &asker, &id, &roles).await
}

/// Ends a user: all of their sessions and tokens with it, at once and for good.
#[utoipa::path(delete, path = "/api/v1/users/{id}", params(("id" = i64, Path)), responses(
    (status = 204, description = "ended"), (status = 401), (status = 404), (status = 409, description = "as for roles")))]
pub(crate) async fn end(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<StatusCode, Problem> {
    give(&room, &asker, &id, &BTreeSet::new()).await
}

/// Takes the second factor of a user who has lost it away; another is set up at the next sign-in.
#[utoipa::path(delete, path = "/api/v1/users/{id}/second-factor", params(("id" = i64, Path)), responses(
    (status = 204, description = "taken away"), (status = 401), (status = 404)))]
pub(crate) async fn reset(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<StatusCode, Problem> {
    let id = number(&id, asker.language)?;
    room.people.reset_second_factor(&asker.user, id).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn give(room: &Room, asker: &Asker, id: &str, roles: &BTreeSet<Role>) -> Result<StatusCode, Problem> {
    let id = number(id, asker.language)?;
    room.people.set_roles(&asker.user, id, roles).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}
