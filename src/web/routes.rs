//! Every page, with who may open it. Nothing is served that isn't here, and nothing is here without its access.

use super::{
    account::{device, invitation, own, recovery, sign_in, users},
    assets, front,
    guard::guard,
    marketer::{answers, ask, budget, comparison, downloads},
    officer::{agreements, editor, log, proposals, template_editor, templates, versions},
    public::{self, documents, promise, register},
    steward::{audiences, erase, upload},
};
use crate::{
    gateway::Room,
    http::{self, Access, Class, GET, Limits, MANAGERS, MARKETERS, MEMBERS, POST, Route, route},
    model::Role,
};
use axum::{Router, extract::DefaultBodyLimit, routing::get};
use std::sync::Arc;

const OFFICERS: Access = Access::Roles(&[Role::Officer]);
const STEWARDS: Access = Access::Roles(&[Role::Steward]);
/// Those who see how the room works, as in the API's table.
const ALL: Access = Access::Roles(&Role::ALL);

/// Largest form of the editor: a policy folder that people write by hand is a hundredth of it.
const EDITOR_BYTES_MAX: usize = 4 << 20;

fn routes() -> Vec<Route> {
    let mut routes = vec![
        route(GET, "/", Access::Anyone, front::show),
        route(GET, "/register", Access::Anyone, register::show).within(Class::Proof),
        route(GET, "/promise", Access::Anyone, promise::show),
        route(GET, "/documentation", Access::Anyone, documents::list),
        route(GET, "/documentation/{name}", Access::Anyone, documents::show),
        route(GET, "/accessibility", Access::Anyone, public::accessibility),
        route(POST, "/language", Access::Anyone, front::language),
        route(GET, "/sign-in", Access::Anyone, sign_in::show),
        route(POST, "/sign-in", Access::Anyone, sign_in::password).within(Class::SignIn),
        route(POST, "/sign-in/code", Access::Anyone, sign_in::code).within(Class::SignIn),
        route(POST, "/sign-out", Access::InPerson, sign_in::out),
        route(GET, "/invitation/{secret}", Access::Anyone, invitation::show).within(Class::SignIn),
        route(POST, "/invitation/{secret}", Access::Anyone, invitation::accept).within(Class::SignIn),
        route(GET, "/recovery", Access::Anyone, recovery::show),
        route(POST, "/recovery", Access::Anyone, recovery::request).within(Class::SignIn),
        route(GET, "/recovery/{secret}", Access::Anyone, recovery::open),
        route(POST, "/recovery/{secret}", Access::Anyone, recovery::complete).within(Class::SignIn),
        route(GET, "/device", Access::InPerson, device::show),
        route(POST, "/device", Access::InPerson, device::code),
        route(POST, "/device/answer", Access::InPerson, device::answer),
    ];
    routes.extend(own_account());
    routes.extend(marketer());
    routes.extend(officer());
    routes.extend(steward());
    routes
}

/// Those of the officer's work; who else may read it is who may in the API's table.
fn officer() -> Vec<Route> {
    let editor = || DefaultBodyLimit::max(EDITOR_BYTES_MAX);
    vec![
        route(GET, "/agreements", ALL, agreements::show),
        route(POST, "/agreements/narrowings", OFFICERS, agreements::lift),
        route(GET, "/agreements/versions", ALL, versions::list),
        route(GET, "/agreements/versions/{version}", ALL, versions::show),
        route(POST, "/agreements/versions/{version}", OFFICERS, versions::restore).within(Class::Propose),
        route(GET, "/proposals", ALL, proposals::list),
        route(GET, "/proposals/new", OFFICERS, editor::show),
        route(POST, "/proposals/new", OFFICERS, editor::act).taking(editor()).within(Class::Propose),
        route(GET, "/proposals/{id}", ALL, proposals::show),
        route(POST, "/proposals/{id}/approval", OFFICERS, proposals::approve).within(Class::Propose),
        route(POST, "/proposals/{id}/refusal", OFFICERS, proposals::refuse).within(Class::Propose),
        route(POST, "/proposals/{id}/retraction", OFFICERS, proposals::retract),
        route(POST, "/proposals/{id}/withdrawal", OFFICERS, proposals::withdraw),
        route(GET, "/template-proposals/new", OFFICERS, template_editor::show),
        route(POST, "/template-proposals/new", OFFICERS, template_editor::act).taking(editor()).within(Class::Propose),
        route(GET, "/templates", ALL, templates::list),
        route(GET, "/templates/{template}", ALL, templates::show),
        route(POST, "/templates/{template}", OFFICERS, templates::approve).within(Class::Propose),
        route(GET, "/log", MEMBERS, log::show).within(Class::Proof),
        route(POST, "/log", OFFICERS, log::verify).within(Class::Proof),
    ]
}

