//! Tests that would catch a lie about the noise. Each false alarm has probability 1e-6 at most (1e-20 in the long form of the shape
//! test); nothing is seeded or repeated.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::super::accuracy::Sigma;
use super::super::draws::Draw;
use super::super::evidence::{SURPRISE, fits, lower, upper};
use super::super::{Accuracy, Limits};
use super::*;
use crate::model::torture::{rounds, torture};
use crate::model::{Delta, Loss, Rho};

const EXACT: i64 = 48_213;
/// A loss that any release is within: for plans that lie about theirs.
const ANYTHING: Loss = Loss { rho: Rho::from_units(1 << 52), delta: Delta::from_units(1 << 60) };

fn plan(bounds: &Bounds, margin: u32) -> Plan {
    super::super::plan(bounds, Accuracy::Margin(f64::from(margin)), &Limits::sample()).unwrap()
}

fn cells(blocks: &[(u32, u64, u32)]) -> Bounds {
    let block = |(cells, distance_squared, unit): &(u32, u64, u32)| Block {
        cells: *cells,
        distance_squared: *distance_squared,
        unit: *unit,
    };
    Bounds::Cells { blocks: blocks.iter().map(block).collect() }
}

fn median(candidates: u32) -> Bounds {
    Bounds::Quantiles { candidates, quantiles: vec![Fraction { numerator: 1, denominator: 2 }] }
}

fn values(release: Release) -> Vec<i64> {
    match release {
        Release::Cells { values } => values,
        Release::Keys { counts } => counts.into_iter().map(|(_, count)| count).collect(),
        Release::Chosen { candidates } => candidates.into_iter().map(i64::from).collect(),
    }
}

fn noise(plan: &Plan, draws: usize) -> Vec<i64> {
    (0..draws).map(|_| values(release(Tally::seal(vec![(0, EXACT)]), plan).unwrap())[0] - EXACT).collect()
}

/// Whether the noise fits the discrete Gaussian of that scale.
fn gaussian(noise: &[i64], sigma: f64, surprise: f64) -> bool {
    let width = ((sigma / 4.0) as i64).max(1);
    let reach = 60 * width.max(sigma as i64 / 4) + 60;
    let class = |x: i64| (x.clamp(-reach, reach) + reach) / width;
    let classes = usize::try_from(class(reach)).unwrap() + 1;
    let (mut counts, mut weights) = (vec![0; classes], vec![0.0; classes]);
    for x in noise {
        counts[usize::try_from(class(*x)).unwrap()] += 1;
    }
    for x in -reach..=reach {
        weights[usize::try_from(class(x)).unwrap()] += (-0.5 * (x as f64 / sigma).powi(2)).exp();
    }
    fits(&counts, &weights, surprise)
}

#[test]
fn noise_has_the_shape_and_the_scale_of_the_plan() {
    let surprise = if torture() { 46.06 } else { SURPRISE };
    for (bounds, margin) in
        [(Bounds::count(), 5), (Bounds::count(), 100), (cells(&[(1, 9, 7)]), 20), (Bounds::Keys { keys_max: 3 }, 30)]
    {
        let plan = plan(&bounds, margin);
        let sigma = plan.cell_sigma(0).unwrap();
        let noise = noise(&plan, rounds(8_000, 100_000));
        assert!(gaussian(&noise, sigma, surprise), "{bounds:?}: not the claimed scale");
        assert!(!gaussian(&noise, 0.7 * sigma, surprise), "{bounds:?}: 0.7 of the scale passes too");
        assert!(!gaussian(&noise, 1.3 * sigma, surprise), "{bounds:?}: 1.3 of the scale passes too");
    }
}

#[test]
fn choices_have_the_shape_and_the_scale_of_the_plan() {
    // Scores 0, 4, 8 … behind the best: the distances of ranks for the median, of counts for the top cell.
    let median_rows: Vec<(i64, i64)> =
        (0..=8).map(|cell| (cell, if cell == 0 || cell == 8 { 100 } else { 2 })).collect();
    let top_rows: Vec<(i64, i64)> = (0..8).map(|cell| (cell, 1_000 - 4 * cell)).collect();
    let top = Bounds::Top { candidates: 8, k: 1 };
    for (bounds, rows) in [(median(8), median_rows), (top, top_rows)] {
        let plan = plan(&bounds, 16);
        let scale = plan.mechanism()[0].scale;
        let exact = Tally::seal(rows.clone()).cells(9).unwrap();
        let scores = if matches!(bounds, Bounds::Top { .. }) {
            exact[..8].iter().map(|count| 1_000 - count).collect()
        } else {
            quantile_scores(&exact, Fraction { numerator: 1, denominator: 2 }).to_vec()
        };
        let mut counts = vec![0; 8];
        for _ in 0..rounds(8_000, 100_000) {
            counts[values(release(Tally::seal(rows.clone()), &plan).unwrap())[0] as usize] += 1;
        }
        let weights = |scale: f64| scores.iter().map(|score| (-(*score as f64) / scale).exp()).collect::<Vec<_>>();
        assert!(fits(&counts, &weights(scale), SURPRISE), "{bounds:?}: {counts:?}");
        assert!(!fits(&counts, &weights(0.7 * scale), SURPRISE), "{bounds:?}: 0.7 of the scale passes too");
        assert!(!fits(&counts, &weights(1.3 * scale), SURPRISE), "{bounds:?}: 1.3 of the scale passes too");
    }
}

