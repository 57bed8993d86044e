//! Choosing a question, seeing what it would cost, and asking it.

use super::{
    form::{self, AudienceField, Choice, ParameterField},
    reach::Reach,
    titles,
};
use crate::{
    gateway::{self, AskError, Estimate, Request, Room},
    http::{self, Asker, Problem},
    model::{
        TemplateName, Text,
        answer::{self, Unit},
        typography,
    },
    web::{fields::Fields, page::Page},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

#[derive(askama::Template)]
#[template(path = "marketer/questions.html", config = "src/web/askama.toml")]
struct QuestionsPage<'a> {
    page: &'a Page,
    /// Name, title, description.
    templates: Vec<(String, String, String)>,
}

#[derive(askama::Template)]
#[template(path = "marketer/ask.html", config = "src/web/askama.toml")]
struct AskPage<'a> {
    page: &'a Page,
    name: &'a str,
    title: String,
    description: String,
    audiences: Vec<AudienceField>,
    parameters: Vec<ParameterField>,
    purposes: Vec<Choice>,
    margin: String,
    /// How many people the asker expects, to see the margin in percent.
    expected: String,
    refused: Option<String>,
    cost: Option<Cost>,
}

/// An estimate as people read it.
struct Cost {
    free: bool,
    affordable: bool,
    /// What each part of the answer will be off by.
    parts: Vec<String>,
    loss: String,
    /// Each account: whose, the share that the question takes, and the share that is left before it.
    accounts: Vec<AccountCost>,
}

struct AccountCost {
    whose: String,
    share: String,
    /// Widths of the bar, in thousandths.
    spent: u32,
    takes: u32,
    bears: bool,
}

/// The questions that can be asked.
pub(crate) async fn questions(State(room): State<Arc<Room>>, page: Page) -> Response {
    let rules = room.rules();
    let listed = rules.templates.names().into_iter().filter_map(|name| {
        let (_, newest) = rules.templates.newest(name)?;
        let manifest = newest.manifest();
        Some((name.to_string(), page.text(&manifest.title), page.text(&manifest.description)))
    });
    page.show(StatusCode::OK, &QuestionsPage { page: &page, templates: listed.collect() })
}

/// A question's form.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, Path(name): Path<String>) -> Response {
    filled(&room, &page, &name, &Fields::default(), (None, None), StatusCode::OK).await
}

