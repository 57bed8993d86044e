//! What the room promises to a person whose name may be in a list, with something to try it on.

use crate::{
    gateway::Room,
    model::{Language, typography},
    web::page::Page,
};
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use std::{f64::consts::SQRT_2, sync::Arc};

/// Margins that the table tells of, in persons.
const MARGINS: [u32; 5] = [1, 5, 20, 50, 100];
/// A 95 % interval of a normal variable is this many standard deviations to each side.
const DEVIATIONS: f64 = 1.959_963_984_540_054;

#[derive(Template)]
#[template(path = "public/promise.html", config = "src/web/askama.toml")]
struct PromisePage<'a> {
    page: &'a Page,
    /// A margin, and of how many guesses in 1,000 the best guesser gets how many right.
    rows: Vec<(u32, String)>,
    /// What all answers of a period together come to, by the room's own cap.
    together: String,
}

/// Shows it.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page) -> Response {
    let limits = &room.rules().limits;
    let epsilon = limits.caps().room.epsilon;
    let together = page.fill(
        "promise-together",
        &[
            ("epsilon", typography::real(epsilon, page.language)),
            ("sure", sure(epsilon, page.language)),
            ("delta", typography::power(limits.delta_total(), page.language)),
            ("months", limits.period_months().to_string()),
        ],
    );
    let rows = MARGINS.map(|margin| (margin, typography::integer(right_in_a_thousand(margin), page.language)));
    page.show(StatusCode::OK, &PromisePage { page: &page, rows: rows.into(), together })
}

/// How many of 1,000 guesses are right, at best, about whether one person was counted, after reading one count of this margin: half,
/// and half of the total variation between two normal variables one apart, which is 2Φ(1/(2σ)) − 1 (Dong, Roth, Su, "Gaussian
/// Differential Privacy", 2022, section 2.2).
fn right_in_a_thousand(margin: u32) -> i64 {
    let sigma = f64::from(margin) / DEVIATIONS;
    let phi = 0.5 * libm::erfc(-1.0 / (2.0 * sigma) / SQRT_2);
    (phi * 1000.0).round() as i64
}

/// Of 100, at most how sure someone gets of a person's being there who gave even odds, from all that a cap of this ε pays for:
/// e^ε/(1 + e^ε), rounded up to a tenth.
fn sure(epsilon: f64, language: Language) -> String {
    typography::real((100.0 / (1.0 + (-epsilon).exp()) * 10.0 - 1e-9).ceil() / 10.0, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_margin_leaves_a_guesser_with_a_coin() {
        // Φ(0.97998) = 0.8365, Φ(0.0098) = 0.5039: from a table of the normal distribution.
        assert_eq!(right_in_a_thousand(1), 836);
        assert_eq!(right_in_a_thousand(100), 504);
    }

    #[test]
    fn what_a_cap_allows_is_never_said_smaller() {
        // e/(1 + e) = 0.7311, e³/(1 + e³) = 0.9526, e⁶/(1 + e⁶) = 0.9975.
        for (epsilon, said) in [(1.0, "73.2"), (3.0, "95.3"), (6.0, "99.8"), (20.0, "100")] {
            assert_eq!(sure(epsilon, Language::En), said);
        }
    }
}
