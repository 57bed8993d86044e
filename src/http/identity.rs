//! Who asks: the bearer token of a request, and the resources that tell about it.

use super::{Problem, problem::language};
use crate::{
    gateway::{AskError, Room},
    model::{Language, Role},
    people::User,
};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{header, request::Parts},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// An authenticated request: who asks, and in which language to answer.
pub(super) struct Asker {
    pub(super) user: User,
    pub(super) language: Language,
}

impl Asker {
    /// Refuses any other role than this one.
    pub(super) fn needs(&self, role: Role) -> Result<(), Problem> {
        if self.user.role == role { Ok(()) } else { Err(Problem::wrong_role(role.as_str()).in_language(self.language)) }
    }
}

impl FromRequestParts<Arc<Room>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, room: &Arc<Room>) -> Result<Self, Problem> {
        let language = language(&parts.headers);
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| Problem::unauthorized().in_language(language))?;
        let user = room.people.authenticate(token.trim()).await;
        let user = user
            .map_err(|error| Problem::from_ask(AskError::internal("people", &error)).in_language(language))?
            .ok_or_else(|| Problem::unauthorized().in_language(language))?;
        // What another gateway has put in force is what every answer tells of.
        let rules = room.rules_now().await;
        rules.map_err(|error| Problem::from_ask(AskError::internal("rules", &error)).in_language(language))?;
        Ok(Self { user, language })
    }
}

/// Whom the token stands for.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, description = "member, user, role"), (status = 401)))]
pub(super) async fn me(asker: Asker) -> Json<User> {
    Json(asker.user)
}

/// Whether the room serves.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "the room serves")))]
pub(super) async fn health(State(_room): State<Arc<Room>>) -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}
