//! The interval of an affinity index, by profile likelihood.
//!
//! With u = (of, base_all, of_base, base) and t the index, the exact sums satisfy of·base_all = t·of_base·base. The release speaks
//! against t as strongly as u is far, in standard deviations, from the nearest sums that satisfy it. The interval holds the t at
//! which that distance is within the normal quantile (Wilks 1938: its square is chi-squared of one degree).
//! No normal form of the index itself is assumed, which is what fails at small counts.

use super::Form;
use super::quantile;
use super::symmetric::{Matrix, Vector, apply, at, build, dot, eigen, product, root};

/// The index is looked for between these.
const LARGEST: f64 = 1e12;

/// The 95 % interval of u₀·u₁ / (u₂·u₃); `None` where it has no end: where u₂ or u₃ may be nothing.
pub(super) fn index_interval(forms: &[Form; 4]) -> Option<(f64, f64)> {
    let u: Vector = forms.each_ref().map(|form| form.value);
    let [x, y, w, z] = u;
    let index = x * y / (w * z);
    if !index.is_finite() {
        return None;
    }
    let pair = |i: usize, j: usize| forms.get(i).zip(forms.get(j)).map_or(0.0, |(a, b)| a.covariance(b));
    let covariance = build(pair);
    // How each form moves x·y − index·w·z.
    let gradient: Vector = [y, x, -index * z, -index * w];
    let deviation = dot(&gradient, &apply(&covariance, &gradient)).max(0.0).sqrt();
    let steps = gradient.iter().zip(forms).map(|(slope, form)| slope.abs() * form.step());
    let reach = quantile(steps, deviation).powi(2);
    for (base, at_base) in [(w, at(&covariance, 2, 2)), (z, at(&covariance, 3, 3))] {
        // At an infinite index a base is nothing: the distance to that.
        if base <= 0.0 || base * base <= reach * at_base {
            return None;
        }
    }
    let profile = Profile::new(u, &covariance);
    let beyond = |t: f64| profile.distance_squared(t).sqrt() - reach.sqrt();
    // About where the ends are, were x·y − index·w·z exactly normal.
    let step = (reach.sqrt() * deviation / (w * z)).max(1e-9 * index.abs()).max(1e-9);
    Some((edge(index, -step, &beyond)?, edge(index, step, &beyond)?))
}

/// The end of the interval on one side of the estimate. Further out is further away: whatever path leads to sums with a further
/// index crosses all nearer ones, unless it passes through a base of nothing, which is out of reach.
fn edge(index: f64, first: f64, beyond: &impl Fn(f64) -> f64) -> Option<f64> {
    let (mut inside, mut at_inside) = (0.0, beyond(index));
    let (mut outside, mut at_outside) = (first, beyond(index + first));
    while at_outside <= 0.0 {
        (inside, at_inside) = (outside, at_outside);
        outside *= 2.0;
        at_outside = beyond(index + outside);
        if outside.abs() > LARGEST {
            return None;
        }
    }
    // False position in its Illinois form (Dowell and Jarratt 1971): the distance is nearly straight.
    for _ in 0..100 {
        if (outside - inside).abs() <= 1e-9 * first.abs()
            || !at_outside.is_finite() && (outside - inside).abs() <= 1e-6 * first.abs()
        {
            break;
        }
        let share = at_inside / (at_inside - at_outside);
        let next =
            if share > 0.0 && share < 1.0 { inside + share * (outside - inside) } else { (inside + outside) / 2.0 };
        let found = beyond(index + next);
        if found.abs() < 1e-9 {
            return Some(index + next);
        }
        if found > 0.0 {
            (outside, at_outside, at_inside) = (next, found, at_inside / 2.0);
        } else {
            (inside, at_inside, at_outside) = (next, found, at_outside / 2.0);
        }
    }
    Some(index + outside)
}

/// The distance of u from the sums with an index of t, as a function of t.
///
/// With q(v) = v₀·v₁ − t·v₂·v₃ = vᵀQv, it is the least |e| over v = u − S·e with q(v) = 0, S being the root of the covariance.
/// Lagrange's condition gives e = λ(I + λM)⁻¹·SQu with M = SQS. Between the poles, where I + λM is positive, q(u − S·e) falls
/// strictly in λ, so halving finds the root, and a point with I + λM positive is the global minimum (Moré 1993,
/// generalizations of the trust region problem). Q, and so M, SQu and q(u), are straight lines in t.
struct Profile {
    forms: [(Matrix, Vector, f64); 2],
}

impl Profile {
    fn new(u: Vector, covariance: &Matrix) -> Self {
        let s = root(covariance);
        let forms = [(0, 1), (2, 3)].map(|pair| {
            let q = build(|row, column| if (row, column) == pair || (column, row) == pair { 0.5 } else { 0.0 });
            let qu = apply(&q, &u);
            (product(&product(&s, &q), &s), apply(&s, &qu), dot(&u, &qu))
        });
        Self { forms }
    }

