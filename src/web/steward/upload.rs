//! The page by which a list is hashed in the browser, and sent by the API. The room's own part is words: it never sees the file.

use super::list;
use crate::{
    gateway::{self, Room},
    http::{Asker, Problem},
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use serde::Deserialize;
use std::{fmt::Display, sync::Arc};

/// What the page's script says, in the page's language, beside what all lists have in common.
const WORDS: &[&str] = &[
    "upload-no-purpose",
    "upload-send",
    "upload-sent",
    "upload-settling",
    "upload-go-on",
    "upload-connection-broke",
    "upload-version",
    "upload-persons-email",
    "upload-persons-phone",
    "upload-duplicates-email",
    "upload-duplicates-phone",
    "upload-left-out-email",
    "upload-left-out-phone",
    "upload-people-above",
];

#[derive(Template)]
#[template(path = "steward/upload.html", config = "src/web/askama.toml")]
struct UploadPage<'a> {
    page: &'a Page,
    audiences: Vec<Choice>,
    purposes: Vec<(String, String)>,
    profiles: Vec<(&'static str, String)>,
    country: String,
    /// The same by the command line.
    commands: [String; 2],
    today: Date,
    tomorrow: Date,
    in_a_year: Date,
    words: Vec<(&'static str, String)>,
    reasons: Vec<(&'static str, &'static str)>,
}

/// An audience that may be uploaded, with what its version in force was uploaded under.
struct Choice {
    name: String,
    title: String,
    shape: &'static str,
    columns: String,
    purposes: String,
    basis: String,
    chosen: bool,
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    /// The audience that is chosen already.
    #[serde(default)]
    audience: String,
}

/// The page.
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let wanted = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    let audiences = match choices(&room, &page, &asker, &wanted).await {
        Ok(audiences) => audiences,
        Err(problem) => return page.problem(&problem),
    };
    let rules = room.rules();
    let base = &rules.policies.base;
    let today = room.store.today();
    let purposes: Vec<(String, String)> =
        base.purposes().iter().map(|(name, purpose)| (name.to_string(), page.text(&purpose.title))).collect();
    let shown = UploadPage {
        page: &page,
        commands: commands(&page, &audiences, &purposes, today),
        audiences,
        purposes,
        profiles: list::profiles(&page),
        country: base.room().default_country.clone(),
        today,
        tomorrow: today.saturating_add(1.day()),
        in_a_year: in_a_year(today),
        words: list::words(&page, WORDS),
        reasons: list::reasons(&page),
    };
    page.show(StatusCode::OK, &shown)
}

/// What does the same in a terminal.
fn commands(page: &Page, audiences: &[Choice], purposes: &[(String, String)], today: Date) -> [String; 2] {
    let chosen = audiences.iter().find(|audience| audience.chosen).or(audiences.first());
    let audience = chosen.map(|audience| audience.name.as_str()).unwrap_or_default();
    let purpose = purposes.first().map(|(name, _)| name.as_str()).unwrap_or_default();
    let (file, report, basis) =
        (page.say("upload-file-name"), page.say("upload-report-name"), page.say("upload-basis-example"));
    let expires = in_a_year(today);
    [
        format!("camerata hash {file}.csv --out hashes.csv --report {report}.csv"),
        format!(
            "camerata upload hashes.csv --audience {audience} --purpose {purpose} --legal-basis \"{basis}\" --collected {today} --expires {expires}"
        ),
    ]
}

fn in_a_year(today: Date) -> Date {
    today.saturating_add(1.year())
}

async fn choices(room: &Room, page: &Page, asker: &Asker, wanted: &Wanted) -> Result<Vec<Choice>, Problem> {
    let rules = room.rules();
    let declared = rules.policies.base.member(&asker.user.member).map(|member| &member.audiences);
    let mut choices = Vec::new();
    for (name, declared) in declared.into_iter().flatten() {
        let holding = gateway::holding(room, &declared.audience).await.map_err(Problem::from_ask)?;
        let terms = holding.version.map(|version| version.declaration);
        choices.push(Choice {
            name: name.to_string(),
            title: page.text(&declared.title),
            shape: declared.shape.as_str(),
            columns: listed(&declared.columns),
            purposes: terms.as_ref().map(|terms| listed(&terms.purposes)).unwrap_or_default(),
            basis: terms.map(|terms| terms.legal_basis).unwrap_or_default(),
            chosen: wanted.audience == name.as_str(),
        });
    }
    Ok(choices)
}

fn listed<T: Display>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
