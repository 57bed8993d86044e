//! The audit log that concerns the reader's member, in words, and its verification.

use super::names::Names;
use crate::{
    gateway::{self, Room, Sought, Verification},
    http::{self, Asker, Problem},
    locale::{self, Value},
    model::{AudienceRef, Language, MemberName, Rho, Role, TemplateName, Text, typography},
    proof::{Entry, What},
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use serde_json::Value as Json;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "officer/log.html", config = "src/web/askama.toml")]
struct LogPage<'a> {
    page: &'a Page,
    entries: Vec<Line>,
    kinds: Vec<(String, String, bool)>,
    filter: Filter,
    older: Option<String>,
    first: bool,
    verifies: bool,
    refused: Option<String>,
    verified: Option<Verified>,
}

struct Line {
    position: u64,
    at: String,
    what: String,
    who: String,
    about: Vec<(String, String)>,
}

struct Verified {
    sentence: String,
    findings: Vec<String>,
    root: String,
    checkpoint: String,
}

/// What is looked for.
#[derive(Debug, Default, Clone, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    what: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    before: Option<u64>,
}

/// The newest entries, or those that are looked for.
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Response {
    let filter = filter.map(|Query(filter)| filter).unwrap_or_default();
    told(&room, &page, &asker, filter, None).await
}

/// Has the room verify the whole log.
pub(crate) async fn verify(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    match http::verified_log(&room).await {
        Ok(verification) => told(&room, &page, &asker, Filter::default(), Some(verification)).await,
        Err(problem) => page.problem(&problem),
    }
}

async fn told(room: &Room, page: &Page, asker: &Asker, filter: Filter, verification: Option<Verification>) -> Response {
    let (sought, refused) = match sought(&filter) {
        Ok(sought) => (sought, None),
        Err(text) => (Sought::default(), Some(page.sentence(&page.text(&text)))),
    };
    let journal = match gateway::journal(room, &asker.user.member, &sought).await {
        Ok(journal) => journal,
        Err(error) => return page.problem(&Problem::from_ask(error)),
    };
    let rules = room.rules();
    let names = Names { page, versions: vec![&*rules.policies.base], templates: &rules.templates };
    let kind = |what: What| {
        let word = what.word();
        (word.clone(), page.say(&format!("entry-{word}")), word == filter.what)
    };
    let mut kinds: Vec<_> = What::ALL.into_iter().map(kind).collect();
    kinds.sort_by_key(|(_, title, _)| title.to_lowercase());
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = LogPage {
        page,
        entries: journal.entries.iter().map(|entry| line(&names, entry)).collect(),
        kinds,
        older: journal.next.map(|next| address(&filter, next)),
        first: filter.before.is_none(),
        verifies: asker.user.is(Role::Officer),
        refused,
        verified: verification.map(|found| in_words(page, found)),
        filter,
    };
    page.show(status, &shown)
}

/// What the filter means.
///
/// # Errors
/// When a day isn't one.
fn sought(filter: &Filter) -> Result<Sought, Text> {
    let day = |text: &str, later: i64| -> Result<Option<Timestamp>, Text> {
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || {
            Text::new("ce jour n’en est pas un : écrivez-le comme 2026-11-30", "that is no day: write it as 2026-11-30")
        };
        let day: Date = text.parse().map_err(|_| wrong())?;
        let day = day.checked_add(jiff::Span::new().days(later)).map_err(|_| wrong())?;
        Ok(Some(day.to_zoned(TimeZone::UTC).map_err(|_| wrong())?.timestamp()))
    };
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let what = some(&filter.what).and_then(|word| What::ALL.into_iter().find(|what| what.word() == word));
    Ok(Sought {
        before: filter.before,
        what,
        containing: some(&filter.who),
        from: day(&filter.from, 0)?,
        until: day(&filter.to, 1)?,
    })
}

