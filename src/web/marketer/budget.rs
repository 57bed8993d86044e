//! What may still be spent.

use crate::{
    gateway::{self, Room},
    http::{Asker, Problem},
    model::{Language, MemberName, typography},
    web::{
        chart::{Steps, steps as steps_drawn},
        page::Page,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use jiff::{Timestamp, tz::TimeZone};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "marketer/budget.html", config = "src/web/askama.toml")]
struct BudgetPage<'a> {
    page: &'a Page,
    period: Option<(String, String)>,
    lines: Vec<Line>,
    /// How the account of the member's own audiences was spent, as SVG; nothing for a member without any.
    course: Option<String>,
}

struct Line {
    whose: String,
    spent: String,
    cap: String,
    lifetime: String,
    left: String,
    /// Widths of the bar, in thousandths of the cap: what is spent, and what is unlocked beside it.
    spent_width: u32,
    unlocked_width: u32,
}

/// The accounts that concern the asker's member.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let lines = match gateway::budget(&room, &asker.user.member).await {
        Ok(lines) => lines,
        Err(error) => return page.problem(&Problem::from_ask(error)),
    };
    let day = |day: &str| day.parse().map_or(day.to_owned(), |day| typography::date(day, page.language));
    let period = lines.first().map(|line| (day(&line.period_start), day(&line.period_end)));
    let room_delta = room.rules().limits.delta_total();
    let line = |line: &gateway::BudgetLine| {
        let state = &line.state;
        let cap = state.cap.as_f64().max(1.0);
        let width = |rho: f64| (rho / cap * 1000.0).clamp(0.0, 1000.0).round() as u32;
        let spent = width(state.spent.as_f64());
        Line {
            whose: whose(&page, &room, &state.account),
            spent: typography::real(line.spent_epsilon, page.language),
            cap: typography::real(line.cap_epsilon, page.language),
            lifetime: lifetime(line, room_delta, page.language),
            left: typography::share(line.remaining.as_f64() / cap, page.language),
            spent_width: spent,
            unlocked_width: width(state.unlocked.as_f64()).saturating_sub(spent),
        }
    };
    let rules = room.rules();
    let own = rules.policies.base.member(&asker.user.member);
    let course = match own.filter(|member| !member.audiences.is_empty()) {
        Some(member) => match gateway::course(&room, &member.name).await {
            Ok(course) => Some(drawn(&page, &course)),
            Err(error) => return page.problem(&Problem::from_ask(error)),
        },
        None => None,
    };
    page.show(StatusCode::OK, &BudgetPage { page: &page, period, lines: lines.iter().map(line).collect(), course })
}

/// What was lost since the founding: its ε, and its δ where thresholds of several periods have spent more of it than one may.
pub(in crate::web) fn lifetime(line: &gateway::BudgetLine, room_delta: f64, language: Language) -> String {
    let epsilon = typography::real(line.lifetime_epsilon, language);
    if line.lifetime_delta <= room_delta {
        return epsilon;
    }
    format!("{epsilon} (δ\u{a0}{})", typography::power(line.lifetime_delta, language))
}

/// The course of an account over its period.
fn drawn(page: &Page, course: &gateway::Course) -> String {
    let span = course.end.duration_since(course.start).as_secs_f64().max(1.0);
    let along = |at: Timestamp| at.duration_since(course.start).as_secs_f64() / span;
    let epsilon = |value: f64| typography::real(value, page.language);
    let spent = course.steps.last().map_or(course.before, |(_, sum)| *sum);
    let cap = page.with("course-cap", "epsilon", &epsilon(course.cap));
    let unlocked = page.with("course-unlocked", "epsilon", &epsilon(course.unlocked));
    let spent = page.with("course-spent", "epsilon", &epsilon(spent));
    let day = |at: Timestamp| typography::date(at.to_zoned(TimeZone::UTC).date(), page.language);
    let (start, end) = (day(course.start), day(course.end));
    let count = page.count("course-count", "count", &(course.steps.len() as u64));
    let description = format!("{count} {spent}. {unlocked}. {cap}.");
    let steps = Steps {
        before: course.before,
        steps: course.steps.iter().map(|(at, sum)| (along(*at), *sum)).collect(),
        today: along(course.now),
        ceiling: course.cap,
        free: course.unlocked,
        words: [&cap, &unlocked, &spent],
        ends: [&start, &end],
    };
    steps_drawn(&steps, &page.say("course-heading"), &description)
}

/// Whose account it is, in words; the ledger writes `room`, `share:MEMBER`, `owner:OWNER` and `asker:ASKER@OWNER`.
pub(in crate::web) fn whose(page: &Page, room: &Room, account: &str) -> String {
    let rules = room.rules();
    let title = |name: &str| {
        let member = name.parse::<MemberName>().ok();
        let member = member.as_ref().and_then(|name| rules.policies.base.member(name));
        member.map_or_else(|| name.to_owned(), |member| page.text(&member.title))
    };
    if let Some(member) = account.strip_prefix("share:") {
        return page.with("account-share", "member", &title(member));
    }
    if let Some(owner) = account.strip_prefix("owner:") {
        return page.with("account-owner", "owner", &title(owner));
    }
    match account.strip_prefix("asker:").and_then(|asker| asker.split_once('@')) {
        Some((_, owner)) => page.with("account-asker", "owner", &title(owner)),
        None => page.say("account-room"),
    }
}
