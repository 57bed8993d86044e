//! Exact sums of contributions, sealed.

use std::fmt;
use zeroize::Zeroizing;

/// Exact sums of contributions. They can't be read, printed, compared, cloned or serialised; [`super::release`] consumes
/// them, and dropping them wipes them.
pub struct Tally {
    rows: Zeroizing<Vec<(i64, i64)>>,
}

impl Tally {
    /// Seals what the engine counted: the number or key of a cell and its value, in any order; what is missing is 0.
    ///
    /// # Privacy argument
    /// Nothing leaves a tally but through [`super::release`]. That a person moves the cells by no more than the plan's bounds
    /// say is the duty of the SQL that was run.
    pub(crate) fn seal(rows: Vec<(i64, i64)>) -> Self {
        Self { rows: Zeroizing::new(rows) }
    }

    /// The cells 0 to `cells` - 1 in order, or `None` if the engine gave a cell twice.
    ///
    /// # Privacy argument
    /// Rows outside the numbering are dropped, not reported: an error would tell that someone has such a value, and a vector
    /// with fewer coordinates moves no further. A cell given twice can't come from grouped SQL, whatever the data; adding its
    /// values up could move further than the bounds say.
    pub(super) fn cells(&self, cells: usize) -> Option<Zeroizing<Vec<i64>>> {
        let mut values = Zeroizing::new(vec![0_i64; cells]);
        let mut seen = vec![false; cells];
        for (cell, value) in self.rows.iter() {
            let position = usize::try_from(*cell).ok();
            let slots = position.and_then(|at| Some((seen.get_mut(at)?, values.get_mut(at)?)));
            let Some((seen, slot)) = slots else { continue };
            if std::mem::replace(seen, true) {
                return None;
            }
            *slot = *value;
        }
        Some(values)
    }

    /// The rows as they are: keys and counts.
    pub(super) fn rows(&self) -> &[(i64, i64)] {
        &self.rows
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tally(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::Tally;

    #[test]
    fn a_tally_prints_nothing() {
        assert_eq!(format!("{:?}", Tally::seal(vec![(0, 48_213)])), "Tally(…)");
    }

    #[test]
    fn cells_come_in_any_order_with_zeros_missing_and_strangers_dropped() {
        let rows = vec![(3, -7), (0, i64::MAX), (-1, 5), (4, 5), (i64::MIN, 5), (i64::MAX, 5)];
        assert_eq!(*Tally::seal(rows).cells(4).unwrap(), [i64::MAX, 0, 0, -7]);
        assert_eq!(*Tally::seal(vec![]).cells(2).unwrap(), [0, 0]);
        assert!(Tally::seal(vec![(1, 2), (1, 3)]).cells(2).is_none());
    }
}
