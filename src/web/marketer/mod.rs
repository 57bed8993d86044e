//! The marketer's work: choosing a question, seeing what it costs, and what comes of it.

pub(super) mod answers;
pub(super) mod ask;
pub(super) mod budget;
pub(super) mod comparison;
pub(super) mod downloads;
mod form;
mod pictures;
mod reach;
mod titles;
pub(super) mod told;

use crate::{gateway::AskError, http::Problem, model::answer::Answer};

/// An answer as the API tells it.
fn as_told(answer: &impl serde::Serialize) -> Result<Answer, Problem> {
    let told = serde_json::to_value(answer).and_then(serde_json::from_value);
    told.map_err(|error| Problem::from_ask(AskError::internal("page", &error)))
}
