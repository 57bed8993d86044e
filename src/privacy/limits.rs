//! `privacy.toml`: the room's caps and limits, checked and converted when they are loaded.

use super::accuracy::MARGIN_MAX;
use super::conversion::{epsilon, rho_within};
use super::limits_error::{LimitsError, Source};
use crate::model::{Delta, ROWS_A_PERSON_MAX, Rho, Text};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use toml::Spanned;

/// How many releases over keys that aren't public a period's `threshold_delta` pays for, on each account: each may take a
/// hundredth. A fixed share, so that the threshold of a release depends on nothing that was asked before; and a small one, since
/// the threshold grows with the logarithm of its inverse only.
const THRESHOLD_RELEASES: u64 = 100;

/// [`ROWS_A_PERSON_MAX`] as the file's other numbers are typed.
const ROWS_MAX: u32 = 1_000;
const _: () = assert!(ROWS_MAX as u64 == ROWS_A_PERSON_MAX, "one number");
/// How many people an audience may have where nothing says it.
const PEOPLE_MAX: u32 = 1_000_000;

/// How many conversions are kept; one entry is 16 bytes.
const CONVERSIONS_MAX: usize = 10_000;

/// What may be spent over a period: as the file says it, and as the ledger counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cap {
    /// ε at the room's δ.
    pub epsilon: f64,
    /// The largest ρ within it, rounded down.
    pub rho: Rho,
}

/// The caps of the four kinds of accounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caps {
    /// What everybody together may spend on everything.
    pub room: Cap,
    /// What one member may spend of it, its own audiences included.
    pub member: Cap,
    /// What everybody together may spend on one owner's audiences.
    pub owner: Cap,
    /// What one member may spend on one owner's audiences.
    pub asker: Cap,
}

