//! The officer's work: agreements in sentences, proposals and what they open, templates and how their loss is derived, the log.

pub(super) mod agreements;
mod cases;
pub(super) mod editor;
mod effects;
mod lines;
pub(super) mod log;
mod names;
mod opinions;
pub(super) mod proposals;
mod sentences;
pub(super) mod template_editor;
pub(super) mod templates;
pub(super) mod versions;

use super::page::Page;
use crate::{
    gateway::PublishError,
    http::{self, Asker},
    model::{Officer, Role},
    policy::VersionsError,
};
use axum::response::Response;

/// Whether who asks acts on policies and templates.
fn acts(asker: &Asker) -> bool {
    asker.user.is(Role::Officer)
}

/// The page that tells why the versions don't give something.
fn withheld(page: &Page, error: VersionsError, asker: &Asker) -> Response {
    page.problem(&http::policy_problem(PublishError::from(error), asker))
}

/// Who did something, as people call them.
fn named(page: &Page, names: &names::Names<'_>, officer: &Officer) -> String {
    page.fill("officer-of", &[("user", officer.user.clone()), ("member", names.member(&officer.member))])
}

/// The beginning of a hash, for people to tell versions apart.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

/// Whether a text is a version's hash: anything else is no address.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
