//! The draws of noise that a release is made of: their scales from the margin, their losses from OpenDP's maps.

use super::accuracy::{Sigma, UNIT_MAX};
use super::mechanism::{Gaussian, MechanismError, Selection, Threshold, quantile_scale, top_scale};
use crate::model::{Block, Bounds, Delta, Fraction, Loss, Rho};
use serde::Serialize;

/// More cells would be a file, not an answer; it bounds what a plan may allocate.
const CELLS_MAX: u64 = 1_000_000;

/// More choices one after another would take as many passes over the candidates.
const CHOICES_MAX: u32 = 1_000;

/// The largest denominator of a quantile.
const DENOMINATOR_MAX: u32 = 1_000_000;

/// A threshold that nothing passes, until [`with_threshold`] finds the right one.
const UNSETTLED: i64 = i64::MAX;

/// One draw of noise: which measurement, at which scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Draw {
    /// Noise on each cell of a block.
    Cells { sigma: Sigma, distance_squared: u64 },
    /// Noise on the count of each key, and a threshold.
    Keys { sigma: Sigma, keys_max: u32, threshold: i64 },
    /// The choice of a candidate for a quantile.
    Quantile { fraction: Fraction, scale: f64 },
    /// The choice of the largest cells.
    Top { k: u32, scale: f64 },
}

/// A draw with its measurement, ready to be mapped and invoked. Not `Send`, as nothing of OpenDP is.
pub(super) enum Built {
    /// For [`Draw::Cells`].
    Cells(Gaussian),
    /// For [`Draw::Keys`].
    Keys(Threshold),
    /// For [`Draw::Quantile`] and [`Draw::Top`].
    Choice(Selection),
}

/// One draw of a plan, in plain numbers: what `camerata template explain` shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MechanismSummary {
    /// OpenDP's constructor of the measurement.
    pub constructor: &'static str,
    /// How far one person can move its input: Euclidean for the Gaussian ones, in the score of one candidate for choices.
    pub sensitivity: f64,
    /// The scale of the noise, in the unit of the input.
    pub scale: f64,
    /// The least noisy count at which a key is released, where there is a threshold.
    pub threshold: Option<i64>,
    /// Its part of the loss, zCDP ρ.
    pub rho: Rho,
    /// Its part of the loss, δ.
    pub delta: Delta,
}

impl Draw {
    /// Builds the measurement.
    pub(super) fn build(self) -> Result<Built, MechanismError> {
        Ok(match self {
            Self::Cells { sigma, distance_squared } => Built::Cells(Gaussian::new(sigma, distance_squared)?),
            Self::Keys { sigma, keys_max, threshold } => Built::Keys(Threshold::new(sigma, keys_max, threshold)?),
            Self::Quantile { fraction, scale } => Built::Choice(Selection::quantile(fraction, scale)?),
            Self::Top { k, scale } => Built::Choice(Selection::top(k, scale)?),
        })
    }

    /// What it costs.
    pub(super) fn loss(self) -> Result<Loss, MechanismError> {
        self.build()?.loss()
    }

    /// The draw in plain numbers; `loss` is its own.
    pub(super) fn summary(self, loss: Loss) -> MechanismSummary {
        let (constructor, sensitivity, scale, threshold) = match self {
            Self::Cells { sigma, distance_squared } => {
                (Gaussian::CONSTRUCTOR, Gaussian::distance(distance_squared), sigma.as_f64(), None)
            }
            Self::Keys { sigma, keys_max, threshold } => {
                (Threshold::CONSTRUCTOR, Threshold::distance(keys_max), sigma.as_f64(), Some(threshold))
            }
            Self::Quantile { fraction, scale } => {
                (Selection::QUANTILE_CONSTRUCTOR, Selection::quantile_sensitivity(fraction) as f64, scale, None)
            }
            Self::Top { scale, .. } => (Selection::TOP_CONSTRUCTOR, 1.0, scale, None),
        };
        MechanismSummary { constructor, sensitivity, scale, threshold, rho: loss.rho, delta: loss.delta }
    }
}

