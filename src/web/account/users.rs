//! A member's people, for its officers and the room's hosts.

use crate::{
    gateway::{self, Room},
    http::Asker,
    model::{MemberName, Role, Text},
    people::{Invitation, Invited, ListedUser, PeopleError, Refusal},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::{collections::BTreeSet, sync::Arc};

#[derive(Template)]
#[template(path = "account/users.html", config = "src/web/askama.toml")]
struct UsersPage<'a> {
    page: &'a Page,
    own: i64,
    member: String,
    users: Vec<ListedUser>,
    invitations: Vec<Invited>,
    /// The roles that the asker may give.
    roles: Vec<Role>,
    /// The members that the asker may invite for: names and titles.
    members: Vec<(MemberName, String)>,
    refused: Option<String>,
}

/// The member's people.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    people(&room, &page, &asker, None).await
}

async fn people(room: &Room, page: &Page, asker: &Asker, refused: Option<&Text>) -> Response {
    let user = &asker.user;
    let (users, invitations) = match (room.people.users(&user.member).await, room.people.invitations(user).await) {
        (Ok(users), Ok(invitations)) => (users, invitations),
        (Err(error), _) | (_, Err(error)) => return page.refused(error),
    };
    let rules = room.rules();
    let title = |name: &MemberName| {
        let member = rules.policies.base.member(name);
        member.map_or_else(|| name.to_string(), |member| page.text(&member.title))
    };
    let mut members = vec![(user.member.clone(), title(&user.member))];
    if user.is(Role::Host) {
        let others = rules.policies.base.members().keys().filter(|name| **name != user.member);
        members.extend(others.map(|name| (name.clone(), title(name))));
    }
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let shown = UsersPage {
        page,
        own: user.id,
        member: title(&user.member),
        users,
        invitations,
        roles: Role::ALL.into_iter().filter(|role| *role != Role::Host || user.is(Role::Host)).collect(),
        members,
        refused: refused.map(|text| page.text(text)),
    };
    page.show(status, &shown)
}

async fn done(room: &Room, page: &Page, asker: &Asker, (result, message): (Result<(), PeopleError>, &str)) -> Response {
    match result {
        Ok(()) => Redirect::to(&format!("/users?done={message}")).into_response(),
        Err(PeopleError::Refused(refusal)) if refusal != Refusal::NotFound => {
            people(room, page, asker, Some(&refusal.text())).await
        }
        Err(error) => page.refused(error),
    }
}

/// Invites somebody.
pub(crate) async fn invite(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let member = fields.some("member").map_or(Ok(asker.user.member.clone()), str::parse);
    let Ok(member) = member else { return page.refused(Refusal::NotFound.into()) };
    let language = fields.language();
    let invitation = Invitation { member, email: fields.get("email").to_owned(), language, roles: fields.roles() };
    let invited = gateway::invite(&room, &asker.user, &invitation).await;
    room.tick().await;
    done(&room, &page, &asker, (invited.map(drop), "invited")).await
}

/// Takes an invitation back.
pub(crate) async fn withdraw(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    let withdrawn = room.people.withdraw_invitation(&asker.user, id.parse().unwrap_or(0)).await;
    done(&room, &page, &asker, (withdrawn, "invitation-withdrawn")).await
}

/// Gives a user these roles and no others.
pub(crate) async fn roles(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
    fields: Fields,
) -> Response {
    let roles = fields.roles();
    if roles.is_empty() {
        return done(&room, &page, &asker, (Err(Refusal::Roles.into()), "roles")).await;
    }
    let given = room.people.set_roles(&asker.user, id.parse().unwrap_or(0), &roles).await;
    done(&room, &page, &asker, (given, "roles")).await
}

/// Ends a user.
pub(crate) async fn end(State(room): State<Arc<Room>>, page: Page, asker: Asker, Path(id): Path<String>) -> Response {
    let ended = room.people.set_roles(&asker.user, id.parse().unwrap_or(0), &BTreeSet::new()).await;
    done(&room, &page, &asker, (ended, "user-ended")).await
}

/// Takes a lost second factor away.
pub(crate) async fn reset(State(room): State<Arc<Room>>, page: Page, asker: Asker, Path(id): Path<String>) -> Response {
    let reset = room.people.reset_second_factor(&asker.user, id.parse().unwrap_or(0)).await;
    done(&room, &page, &asker, (reset, "second-factor-reset")).await
}
