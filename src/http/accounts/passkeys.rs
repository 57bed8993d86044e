//! Passkeys: signing in by one, joining with one, and those of who is signed in. Options are what the browser's
//! `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take, and credentials what `toJSON()` gives.

use super::{Visitor, number, own::Proof, problem, read, stepped};
use crate::{
    gateway::Room,
    http::{Problem, identity::Asker},
    model::Language,
    people::{Assertion, Challenge, PublicKeyCredential, RegisterPublicKeyCredential},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What an authenticator signed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// What the challenge came with.
    step: String,
    /// What `navigator.credentials.get` gave, as JSON.
    #[schema(value_type = Object)]
    credential: PublicKeyCredential,
    /// Where to go after: a path of this room.
    next: Option<String>,
}

/// Who is invited, and will sign in by a passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Joining {
    /// What the link holds.
    secret: String,
    /// The name, as others will see it.
    name: String,
    /// The language: `fr` or `en`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Language,
}

/// A passkey that was just made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    /// What the challenge came with.
    step: String,
    /// What its person calls it.
    name: String,
    /// What `navigator.credentials.create` gave, as JSON.
    #[schema(value_type = Object)]
    credential: RegisterPublicKeyCredential,
    /// Where to go after, when that signs in: a path of this room.
    next: Option<String>,
}

/// Begins to sign in by a passkey. No address is asked for: the authenticator knows its person.
#[utoipa::path(post, path = "/api/v1/session/passkey", responses(
    (status = 200, description = "`options` for `navigator.credentials.get`, and `step`; good once, for five minutes"),
    (status = 409, description = "the room's address is a number")))]
pub(crate) async fn begin_sign_in(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Json<Challenge>, Problem> {
    let begun = room.people.begin_passkey_sign_in().await;
    begun.map(Json).map_err(|error| problem(error, visitor.language))
}

/// Signs in by a passkey, which stands for two factors.
#[utoipa::path(post, path = "/api/v1/session/passkey/assertion", request_body = SignIn, responses(
    (status = 200, description = "`signed-in`, with a cookie"), (status = 401, description = "wrong, or too late"), (status = 422)))]
pub(crate) async fn sign_in(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, visitor.language)?;
    let assertion = Assertion { step: body.step, credential: body.credential };
    let step = room.people.passkey_sign_in(&assertion, &visitor.agent).await;
    // Held to the clock: whether the room knows a passkey shows as little as whether it knows an address.
    room.tick().await;
    stepped(step.map_err(|error| problem(error, visitor.language))?, &visitor, body.next.as_deref())
}

/// Begins to accept an invitation with a passkey in place of a password.
#[utoipa::path(post, path = "/api/v1/invitation/passkey", request_body = Joining, responses(
    (status = 200, description = "`options` for `navigator.credentials.create`, and `step`; good once, for five minutes"),
    (status = 404, description = "not good, or no more"), (status = 409, description = "the room's address is a number"),
    (status = 422)))]
pub(crate) async fn begin_joining(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Joining>, JsonRejection>,
) -> Result<Json<Challenge>, Problem> {
    let body = read(body, visitor.language)?;
    let begun = room.people.begin_passkey_invitation(&body.secret, (&body.name, body.language)).await;
    room.tick().await;
    begun.map(Json).map_err(|error| problem(error, visitor.language))
}

/// Makes a user of who has the link and has made a passkey, and signs them in.
#[utoipa::path(post, path = "/api/v1/invitation/passkey/acceptance", request_body = Made, responses(
    (status = 200, description = "`signed-in`, with a cookie and recovery codes"), (status = 404, description = "not good, or no more"),
    (status = 409, description = "not made for this challenge, or too late"), (status = 422)))]
pub(crate) async fn join(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    body: Result<Json<Made>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, visitor.language)?;
    let step = room.people.accept_passkey_invitation((&body.step, &body.name), &body.credential, &visitor.agent).await;
    stepped(step.map_err(|error| problem(error, visitor.language))?, &visitor, body.next.as_deref())
}

/// The asker's passkeys.
#[utoipa::path(get, path = "/api/v1/me/passkeys", responses(
    (status = 200, description = "`passkeys`, newest first: id, name, created, used"), (status = 401)))]
pub(crate) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let passkeys = room.people.passkeys(asker.user.id).await.map_err(|error| problem(error, asker.language))?;
    Ok(Json(json!({ "passkeys": passkeys })))
}

/// Begins to prove by a passkey what a password proves elsewhere: `passkey: { step, credential }` in place of `password`.
#[utoipa::path(post, path = "/api/v1/me/passkeys/proof", responses(
    (status = 200, description = "`options` for `navigator.credentials.get`, and `step`; good once, for five minutes"),
    (status = 401), (status = 404, description = "the asker has no passkey"), (status = 409, description = "the room's address is a number")))]
pub(crate) async fn begin_proof(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Challenge>, Problem> {
    let begun = room.people.begin_passkey_proof(&asker.user).await;
    begun.map(Json).map_err(|error| problem(error, asker.language))
}

/// Begins to make a passkey.
#[utoipa::path(post, path = "/api/v1/me/passkeys/registration", request_body = Proof, responses(
    (status = 200, description = "`options` for `navigator.credentials.create`, and `step`; good once, for five minutes"),
    (status = 401), (status = 409, description = "not the password or passkey, or the room's address is a number"), (status = 422),
    (status = 429)))]
pub(crate) async fn begin(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<Json<Challenge>, Problem> {
    let body = read(body, asker.language)?;
    let begun = room.people.begin_passkey(&asker.user, body.proof()).await;
    begun.map(Json).map_err(|error| problem(error, asker.language))
}

/// Keeps the passkey that was made.
#[utoipa::path(post, path = "/api/v1/me/passkeys", request_body = Made, responses(
    (status = 201, description = "its number"), (status = 401), (status = 409, description = "not made for this challenge, or too late"),
    (status = 422), (status = 429, description = "too many passkeys")))]
pub(crate) async fn create(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Made>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let body = read(body, asker.language)?;
    let added = room.people.add_passkey(&asker.user, (&body.step, &body.name), &body.credential).await;
    Ok((StatusCode::CREATED, Json(json!({ "id": added.map_err(|error| problem(error, asker.language))? }))))
}

/// Takes a passkey away. All other sessions end.
#[utoipa::path(delete, path = "/api/v1/me/passkeys/{id}", params(("id" = i64, Path)), request_body = Proof, responses(
    (status = 204, description = "taken away"), (status = 401), (status = 404),
    (status = 409, description = "not the password or passkey, or nothing would be left to sign in with"), (status = 422),
    (status = 429)))]
pub(crate) async fn remove(
    State(room): State<Arc<Room>>,
    Path(id): Path<String>,
    asker: Asker,
    body: Result<Json<Proof>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let body = read(body, asker.language)?;
    let id = number(&id, asker.language)?;
    let language = asker.language;
    let identified = asker.identified();
    room.people.remove_passkey(&identified, id, body.proof()).await.map_err(|error| problem(error, language))?;
    Ok(StatusCode::NO_CONTENT)
}
