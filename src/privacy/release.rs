//! The one way out: a tally goes in and is wiped, a release comes out.

use super::draws::{Built, total};
use super::mechanism::MechanismError;
use super::plan::Plan;
use super::tally::Tally;
use crate::model::{Block, Bounds, Fraction};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Why nothing was released. The same for every tally: no message depends on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// The engine returned a cell twice.
    #[error("the tally doesn't have the plan's cells")]
    Cells,
    /// The mechanism costs more than what was charged.
    #[error("the release would cost more than its plan")]
    LossAbovePlan,
    /// The mechanism failed.
    #[error(transparent)]
    Mechanism(#[from] MechanismError),
}

/// A noised tally: the only thing that leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Release {
    /// Every cell with its noise.
    Cells {
        /// Raw values in the order of the cells: they can be negative, and sums and ratios must start from them.
        values: Vec<i64>,
    },
    /// The keys whose noisy counts reached the threshold.
    Keys {
        /// Key and noisy count, by key.
        counts: Vec<(i64, i64)>,
    },
    /// Chosen candidates: no figures.
    Chosen {
        /// One candidate a quantile, in the order of the quantiles; or the top cells, most first.
        candidates: Vec<u32>,
    },
}

/// Adds the plan's noise to the tally, which is wiped.
///
/// # Errors
/// When the tally has a cell twice, or the mechanism would cost more than the plan or fails. Nothing is released then, and
/// the error is the same whatever the tally holds.
///
/// # Privacy argument
/// The measurements are built here from the plan's scales and bounds, the sum of their own privacy maps is compared with the
/// plan's loss before anything is drawn, and each is drawn from once. What each map proves is said where the measurement is made
/// (`mechanism/`); that one person moves the tally no further than the bounds is the template's duty. What is computed
/// from the tally before a draw is said at `quantile_scores` and `positive`. OpenDP's own copy of the cells in
/// unbounded integers is freed, not wiped.
pub fn release(tally: Tally, plan: &Plan) -> Result<Release, ReleaseError> {
    let built = plan.draws().iter().map(|draw| draw.build()).collect::<Result<Vec<_>, _>>()?;
    if !total(built.iter().map(Built::loss))?.within(plan.loss()) {
        return Err(ReleaseError::LossAbovePlan);
    }
    match plan.bounds() {
        Bounds::Cells { blocks } => Ok(Release::Cells { values: noisy_cells(&tally, blocks, &built)? }),
        Bounds::Keys { .. } => Ok(Release::Keys { counts: noisy_keys(&tally, &built)? }),
        Bounds::Quantiles { candidates, quantiles } => {
            let cells = tally.cells(size(*candidates)?.saturating_add(1)).ok_or(ReleaseError::Cells)?;
            let choose = |(fraction, built): (&Fraction, &Built)| choice(built, &quantile_scores(&cells, *fraction));
            let chosen = quantiles.iter().zip(&built).map(choose).collect::<Result<Vec<_>, _>>()?;
            Ok(Release::Chosen { candidates: chosen.concat() })
        }
        Bounds::Top { candidates, .. } => {
            let cells = tally.cells(size(*candidates)?).ok_or(ReleaseError::Cells)?;
            let built = built.first().ok_or(MechanismError)?;
            Ok(Release::Chosen { candidates: choice(built, &cells)? })
        }
    }
}

fn size(cells: u32) -> Result<usize, MechanismError> {
    usize::try_from(cells).map_err(|_| MechanismError)
}

fn noisy_cells(tally: &Tally, blocks: &[Block], built: &[Built]) -> Result<Vec<i64>, ReleaseError> {
    let mut cells = 0_usize;
    for block in blocks {
        cells = cells.saturating_add(size(block.cells)?);
    }
    let exact = tally.cells(cells).ok_or(ReleaseError::Cells)?;
    let (mut values, mut rest) = (Vec::with_capacity(cells), exact.as_slice());
    for (block, built) in blocks.iter().zip(built) {
        let (own, others) = rest.split_at_checked(size(block.cells)?).ok_or(ReleaseError::Cells)?;
        let Built::Cells(gaussian) = built else { return Err(MechanismError.into()) };
        values.extend(gaussian.draw(&Zeroizing::new(own.to_vec()))?);
        rest = others;
    }
    if values.len() == cells { Ok(values) } else { Err(ReleaseError::Cells) }
}

fn noisy_keys(tally: &Tally, built: &[Built]) -> Result<Vec<(i64, i64)>, ReleaseError> {
    let [Built::Keys(threshold)] = built else { return Err(MechanismError.into()) };
    let mut counts = positive(tally).ok_or(ReleaseError::Cells)?;
    let released = threshold.draw(&counts);
    for count in counts.values_mut() {
        zeroize::Zeroize::zeroize(count);
    }
    Ok(released?)
}

/// The counts by key; `None` if the engine gave a key twice.
///
/// # Privacy argument
/// A key with a count of 0 is left out: to the mechanism a key that nobody has and one that isn't there must be the same, or a
/// key that lost its only person would move from 1 to 0 in one room and be absent in another.
fn positive(tally: &Tally) -> Option<HashMap<i64, i64>> {
    let mut counts = HashMap::with_capacity(tally.rows().len());
    for (key, count) in tally.rows().iter().filter(|(_, count)| *count > 0) {
        if counts.insert(*key, *count).is_some() {
            return None;
        }
    }
    Some(counts)
}

/// The score of each candidate for a quantile: |(denominator − numerator)·below − numerator·rest|, where `below` persons have a
/// lesser value and the rest has the candidate's or a greater one. It is 0 where exactly the fraction is below, and grows by
/// the denominator with each person of rank.
///
/// # Privacy argument
/// Of every candidate a person is below or not: the number inside moves by denominator − numerator or by numerator, and the
/// absolute value moves no further. Sums are in 128 bits and cut to 64, which brings no two scores further apart.
fn quantile_scores(cells: &[i64], fraction: Fraction) -> Zeroizing<Vec<i64>> {
    let (numerator, denominator) = (i128::from(fraction.numerator), i128::from(fraction.denominator));
    let people: i128 = cells.iter().map(|cell| i128::from(*cell)).sum();
    let mut below: i128 = 0;
    let scores = cells.iter().take(cells.len().saturating_sub(1)).map(|cell| {
        below += i128::from(*cell);
        let score = ((denominator - numerator) * below - numerator * (people - below)).abs();
        i64::try_from(score).unwrap_or(i64::MAX)
    });
    Zeroizing::new(scores.collect())
}

fn choice(built: &Built, scores: &Zeroizing<Vec<i64>>) -> Result<Vec<u32>, ReleaseError> {
    let Built::Choice(selection) = built else { return Err(MechanismError.into()) };
    Ok(selection.draw(scores)?)
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;