/// Says what it would cost, or asks it.
pub(crate) async fn act(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(name): Path<String>,
    fields: Fields,
) -> Response {
    let request = match read(&room, &name, &fields) {
        Ok(request) => request,
        Err(Some(text)) => {
            let refused = Some(page.sentence(&page.text(&text)));
            return filled(&room, &page, &name, &fields, (refused, None), StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Err(None) => return page.problem(&Problem::not_found()),
    };
    if fields.get("do") == "ask" {
        return match http::asked(&room, asker.user, request).await {
            Ok(answer) if answer.replay => {
                Redirect::to(&format!("/answers/{}?done=replayed", answer.id)).into_response()
            }
            Ok(answer) => Redirect::to(&format!("/answers/{}", answer.id)).into_response(),
            Err(error) => refused(&room, &page, &name, &fields, error).await,
        };
    }
    match gateway::estimate(&room, &asker.user, &request).await {
        Ok(estimate) => {
            let cost = Some(cost((&page, &room), &fields, &estimate));
            filled(&room, &page, &name, &fields, (None, cost), StatusCode::OK).await
        }
        Err(error) => refused(&room, &page, &name, &fields, error).await,
    }
}

fn read(room: &Room, name: &str, fields: &Fields) -> Result<Request, Option<Text>> {
    let template: TemplateName = name.parse().map_err(|_| None)?;
    let rules = room.rules();
    let (_, newest) = rules.templates.newest(&template).ok_or(None)?;
    form::request(name, newest.manifest(), fields).map_err(Some)
}

/// The form again, with why the question can't be asked.
async fn refused(room: &Room, page: &Page, name: &str, fields: &Fields, error: AskError) -> Response {
    let reasons = match &error {
        AskError::Refused(refusal) => Some(titles::reasons((page, room), refusal)),
        _ => None,
    };
    let problem = Problem::from_ask(error);
    if problem.reference().is_some() {
        return page.problem(&problem);
    }
    let said = reasons.unwrap_or_else(|| page.why(&problem));
    filled(room, page, name, fields, (Some(said), None), problem.status()).await
}

async fn filled(
    room: &Room,
    page: &Page,
    name: &str,
    fields: &Fields,
    (refused, cost): (Option<String>, Option<Cost>),
    status: StatusCode,
) -> Response {
    let rules = room.rules();
    let template: Option<TemplateName> = name.parse().ok();
    let Some((_, newest)) = template.as_ref().and_then(|template| rules.templates.newest(template)) else {
        return page.problem(&Problem::not_found());
    };
    let manifest = newest.manifest();
    let purpose = |(name, purpose): (&crate::model::PurposeName, &crate::policy::Purpose)| Choice {
        id: name.to_string(),
        title: page.text(&purpose.title),
        chosen: fields.get("purpose") == name.as_str(),
    };
    let reach = match (&page.user, &template) {
        (Some(user), Some(template)) => Reach::of(room, &user.member, template).await,
        _ => return page.problem(&Problem::not_found()),
    };
    let reach = match reach {
        Ok(reach) => reach,
        Err(error) => return page.problem(&Problem::from_ask(error)),
    };
    let shown = AskPage {
        page,
        name,
        title: page.text(&manifest.title),
        description: page.text(&manifest.description),
        audiences: manifest.audiences.iter().map(|own| form::audience((page, fields), room, own, &reach)).collect(),
        parameters: manifest.parameters.iter().map(|own| form::parameter(page, room, own, fields)).collect(),
        purposes: rules.policies.base.purposes().iter().map(purpose).collect(),
        margin: fields.some("margin").map_or_else(|| manifest.margin_default.to_string(), str::to_owned),
        expected: fields.get("expected").to_owned(),
        refused,
        cost,
    };
    page.show(status, &shown)
}

fn cost((page, room): (&Page, &Room), fields: &Fields, estimate: &Estimate) -> Cost {
    let language = page.language;
    let expected = fields.get("expected").trim().parse().ok().filter(|expected: &u32| *expected > 0);
    let part = |part: &gateway::EstimatedPart| {
        let name = answer::part(&part.part, language);
        let Some(margin) = part.margin else { return name };
        let told =
            format!("{} ±\u{a0}{}", typography::label(&name, language), part.unit.write(margin as f64, language));
        match expected.filter(|_| part.unit == Unit::Persons) {
            Some(expected) => {
                let share = typography::share(margin as f64 / f64::from(expected), language);
                let expected = typography::count(expected.into(), language);
                page.fill("margin-percent", &[("margin", told), ("share", share), ("expected", expected)])
            }
            None => told,
        }
    };
    let account = |account: &gateway::EstimatedAccount| {
        let (cap, spent) = (account.state.cap.as_f64().max(1.0), account.state.spent.as_f64());
        let thousandths = |share: f64| (share * 1000.0).clamp(0.0, 1000.0).round() as u32;
        AccountCost {
            whose: super::budget::whose(page, room, &account.state.account),
            share: typography::share(account.share, language),
            spent: thousandths(spent / cap),
            takes: thousandths(account.share).min(1000 - thousandths(spent / cap)).max(4),
            bears: estimate.rho <= account.remaining,
        }
    };
    Cost {
        free: estimate.free,
        affordable: estimate.affordable,
        parts: estimate.parts.iter().map(part).collect(),
        loss: typography::real(estimate.epsilon, language),
        accounts: estimate.accounts.iter().map(account).collect(),
    }
}
