//! Signing a program in by a code that its person approves (after RFC 8628, with the room's own problems for errors).

use super::{Visitor, problem, read};
use crate::{
    gateway::Room,
    http::{Problem, identity::Asker},
    people::{DeviceCode, DevicePoll, Grant},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// A program that wants to be signed in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    /// What it calls itself: `camerata on ana's laptop`.
    name: String,
}

/// The program's own secret.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Device {
    /// What it was given.
    device_code: String,
}

/// What the program shows.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    /// The code.
    user_code: String,
}

/// What is approved.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// The code.
    user_code: String,
    /// The token that the program is to be given: name, roles, read_only, days.
    #[schema(value_type = Object)]
    token: Grant,
}

/// Begins to sign a program in.
#[utoipa::path(post, path = "/api/v1/device", request_body = Program, responses(
    (status = 200, description = "a secret for the program, a code for its person, and where to type it"), (status = 422),
    (status = 429, description = "too many wait")))]
pub(crate) async fn begin(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Program>, JsonRejection>,
) -> Result<Json<DeviceCode>, Problem> {
    let body = read(body, visitor.language)?;
    let begun = room.people.begin_device(&body.name).await;
    begun.map(Json).map_err(|error| problem(error, visitor.language))
}

/// What has come of it; the token, once.
#[utoipa::path(post, path = "/api/v1/device/token", request_body = Device, responses(
    (status = 200, description = "the token, shown once"), (status = 202, description = "`authorization_pending` or `slow_down`"),
    (status = 404, description = "refused, too late, or not known"), (status = 422)))]
pub(crate) async fn token(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Device>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let body = read(body, visitor.language)?;
    let polled = room.people.poll_device(&body.device_code).await;
    match polled.map_err(|error| problem(error, visitor.language))? {
        DevicePoll::Pending => Ok((StatusCode::ACCEPTED, Json(json!({ "state": "authorization_pending" })))),
        DevicePoll::SlowDown => Ok((StatusCode::ACCEPTED, Json(json!({ "state": "slow_down" })))),
        DevicePoll::Gone => Err(Problem::not_found().in_language(visitor.language)),
        DevicePoll::Token(given) => {
            let (issued, user) = *given;
            Ok((StatusCode::OK, Json(json!({ "token": issued.token, "expires": issued.expires, "user": user }))))
        }
    }
}

/// What the program that shows this code calls itself.
#[utoipa::path(post, path = "/api/v1/device/code", request_body = Shown, responses(
    (status = 200, description = "its name"), (status = 401), (status = 404), (status = 422), (status = 429)))]
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Shown>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let body = read(body, asker.language)?;
    let name = room.people.device(&asker.user, &body.user_code).await;
    Ok(Json(json!({ "name": name.map_err(|error| problem(error, asker.language))? })))
}

/// Approves the program that shows this code: it will be given such a token of the asker's.
#[utoipa::path(post, path = "/api/v1/device/approve", request_body = Approval, responses(
    (status = 204, description = "approved"), (status = 401), (status = 404), (status = 409, description = "roles that the asker doesn't hold"),
    (status = 422), (status = 429)))]
pub(crate) async fn approve(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Approval>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let body = read(body, asker.language)?;
    let approved = room.people.approve_device(&asker.user, &body.user_code, &body.token).await;
    approved.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses the program that shows this code.
#[utoipa::path(post, path = "/api/v1/device/refuse", request_body = Shown, responses(
    (status = 204, description = "refused"), (status = 401), (status = 404), (status = 422), (status = 429)))]
pub(crate) async fn refuse(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Shown>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let body = read(body, asker.language)?;
    room.people.refuse_device(&asker.user, &body.user_code).await.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}
