#![allow(clippy::unwrap_used, reason = "tests")]
use super::super::conversion::rho_within;
use super::*;
use crate::model::{Delta, Fraction};
use proptest::prelude::*;

fn limits() -> Limits {
    Limits::sample()
}

fn planned(bounds: &Bounds, margin: f64) -> Plan {
    plan(bounds, Accuracy::Margin(margin), &limits()).unwrap()
}

fn block(cells: u32, distance_squared: u64, unit: u32) -> Block {
    Block { cells, distance_squared, unit }
}

fn half() -> Fraction {
    Fraction { numerator: 1, denominator: 2 }
}

/// One of each kind.
fn every_kind() -> Vec<Bounds> {
    vec![
        Bounds::count(),
        Bounds::Cells { blocks: vec![block(12, 3, 1), block(4, 9_000_000, 3_000), block(1, 1, 1)] },
        Bounds::Keys { keys_max: 4 },
        Bounds::Quantiles { candidates: 40, quantiles: vec![half(), Fraction { numerator: 9, denominator: 10 }] },
        Bounds::Top { candidates: 60, k: 5 },
    ]
}

#[test]
fn the_loss_of_a_count_is_one_over_twice_the_variance_rounded_up() {
    for margin in [1.0, 2.0, 10.0, 100.0, 300.0, 5_000.0, 1_000_000.0] {
        let plan = planned(&Bounds::count(), margin);
        // σ is a multiple of 1/1024, so the exact loss in units is the fraction 10¹² · 1024² / (2 n²).
        let n = (plan.cell_sigma(0).unwrap() * 1024.0) as u128;
        let exact = (1_000_000_000_000 * 1024 * 1024_u128).div_ceil(2 * n * n) as u64;
        let units = plan.loss().rho.units();
        assert!(units >= exact, "{margin}: {units} < {exact}");
        assert!(units <= exact + 2, "{margin}: {units} is more than rounding above {exact}");
        assert_eq!(plan.loss().delta, Delta::default());
    }
}

#[test]
fn a_loss_is_the_sum_of_its_draws() {
    for bounds in every_kind() {
        let plan = planned(&bounds, 50.0);
        let parts = plan.mechanism();
        assert_eq!(parts.iter().map(|part| part.rho.units()).sum::<u64>(), plan.loss().rho.units());
        assert_eq!(parts.iter().map(|part| part.delta.units()).sum::<u64>(), plan.loss().delta.units());
        assert_eq!(plan.loss().delta == Delta::default(), !matches!(bounds, Bounds::Keys { .. }));
    }
}

#[test]
fn losses_agree_with_their_formulas() {
    for part in every_kind().iter().flat_map(|bounds| planned(bounds, 70.0).mechanism()) {
        let ratio = part.sensitivity / part.scale;
        let expected = match part.constructor {
            "make_gaussian" | "make_gaussian_threshold" => ratio.powi(2) / 2.0,
            // A quantile's scores are not monotonic: the range is twice the sensitivity.
            "make_noisy_max" => (2.0 * ratio).powi(2) / 8.0,
            "make_noisy_top_k" => 5.0 * ratio.powi(2) / 8.0,
            other => panic!("{other}"),
        };
        let rho = part.rho.as_f64();
        assert!(rho >= expected * (1.0 - 1e-12) && rho <= expected * (1.0 + 1e-9) + 2e-12, "{part:?} {expected}");
    }
}

#[test]
fn blocks_have_margins_and_scales_in_their_own_units() {
    let bounds = Bounds::Cells { blocks: vec![block(2, 1, 1), block(1, 25_000_000, 5_000)] };
    let plan = planned(&bounds, 30.0);
    assert_eq!([0, 1, 2, 3].map(|cell| plan.cell_margin(cell)), [Some(30), Some(30), Some(150_000), None]);
    let sigma = |cell| plan.cell_sigma(cell).unwrap();
    assert_eq!(sigma(0), sigma(1));
    assert!((4_900.0..5_001.0).contains(&(sigma(2) / sigma(0))));
    assert_eq!(plan.cell_sigma(3), None);
    let keys = planned(&Bounds::Keys { keys_max: 2 }, 30.0);
    assert_eq!((keys.cell_margin(7), keys.cell_sigma(7)), (Some(30), Some(sigma(0))));
    for bounds in [Bounds::Quantiles { candidates: 9, quantiles: vec![half()] }, Bounds::Top { candidates: 9, k: 2 }] {
        let plan = planned(&bounds, 30.0);
        assert_eq!((plan.cell_margin(0), plan.cell_sigma(0), plan.threshold()), (None, None, None));
    }
}

