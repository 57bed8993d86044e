//! Bodies of requests, in JSON.

use super::{Problem, identity::Asker};
use crate::model::Text;
use axum::{Json, extract::rejection::JsonRejection};

/// What the body holds; else a refusal that says where it can't be read.
pub(super) fn read<T>(body: Result<Json<T>, JsonRejection>, asker: &Asker) -> Result<T, Problem> {
    let rejected = |error: JsonRejection| {
        let error = error.body_text();
        Problem::malformed(Text::new(format!("la demande ne se lit pas : {error}"), error)).in_language(asker.language)
    };
    body.map(|Json(value)| value).map_err(rejected)
}