/// The room's caps and limits.
#[derive(Debug)]
pub struct Limits {
    delta: f64,
    threshold_delta: Delta,
    caps: Caps,
    period_months: u32,
    margin_min: u32,
    margin_max: u32,
    release_people_min: u32,
    audience_people_min: u32,
    audience_rows_max: u32,
    audience_people_max: u32,
    answer_tick_ms: u32,
    conversions: Mutex<HashMap<Rho, f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsFile {
    delta: Spanned<f64>,
    threshold_delta: Option<Spanned<f64>>,
    caps: CapsTable,
    release: ReleaseTable,
    audiences: AudiencesTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapsTable {
    room_epsilon: Spanned<f64>,
    member_epsilon: Spanned<f64>,
    owner_epsilon: Spanned<f64>,
    asker_epsilon: Spanned<f64>,
    period_months: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseTable {
    people_min: Spanned<i64>,
    margin_min: Spanned<i64>,
    margin_max: Spanned<i64>,
    answer_tick_ms: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AudiencesTable {
    people_min: Spanned<i64>,
    rows_max: Spanned<i64>,
    people_max: Option<Spanned<i64>>,
}

impl Limits {
    /// Reads and checks `privacy.toml`; `path` is for messages.
    ///
    /// # Errors
    /// When a key is missing, unknown or out of its range, with its place in the file.
    ///
    /// # Privacy argument
    /// Caps become ρ by [`rho_within`], rounded down, so an account that never exceeds its ρ never exceeds (ε, δ).
    pub fn parse(text: &str, path: &Path) -> Result<Self, LimitsError> {
        let source = Source { text, path };
        let file: LimitsFile = toml::from_str(text).map_err(|error| {
            let help = Text::new(
                "les clés de privacy.toml sont delta, threshold_delta, [caps], [release] et [audiences] ; docs/PRIVACY.md les explique",
                "the keys of privacy.toml are delta, threshold_delta, [caps], [release] and [audiences]; docs/PRIVACY.md explains each",
            );
            let (fr, en) = ("privacy.toml ne se lit pas ainsi", error.message());
            source.error(Text::new(format!("{fr} : {en}"), en), help, error.span().unwrap_or(0..text.len().min(1)))
        })?;
        let delta = source.real("delta", &file.delta, 1e-12..=1e-4)?;
        let threshold_delta = source.threshold_delta(file.threshold_delta.as_ref())?;
        let cap = |name: &str, value: &Spanned<f64>| -> Result<Cap, LimitsError> {
            let epsilon = source.real(name, value, 0.001..=20.0)?;
            let rho = rho_within(epsilon, delta).filter(|rho| *rho > Rho::default());
            let nothing = || {
                let fr = format!("`{name}` ne paie rien à ce delta");
                let message = Text::new(fr, format!("`{name}` pays for nothing at this delta"));
                source.error(message, Text::new("augmentez-le", "raise it"), value.span())
            };
            Ok(Cap { epsilon, rho: rho.ok_or_else(nothing)? })
        };
        let people_min = source.whole("people_min", &file.audiences.people_min, 0..=1_000_000_000)?;
        let people_max = match &file.audiences.people_max {
            Some(people_max) => source.whole("people_max", people_max, people_min.max(1)..=1_000_000_000)?,
            None => people_min.max(PEOPLE_MAX),
        };
        let margin_min = source.whole("margin_min", &file.release.margin_min, 1..=MARGIN_MAX)?;
        Ok(Self {
            delta,
            threshold_delta,
            caps: Caps {
                room: cap("room_epsilon", &file.caps.room_epsilon)?,
                member: cap("member_epsilon", &file.caps.member_epsilon)?,
                owner: cap("owner_epsilon", &file.caps.owner_epsilon)?,
                asker: cap("asker_epsilon", &file.caps.asker_epsilon)?,
            },
            period_months: source.whole("period_months", &file.caps.period_months, 1..=120)?,
            margin_min,
            margin_max: source.whole("margin_max", &file.release.margin_max, margin_min..=MARGIN_MAX)?,
            release_people_min: source.whole("people_min", &file.release.people_min, 0..=1_000_000)?,
            audience_people_min: people_min,
            audience_people_max: people_max,
            audience_rows_max: source.whole("rows_max", &file.audiences.rows_max, 1..=ROWS_MAX)?,
            answer_tick_ms: source.whole("answer_tick_ms", &file.release.answer_tick_ms, 1..=60_000)?,
            conversions: Mutex::default(),
        })
    }

    /// The δ at which losses in ρ are converted to ε.
    pub fn delta(&self) -> f64 {
        self.delta
    }

    /// The δ that releases over keys that aren't public may spend in all, per period and account, on top of
    /// [`Limits::delta`]; 0 where the room doesn't allow such releases.
    pub fn threshold_delta(&self) -> Delta {
        self.threshold_delta
    }

    /// The most δ that one such release may spend: a hundredth of [`Limits::threshold_delta`].
    pub fn release_delta(&self) -> Delta {
        Delta::from_units(self.threshold_delta.units() / THRESHOLD_RELEASES)
    }

    /// The δ beside which every ε of the room is shown.
    ///
    /// # Privacy argument
    /// What spends ρ and δ′ in all is (ε, δ + δ′)-differentially private if ρ amounts to ε at δ (Bun and Steinke 2016,
    /// section 8, approximate zCDP): the accounts keep δ′ within `threshold_delta`, so their sum covers every
    /// release and every account.
    pub fn delta_total(&self) -> f64 {
        if self.threshold_delta == Delta::default() {
            return self.delta;
        }
        shown(self.delta + self.threshold_delta.as_f64())
    }

    /// The δ beside which the ε of a loss that goes over several periods is shown, of which thresholds have spent `thresholds` in all.
    ///
    /// # Privacy argument
    /// As for [`Limits::delta_total`], with what was spent in place of what a period may spend; never less than that is, so that
    /// what is shown of all periods isn't below what is shown of one.
    pub fn delta_over(&self, thresholds: Delta) -> f64 {
        if thresholds <= self.threshold_delta {
            return self.delta_total();
        }
        shown(self.delta + thresholds.as_f64())
    }

    /// The caps of the accounts.
    pub fn caps(&self) -> Caps {
        self.caps
    }

    /// Over how many months a cap is unlocked.
    pub fn period_months(&self) -> u32 {
        self.period_months
    }

    /// The least margin that may be asked for.
    pub fn margin_min(&self) -> u32 {
        self.margin_min
    }

    /// The greatest margin that may be asked for.
    pub fn margin_max(&self) -> u32 {
        self.margin_max
    }

    /// Released values below it are withheld.
    pub fn release_people_min(&self) -> u32 {
        self.release_people_min
    }

    /// A list with fewer people, by any kind of identifier that it declares, isn't taken.
    pub fn audience_people_min(&self) -> u32 {
        self.audience_people_min
    }

    /// How many people an audience may have, unless `members.toml` says it of the audience: what the time of an answer is computed by.
    pub fn audience_people_max(&self) -> u32 {
        self.audience_people_max
    }

    /// The most rows that one person has in an audience that is uploaded from now on: from 1 to [`ROWS_A_PERSON_MAX`].
    ///
    /// # Privacy argument
    /// It bounds by a public number the work that one person's rows can make, and so how long an answer takes whether or not that
    /// person is in the room. No sensitivity rests on it: cells and values a person are bounded by the template's statement.
    pub fn audience_rows_max(&self) -> u32 {
        self.audience_rows_max
    }

    /// Answers leave at multiples of it.
    pub fn answer_tick_ms(&self) -> u32 {
        self.answer_tick_ms
    }

    /// The ε of a loss at the room's δ; remembered, since computing it takes milliseconds.
    ///
    /// # Privacy argument
    /// See [`epsilon`]; a remembered value is the same value.
    pub fn epsilon(&self, rho: Rho) -> f64 {
        let lock = || self.conversions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&rho) {
            return *known;
        }
        // Computed without the lock: two threads may do it twice, none waits for another.
        let computed = epsilon(rho, self.delta);
        let mut conversions = lock();
        if conversions.len() >= CONVERSIONS_MAX {
            conversions.clear();
        }
        conversions.insert(rho, computed);
        computed
    }
}

/// A sum of δ, rounded to the twelve digits that files are written in, never down: 1e-6 and 1e-7 make 1.1e-6.
fn shown(sum: f64) -> f64 {
    format!("{sum:.11e}").parse().ok().filter(|shown| *shown >= sum).unwrap_or_else(|| sum.next_up())
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
