//! The audit log: what anyone may check without signing in, and what members may read.

use super::{Problem, identity::Asker};
use crate::{
    audit::{CosignError, Filter, LogError},
    gateway::{self, AskError, Room, Verification},
    ledger::LedgerError,
    model::Text,
    proof::{By, Hash, MalformedKey, What, hex_hashes},
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::header,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// Two sizes of the log.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Sizes {
    /// The smaller.
    from: u64,
    /// The larger.
    to: u64,
}

/// One entry of a log of some size.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The entry's place, from 0.
    position: u64,
    /// The size of the log.
    size: u64,
}

/// Where to begin.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    /// The first place, from 0.
    #[serde(default)]
    from: u64,
}

/// Which entries.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Only from this place on.
    #[serde(default)]
    from: u64,
    /// Only of this kind: `charged`, `upload-stored`, …
    what: Option<String>,
    /// Only those that contain this text: an audience, a member, a user.
    containing: Option<String>,
}

/// A proof.
#[derive(Debug, Serialize)]
pub(super) struct Proof {
    /// The hashes of the path, in hexadecimal, from the leaves up.
    #[serde(with = "hex_hashes")]
    path: Vec<Hash>,
}

/// The newest checkpoint, and the keys that the room has signed with.
#[utoipa::path(get, path = "/api/v1/audit/checkpoint", responses((status = 200, description = "a signed note (c2sp.org/tlog-checkpoint), and the keys, oldest first, each but the first named by the one before")))]
pub(super) async fn checkpoint(State(room): State<Arc<Room>>) -> Result<Json<Value>, Problem> {
    let checkpoint = room.log.checkpoint().await.map_err(problem)?;
    let keys = room.log.keys().await.map_err(problem)?;
    let keys: Vec<Value> =
        keys.iter().map(|(key, endorsement)| json!({ "key": key.to_string(), "endorsement": endorsement })).collect();
    let cosigned = room.log.cosignatures().await.map_err(problem)?;
    Ok(Json(json!({ "checkpoint": checkpoint.note, "keys": keys, "cosigned": cosigned })))
}

/// A checkpoint that a member vouches for.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cosignature {
    /// The member's witness key, named after the member: `<name>+<id>+<base64>`.
    key: String,
    /// A checkpoint of the room with the key's cosignature (c2sp.org/tlog-cosignature).
    note: String,
}

/// Keeps a member's cosignature on a checkpoint; everybody sees it.
#[utoipa::path(post, path = "/api/v1/audit/cosignatures", responses((status = 200, description = "how many entries are vouched for"), (status = 401), (status = 403), (status = 422)))]
pub(super) async fn cosign(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Cosignature>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(body) = body.map_err(|error| {
        let error = error.body_text();
        let words = Text::new(format!("la demande ne se lit pas : {error}"), error);
        Problem::malformed(words).in_language(asker.language)
    })?;
    let wrong = |text: Text| Problem::malformed(text).in_language(asker.language);
    let key = body.key.parse().map_err(|error: MalformedKey| {
        wrong(Text::new("`key` n’est pas une clé publique : <nom>+<numéro>+<base64>", error.to_string()))
    })?;
    let by = By { member: asker.user.member.clone(), user: asker.user.user.clone() };
    match room.log.cosigned(by, &key, &body.note).await {
        Ok(size) => Ok(Json(json!({ "size": size }))),
        Err(CosignError::Log(error)) => Err(problem(error).in_language(asker.language)),
        Err(error) => {
            let fr = match &error {
                CosignError::OtherName(member) => {
                    format!("une clé de témoin porte le nom de son membre : « {member} »")
                }
                CosignError::NotCosigned => "la clé n’a pas cosigné ce point de contrôle".into(),
                CosignError::OtherLog => "le journal n’a jamais été ce que dit le point de contrôle".into(),
                _ => "la note n’est pas un point de contrôle de cette salle".into(),
            };
            Err(wrong(Text::new(fr, error.to_string())))
        }
    }
}

/// The room's public keys, for whoever checks a receipt (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, description = "keys")))]
pub(super) async fn jwks(State(room): State<Arc<Room>>) -> Result<Json<Value>, Problem> {
    let keys = room.log.keys().await.map_err(problem)?;
    let keys: Vec<_> = keys.iter().map(|(key, _)| key.jwk()).collect();
    Ok(Json(json!({ "keys": keys })))
}

/// What shows that the log of one size grew into that of another (RFC 6962, section 2.1.2).
#[utoipa::path(get, path = "/api/v1/audit/consistency", params(Sizes), responses((status = 200, description = "a path"), (status = 404), (status = 422)))]
pub(super) async fn consistency(
    State(room): State<Arc<Room>>,
    query: Result<Query<Sizes>, QueryRejection>,
) -> Result<Json<Proof>, Problem> {
    let Query(sizes) = query.map_err(malformed)?;
    Ok(Json(Proof { path: room.log.consistency(sizes.from, sizes.to).await.map_err(problem)? }))
}