impl Built {
    /// What it costs, by the privacy map of this very measurement.
    pub(super) fn loss(&self) -> Result<Loss, MechanismError> {
        match self {
            Self::Cells(gaussian) => gaussian.loss(),
            Self::Keys(threshold) => threshold.loss(),
            Self::Choice(selection) => selection.loss(),
        }
    }
}

/// The sum of losses.
///
/// # Privacy argument
/// Draws of one release read the same tally one after another, so their losses add up (Bun and Steinke 2016, lemmas 7
/// and 8.2). That one person can move every block at once is the worst case, and charged.
pub(super) fn total(losses: impl IntoIterator<Item = Result<Loss, MechanismError>>) -> Result<Loss, MechanismError> {
    losses.into_iter().try_fold(Loss::default(), |sum, loss| sum.checked_add(loss?).ok_or(MechanismError))
}

/// The draws at which every figure of the release has that margin; thresholds are set later, see [`with_threshold`]: they
/// don't change ρ.
pub(super) fn draws(bounds: &Bounds, margin: u32) -> Result<Vec<Draw>, MechanismError> {
    let sigma = |unit: u32| Sigma::for_margin(u64::from(margin) * u64::from(unit)).ok_or(MechanismError);
    match bounds {
        Bounds::Cells { blocks } => {
            let draw =
                |block: &Block| Ok(Draw::Cells { sigma: sigma(block.unit)?, distance_squared: block.distance_squared });
            blocks.iter().map(draw).collect()
        }
        Bounds::Keys { keys_max } => {
            let sigma = sigma(1)?;
            Ok(vec![Draw::Keys { sigma, keys_max: *keys_max, threshold: UNSETTLED }])
        }
        Bounds::Quantiles { candidates, quantiles } => Ok(quantiles
            .iter()
            .map(|fraction| Draw::Quantile {
                fraction: *fraction,
                scale: quantile_scale(*candidates, *fraction, margin),
            })
            .collect()),
        Bounds::Top { candidates, k } => Ok(vec![Draw::Top { k: *k, scale: top_scale(*candidates, *k, margin) }]),
    }
}

/// The draws with the least threshold whose δ is within `delta_max`; `None` if no threshold is.
pub(super) fn with_threshold(draws: Vec<Draw>, delta_max: Delta) -> Option<Vec<Draw>> {
    let settle = |draw| match draw {
        Draw::Keys { sigma, keys_max, .. } => {
            Threshold::least(sigma, keys_max, delta_max).map(|threshold| Draw::Keys { sigma, keys_max, threshold })
        }
        other => Some(other),
    };
    draws.into_iter().map(settle).collect()
}

/// Whether the bounds make sense and are within what the kernel computes with. Reads no data.
pub(super) fn sensible(bounds: &Bounds) -> bool {
    match bounds {
        Bounds::Cells { blocks } => {
            let cells: u64 = blocks.iter().map(|block| u64::from(block.cells)).sum();
            let each =
                |block: &Block| block.cells > 0 && block.distance_squared > 0 && (1..=UNIT_MAX).contains(&block.unit);
            (1..=CELLS_MAX).contains(&cells) && blocks.iter().all(each)
        }
        Bounds::Keys { keys_max } => *keys_max > 0,
        Bounds::Quantiles { candidates, quantiles } => {
            let proper = |q: &Fraction| q.numerator < q.denominator && q.denominator <= DENOMINATOR_MAX;
            (1..CELLS_MAX).contains(&u64::from(*candidates))
                && (1..=CHOICES_MAX as usize).contains(&quantiles.len())
                && quantiles.iter().all(proper)
        }
        Bounds::Top { candidates, k } => {
            u64::from(*candidates) <= CELLS_MAX && (1..=(*candidates).min(CHOICES_MAX)).contains(k)
        }
    }
}
