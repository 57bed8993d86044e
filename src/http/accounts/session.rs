//! Signing in and out, and the sessions of who is signed in.

use super::{Visitor, number, problem, read, stepped};
use crate::{
    gateway::Room,
    http::{Problem, cookie, identity::Asker},
    people::{Code, Means, SignIn},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The first step of signing in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    /// The address.
    email: String,
    /// The password.
    password: String,
    /// Where to go after: a path of this room.
    next: Option<String>,
}

/// The second step.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    /// What the first step gave.
    step: String,
    /// A one-time code,
    code: Option<String>,
    /// or a recovery code.
    recovery_code: Option<String>,
    /// Where to go after: a path of this room.
    next: Option<String>,
}

/// Signs in, or asks for the second factor.
#[utoipa::path(post, path = "/api/v1/session", request_body = Password, responses(
    (status = 200, description = "`signed-in`, with a cookie; `code`; or `enrol`, with what the application needs"),
    (status = 401, description = "wrong, and nothing says what"), (status = 422), (status = 429, description = "too many tries")))]
pub(crate) async fn sign_in(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Password>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, visitor.language)?;
    let sign_in = SignIn { email: &body.email, password: &body.password, agent: &visitor.agent };
    let step = room.people.sign_in(sign_in).await;
    // Held to the clock, as answers are: what little the work of two accounts differs by doesn't show.
    room.tick().await;
    stepped(step.map_err(|error| problem(error, visitor.language))?, &visitor, body.next.as_deref())
}

/// Gives the second factor.
#[utoipa::path(post, path = "/api/v1/session/second-factor", request_body = SecondFactor, responses(
    (status = 200, description = "`signed-in`, with a cookie; and recovery codes, if it was just set up"),
    (status = 401, description = "wrong, or too late"), (status = 422), (status = 429, description = "too many tries")))]
pub(crate) async fn second_factor(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<SecondFactor>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, visitor.language)?;
    let code = match (&body.code, &body.recovery_code) {
        (Some(code), _) => Code::OneTime(code),
        (None, Some(code)) => Code::Recovery(code),
        (None, None) => Code::OneTime(""),
    };
    let step = room.people.second_factor(&body.step, code).await.map_err(|error| problem(error, visitor.language))?;
    stepped(step, &visitor, body.next.as_deref())
}

/// Signs out: ends the session that asks.
#[utoipa::path(delete, path = "/api/v1/session", responses((status = 204, description = "signed out"), (status = 401)))]
pub(crate) async fn sign_out(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asker: Asker,
) -> Result<Response, Problem> {
    if let Means::Session(id) = asker.means {
        room.people.end_session(&asker.user, id).await.map_err(|error| problem(error, asker.language))?;
    }
    let mut headers = HeaderMap::new();
    if let Some(cookie) = cookie::set("", 0, visitor.secure) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// The asker's sessions that live.
#[utoipa::path(get, path = "/api/v1/sessions", responses((status = 200, description = "sessions, newest first"), (status = 401)))]
pub(crate) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let identified = asker.identified();
    let sessions = room.people.sessions(&identified).await.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "sessions": sessions })))
}

/// Ends one of them.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", params(("id" = i64, Path)), responses(
    (status = 204, description = "ended"), (status = 401), (status = 404)))]
pub(crate) async fn end(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<StatusCode, Problem> {
    let id = number(&id, asker.language)?;
    room.people.end_session(&asker.user, id).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}
