//! Choosing among public candidates by their scores: quantiles and the cells with the most persons.

use super::super::accuracy::{COVERAGE, GUARD};
use super::MechanismError;
use crate::model::{Delta, Fraction, Loss, Rho};
use opendp::core::Measurement;
use opendp::domains::{AtomDomain, VectorDomain};
use opendp::measurements::{make_noisy_max, make_noisy_top_k};
use opendp::measures::ZeroConcentratedDivergence;
use opendp::metrics::LInfDistance;

type Scores = VectorDomain<AtomDomain<i64>>;
type ScoresMeasurement<T> = Measurement<Scores, LInfDistance<i64>, ZeroConcentratedDivergence, T>;

/// Scales are multiples of 1/1024, as those of the Gaussian.
const STEPS: f64 = 1024.0;

/// The measurement that is mapped for its loss and drawn from: one and the same.
pub(in crate::privacy) struct Selection {
    measurement: Kind,
    sensitivity: i64,
}

enum Kind {
    /// The candidate of the least score.
    Least(ScoresMeasurement<usize>),
    /// The k candidates of the greatest scores, one after another.
    Greatest(ScoresMeasurement<Vec<usize>>),
}

impl Selection {
    /// OpenDP's name for the choice of a quantile.
    pub(in crate::privacy) const QUANTILE_CONSTRUCTOR: &'static str = "make_noisy_max";
    /// OpenDP's name for the choice of the largest cells.
    pub(in crate::privacy) const TOP_CONSTRUCTOR: &'static str = "make_noisy_top_k";

    /// One candidate for a quantile, by scores as `quantile_scores` computes them.
    ///
    /// # Privacy argument
    /// A person is below a candidate or not, and moves its score by denominator − numerator or by numerator. Scores move in
    /// either direction, so the metric isn't called monotonic, and OpenDP doubles the sensitivity.
    pub(in crate::privacy) fn quantile(fraction: Fraction, scale: f64) -> Result<Self, MechanismError> {
        let metric = LInfDistance::new(false);
        let made = make_noisy_max(scores(), metric, ZeroConcentratedDivergence, scale, true);
        let measurement = Kind::Least(made.map_err(|_| MechanismError)?);
        Ok(Self { measurement, sensitivity: Self::quantile_sensitivity(fraction) })
    }

    /// How far one person moves the score of a candidate for this quantile.
    pub(in crate::privacy) fn quantile_sensitivity(fraction: Fraction) -> i64 {
        i64::from(fraction.numerator.max(fraction.denominator.saturating_sub(fraction.numerator)))
    }

    /// The `k` cells with the most persons.
    ///
    /// # Privacy argument
    /// A person adds at most 1 to each cell and takes from none: adding one moves all cells the same way, which is what
    /// OpenDP calls monotonic.
    pub(in crate::privacy) fn top(k: u32, scale: f64) -> Result<Self, MechanismError> {
        let k = usize::try_from(k).map_err(|_| MechanismError)?;
        let metric = LInfDistance::new(true);
        let made = make_noisy_top_k(scores(), metric, ZeroConcentratedDivergence, k, scale, false);
        Ok(Self { measurement: Kind::Greatest(made.map_err(|_| MechanismError)?), sensitivity: 1 })
    }

    /// What one release costs, by the measurement's own map; rounded up.
    ///
    /// # Privacy argument
    /// OpenDP draws each choice from the exponential mechanism with weights exp(±score/scale). Scores that move by at most d
    /// apart from each other give bounded range d/scale, which is (d/scale)²/8-zCDP (Cesar and Rogers 2021); k
    /// choices, each among what is left, add up. d is the sensitivity for monotonic scores and twice that for others.
    pub(in crate::privacy) fn loss(&self) -> Result<Loss, MechanismError> {
        let rho = match &self.measurement {
            Kind::Least(measurement) => measurement.map(&self.sensitivity),
            Kind::Greatest(measurement) => measurement.map(&self.sensitivity),
        };
        let rho = Rho::from_f64_up(rho.map_err(|_| MechanismError)?).ok_or(MechanismError)?;
        Ok(Loss { rho, delta: Delta::default() })
    }

