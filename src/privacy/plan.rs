//! From the accuracy a marketer asks for to the draws of a release and their loss.

use super::accuracy::MARGIN_MAX;
use super::accuracy_error::AccuracyError;
use super::draws::{Draw, MechanismSummary, draws, sensible, total, with_threshold};
use super::limits::Limits;
use crate::model::{Block, Bounds, Loss, Rho};

/// What the asker can live with: a margin in persons, or a loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accuracy {
    /// In persons, for 95 draws of 100. Any number; [`plan`] checks it. What it bounds depends on the release:
    ///
    /// - cells: the distance of a cell from its exact value, in the cell's unit a person;
    /// - keys: the same, of the count of each key that is released;
    /// - quantiles: by how many persons the rank of the chosen candidate is further from the quantile than the best one's;
    /// - top: how many persons a released cell may be behind an unreleased one.
    Margin(f64),
    /// The most zCDP ρ to spend. Any number; [`plan`] checks it.
    Loss(f64),
}

/// How a tally will be released. Made by [`plan`] alone, from the request and the room's published limits: no data in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    bounds: Bounds,
    margin: u32,
    draws: Vec<Draw>,
    parts: Vec<Loss>,
    loss: Loss,
}

impl Plan {
    /// The margin, in persons; see [`Accuracy::Margin`] for what it bounds.
    pub fn margin(&self) -> u32 {
        self.margin
    }

    /// What the release will cost, and must be charged beforehand.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// The bounds it is made for.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The scale of the noise on a cell, in the cell's own unit (persons, cents); `None` where there is no such cell or the
    /// release isn't one of cells. For keys, whatever the number, that of every count.
    pub fn cell_sigma(&self, cell: usize) -> Option<f64> {
        let position = match &self.bounds {
            Bounds::Cells { blocks } => block_of(blocks, cell)?,
            Bounds::Keys { .. } => 0,
            Bounds::Quantiles { .. } | Bounds::Top { .. } => return None,
        };
        match self.draws.get(position)? {
            Draw::Cells { sigma, .. } | Draw::Keys { sigma, .. } => Some(sigma.as_f64()),
            Draw::Quantile { .. } | Draw::Top { .. } => None,
        }
    }

    /// Half the width of the 95 % interval of a cell, in the cell's own unit; `None` as for [`Plan::cell_sigma`].
    pub fn cell_margin(&self, cell: usize) -> Option<u64> {
        match &self.bounds {
            Bounds::Cells { blocks } => {
                let block = blocks.get(block_of(blocks, cell)?)?;
                Some(u64::from(self.margin) * u64::from(block.unit))
            }
            Bounds::Keys { .. } => Some(u64::from(self.margin)),
            Bounds::Quantiles { .. } | Bounds::Top { .. } => None,
        }
    }

    /// The least noisy count at which a key is released; `None` for releases with public keys.
    pub fn threshold(&self) -> Option<i64> {
        self.draws.iter().find_map(|draw| if let Draw::Keys { threshold, .. } = draw { Some(*threshold) } else { None })
    }

    /// Every draw of noise in plain numbers.
    ///
    /// # Privacy argument
    /// Each loss is the map of the measurement that [`super::release`] will build again; no data is read.
    pub fn mechanism(&self) -> Vec<MechanismSummary> {
        self.draws.iter().zip(&self.parts).map(|(draw, part)| draw.summary(*part)).collect()
    }

    pub(super) fn draws(&self) -> &[Draw] {
        &self.draws
    }

    #[cfg(test)]
    pub(super) fn forged(bounds: Bounds, margin: u32, draws: Vec<Draw>, loss: Loss) -> Self {
        Self { bounds, margin, draws, parts: Vec::new(), loss }
    }
}

/// The number of the block that a cell lies in.
fn block_of(blocks: &[Block], cell: usize) -> Option<usize> {
    let mut end: usize = 0;
    blocks.iter().position(|block| {
        end = end.saturating_add(usize::try_from(block.cells).unwrap_or(usize::MAX));
        cell < end
    })
}

/// The plan for a release at the accuracy asked for: exactly the margin stated, or the smallest margin that the loss stated
/// pays for.
///
/// # Errors
/// When the accuracy is not a sensible number or is outside the room's limits, when the bounds make no sense, or when the
/// room allows no thresholds and the release needs one.
///
/// # Privacy argument
/// Reads no data: the plan is a function of the request and of the room's published limits. Its loss is the sum of the
/// privacy maps of the measurements of those very scales and bounds, rounded up; [`super::release`] builds the same
/// measurements again and refuses to draw if their maps exceed the plan.
pub fn plan(bounds: &Bounds, accuracy: Accuracy, limits: &Limits) -> Result<Plan, AccuracyError> {
    if !sensible(bounds) {
        return Err(AccuracyError::Bounds);
    }
    let delta_max = limits.release_delta();
    if matches!(bounds, Bounds::Keys { .. }) && delta_max.units() == 0 {
        return Err(AccuracyError::NoThresholds);
    }
    let margin = match accuracy {
        Accuracy::Margin(margin) => whole_margin(margin, limits)?,
        Accuracy::Loss(rho) => margin_within(bounds, rho, limits)?,
    };
    let draws = with_threshold(draws(bounds, margin)?, delta_max).ok_or(AccuracyError::ThresholdTooDear)?;
    let parts = draws.iter().map(|draw| draw.loss()).collect::<Result<Vec<_>, _>>()?;
    let loss = total(parts.iter().copied().map(Ok))?;
    Ok(Plan { bounds: bounds.clone(), margin, draws, parts, loss })
}

fn whole_margin(margin: f64, limits: &Limits) -> Result<u32, AccuracyError> {
    let (margin_min, margin_max) = (limits.margin_min(), limits.margin_max().min(MARGIN_MAX));
    if !margin.is_finite() {
        return Err(AccuracyError::NotANumber);
    }
    if margin < f64::from(margin_min) {
        return Err(AccuracyError::MarginTooSmall { margin_min });
    }
    if margin > f64::from(margin_max) {
        return Err(AccuracyError::MarginTooLarge { margin_max });
    }
    if margin.fract() != 0.0 {
        return Err(AccuracyError::NotWhole);
    }
    Ok(margin as u32)
}

/// The smallest margin of the room whose loss is at most `rho`. Losses fall as margins grow, so halving finds it.
fn margin_within(bounds: &Bounds, rho: f64, limits: &Limits) -> Result<u32, AccuracyError> {
    if !rho.is_finite() {
        return Err(AccuracyError::NotANumber);
    }
    let costs =
        |margin: u32| draws(bounds, margin).and_then(|draws| Ok(total(draws.iter().map(|draw| draw.loss()))?.rho));
    let (mut least, mut enough) = (limits.margin_min(), limits.margin_max().min(MARGIN_MAX));
    let rho_min = costs(enough)?;
    // Rounded up to whole units as every loss is; a loss that was shown and is typed in again finds its own margin.
    let offered = Rho::from_f64_up(rho.clamp(0.0, 1_000.0)).unwrap_or_default();
    if rho <= 0.0 || offered < rho_min {
        return Err(AccuracyError::LossTooSmall { rho_min });
    }
    while least < enough {
        let middle = least + (enough - least) / 2;
        if costs(middle)? <= offered { enough = middle } else { least = middle + 1 }
    }
    Ok(enough)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
