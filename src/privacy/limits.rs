//! `privacy.toml`: the room's caps and limits, checked and converted when they are loaded.

use super::accuracy::MARGIN_MAX;
use super::conversion::{epsilon, rho_within};
use crate::model::{Delta, Rho};
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use toml::Spanned;

/// How many releases over keys that aren't public a period's `threshold_delta` pays for, on each account: each may take a
/// hundredth. A fixed share, so that the threshold of a release depends on nothing that was asked before; and a small one, since
/// the threshold grows with the logarithm of its inverse only.
const THRESHOLD_RELEASES: u64 = 100;

/// How many conversions are kept; one entry is 16 bytes.
const CONVERSIONS_MAX: usize = 10_000;

/// A mistake in `privacy.toml`, and where.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(privacy::limits))]
pub struct LimitsError {
    message: String,
    #[help]
    help: String,
    #[source_code]
    source_code: Arc<NamedSource<String>>,
    #[label("here")]
    span: SourceSpan,
}

/// What may be spent over a period: as the file says it, and as the ledger counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cap {
    /// ε at the room's δ.
    pub epsilon: f64,
    /// The largest ρ within it, rounded down.
    pub rho: Rho,
}

/// The caps of the three kinds of accounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caps {
    /// What everybody together may spend on everything.
    pub room: Cap,
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
            let help =
                "the keys of privacy.toml are delta, threshold_delta, [caps], [release] and [audiences]; docs/PRIVACY.md explains each";
            source.error(error.message().to_owned(), help.into(), error.span().unwrap_or(0..text.len().min(1)))
        })?;
        let delta = source.real("delta", &file.delta, 1e-12..=1e-4)?;
        let threshold_delta = source.threshold_delta(file.threshold_delta.as_ref())?;
        let cap = |name: &str, value: &Spanned<f64>| -> Result<Cap, LimitsError> {
            let epsilon = source.real(name, value, 0.001..=20.0)?;
            let rho = rho_within(epsilon, delta).filter(|rho| *rho > Rho::default());
            let nothing =
                || source.error(format!("`{name}` pays for nothing at this delta"), "raise it".into(), value.span());
            Ok(Cap { epsilon, rho: rho.ok_or_else(nothing)? })
        };
        let margin_min = source.whole("margin_min", &file.release.margin_min, 1..=MARGIN_MAX)?;
        Ok(Self {
            delta,
            threshold_delta,
            caps: Caps {
                room: cap("room_epsilon", &file.caps.room_epsilon)?,
                owner: cap("owner_epsilon", &file.caps.owner_epsilon)?,
                asker: cap("asker_epsilon", &file.caps.asker_epsilon)?,
            },
            period_months: source.whole("period_months", &file.caps.period_months, 1..=120)?,
            margin_min,
            margin_max: source.whole("margin_max", &file.release.margin_max, margin_min..=MARGIN_MAX)?,
            release_people_min: source.whole("people_min", &file.release.people_min, 0..=1_000_000)?,
            audience_people_min: source.whole("people_min", &file.audiences.people_min, 0..=1_000_000_000)?,
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
        // Rounded to the twelve digits that files are written in, never down: 1e-6 and 1e-7 make 1.1e-6.
        let sum = self.delta + self.threshold_delta.as_f64();
        format!("{sum:.11e}").parse().ok().filter(|shown| *shown >= sum).unwrap_or_else(|| sum.next_up())
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

    /// Audiences with fewer people can't be compared.
    pub fn audience_people_min(&self) -> u32 {
        self.audience_people_min
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

struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Source<'_> {
    fn error(&self, message: String, help: String, span: Range<usize>) -> LimitsError {
        let source_code = Arc::new(NamedSource::new(self.path.display().to_string(), self.text.to_owned()));
        LimitsError { message, help, source_code, span: span.into() }
    }

    fn real(&self, name: &str, value: &Spanned<f64>, range: RangeInclusive<f64>) -> Result<f64, LimitsError> {
        // NaN is in no range.
        if range.contains(value.get_ref()) {
            return Ok(*value.get_ref());
        }
        let help = format!("give a number from {} to {}", range.start(), range.end());
        Err(self.error(format!("`{name}` is out of its range"), help, value.span()))
    }

    fn threshold_delta(&self, value: Option<&Spanned<f64>>) -> Result<Delta, LimitsError> {
        let Some(value) = value.filter(|value| *value.get_ref() != 0.0) else { return Ok(Delta::default()) };
        let delta = Delta::from_f64_down(self.real("threshold_delta", value, 1e-12..=1e-4)?);
        let unknown = || self.error("`threshold_delta` is out of its range".into(), "lower it".into(), value.span());
        delta.ok_or_else(unknown)
    }

    fn whole(&self, name: &str, value: &Spanned<i64>, range: RangeInclusive<u32>) -> Result<u32, LimitsError> {
        let whole = u32::try_from(*value.get_ref()).ok().filter(|whole| range.contains(whole));
        whole.ok_or_else(|| {
            let help = format!("give a whole number from {} to {}", range.start(), range.end());
            self.error(format!("`{name}` is out of its range"), help, value.span())
        })
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
