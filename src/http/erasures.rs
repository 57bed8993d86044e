//! Erasing people from what a member holds, by a list of their hashed identifiers.

use super::{Problem, identity::Asker, uploads::failed};
use crate::{gateway::Room, model::ErasureOutcome};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use std::sync::Arc;

/// Largest list, in bytes: some 480,000 identifiers. Longer ones come in parts.
pub(crate) const ERASURE_BYTES_MAX: usize = 32 << 20;

/// Erases people from every audience of the steward's member, and who stood on a row with them. The list is CSV as `camerata hash` writes it, with a column
/// `hashed_email_<profile>`, `hashed_phone_<profile>`, or both. Repeating it does what is left to do.
#[utoipa::path(post, path = "/api/v1/erasures", request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, description = "what each audience lost, its new version, and what wasn't searched", body = ErasureOutcome), (status = 401), (status = 403),
    (status = 413, description = "the list is larger than 32 MiB: send it in parts"),
    (status = 422, description = "the header line is refused, or no row holds a hashed identifier"),
    (status = 507, description = "disk full")))]
pub(super) async fn create(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ErasureOutcome>, Problem> {
    let body = body.map_err(|error| Problem::unreadable(error.status()).in_language(asker.language))?;
    let refused = |error| Problem::from_store(error).in_language(asker.language);
    let (member, user) = (asker.user.member.clone(), asker.user.user.clone());
    let store = room.store.clone();
    // In a task of its own: it goes on if the client hangs up.
    let task = tokio::spawn(async move {
        let list = Arc::new(store.read_erasure(body).await?);
        store.erase((&member, &user), &list).await
    });
    task.await.map_err(|error| failed(&asker, "erasure", &error))?.map(Json).map_err(refused)
}
