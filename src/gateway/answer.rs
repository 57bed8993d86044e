//! What a marketer gets: an answer, or the estimate of one.

use super::{AskError, Outcome, Request};
use crate::{
    ledger::{AccountState, LedgerError, StoredAnswer},
    model::{Delta, Rho, answer::Unit},
    privacy::{Limits, Plan},
    template::Instance,
};
use serde::Serialize;

/// A release with its error bars.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// Its number in the ledger.
    pub id: i64,
    /// What was asked.
    #[serde(flatten)]
    pub request: Request,
    /// The margin of the release, in persons: half-width of the 95 % interval of a count; for choices see docs/PRIVACY.md.
    pub released_margin: u64,
    /// The released figures and what was computed from them.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What was charged, in 1e-12 of zCDP ρ.
    pub rho: Rho,
    /// What was charged of δ, in 1e-18, for keys that aren't public.
    pub threshold_delta: Delta,
    /// The loss ρ as ε, at the room's δ.
    pub epsilon: f64,
    /// The room's δ, that of thresholds included.
    pub delta: f64,
    /// Whether the asker's member had this answer already: free.
    pub replay: bool,
    /// Hash of the policy version that admitted it now.
    pub policy: String,
    /// When it was recorded (RFC 3339).
    pub recorded: String,
}

impl Answer {
    pub(super) fn new(
        request: &Request,
        stored: StoredAnswer,
        limits: &Limits,
        replay: bool,
        policy: String,
    ) -> Result<Self, AskError> {
        let outcome =
            serde_json::from_str(&stored.release).map_err(|_| AskError::ledger(LedgerError::Corrupt("release")))?;
        Ok(Self {
            id: stored.id,
            // A loss that was offered would take the place of the loss that was charged: only the latter is told.
            request: Request { rho: None, ..request.clone() },
            released_margin: stored.margin,
            outcome,
            rho: stored.loss.rho,
            threshold_delta: stored.loss.delta,
            epsilon: limits.epsilon(stored.loss.rho),
            delta: limits.delta_total(),
            replay,
            policy,
            recorded: stored.recorded,
        })
    }
}

/// What a query would cost, computed without reading any data.
#[derive(Debug, Clone, Serialize)]
pub struct Estimate {
    /// The margin of the release, in persons.
    pub margin: u64,
    /// Each part of the release: its cells and what they will be off by.
    pub parts: Vec<EstimatedPart>,
    /// The loss, in 1e-12 of zCDP ρ.
    pub rho: Rho,
    /// The loss of δ, in 1e-18, for keys that aren't public.
    pub threshold_delta: Delta,
    /// The loss ρ as ε, at the room's δ.
    pub epsilon: f64,
    /// The room's δ, that of thresholds included.
    pub delta: f64,
    /// Whether the asker's member has an answer to it already, at this margin or a narrower one.
    pub free: bool,
    /// Whether every account can bear it now.
    pub affordable: bool,
    /// Each account that would bear it, were the answer not there yet.
    pub accounts: Vec<EstimatedAccount>,
}

/// Cells of a release that have the same margin.
#[derive(Debug, Clone, Serialize)]
pub struct EstimatedPart {
    /// What they are.
    pub part: String,
    /// Their unit.
    pub unit: Unit,
    /// How many.
    pub cells: usize,
    /// Half-width of each cell's 95 % interval, in its unit; absent for choices.
    pub margin: Option<u64>,
    /// Standard deviation of the noise, in the cell's unit; absent for choices.
    pub sigma: Option<f64>,
}

/// One account of an estimate.
#[derive(Debug, Clone, Serialize)]
pub struct EstimatedAccount {
    /// The account as it stands.
    #[serde(flatten)]
    pub state: AccountState,
    /// What may still be spent now.
    pub remaining: Rho,
    /// Share of the cap that the query would take, 0 to 1 and beyond.
    pub share: f64,
}

impl Estimate {
    pub(super) fn new(
        plan: &Plan,
        instance: &Instance,
        limits: &Limits,
        states: Vec<AccountState>,
        free: bool,
    ) -> Self {
        let loss = plan.loss();
        let affordable = free || states.iter().all(|state| state.bears(loss));
        let account = |state: AccountState| EstimatedAccount {
            remaining: state.remaining(),
            share: loss.rho.as_f64() / state.cap.as_f64(),
            state,
        };
        let layout = &instance.layout;
        let part = |(position, block): (usize, &crate::template::LayoutBlock)| EstimatedPart {
            part: block.name.clone(),
            unit: block.unit,
            cells: block.cells(),
            margin: plan.cell_margin(layout.start(position)),
            sigma: plan.cell_sigma(layout.start(position)),
        };
        Self {
            margin: u64::from(plan.margin()),
            parts: layout.blocks.iter().enumerate().map(part).collect(),
            rho: loss.rho,
            threshold_delta: loss.delta,
            epsilon: limits.epsilon(loss.rho),
            delta: limits.delta_total(),
            free,
            affordable,
            accounts: states.into_iter().map(account).collect(),
        }
    }
}
