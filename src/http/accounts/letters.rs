//! Which letters who is signed in gets.

use super::{problem, read};
use crate::{
    gateway::Room,
    http::{Problem, identity::Asker},
    people::OutgoingKind,
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// Kinds of letters.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Off {
    /// Those that aren't wanted: `proposal`, `template-proposal`, `expiring`, `budget`. All others come.
    #[schema(value_type = Vec<String>)]
    off: BTreeSet<OutgoingKind>,
}

/// The kinds of letters, which of them the asker gets, and which may be turned off.
#[utoipa::path(get, path = "/api/v1/me/letters", responses((status = 200, description = "kinds"), (status = 401)))]
pub(crate) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let letters = room.people.letters(&asker.user).await.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "letters": letters })))
}

/// Turns these kinds of letters off, and all others on.
#[utoipa::path(put, path = "/api/v1/me/letters", request_body = Off, responses(
    (status = 204, description = "chosen"), (status = 401), (status = 422, description = "no such kind, or one that always comes")))]
pub(crate) async fn choose(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Off>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let off = read(body, asker.language)?.off;
    room.people.set_letters(&asker.user, &off).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}
