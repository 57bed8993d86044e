//! The marketer's work: choosing a question, seeing what it costs, and what comes of it.

pub(super) mod answers;
pub(super) mod ask;
pub(super) mod budget;
pub(super) mod comparison;
pub(super) mod downloads;
mod form;
mod pictures;
mod reach;
pub(super) mod told;

use super::page::Page;
use crate::{
    gateway::{AskError, Room},
    http::Problem,
    model::{AudienceRef, answer::Answer},
};

impl Page {
    /// An audience as people call it: its title and its member's.
    pub(super) fn audience(&self, room: &Room, audience: &AudienceRef) -> String {
        let rules = room.rules();
        let base = &rules.policies.base;
        match (base.audience(audience), base.member(&audience.member)) {
            (Some(declared), Some(member)) => {
                format!("{} ({})", self.text(&declared.title), self.text(&member.title))
            }
            _ => audience.to_string(),
        }
    }
}

/// An answer as the API tells it.
fn as_told(answer: &impl serde::Serialize) -> Result<Answer, Problem> {
    let told = serde_json::to_value(answer).and_then(serde_json::from_value);
    told.map_err(|error| Problem::from_ask(AskError::internal("page", &error)))
}
