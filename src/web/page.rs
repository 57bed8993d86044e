//! What every page has: its language, who is signed in, and the way it is told.

use super::assets;
use crate::{
    gateway::Room,
    http::{Asker, Problem, Visitor, cookie_value},
    locale::{self, Value},
    model::{Language, Role, Text, typography},
    people::{PeopleError, User},
};
use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use std::{convert::Infallible, sync::Arc};

/// The cookie that keeps a language chosen by hand.
pub(super) const LANGUAGE_COOKIE: &str = "camerata-language";

/// What every page has.
#[derive(Clone)]
pub(super) struct Page {
    /// The language it is in.
    pub(super) language: Language,
    /// Who is signed in.
    pub(super) user: Option<User>,
    /// The page's own path, to come back to it.
    pub(super) path: String,
    /// The room's title.
    pub(super) room: String,
    /// What the browser says of itself.
    pub(super) agent: String,
    /// Whether it came over TLS.
    pub(super) secure: bool,
    /// What has just been done: a message's name.
    pub(super) done: Option<&'static str>,
}

/// What may have been done before a page is shown again.
pub(super) const DONE: &[&str] = &[
    "done-password",
    "done-replayed",
    "done-second-factor-removed",
    "done-session-ended",
    "done-token-ended",
    "done-invited",
    "done-invitation-withdrawn",
    "done-roles",
    "done-user-ended",
    "done-second-factor-reset",
    "done-device-approved",
    "done-device-refused",
    "done-recovered",
    "done-signed-out",
    "done-passkey-added",
    "done-passkey-removed",
    "done-letters",
    "done-lifted",
    "done-proposed",
    "done-approved",
    "done-published",
    "done-refused",
    "done-retracted",
    "done-withdrawn",
    "done-template-proposed",
    "done-template-approved",
    "done-template-withdrawn",
];

/// A page of the menu.
struct Place {
    path: &'static str,
    /// The message that names it; `…-what` says what it is for.
    name: &'static str,
    roles: &'static [Role],
}

const MARKETERS: &[Role] = &[Role::Marketer];
/// Those who look after what is permitted.
const GUARDIANS: &[Role] = &[Role::Officer, Role::Host];

const PLACES: &[Place] = &[
    Place { path: "/questions", name: "menu-questions", roles: MARKETERS },
    Place { path: "/answers", name: "menu-answers", roles: MARKETERS },
    Place { path: "/budget", name: "menu-budget", roles: &Role::OF_MEMBERS },
    Place { path: "/agreements", name: "menu-agreements", roles: &Role::ALL },
    Place { path: "/proposals", name: "menu-proposals", roles: GUARDIANS },
    Place { path: "/templates", name: "menu-templates", roles: GUARDIANS },
    Place { path: "/log", name: "menu-log", roles: &[Role::Officer, Role::Steward] },
    Place { path: "/audiences", name: "menu-audiences", roles: &[Role::Steward] },
    Place { path: "/users", name: "menu-users", roles: &[Role::Officer, Role::Host] },
    Place { path: "/device", name: "menu-device", roles: &Role::ALL },
    Place { path: "/account", name: "menu-account", roles: &Role::ALL },
];

impl Page {
    /// A message in the page's language.
    pub(super) fn say(&self, message: &str) -> String {
        locale::say(self.language, message, &[])
    }

    /// A message with one variable.
    pub(super) fn with(&self, message: &str, name: &'static str, value: &str) -> String {
        locale::say(self.language, message, &[(name, value.into())])
    }

    /// A message with a number.
    pub(super) fn count(&self, message: &str, name: &'static str, value: &u64) -> String {
        locale::say(self.language, message, &[(name, Value::Count(*value))])
    }

