//! Who asks, and the resources that tell about it.

use super::Problem;
use crate::{
    gateway::Room,
    model::Language,
    people::{Identified, Means, User},
};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// An authenticated request: who asks, by what they are known, and in which language to answer. Put there by
/// [`super::access::guard`], after it has seen that they may.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) user: User,
    pub(crate) means: Means,
    pub(crate) language: Language,
}

impl Asker {
    /// Who it is, and by what they are known.
    pub(crate) fn identified(&self) -> Identified {
        Identified { user: self.user.clone(), means: self.means }
    }
}

impl FromRequestParts<Arc<Room>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Room>) -> Result<Self, Problem> {
        // Of a route that anyone may call there is nobody.
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}

/// Who is signed in, and in which roles.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, description = "id, member, user, language, roles"), (status = 401)))]
pub(super) async fn me(asker: Asker) -> Json<User> {
    Json(asker.user)
}

/// Whether the room serves.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "the room serves")))]
pub(super) async fn health(State(_room): State<Arc<Room>>) -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}
