//! Questions and answers.

use super::{Problem, identity::Asker};
use crate::{
    gateway::{self, Answer, AskError, Estimate, Request, Room},
    model::{Language, Text},
    people::User,
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Asks: charges, tallies, adds noise, stores, answers. A repeat of the same member is free and has the same value. A new answer leaves at a
/// time computed from public figures; a template that the engine can't run is withdrawn, and told as one that isn't approved.
#[utoipa::path(post, path = "/api/v1/queries", responses(
    (status = 200, description = "the answer"), (status = 401), (status = 403, description = "refused, with the agreements' names"),
    (status = 409, description = "an audience can't be used, not enough budget, or the template isn't approved (any more)"),
    (status = 422, description = "malformed"), (status = 429, description = "too many questions wait, or one failed lately")))]
pub(super) async fn ask(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Request>, JsonRejection>,
) -> Result<Json<Answer>, Problem> {
    let request = request(body, asker.language)?;
    let language = asker.language;
    asked(&room, asker.user, request).await.map(Json).map_err(|error| Problem::from_ask(error).in_language(language))
}

/// Asks, and holds what comes of it to the clock; what runs, to its public time besides.
///
/// # Errors
/// As [`gateway::ask`].
pub(crate) async fn asked(room: &Arc<Room>, user: User, request: Request) -> Result<Answer, AskError> {
    let task_room = Arc::clone(room);
    // In a task of its own: a client that hangs up must not leave a charge without its answer. Before the charge it gives its turn up.
    let (waits, gone) = oneshot::channel();
    let task = tokio::spawn(async move { gateway::ask(&task_room, &user, &request, gone).await });
    let outcome = task.await.unwrap_or_else(|error| Err(AskError::internal("ask", &error)));
    drop(waits);
    room.tick().await;
    outcome
}

/// What a question would cost, before anything is spent; reads no data.
#[utoipa::path(post, path = "/api/v1/estimate", responses(
    (status = 200, description = "margin, loss, share of each account"), (status = 401), (status = 403), (status = 422)))]
pub(super) async fn estimate(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Request>, JsonRejection>,
) -> Result<Json<Estimate>, Problem> {
    let request = request(body, asker.language)?;
    let estimate = gateway::estimate(&room, &asker.user, &request).await;
    estimate.map(Json).map_err(|error| Problem::from_ask(error).in_language(asker.language))
}

/// The answers that were delivered to the asker's member, newest first.
#[utoipa::path(get, path = "/api/v1/answers", responses((status = 200, description = "answers"), (status = 401)))]
pub(super) async fn answers(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let answers = gateway::answers(&room, &asker.user).await;
    let answers = answers.map_err(|error| Problem::from_ask(error).in_language(asker.language))?;
    Ok(Json(json!({ "answers": answers })))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/answers/{id}", params(("id" = i64, Path)), responses(
    (status = 200, description = "the answer"), (status = 401), (status = 404)))]
pub(super) async fn answer(
    State(room): State<Arc<Room>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Answer>, Problem> {
    let found = gateway::answer(&room, &asker.user, &id).await;
    let found = found.map_err(|error| Problem::from_ask(error).in_language(asker.language))?;
    found.map(Json).ok_or_else(|| Problem::not_found().in_language(asker.language))
}

fn request(body: Result<Json<Request>, JsonRejection>, language: Language) -> Result<Request, Problem> {
    body.map(|Json(request)| request).map_err(|error| {
        let error = error.body_text();
        Problem::malformed(Text::new(format!("la demande ne se lit pas : {error}"), error)).in_language(language)
    })
}
