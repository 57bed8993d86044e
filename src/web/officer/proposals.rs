//! Proposals: what each opens and closes, who has agreed, and agreeing.

use super::{
    acts,
    cases::{self, Case},
    effects::{self, Grid, Owner},
    lines::{self, File},
    named,
    names::Names,
    opinions::{self, Said},
    short, withheld,
};
use crate::{
    gateway::{self, Act, Room, Rules},
    http::{self, Asker, Problem},
    model::Text,
    policy::{Approval, Comment, Difference, Files, Policies, Proposal, Status},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

/// Open proposals that are looked into for whether they wait for the reader's member.
const LOOKED_INTO_MAX: usize = 12;

#[derive(Template)]
#[template(path = "officer/proposals.html", config = "src/web/askama.toml")]
struct ProposalsPage<'a> {
    page: &'a Page,
    proposals: Vec<Line>,
    acts: bool,
}

struct Line {
    id: i64,
    why: String,
    who: String,
    when: String,
    status: String,
    /// Whether it waits for the reader's member.
    awaited: bool,
}

#[derive(Template)]
#[template(path = "officer/proposal.html", config = "src/web/askama.toml")]
struct ProposalPage<'a> {
    page: &'a Page,
    id: i64,
    why: &'a str,
    who: String,
    when: String,
    status: String,
    open: bool,
    version: &'a str,
    short: String,
    obstacle: Option<String>,
    common: bool,
    /// What a year may lose, before and after, in sentences.
    years: Vec<String>,
    /// What changes beside comparisons, each in a sentence and whom it concerns.
    differences: Vec<(String, String)>,
    masked: Vec<Owner>,
    prohibited: Vec<Owner>,
    grid: Option<Grid>,
    owners: Vec<Owner>,
    approvals: Vec<Standing>,
    opinions: Vec<Said>,
    act: Option<Doing>,
    /// What was typed, where it was not taken.
    comment: &'a str,
    comment_max: usize,
    /// Whether the reader may withdraw it.
    withdraws: bool,
    cases: Vec<Case>,
    files: Vec<File>,
    refused: Option<String>,
}

/// What was refused of what the reader did, and the comment that they had typed.
#[derive(Default)]
struct Kept {
    refused: Option<Problem>,
    comment: String,
}

/// How an owner stands to a proposal.
struct Standing {
    member: String,
    own: bool,
    needed: bool,
    state: String,
    given: bool,
    refused: bool,
}

/// What the reader can do for their own member.
enum Doing {
    /// Approve effects of this digest.
    Approve(String),
    /// Take the approval back.
    Retract,
    /// Nothing: the member proposed it, and so approved it.
    Proposed,
    /// Nothing: it changes nothing for the member.
    Unconcerned,
}

/// Every proposal, newest first.
pub(crate) async fn list(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let proposals = match room.versions.proposals().await {
        Ok(proposals) => proposals,
        Err(error) => return withheld(&page, error, &asker),
    };
    let rules = room.rules();
    let names = Names { page: &page, versions: vec![&*rules.policies.base], templates: &rules.templates };
    let (mut lines, mut looked_into) = (Vec::new(), 0);
    for proposal in &proposals {
        let mut awaited = false;
        if proposal.status == Status::Open && looked_into < LOOKED_INTO_MAX {
            looked_into += 1;
            let whole = room.versions.proposal(&rules.policies, proposal.id).await;
            awaited = whole.is_ok_and(|whole| {
                whole.approvals.iter().any(|one| one.owner == asker.user.member && one.is_awaited())
            });
        }
        lines.push(Line {
            id: proposal.id,
            why: proposal.why.clone(),
            who: named(&page, &names, &proposal.officer),
            when: page.moment(&proposal.proposed),
            status: status(&page, proposal.status),
            awaited,
        });
    }
    lines.sort_by_key(|line| !line.awaited);
    page.show(StatusCode::OK, &ProposalsPage { page: &page, proposals: lines, acts: acts(&asker) })
}

