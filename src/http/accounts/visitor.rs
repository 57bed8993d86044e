//! What is known of who isn't signed in yet.

use crate::{
    gateway::Room,
    http::{cookie, problem::language},
    model::Language,
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use std::{convert::Infallible, sync::Arc};

/// Whoever comes: in which language to answer, what the browser says of itself, and whether it came over TLS.
pub(crate) struct Visitor {
    pub(in crate::http) language: Language,
    pub(in crate::http) agent: String,
    pub(in crate::http) secure: bool,
}

impl FromRequestParts<Arc<Room>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Room>) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        Ok(Self {
            language: language(&parts.headers),
            agent: agent.unwrap_or_default().into_owned(),
            secure: cookie::is_secure(&parts.headers, &parts.extensions),
        })
    }
}