    /// The numbers of the chosen candidates, in the order of choice.
    pub(in crate::privacy) fn draw(&self, scores: &Vec<i64>) -> Result<Vec<u32>, MechanismError> {
        let chosen = match &self.measurement {
            Kind::Least(measurement) => measurement.invoke(scores).map(|chosen| vec![chosen]),
            Kind::Greatest(measurement) => measurement.invoke(scores),
        };
        let chosen = chosen.map_err(|_| MechanismError)?;
        chosen.into_iter().map(|candidate| u32::try_from(candidate).map_err(|_| MechanismError)).collect()
    }
}

fn scores() -> Scores {
    VectorDomain::new(AtomDomain::<i64>::default())
}

/// The scale at which, in 95 draws of 100, the chosen candidate's rank is at most `margin` persons further from the quantile
/// than that of the best candidate. A score is the distance in persons times the denominator.
pub(in crate::privacy) fn quantile_scale(candidates: u32, fraction: Fraction, margin: u32) -> f64 {
    // Scores are whole: one that is further than the margin is at least 1 further.
    let gap = f64::from(fraction.denominator) * f64::from(margin) + 1.0;
    scale_for_gap(candidates, 1, gap)
}

/// The scale at which, in 95 draws of 100, no released cell is more than `margin` persons behind an unreleased one, nor
/// behind one released after it.
pub(in crate::privacy) fn top_scale(candidates: u32, k: u32, margin: u32) -> f64 {
    scale_for_gap(candidates, k, f64::from(margin) + 1.0)
}

/// The largest scale on the grid at which a choice that is `gap` or more behind the best of what is left has at most 5 %.
///
/// # Where the bound is from
/// Of n candidates the exponential mechanism draws one with weight exp(−behind/scale), the best having weight 1. The chance of
/// those that are `gap` or more behind is greatest when all n − 1 others are exactly `gap` behind: it is at most
/// w/(1 + w) with w = (n − 1)·exp(−gap/scale). (Dwork and Roth 2014, theorem 3.11, bounds it by w; this is the same count kept
/// exact.) k choices are made each among what is left, so all are good with a probability of at least
/// Π 1/(1 + (n − j − 1)·exp(−gap/scale)), j = 0 … k − 1.
fn scale_for_gap(candidates: u32, k: u32, gap: f64) -> f64 {
    // One candidate leaves no choice, and any scale holds: it is treated as two.
    let candidates = candidates.max(2);
    let (n, draws) = (f64::from(candidates), f64::from(k.clamp(1, candidates)));
    // Σ w ≤ 1/20 always holds, since exp(−1/20) > 0.95; the first choice alone must hold.
    let (mut holds, mut fails) = (gap / (20.0 * draws * n).ln(), gap / (0.95 / 0.05 * (n - 1.0)).ln() * 1.001);
    for _ in 0..60 {
        let middle = holds + (fails - holds) / 2.0;
        if all_within(candidates, k, gap / middle) >= COVERAGE + GUARD { holds = middle } else { fails = middle }
    }
    (holds * STEPS).floor() / STEPS
}

/// The least probability that `k` choices are all within the gap, `reach` being gap/scale.
fn all_within(candidates: u32, k: u32, reach: f64) -> f64 {
    let weight = (-reach).exp();
    (0..k.min(candidates)).map(|j| 1.0 / (1.0 + f64::from(candidates - j - 1) * weight)).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_the_largest_that_hold() {
        for (candidates, k, gap) in [(2, 1, 2.0), (10, 1, 11.0), (10, 3, 51.0), (200, 10, 1_001.0), (1_000_000, 1, 5.0)]
        {
            let scale = scale_for_gap(candidates, k, gap);
            assert!(all_within(candidates, k, gap / scale) >= COVERAGE, "{candidates} {k} {gap}");
            assert!(all_within(candidates, k, gap / (scale + 2.0 / STEPS)) < COVERAGE, "{candidates} {k} {gap}");
        }
        assert!(scale_for_gap(1, 1, 2.0) > 0.0);
        assert!(scale_for_gap(1_000_000, 1_000, 2.0) > 0.0, "the grid is finer than any scale");
    }
}
