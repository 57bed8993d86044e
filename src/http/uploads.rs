//! Uploads: a declaration, then the stream in as many connections as it takes, then completion.

use super::{Problem, body::read, identity::Asker};
use crate::{
    gateway::{AskError, Room, RoomTurn, Rules},
    model::{AudienceRef, Text},
    store::{Declaration, DeclarationError, Outcome, Progress, Required, StoreError, Upload, UploadState},
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Pieces of the stream that may wait for the parser; more would be memory for nothing.
const PIECES_WAITING_MAX: usize = 64;

/// Opens an upload under a declaration.
#[utoipa::path(post, path = "/api/v1/uploads", responses(
    (status = 201, description = "the upload, with its id"), (status = 401), (status = 403), (status = 422)))]
pub(super) async fn create(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Declaration>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let malformed = |text| Problem::malformed(text).in_language(asker.language);
    let Json(declaration) = body.map_err(|error| {
        let error = error.body_text();
        malformed(Text::new(format!("la déclaration ne se lit pas : {error}"), error))
    })?;
    let rules = room.rules();
    allowed(&rules, &asker, &declaration).map_err(malformed)?;
    let checked = declaration.check(rules.policies.base.vocabulary(), room.store.today());
    checked.map_err(|error: DeclarationError| Problem::from_store(error.into()).in_language(asker.language))?;
    let upload = room.store.open_upload((&asker.user.member, &asker.user.user), declaration).await;
    let upload = upload.map_err(|error| Problem::from_store(error).in_language(asker.language))?;
    Ok((StatusCode::CREATED, Json(status(&upload, &Progress::default()))))
}

/// What the co-operative agreed that this audience is.
fn allowed(rules: &Rules, asker: &Asker, declaration: &Declaration) -> Result<(), Text> {
    let audience = AudienceRef { member: asker.user.member.clone(), name: declaration.audience.clone() };
    let declared = rules.policies.base.audience(&audience).ok_or_else(|| {
        Text::new(
            format!("l'auditoire {audience} n'est pas déclaré dans members.toml : demandez-le à votre responsable de la conformité"),
            format!("audience {audience} is not declared in members.toml: ask your compliance officer"),
        )
    })?;
    if declared.shape != declaration.shape {
        return Err(Text::new(
            format!(
                "l'auditoire {audience} est déclaré « {} », le téléversement dit « {} »",
                declared.shape, declaration.shape
            ),
            format!("audience {audience} is declared as {}, the upload says {}", declared.shape, declaration.shape),
        ));
    }
    if let Some(column) = declaration.columns.iter().find(|column| !declared.columns.contains(column)) {
        return Err(Text::new(
            format!("la colonne « {column} » n'est pas parmi celles que members.toml accorde à {audience}"),
            format!("column `{column}` is not among those that members.toml grants {audience}"),
        ));
    }
    if let Some(purpose) =
        declaration.purposes.iter().find(|purpose| !rules.policies.base.purposes().contains_key(*purpose))
    {
        return Err(Text::new(
            format!("« {purpose} » n'est pas une finalité de la salle"),
            format!("`{purpose}` is not a purpose of the room"),
        ));
    }
    Ok(())
}

/// How far an upload has come.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "state, offset, rows"), (status = 401), (status = 404)))]
pub(super) async fn show(
    State(room): State<Arc<Room>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let upload = find(&room, &asker, &id).await?;
    let _turn = turn_of(&room, &asker, &id).await?;
    let progress = match upload.state {
        UploadState::Open => {
            blocking(&asker, {
                let (store, upload) = (room.store.clone(), upload.clone());
                move || store.progress(&upload)
            })
            .await?
        }
        _ => Progress::default(),
    };
    Ok(Json(status(&upload, &progress)))
}

/// Takes the stream's next bytes, from `Upload-Offset` on. What has come in whole lines is kept whatever happens.
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", params(("id" = String, Path), ("Upload-Offset" = u64, Header)), responses(
    (status = 200, description = "the new offset"), (status = 404), (status = 409, description = "the stream goes on at another offset"),
    (status = 422, description = "the header line is refused"), (status = 507, description = "disk full")))]
pub(super) async fn receive(
    State(room): State<Arc<Room>>,
    asker: Asker,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let offset = headers.get("upload-offset").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let offset: u64 = offset.ok_or_else(|| {
        let text = Text::new(
            "l'en-tête `Upload-Offset` manque : dites à quel octet ces données commencent",
            "the header `Upload-Offset` is missing: say at which byte these data begin",
        );
        Problem::malformed(text).in_language(asker.language)
    })?;
    let upload = find(&room, &asker, &id).await?;
    if upload.state != UploadState::Open {
        return Err(Problem::from_store(StoreError::Closed).in_language(asker.language));
    }
    let turn = turn_of(&room, &asker, &id).await?;
    let (sender, mut pieces) = mpsc::channel::<axum::body::Bytes>(PIECES_WAITING_MAX);
    let (store, task) = (room.store.clone(), upload.clone());
    let worker = tokio::task::spawn_blocking(move || {
        // The turn goes with the worker: it ends when the file is at rest, not when the client hangs up.
        let _turn = turn;
        let mut receiver = store.receive(&task, offset)?;
        while let Some(piece) = pieces.blocking_recv() {
            receiver.take(&piece)?;
        }
        receiver.finish()
    });
    let broken = pour(body, sender).await;
    let progress = worker.await.map_err(|error| failed(&asker, "upload", &error))?;
    let progress = progress.map_err(|error| Problem::from_store(error).in_language(asker.language))?;
    if broken {
        return Err(Problem::from_store(StoreError::Offset(progress.offset)).in_language(asker.language));
    }
    Ok(Json(status(&upload, &progress)))
}

