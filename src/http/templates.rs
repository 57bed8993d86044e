//! The approved analysis templates.

use super::identity::Asker;
use crate::gateway::Room;
use axum::{Json, extract::State};
use serde_json::{Value, json};
use std::sync::Arc;

/// Every approved template.
#[utoipa::path(get, path = "/api/v1/templates", responses((status = 200, description = "templates"), (status = 401)))]
pub(super) async fn list(State(room): State<Arc<Room>>, _asker: Asker) -> Json<Value> {
    let templates: Vec<Value> = room
        .catalogue
        .iter()
        .map(|template| {
            let manifest = template.manifest();
            json!({
                "name": template.name(),
                "title": manifest.title,
                "description": manifest.description,
                "audiences": manifest.audiences,
                "parameters": manifest.parameters,
                "release": manifest.release,
                "derived": manifest.derived,
                "example": manifest.example,
                "margin_default": manifest.margin_default,
                "hash": template.hash(),
            })
        })
        .collect();
    Json(json!({ "templates": templates }))
}
