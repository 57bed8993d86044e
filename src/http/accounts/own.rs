//! A person's own password, second factor and recovery codes.

use super::{Visitor, problem, read, with_session};
use crate::{
    gateway::Room,
    http::{Problem, identity::Asker},
    people::{self, Assertion},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Another password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The one until now;
    current: Option<String>,
    /// or a passkey, for a challenge of `/api/v1/me/passkeys/proof`.
    #[schema(value_type = Option<Object>)]
    passkey: Option<Assertion>,
    /// The one from now on.
    new: String,
}

/// Who asks, proven again.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    /// The password;
    password: Option<String>,
    /// or a passkey, for a challenge of `/api/v1/me/passkeys/proof`: `step` and `credential`.
    #[schema(value_type = Option<Object>)]
    passkey: Option<Assertion>,
}

impl Proof {
    pub(super) fn proof(&self) -> people::Proof<'_> {
        proof(self.password.as_deref(), self.passkey.as_ref())
    }
}

/// A passkey, where one is given; else the password, and no password is right that isn't given.
fn proof<'a>(password: Option<&'a str>, passkey: Option<&'a Assertion>) -> people::Proof<'a> {
    match passkey {
        Some(assertion) => people::Proof::Passkey(assertion),
        None => people::Proof::Password(password.unwrap_or_default()),
    }
}

/// The first code of a second factor.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// What the beginning gave.
    step: String,
    /// The code.
    code: String,
}

/// Sets another password. All other sessions end; this one goes on under another cookie.
#[utoipa::path(post, path = "/api/v1/me/password", request_body = NewPassword, responses(
    (status = 200, description = "set, with a new cookie"), (status = 401), (status = 409, description = "not the current one"),
    (status = 422, description = "too easily guessed"), (status = 429)))]
pub(crate) async fn password(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asker: Asker,
    body: Result<Json<NewPassword>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, asker.language)?;
    let identified = asker.identified();
    let proof = proof(body.current.as_deref(), body.passkey.as_ref());
    let session = room.people.change_password(&identified, (proof, &body.new), &visitor.agent).await;
    let session = session.map_err(|error| problem(error, asker.language))?;
    Ok(with_session(&session, visitor.secure, json!({ "state": "signed-in" })))
}

/// Gives the password up, where a passkey stands in its place. All other sessions end.
#[utoipa::path(delete, path = "/api/v1/me/password", request_body = Proof, responses(
    (status = 204, description = "given up"), (status = 401),
    (status = 409, description = "not the password or passkey, or nothing would be left to sign in with"), (status = 422),
    (status = 429)))]
pub(crate) async fn no_password(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let body = read(body, asker.language)?;
    let language = asker.language;
    let identified = asker.identified();
    room.people.remove_password(&identified, body.proof()).await.map_err(|error| problem(error, language))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to set up a second factor, or another one.
#[utoipa::path(post, path = "/api/v1/me/second-factor", request_body = Proof, responses(
    (status = 200, description = "what the application needs, and `step` to confirm with"), (status = 401),
    (status = 409, description = "not the password"), (status = 422), (status = 429)))]
pub(crate) async fn begin(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let body = read(body, asker.language)?;
    let begun = room.people.begin_second_factor(&asker.user, body.proof()).await;
    let (step, enrolment) = begun.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "step": step, "second_factor": enrolment })))
}

/// Sets it up by its first code.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirmation", request_body = Confirmation, responses(
    (status = 200, description = "recovery codes, and a new cookie"), (status = 401), (status = 409, description = "not the code"),
    (status = 422)))]
pub(crate) async fn confirm(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asker: Asker,
    body: Result<Json<Confirmation>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, asker.language)?;
    let confirmed = room.people.confirm_second_factor(&asker.user, (&body.step, &body.code), &visitor.agent).await;
    let (session, codes) = confirmed.map_err(|error| problem(error, asker.language))?;
    Ok(with_session(&session, visitor.secure, json!({ "recovery_codes": codes })))
}

/// Gives it up, where none is required.
#[utoipa::path(delete, path = "/api/v1/me/second-factor", request_body = Proof, responses(
    (status = 204, description = "given up"), (status = 401), (status = 409, description = "required, or not the password"),
    (status = 422), (status = 429)))]
pub(crate) async fn remove(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let body = read(body, asker.language)?;
    let removed = room.people.remove_second_factor(&asker.user, body.proof()).await;
    removed.map_err(|error| problem(error, asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}

/// New recovery codes, in place of all there were.
#[utoipa::path(post, path = "/api/v1/me/recovery-codes", request_body = Proof, responses(
    (status = 200, description = "ten codes, shown once"), (status = 401), (status = 409, description = "not the password"),
    (status = 422), (status = 429)))]
pub(crate) async fn recovery_codes(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let body = read(body, asker.language)?;
    let codes = room.people.renew_recovery_codes(&asker.user, body.proof()).await;
    let codes = codes.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "recovery_codes": codes })))
}
