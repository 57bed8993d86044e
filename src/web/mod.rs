//! The pages: rendered by the server, in French and in English, and usable without JavaScript but where a page says otherwise.
//!
//! Promises: a page does nothing that the API can't, by the same functions; nothing is served but by `routes`, where each page says who
//! may open it; every text that comes from people is escaped, and the browser is told to run none of it.

mod account;
mod assets;
mod chart;
mod fields;
mod front;
mod guard;
mod marketer;
mod officer;
mod page;
mod public;
mod routes;
mod steward;
#[cfg(test)]
mod tests;

pub use routes::table;

use crate::{gateway::Room, http::Limits};
use axum::Router;
use std::sync::Arc;

/// Every page over an open room, within the door's limits; and what is answered where there is none.
pub fn router(room: &Arc<Room>, limits: &Arc<Limits>) -> Router {
    routes::router(room, limits).with_state(Arc::clone(room))
}