/// The path from an entry to the root (RFC 6962, section 2.1.1).
#[utoipa::path(get, path = "/api/v1/audit/inclusion", params(Place), responses((status = 200, description = "a path"), (status = 401), (status = 404), (status = 422)))]
pub(super) async fn inclusion(
    State(room): State<Arc<Room>>,
    asker: Asker,
    query: Result<Query<Place>, QueryRejection>,
) -> Result<Json<Proof>, Problem> {
    let Query(place) = query.map_err(|error| malformed(error).in_language(asker.language))?;
    let path = room.log.inclusion(place.position, place.size).await;
    Ok(Json(Proof { path: path.map_err(|error| problem(error).in_language(asker.language))? }))
}

/// The hashes of all leaves from a place on, 32 bytes each, at most 65,536 at a time: who has them all can build the tree.
#[utoipa::path(get, path = "/api/v1/audit/hashes", params(From), responses((status = 200, description = "hashes"), (status = 401), (status = 422)))]
pub(super) async fn hashes(
    State(room): State<Arc<Room>>,
    asker: Asker,
    query: Result<Query<From>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(From { from }) = query.map_err(|error| malformed(error).in_language(asker.language))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], room.log.leaf_hashes(from).await))
}

/// The entries that concern the asker's member, byte for byte, at most 1,000 at a time.
#[utoipa::path(get, path = "/api/v1/audit/entries", params(Wanted), responses((status = 200, description = "entries, and where to go on"), (status = 401), (status = 422)))]
pub(super) async fn entries(
    State(room): State<Arc<Room>>,
    asker: Asker,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = query.map_err(|error| malformed(error).in_language(asker.language))?;
    let what = wanted.what.map(|word| serde_json::from_value::<What>(word.into())).transpose();
    let what = what.map_err(|error| {
        let words =
            Text::new(format!("ce genre d’entrée n’existe pas : {error}"), format!("no such kind of entry: {error}"));
        Problem::malformed(words).in_language(asker.language)
    })?;
    let filter = Filter { from: wanted.from, what, containing: wanted.containing };
    let page = room.log.entries(Some(&asker.user.member), &filter).await;
    let page = page.map_err(|error| problem(error).in_language(asker.language))?;
    Ok(Json(json!({ "entries": page.leaves, "next": page.next })))
}

/// Verifies the whole log on the room's own machine: each entry, each record of the database, each checkpoint. Who doesn't trust the
/// room verifies it from the hashes.
#[utoipa::path(post, path = "/api/v1/audit/verification", responses((status = 200, description = "how many entries under which root, and what isn't as it should be"), (status = 401), (status = 403)))]
pub(super) async fn verify(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let language = asker.language;
    let verified = verified(&room).await.map_err(|problem| problem.in_language(language))?;
    let findings: Vec<&str> = verified.findings.iter().map(|finding| finding.get(language)).collect();
    Ok(Json(json!({
        "size": verified.size, "root": verified.root, "records": verified.records,
        "checkpoints": verified.checkpoints, "checkpoint": verified.checkpoint, "findings": findings,
    })))
}

/// The same for the pages.
pub(crate) async fn verified(room: &Room) -> Result<Verification, Problem> {
    gateway::verify_log(room).await.map_err(Problem::from_ask)?.ok_or_else(Problem::verifying)
}

/// The receipt of an answer that was delivered to the asker's member, with what is needed to check it without the room. Its entry names who
/// asked first.
#[utoipa::path(get, path = "/api/v1/answers/{id}/receipt", params(("id" = i64, Path)), responses(
    (status = 200, description = "a JWS (EdDSA), the answer, the log's entry, a checkpoint and the path between"), (status = 401), (status = 404)))]
pub(super) async fn receipt(
    State(room): State<Arc<Room>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<crate::proof::ReceiptFile>, Problem> {
    let not_found = || Problem::not_found().in_language(asker.language);
    let id: i64 = id.parse().map_err(|_| not_found())?;
    let failed =
        |error: LedgerError| Problem::from_ask(AskError::internal("ledger", &error)).in_language(asker.language);
    let stored =
        room.ledger.answer(&asker.user.member, id).await.map_err(failed)?.ok_or_else(not_found)?.answer.release;
    let blind = room.ledger.blind(id).await.map_err(failed)?;
    room.log.receipt(id, stored, blind).await.map(Json).map_err(|error| problem(error).in_language(asker.language))
}

fn problem(error: LogError) -> Problem {
    match error {
        LogError::NotFound => Problem::not_found(),
        error => Problem::from_ask(AskError::internal("log", &error)),
    }
}

fn malformed(error: QueryRejection) -> Problem {
    let error = error.body_text();
    Problem::malformed(Text::new(format!("la demande ne se lit pas : {error}"), error))
}
