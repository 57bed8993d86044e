//! The page by which people are erased: their list is hashed in the browser like one that is uploaded, and sent by the API.

use super::list;
use crate::{
    gateway::Room,
    http::{Asker, ERASURE_BYTES_MAX},
    web::page::Page,
};
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use std::sync::Arc;

/// What the page's script says, beside what all lists have in common.
const WORDS: &[&str] = &[
    "erase-too-large",
    "erase-running",
    "erase-broke",
    "erase-kind-email",
    "erase-kind-phone",
    "erase-done",
    "erase-nobody",
    "erase-nobody-searched",
    "erase-nothing-searched",
    "erase-nothing-held",
    "erase-audience",
    "erase-identifier",
    "erase-erased",
    "erase-left",
    "erase-version",
    "erase-missed-profile",
    "erase-missed-kind",
];

#[derive(Template)]
#[template(path = "steward/erase.html", config = "src/web/askama.toml")]
struct ErasePage<'a> {
    page: &'a Page,
    /// The member's, each with its title.
    audiences: Vec<(String, String)>,
    profiles: Vec<(&'static str, String)>,
    country: String,
    bytes_max: usize,
    /// The same by the command line.
    commands: [String; 2],
    words: Vec<(&'static str, String)>,
    reasons: Vec<(&'static str, &'static str)>,
}

/// The page.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let rules = room.rules();
    let base = &rules.policies.base;
    let declared = base.member(&asker.user.member).map(|member| member.audiences.values());
    let audiences = declared.into_iter().flatten();
    let file = page.say("erase-file-name");
    let shown = ErasePage {
        page: &page,
        audiences: audiences.map(|declared| (declared.audience.to_string(), page.text(&declared.title))).collect(),
        profiles: list::profiles(&page),
        country: base.room().default_country.clone(),
        bytes_max: ERASURE_BYTES_MAX,
        commands: [format!("camerata hash {file}.csv --out hashes.csv"), "camerata erase hashes.csv".to_owned()],
        words: list::words(&page, WORDS),
        reasons: list::reasons(&page),
    };
    page.show(StatusCode::OK, &shown)
}
