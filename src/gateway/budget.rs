//! What may still be spent, as a member sees it.

use super::{AskError, Room, Rules, Sought, journal};
use crate::{
    ledger::{Account, AccountState, Cap, Period},
    model::{Loss, MemberName, Rho},
    proof::{Entry, What},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use serde_json::Value;

/// One account with its period, for people: losses as ε at the room's δ beside the exact integers.
#[derive(Debug, Clone, Serialize)]
pub struct BudgetLine {
    /// The account as it stands.
    #[serde(flatten)]
    pub state: AccountState,
    /// What may still be spent now.
    pub remaining: Rho,
    /// The cap as ε.
    pub cap_epsilon: f64,
    /// What this period has spent, as ε.
    pub spent_epsilon: f64,
    /// What was spent since the founding, as ε.
    pub lifetime_epsilon: f64,
    /// The δ beside that ε: the room's, or more where thresholds of several periods have spent more.
    pub lifetime_delta: f64,
    /// First day of the period.
    pub period_start: String,
    /// First day of the next.
    pub period_end: String,
}

/// The accounts that concern a member: the room's, the member's share of it, its own as an owner, and its own with each other owner.
///
/// # Errors
/// When the ledger can't be read.
pub async fn budget(room: &Room, member: &MemberName) -> Result<Vec<BudgetLine>, AskError> {
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let others = room.other_members(member).into_iter();
    let others = others.map(|owner| Account::Asker { asker: member.clone(), owner });
    let own = [Account::Room, Account::Share(member.clone()), Account::Owner(member.clone())];
    lines(room, &rules, own.into_iter().chain(others)).await
}

/// These accounts as they stand.
pub(super) async fn lines(
    room: &Room,
    rules: &Rules,
    accounts: impl Iterator<Item = Account>,
) -> Result<Vec<BudgetLine>, AskError> {
    let period = room.ledger.period(rules.limits.period_months()).await.map_err(AskError::ledger)?;
    let caps: Vec<Cap> = accounts.map(|account| cap(rules, account)).collect();
    let states = room.ledger.states(&caps, &period).await.map_err(AskError::ledger)?;
    Ok(states.into_iter().map(|state| line(rules, state, &period)).collect())
}

/// How the account of a member's own audiences was spent over the period.
#[derive(Debug, Clone)]
pub struct Course {
    /// The period.
    pub start: Timestamp,
    /// Its end.
    pub end: Timestamp,
    /// The ledger's time.
    pub now: Timestamp,
    /// The cap as ε.
    pub cap: f64,
    /// What is unlocked of it now, as ε.
    pub unlocked: f64,
    /// What was spent when the steps begin, as ε.
    pub before: f64,
    /// Each charge: when, and what was spent after it, as ε.
    pub steps: Vec<(Timestamp, f64)>,
}

/// Charges of which a course is made at most; what was spent before them is told as one sum.
const STEPS_MAX: usize = 500;

/// How the account of a member's own audiences was spent over the period, by the entries of the log that the member may read.
///
/// # Errors
/// When the ledger or the log can't be read.
pub async fn course(room: &Room, member: &MemberName) -> Result<Course, AskError> {
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let period = room.ledger.period(rules.limits.period_months()).await.map_err(AskError::ledger)?;
    let account = Account::Owner(member.clone());
    let (start, end) = (midnight(period.start)?, midnight(period.end)?);
    let mut charges = debits(room, member, (start, end), What::Charged).await?;
    // A delivery debits the account where its owner's own question had not.
    charges.extend(debits(room, member, (start, end), What::Delivered).await?);
    // Newest first, as each of the two is: of both together, the newest are here.
    charges.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    charges.truncate(STEPS_MAX);
    // Read after the log: what was charged meanwhile is in the sum before, and not a step twice.
    let states = room.ledger.states(&[cap(&rules, account)], &period).await.map_err(AskError::ledger)?;
    let Some(state) = states.into_iter().next() else { return Err(AskError::internal("budget", &std::fmt::Error)) };
    let listed = charges.iter().fold(Rho::default(), |sum, (_, rho)| added(sum, *rho));
    let mut spent = state.spent.saturating_sub(listed);
    let epsilon = |rho: Rho| rules.limits.epsilon(rho);
    let before = epsilon(spent);
    let steps = charges.into_iter().rev().map(|(at, rho)| {
        spent = added(spent, rho);
        (at, epsilon(spent))
    });
    let steps = steps.collect();
    let now = room.store.now();
    Ok(Course { start, end, now, cap: epsilon(state.cap), unlocked: epsilon(state.unlocked), before, steps })
}

/// The newest debits of the account of a member's own audiences that entries of a kind tell of: at least [`STEPS_MAX`], or all.
async fn debits(
    room: &Room,
    member: &MemberName,
    (start, end): (Timestamp, Timestamp),
    what: What,
) -> Result<Vec<(Timestamp, Rho)>, AskError> {
    let account = Account::Owner(member.clone());
    let mut sought = Sought { what: Some(what), from: Some(start), until: Some(end), ..Sought::default() };
    let mut debits: Vec<(Timestamp, Rho)> = Vec::new();
    while debits.len() < STEPS_MAX {
        let page = journal(room, member, &sought).await?;
        debits.extend(page.entries.iter().filter_map(|entry| charged(entry, &account)));
        let Some(next) = page.next else { break };
        sought.before = Some(next);
    }
    Ok(debits)
}

/// A sum that can't leave its range: caps are far below.
fn added(sum: Rho, rho: Rho) -> Rho {
    sum.checked_add(rho).unwrap_or(sum)
}

fn midnight(day: Date) -> Result<Timestamp, AskError> {
    let zoned = day.to_zoned(TimeZone::UTC).map_err(|error| AskError::internal("budget", &error))?;
    Ok(zoned.timestamp())
}

/// When and what an account was charged by an entry, if it was.
fn charged(entry: &Entry, account: &Account) -> Option<(Timestamp, Rho)> {
    let named = account.to_string();
    let accounts = entry.details.get("accounts").and_then(Value::as_array)?;
    accounts.iter().find(|one| one.as_str() == Some(&named))?;
    let rho = entry.details.get("rho").and_then(Value::as_u64)?;
    Some((entry.at.parse().ok()?, Rho::from_units(rho)))
}

fn line(rules: &Rules, state: AccountState, period: &Period) -> BudgetLine {
    let epsilon = |rho: Rho| rules.limits.epsilon(rho);
    BudgetLine {
        remaining: state.remaining(),
        cap_epsilon: epsilon(state.cap),
        spent_epsilon: epsilon(state.spent),
        lifetime_epsilon: epsilon(state.lifetime),
        lifetime_delta: rules.limits.delta_over(state.delta_lifetime),
        period_start: period.start.to_string(),
        period_end: period.end.to_string(),
        state,
    }
}

/// An account with its cap from the room's limits.
pub(super) fn cap(rules: &Rules, account: Account) -> Cap {
    let rho = match account {
        Account::Room => rules.limits.caps().room.rho,
        Account::Share(_) => rules.limits.caps().member.rho,
        Account::Owner(_) => rules.limits.caps().owner.rho,
        Account::Asker { .. } => rules.limits.caps().asker.rho,
    };
    Cap { account, cap: Loss { rho, delta: rules.limits.threshold_delta() } }
}