/// Every order in which `k` of the cells can be chosen, and its probability when each is chosen among what is left with
/// weight exp(count/scale).
fn orders(counts: &[i64], k: usize, scale: f64) -> Vec<(Vec<i64>, f64)> {
    let mut orders = vec![(Vec::new(), 1.0)];
    for _ in 0..k {
        let next = |(order, probability): &(Vec<i64>, f64)| {
            let left: Vec<usize> = (0..counts.len()).filter(|cell| !order.contains(&(*cell as i64))).collect();
            let weight = |cell: &usize| (counts[*cell] as f64 / scale).exp();
            let all: f64 = left.iter().map(weight).sum();
            let with = |cell: &usize| ([order.clone(), vec![*cell as i64]].concat(), probability * weight(cell) / all);
            left.iter().map(with).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(next).collect();
    }
    orders
}

#[test]
fn several_choices_have_the_shape_and_the_scale_of_the_plan() {
    // The whole release, not its first choice alone: every order has its own probability.
    let counts = [8, 4, 0, 2, 6];
    let rows: Vec<(i64, i64)> = (0..).zip(counts).collect();
    for k in [2, 3] {
        let plan = plan(&Bounds::Top { candidates: 5, k }, 16);
        let scale = plan.mechanism()[0].scale;
        let mut seen = std::collections::HashMap::new();
        for _ in 0..rounds(10_000, 100_000) {
            *seen.entry(values(release(Tally::seal(rows.clone()), &plan).unwrap())).or_insert(0) += 1;
        }
        let fit = |scale: f64| {
            let mut orders = orders(&counts, k as usize, scale);
            orders.sort_by(|a, b| b.1.total_cmp(&a.1));
            let seen: Vec<usize> = orders.iter().map(|(order, _)| seen.get(order).copied().unwrap_or(0)).collect();
            let probabilities: Vec<f64> = orders.iter().map(|(_, probability)| *probability).collect();
            fits(&seen, &probabilities, SURPRISE)
        };
        assert!(fit(scale), "k = {k}: not the claimed scale");
        assert!(!fit(0.7 * scale), "k = {k}: 0.7 of the scale passes too");
        assert!(!fit(1.3 * scale), "k = {k}: 1.3 of the scale passes too");
    }
}

/// Whether at least 95 % inside is plausible.
fn covers(inside: usize, draws: usize) -> bool {
    upper(inside, draws, SURPRISE) >= 0.95
}

fn inside(noise: &[i64], margin: u64) -> usize {
    noise.iter().filter(|x| x.unsigned_abs() <= margin).count()
}

#[test]
fn the_margin_holds_in_95_draws_of_100() {
    let draws = rounds(8_000, 100_000);
    for (bounds, margin) in
        [(Bounds::count(), 1), (Bounds::count(), 2), (Bounds::count(), 100), (cells(&[(1, 1, 1_000)]), 50)]
    {
        let plan = plan(&bounds, margin);
        assert!(covers(inside(&noise(&plan, draws), plan.cell_margin(0).unwrap()), draws), "{bounds:?} {margin}");
    }
    let draw = Draw::Cells { sigma: Sigma::for_margin(115).unwrap(), distance_squared: 1 };
    let wide = Plan::forged(Bounds::count(), 100, vec![draw], ANYTHING);
    assert!(!covers(inside(&noise(&wide, draws), 100), draws), "noise 15 % too wide for its margin goes unnoticed");
}

#[test]
fn a_choice_is_within_its_margin_in_95_draws_of_100() {
    // The worst case of the bound: all others just beyond the margin.
    let (draws, margin) = (rounds(8_000, 100_000), 20);
    let top: Vec<(i64, i64)> =
        (0..6).map(|cell| (cell, if cell == 4 { 500 } else { 500 - i64::from(margin) - 1 })).collect();
    // Candidate 0 has exactly half below it, all others have 21 persons more.
    let quantile = vec![(0, 500), (1, 21), (6, 479)];
    for (bounds, rows, best) in [(Bounds::Top { candidates: 6, k: 1 }, top, 4), (median(6), quantile, 0)] {
        let plan = plan(&bounds, margin);
        let hits = |plan: &Plan| {
            let draw = |_| values(release(Tally::seal(rows.clone()), plan).unwrap())[0] == best;
            (0..draws).map(draw).filter(|hit| *hit).count()
        };
        let honest = hits(&plan);
        assert!(covers(honest, draws), "{bounds:?}: {honest} of {draws}");
        // The bound is tight here: it isn't met by noise that is far too small.
        assert!(lower(honest, draws, SURPRISE) < 0.97, "{bounds:?}: {honest} of {draws}");
        let wider = plan.draws().iter().map(|draw| match *draw {
            Draw::Quantile { fraction, scale } => Draw::Quantile { fraction, scale: 1.3 * scale },
            Draw::Top { k, scale } => Draw::Top { k, scale: 1.3 * scale },
            other => other,
        });
        let lie = Plan::forged(bounds.clone(), margin, wider.collect(), ANYTHING);
        assert!(!covers(hits(&lie), draws), "{bounds:?}: noise that is too wide goes unnoticed");
    }
}

#[test]
fn two_releases_of_one_tally_differ() {
    // At margin 100,000 two equal draws have a probability of about 6e-6; all five pairs equal, below 1e-6.
    let plan = plan(&Bounds::count(), 100_000);
    let draw = || release(Tally::seal(vec![(0, EXACT)]), &plan).unwrap();
    assert!((0..5).any(|_| draw() != draw()));
}

#[test]
fn a_release_never_costs_more_than_its_plan() {
    for bounds in
        [cells(&[(1, 1, 1), (3, 4, 10)]), Bounds::Keys { keys_max: 2 }, median(5), Bounds::Top { candidates: 5, k: 2 }]
    {
        let honest = plan(&bounds, 50);
        let with_loss = |loss| Plan::forged(bounds.clone(), 50, honest.draws().to_vec(), loss);
        let Loss { rho, delta } = honest.loss();
        assert!(release(Tally::seal(vec![]), &with_loss(honest.loss())).is_ok());
        let less = Loss { rho: Rho::from_units(rho.units() - 1), delta };
        assert_eq!(release(Tally::seal(vec![]), &with_loss(less)), Err(ReleaseError::LossAbovePlan), "{bounds:?}");
        if delta != Delta::default() {
            let less = Loss { rho, delta: Delta::from_units(delta.units() - 1) };
            assert_eq!(release(Tally::seal(vec![]), &with_loss(less)), Err(ReleaseError::LossAbovePlan));
        }
    }
}

#[test]
fn a_plan_whose_draws_are_of_another_kind_releases_nothing() {
    let draws = plan(&median(5), 50).draws().to_vec();
    for bounds in [Bounds::count(), Bounds::Keys { keys_max: 1 }] {
        let lie = Plan::forged(bounds, 50, draws.clone(), ANYTHING);
        assert!(matches!(release(Tally::seal(vec![(0, 1)]), &lie), Err(ReleaseError::Mechanism(_))));
    }
    let short = Plan::forged(cells(&[(1, 1, 1), (1, 1, 1)]), 50, plan(&Bounds::count(), 50).draws().to_vec(), ANYTHING);
    assert_eq!(release(Tally::seal(vec![(0, 1)]), &short), Err(ReleaseError::Cells));
}

#[test]
fn cells_come_out_in_their_order() {
    // Margins are 5 and 5,000: noise beyond 100 margins doesn't happen.
    let plan = plan(&cells(&[(2, 1, 1), (2, 1_000_000, 1_000)]), 5);
    let rows = vec![(3, 4_000_000), (0, 10_000), (2, -3_000_000), (77, 5)];
    let found = values(release(Tally::seal(rows.clone()), &plan).unwrap());
    for (found, exact) in found.iter().zip([10_000, 0, -3_000_000, 4_000_000]) {
        assert!(found.abs_diff(exact) < 500_000 && (exact != 0 || found.abs_diff(0) < 500), "{found} {exact}");
    }
    assert_eq!(found.len(), 4);
    let twice = rows.into_iter().chain([(3, 1)]).collect();
    assert_eq!(release(Tally::seal(twice), &plan), Err(ReleaseError::Cells));
}

#[test]
fn the_ends_of_the_integers_saturate() {
    let count = plan(&Bounds::count(), 1_000);
    let sum = plan(&cells(&[(1, u64::MAX, 10_000_000)]), 1_000_000);
    for exact in [i64::MAX, i64::MIN] {
        for _ in 0..50 {
            let near = |plan: &Plan| values(release(Tally::seal(vec![(0, exact)]), plan).unwrap())[0].abs_diff(exact);
            assert!(near(&count) < 10_000 && near(&sum) < 100_000_000_000_000);
        }
    }
    let all = |cells: i64, value: i64| (0..cells).map(|cell| (cell, value)).collect::<Vec<_>>();
    for value in [i64::MAX, i64::MIN] {
        assert!(release(Tally::seal(all(6, value)), &plan(&median(5), 10)).is_ok());
        assert!(release(Tally::seal(all(5, value)), &plan(&Bounds::Top { candidates: 5, k: 5 }, 10)).is_ok());
        let keys = values(release(Tally::seal(all(5, value)), &plan(&Bounds::Keys { keys_max: 1 }, 10)).unwrap());
        assert_eq!(keys.len(), if value > 0 { 5 } else { 0 });
    }
    // Scores beyond 64 bits are cut: they keep their order.
    let scores = quantile_scores(
        &all(6, i64::MAX).iter().map(|(_, v)| *v).collect::<Vec<_>>(),
        Fraction { numerator: 1, denominator: 1_000_000 },
    );
    assert!(scores.is_sorted() && scores.len() == 5);
}

#[test]
fn quantile_scores_are_distances_in_rank_and_move_by_the_sensitivity() {
    // 10 persons: 2 below candidate 0, 3 more below candidate 1, the rest at or above it.
    let half = Fraction { numerator: 1, denominator: 2 };
    assert_eq!(*quantile_scores(&[2, 3, 5], half), [6, 0]);
    let ninth = Fraction { numerator: 9, denominator: 10 };
    assert_eq!(*quantile_scores(&[2, 3, 5], ninth), [70, 40]);
    for fraction in [half, ninth, Fraction { numerator: 0, denominator: 1 }, Fraction { numerator: 1, denominator: 7 }]
    {
        let declared = super::super::mechanism::Selection::quantile_sensitivity(fraction);
        let base = [4, 0, 7, 1, 3];
        let mut most = 0;
        for person in 0..5 {
            let mut moved = base;
            moved[person] += 1;
            let pairs = quantile_scores(&base, fraction)
                .iter()
                .zip(quantile_scores(&moved, fraction).iter())
                .map(|(a, b)| (a - b).abs())
                .collect::<Vec<_>>();
            most = most.max(*pairs.iter().max().unwrap());
        }
        assert_eq!(most, declared, "{fraction:?}");
    }
}

#[test]
fn keys_come_out_sorted_and_only_above_the_threshold() {
    let plan = plan(&Bounds::Keys { keys_max: 2 }, 10);
    let threshold = plan.threshold().unwrap();
    let rows = vec![(70, 5_000), (-3, 9_000), (12, 1), (13, 0), (14, -4), (500, 7_000)];
    let Release::Keys { counts } = release(Tally::seal(rows.clone()), &plan).unwrap() else { panic!("not keys") };
    // A key of one person passes with a probability below 1e-9.
    assert_eq!(counts.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [-3, 70, 500]);
    assert!(counts.iter().all(|(_, count)| *count >= threshold));
    let twice = rows.into_iter().chain([(70, 1)]).collect();
    assert_eq!(release(Tally::seal(twice), &plan), Err(ReleaseError::Cells));
    // At the threshold itself about half pass; a key that nobody has never does.
    let passes = |count: i64| {
        let draw = |_| values(release(Tally::seal(vec![(1, count)]), &plan).unwrap()).len();
        (0..200).map(draw).sum::<usize>()
    };
    assert!((40..160).contains(&passes(threshold)), "expected 100 and a deviation of 7");
    assert_eq!(passes(0), 0);
}

#[test]
fn a_release_is_stored_and_read_back() {
    for release in [
        Release::Cells { values: vec![-4, i64::MAX] },
        Release::Keys { counts: vec![(i64::MIN, 40), (7, 90)] },
        Release::Chosen { candidates: vec![3, 0] },
    ] {
        let text = serde_json::to_string(&release).unwrap();
        assert_eq!(serde_json::from_str::<Release>(&text).unwrap(), release, "{text}");
    }
    let first = r#"{"kind":"cells","values":[41]}"#;
    assert_eq!(serde_json::from_str::<Release>(first).unwrap(), Release::Cells { values: vec![41] });
}
