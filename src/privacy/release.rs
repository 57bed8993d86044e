//! The one way out: a tally goes in and is wiped, a release comes out.

use super::mechanism::{Gaussian, MechanismError};
use super::plan::CountPlan;
use serde::Serialize;
use std::fmt;
use zeroize::Zeroizing;

/// Exact sums of contributions. They can't be read, printed, compared, cloned or serialised; [`release`] consumes them,
/// and dropping them wipes them.
pub struct Tally {
    cells: Zeroizing<Vec<i64>>,
}

impl Tally {
    /// Seals what the engine counted, cell by cell.
    ///
    /// # Privacy argument
    /// Nothing leaves a tally but through [`release`]. That a person moves the cells by no more than the plan's
    /// sensitivity is the duty of the SQL that was run: see `template::Template::tally_sql`.
    pub(crate) fn seal(exact: Vec<i64>) -> Self {
        Self { cells: Zeroizing::new(exact) }
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tally(…)")
    }
}

/// Why nothing was released. The same for every tally: no message depends on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// The engine returned another number of cells than the plan has.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    values: Vec<i64>,
    margin: u32,
}

impl Release {
    /// Raw values, cell by cell: they can be negative, and sums and ratios must start from them.
    pub fn values(&self) -> &[i64] {
        &self.values
    }

    /// Half the width of each value's 95 % interval.
    pub fn margin(&self) -> u32 {
        self.margin
    }

    /// One cell with its margin; a count has only cell 0.
    pub fn figure(&self, cell: usize) -> Option<Figure> {
        self.values.get(cell).map(|value| Figure { value: *value, margin: self.margin })
    }
}

/// One released number and its margin. All of it is post-processing of the release, or of an answer stored from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The raw value.
    pub value: i64,
    /// Half the width of its 95 % interval.
    pub margin: u32,
}

impl Figure {
    /// The value to show to people: no fewer than nobody.
    ///
    /// # Privacy argument
    /// Post-processing of a released value.
    pub fn shown(self) -> i64 {
        self.value.max(0)
    }

    /// The 95 % interval, cut at zero, which can't cost it coverage: counts aren't negative.
    ///
    /// # Privacy argument
    /// Post-processing of a released value and the plan's margin.
    pub fn interval(self) -> (i64, i64) {
        let margin = i64::from(self.margin);
        (self.value.saturating_sub(margin).max(0), self.value.saturating_add(margin).max(0))
    }

    /// Whether the room's policy withholds so small a number. Judged on the noisy value, so that being withheld tells
    /// nothing that the value wouldn't.
    ///
    /// # Privacy argument
    /// Post-processing of a released value.
    pub fn withheld(self, people_min: u32) -> bool {
        self.value < i64::from(people_min)
    }
}

/// Adds the plan's noise to the tally, which is wiped.
///
/// # Errors
/// When the tally has other cells than the plan, or the mechanism would cost more than the plan or fails. Nothing is
/// released then, and the error is the same whatever the tally holds.
///
/// # Privacy argument
/// The measurement is built here from the plan's scale, its own privacy map is compared with the plan's loss before
/// anything is drawn, and it is drawn from once. With sensitivity 1 (one person is in the count once or not at all) and
/// scale σ the discrete Gaussian satisfies 1/(2σ²)-zCDP (Canonne, Kamath and Steinke 2020, theorem 4). All else in
/// [`Release`] is post-processing. OpenDP's own copy of the cells in unbounded integers is freed, not wiped.
pub fn release(tally: Tally, plan: &CountPlan) -> Result<Release, ReleaseError> {
    if tally.cells.len() != CountPlan::CELLS {
        return Err(ReleaseError::Cells);
    }
    let gaussian = Gaussian::new(plan.sigma())?;
    if gaussian.loss(CountPlan::SENSITIVITY)? > plan.loss().rho {
        return Err(ReleaseError::LossAbovePlan);
    }
    let values = gaussian.draw(&tally.cells)?;
    Ok(Release { values, margin: plan.margin() })
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;
