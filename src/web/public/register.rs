//! The register, as a page.

use crate::{
    gateway::{self, BudgetLine, Register, RegisteredAudience, RegisteredQuestion, RegisteredVersion, Room},
    http::Problem,
    model::{MemberName, typography},
    web::{
        marketer::budget::{lifetime, whose},
        page::Page,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "public/register.html", config = "src/web/askama.toml")]
struct RegisterPage<'a> {
    page: &'a Page,
    room: &'a Room,
    register: &'a Register,
    delta: String,
}

/// Shows it.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page) -> Response {
    let register = match gateway::register(&room).await {
        Ok(register) => register,
        Err(error) => return page.problem(&Problem::from_ask(error)),
    };
    let delta = typography::power(register.delta, page.language);
    page.show(StatusCode::OK, &RegisterPage { page: &page, room: &room, register: &register, delta })
}

impl RegisterPage<'_> {
    fn whose(&self, account: &str) -> String {
        whose(self.page, self.room, account)
    }

    fn lifetime(&self, line: &BudgetLine) -> String {
        lifetime(line, self.register.delta, self.page.language)
    }

    fn real(&self, value: &f64) -> String {
        typography::real(*value, self.page.language)
    }

    /// A member's title; its name, should it have left.
    fn member(&self, name: &MemberName) -> String {
        let member = self.register.members.iter().find(|member| member.name == *name);
        member.map_or_else(|| name.to_string(), |member| self.page.text(&member.title))
    }

    /// What a list may serve; where a purpose was called otherwise when the list was uploaded, that too.
    fn purposes(&self, version: &RegisteredVersion) -> String {
        let rules = self.room.rules();
        let known = rules.policies.base.purposes();
        let told = version.purposes.iter().enumerate().map(|(at, name)| {
            let now = known.get(name).map_or_else(|| name.to_string(), |purpose| self.page.text(&purpose.title));
            match version.uploaded_for.get(at).map(|title| self.page.text(title)).filter(|then| *then != now) {
                Some(then) => self.page.fill("register-uploaded-for", &[("now", now), ("then", then)]),
                None => now,
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }

    fn columns(&self, audience: &RegisteredAudience) -> String {
        let rules = self.room.rules();
        let known = rules.policies.base.vocabulary().columns();
        let columns = audience.version.iter().flat_map(|version| &version.columns);
        let titles = columns
            .map(|name| known.get(name).map_or_else(|| name.to_string(), |column| self.page.text(&column.title)));
        titles.collect::<Vec<_>>().join(", ")
    }

    fn audiences(&self, asked: &RegisteredQuestion) -> String {
        asked.audience_titles.iter().map(|title| self.page.text(title)).collect::<Vec<_>>().join(" × ")
    }

    fn day(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| typography::date(day, self.page.language))
    }

    fn date(&self, day: &jiff::civil::Date) -> String {
        typography::date(*day, self.page.language)
    }
}
