//! Figures derived from released cells, with 95 % intervals that hold at small counts. All of it is post-processing: it costs
//! nothing, and it starts from the raw values, never from clipped ones. Knows nothing of templates.
//!
//! A released cell is its exact value plus independent noise of known scale, so the noise of a sum of cells is known too. A ratio
//! of two such sums is not told by an estimate and its spread: where the base may be nothing, the interval has no end. Both
//! kinds of ratio are therefore found by inverting a test: the interval holds the values that the release doesn't speak against.

mod index;
mod symmetric;

use super::accuracy::{NORMAL_QUANTILE, margin_of};
use crate::model::{Formula, Linear};
use index::index_interval;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What may be said of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has an interval, and nothing to compare it with.
    Told,
    /// All of its interval is above the neutral value.
    Above,
    /// All of its interval is below the neutral value.
    Below,
    /// The neutral value is in the interval, or the interval has no end.
    CantTell,
}

/// A derived figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// The figure computed from the released values; absent where its interval has no end.
    pub value: Option<f64>,
    /// Its 95 % interval; absent where it has no end.
    pub interval: Option<(f64, f64)>,
    /// What may be said of it.
    pub verdict: Verdict,
}

impl Estimated {
    const NOTHING: Self = Self { value: None, interval: None, verdict: Verdict::CantTell };

    fn new(value: f64, interval: Option<(f64, f64)>, neutral: Option<f64>) -> Self {
        let Some((low, high)) = interval.filter(|_| value.is_finite()) else { return Self::NOTHING };
        let verdict = match neutral {
            None => Verdict::Told,
            Some(neutral) if low > neutral => Verdict::Above,
            Some(neutral) if high < neutral => Verdict::Below,
            Some(_) => Verdict::CantTell,
        };
        Self { value: Some(value), interval: Some((low, high)), verdict }
    }

    /// Cut to what is known beforehand, such as 0 to 1 for a share: it can't cost coverage, since the exact figure lies there.
    #[must_use]
    pub fn cut(self, low: f64, high: f64) -> Self {
        let cut = |x: f64| x.clamp(low, high);
        Self { value: self.value.map(cut), interval: self.interval.map(|(a, b)| (cut(a), cut(b))), ..self }
    }
}

/// The figure with its 95 % interval. `values` are the released cells, raw; `sigma_of` gives the scale of a cell's noise. The
/// verdict compares it with `neutral` if there is one; an index is compared with 1 if none is given. A formula that names a
/// cell that wasn't released can't be told.
///
/// # Privacy argument
/// Post-processing of released values and of the plan's scales.
pub fn derive(formula: &Formula, values: &[i64], sigma_of: impl Fn(usize) -> f64, neutral: Option<f64>) -> Estimated {
    let form = |linear: &Linear| Form::new(linear, values, &sigma_of);
    match formula {
        Formula::Sum { of, divisor } => form(of).map(|sum| {
            let half = sum.half_width();
            let divided = |value: f64| value / *divisor as f64;
            let interval = (divided(sum.value - half), divided(sum.value + half));
            Estimated::new(divided(sum.value), Some(interval), neutral)
        }),
        Formula::Ratio { of, base } => form(of).zip(form(base)).map(|(of, base)| {
            let ratio = of.value / base.value;
            Estimated::new(ratio, ratio_interval(&of, &base), neutral)
        }),
        Formula::Index { of, of_base, base, base_all } => {
            let forms = [form(of), form(base_all), form(of_base), form(base)];
            let [Some(of), Some(base_all), Some(of_base), Some(base)] = forms else { return Estimated::NOTHING };
            let index = (of.value / of_base.value) / (base.value / base_all.value);
            let interval = index_interval(&[of, base_all, of_base, base]);
            Some(Estimated::new(index, interval, neutral.or(Some(1.0))).cut(0.0, f64::INFINITY))
        }
    }
    .unwrap_or(Estimated::NOTHING)
}

/// A sum of released cells: its value, and by how much each cell's noise moves it.
struct Form {
    value: f64,
    /// Cell, coefficient, scale of its noise.
    terms: BTreeMap<usize, (f64, f64)>,
}

impl Form {
    fn new(linear: &Linear, values: &[i64], sigma_of: &impl Fn(usize) -> f64) -> Option<Self> {
        let mut terms = BTreeMap::new();
        for (cell, coefficient) in &linear.0 {
            let term = terms.entry(*cell).or_insert_with(|| (0.0, sigma_of(*cell)));
            term.0 += *coefficient as f64;
        }
        let mut value = 0.0;
        for (cell, (coefficient, _)) in &terms {
            value += coefficient * *values.get(*cell)? as f64;
        }
        Some(Self { value, terms })
    }

    fn variance(&self) -> f64 {
        self.covariance(self)
    }

    /// Cells have independent noise; a cell in both sums moves both.
    fn covariance(&self, other: &Self) -> f64 {
        let shared = self.terms.iter().filter_map(|(cell, mine)| Some((mine, other.terms.get(cell)?)));
        shared.map(|((mine, sigma), (theirs, _))| mine * theirs * sigma * sigma).sum()
    }

    /// Half the width of its 95 % interval: of one cell its margin; of several, the normal bound and half a step. The noise of each
    /// is no wider than normal (Canonne, Kamath and Steinke 2020, corollary 17 for its variance).
    fn half_width(&self) -> f64 {
        match self.terms.values().next() {
            Some((coefficient, sigma)) if self.terms.len() == 1 => coefficient.abs() * margin_of(*sigma),
            _ => NORMAL_QUANTILE * self.variance().sqrt() + 0.5 * self.step(),
        }
    }

    /// The largest step that the noise of one cell moves the sum by. Noise is whole, so P(|noise| > w) for a real w is that of the
    /// next whole number: half a step more than the normal quantile covers at least 95 %, as in `Sigma::for_margin`.
    fn step(&self) -> f64 {
        self.terms.values().map(|(coefficient, _)| coefficient.abs()).fold(0.0, f64::max)
    }
}

/// The normal quantile, widened by half a step of the statistic where its noise is coarse: `steps` are how far one unit of
/// noise moves it, `deviation` is its standard deviation.
fn quantile(steps: impl IntoIterator<Item = f64>, deviation: f64) -> f64 {
    let step = steps.into_iter().fold(0.0, f64::max);
    if deviation > 0.0 { NORMAL_QUANTILE + 0.5 * step / deviation } else { NORMAL_QUANTILE }
}

/// Fieller's interval (1954): the ratios r at which of − r·base is within the quantile of 0; `None` where they have no end,
/// which is where the base itself is within it.
fn ratio_interval(of: &Form, base: &Form) -> Option<(f64, f64)> {
    let (v_of, v_base, both) = (of.variance(), base.variance(), of.covariance(base));
    let ratio = of.value / base.value;
    let deviation = (v_of - 2.0 * ratio * both + ratio * ratio * v_base).max(0.0).sqrt();
    let squared = quantile([of.step(), ratio.abs() * base.step()], deviation).powi(2);
    // (base² − z²·v_base)·r² − 2·(of·base − z²·both)·r + (of² − z²·v_of) ≤ 0
    let a = base.value * base.value - squared * v_base;
    let b = of.value * base.value - squared * both;
    let c = of.value * of.value - squared * v_of;
    if a.is_nan() || a <= 0.0 {
        return None;
    }
    // The estimate itself satisfies it, so the root is real but for rounding.
    let root = (b * b - a * c).max(0.0).sqrt();
    Some(((b - root) / a, (b + root) / a))
}

#[cfg(test)]
#[path = "../derived_tests.rs"]
mod tests;