#[test]
fn the_widest_cells_still_have_exact_scales() {
    let bounds = Bounds::Cells { blocks: vec![block(1_000_000, u64::MAX, super::super::UNIT_MAX)] };
    let plan = planned(&bounds, 1_000_000.0);
    assert_eq!(plan.cell_margin(999_999), Some(10_000_000_000_000));
    assert!(plan.loss().rho.units() > 0);
}

#[test]
fn a_threshold_is_the_least_within_its_share() {
    for (keys_max, margin) in [(1, 5.0), (4, 100.0), (100, 1_000.0)] {
        let plan = planned(&Bounds::Keys { keys_max }, margin);
        let share = limits().release_delta();
        assert!(plan.loss().delta <= share && plan.loss().delta.units() > share.units() / 4, "{:?}", plan.loss());
        let (threshold, sigma) = (plan.threshold().unwrap(), plan.cell_sigma(0).unwrap());
        assert!(threshold as f64 > 1.0 + 5.0 * sigma, "{threshold} {sigma}");
        let [Draw::Keys { sigma, .. }] = plan.draws() else { panic!("not one draw of keys") };
        let less = Draw::Keys { sigma: *sigma, keys_max, threshold: threshold - 1 }.loss().unwrap();
        assert!(less.delta > share && less.rho == plan.loss().rho);
    }
}

#[test]
fn a_narrower_margin_costs_more() {
    for bounds in every_kind() {
        let losses: Vec<_> = (1..=25)
            .chain([100, 511, 512, 513, 5_000])
            .map(|margin| planned(&bounds, f64::from(margin)).loss().rho)
            .collect();
        assert!(losses.is_sorted_by(|a, b| a > b), "{bounds:?}");
    }
}

#[test]
fn a_margin_survives_the_way_to_its_loss_and_back() {
    for bounds in every_kind() {
        for margin in [1, 2, 3, 7, 50, 100, 511, 512, 513, 4_096] {
            let rho = planned(&bounds, f64::from(margin)).loss().rho;
            let back = plan(&bounds, Accuracy::Loss(rho.as_f64()), &limits()).unwrap();
            assert_eq!(back.margin(), margin, "{bounds:?}");
            assert!(back.loss().rho <= rho);
        }
    }
}

#[test]
fn margins_whose_losses_round_to_the_same_unit_give_the_smallest() {
    let asked = planned(&Bounds::count(), 99_999.0);
    let back = plan(&Bounds::count(), Accuracy::Loss(asked.loss().rho.as_f64()), &limits()).unwrap();
    assert!(back.margin() <= 99_999 && back.margin() > 99_000);
}

#[test]
fn a_budget_of_one_pays_for_128_counts_at_plus_or_minus_100() {
    let budget = rho_within(1.0, 1e-6).unwrap();
    assert!(budget.units() / planned(&Bounds::count(), 100.0).loss().rho.units() >= 128);
}

