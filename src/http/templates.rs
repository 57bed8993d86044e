//! The analysis templates: their versions, and officers' proposals and approvals.

use super::{Problem, body::read, identity::Asker};
use crate::{
    gateway::{self, AcceptedTemplate, Room, TemplateAct, TemplateActError},
    model::{Language, Role, TemplateName},
    template::{ConsentError, Entry, Template, TemplateError, Version},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// A template that is proposed.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proposed {
    /// Its name; the name of a known template proposes a new version of it.
    #[schema(value_type = String)]
    name: TemplateName,
    /// Its SQL.
    sql: String,
    /// Its manifest.
    toml: String,
    /// Why, in a sentence.
    why: String,
}

/// A template that is checked.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// Its name.
    #[schema(value_type = String)]
    name: TemplateName,
    /// Its SQL.
    sql: String,
    /// Its manifest.
    toml: String,
}

/// A mistake of a template, and its place.
#[derive(Debug, Serialize)]
pub(crate) struct Mistake {
    /// The file's name.
    pub(crate) file: String,
    /// Which of the two files: `sql` or `toml`.
    #[serde(skip)]
    pub(crate) ending: &'static str,
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
}

/// The newest version of every template, and who has approved which.
#[utoipa::path(get, path = "/api/v1/templates", responses((status = 200, description = "templates"), (status = 401)))]
pub(super) async fn list(State(room): State<Arc<Room>>, _asker: Asker) -> Json<Value> {
    let templates = &room.rules().templates;
    let listed = templates.names().into_iter().filter_map(|name| {
        let versions: Vec<Value> = templates.of(name).map(|(version, _)| summary(version)).collect();
        templates.newest(name).map(|(_, newest)| described(newest, versions))
    });
    Json(json!({ "templates": listed.collect::<Vec<Value>>() }))
}

fn described(template: &Template, versions: Vec<Value>) -> Value {
    let manifest = template.manifest();
    json!({
        "name": template.name(),
        "title": manifest.title,
        "description": manifest.description,
        "audiences": manifest.audiences,
        "parameters": manifest.parameters,
        "release": manifest.release,
        "derived": manifest.derived,
        "example": manifest.example,
        "margin_default": manifest.margin_default,
        "hash": template.hash(),
        "versions": versions,
    })
}

fn summary(version: &Version) -> Value {
    json!({
        "hash": version.hash,
        "approved": version.approved,
        "failed": version.failed,
        "proposed": version.proposed,
        "by": version.officer,
        "why": version.why,
    })
}

/// What happened to the templates, newest first: who proposed, approved and withdrew which version, when and why.
#[utoipa::path(get, path = "/api/v1/templates/log", responses((status = 200, description = "entries"), (status = 401)))]
pub(super) async fn log(State(room): State<Arc<Room>>, asker: Asker) -> Result<Json<Value>, Problem> {
    let failed = |error| Problem::from_ask(gateway::AskError::internal("template", &error)).in_language(asker.language);
    let entries = room.consent.log().await.map_err(failed)?;
    let rules = room.rules();
    let named = |entry: &Entry| {
        let name = entry.hash.as_ref().and_then(|hash| rules.templates.version(hash)).map(|version| &version.name);
        let mut told = json!(entry);
        if let Some(told) = told.as_object_mut() {
            told.insert("name".to_owned(), json!(name));
        }
        told
    };
    Ok(Json(json!({ "entries": entries.iter().map(named).collect::<Vec<Value>>() })))
}

/// One version as it is proposed, with its files: what an officer reads before approving.
#[utoipa::path(get, path = "/api/v1/template-proposals/{hash}", params(("hash" = String, Path)), responses(
    (status = 200, description = "the version"), (status = 401), (status = 404)))]
pub(super) async fn version(
    State(room): State<Arc<Room>>,
    Path(hash): Path<String>,
    asker: Asker,
) -> Result<Json<Value>, Problem> {
    told(&room, &hash, asker.language)
}

/// Proposes a template, and approves it for the officer's own member.
#[utoipa::path(post, path = "/api/v1/template-proposals", responses(
    (status = 200, description = "the version"), (status = 401), (status = 403), (status = 409), (status = 422, description = "a mistake and its place")))]
pub(super) async fn propose(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Proposed>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let proposed = read(body, &asker)?;
    let Proposed { name, sql, toml, why } = proposed.clone();
    done(&room, asker, TemplateAct::Propose { name, sql, toml, why }, Some(&proposed)).await
}

/// Checks a template as proposing it would, and tells how its loss is derived. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/template-proposals/check", responses(
    (status = 200, description = "the template holds: its hash, and its derivation, or why there is none"), (status = 401), (status = 403),
    (status = 422, description = "a mistake and its place")))]