fn status(page: &Page, status: Status) -> String {
    match status {
        Status::Open => page.say("status-open"),
        Status::Published => page.say("status-published"),
        Status::Withdrawn => page.say("status-withdrawn"),
    }
}

/// One proposal.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else { return page.problem(&Problem::not_found()) };
    told(&room, &page, &asker, id, &Kept::default()).await
}

async fn told(room: &Room, page: &Page, asker: &Asker, id: i64, kept: &Kept) -> Response {
    let rules = room.rules();
    let proposal = match gateway::proposal(room, id).await {
        Ok(proposal) => proposal,
        Err(error) => return withheld(page, error, asker),
    };
    let (before, after) =
        match (room.versions.files(&proposal.base).await, room.versions.files(&proposal.version).await) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(error), _) | (_, Err(error)) => return withheld(page, error, asker),
        };
    // Stored versions could be read when they were proposed; a newer program may be stricter, and then tells names as they are written.
    let (old, new) = (room.versions.read(&before).await.ok(), room.versions.read(&after).await.ok());
    let shown = whole(page, (&rules, asker), &proposal, ([&before, &after], [old.as_deref(), new.as_deref()]), kept);
    page.show(kept.refused.as_ref().map_or(StatusCode::OK, Problem::status), &shown)
}

fn whole<'a>(
    page: &'a Page,
    (rules, asker): (&Rules, &Asker),
    proposal: &'a Proposal,
    ([before, after], [old, new]): ([&Files; 2], [Option<&Policies>; 2]),
    kept: &'a Kept,
) -> ProposalPage<'a> {
    let in_force = &*rules.policies.base;
    let was = Names { page, versions: old.into_iter().chain([in_force]).collect(), templates: &rules.templates };
    let is = Names { page, versions: new.into_iter().chain([in_force]).collect(), templates: &rules.templates };
    let own = &asker.user.member;
    ProposalPage {
        page,
        id: proposal.id,
        why: &proposal.why,
        who: named(page, &is, &proposal.officer),
        when: page.moment(&proposal.proposed),
        status: status(page, proposal.status),
        open: proposal.status == Status::Open,
        version: &proposal.version,
        short: short(&proposal.version),
        obstacle: proposal.obstacle.as_ref().map(|text| page.sentence(&page.text(text))),
        common: proposal.common,
        years: proposal.years.iter().map(|year| format!("{}.", year.sentence(page.language))).collect(),
        differences: proposal.differences.iter().map(|one| difference(page, &is, one)).collect(),
        masked: effects::owners(&proposal.masked, [&was, &is], own),
        prohibited: effects::owners(&proposal.prohibited, [&was, &is], own),
        grid: effects::grid(&proposal.effects, &is),
        owners: effects::owners(&proposal.effects, [&was, &is], own),
        approvals: proposal.approvals.iter().map(|approval| standing(page, &is, approval, asker)).collect(),
        opinions: opinions::told(page, &is, &proposal.opinions, own),
        act: doing(proposal, asker),
        comment: &kept.comment,
        comment_max: Comment::CHARS_MAX,
        withdraws: acts(asker) && proposal.status == Status::Open && proposal.officer.member == *own,
        cases: new.map(|policies| cases::told(page, &policies.run_cases())).unwrap_or_default(),
        files: lines::files(page, before, after),
        refused: kept.refused.as_ref().map(|problem| page.why(problem)),
    }
}

/// What changes beside comparisons, in a sentence, and whom it concerns.
fn difference(page: &Page, names: &Names<'_>, difference: &Difference) -> (String, String) {
    let members: Vec<String> = difference.concerns.iter().map(|member| names.member(member)).collect();
    (page.text(&difference.words), members.join(", "))
}