/// The address of the entries before a place, looked for in the same way.
fn address(filter: &Filter, before: u64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("what", &filter.what), ("from", &filter.from), ("to", &filter.to), ("who", &filter.who)] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    query.append_pair("before", &before.to_string());
    format!("/log?{}", query.finish())
}

fn line(names: &Names<'_>, entry: &Entry) -> Line {
    let page = names.page;
    let who = entry
        .by
        .as_ref()
        .map(|by| page.fill("officer-of", &[("user", by.user.clone()), ("member", names.member(&by.member))]));
    Line {
        position: entry.position,
        at: page.moment(&entry.at),
        what: page.say(&format!("entry-{}", entry.what.word())),
        who: who.unwrap_or_default(),
        about: about(names, entry),
    }
}

/// What an entry says besides, each with what it is.
fn about(names: &Names<'_>, entry: &Entry) -> Vec<(String, String)> {
    let page = names.page;
    let detail = |name: &str| {
        let value = entry.details.get(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let mut about = Vec::new();
    let mut tell = |name: &str, value: Option<String>| about.extend(value.map(|value| (page.say(name), value)));
    let question = entry.details.get("question");
    tell(
        "question",
        question
            .and_then(|question| question.get("template")?.as_str())
            .map(|name| name.parse::<TemplateName>().map_or_else(|_| name.to_owned(), |name| names.template(&name))),
    );
    tell("audiences", question.map(|question| audiences(names, question)).filter(|list| !list.is_empty()));
    tell("audience", detail("audience").map(|name| audience(names, &name)));
    let member = detail("member").and_then(|name| name.parse::<MemberName>().ok()).map(|name| names.member(&name));
    tell("member", member);
    tell("name", detail("user"));
    tell("roles", detail("roles").map(|roles| told_roles(page, &roles)));
    tell("proposal", detail("proposal"));
    tell("answer-number", detail("answer"));
    tell("template-version", detail("template").filter(|_| question.is_none()).map(|hash| super::short(&hash)));
    tell("why", detail("why"));
    // Told once: an answer repeats what its charge has told.
    let rho = detail("rho")
        .filter(|_| matches!(entry.what, What::Charged | What::Delivered))
        .and_then(|units| units.parse::<u64>().ok());
    tell("loss", rho.map(|units| loss(units, page.language)));
    about
}

fn told_roles(page: &Page, words: &str) -> String {
    let roles = words.split([' ', ',']).filter_map(|word| word.parse::<Role>().ok());
    roles.map(|role| page.role(&role)).collect::<Vec<_>>().join(", ")
}

fn loss(units: u64, language: Language) -> String {
    format!("ρ {}", typography::real(Rho::from_units(units).as_f64(), language))
}

fn audience(names: &Names<'_>, name: &str) -> String {
    let Ok(audience) = name.parse::<AudienceRef>() else { return name.to_owned() };
    format!("{} ({})", names.audience(&audience), names.member(&audience.member))
}

fn audiences(names: &Names<'_>, question: &Json) -> String {
    let named = question.get("audiences").and_then(Json::as_object).into_iter().flat_map(|named| named.values());
    let each = named.flat_map(|named| match named {
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect::<Vec<_>>(),
        one => one.as_str().into_iter().collect(),
    });
    each.map(|name| audience(names, name)).collect::<Vec<_>>().join(" × ")
}

fn in_words(page: &Page, found: Verification) -> Verified {
    let values = [
        ("size", Value::Count(found.size)),
        ("records", Value::Count(found.records)),
        ("checkpoints", Value::Count(found.checkpoints as u64)),
    ];
    let message = if found.findings.is_empty() { "log-holds" } else { "log-does-not-hold" };
    Verified {
        sentence: locale::say(page.language, message, &values),
        findings: found.findings.iter().take(50).map(|text| page.sentence(&page.text(text))).collect(),
        root: found.root,
        checkpoint: found.checkpoint,
    }
}
