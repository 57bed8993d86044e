//! Templates: what each computes, how its loss is derived, and over whose audiences it may run.

use super::{acts, is_hash, lines, named, names::Names, short};
use crate::{
    gateway::{self, AskError, Derivation, Room, Rules, TemplateAct},
    http::{self, Asker, Problem},
    model::{MemberName, TemplateName, Text},
    policy::Files,
    template::{Template, Version},
    web::{fields::Fields, page::Page},
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;

#[derive(askama::Template)]
#[template(path = "officer/templates.html", config = "src/web/askama.toml")]
struct TemplatesPage<'a> {
    page: &'a Page,
    templates: Vec<Listed>,
    acts: bool,
}

struct Listed {
    name: String,
    title: String,
    description: String,
    /// How many owners have approved the newest version, of how many.
    approved: String,
    /// Whether the reader's member, which has audiences, has yet to approve it.
    awaited: bool,
}

#[derive(askama::Template)]
#[template(path = "officer/template.html", config = "src/web/askama.toml")]
struct TemplatePage<'a> {
    page: &'a Page,
    name: String,
    title: String,
    description: String,
    hash: &'a str,
    short: String,
    who: String,
    when: String,
    why: Option<&'a str>,
    newest: bool,
    /// When the engine last could not run it.
    failed: Option<String>,
    /// Each owner, and whether it has approved.
    owners: Vec<(String, bool)>,
    acts: bool,
    own_approved: bool,
    derived: Option<Derived>,
    underivable: Option<String>,
    audiences: Vec<String>,
    /// Its two files: name and text.
    texts: [(String, &'a str); 2],
    /// What differs from the version before.
    files: Vec<lines::File>,
    versions: Vec<Other>,
}

/// The derivation in the reader's language.
pub(super) struct Derived {
    pub(super) margin: String,
    pub(super) query: String,
    pub(super) statement: String,
    pub(super) bounds: Vec<String>,
    pub(super) noise: Vec<String>,
    pub(super) loss: Vec<String>,
}

struct Other {
    hash: String,
    short: String,
    when: String,
    current: bool,
}

/// Which version.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    version: Option<String>,
}

/// The members that have audiences: those whose approval a template needs.
fn owners(rules: &Rules) -> Vec<&MemberName> {
    let members = rules.policies.base.members().values().filter(|member| !member.audiences.is_empty());
    members.map(|member| &member.name).collect()
}

/// The newest version of each template, those that wait for the reader's member first.
pub(crate) async fn list(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let rules = room.rules();
    let owners = owners(&rules);
    let templates = &rules.templates;
    let listed = templates.names().into_iter().filter_map(|name| {
        let (version, newest) = templates.newest(name)?;
        let manifest = newest.manifest();
        let given = owners.iter().filter(|owner| version.approved.contains(**owner)).count();
        let of = [("given", given.to_string()), ("all", owners.len().to_string())];
        let own = &asker.user.member;
        Some(Listed {
            name: name.to_string(),
            title: page.text(&manifest.title),
            description: page.text(&manifest.description),
            approved: page.fill("template-approved-by", &of),
            awaited: acts(&asker) && owners.contains(&own) && !version.approved.contains(own),
        })
    });
    let mut listed: Vec<Listed> = listed.collect();
    listed.sort_by_key(|template| !template.awaited);
    page.show(StatusCode::OK, &TemplatesPage { page: &page, templates: listed, acts: acts(&asker) })
}

/// One template: the newest version, or the one that is named.
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let rules = room.rules();
    let Ok(name) = name.parse::<TemplateName>() else { return page.problem(&Problem::not_found()) };
    let mut versions = rules.templates.of(&name);
    let found = match &wanted.version {
        Some(hash) => versions.find(|(version, _)| version.hash == *hash),
        None => versions.next(),
    };
    let Some((version, template)) = found else { return page.problem(&Problem::not_found()) };
    let (task_rules, task_template) = (Arc::clone(&rules), version.hash.clone());
    // Off the async threads: what is derived builds the mechanisms.
    let derived = tokio::task::spawn_blocking(move || {
        let (_, template) = task_rules.templates.iter().find(|(version, _)| version.hash == task_template)?;
        Some(gateway::derive(template, &task_rules.policies.base, &task_rules.limits, None))
    });
    let derived = match derived.await {
        Ok(derived) => derived,
        Err(error) => return page.problem(&Problem::from_ask(AskError::internal("template", &error))),
    };
    page.show(StatusCode::OK, &whole(&page, &rules, &asker, (version, template), derived))
}

