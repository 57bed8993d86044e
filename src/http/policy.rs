//! The policies: what is in force, its versions and log, and officers' proposals.

use super::{Problem, body::read, identity::Asker};
use crate::{
    gateway::{self, Act, PublishError, Room},
    model::{Role, Text},
    policy::{Comment, Proposal, VersionsError},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// What is proposed: the files of a folder, or an earlier version.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Proposed {
    /// The files' texts, by name; all of them.
    files: Option<BTreeMap<String, String>>,
    /// Or a version that was proposed or in force before.
    restore: Option<String>,
    /// Why, in a sentence.
    why: String,
}

/// What is approved.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approved {
    /// The digest that the proposal gives for the officer's member.
    effects: String,
    /// What the officer says of it, on one or several lines of at most 2,000 characters in all; everybody reads it.
    #[serde(default)]
    comment: Option<String>,
}

/// Why a proposal is refused.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refused {
    /// Why, on one or several lines of at most 2,000 characters in all; everybody reads it.
    comment: String,
}

/// What is in force.
#[utoipa::path(get, path = "/api/v1/policy", responses((status = 200, description = "the version in force and what narrows it"), (status = 401)))]
pub(super) async fn current(State(room): State<Arc<Room>>, _asker: Asker) -> Json<Value> {
    let current = &room.rules().policies;
    let narrowings = current.narrowings.iter();
    let narrowings: Vec<Value> =
        narrowings.map(|n| json!({ "owner": n.owner, "version": n.policies.version() })).collect();
    Json(json!({ "version": current.base.version(), "narrowings": narrowings, "name": current.to_string() }))
}

/// What happened to the policies, newest first.
#[utoipa::path(get, path = "/api/v1/policy/log", responses((status = 200, description = "entries"), (status = 401)))]
pub(super) async fn log(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let entries = room.versions.log().await.map_err(|error| problem(error.into(), &asker))?;
    Ok(Json(json!({ "entries": entries })))
}

/// A version's files.
#[utoipa::path(get, path = "/api/v1/policy/versions/{version}", params(("version" = String, Path)), responses(
    (status = 200, description = "files"), (status = 401), (status = 404)))]
pub(super) async fn version(
    State(room): State<Arc<Room>>,
    Path(version): Path<String>,
    asker: Asker,
) -> Result<Json<Value>, Problem> {
    let files = room.versions.files(&version).await.map_err(|error| problem(error.into(), &asker))?;
    let texts = files.into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()));
    Ok(Json(json!({ "version": version, "files": texts.collect::<BTreeMap<_, _>>() })))
}

/// Every proposal, newest first.
#[utoipa::path(get, path = "/api/v1/policy/proposals", responses((status = 200, description = "proposals"), (status = 401)))]
pub(super) async fn proposals(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let proposals = room.versions.proposals().await.map_err(|error| problem(error.into(), &asker))?;
    Ok(Json(json!({ "proposals": proposals })))
}

/// One proposal: what it opens and closes, and who has to agree.
#[utoipa::path(get, path = "/api/v1/policy/proposals/{id}", params(("id" = i64, Path)), responses(
    (status = 200, description = "the proposal"), (status = 401), (status = 404)))]
pub(super) async fn proposal(
    State(room): State<Arc<Room>>,
    Path(id): Path<i64>,
    asker: Asker,
) -> Result<Json<Proposal>, Problem> {
    let proposal = gateway::proposal(&room, id).await;
    proposal.map(Json).map_err(|error| problem(error.into(), &asker))
}

/// Proposes a folder. What it takes back on the proposer's own audiences is in force when this answers.
#[utoipa::path(post, path = "/api/v1/policy/proposals", responses(
    (status = 200, description = "the proposal as it stands"), (status = 401), (status = 403),
    (status = 404, description = "there is no such version to restore"), (status = 409, description = "refused"), (status = 422, description = "mistakes")))]
pub(super) async fn propose(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proposed>, JsonRejection>,
) -> Result<Json<Option<Proposal>>, Problem> {
    let proposed = read(body, &asker)?;
    let act = match (proposed.files, proposed.restore) {
        (Some(files), None) => {
            Act::Propose(files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect(), proposed.why)
        }
        (None, Some(version)) => Act::Restore(version, proposed.why),
        _ => {
            let text = Text::new("donnez soit `files`, soit `restore`", "give either `files` or `restore`");
            return Err(Problem::malformed(text).in_language(asker.language));
        }
    };
    done(&room, asker, act).await
}

/// Approves what a proposal does to the officer's own member.
#[utoipa::path(post, path = "/api/v1/policy/proposals/{id}/approval", params(("id" = i64, Path)), responses(
    (status = 200, description = "the proposal as it stands"), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(super) async fn approve(
    State(room): State<Arc<Room>>,
    Path(id): Path<i64>,
    asker: Asker,
    body: Result<Json<Approved>, JsonRejection>,
) -> Result<Json<Option<Proposal>>, Problem> {
    let Approved { effects, comment } = read(body, &asker)?;
    let comment = comment.map(|typed| said(&typed, &asker)).transpose()?;
    done(&room, asker, Act::Approve(id, effects, comment)).await
}

