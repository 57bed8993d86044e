//! The register, as a page.

use crate::{
    gateway::{self, BudgetLine, Register, RegisteredAudience, RegisteredQuestion, Room},
    http::Problem,
    model::{AudienceRef, MemberName, PurposeName, TemplateName, typography},
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

    fn template(&self, name: &TemplateName) -> String {
        let template = self.register.templates.iter().find(|template| template.name == *name);
        template.map_or_else(|| name.to_string(), |template| self.page.text(&template.title))
    }

    fn purpose(&self, name: &PurposeName) -> String {
        let rules = self.room.rules();
        let purpose = rules.policies.base.purposes().get(name);
        purpose.map_or_else(|| name.to_string(), |purpose| self.page.text(&purpose.title))
    }

    fn purposes(&self, names: &[PurposeName]) -> String {
        names.iter().map(|name| self.purpose(name)).collect::<Vec<_>>().join(", ")
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
        let named = asked.audiences.iter().map(|audience: &AudienceRef| self.page.audience(self.room, audience));
        named.collect::<Vec<_>>().join(" × ")
    }

    fn day(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| typography::date(day, self.page.language))
    }

    fn date(&self, day: &jiff::civil::Date) -> String {
        typography::date(*day, self.page.language)
    }
}
