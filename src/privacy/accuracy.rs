//! Margin to noise scale: the exact quantile of the discrete Gaussian, always rounded towards a smaller margin of error.

/// Largest margin that can be asked for.
pub const MARGIN_MAX: u32 = 1_000_000;

/// How sure an interval of plus or minus one margin is.
pub(super) const COVERAGE: f64 = 0.95;

/// Added to [`COVERAGE`] where it is compared with a computed probability: ten thousand times the sums' rounding error.
pub(super) const GUARD: f64 = 1e-9;

/// The 97.5 % quantile of the standard normal distribution (1.959963984540054…), rounded up.
pub(super) const NORMAL_QUANTILE: f64 = 1.959_963_984_540_1;

/// Up to this margin the quantile is computed by summing; above it the closed bound is as good as the grid.
const SUMMED_MARGIN_MAX: u32 = 512;

/// The largest unit of a cell: what a margin of one person may be worth in it. With [`MARGIN_MAX`] it keeps every scale
/// below 2^53 steps of the grid, and so exact.
pub const UNIT_MAX: u32 = 10_000_000;

/// The scale of a discrete Gaussian, in steps of 1/1024 of the cell's unit of count, so that every scale is exactly a
/// binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sigma(u64);

impl Sigma {
    const STEPS: f64 = 1024.0;

    /// As a real number; exact, since there are fewer than 2^53 steps.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::STEPS
    }

    /// The largest scale on the grid whose noise stays within `margin` in at least 95 % of draws; `None` for a margin
    /// of 0 or above [`MARGIN_MAX`] times [`UNIT_MAX`].
    ///
    /// # Privacy argument
    /// A function of the margin alone. A wrong scale could only make the margin a lie, not the loss: the loss is
    /// computed from the scale that is run.
    ///
    /// Let X be discrete Gaussian with parameter σ and margin m. P(|X| ≤ m) falls as σ grows (exponential family in
    /// −1/(2σ²) with statistic x²), so bisection over the grid finds the largest scale. For large m the sum is replaced
    /// by a bound: f(x) = exp(−x²/2σ²) is convex beyond σ, hence Σ_{k>m} f(k) ≤ ∫_{m+½}^∞ f; and by Poisson summation
    /// Σ_k f(k) ≥ σ√(2π); so P(|X| > m) ≤ P(|N(0, σ²)| > m + ½), which is at most 5 % when σ ≤ (m + ½)/1.95996….
    pub fn for_margin(margin: u64) -> Option<Self> {
        if margin == 0 || margin > u64::from(MARGIN_MAX) * u64::from(UNIT_MAX) {
            return None;
        }
        // Both are below 2^53, so exact.
        let closed = Self((((margin as f64 + 0.5) / NORMAL_QUANTILE) * Self::STEPS).floor() as u64);
        let Some(summed) = u32::try_from(margin).ok().filter(|margin| *margin <= SUMMED_MARGIN_MAX) else {
            return Some(closed);
        };
        // The closed bound holds for every margin, so it is where the search starts; twice of it never holds.
        let (mut holds, mut fails) = (closed.0, closed.0.saturating_mul(2));
        while fails - holds > 1 {
            let middle = holds + (fails - holds) / 2;
            if within(Self(middle).as_f64(), summed) >= COVERAGE + GUARD { holds = middle } else { fails = middle }
        }
        Some(Self(holds))
    }

    #[cfg(test)]
    pub(super) fn of(sigma: f64) -> Self {
        Self((sigma * Self::STEPS) as u64)
    }
}

/// The least whole number that noise of that scale stays within in at least 95 % of draws: the margin that
/// [`Sigma::for_margin`] was given. By the same sum for small scales and the same bound for large ones.
pub(super) fn margin_of(sigma: f64) -> f64 {
    let closed = (NORMAL_QUANTILE * sigma - 0.5).ceil().max(0.0);
    if closed < 1.0 || closed > f64::from(SUMMED_MARGIN_MAX) + 1.0 {
        return closed;
    }
    // The bound is close: at most one less holds too.
    let less = closed - 1.0;
    if within(sigma, less as u32) >= COVERAGE { less } else { closed }
}

/// P(|X| ≤ margin) for the discrete Gaussian of that scale, by summing its weights outwards from zero until they are
/// below 1e-30 of the largest.
fn within(sigma: f64, margin: u32) -> f64 {
    let weight = |k: u32| (-0.5 * (f64::from(k) / sigma).powi(2)).exp();
    let (mut inside, mut outside, mut k) = (0.0, 0.0, 1);
    loop {
        let w = weight(k);
        if k <= margin {
            inside += w
        } else {
            outside += w
        }
        if k > margin && w < 1e-30 {
            return (1.0 + 2.0 * inside) / (1.0 + 2.0 * (inside + outside));
        }
        k += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_small_margin_holds_and_the_next_scale_would_not() {
        for margin in 1..=SUMMED_MARGIN_MAX {
            let sigma = Sigma::for_margin(u64::from(margin)).unwrap();
            assert!(within(sigma.as_f64(), margin) >= COVERAGE, "{margin}");
            assert!(within(Sigma(sigma.0 + 1).as_f64(), margin) < COVERAGE + GUARD, "{margin}");
        }
    }

    #[test]
    fn large_margins_hold_and_give_away_less_than_a_thousandth() {
        for margin in [513, 1_000, 4_321, 20_000] {
            let sigma = Sigma::for_margin(u64::from(margin)).unwrap().as_f64();
            assert!(within(sigma, margin) >= COVERAGE, "{margin}");
            assert!(within(sigma * 1.001, margin) < COVERAGE, "{margin}");
        }
    }

    #[test]
    fn a_scale_gives_its_margin_back() {
        for margin in (1..=600).chain([1_000, 99_999, 10_000_000]) {
            assert_eq!(margin_of(Sigma::for_margin(margin).unwrap().as_f64()), margin as f64);
        }
        assert_eq!(margin_of(0.0), 0.0);
    }

    #[test]
    fn the_usual_rule_of_thumb_is_not_used() {
        // ±1.96σ covers only 94 % at σ = 4.5: the scale for its margin must be smaller than margin / 1.96.
        let rule = 4.5;
        let margin = (1.96_f64 * rule) as u32;
        assert!(within(rule, margin) < 0.945);
        assert!(Sigma::for_margin(u64::from(margin)).unwrap().as_f64() < rule);
    }

    #[test]
    fn scales_grow_with_margins_up_to_the_limit() {
        let most = u64::from(MARGIN_MAX) * u64::from(UNIT_MAX);
        let margins = (1..2_000).chain([9_999, 10_000, 123_456, 1_000_000, most - 1, most]);
        let scales: Vec<_> = margins.map(|m| Sigma::for_margin(m).unwrap()).collect();
        assert!(scales.is_sorted_by(|a, b| a < b));
        assert_eq!(Sigma::for_margin(0), None);
        assert_eq!(Sigma::for_margin(most + 1), None);
        let top = Sigma::for_margin(most).unwrap();
        assert!(top.0 < 1 << 53 && (top.as_f64() * Sigma::STEPS) as u64 == top.0, "the largest scale is exact");
    }
}
