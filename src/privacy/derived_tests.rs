//! Whether intervals cover: the figure computed from noisy cells, against the exact one, over thousands of simulated answers. The
//! generator is seeded by the case, and the seed is in the message. A coverage is found too low or too high only if that has a
//! probability of at most 1e-6 over all cases of a run, were the coverage at the limit.
//!
//! An interval without an end counts as covering, as Fieller's does: it tells nothing. So this is the coverage over all answers of a
//! case, not that of the told ones: where nearly all can't be told, the few that are cover far less (docs/PRIVACY.md).
#![allow(clippy::unwrap_used, reason = "tests")]
use super::super::accuracy::Sigma;
use super::super::evidence::{SURPRISE, lower, upper};
use super::*;
use crate::model::torture::{rounds, torture};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const COVERAGE_MIN: f64 = 0.94;
/// Above this count an interval must not be wastefully wide.
const COUNT_LARGE: i64 = 50;
const COVERAGE_MAX: f64 = 0.975;

/// Draws from the discrete Gaussian by its distribution function: for tests alone, since it isn't exact.
struct Noise(Vec<(f64, i64)>);

impl Noise {
    fn new(sigma: f64) -> Self {
        let reach = (9.0 * sigma).ceil() as i64;
        let mut sum = 0.0;
        let weight = |k: i64| (-0.5 * (k as f64 / sigma).powi(2)).exp();
        let table = (-reach..=reach).map(|k| {
            sum += weight(k);
            (sum, k)
        });
        Self(table.collect())
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> i64 {
        let total = self.0.last().unwrap().0;
        let at = random.random_range(0.0..total);
        self.0[self.0.partition_point(|(sum, _)| *sum < at)].1
    }
}

fn linear(terms: &[(usize, i64)]) -> Linear {
    Linear(terms.to_vec())
}

fn sum(terms: &[(usize, i64)]) -> Formula {
    Formula::Sum { of: linear(terms), divisor: 1 }
}

/// Every way in which templates use the formulas, over four disjoint cells of a table of two by two (0: both, 1 and 2: either
/// alone, 3: neither), and over four separately measured counts 4..8.
fn formulas() -> Vec<(&'static str, Formula)> {
    let ratio = |of: &[(usize, i64)], base: &[(usize, i64)]| Formula::Ratio { of: linear(of), base: linear(base) };
    let index = |forms: [&[(usize, i64)]; 4]| {
        let [of, of_base, base, base_all] = forms.map(linear);
        Formula::Index { of, of_base, base, base_all }
    };
    vec![
        ("count", sum(&[(0, 1)])),
        ("union", sum(&[(0, 1), (1, 1), (2, 1)])),
        ("difference", sum(&[(1, 1), (2, -1)])),
        ("share", ratio(&[(0, 1)], &[(0, 1), (1, 1)])),
        ("jaccard", ratio(&[(0, 1)], &[(0, 1), (1, 1), (2, 1)])),
        ("ratio", ratio(&[(1, 1)], &[(2, 1)])),
        ("incremental", ratio(&[(2, 1)], &[(0, 1), (1, 1)])),
        ("affinity", index([&[(0, 1)], &[(0, 1), (1, 1)], &[(0, 1), (2, 1)], &[(0, 1), (1, 1), (2, 1), (3, 1)]])),
        ("affinity of counts", index([&[(4, 1)], &[(5, 1)], &[(6, 1)], &[(7, 1)]])),
    ]
}

/// The cells of one case: the smallest is `count`, the others grow from it.
fn cells(count: i64) -> [i64; 8] {
    let [a, b, c, d] = [count, count * 3, count * 2, count * 12];
    [a, b, c, d, count, count * 4, count * 3, count * 20]
}

fn truth(formula: &Formula, exact: &[i64]) -> f64 {
    let of = |l: &Linear| l.0.iter().map(|(cell, k)| (exact[*cell] * k) as f64).sum::<f64>();
    match formula {
        Formula::Sum { of: l, divisor } => of(l) / *divisor as f64,
        Formula::Ratio { of: a, base } => of(a) / of(base),
        Formula::Index { of: a, of_base, base, base_all } => (of(a) / of(of_base)) / (of(base) / of(base_all)),
    }
}

#[test]
fn intervals_cover_at_every_size() {
    let (counts, margins): (&[i64], &[u64]) =
        if torture() { (&[5, 20, 60, 300, 3_000, 50_000], &[10, 40, 150, 500]) } else { (&[5, 60, 3_000], &[10, 150]) };
    let formulas = formulas();
    let cases = formulas.len() * counts.len() * margins.len();
    let surprise = SURPRISE + (cases as f64).ln();
    let rounds = rounds(600, 10_000);
    let mut wrong = Vec::new();
    for (number, ((name, formula), margin)) in
        formulas.iter().flat_map(|formula| margins.iter().map(move |margin| (formula, margin))).enumerate()
    {
        let sigma = Sigma::for_margin(*margin).unwrap().as_f64();
        let noise = Noise::new(sigma);
        for &count in counts {
            let seed = number as u64 * 1_000_003 + count as u64;
            let (mut random, exact) = (ChaCha8Rng::seed_from_u64(seed), cells(count));
            let truth = truth(formula, &exact);
            let (mut covered, mut endless) = (0, 0);
            for _ in 0..rounds {
                let values = exact.map(|cell| cell + noise.draw(&mut random));
                match derive(formula, &values, |_| sigma, None).interval {
                    Some((low, high)) => covered += usize::from(low <= truth && truth <= high),
                    None => (covered, endless) = (covered + 1, endless + 1),
                }
            }
            let case =
                format!("{name} of {count} at {margin}, seed {seed}: {covered} of {rounds}, {endless} without end");
            let too_low = upper(covered, rounds, surprise) < COVERAGE_MIN;
            let too_high = count > COUNT_LARGE && endless == 0 && lower(covered, rounds, surprise) > COVERAGE_MAX;
            if too_low || too_high {
                wrong.push(case.clone());
            }
            if torture() {
                eprintln!("{case}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_coverage_test_catches_intervals_that_are_too_narrow() {
    // The same, had the noise been a quarter wider than was said.
    let (formulas, sigma, exact) = (formulas(), Sigma::for_margin(40).unwrap().as_f64(), cells(3_000));
    for (name, formula) in &formulas {
        let (noise, mut random) = (Noise::new(1.25 * sigma), ChaCha8Rng::seed_from_u64(11));
        let (rounds, truth, mut covered) = (1_000, truth(formula, &exact), 0);
        for _ in 0..rounds {
            let values = exact.map(|cell| cell + noise.draw(&mut random));
            let (low, high) = derive(formula, &values, |_| sigma, None).interval.unwrap();
            covered += usize::from(low <= truth && truth <= high);
        }
        assert!(upper(covered, rounds, SURPRISE) < COVERAGE_MIN, "{name}: {covered} of {rounds}");
    }
}

#[test]
fn one_cell_has_its_own_margin() {
    for margin in [1_u64, 7, 100, 100_000] {
        let sigma = Sigma::for_margin(margin).unwrap().as_f64();
        let half = margin as f64;
        assert_eq!(derive(&sum(&[(0, 1)]), &[500], |_| sigma, None).interval, Some((500.0 - half, 500.0 + half)));
        assert_eq!(
            derive(&sum(&[(0, -3)]), &[500], |_| sigma, None).interval,
            Some((-1500.0 - 3.0 * half, -1500.0 + 3.0 * half))
        );
    }
}

#[test]
fn a_base_of_nothing_is_not_told() {
    let formula = Formula::Ratio { of: linear(&[(0, 1)]), base: linear(&[(1, 1)]) };
    for values in [[40, 3], [40, 0], [0, 0], [40, -30], [i64::MAX, 0]] {
        assert_eq!(derive(&formula, &values, |_| 20.0, None), Estimated::NOTHING, "{values:?}");
    }
    let index = Formula::Index {
        of: linear(&[(0, 1)]),
        of_base: linear(&[(1, 1)]),
        base: linear(&[(2, 1)]),
        base_all: linear(&[(3, 1)]),
    };
    for values in [[5, 0, 50, 100], [5, 50, 0, 100], [5, -90, -90, 100], [0, 0, 0, 0], [5, 15, 50, 100]] {
        assert_eq!(derive(&index, &values, |_| 10.0, None), Estimated::NOTHING, "{values:?}");
    }
    // A cell that wasn't released.
    assert_eq!(derive(&sum(&[(9, 1)]), &[1, 2], |_| 1.0, None), Estimated::NOTHING);
}

#[test]
fn verdicts_compare_with_the_neutral_value() {
    let verdict = |values: &[i64], neutral| derive(&sum(&[(0, 1), (1, -1)]), values, |_| 10.0, neutral).verdict;
    assert_eq!(verdict(&[500, 400], None), Verdict::Told);
    assert_eq!(verdict(&[500, 400], Some(0.0)), Verdict::Above);
    assert_eq!(verdict(&[400, 500], Some(0.0)), Verdict::Below);
    assert_eq!(verdict(&[410, 400], Some(0.0)), Verdict::CantTell);
    let index = &formulas()[8].1;
    let at = |of: i64| derive(index, &[0, 0, 0, 0, of, 1_000, 2_000, 10_000], |_| 10.0, None);
    assert_eq!(
        (at(400).verdict, at(200).verdict, at(100).verdict),
        (Verdict::Above, Verdict::CantTell, Verdict::Below)
    );
    let found = at(400);
    let (low, high) = found.interval.unwrap();
    assert!((found.value.unwrap() - 2.0).abs() < 1e-12 && low > 1.85 && low < 2.0 && high > 2.0 && high < 2.15);
}

#[test]
fn a_cell_on_both_sides_is_counted_with_its_correlation() {
    // of = base: the ratio is 1 whatever the noise.
    let same = Formula::Ratio { of: linear(&[(0, 1)]), base: linear(&[(0, 1)]) };
    let (low, high) = derive(&same, &[400], |_| 20.0, None).interval.unwrap();
    assert!((low - 1.0).abs() < 1e-6 && (high - 1.0).abs() < 1e-6, "{low} {high}");
    // The same coefficient given in two parts.
    let parts = derive(&sum(&[(0, 1), (0, 2)]), &[100], |_| 20.0, None);
    assert_eq!(parts, derive(&sum(&[(0, 3)]), &[100], |_| 20.0, None));
}

#[test]
fn what_is_known_beforehand_cuts_the_interval() {
    let share = Estimated { value: Some(1.02), interval: Some((0.9, 1.1)), verdict: Verdict::Told };
    assert_eq!(share.cut(0.0, 1.0), Estimated { value: Some(1.0), interval: Some((0.9, 1.0)), verdict: Verdict::Told });
    assert_eq!(Estimated::NOTHING.cut(0.0, 1.0), Estimated::NOTHING);
}

#[test]
fn an_index_whose_sums_depend_on_each_other_has_its_interval() {
    // All four sums from two cells: their covariance is singular.
    let (a, b) = (linear(&[(0, 1)]), linear(&[(0, 1), (1, 1)]));
    let formula = Formula::Index { of: a.clone(), of_base: b.clone(), base: a, base_all: b };
    let found = derive(&formula, &[3_000, 5_000], |_| 20.0, None);
    let (low, high) = found.interval.unwrap();
    assert!(
        (found.value.unwrap() - 1.0).abs() < 1e-12 && low <= 1.0 && high >= 1.0 && high - low < 0.1,
        "{low} {high}"
    );
}