/// Hands the body's pieces to the parser; `true` when the connection broke. What came before the break counts.
async fn pour(mut body: Body, sender: mpsc::Sender<axum::body::Bytes>) -> bool {
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return true };
        if let Ok(piece) = frame.into_data() {
            // The parser stops listening when it fails; it says why itself.
            if sender.send(piece).await.is_err() {
                return false;
            }
        }
    }
    false
}

/// What the client says of the whole stream.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Completion {
    /// Its length in bytes.
    bytes: u64,
}

/// What became of a complete upload; its owner alone is told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct StoredUpload {
    /// `member/audience`.
    #[schema(value_type = String)]
    audience: AudienceRef,
    #[serde(flatten)]
    outcome: Outcome,
}

/// Makes a complete upload the version in force. Repeating it returns the same outcome.
#[utoipa::path(post, path = "/api/v1/uploads/{id}/complete", params(("id" = String, Path)), responses(
    (status = 200, description = "the outcome", body = StoredUpload), (status = 409, description = "bytes are missing"),
    (status = 422, description = "nothing usable, a kind of identifier that the header declares below the minimum of people, or above the audience's maximum"), (status = 507, description = "disk full")))]
pub(super) async fn complete(
    State(room): State<Arc<Room>>,
    asker: Asker,
    Path(id): Path<String>,
    body: Result<Json<Completion>, JsonRejection>,
) -> Result<Json<StoredUpload>, Problem> {
    let completion = read(body, &asker)?;
    let turn = turn_of(&room, &asker, &id).await?;
    let upload = find(&room, &asker, &id).await?;
    let (store, required) = (room.store.clone(), required(&room, &upload));
    // In a task of its own: building goes on if the client hangs up, and the repeat gets its outcome.
    let task = tokio::spawn(async move {
        let _turn = turn;
        store.complete(&upload, completion.bytes, required).await.map(|outcome| (upload, outcome))
    });
    let (upload, outcome) = task
        .await
        .map_err(|error| failed(&asker, "upload", &error))?
        .map_err(|error| Problem::from_store(error).in_language(asker.language))?;
    let audience = AudienceRef { member: upload.member, name: upload.declaration.audience };
    Ok(Json(StoredUpload { audience, outcome }))
}

/// What the policies ask of the audience of an upload.
fn required(room: &Room, upload: &Upload) -> Required {
    let rules = room.rules();
    let audience = AudienceRef { member: upload.member.clone(), name: upload.declaration.audience.clone() };
    let declared = rules.policies.base.audience(&audience).and_then(|declared| declared.people_max);
    let most = declared.unwrap_or_else(|| rules.limits.audience_people_max());
    Required {
        people_min: rules.limits.audience_people_min().into(),
        people_max: most.into(),
        rows_max: rules.limits.audience_rows_max().into(),
    }
}

/// Gives an open upload up.
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", params(("id" = String, Path)), responses(
    (status = 204, description = "given up"), (status = 404), (status = 409)))]
pub(super) async fn abandon(
    State(room): State<Arc<Room>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let _turn = turn_of(&room, &asker, &id).await?;
    let upload = find(&room, &asker, &id).await?;
    if upload.state == UploadState::Stored {
        return Err(Problem::from_store(StoreError::Closed).in_language(asker.language));
    }
    room.store.abandon(&upload).await.map_err(|error| Problem::from_store(error).in_language(asker.language))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Waits for the upload's turn.
async fn turn_of(room: &Room, asker: &Asker, id: &str) -> Result<RoomTurn, Problem> {
    let turn = room.upload_turn(id).await;
    turn.map_err(|error| Problem::from_store(error.into()).in_language(asker.language))
}

/// The steward's upload; another member's is told from none by nothing.
async fn find(room: &Room, asker: &Asker, id: &str) -> Result<Upload, Problem> {
    let upload = room.store.upload(&asker.user.member, id).await;
    upload
        .map_err(|error| Problem::from_store(error).in_language(asker.language))?
        .ok_or_else(|| Problem::not_found().in_language(asker.language))
}

async fn blocking<T: Send + 'static>(
    asker: &Asker,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| failed(asker, "upload", &error))?;
    done.map_err(|error| Problem::from_store(error).in_language(asker.language))
}

/// A task that ended early; the log has what it was for.
pub(super) fn failed(asker: &Asker, what: &'static str, error: &tokio::task::JoinError) -> Problem {
    Problem::from_ask(AskError::internal(what, error)).in_language(asker.language)
}

fn status(upload: &Upload, progress: &Progress) -> Value {
    json!({
        "id": upload.id,
        "state": upload.state,
        "offset": progress.offset,
        "rows_taken": progress.rows_taken,
        "rows_rejected": progress.rows_rejected,
        "rejected": progress.rejections.counts(),
        "outcome": upload.outcome,
    })
}
