#![allow(clippy::unwrap_used, reason = "tests")]
use super::super::conversion::rho_within;
use super::*;

fn limits() -> Limits {
    Limits::sample()
}

fn plan(margin: f64) -> CountPlan {
    plan_count(Accuracy::Margin(margin), &limits()).unwrap()
}

#[test]
fn the_loss_is_one_over_twice_the_variance_rounded_up() {
    for margin in [1.0, 2.0, 10.0, 100.0, 300.0, 5_000.0, 1_000_000.0] {
        let plan = plan(margin);
        // σ is a multiple of 1/1024, so the exact loss in units is the fraction 10¹² · 1024² / (2 n²).
        let n = (plan.sigma().as_f64() * 1024.0) as u128;
        let exact = (1_000_000_000_000 * 1024 * 1024_u128).div_ceil(2 * n * n) as u64;
        let units = plan.loss().rho.units();
        assert!(units >= exact, "{margin}: {units} < {exact}");
        assert!(units <= exact + 2, "{margin}: {units} is more than rounding above {exact}");
        assert_eq!(plan.loss().delta, Delta::default());
    }
}

#[test]
fn a_narrower_margin_costs_more() {
    let losses: Vec<_> = (1..=600).map(|margin| plan(f64::from(margin)).loss().rho).collect();
    assert!(losses.is_sorted_by(|a, b| a > b));
}

#[test]
fn a_margin_survives_the_way_to_its_loss_and_back() {
    for margin in [1, 2, 3, 7, 50, 100, 511, 512, 513, 4_096] {
        let rho = plan(f64::from(margin)).loss().rho;
        let back = plan_count(Accuracy::Loss(rho.as_f64()), &limits()).unwrap();
        assert_eq!(back.margin(), margin);
        assert!(back.loss().rho <= rho);
    }
}

#[test]
fn margins_whose_losses_round_to_the_same_unit_give_the_smallest() {
    let asked = plan(99_999.0);
    let back = plan_count(Accuracy::Loss(asked.loss().rho.as_f64()), &limits()).unwrap();
    assert!(back.margin() <= 99_999 && back.margin() > 99_000);
}

#[test]
fn a_loss_is_never_exceeded() {
    for rho in [1e-9, 3.3e-7, 1e-4, 0.024_356, 0.5, 10.0] {
        let plan = plan_count(Accuracy::Loss(rho), &limits()).unwrap();
        assert!(plan.loss().rho <= Rho::from_f64_up(rho).unwrap(), "{rho}");
    }
}

#[test]
fn a_budget_of_one_pays_for_128_counts_at_plus_or_minus_100() {
    let budget = rho_within(1.0, 1e-6).unwrap();
    assert!(budget.units() / plan(100.0).loss().rho.units() >= 128);
}

#[test]
fn senseless_accuracies_are_refused_with_words() {
    use AccuracyError::*;
    let refused = |accuracy| plan_count(accuracy, &limits()).unwrap_err();
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
    let text = MarginTooSmall { margin_min: 10 }.text();
    assert!(text.fr.contains("10 ou plus") && text.en.contains("10 or more"));
}
