//! How many counts with a 95 % margin of ±100 a budget of (1, 1e-6) affords.

use crate::{DELTA, EPSILON, MARGIN};
use camerata::model::Bounds;
use camerata::privacy::{Accuracy, Limits, plan, rho_within};
use std::fmt::Write;

pub fn table(limits: &Limits) -> String {
    let plan = plan(&Bounds::count(), Accuracy::Margin(f64::from(MARGIN)), limits).unwrap();
    let (sigma, loss) = (plan.cell_sigma(0).unwrap(), plan.loss().rho);
    let ours = rho_within(EPSILON, DELTA).unwrap().units() / loss.units();
    let laplace = laplace_epsilon();
    let rows = [
        ("Camerata: discrete Gaussian, zCDP, optimal conversion", ours, "at least 128"),
        ("discrete Laplace, losses added up", (EPSILON / laplace).floor() as u64, ""),
        ("discrete Laplace, exact composition", most(|n| laplace_delta(n, laplace)), ""),
        ("Gaussian of Camerata's scale, exact composition", most(|n| gaussian_delta(n, sigma)), ""),
    ];
    let mut text = format!("counts with a 95 % margin of ±{MARGIN} from (ε = {EPSILON}, δ = {DELTA:e})\n\n");
    text += "| way | counts | target |\n|---|--:|---|\n";
    for (way, counts, target) in rows {
        writeln!(text, "| {way} | {counts} | {target} |").unwrap();
    }
    text
}

/// The largest number of counts whose δ at ε stays within the budget; δ grows with the number.
fn most(delta: impl Fn(u64) -> f64) -> u64 {
    (1..10_000).take_while(|n| delta(*n) <= DELTA).last().unwrap_or(0)
}

/// The ε of the discrete Laplace mechanism that stays within the margin in 95 % of draws:
/// P(|X| > m) = 2 e^(-ε(m+1)) / (1 + e^-ε), by halving.
fn laplace_epsilon() -> f64 {
    let beyond = |e: f64| 2.0 * (-e * f64::from(MARGIN + 1)).exp() / (1.0 + (-e).exp());
    let (mut fails, mut holds) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = f64::midpoint(fails, holds);
        if beyond(middle) <= 0.05 { holds = middle } else { fails = middle }
    }
    holds
}

/// δ of n counts by discrete Laplace. On integers one person apart its privacy loss is +ε or -ε, +ε with probability
/// e^ε/(1+e^ε), so n of them are a binomial; δ is the sum of P(k) max(0, 1 - e^(EPSILON - (2k-n)ε)).
fn laplace_delta(n: u64, e: f64) -> f64 {
    let n = n as f64;
    let up = e.exp() / (1.0 + e.exp());
    let mut log_weight = n * (1.0 - up).ln();
    let (mut delta, mut k) = (0.0, 0.0);
    while k <= n {
        delta += log_weight.exp() * (1.0 - (EPSILON - (2.0 * k - n) * e).exp()).max(0.0);
        log_weight += ((n - k) / (k + 1.0)).ln() + (up / (1.0 - up)).ln();
        k += 1.0;
    }
    delta
}

/// δ of n counts by Gaussian noise: μ = √n/σ, δ = Φ(μ/2 - ε/μ) - e^ε Φ(-μ/2 - ε/μ) (Balle and Wang 2018, theorem 8).
fn gaussian_delta(n: u64, sigma: f64) -> f64 {
    let mu = (n as f64).sqrt() / sigma;
    beyond(EPSILON / mu - mu / 2.0) - EPSILON.exp() * beyond(EPSILON / mu + mu / 2.0)
}

/// P(N(0, 1) > x) by Simpson's rule over twelve standard deviations.
fn beyond(x: f64) -> f64 {
    let (steps, density) = (4_000, |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt());
    let step = 12.0 / f64::from(steps);
    let weight = |i: i32| {
        if i == 0 || i == steps {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    (0..=steps).map(|i| weight(i) * density(x + step * f64::from(i))).sum::<f64>() * step / 3.0
}
