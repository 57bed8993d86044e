//! What members' officers say of a proposal.

use super::names::Names;
use crate::{
    model::MemberName,
    policy::{Opinion, OpinionVerdict},
    web::page::Page,
};

/// One member's word.
pub(super) struct Said {
    pub(super) own: bool,
    pub(super) refuses: bool,
    /// Who says it, and when.
    pub(super) head: String,
    pub(super) lapsed: bool,
    pub(super) comment: String,
}

/// What is said, refusals first.
pub(super) fn told(page: &Page, names: &Names<'_>, opinions: &[Opinion], own: &MemberName) -> Vec<Said> {
    let said = |opinion: &Opinion| {
        let refuses = opinion.verdict == OpinionVerdict::Refused;
        let message = if refuses { "opinion-refuses" } else { "opinion-approves" };
        let (user, at) = &opinion.by;
        let words = [("user", user.clone()), ("member", names.member(&opinion.owner)), ("when", page.moment(at))];
        let (own, lapsed, comment) = (opinion.owner == *own, opinion.lapsed, opinion.comment.clone());
        Said { own, refuses, head: page.fill(message, &words), lapsed, comment }
    };
    let mut told: Vec<Said> = opinions.iter().map(said).collect();
    told.sort_by_key(|said| !said.refuses);
    told
}
