//! What may still be spent.

use super::{Problem, identity::Asker};
use crate::gateway::{Room, budget, register as registered};
use axum::{Json, extract::State};
use serde_json::{Value, json};
use std::sync::Arc;

/// The accounts that concern the asker's member.
#[utoipa::path(get, path = "/api/v1/budget", responses((status = 200, description = "accounts"), (status = 401)))]
pub(super) async fn show(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let accounts = budget(&room, &asker.user.member).await;
    let accounts = accounts.map_err(|error| Problem::from_ask(error).in_language(asker.language))?;
    Ok(Json(json!({ "delta": room.rules().limits.delta_total(), "accounts": accounts })))
}

/// What the room tells everybody: who brings what, what may be asked, what was asked, what was spent. No size and no figure.
#[utoipa::path(get, path = "/api/v1/register", responses((status = 200, description = "the register")))]
pub(super) async fn register(State(room): State<Arc<Room>>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!(registered(&room).await.map_err(Problem::from_ask)?)))
}
