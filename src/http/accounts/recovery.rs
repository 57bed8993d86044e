//! Another password for who has lost theirs: a link by e-mail.

use super::{Visitor, problem, read};
use crate::{gateway::Room, http::Problem, people::PeopleError};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// How long after a request its answer comes, whatever there was to do.
const ANSWERED_AFTER: Duration = Duration::from_millis(250);

/// Whose password is lost.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lost {
    /// The address.
    email: String,
}

/// The password from now on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Found {
    /// What the link holds.
    secret: String,
    /// The password.
    password: String,
}

/// Sends a link to set another password, if somebody has the address; the answer is the same, and as late, if nobody does.
#[utoipa::path(post, path = "/api/v1/recovery", request_body = Lost, responses(
    (status = 202, description = "a link is on its way, if somebody has the address"), (status = 422)))]
pub(crate) async fn request(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Lost>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    send_link(room, read(body, visitor.language)?.email).await;
    Ok(StatusCode::ACCEPTED)
}

/// Sends the link beside what is answered, and returns after the same time whether or not there was anything to send.
pub(crate) async fn send_link(room: Arc<Room>, email: String) {
    let due = Instant::now() + ANSWERED_AFTER;
    tokio::spawn(async move {
        match room.people.request_recovery(&email).await {
            Ok(()) | Err(PeopleError::Refused(_)) => {}
            Err(error) => tracing::error!(%error, "a link could not be sent"),
        }
    });
    sleep_until(due).await;
}

/// Sets another password by a link. Every session and token of the account ends; the second factor stays.
#[utoipa::path(post, path = "/api/v1/recovery/password", request_body = Found, responses(
    (status = 204, description = "set: sign in with it"), (status = 404, description = "the link is not good, or no more"),
    (status = 422, description = "too easily guessed")))]
pub(crate) async fn complete(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Found>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let body = read(body, visitor.language)?;
    let recovered = room.people.recover(&body.secret, &body.password).await;
    // Held to the clock: a link that was good once is told from none by nothing.
    room.tick().await;
    recovered.map_err(|error| problem(error, visitor.language))?;
    Ok(StatusCode::NO_CONTENT)
}
