//! What a marketer gets: an answer, or the estimate of one.

use super::Request;
use crate::{
    ledger::{AccountState, StoredAnswer},
    model::Rho,
    privacy::{Figure, Limits, Release},
};
use serde::{Deserialize, Serialize};

/// A release with its error bars.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Its number in the ledger.
    pub id: i64,
    /// What was asked.
    #[serde(flatten)]
    pub request: Request,
    /// Half-width of the 95 % interval of the value.
    pub released_margin: u64,
    /// The released value, raw: it can be below zero. Absent where it is withheld.
    pub value: Option<i64>,
    /// The value for showing: never below zero.
    pub shown: Option<i64>,
    /// Whether the value is below the room's smallest number of people, and so not told.
    pub withheld: bool,
    /// The 95 % interval of the raw value.
    pub interval: Option<[i64; 2]>,
    /// What was charged, in 1e-12 of zCDP ρ.
    pub rho: Rho,
    /// The same as ε, at the room's δ.
    pub epsilon: f64,
    /// The room's δ.
    pub delta: f64,
    /// Whether this is the answer of an earlier query: free.
    pub replay: bool,
    /// Hash of the policy version that admitted it now.
    pub policy: String,
    /// When it was recorded (RFC 3339).
    pub recorded: String,
}

impl Answer {
    pub(super) fn new(request: &Request, stored: StoredAnswer, limits: &Limits, replay: bool, policy: String) -> Self {
        let first = match serde_json::from_str(&stored.release) {
            Ok(Release::Cells { values }) => values.first().copied(),
            _ => None,
        };
        let figure = first
            .map(|value| Figure { value, margin: stored.margin })
            .filter(|figure| !figure.withheld(limits.release_people_min()));
        let value = figure.map(|figure| figure.value);
        let margin = i64::try_from(stored.margin).unwrap_or(i64::MAX);
        Self {
            id: stored.id,
            // A loss that was offered would take the place of the loss that was charged: only the latter is told.
            request: Request { rho: None, ..request.clone() },
            released_margin: stored.margin,
            value,
            shown: figure.map(Figure::shown),
            withheld: value.is_none(),
            interval: value.map(|value| [value.saturating_sub(margin), value.saturating_add(margin)]),
            rho: stored.loss.rho,
            epsilon: limits.epsilon(stored.loss.rho),
            delta: limits.delta_total(),
            replay,
            policy,
            recorded: stored.recorded,
        }
    }
}

/// What a query would cost, computed without reading any data.
#[derive(Debug, Clone, Serialize)]
pub struct Estimate {
    /// Half-width of the 95 % interval.
    pub margin: u64,
    /// Standard deviation of the noise.
    pub sigma: f64,
    /// The loss, in 1e-12 of zCDP ρ.
    pub rho: Rho,
    /// The same as ε, at the room's δ.
    pub epsilon: f64,
    /// The room's δ.
    pub delta: f64,
    /// Whether the same query was paid for already.
    pub free: bool,
    /// Whether every account can bear it now.
    pub affordable: bool,
    /// Each account that would bear it.
    pub accounts: Vec<EstimatedAccount>,
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