fn any_bounds() -> impl Strategy<Value = Bounds> {
    let any_block = (1..100_u32, 1..1_000_000_u64, 1..100_000_u32).prop_map(|(cells, d, unit)| block(cells, d, unit));
    let fraction = (0..100_u32).prop_map(|numerator| Fraction { numerator, denominator: 100 });
    prop_oneof![
        prop::collection::vec(any_block, 1..5).prop_map(|blocks| Bounds::Cells { blocks }),
        (1..50_u32).prop_map(|keys_max| Bounds::Keys { keys_max }),
        (1..500_u32, prop::collection::vec(fraction, 1..4))
            .prop_map(|(candidates, quantiles)| Bounds::Quantiles { candidates, quantiles }),
        (1..500_u32, 1..20_u32).prop_map(|(candidates, k)| Bounds::Top { candidates, k: k.min(candidates) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_loss_is_never_exceeded_and_the_next_margin_would(bounds in any_bounds(), power in -7.0..0.5_f64) {
        let rho = 10.0_f64.powf(power);
        match plan(&bounds, Accuracy::Loss(rho), &limits()) {
            Ok(found) => {
                prop_assert!(found.loss().rho <= Rho::from_f64_up(rho).unwrap());
                prop_assert!(found.loss().delta <= limits().release_delta());
                if found.margin() > 1 {
                    let narrower = planned(&bounds, f64::from(found.margin() - 1));
                    prop_assert!(narrower.loss().rho > Rho::from_f64_up(rho).unwrap());
                }
                prop_assert_eq!(&planned(&bounds, f64::from(found.margin())), &found, "a plan depends on nothing else");
            }
            Err(error) => prop_assert!(matches!(error, AccuracyError::LossTooSmall { .. }), "{error}"),
        }
    }
}

#[test]
fn senseless_accuracies_are_refused_with_words() {
    use AccuracyError::*;
    for bounds in every_kind() {
        let refused = |accuracy| plan(&bounds, accuracy, &limits()).unwrap_err();
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(refused(Accuracy::Margin(number)), NotANumber);
            assert_eq!(refused(Accuracy::Loss(number)), NotANumber);
        }
        for margin in [0.0, -0.0, -1.0, 0.5, f64::MIN] {
            assert_eq!(refused(Accuracy::Margin(margin)), MarginTooSmall { margin_min: 1 });
        }
        assert_eq!(refused(Accuracy::Margin(1_000_001.0)), MarginTooLarge { margin_max: 1_000_000 });
        assert_eq!(refused(Accuracy::Margin(f64::MAX)), MarginTooLarge { margin_max: 1_000_000 });
        assert_eq!(refused(Accuracy::Margin(99.5)), NotWhole);
        for rho in [0.0, -1.0, 1e-13] {
            assert!(matches!(refused(Accuracy::Loss(rho)), LossTooSmall { .. }));
        }
    }
    let text = MarginTooSmall { margin_min: 10 }.text();
    assert!(text.fr.contains("10 ou plus") && text.en.contains("10 or more"));
}

#[test]
fn senseless_bounds_are_refused() {
    let cells = |blocks| Bounds::Cells { blocks };
    let quantiles = |candidates, numerator, denominator| Bounds::Quantiles {
        candidates,
        quantiles: vec![Fraction { numerator, denominator }],
    };
    for bounds in [
        cells(vec![]),
        cells(vec![block(0, 1, 1)]),
        cells(vec![block(1, 0, 1)]),
        cells(vec![block(1, 1, 0)]),
        cells(vec![block(1, 1, 10_000_001)]),
        cells(vec![block(u32::MAX, 1, 1), block(u32::MAX, 1, 1)]),
        Bounds::Keys { keys_max: 0 },
        quantiles(0, 1, 2),
        quantiles(9, 2, 2),
        quantiles(9, 0, 0),
        quantiles(9, 1, 1_000_001),
        Bounds::Quantiles { candidates: 9, quantiles: vec![] },
        Bounds::Top { candidates: 9, k: 0 },
        Bounds::Top { candidates: 9, k: 10 },
        Bounds::Top { candidates: 1_000_001, k: 1 },
    ] {
        assert_eq!(plan(&bounds, Accuracy::Margin(10.0), &limits()), Err(AccuracyError::Bounds), "{bounds:?}");
    }
}

#[test]
fn a_room_without_threshold_delta_releases_no_unknown_keys() {
    let none = Limits::sample_without_thresholds();
    let refused = plan(&Bounds::Keys { keys_max: 1 }, Accuracy::Margin(10.0), &none).unwrap_err();
    assert_eq!(refused, AccuracyError::NoThresholds);
    assert!(refused.text().fr.contains("threshold_delta") && refused.text().en.contains("threshold_delta"));
    assert!(plan(&Bounds::count(), Accuracy::Margin(10.0), &none).is_ok());
    let many = Bounds::Keys { keys_max: u32::MAX };
    assert_eq!(plan(&many, Accuracy::Margin(10.0), &limits()), Err(AccuracyError::ThresholdTooDear));
}