    /// A message with several variables.
    pub(super) fn fill(&self, message: &str, values: &[(&'static str, String)]) -> String {
        let values: Vec<(&'static str, Value)> =
            values.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        locale::say(self.language, message, &values)
    }

    /// A message from a start to an end.
    pub(super) fn span(&self, message: &str, start: &str, end: &str) -> String {
        self.fill(message, &[("start", start.to_owned()), ("end", end.to_owned())])
    }

    /// A text in the page's language.
    pub(super) fn text(&self, text: &Text) -> String {
        typography::printed(text.get(self.language), self.language)
    }

    /// A moment as people say it.
    pub(super) fn moment(&self, timestamp: &str) -> String {
        typography::moment(timestamp, self.language)
    }

    /// The address of a file that pages use.
    #[expect(clippy::unused_self, reason = "templates say page.asset(…)")]
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// A role as people say it.
    pub(super) fn role(&self, role: &Role) -> String {
        self.say(&format!("role-{}", role.as_str()))
    }

    /// What the room says of a refusal, as a sentence of its own.
    #[expect(clippy::unused_self, reason = "templates say page.sentence(…)")]
    pub(super) fn sentence(&self, words: &str) -> String {
        let mut letters = words.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        let end = if words.ends_with(['.', '!', '?', '…']) { "" } else { "." };
        format!("{first}{}{end}", letters.as_str())
    }

    /// Why a request was refused, as a sentence of its own.
    pub(super) fn why(&self, problem: &Problem) -> String {
        self.sentence(&self.text(problem.detail_text().unwrap_or(problem.title())))
    }

    /// The pages of who is signed in: address, name, and whether it is this one.
    pub(super) fn menu(&self) -> Vec<(&'static str, String, bool)> {
        let pages = PLACES.iter().filter(|place| self.opens(place));
        pages.map(|place| (place.path, self.say(place.name), self.is_in(place.path))).collect()
    }

    /// The same for the front page, with what each is for.
    pub(super) fn cards(&self) -> Vec<(&'static str, String, String)> {
        let pages = PLACES.iter().filter(|place| self.opens(place));
        pages.map(|place| (place.path, self.say(place.name), self.say(&format!("{}-what", place.name)))).collect()
    }

    fn opens(&self, place: &Place) -> bool {
        self.user.as_ref().is_some_and(|user| place.roles.iter().any(|role| user.is(*role)))
    }

    fn is_in(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The language to change to.
    pub(super) fn other(&self) -> Language {
        match self.language {
            Language::Fr => Language::En,
            Language::En => Language::Fr,
        }
    }

    /// The page as it is sent.
    pub(super) fn show(&self, status: StatusCode, template: &impl Template) -> Response {
        match template.render() {
            Ok(html) => (status, [(header::CONTENT_LANGUAGE, self.language.as_str())], Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// The page that tells of a problem.
    pub(super) fn problem(&self, problem: &Problem) -> Response {
        let mut response = self.show(
            problem.status(),
            &ProblemPage {
                page: self,
                title: self.text(problem.title()),
                detail: problem.detail_text().map(|detail| self.text(detail)),
                reference: problem.reference(),
            },
        );
        if let Some(seconds) = problem.seconds() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// The page that tells what was refused about users.
    pub(super) fn refused(&self, error: PeopleError) -> Response {
        self.problem(&Problem::from_people(error))
    }
}

#[derive(Template)]
#[template(path = "problem.html", config = "src/web/askama.toml")]
struct ProblemPage<'a> {
    page: &'a Page,
    title: String,
    detail: Option<String>,
    reference: Option<&'a str>,
}

impl FromRequestParts<Arc<Room>> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, room: &Arc<Room>) -> Result<Self, Infallible> {
        let user = parts.extensions.get::<Asker>().map(|asker| asker.user.clone());
        let visitor = Visitor::from_request_parts(parts, room).await?;
        let language =
            chosen(&parts.headers).or_else(|| user.as_ref().map(|user| user.language)).unwrap_or(visitor.language);
        let done = parts.uri.query().and_then(|query| {
            let done = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?.1;
            DONE.iter().find(|known| known.strip_prefix("done-") == Some(&*done)).copied()
        });
        Ok(Self {
            language,
            user,
            path: path(parts),
            room: room.rules().policies.base.room().title.get(language).to_owned(),
            agent: visitor.agent,
            secure: visitor.secure,
            done,
        })
    }
}

/// The path to come back to: of what a form was sent to, the page that has the form.
fn path(parts: &Parts) -> String {
    let path = parts.uri.path();
    if parts.method == Method::GET || path.starts_with("/invitation/") || path.starts_with("/recovery/") {
        return path.to_owned();
    }
    format!("/{}", path.trim_start_matches('/').split('/').next().unwrap_or_default())
}

/// The language that was chosen by hand in this browser.
fn chosen(headers: &HeaderMap) -> Option<Language> {
    match cookie_value(headers, LANGUAGE_COOKIE)?.as_str() {
        "fr" => Some(Language::Fr),
        "en" => Some(Language::En),
        _ => None,
    }
}