fn whole<'a>(
    page: &'a Page,
    rules: &'a Rules,
    asker: &Asker,
    (version, template): (&'a Version, &'a Template),
    derived: Option<Result<Derivation, Text>>,
) -> TemplatePage<'a> {
    let names = Names { page, versions: vec![&*rules.policies.base], templates: &rules.templates };
    let manifest = template.manifest();
    let all: Vec<&Version> = rules.templates.of(&version.name).map(|(version, _)| version).collect();
    let place = all.iter().position(|one| one.hash == version.hash).unwrap_or(0);
    let (derived, underivable) = match derived {
        Some(Ok(derived)) => (Some(in_words(page, derived)), None),
        Some(Err(text)) => (None, Some(page.sentence(&page.text(&text)))),
        None => (None, None),
    };
    TemplatePage {
        page,
        name: version.name.to_string(),
        title: page.text(&manifest.title),
        description: page.text(&manifest.description),
        hash: &version.hash,
        short: short(&version.hash),
        who: version
            .officer
            .as_ref()
            .map_or_else(|| page.say("template-with-room"), |officer| named(page, &names, officer)),
        when: page.moment(&version.proposed),
        why: version.why.as_deref(),
        newest: place == 0,
        failed: version.failed.as_deref().map(|failed| page.moment(failed)),
        owners: owners(rules).iter().map(|owner| (names.member(owner), version.approved.contains(*owner))).collect(),
        acts: acts(asker),
        own_approved: version.approved.contains(&asker.user.member),
        derived,
        underivable,
        audiences: manifest.audiences.iter().map(|audience| page.text(&audience.title)).collect(),
        texts: [(format!("{}.sql", version.name), &*version.sql), (format!("{}.toml", version.name), &*version.toml)],
        files: all.get(place + 1).map(|before| lines::files(page, &files(before), &files(version))).unwrap_or_default(),
        versions: all
            .iter()
            .map(|one| Other {
                hash: one.hash.clone(),
                short: short(&one.hash),
                when: page.moment(&one.proposed),
                current: one.hash == version.hash,
            })
            .collect(),
    }
}

fn files(version: &Version) -> Files {
    let (sql, toml) = (format!("{}.sql", version.name), format!("{}.toml", version.name));
    Files::from([(sql, version.sql.as_bytes().to_vec()), (toml, version.toml.as_bytes().to_vec())])
}

/// A derivation in the reader's language.
pub(super) fn in_words(page: &Page, derived: Derivation) -> Derived {
    let words = |texts: &[Text]| texts.iter().map(|text| page.text(text)).collect();
    Derived {
        margin: page.count("template-margin", "margin", &u64::from(derived.margin)),
        bounds: words(&derived.bounds),
        noise: words(&derived.noise),
        loss: words(&derived.loss),
        query: derived.query,
        statement: derived.statement,
    }
}

/// Lets a version run over the audiences of the officer's member, or no longer.
pub(crate) async fn approve(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(name): Path<String>,
    fields: Fields,
) -> Response {
    let hash = fields.get("version").to_owned();
    // The address names the template; the version that it shows may be of no other.
    let known = room.rules().templates.version(&hash).is_some_and(|version| version.name.as_str() == name);
    if !known || !is_hash(&hash) {
        return page.problem(&Problem::not_found());
    }
    let (act, done) = if fields.get("do") == "withdraw" {
        (TemplateAct::Withdraw(hash.clone()), "template-withdrawn")
    } else {
        (TemplateAct::Approve(hash.clone()), "template-approved")
    };
    match http::act_on_templates(&room, asker, act, None).await {
        Ok(_) => Redirect::to(&format!("/templates/{name}?version={hash}&done={done}")).into_response(),
        Err(problem) => page.problem(&problem),
    }
}
