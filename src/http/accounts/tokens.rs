//! A person's own tokens.

use super::{number, problem, read};
use crate::{
    gateway::Room,
    http::{Problem, identity::Asker},
    people::{Grant, Issued, Means},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Makes a token: for some of the asker's roles, for 1 to 365 days (90 if it isn't said), to read alone or not.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = Object, responses(
    (status = 201, description = "the token, shown once"), (status = 401), (status = 409, description = "roles that the asker doesn't hold"),
    (status = 422), (status = 429, description = "too many tokens")))]
pub(crate) async fn create(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Grant>, JsonRejection>,
) -> Result<(StatusCode, Json<Issued>), Problem> {
    let grant = read(body, asker.language)?;
    let issued = room.people.issue(&asker.user, &grant, true).await;
    Ok((StatusCode::CREATED, Json(issued.map_err(|error| problem(error, asker.language))?)))
}

/// The asker's tokens that are good.
#[utoipa::path(get, path = "/api/v1/tokens", responses((status = 200, description = "tokens, newest first"), (status = 401)))]
pub(crate) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let tokens = room.people.tokens(&asker.user).await.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "tokens": tokens })))
}

/// Ends one of them.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", params(("id" = i64, Path)), responses(
    (status = 204, description = "ended"), (status = 401), (status = 404)))]
pub(crate) async fn end(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<StatusCode, Problem> {
    let id = number(&id, asker.language)?;
    ended(&room, &asker, id).await
}

/// Ends the token that asks.
#[utoipa::path(delete, path = "/api/v1/token", responses(
    (status = 204, description = "ended"), (status = 401), (status = 404, description = "asked by a session")))]
pub(crate) async fn end_own(State(room): State<Arc<Room>>, asker: Asker) -> Result<StatusCode, Problem> {
    match asker.means {
        Means::Token { id, .. } => ended(&room, &asker, id).await,
        Means::Session(_) => Err(Problem::not_found().in_language(asker.language)),
    }
}

async fn ended(room: &Room, asker: &Asker, id: i64) -> Result<StatusCode, Problem> {
    room.people.end_token(&asker.user, id).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}