/// Those of the marketer's work.
fn marketer() -> Vec<Route> {
    vec![
        route(GET, "/questions", MARKETERS, ask::questions),
        route(GET, "/questions/{template}", MARKETERS, ask::show),
        route(POST, "/questions/{template}", MARKETERS, ask::act).within(Class::Ask),
        route(GET, "/answers", MARKETERS, answers::list),
        route(GET, "/answers/comparison", MARKETERS, comparison::show),
        route(GET, "/answers/{id}", MARKETERS, answers::show),
        route(GET, "/answers/{id}/table.csv", MARKETERS, downloads::table),
        route(GET, "/answers/{id}/table.xlsx", MARKETERS, downloads::workbook),
        route(GET, "/answers/{id}/chart.svg", MARKETERS, downloads::drawing),
        route(GET, "/budget", MEMBERS, budget::show),
    ]
}

/// Those of the steward's work. What they change, they change by the API.
fn steward() -> Vec<Route> {
    vec![
        route(GET, "/audiences", STEWARDS, audiences::list),
        route(GET, "/upload", STEWARDS, upload::show),
        route(GET, "/erasure", STEWARDS, erase::show),
        route(GET, "/audiences/{audience}", STEWARDS, audiences::show),
    ]
}

/// Those of a person's own account, and of a member's people.
fn own_account() -> Vec<Route> {
    vec![
        route(GET, "/account", Access::InPerson, own::show),
        route(POST, "/account/password", Access::InPerson, own::password),
        route(POST, "/account/second-factor", Access::InPerson, own::begin),
        route(POST, "/account/second-factor/confirmation", Access::InPerson, own::confirm),
        route(POST, "/account/second-factor/removal", Access::InPerson, own::remove),
        route(POST, "/account/recovery-codes", Access::InPerson, own::recovery_codes),
        route(POST, "/account/sessions/{id}/end", Access::InPerson, own::end_session),
        route(POST, "/account/tokens", Access::InPerson, own::create_token),
        route(POST, "/account/tokens/{id}/end", Access::InPerson, own::end_token),
        route(POST, "/account/passkeys/{id}/removal", Access::InPerson, own::remove_passkey),
        route(POST, "/account/letters", Access::InPerson, own::letters),
        route(GET, "/users", MANAGERS, users::show),
        route(POST, "/users/invitations", MANAGERS, users::invite),
        route(POST, "/users/invitations/{id}/withdrawal", MANAGERS, users::withdraw),
        route(POST, "/users/{id}/roles", MANAGERS, users::roles),
        route(POST, "/users/{id}/end", MANAGERS, users::end),
        route(POST, "/users/{id}/second-factor/removal", MANAGERS, users::reset),
    ]
}

/// Every page and form: its method, its path, and who may, in the words of the API's table.
pub fn table() -> Vec<(String, &'static str, Vec<&'static str>)> {
    routes().into_iter().map(|route| (route.method.to_string(), route.path, route.access.words())).collect()
}

/// All pages, and the files that they use.
pub(super) fn router(room: &Arc<Room>, limits: &Arc<Limits>) -> Router<Arc<Room>> {
    let pages = http::routes_behind(routes(), room, limits, guard);
    pages.route("/assets/{name}", get(assets::show)).fallback(front::nowhere)
}