pub(super) async fn check(
    State(room): State<Arc<Room>>,
    asker: Asker,
    body: Result<Json<Draft>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Draft { name, sql, toml } = read(body, &asker)?;
    let proposed = Proposed { name: name.clone(), sql: sql.clone(), toml: toml.clone(), why: String::new() };
    let checked = gateway::check_template(&room, name, (sql, toml)).await;
    let AcceptedTemplate { template, derivation } =
        checked.map_err(|error| problem(error, Some(&proposed), asker.language).in_language(asker.language))?;
    let (derivation, obstacle) = match derivation {
        Ok(derived) => {
            let told = json!({
                "margin": derived.margin, "query": derived.query, "bounds": derived.bounds,
                "statement": derived.statement, "noise": derived.noise, "loss": derived.loss,
            });
            (Some(told), None)
        }
        Err(text) => (None, Some(text)),
    };
    let title = &template.manifest().title;
    Ok(Json(json!({
        "name": template.name(), "title": title, "hash": template.hash(), "derivation": derivation, "obstacle": obstacle,
    })))
}

/// Lets a version run over the audiences of the officer's own member.
#[utoipa::path(post, path = "/api/v1/template-proposals/{hash}/approval", params(("hash" = String, Path)), responses(
    (status = 200, description = "the version"), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(super) async fn approve(
    State(room): State<Arc<Room>>,
    Path(hash): Path<String>,
    asker: Asker,
) -> Result<Json<Value>, Problem> {
    done(&room, asker, TemplateAct::Approve(hash), None).await
}

/// Takes that approval back, at once.
#[utoipa::path(delete, path = "/api/v1/template-proposals/{hash}/approval", params(("hash" = String, Path)), responses(
    (status = 200, description = "the version"), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(super) async fn withdraw(
    State(room): State<Arc<Room>>,
    Path(hash): Path<String>,
    asker: Asker,
) -> Result<Json<Value>, Problem> {
    done(&room, asker, TemplateAct::Withdraw(hash), None).await
}

fn told(room: &Room, hash: &str, language: Language) -> Result<Json<Value>, Problem> {
    let rules = room.rules();
    let version = rules.templates.version(hash).ok_or_else(|| Problem::not_found().in_language(language))?;
    let mut told = summary(version);
    if let Some(told) = told.as_object_mut() {
        let files = [("name", version.name.as_str()), ("sql", &version.sql), ("toml", &version.toml)];
        told.extend(files.map(|(key, value)| (key.to_owned(), json!(value))));
    }
    Ok(Json(told))
}

/// Does what an officer asks for, whatever becomes of who asked.
pub(crate) async fn done(
    room: &Arc<Room>,
    asker: Asker,
    act: TemplateAct,
    proposed: Option<&Proposed>,
) -> Result<Json<Value>, Problem> {
    let (task_room, user) = (Arc::clone(room), asker.user.clone());
    // In a task of its own: a client that hangs up must not leave what it withdrew in force.
    let task = tokio::spawn(async move { gateway::act_on_templates(&task_room, &user, act).await });
    match task.await {
        Ok(Ok(hash)) => told(room, &hash, asker.language),
        Ok(Err(error)) => Err(problem(error, proposed, asker.language).in_language(asker.language)),
        Err(error) => {
            Err(Problem::from_ask(gateway::AskError::internal("template", &error)).in_language(asker.language))
        }
    }
}

fn problem(error: TemplateActError, proposed: Option<&Proposed>, language: Language) -> Problem {
    match error {
        TemplateActError::NotAnOfficer => Problem::wrong_role(&[Role::Officer]),
        TemplateActError::Consent(ConsentError::Refused(text)) => {
            Problem::new(StatusCode::CONFLICT, "template-refused", "Refusé", "Refused").text(text)
        }
        TemplateActError::Consent(ConsentError::NotFound) => Problem::not_found(),
        TemplateActError::Template(error) => mistake(error, proposed, language),
        error => Problem::from_ask(gateway::AskError::internal("template", &error)),
    }
}

/// What the checker refuses, with its place in the proposed file.
fn mistake(error: TemplateError, proposed: Option<&Proposed>, language: Language) -> Problem {
    let (name, files) = proposed.map_or(("", ["", ""]), |one| (one.name.as_str(), [one.sql.as_str(), &one.toml]));
    let mistake = placed(error, name, files, language);
    let Mistake { file, line, column, message, help, .. } = &mistake;
    let mut detail = format!("{file}:{line}:{column}: {message}");
    detail.extend(help.iter().flat_map(|help| ["\n", help.as_str()]));
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "template-mistake", "Le modèle a une erreur", "The template has a mistake")
        .detail(detail.clone(), detail)
        .with("mistakes", json!([mistake]))
}

/// Where in a template's two files a mistake is.
pub(crate) fn placed(error: TemplateError, name: &str, [sql, toml]: [&str; 2], language: Language) -> Mistake {
    let (ending, offset) = match &error {
        TemplateError::Manifest(error) => ("toml", error.span().offset()),
        TemplateError::Refused(refusal) => ("sql", refusal.span().offset()),
        TemplateError::File(_) => ("sql", 0),
    };
    let before = if ending == "sql" { sql } else { toml }.get(..offset).unwrap_or_default();
    let error = error.in_language(language);
    Mistake {
        file: format!("{name}.{ending}"),
        ending,
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        message: error.to_string(),
        help: error.help().map(|help| help.to_string()),
    }
}
