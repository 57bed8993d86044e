//! What people are to know, once each: proposals that wait for their approval, audiences that come to their end, budgets that are
//! nearly spent. Found by looking at what there is, so that a crash loses none of it and no second gateway tells it again.

use super::super::{Room, Rules, RulesError, budget::cap};
use crate::{
    ledger::{Account, AccountState, LedgerError},
    model::{MemberName, Role},
    people::{Outgoing, OutgoingKind, PeopleError},
    policy::{Status, VersionsError},
    store::{StoreError, Version},
    template::{self, ConsentError},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Days before its end from which on an audience's stewards are told.
const EXPIRING_DAYS: i32 = 14;
/// The part of a budget, in percent, past which its owner's officers are told.
const SPENT_PERCENT: u64 = 80;
/// How old a proposal may be that is told of: shorter than it is known that it was.
const PROPOSED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why what people are to know could not be put in letters.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoticeError {
    /// What is in force.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// Proposals.
    #[error(transparent)]
    Versions(#[from] VersionsError),
    /// Templates.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// Audiences.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Budgets.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Readers.
    #[error(transparent)]
    People(#[from] PeopleError),
}

/// Who reads a letter: a member's users in a role.
type Readers<'a> = (&'a MemberName, Role);

/// Puts what people are to know, and weren't told yet, into the outbox.
pub(super) async fn post(room: &Room) -> Result<(), NoticeError> {
    let rules = room.rules_now().await?;
    proposals(room, &rules).await?;
    templates(room, &rules).await?;
    failed_templates(room, &rules).await?;
    expiring(room, &rules).await?;
    budgets(room, &rules).await
}

/// One letter to each reader who wants them, unless they had it by this name already.
async fn tell(
    room: &Room,
    (member, role): Readers<'_>,
    kind: OutgoingKind,
    (once, content): (&str, Value),
) -> Result<(), NoticeError> {
    for reader in room.people.readers(member, role, kind).await? {
        let once = format!("{} {once} {}", kind.word(), reader.id);
        let (recipient, language) = (reader.email, reader.language);
        room.people.send_once(&once, &Outgoing { kind, recipient, language, content: content.clone() }).await?;
    }
    Ok(())
}

fn link(room: &Room, path: &str) -> String {
    room.people.settings().link(path)
}

/// Whether it was proposed lately.
fn is_recent(room: &Room, proposed: &str) -> bool {
    let now = room.store.now();
    proposed.parse().is_ok_and(|proposed: Timestamp| now.duration_since(proposed) < PROPOSED)
}

async fn proposals(room: &Room, rules: &Rules) -> Result<(), NoticeError> {
    for listed in room.versions.proposals().await? {
        if listed.status != Status::Open || !is_recent(room, &listed.proposed) {
            continue;
        }
        let proposal = room.versions.proposal(&rules.policies, listed.id).await?;
        for approval in proposal.approvals.iter().filter(|approval| approval.is_awaited()) {
            // What was approved or refused before it changed is told once more.
            let refused = proposal.opinions.iter().any(|opinion| opinion.owner == approval.owner && opinion.lapsed);
            let again = if approval.lapsed || refused { approval.effects.as_str() } else { "" };
            let path = format!("/proposals/{}", proposal.id);
            let content =
                json!({ "member": proposal.officer.member, "proposal": proposal.id, "link": link(room, &path) });
            let once = format!("{} {again}", proposal.id);
            tell(room, (&approval.owner, Role::Officer), OutgoingKind::Proposal, (&once, content)).await?;
        }
    }
    Ok(())
}

async fn templates(room: &Room, rules: &Rules) -> Result<(), NoticeError> {
    let holders = rules.policies.base.members().values().filter(|member| !member.audiences.is_empty());
    let holders: Vec<&MemberName> = holders.map(|member| &member.name).collect();
    for name in rules.templates.names() {
        let Some((version, _)) = rules.templates.newest(name) else { continue };
        let Some(officer) = version.officer.as_ref().filter(|_| is_recent(room, &version.proposed)) else { continue };
        let content =
            json!({ "member": officer.member, "template": name, "link": link(room, &format!("/templates/{name}")) });
        for owner in holders.iter().filter(|owner| !version.approved.contains(**owner)) {
            let told = (version.hash.as_str(), content.clone());
            tell(room, (owner, Role::Officer), OutgoingKind::TemplateProposal, told).await?;
        }
    }
    Ok(())
}

/// Templates that the engine could not run, to the officers of every member that has audiences: whoever had approved them or not.
async fn failed_templates(room: &Room, rules: &Rules) -> Result<(), NoticeError> {
    for entry in room.consent.log().await? {
        if entry.what != template::What::Failed || !is_recent(room, &entry.happened) {
            continue;
        }
        let Some(version) = entry.hash.as_deref().and_then(|hash| rules.templates.version(hash)) else { continue };
        let path = format!("/templates/{}?version={}", version.name, version.hash);
        let content = json!({ "template": version.name, "link": link(room, &path) });
        let once = format!("{} {}", version.hash, entry.happened);
        for owner in rules.policies.base.members().values().filter(|member| !member.audiences.is_empty()) {
            let told = (once.as_str(), content.clone());
            tell(room, (&owner.name, Role::Officer), OutgoingKind::TemplateFailed, told).await?;
        }
    }
    Ok(())
}

async fn expiring(room: &Room, rules: &Rules) -> Result<(), NoticeError> {
    let today = room.store.today();
    for Version { id, audience, declaration, .. } in room.store.all_in_force().await? {
        let days = today.until(declaration.expires).map_or(i32::MAX, |span| span.get_days());
        if !(1..=EXPIRING_DAYS).contains(&days) || rules.policies.base.member(&audience.member).is_none() {
            continue;
        }
        let content = json!({ "audience": audience, "date": declaration.expires.to_string(), "when": days });
        let once = id.to_string();
        tell(room, (&audience.member, Role::Steward), OutgoingKind::Expiring, (&once, content)).await?;
    }
    Ok(())
}

async fn budgets(room: &Room, rules: &Rules) -> Result<(), NoticeError> {
    let period = room.ledger.period(rules.limits.period_months()).await?;
    let owners: Vec<&MemberName> = rules.policies.base.members().keys().collect();
    let caps: Vec<_> = owners.iter().map(|owner| cap(rules, Account::Owner((*owner).clone()))).collect();
    let states = room.ledger.states(&caps, &period).await?;
    let month = room.store.today().strftime("%Y-%m").to_string();
    for (owner, _) in owners.into_iter().zip(&states).filter(|(_, state)| is_mostly_spent(state)) {
        let content = json!({ "account": owner, "percent": SPENT_PERCENT, "link": link(room, "/budget") });
        let once = format!("{owner} {month}");
        tell(room, (owner, Role::Officer), OutgoingKind::Budget, (&once, content)).await?;
    }
    Ok(())
}

fn is_mostly_spent(state: &AccountState) -> bool {
    let (spent, unlocked) = (u128::from(state.spent.units()), u128::from(state.unlocked.units()));
    unlocked > 0 && spent * 100 > unlocked * u128::from(SPENT_PERCENT)
}
