//! What may still be spent, as a member sees it.

use super::{AskError, Room, Rules};
use crate::{
    ledger::{Account, AccountState, Cap, Period},
    model::{Loss, MemberName, Rho},
};
use serde::Serialize;

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
    /// First day of the period.
    pub period_start: String,
    /// First day of the next.
    pub period_end: String,
}

/// The accounts that concern a member: the room's, its own as an owner, and its own with each other owner.
///
/// # Errors
/// When the ledger can't be read.
pub async fn budget(room: &Room, member: &MemberName) -> Result<Vec<BudgetLine>, AskError> {
    let rules = room.rules_now().await.map_err(AskError::rules)?;
    let others = room.other_members(member).into_iter();
    let others = others.map(|owner| Account::Asker { asker: member.clone(), owner });
    lines(room, &rules, [Account::Room, Account::Owner(member.clone())].into_iter().chain(others)).await
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

fn line(rules: &Rules, state: AccountState, period: &Period) -> BudgetLine {
    let epsilon = |rho: Rho| rules.limits.epsilon(rho);
    BudgetLine {
        remaining: state.remaining(),
        cap_epsilon: epsilon(state.cap),
        spent_epsilon: epsilon(state.spent),
        lifetime_epsilon: epsilon(state.lifetime),
        period_start: period.start.to_string(),
        period_end: period.end.to_string(),
        state,
    }
}

/// An account with its cap from the room's limits.
pub(super) fn cap(rules: &Rules, account: Account) -> Cap {
    let rho = match account {
        Account::Room => rules.limits.caps().room.rho,
        Account::Owner(_) => rules.limits.caps().owner.rho,
        Account::Asker { .. } => rules.limits.caps().asker.rho,
    };
    Cap { account, cap: Loss { rho, delta: rules.limits.threshold_delta() } }
}