fn standing(page: &Page, names: &Names<'_>, approval: &Approval, asker: &Asker) -> Standing {
    let given = approval.by.is_some() && !approval.lapsed;
    let state = match (&approval.by, approval.lapsed, approval.needed) {
        (Some((user, at)), false, _) => {
            page.fill("approval-given", &[("user", user.clone()), ("when", page.moment(at))])
        }
        (Some(_), true, _) => page.say("approval-lapsed"),
        (None, ..) if approval.refused => page.say("approval-refused"),
        (None, _, true) => page.say("approval-awaited"),
        (None, _, false) => page.say("approval-optional"),
    };
    let own = approval.owner == asker.user.member;
    Standing {
        member: names.member(&approval.owner),
        own,
        needed: approval.needed,
        state,
        given,
        refused: approval.refused,
    }
}

/// What an officer can do for their member; nothing for who is none, or where nothing waits.
fn doing(proposal: &Proposal, asker: &Asker) -> Option<Doing> {
    if !acts(asker) || proposal.status != Status::Open || proposal.obstacle.is_some() {
        return None;
    }
    let own = proposal.approvals.iter().find(|approval| approval.owner == asker.user.member);
    let proposed = proposal.officer.member == asker.user.member;
    Some(match own {
        None if proposed => Doing::Proposed,
        None => Doing::Unconcerned,
        Some(approval) if approval.by.is_none() || approval.lapsed => Doing::Approve(approval.effects.clone()),
        Some(_) if proposed => Doing::Proposed,
        Some(_) => Doing::Retract,
    })
}

/// Approves for the officer's member what the page showed.
pub(crate) async fn approve(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
    fields: Fields,
) -> Response {
    let effects = fields.get("effects").to_owned();
    let comment = fields.some("comment").map(Comment::read).transpose();
    let act = comment.map(|comment| |id| Act::Approve(id, effects, comment));
    done(&room, &page, asker, (&id, fields.get("comment")), act).await
}

/// Refuses for the officer's member, and says why.
pub(crate) async fn refuse(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
    fields: Fields,
) -> Response {
    let why = || Text::new("dites pourquoi vous refusez, en une phrase", "say why you refuse, in a sentence");
    let comment = fields.some("comment").ok_or_else(why).and_then(Comment::read);
    let act = comment.map(|comment| |id| Act::Refuse(id, comment));
    done(&room, &page, asker, (&id, fields.get("comment")), act).await
}

/// Takes that approval back.
pub(crate) async fn retract(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    done(&room, &page, asker, (&id, ""), Ok(Act::Retract)).await
}

/// Withdraws a proposal of the officer's member.
pub(crate) async fn withdraw(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    done(&room, &page, asker, (&id, ""), Ok(Act::Withdraw)).await
}

async fn done(
    room: &Arc<Room>,
    page: &Page,
    asker: Asker,
    (id, comment): (&str, &str),
    act: Result<impl FnOnce(i64) -> Act, Text>,
) -> Response {
    let Ok(id) = id.parse() else { return page.problem(&Problem::not_found()) };
    let kept = |problem| Kept { refused: Some(problem), comment: comment.to_owned() };
    let act = match act {
        Ok(act) => act(id),
        Err(mistake) => return told(room, page, &asker, id, &kept(Problem::malformed(mistake))).await,
    };
    let done = match act {
        Act::Refuse(..) => "refused",
        Act::Retract(_) => "retracted",
        Act::Withdraw(_) => "withdrawn",
        _ => "approved",
    };
    match http::act_on_policies(room, asker.clone(), act).await {
        Ok(proposal) => {
            let published = proposal.0.is_some_and(|proposal| proposal.status == Status::Published);
            let done = if published && done == "approved" { "published" } else { done };
            Redirect::to(&format!("/proposals/{id}?done={done}")).into_response()
        }
        // What is refused is told on the page itself, beside what it is about.
        Err(problem) if problem.status() == StatusCode::CONFLICT => told(room, page, &asker, id, &kept(problem)).await,
        Err(problem) => page.problem(&problem),
    }
}
