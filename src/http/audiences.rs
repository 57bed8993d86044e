//! The audiences of the co-operative and the vocabulary they share.

use super::{Problem, identity::Asker};
use crate::{gateway::Room, model::Vocabulary};
use axum::{Json, extract::State};
use serde_json::{Value, json};
use std::sync::Arc;

/// Every declared audience, with its version in force. Sizes are told to the owner alone.
#[utoipa::path(get, path = "/api/v1/audiences", responses((status = 200, description = "audiences"), (status = 401)))]
pub(super) async fn list(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let rules = room.rules();
    let versions = room.store.versions().await;
    let versions = versions.map_err(|error| Problem::from_store(error).in_language(asker.language))?;
    let mut audiences = Vec::new();
    let members = rules.policies.base.members().values();
    for declared in members.flat_map(|member| member.audiences.values()) {
        let version = versions.get(&declared.audience).map(|version| {
            json!({
                "number": version.id,
                "created": version.created,
                "expires": version.declaration.expires,
                "collected": version.declaration.collected,
                "profile": version.declaration.profile,
                "kinds": version.kinds,
                "rows_max": version.rows_max,
                "columns": version.declaration.columns,
                "purposes": version.declaration.purposes,
            })
        });
        audiences.push(json!({
            "audience": declared.audience,
            "title": declared.title,
            "shape": declared.shape,
            "columns": declared.columns,
            "version": version,
        }));
    }
    Ok(Json(json!({ "audiences": audiences })))
}

/// The columns that audiences share, and their values.
#[utoipa::path(get, path = "/api/v1/vocabulary", responses((status = 200, description = "columns"), (status = 401)))]
pub(super) async fn vocabulary(State(room): State<Arc<Room>>, _asker: Asker) -> Json<Value> {
    let rules = room.rules();
    let vocabulary: &Vocabulary = rules.policies.base.vocabulary();
    Json(json!({ "columns": vocabulary }))
}