/// Refuses, for the officer's own member, what a proposal does to that member: an approval is taken back, and the refusal stands until an
/// officer of the member approves.
#[utoipa::path(post, path = "/api/v1/policy/proposals/{id}/refusal", params(("id" = i64, Path)), responses(
    (status = 200, description = "the proposal as it stands"), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(super) async fn refuse(
    State(room): State<Arc<Room>>,
    Path(id): Path<i64>,
    asker: Asker,
    body: Result<Json<Refused>, JsonRejection>,
) -> Result<Json<Option<Proposal>>, Problem> {
    let comment = said(&read(body, &asker)?.comment, &asker)?;
    done(&room, asker, Act::Refuse(id, comment)).await
}

fn said(typed: &str, asker: &Asker) -> Result<Comment, Problem> {
    Comment::read(typed).map_err(|error| Problem::malformed(error).in_language(asker.language))
}

/// Takes an approval back.
#[utoipa::path(delete, path = "/api/v1/policy/proposals/{id}/approval", params(("id" = i64, Path)), responses(
    (status = 200, description = "the proposal as it stands"), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(super) async fn retract(
    State(room): State<Arc<Room>>,
    Path(id): Path<i64>,
    asker: Asker,
) -> Result<Json<Option<Proposal>>, Problem> {
    done(&room, asker, Act::Retract(id)).await
}

/// Withdraws a proposal of the officer's own member.
#[utoipa::path(delete, path = "/api/v1/policy/proposals/{id}", params(("id" = i64, Path)), responses(
    (status = 200, description = "the proposal as it stands"), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(super) async fn withdraw(
    State(room): State<Arc<Room>>,
    Path(id): Path<i64>,
    asker: Asker,
) -> Result<Json<Option<Proposal>>, Problem> {
    done(&room, asker, Act::Withdraw(id)).await
}

/// Lets go of the narrowings of the officer's own member.
#[utoipa::path(delete, path = "/api/v1/policy/narrowings", responses(
    (status = 200, description = "nothing narrows the member's audiences any more"), (status = 401), (status = 403), (status = 409)))]
pub(super) async fn lift(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Option<Proposal>>, Problem> {
    done(&room, asker, Act::Lift).await
}

/// Does what an officer asks for, whatever becomes of who asked.
pub(crate) async fn done(room: &Arc<Room>, asker: Asker, act: Act) -> Result<Json<Option<Proposal>>, Problem> {
    let (task_room, user) = (Arc::clone(room), asker.user.clone());
    // In a task of its own: a client that hangs up must not leave what it published not in force.
    let task = tokio::spawn(async move { gateway::act(&task_room, &user, act).await });
    match task.await {
        Ok(outcome) => outcome.map(Json).map_err(|error| problem(error, &asker)),
        Err(error) => Err(Problem::from_ask(gateway::AskError::internal("policy", &error)).in_language(asker.language)),
    }
}

/// What is told of a refusal.
pub(crate) fn problem(error: PublishError, asker: &Asker) -> Problem {
    let language = asker.language;
    let conflict = |text: Text| Problem::new(StatusCode::CONFLICT, "policy-refused", "Refusé", "Refused").text(text);
    let problem = match error {
        PublishError::NotAnOfficer => Problem::wrong_role(&[Role::Officer]),
        PublishError::Refused(text) | PublishError::Versions(VersionsError::Refused(text)) => conflict(text),
        PublishError::Versions(VersionsError::Effects(error)) => conflict(error.0),
        PublishError::Versions(VersionsError::NotFound) => Problem::not_found(),
        PublishError::Versions(VersionsError::Mistakes(errors)) => {
            let list: Vec<Value> = errors
                .mistakes()
                .iter()
                .map(|mistake| {
                    json!({
                        "file": mistake.path().file_name().map(|name| name.to_string_lossy()),
                        "line": mistake.line(),
                        "column": mistake.column(),
                        "message": mistake.message().get(language),
                        "help": mistake.help().map(|help| help.get(language)),
                    })
                })
                .collect();
            let first = errors.mistakes().first().map(|mistake| mistake.message().clone());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let problem =
                Problem::new(status, "policy-mistakes", "Les politiques ont des erreurs", "The policies have mistakes");
            first.into_iter().fold(problem, Problem::text).with("mistakes", json!(list))
        }
        PublishError::Limits(error) => Problem::malformed(error.message().clone()),
        PublishError::Versions(error) => Problem::from_ask(gateway::AskError::internal("policy", &error)),
        PublishError::Templates(error) => Problem::from_ask(gateway::AskError::internal("policy", &error)),
        PublishError::Rules(error) => Problem::from_ask(gateway::AskError::internal("rules", &error)),
    };
    problem.in_language(language)
}