    /// In squared standard deviations.
    fn distance_squared(&self, t: f64) -> f64 {
        let [(m0, b0, q0), (m1, b1, q1)] = &self.forms;
        let (values, vectors) = eigen(&build(|row, column| at(m0, row, column) - t * at(m1, row, column)));
        let slope: Vector = std::array::from_fn(|k| b0.get(k).unwrap_or(&0.0) - t * b1.get(k).unwrap_or(&0.0));
        nearest(&values, &apply(&vectors, &slope), q0 - t * q1)
    }
}

/// The least |e|², in the coordinates in which M is diagonal: `values` are its entries, `b` is SQu, `value` is q(u).
fn nearest(values: &Vector, b: &Vector, value: f64) -> f64 {
    let at = |lambda: f64| {
        let terms = values.iter().zip(b).map(|(m, b)| {
            let shrunk = 1.0 + lambda * m;
            let e = lambda * b / shrunk;
            (lambda * b * b * (2.0 + lambda * m) / (shrunk * shrunk), e * e)
        });
        terms.fold((value, 0.0), |(q, length), (less, e)| (q - less, length + e))
    };
    let (largest, least) = values.iter().fold((0.0_f64, 0.0_f64), |(high, low), m| (high.max(*m), low.min(*m)));
    // q at λ = 0 is `value`: the root is on the side that brings it to 0.
    let (side, extreme) = if value > 0.0 { (1.0, -least) } else { (-1.0, largest) };
    let slope: f64 = b.iter().map(|b| b * b).sum();
    let mut pole = side / extreme;
    if !pole.is_finite() {
        // No pole on that side. Either some λ brings q to 0, or no noise moves u that way.
        pole = side * value.abs() / slope;
        for _ in 0..100 {
            if !pole.is_finite() || (at(pole).0 > 0.0) != (value > 0.0) {
                break;
            }
            pole *= 2.0;
        }
        if !pole.is_finite() || (at(pole).0 > 0.0) == (value > 0.0) {
            return if value == 0.0 { 0.0 } else { f64::INFINITY };
        }
    }
    let (mut near, mut far) = (0.0, pole);
    for _ in 0..200 {
        let middle = (near + far) / 2.0;
        if (far - near).abs() <= 1e-13 * far.abs() || middle == near || middle == far {
            break;
        }
        if (at(middle).0 > 0.0) == (value > 0.0) { near = middle } else { far = middle }
    }
    let (left, length) = at(near);
    // Where u has no part in the direction of the pole, q stops short of 0: the rest of the way is in that direction.
    let rest = if extreme > 0.0 && left.abs() > 1e-9 * value.abs() { left.abs() / extreme } else { 0.0 };
    length + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(u: Vector, sigmas: Vector, t: f64) -> f64 {
        Profile::new(u, &build(|i, j| if i == j { sigmas[i] * sigmas[i] } else { 0.0 })).distance_squared(t)
    }

    #[test]
    fn the_distance_is_that_of_the_nearest_point() {
        // Against a search over a grid of v₀, v₁, v₂ with v₃ solved for.
        let (u, sigmas, t) = ([40.0, 300.0, 60.0, 90.0], [10.0, 10.0, 10.0, 10.0], 1.4);
        let mut best = f64::INFINITY;
        let near = |centre: f64| (-60..=60).map(move |k| centre + f64::from(k) * 0.25);
        for x in near(u[0] - 10.0).step_by(2) {
            for y in near(u[1]).step_by(2) {
                for w in near(u[2]).step_by(2) {
                    let v = [x, y, w, x * y / (t * w)];
                    let d: f64 = (0..4).map(|k| ((u[k] - v[k]) / sigmas[k]).powi(2)).sum();
                    best = best.min(d);
                }
            }
        }
        let found = distance(u, sigmas, t);
        assert!(found <= best + 1e-9 && found > best - 0.02, "{found} {best}");
    }

    #[test]
    fn the_distance_is_zero_at_the_estimate_and_grows_away_from_it() {
        let (u, sigmas) = ([50.0, 1_000.0, 100.0, 200.0], [5.0, 5.0, 5.0, 5.0]);
        let index = 50.0 * 1_000.0 / (100.0 * 200.0);
        assert!(distance(u, sigmas, index) < 1e-12);
        for direction in [-1.0, 1.0] {
            let distances: Vec<_> =
                (0..40).map(|k| distance(u, sigmas, index + direction * f64::from(k) * 0.2)).collect();
            assert!(distances.is_sorted(), "{distances:?}");
        }
    }

    #[test]
    fn a_known_base_gives_the_plain_interval() {
        // Only `of` is noisy: the distance is that of `of` from what t asks for.
        let found = distance([50.0, 1_000.0, 100.0, 200.0], [5.0, 0.0, 0.0, 0.0], 3.0);
        assert!((found - ((50.0 - 60.0) / 5.0_f64).powi(2)).abs() < 1e-6, "{found}");
    }
}
